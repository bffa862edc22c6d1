package srtp

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"parley/codecs"
)

// masterKey is one key parameter of an a=crypto attribute.
type masterKey struct {
	key, salt []byte
	mki       []byte // nil: none
}

// readKeys reads "inline:KEY" or, separated by semicolons, several. Those have
// to differ by MKIs of one length (RFC 4568 6.1).
func (c *Crypto) readKeys(text string) error {
	for parameter := range strings.SplitSeq(text, ";") {
		k, err := c.readKey(parameter)
		if err != nil {
			return err
		}
		for _, other := range c.keys {
			if len(k.mki) == 0 || len(k.mki) != len(other.mki) || bytes.Equal(k.mki, other.mki) {
				return fmt.Errorf("crypto keys without an MKI of one length each: %w", codecs.ErrMalformed)
			}
		}
		if len(c.keys) >= maxKeys {
			return fmt.Errorf("crypto with more than %d keys: %w", maxKeys, codecs.ErrUnsupported)
		}
		c.keys = append(c.keys, k)
	}
	return nil
}

// readKey reads "inline:BASE64|LIFETIME|MKI:LENGTH" (RFC 4568 6.1).
func (c *Crypto) readKey(text string) (masterKey, error) {
	inline, ok := cutPrefixFold(text, "inline:")
	if !ok {
		return masterKey{}, fmt.Errorf("crypto key method is not inline: %w", codecs.ErrUnsupported)
	}
	parts := strings.Split(inline, "|")
	raw, err := decodeBase64(parts[0])
	if err != nil {
		return masterKey{}, fmt.Errorf("crypto key is no base64: %w", codecs.ErrMalformed)
	}
	keyLen, saltLen := c.lengths()
	if len(raw) != keyLen+saltLen {
		return masterKey{}, fmt.Errorf("crypto key of %d octets: %s takes %d, key and salt: %w",
			len(raw), c.Suite, keyLen+saltLen, codecs.ErrMalformed)
	}
	k := masterKey{key: raw[:keyLen], salt: raw[keyLen:]}
	for _, part := range parts[1:] {
		if err := k.readOption(part); err != nil {
			return masterKey{}, err
		}
	}
	return k, nil
}

// readOption reads a lifetime or an MKI; one without the other is allowed.
func (k *masterKey) readOption(part string) error {
	value, length, isMKI := strings.Cut(part, ":")
	if !isMKI {
		return checkLifetime(part)
	}
	number, err := strconv.ParseUint(value, 10, 64)
	size, err2 := strconv.ParseUint(length, 10, 8)
	if err = errors.Join(err, err2); err != nil || size < 1 || size > 128 || bits.Len64(number) > int(min(size, 8))*8 {
		return fmt.Errorf("crypto MKI: %w", codecs.ErrMalformed)
	}
	k.mki = make([]byte, size)
	for i := len(k.mki) - 1; i >= 0 && number > 0; i-- {
		k.mki[i] = byte(number)
		number >>= 8
	}
	return nil
}

// checkLifetime checks a number of packets, or a power of 2: at least one, and
// at most the 2^48 that RFC 3711 9.2 allows.
func checkLifetime(text string) error {
	power, ok := strings.CutPrefix(text, "2^")
	number, err := strconv.ParseUint(power, 10, 64)
	if err != nil || ok && number > maxLifetimeBits || !ok && (number == 0 || number > 1<<maxLifetimeBits) {
		return fmt.Errorf("crypto lifetime: %w", codecs.ErrMalformed)
	}
	return nil
}

// parameter is the key as a=crypto has it.
func (k *masterKey) parameter() string {
	raw := append(append([]byte(nil), k.key...), k.salt...)
	inline := "inline:" + base64.StdEncoding.EncodeToString(raw)
	if len(k.mki) == 0 {
		return inline
	}
	number := uint64(0)
	for _, b := range k.mki {
		number = number<<8 | uint64(b)
	}
	return fmt.Sprintf("%s|%d:%d", inline, number, len(k.mki))
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
