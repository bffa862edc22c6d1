package per

import (
	"fmt"
	"reflect"
	"unicode/utf16"
	"unicode/utf8"
)

// isText tells whether a tag item names a kind of string.
func isText(key string) bool {
	switch key {
	case "ia5", "numeric", "printable", "visible", "bmp", "utf8", "general":
		return true
	}
	return false
}

// newText makes the encoding of a string by its kind.
func newText(tags tags) (encoding, error) {
	var kind string
	for k := range tags {
		if isText(k) {
			if kind != "" {
				return nil, fmt.Errorf("%w: a string that is both %s and %s", ErrType, k, kind)
			}
			kind = k
		}
	}
	switch kind {
	case "":
		return nil, fmt.Errorf("%w: a string of no kind", ErrType)
	case "utf8", "general":
		// A size counts characters and is not seen by PER (X.691 clause 30.6).
		return octetTextEncoding{}, tags.only(kind, "size")
	}
	s, err := tags.size()
	if err != nil {
		return nil, err
	}
	full := alphabetOf(kind)
	p := &textEncoding{size: s, wide: kind == "bmp", full: full, permitted: full}
	if from, ok := tags["from"]; ok {
		if p.permitted, err = full.narrowed(from); err != nil {
			return nil, err
		}
	}
	return p, tags.only(kind, "size", "ext", "from")
}

// octetTextEncoding is a string whose characters have no fixed width: its
// octets, X.691 clause 30.6.
type octetTextEncoding struct{}

func (octetTextEncoding) encode(e *encoder, v reflect.Value) error {
	e.octets([]byte(v.String()))
	return nil
}

func (octetTextEncoding) decode(d *decoder, v reflect.Value) error {
	start := d.pos
	n, more, err := d.length()
	if err != nil {
		return err
	}
	var b []byte
	if more {
		d.pos = start
		b, err = d.raw()
	} else {
		b, err = d.view(n)
	}
	if err != nil {
		return err
	}
	text, err := d.text(b)
	v.SetString(text)
	return err
}

func (octetTextEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	return appendText(dst, v.String())
}

// textEncoding is a known-multiplier character string, X.691 clause 30.5. Its
// units are characters, or the 16-bit units of UTF-16.
type textEncoding struct {
	size      size
	wide      bool
	permitted *alphabet
	full      *alphabet // what is permitted beyond an extension marker
}

// aligned tells whether the characters begin at an octet (clauses 30.5.6, 7).
func (p *textEncoding) aligned(n int, s size, a *alphabet) bool {
	switch {
	case n == 0:
		return false
	case s.fixed():
		return s.hi*a.width > 16
	}
	return !s.bounded() || s.hi*a.width >= 16
}

// rule returns the alphabet that rules where the size s does.
func (p *textEncoding) rule(s size) *alphabet {
	if p.size.ext && s == anySize {
		return p.full
	}
	return p.permitted
}

func (p *textEncoding) encode(e *encoder, v reflect.Value) error {
	var stack [128]uint16
	units, ok := p.units(stack[:0], v.String())
	if !ok {
		return e.fail("%q is no such string", v.String())
	}
	permitted := true
	for _, u := range units {
		if !p.full.has(u) {
			return e.fail("%q is not in the alphabet", v.String())
		}
		permitted = permitted && p.permitted.has(u)
	}
	if !permitted && !p.size.ext {
		return e.fail("%q is not in the permitted alphabet", v.String())
	}
	return e.counted(p.size, len(units), permitted, func(from, to int, s size) error {
		a := p.rule(s)
		if p.aligned(to-from, s, a) {
			e.align()
		}
		for _, u := range units[from:to] {
			e.put(uint64(a.number(u)), a.width)
		}
		return nil
	})
}

// units appends what s consists of.
func (p *textEncoding) units(dst []uint16, s string) ([]uint16, bool) {
	if !p.wide {
		for i := range len(s) {
			dst = append(dst, uint16(s[i]))
		}
		return dst, true
	}
	for _, r := range s {
		dst = utf16.AppendRune(dst, r)
	}
	return dst, utf8.ValidString(s)
}

func (p *textEncoding) decode(d *decoder, v reflect.Value) error {
	var stack [128]byte
	text := stack[:0]
	high := rune(0) // a surrogate that waits for its second half
	err := d.counted(p.size, func(n int, s size) error {
		a := p.rule(s)
		if p.aligned(n, s, a) {
			d.align()
		}
		if n*a.width > d.end-d.pos {
			return d.truncated()
		}
		if err := d.charge(n); err != nil {
			return err
		}
		for ; n > 0; n-- {
			number, _ := d.take(a.width) // enough bits: checked above
			u, ok := a.unit(uint16(number))
			if !ok {
				return d.fail(ErrMalformed, "a character that is not permitted")
			}
			if !p.wide {
				text = append(text, byte(u))
				continue
			}
			text, high = appendUTF16(text, high, rune(u))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if high != 0 {
		text = utf8.AppendRune(text, utf8.RuneError)
	}
	own, err := d.text(text)
	v.SetString(own)
	return err
}

// appendUTF16 appends one unit as UTF-8, or keeps it where it is the first half
// of a character. A half without the other becomes U+FFFD.
func appendUTF16(dst []byte, high, u rune) ([]byte, rune) {
	if high != 0 {
		if r := utf16.DecodeRune(high, u); r != utf8.RuneError {
			return utf8.AppendRune(dst, r), 0
		}
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	if u >= 0xd800 && u < 0xdc00 {
		return dst, u
	}
	return utf8.AppendRune(dst, u), 0 // a lone second half: U+FFFD
}

func (p *textEncoding) appendJSON(dst []byte, v reflect.Value) []byte {
	return appendText(dst, v.String())
}
