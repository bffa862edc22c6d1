package per_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"parley/h323/per"
)

type (
	two struct {
		B lead
		O [2]byte
	}
	guid struct {
		B lead
		O [16]byte
	}
	twoSlice struct {
		B lead
		O []byte `per:"size=2"`
	}
	oneOrTwo struct {
		B lead
		O []byte `per:"size=1..2"`
	}
	none struct {
		B lead
		O []byte `per:"size=0"`
		C bool
	}
	afterSeven struct {
		N uint8 `per:"range=0..127"`
		O [2]byte
	}
	afterNine struct {
		B lead
		N uint8 `per:"range=0..254"`
		O [2]byte
	}
	upTo3 struct {
		B lead
		O []byte `per:"size=0..3"`
		C bool
	}
	nsap struct {
		B lead
		O []byte `per:"size=1..20"`
	}
	upTo256 struct {
		B lead
		O []byte `per:"size=1..256"`
	}
	anyOctets struct {
		B lead
		O []byte
	}
	atLeast2 struct {
		B lead
		O []byte `per:"size=2.."`
	}
	threeExt struct {
		B lead
		O []byte `per:"size=3,ext"`
	}
	exactly64K struct {
		B lead
		O []byte `per:"size=65536"`
	}
)

func filled(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

// X.691 clause 17, and the lengths of clause 11.9.
func TestOctetString(t *testing.T) {
	x := func(n int) string { return hex.EncodeToString(filled(n)) }
	run(t, []vector{
		{"two octets, not aligned", two{true, [2]byte{1, 2}}, "80 81 00"},
		{"the same in a slice", twoSlice{true, []byte{1, 2}}, "80 81 00"},
		{"from the last bit of an octet", afterSeven{0x7f, [2]byte{1, 2}}, "fe 02 04"},
		{"from the second bit of an octet", afterNine{true, 1, [2]byte{1, 2}}, "80 80 81 00"},
		{"never any", none{true, []byte{}, true}, "c0"},
		{"fixed", guid{true, [16]byte(filled(16))}, "80" + x(16)},
		{"variable, aligned however short", oneOrTwo{true, []byte{10}}, "80 0a"},
		{"none, not aligned", upTo3{true, []byte{}, true}, "90"},
		{"some", upTo3{true, []byte{1, 2}, true}, "c0 0102 80"},
		{"1..20", nsap{true, []byte{0xab}}, "80 ab"},
		{"1..256", upTo256{true, []byte{0xab}}, "80 00 ab"},
		{"empty", anyOctets{true, []byte{}}, "80 00"},
		{"127", anyOctets{true, filled(127)}, "80 7f" + x(127)},
		{"128", anyOctets{true, filled(128)}, "80 8080" + x(128)},
		{"16K-1", anyOctets{true, filled(16383)}, "80 bfff" + x(16383)},
		{"16K", anyOctets{true, filled(16384)}, "80 c1" + x(16384) + "00"},
		{"64K and 1", anyOctets{true, filled(65537)}, "80 c4" + x(65536) + "01" + x(65537)[2*65536:]},
		{"144K", anyOctets{true, filled(9 * 16384)},
			"80 c4" + x(65536) + "c4" + x(9 * 16384)[2*65536:4*65536] + "c1" + x(9 * 16384)[4*65536:] + "00"},
		{"semi-constrained", atLeast2{true, []byte{1, 2}}, "80 02 0102"},
		{"size in the root", threeExt{true, []byte{1, 2, 3}}, "80 010203"},
		{"size beyond the root", threeExt{true, []byte{9}}, "c0 01 09"},
		{"fixed at 64K: a length", exactly64K{true, filled(65536)}, "80 c4" + x(65536) + "00"},
	})
	refused(t, none{O: []byte{1}}, twoSlice{O: []byte{1}}, nsap{O: filled(21)}, upTo256{}, atLeast2{O: filled(1)}, exactly64K{O: filled(5)})
	rejected(t, nsap{}, per.ErrMalformed, "d4"+strings.Repeat("00", 40))
	rejected(t, atLeast2{}, per.ErrMalformed, "800109")
	rejected(t, anyOctets{}, per.ErrMalformed, "80c0", "80c0"+strings.Repeat("00", 100),
		"80c5"+strings.Repeat("00", 5<<14)+"00")
}

// A fragment may be followed by any other: only the sum counts.
func TestSmallFragments(t *testing.T) {
	data := append([]byte{0x80, 0xc1}, filled(16384)...)
	data = append(data, 0xc1)
	data = append(data, filled(16384)...)
	data = append(data, 0x01, 0x77)
	want := bytes.Join([][]byte{filled(16384), filled(16384), {0x77}}, nil)
	decodes(t, data, anyOctets{true, want})
}

type (
	fourBits struct {
		B lead
		S per.BitString `per:"size=4"`
	}
	sixteenBits struct {
		B lead
		S per.BitString `per:"size=16"`
	}
	seventeenBits struct {
		B lead
		S per.BitString `per:"size=17"`
	}
	upTo7Bits struct {
		B lead
		S per.BitString `per:"size=0..7"`
		C bool
	}
	anyBits struct {
		B lead
		S per.BitString
	}
	key         per.BitString
	keyBits     struct{ S *key }
	fourBitsExt struct {
		B lead
		S per.BitString `per:"size=4,ext"`
	}
)

func (key) PERTag() string { return "size=1..8" }

// X.691 clause 16.
func TestBitString(t *testing.T) {
	long := make([]byte, 2049)
	long[0], long[2047], long[2048] = 0x81, 0x42, 0x80
	run(t, []vector{
		{"4", fourBits{true, per.BitString{Bytes: []byte{0xb0}, Length: 4}}, "d8"},
		{"16, not aligned", sixteenBits{true, per.BitString{Bytes: []byte{0xab, 0xcd}, Length: 16}}, "d5 e6 80"},
		{"17, aligned", seventeenBits{true, per.BitString{Bytes: []byte{0xab, 0xcd, 0x80}, Length: 17}}, "80 ab cd 80"},
		{"variable", upTo7Bits{true, per.BitString{Bytes: []byte{0xa0}, Length: 3}, true}, "b0 b0"},
		{"none", upTo7Bits{true, per.BitString{Bytes: []byte{}}, true}, "88"},
		{"any", anyBits{true, per.BitString{Bytes: []byte{0xa0}, Length: 3}}, "80 03 a0"},
		{"16K and 1", anyBits{true, per.BitString{Bytes: long, Length: 16385}},
			"80 c1" + hex.EncodeToString(long[:2048]) + "01 80"},
		{"of a named type", keyBits{&key{Bytes: []byte{0xa0}, Length: 3}}, "40 a0"},
		{"beyond the root", fourBitsExt{true, per.BitString{Bytes: []byte{0xa0}, Length: 3}}, "c0 03 a0"},
	})
	b := per.BitString{Bytes: []byte{0xff}, Length: 4}
	for i, want := range map[int]bool{-1: false, 0: true, 3: true, 4: false, 8: false} {
		if got := b.At(i); got != want {
			t.Errorf("bit %d: %v", i, got)
		}
	}
	if (per.BitString{Length: 9}).At(8) {
		t.Error("a bit without octets")
	}
	refused(t, fourBits{}, anyBits{S: per.BitString{Length: 1}}, anyBits{S: per.BitString{Length: -1}},
		anyBits{S: per.BitString{Bytes: []byte{1, 2}, Length: 8}})
	s := per.BitString{Bytes: []byte{0xa0}, Length: 3}
	if !s.At(0) || s.At(1) || !s.At(2) || s.At(3) || s.At(-1) {
		t.Errorf("the bits of %v", s)
	}
}
