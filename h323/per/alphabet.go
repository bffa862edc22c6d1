package per

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// alphabet is the set of characters that a known-multiplier string permits, and
// how X.691 clause 30.5.2 to 30.5.4 numbers them.
type alphabet struct {
	// sorted has all characters in the order of their codes. It is nil for
	// lo..hi.
	sorted []uint16
	lo, hi uint16
	width  int  // of a character, in bits: a power of two (aligned variant)
	direct bool // the code stands for itself; else its place in the order
}

// alphabetOf returns all characters of a kind of string.
func alphabetOf(kind string) *alphabet {
	switch kind {
	case "numeric":
		return newAlphabet(unitsOf(" 0123456789"))
	case "printable":
		return newAlphabet(unitsOf(" '()+,-./0123456789:=?" +
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
	case "visible":
		return &alphabet{lo: ' ', hi: '~', width: 8, direct: true}
	case "ia5":
		return &alphabet{hi: 0x7f, width: 8, direct: true}
	}
	return &alphabet{hi: 0xffff, width: 16, direct: true}
}

func unitsOf(s string) []uint16 {
	var u []uint16
	for _, r := range s {
		u = append(u, uint16(r))
	}
	return u
}

// newAlphabet numbers the characters, which it sorts.
func newAlphabet(chars []uint16) *alphabet {
	slices.Sort(chars)
	chars = slices.Compact(chars)
	width := 0
	if b := bits.Len(uint(len(chars) - 1)); b > 0 {
		for width = 1; width < b; width *= 2 { // clause 30.5.2, B2
		}
	}
	highest := chars[len(chars)-1]
	return &alphabet{sorted: chars, width: width, direct: uint(highest) <= 1<<width-1}
}

// narrowed is the alphabet of a from item.
func (a *alphabet) narrowed(from string) (*alphabet, error) {
	bad := fmt.Errorf("%w: from=%s", ErrType, from)
	text, ok := strings.CutPrefix(from, "'")
	text, closed := strings.CutSuffix(text, "'")
	if !ok || !closed || text == "" {
		return nil, bad
	}
	r := []rune(text)
	var chars []uint16
	for i := 0; i < len(r); i++ {
		first, last := r[i], r[i]
		if i+3 < len(r) && r[i+1] == '.' && r[i+2] == '.' {
			last = r[i+3]
			i += 3
		}
		if first > last || last > 0xffff {
			return nil, bad
		}
		for c := first; c <= last; c++ {
			if !a.has(uint16(c)) {
				return nil, bad
			}
			chars = append(chars, uint16(c))
		}
	}
	return newAlphabet(chars), nil
}

func (a *alphabet) has(u uint16) bool {
	if a.sorted == nil {
		return u >= a.lo && u <= a.hi
	}
	_, ok := slices.BinarySearch(a.sorted, u)
	return ok
}

// number of a character that a has.
func (a *alphabet) number(u uint16) uint16 {
	if a.direct {
		return u
	}
	i, _ := slices.BinarySearch(a.sorted, u)
	return uint16(i)
}

// unit is the character of a number, if there is one.
func (a *alphabet) unit(number uint16) (uint16, bool) {
	if a.direct {
		return number, a.has(number)
	}
	if int(number) >= len(a.sorted) {
		return 0, false
	}
	return a.sorted[number], true
}
