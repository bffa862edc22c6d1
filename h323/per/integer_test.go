package per_test

import (
	"math"
	"testing"

	"parley/h323/per"
)

type (
	to7 struct {
		B lead
		N uint8 `per:"range=0..7"`
	}
	to254 struct {
		B lead
		N uint8 `per:"range=0..254"`
	}
	to255 struct {
		B lead
		N uint8 `per:"range=0..255"`
	}
	oneTo256 struct {
		B lead
		N uint16 `per:"range=1..256"`
	}
	to256 struct {
		B lead
		N uint16 `per:"range=0..256"`
	}
	to64K struct {
		B lead
		N uint16 `per:"range=0..65535"`
	}
	over64K struct {
		B lead
		N uint32 `per:"range=0..65536"`
	}
	to32Bits struct {
		B lead
		N uint32 `per:"range=0..4294967295"`
	}
	to64Bits struct {
		B lead
		N uint64 `per:"range=0..18446744073709551615"`
	}
	signed struct {
		B lead
		N int8 `per:"range=-5..5"`
	}
	allSigned struct {
		B lead
		N int64 `per:"range=-9223372036854775808..9223372036854775807"`
	}
	negative struct {
		B lead
		N int8 `per:"range=-10..-4"`
	}
	single struct {
		B lead
		N int `per:"range=7"`
	}
	fromOne struct {
		B lead
		N uint32 `per:"range=1.."`
	}
	fromMinus struct {
		B lead
		N int64 `per:"range=-1.."`
	}
	unbound struct {
		B lead
		N int64
	}
	unboundUnsigned struct {
		B lead
		N uint64
	}
	extensible struct {
		B lead
		N int8 `per:"range=0..7,ext"`
	}
)

// X.691 clause 13.
func TestInteger(t *testing.T) {
	run(t, []vector{
		{"a bit-field", to7{true, 5}, "d0"},
		{"eight bits, not aligned", to254{true, 254}, "ff00"},
		{"range of 256: an octet", to255{true, 255}, "80 ff"},
		{"range of 256 from 1", oneTo256{true, 256}, "80 ff"},
		{"range of 257: two octets", to256{true, 256}, "80 0100"},
		{"range of 64K", to64K{true, 258}, "80 0102"},
		{"above 64K, one octet", over64K{true, 1}, "80 01"},
		{"above 64K, three octets", over64K{true, 65536}, "c0 010000"},
		{"32 bits, zero", to32Bits{true, 0}, "80 00"},
		{"32 bits, two octets", to32Bits{true, 256}, "a0 0100"},
		{"32 bits, all", to32Bits{true, math.MaxUint32}, "e0 ffffffff"},
		{"64 bits, all", to64Bits{true, math.MaxUint64}, "f0 ffffffffffffffff"},
		{"lowest", signed{true, -5}, "80"},
		{"highest", signed{true, 5}, "d0"},
		{"signed 64 bits, lowest", allSigned{true, math.MinInt64}, "80 00"},
		{"signed 64 bits, highest", allSigned{true, math.MaxInt64}, "f0 ffffffffffffffff"},
		{"negative, lowest", negative{true, -10}, "80"},
		{"negative, highest", negative{true, -4}, "e0"},
		{"one value", single{true, 7}, "80"},
		{"semi-constrained, lowest", fromOne{true, 1}, "80 01 00"},
		{"semi-constrained, two octets", fromOne{true, 257}, "80 02 0100"},
		{"semi-constrained, negative", fromMinus{true, -1}, "80 01 00"},
		{"semi-constrained, highest", fromMinus{true, math.MaxInt64}, "80 08 8000000000000000"},
		{"unconstrained 0", unbound{true, 0}, "80 01 00"},
		{"unconstrained 127", unbound{true, 127}, "80 01 7f"},
		{"unconstrained 128", unbound{true, 128}, "80 02 0080"},
		{"unconstrained -1", unbound{true, -1}, "80 01 ff"},
		{"unconstrained -128", unbound{true, -128}, "80 01 80"},
		{"unconstrained -129", unbound{true, -129}, "80 02 ff7f"},
		{"unconstrained lowest", unbound{true, math.MinInt64}, "80 08 8000000000000000"},
		{"unconstrained of 65 bits", unboundUnsigned{true, math.MaxUint64}, "80 09 00ffffffffffffffff"},
		{"in the root", extensible{true, 5}, "a8"},
		{"beyond the root", extensible{true, 8}, "c0 01 08"},
		{"below the root", extensible{true, -1}, "c0 01 ff"},
	})
}

func TestIntegerOutOfRange(t *testing.T) {
	refused(t, to7{N: 8}, signed{N: 6}, signed{N: -6}, negative{N: -3}, negative{N: -11}, single{N: 8}, fromOne{N: 0},
		oneTo256{N: 257}, over64K{N: 65537}, fromMinus{N: -2})
	rejected(t, to254{}, per.ErrMalformed, "ff80")
	rejected(t, signed{}, per.ErrMalformed, "d8")
	rejected(t, over64K{}, per.ErrMalformed, "e000000000", "c0010001")
	rejected(t, unbound{}, per.ErrMalformed, "8000")
	rejected(t, unbound{}, per.ErrUnsupported, "8009010000000000000000", "80c1")
	rejected(t, unboundUnsigned{}, per.ErrUnsupported, "8001ff")
	rejected(t, extensible{}, per.ErrUnsupported, "c0020080")
	rejected(t, fromOne{}, per.ErrUnsupported, "8004ffffffff")
	rejected(t, fromMinus{}, per.ErrUnsupported, "80088000000000000001")
}

// Octets more than needed are no canonical encoding, but an encoding.
func TestIntegerInMoreOctets(t *testing.T) {
	decodes(t, octets(t, "e0 00000001"), to32Bits{true, 1})
	decodes(t, octets(t, "80 0a 00000000000000000001"), unbound{true, 1})
	decodes(t, octets(t, "80 0a ffffffffffffffffffff"), unbound{true, -1})
	decodes(t, octets(t, "80 09 000000000000000001"), fromOne{true, 2})
}

type (
	colour uint8
	three  struct {
		B lead
		C colour `per:"enum=3"`
	}
	threeAndMore struct {
		B lead
		C colour `per:"enum=3,ext"`
	}
	oneItem struct {
		B lead
		C int `per:"enum=1"`
	}
	many struct {
		B lead
		C int `per:"enum=300"`
	}
)

func (c colour) String() string { return [...]string{"red", "green", "blue"}[c%3] }

// X.691 clause 14.
func TestEnumerated(t *testing.T) {
	run(t, []vector{
		{"root", three{true, 2}, "c0"},
		{"one item", oneItem{true, 0}, "80"},
		{"more than 256", many{true, 299}, "80 012b"},
		{"root before a marker", threeAndMore{true, 1}, "90"},
		{"first addition", threeAndMore{true, 3}, "c0 00"},
		{"addition 63", threeAndMore{true, 3 + 63}, "df 80"},
		{"addition 64", threeAndMore{true, 3 + 64}, "e0 01 40"},
	})
	refused(t, three{C: 3}, many{C: -1}, many{C: 300})
	rejected(t, three{}, per.ErrMalformed, "e0")
	rejected(t, threeAndMore{}, per.ErrUnsupported, "e0020100", "e004ffffffff")
}
