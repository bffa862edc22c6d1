package codecs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Param returns the value of an fmtp parameter; the key is matched in any
// case. A parameter without "=" has the empty value.
func (f Format) Param(key string) (string, bool) {
	for rest := f.Fmtp; rest != ""; {
		var item string
		item, rest, _ = strings.Cut(rest, ";")
		k, v, _ := strings.Cut(strings.TrimSpace(item), "=")
		if strings.EqualFold(strings.TrimSpace(k), key) {
			return strings.TrimSpace(v), true
		}
	}
	return "", false
}

// WithParam returns f with an fmtp parameter set.
func (f Format) WithParam(key, value string) Format {
	list := key + "=" + value
	if f.Fmtp != "" {
		list += ";" + f.Fmtp // the first of two wins
	}
	if fmtp, err := CanonicalFmtp(list); err == nil {
		f.Fmtp = fmtp
	}
	return f
}

// CanonicalFmtp brings a parameter list into the form of Format.Fmtp: keys in
// lower case, sorted, joined as "k=v;k=v". Of a repeated key the first one
// counts. Values keep their spelling (base64 is case-sensitive) but for
// hexadecimal profile-level-id. A parameter without "=", such as the events of
// RFC 4733 or RED's list, stays as it is. The error wraps ErrMalformed.
func CanonicalFmtp(list string) (string, error) {
	if len(list) > MaxFmtp {
		return "", fmt.Errorf("codecs: fmtp of %d bytes: %w", len(list), ErrMalformed)
	}
	type param struct{ key, text string }
	var params []param
	for rest := list; rest != ""; {
		var item string
		item, rest, _ = strings.Cut(rest, ";")
		if item = strings.TrimSpace(item); item == "" {
			continue // a trailing ";" is common
		}
		if strings.ContainsFunc(item, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", fmt.Errorf("codecs: control character in fmtp: %w", ErrMalformed)
		}
		key, value, pair := strings.Cut(item, "=")
		key = strings.ToLower(strings.TrimSpace(key))
		if key == "" {
			return "", fmt.Errorf("codecs: fmtp parameter without a name: %w", ErrMalformed)
		}
		if slices.ContainsFunc(params, func(p param) bool { return p.key == key }) {
			continue
		}
		if len(params) == MaxFmtpParams {
			return "", fmt.Errorf("codecs: more than %d fmtp parameters: %w", MaxFmtpParams, ErrMalformed)
		}
		text := key
		if pair {
			value = strings.TrimSpace(value)
			if key == "profile-level-id" {
				value = strings.ToLower(value)
			}
			text += "=" + value
		}
		params = append(params, param{key, text})
	}
	slices.SortFunc(params, func(a, b param) int { return strings.Compare(a.key, b.key) })
	var out strings.Builder
	for i, p := range params {
		if i > 0 {
			out.WriteByte(';')
		}
		out.WriteString(p.text)
	}
	if out.Len() > MaxFmtp {
		// Lower case can be longer than upper case outside of ASCII.
		return "", fmt.Errorf("codecs: fmtp of %d bytes: %w", out.Len(), ErrMalformed)
	}
	return out.String(), nil
}

// ParseFmtp parses the value of an a=fmtp attribute (RFC 8866 6.15),
// "96 profile-level-id=42e01f", to its payload type and canonical parameters.
// The error wraps ErrMalformed.
func ParseFmtp(value string) (payloadType uint8, fmtp string, err error) {
	first, list, _ := strings.Cut(strings.TrimSpace(value), " ")
	payloadType, err = parsePayloadType(first)
	if err != nil {
		return 0, "", err
	}
	fmtp, err = CanonicalFmtp(list)
	return payloadType, fmtp, err
}

// parsePayloadType parses one number of an m= line (RFC 3550 5.1: 7 bits).
func parsePayloadType(s string) (uint8, error) {
	n, err := strconv.ParseUint(s, 10, 7)
	if err != nil {
		return 0, fmt.Errorf("codecs: payload type %.20q: %w", s, ErrMalformed)
	}
	return uint8(n), nil
}
