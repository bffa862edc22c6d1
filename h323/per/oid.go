package per

import (
	"math/big"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
)

// OID is an OBJECT IDENTIFIER in dotted form, such as "0.0.8.2250.0.7". It is
// comparable and may be a constant.
type OID string

// oidEncoding is OBJECT IDENTIFIER, X.691 clause 24: a length and the content
// octets of X.690 clause 8.19.
type oidEncoding struct{}

func (oidEncoding) encode(e *encoder, v reflect.Value) error {
	var stack [64]byte
	content, ok := appendOID(stack[:0], v.String())
	if !ok {
		return e.fail("%q is no object identifier", v.String())
	}
	e.octets(content)
	return nil
}

// appendOID appends the content octets of a dotted form.
func appendOID(dst []byte, s string) ([]byte, bool) {
	first, s, ok := strings.Cut(s, ".")
	if !ok || len(first) != 1 || first[0] > '2' || first[0] < '0' {
		return dst, false
	}
	top := uint64(first[0] - '0')
	for i := 0; ; i++ {
		text, rest, more := strings.Cut(s, ".")
		if text == "" || len(text) > 1 && text[0] == '0' || len(text) > maxArcDigits {
			return dst, false
		}
		n, err := strconv.ParseUint(text, 10, 64)
		if i == 0 && err == nil {
			// The first two arcs share a number, here of nine octets at most.
			if top < 2 && n >= 40 || n >= 1<<63-80 {
				return dst, false
			}
			n += 40 * top
		}
		switch {
		case err == nil:
			dst = appendArc(dst, n)
		case i == 0:
			return dst, false
		default:
			if dst, ok = appendBigArc(dst, text); !ok {
				return dst, false
			}
		}
		if !more {
			return dst, true
		}
		s = rest
	}
}

// appendArc appends seven bits an octet, all but the last marked.
func appendArc(dst []byte, n uint64) []byte {
	for k := (max(1, bits.Len64(n))+6)/7 - 1; k > 0; k-- {
		dst = append(dst, 0x80|byte(n>>(7*k)))
	}
	return append(dst, byte(n)&0x7f)
}

// appendBigArc appends an arc of more than 64 bits.
func appendBigArc(dst []byte, text string) ([]byte, bool) {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok || n.Sign() < 0 || text[0] == '+' {
		return dst, false
	}
	octets := (n.BitLen() + 6) / 7
	if octets > maxArcOctets {
		return dst, false
	}
	low := new(big.Int)
	for k := octets - 1; k >= 0; k-- {
		b := byte(low.Rsh(n, uint(7*k)).Uint64()) & 0x7f
		if k > 0 {
			b |= 0x80
		}
		dst = append(dst, b)
	}
	return dst, true
}

func (oidEncoding) decode(d *decoder, v reflect.Value) error {
	n, more, err := d.length()
	if err != nil {
		return err
	}
	if more {
		return d.fail(ErrUnsupported, "an object identifier in fragments")
	}
	content, err := d.view(n)
	if err != nil {
		return err
	}
	if n == 0 || content[n-1] >= 0x80 {
		return d.fail(ErrMalformed, "an object identifier that does not end")
	}
	var stack [64]byte
	dotted := stack[:0]
	for len(content) > 0 {
		k := 1
		for content[k-1] >= 0x80 {
			k++
		}
		if content[0] == 0x80 {
			return d.fail(ErrMalformed, "an arc with leading zeros") // X.690 clause 8.19.2
		}
		if k > maxArcOctets || k > 9 && len(dotted) == 0 {
			return d.fail(ErrUnsupported, "an arc of %d octets", k)
		}
		dotted = appendDotted(dotted, content[:k])
		content = content[k:]
	}
	text, err := d.text(dotted)
	v.SetString(text)
	return err
}

// appendDotted appends one arc of the content octets; the first is two.
func appendDotted(dst, arc []byte) []byte {
	if len(arc) > 9 { // more than 63 bits, and not the first
		n := new(big.Int)
		for _, b := range arc {
			n.Lsh(n, 7).Or(n, big.NewInt(int64(b&0x7f)))
		}
		return n.Append(append(dst, '.'), 10)
	}
	var n uint64
	for _, b := range arc {
		n = n<<7 | uint64(b&0x7f)
	}
	if len(dst) == 0 {
		top := min(n/40, 2)
		n -= 40 * top
		dst = append(dst, '0'+byte(top))
	}
	return strconv.AppendUint(append(dst, '.'), n, 10)
}

func (oidEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	return appendText(dst, v.String())
}
