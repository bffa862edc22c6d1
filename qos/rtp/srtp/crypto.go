package srtp

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/pion/srtp/v3"

	"parley/codecs"
)

// Crypto is what an a=crypto attribute tells (RFC 4568 9.1): a suite and keys.
// It is secret; printed, it shows only the suite.
type Crypto struct {
	Suite string // in the registry's spelling
	// keys are the master keys: the first encrypts, and each that is named by a
	// packet's MKI decrypts.
	keys []masterKey
	// clearRTP and clearRTCP are UNENCRYPTED_SRTP and UNENCRYPTED_SRTCP.
	clearRTP, clearRTCP bool
}

// suites are those of the registry of RFC 4568 that are known here, first the
// most common (RFC 4568 6.2, RFC 6188 3, RFC 7714 14.2).
var suites = []struct {
	name    string
	profile srtp.ProtectionProfile
}{
	{"AES_CM_128_HMAC_SHA1_80", srtp.ProtectionProfileAes128CmHmacSha1_80},
	{"AES_CM_128_HMAC_SHA1_32", srtp.ProtectionProfileAes128CmHmacSha1_32},
	{"AES_256_CM_HMAC_SHA1_80", srtp.ProtectionProfileAes256CmHmacSha1_80},
	{"AES_256_CM_HMAC_SHA1_32", srtp.ProtectionProfileAes256CmHmacSha1_32},
	{"AEAD_AES_128_GCM", srtp.ProtectionProfileAeadAes128Gcm},
	{"AEAD_AES_256_GCM", srtp.ProtectionProfileAeadAes256Gcm},
}

// Suites names the suites that are known.
func Suites() []string {
	out := make([]string, len(suites))
	for i, s := range suites {
		out[i] = s.name
	}
	return out
}

// Parse reads the value of an a=crypto attribute:
//
//	1 AES_CM_128_HMAC_SHA1_80 inline:BASE64|2^20|1:4 UNENCRYPTED_SRTCP
//
// The tag may be left out, as in a configuration. The lifetime of a key
// (2^20) is not heeded: there is nobody to ask for another, and the counters
// that RFC 3711 allows are longer. The error wraps codecs.ErrMalformed or
// codecs.ErrUnsupported, and repeats nothing of the key.
func Parse(value string) (*Crypto, error) {
	fields := strings.Fields(value)
	if len(value) > maxAttribute || len(fields) < 2 {
		return nil, fmt.Errorf("crypto is not SUITE inline:KEY: %w", codecs.ErrMalformed)
	}
	if _, err := strconv.ParseUint(fields[0], 10, 30); err == nil {
		fields = fields[1:]
	}
	if len(fields) < 2 {
		return nil, fmt.Errorf("crypto is not SUITE inline:KEY: %w", codecs.ErrMalformed)
	}
	c := &Crypto{}
	for _, s := range suites {
		if strings.EqualFold(s.name, fields[0]) {
			c.Suite = s.name
		}
	}
	if c.Suite == "" {
		return nil, fmt.Errorf("crypto suite%s is none of %s: %w", suiteName(fields[0]), strings.Join(Suites(), ", "), codecs.ErrUnsupported)
	}
	if err := c.readKeys(fields[1]); err != nil {
		return nil, err
	}
	for _, parameter := range fields[2:] {
		if err := c.readParameter(parameter); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// suiteName is text where it looks like a suite's name, quoted, with a space before it,
// and otherwise nothing: a key that stands in the wrong place is not repeated.
func suiteName(text string) string {
	outside := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' }
	if len(text) > maxSuiteName || strings.ContainsFunc(text, outside) {
		return ""
	}
	return fmt.Sprintf(" %q", text)
}

// readParameter reads a session parameter (RFC 4568 6.3). Each has to be obeyed,
// but for those with a leading "-" (6.3.7).
func (c *Crypto) readParameter(text string) error {
	name, value, _ := strings.Cut(text, "=")
	switch {
	case strings.HasPrefix(text, "-"), name == "WSH": // a hint
		return nil
	case name == "FEC_ORDER" && (value == "FEC_SRTP" || value == "SRTP_FEC"), name == "FEC_KEY":
		// Of error correction, which is not taken: the packets that it mends are
		// the same without.
		return nil
	case text == "UNENCRYPTED_SRTP" && !c.aead(): // AEAD has no such RTP (RFC 7714 8.2)
		c.clearRTP = true
		return nil
	case text == "UNENCRYPTED_SRTCP":
		c.clearRTCP = true
		return nil
	case name == "KDR", name == "UNENCRYPTED_SRTP", name == "UNAUTHENTICATED_SRTP":
		// UNAUTHENTICATED_SRTP would make noise of packets under another key.
		return fmt.Errorf("crypto session parameter %s with %s: %w", name, c.Suite, codecs.ErrUnsupported)
	}
	// It may be a key that stands in the wrong place.
	return fmt.Errorf("crypto session parameter that is not known: %w", codecs.ErrUnsupported)
}

// Encrypted reports whether what is sent cannot be read without the key.
func (c *Crypto) Encrypted() bool { return !c.clearRTP }

// Attribute is the value of the a=crypto attribute, with the keys: for who may
// have them.
func (c *Crypto) Attribute() string {
	keys := make([]string, len(c.keys))
	for i, k := range c.keys {
		keys[i] = k.parameter()
	}
	out := "1 " + c.Suite + " " + strings.Join(keys, ";")
	if c.clearRTP {
		out += " UNENCRYPTED_SRTP"
	}
	if c.clearRTCP {
		out += " UNENCRYPTED_SRTCP"
	}
	return out
}

// Equal reports whether both are the same suite and key; neither: nil.
func (c *Crypto) Equal(other *Crypto) bool {
	if c == nil || other == nil {
		return c == other
	}
	return c.Attribute() == other.Attribute()
}

// String shows no key.
func (c *Crypto) String() string { return c.Suite }

// GoString shows no key.
func (c *Crypto) GoString() string { return c.Suite }

// LogValue shows no key.
func (c *Crypto) LogValue() slog.Value { return slog.StringValue(c.Suite) }

func (c *Crypto) profile() srtp.ProtectionProfile {
	for _, s := range suites {
		if s.name == c.Suite {
			return s.profile
		}
	}
	return 0
}

// aead reports whether the suite encrypts and authenticates in one (RFC 7714).
func (c *Crypto) aead() bool {
	tag, err := c.profile().AEADAuthTagLen()
	return err == nil && tag > 0
}

// lengths returns those of a key and of its salt in octets.
func (c *Crypto) lengths() (key, salt int) {
	p := c.profile()
	key, _ = p.KeyLen() // known profiles have one
	salt, _ = p.SaltLen()
	return key, salt
}

// context returns one direction's state under the keys.
func (c *Crypto) context(options ...srtp.ContextOption) (*srtp.Context, error) {
	if c.clearRTP {
		options = append(options, srtp.SRTPNoEncryption())
	}
	if c.clearRTCP {
		options = append(options, srtp.SRTCPNoEncryption())
	}
	first := c.keys[0]
	if len(first.mki) > 0 {
		options = append(options, srtp.MasterKeyIndicator(first.mki))
	}
	context, err := srtp.CreateContext(first.key, first.salt, c.profile(), options...)
	if err != nil {
		return nil, err
	}
	for _, k := range c.keys[1:] {
		if err := context.AddCipherForMKI(k.mki, k.key, k.salt); err != nil {
			return nil, err
		}
	}
	return context, nil
}
