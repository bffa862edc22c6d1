package srtp

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/bits"
	"strconv"
	"strings"

	"github.com/pion/srtp/v3"

	"parley/codecs"
)

// Crypto is what an a=crypto attribute tells (RFC 4568 9.1): a suite and a key.
// It is secret; printed, it shows only the suite.
type Crypto struct {
	Suite string // in the registry's spelling
	key   []byte
	salt  []byte
	mki   []byte // nil: none
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
//	1 AES_CM_128_HMAC_SHA1_80 inline:BASE64|2^20|1:4
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
		return nil, fmt.Errorf("crypto suite %.40q is none of %s: %w", fields[0], strings.Join(Suites(), ", "), codecs.ErrUnsupported)
	}
	for _, parameter := range fields[2:] {
		// Unknown ones may be left out only with a leading "-" (RFC 4568
		// 6.3.7); WSH is a hint.
		if !strings.HasPrefix(parameter, "-") && !strings.HasPrefix(parameter, "WSH=") {
			name, _, _ := strings.Cut(parameter, "=")
			return nil, fmt.Errorf("crypto session parameter %.40q: %w", name, codecs.ErrUnsupported)
		}
	}
	return c, c.readKey(fields[1])
}

// readKey reads "inline:BASE64|LIFETIME|MKI:LENGTH" (RFC 4568 6.1).
func (c *Crypto) readKey(text string) error {
	inline, ok := cutPrefixFold(text, "inline:")
	if !ok {
		return fmt.Errorf("crypto key method is not inline: %w", codecs.ErrUnsupported)
	}
	if strings.Contains(inline, ";") {
		return fmt.Errorf("crypto with several keys: %w", codecs.ErrUnsupported)
	}
	parts := strings.Split(inline, "|")
	raw, err := decodeBase64(parts[0])
	if err != nil {
		return fmt.Errorf("crypto key is no base64: %w", codecs.ErrMalformed)
	}
	keyLen, saltLen := c.lengths()
	if len(raw) != keyLen+saltLen {
		return fmt.Errorf("crypto key of %d octets: %s takes %d, key and salt: %w",
			len(raw), c.Suite, keyLen+saltLen, codecs.ErrMalformed)
	}
	c.key, c.salt = raw[:keyLen], raw[keyLen:]
	for _, part := range parts[1:] {
		if err := c.readOption(part); err != nil {
			return err
		}
	}
	return nil
}

// readOption reads a lifetime or an MKI; one without the other is allowed.
func (c *Crypto) readOption(part string) error {
	value, length, isMKI := strings.Cut(part, ":")
	if !isMKI {
		if _, err := strconv.ParseUint(strings.TrimPrefix(part, "2^"), 10, 48); err != nil {
			return fmt.Errorf("crypto lifetime: %w", codecs.ErrMalformed)
		}
		return nil
	}
	number, err := strconv.ParseUint(value, 10, 64)
	size, err2 := strconv.ParseUint(length, 10, 8)
	if err = errors.Join(err, err2); err != nil || size < 1 || size > 128 || bits.Len64(number) > int(min(size, 8))*8 {
		return fmt.Errorf("crypto MKI: %w", codecs.ErrMalformed)
	}
	c.mki = make([]byte, size)
	for i := len(c.mki) - 1; i >= 0 && number > 0; i-- {
		c.mki[i] = byte(number)
		number >>= 8
	}
	return nil
}

// decodeBase64 takes base64 with and without padding: some leave it out.
func decodeBase64(text string) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// Attribute is the value of the a=crypto attribute, with the key: for who may
// have it.
func (c *Crypto) Attribute() string {
	inline := base64.StdEncoding.EncodeToString(append(append([]byte(nil), c.key...), c.salt...))
	if len(c.mki) == 0 {
		return "1 " + c.Suite + " inline:" + inline
	}
	number := uint64(0)
	for _, b := range c.mki {
		number = number<<8 | uint64(b)
	}
	return fmt.Sprintf("1 %s inline:%s|%d:%d", c.Suite, inline, number, len(c.mki))
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

// lengths returns those of the key and of the salt in octets.
func (c *Crypto) lengths() (key, salt int) {
	p := c.profile()
	key, _ = p.KeyLen() // known profiles have one
	salt, _ = p.SaltLen()
	return key, salt
}

// context returns one direction's state under the key.
func (c *Crypto) context(options ...srtp.ContextOption) (*srtp.Context, error) {
	if len(c.mki) > 0 {
		options = append(options, srtp.MasterKeyIndicator(c.mki))
	}
	return srtp.CreateContext(c.key, c.salt, c.profile(), options...)
}
