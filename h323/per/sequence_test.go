package per_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/per"
)

type (
	item struct {
		A         *uint8 `per:"optional,range=0..7"`
		B         bool
		Extension per.Extension
		C         *uint8     `per:"range=0..255"`
		G         *itemGroup `per:"group"`
	}
	itemGroup struct {
		X bool
		Y []byte `per:"optional"`
	}
	sparse struct {
		B         bool
		Extension per.Extension
		G         *sparseGroup `per:"group"`
	}
	sparseGroup struct {
		X *bool    `per:"optional"`
		Y []uint16 `per:"optional,elem(range=0..65535)"`
	}
	closed struct {
		B         bool
		Extension per.Extension
	}
	bitless struct {
		Extension per.Extension
		Nothing   *per.Null
	}
	begun struct {
		Extension per.Extension
		N         *uint8 `per:"range=0..7"`
	}
	named struct {
		ID     per.OID  `per:"optional"`
		Digits string   `per:"optional,numeric,size=1..16"`
		Nil    per.Null // no bits
	}
	wrapped struct {
		Inner  *item        `per:"open,optional"`
		Octets per.OpenType `per:"optional"`
	}
)

// X.691 clause 19.
func TestSequence(t *testing.T) {
	unknown := func(i int, data ...byte) per.Extension { return per.Extension{{Index: i, Data: data}} }
	run(t, []vector{
		{"root", item{B: true}, "20"},
		{"optional", item{A: ptr(uint8(5)), B: true}, "6c"},
		{"addition", item{C: ptr(uint8(7))}, "80 60 01 07"},
		{"addition group", item{G: &itemGroup{X: true}}, "80 50 01 40"},
		{"all", item{A: ptr(uint8(5)), B: true, C: ptr(uint8(7)), G: &itemGroup{true, []byte{9}}},
			"ec 0e 01 07 03 c0 01 09"},
		{"unknown addition", item{Extension: unknown(2, 0xaa, 0xbb)}, "80 88 02 aabb"},
		{"known and unknown", item{C: ptr(uint8(7)), Extension: per.Extension{{Index: 3, Data: per.OpenType{1}}, {Index: 5, Data: per.OpenType{2, 3}}}},
			"81 65 01 07 01 01 02 0203"},
		{"longer bitmap", item{C: ptr(uint8(7)), Extension: per.Extension{{Index: 3}}}, "80 e0 01 07"},
		{"bitmap of 64", closed{true, unknown(63, 0xcc)}, "df 80 00000000000000 80 01 cc"},
		{"bitmap of 65", closed{true, unknown(64, 0xcc)}, "e0 41 0000000000000000 80 01 cc"},
		{"bitmap of 200", closed{true, unknown(199, 0xcc)}, "e0 80c8" +
			" 000000000000000000000000000000000000000000000000 01 01 cc"},
		{"a marker alone", begun{}, "00"},
		{"a marker alone, addition", begun{N: ptr(uint8(5))}, "80 80 01 a0"},
		{"a marker alone, unknown addition", begun{Extension: unknown(1, 0xcc)}, "81 40 01 cc"},
		{"an addition without bits", bitless{Nothing: &per.Null{}}, "80 80 01 00"},
		{"strings that may be empty", named{}, "00"},
		{"strings", named{ID: "1.2", Digits: "7"}, "c0 01 2a 00 80"},
		{"open types", wrapped{&item{B: true}, per.OpenType{1, 2}}, "c0 01 20 02 0102"},
		{"no open types", wrapped{}, "00"},
	})
	refused(t, begun{N: ptr(uint8(8))}, item{Extension: unknown(1, 1)}, closed{Extension: unknown(1<<20, 1)},
		closed{Extension: per.Extension{{Index: 3, Data: per.OpenType{1}}, {Index: 2, Data: per.OpenType{1}}}})
	rejected(t, closed{}, per.ErrLimit, "e0 9fff", "e0 c1")
}

// An addition group without a component is no group: clause 19.9.
func TestVacantGroup(t *testing.T) {
	for _, v := range []sparse{{}, {G: &sparseGroup{}}} {
		got, err := per.Marshal(v)
		if err != nil || string(got) != "\x00" {
			t.Errorf("Marshal %+v: %x, %v", v, got, err)
		}
	}
	decodes(t, octets(t, "80 40 01 00"), sparse{G: &sparseGroup{}})
	run(t, []vector{{"an empty list is not absent", sparse{G: &sparseGroup{Y: []uint16{}}}, "80 40 02 40 00"}})
}

// Of what is accepted, what is not canonical is written canonically.
func TestSequenceAccepts(t *testing.T) {
	for _, c := range []struct {
		name, in, out string
		want          item
	}{
		{"shorter bitmap", "80 20 01 07", "80 60 01 07", item{C: ptr(uint8(7))}},
		{"empty bitmap", "a0 40", "20", item{B: true}},
		{"long form of a short bitmap", "90 02 80 01 07", "80 60 01 07", item{C: ptr(uint8(7))}},
		{"padding of ones", "3f", "20", item{B: true}},
		{"padding before a length", "80 6f 01 07", "80 60 01 07", item{C: ptr(uint8(7))}},
		{"octets after an addition", "80 60 03 070809", "80 60 01 07", item{C: ptr(uint8(7))}},
		{"length in two octets", "80 60 8001 07", "80 60 01 07", item{C: ptr(uint8(7))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			decodes(t, octets(t, c.in), c.want)
			got, err := per.Marshal(c.want)
			if err != nil || string(got) != string(octets(t, c.out)) {
				t.Errorf("Marshal: %x, %v, want %s", got, err, c.out)
			}
		})
	}
}

type (
	address struct {
		per.Choice
		Flag      *bool
		Nothing   *per.Null
		Extension per.Extension
		Octets    []byte
		List      []uint8 `per:"size=1..4,elem(range=0..7)"`
	}
	only struct {
		per.Choice
		Flag *bool
	}
	says struct {
		per.Choice
		Text string `per:"ia5,size=1..2"`
	}
	onlyExt struct {
		per.Choice
		Flag      *bool
		Extension per.Extension
	}
)

// X.691 clause 23.
func TestChoice(t *testing.T) {
	run(t, []vector{
		{"root", address{Flag: ptr(true)}, "20"},
		{"NULL", address{Nothing: &per.Null{}}, "40"},
		{"addition", address{Octets: []byte{10}}, "80 02 010a"},
		{"empty addition", address{Octets: []byte{}}, "80 01 00"},
		{"second addition", address{List: []uint8{1, 2}}, "81 01 4a"},
		{"unknown alternative", address{Extension: per.Extension{{Index: 2, Data: per.OpenType{0xff}}}}, "82 01 ff"},
		{"unknown alternative 63", address{Extension: per.Extension{{Index: 63, Data: per.OpenType{0xff}}}}, "bf 01 ff"},
		{"unknown alternative 64", address{Extension: per.Extension{{Index: 64, Data: per.OpenType{0xff}}}}, "c0 01 40 01 ff"},
		{"one alternative", only{Flag: ptr(true)}, "80"},
		{"one alternative and a marker", onlyExt{Flag: ptr(true)}, "40"},
	})
	refused(t, address{}, address{Flag: ptr(true), Octets: []byte{}},
		address{Flag: ptr(true), Extension: per.Extension{{Index: 2}}},
		address{Extension: per.Extension{{Index: 1, Data: per.OpenType{1}}}},
		address{List: []uint8{8}}, says{Text: "abc"})
	rejected(t, address{}, per.ErrUnsupported, "c0 08 ffffffffffffffff")
	rejected(t, address{}, per.ErrMalformed, "81 00")
}

// An open type has its length before it, which is known behind it (X.691 clause 11.2).
func TestOpenTypeLengths(t *testing.T) {
	x := func(from, to int) string { return hex.EncodeToString(filled(1 << 15)[from:to]) }
	run(t, []vector{
		{"127 octets", address{Octets: filled(126)}, "80 7f 7e" + x(0, 126)},
		{"128 octets", address{Octets: filled(127)}, "80 8080 7f" + x(0, 127)},
		{"130 octets", address{Octets: filled(128)}, "80 8082 8080" + x(0, 128)},
		{"the most in one", address{Octets: filled(16381)}, "80 bfff bffd" + x(0, 16381)},
		{"a fragment", address{Octets: filled(16382)}, "80 c1 bffe" + x(0, 16382) + "00"},
		{"a fragment and one", address{Octets: filled(16383)}, "80 c1 bfff" + x(0, 16382) + "01" + x(16382, 16383)},
	})
}

type (
	some struct {
		B lead
		L []uint8 `per:"size=1..4,elem(range=0..7)"`
	}
	anyList struct {
		B lead
		L []uint8Item
	}
	uint8Item uint8
	nested    struct {
		L [][]uint16 `per:"size=0..3,elem(size=1..256,elem(range=0..65535))"`
	}
	flags struct {
		L []bool
	}
)

func (uint8Item) PERTag() string { return "range=0..7" }

// X.691 clause 20.
func TestList(t *testing.T) {
	long := make([]bool, 16385)
	for i := range long {
		long[i] = i%2 == 0
	}
	data := "c1"
	for range 2048 {
		data += "aa"
	}
	run(t, []vector{
		{"constrained count", some{true, []uint8{1, 2}}, "a5 00"},
		{"any count", anyList{true, []uint8Item{1, 2}}, "80 02 28"},
		{"empty", anyList{true, []uint8Item{}}, "80 00"},
		{"lists of lists", nested{[][]uint16{{1}, {2, 3}}}, "80 00 0001 01 0002 0003"},
		{"fragments", flags{long}, data + "01 80"},
	})
	refused(t, some{}, some{L: []uint8{1, 2, 3, 4, 5}}, some{L: []uint8{8}})
	if err := per.Check(some{}); err != nil {
		t.Error(err)
	}
}

type deep struct {
	Next *deep `per:"optional"`
	N    uint8 `per:"range=0..7"`
}

// A message may end with what tells that nothing follows.
func TestNothingPresent(t *testing.T) {
	type eight struct {
		A, B, C, D, E, F, G, H *bool `per:"optional"`
	}
	run(t, []vector{{"no optional", eight{}, "00"}})
}

// A failure tells where, in the standard's names.
func TestErrorPath(t *testing.T) {
	type member struct {
		H323ID string `per:"bmp,size=1..4,name=h323-ID"`
		IPAddr *only
	}
	type message struct {
		SourceAddress []member `per:"size=0..7"`
	}
	_, err := per.Marshal(message{[]member{{"a", &only{Flag: ptr(true)}}, {"abcde", nil}}})
	var e *per.Error
	if !errors.As(err, &e) || e.Path != "sourceAddress[1].h323-ID" {
		t.Errorf("Marshal: %v", err)
	}
	for _, before := range []int{0, 3} {
		_, err = per.Append(make([]byte, before), struct {
			O [3]byte
			N uint8 `per:"range=0..7"`
			M uint8 `per:"range=0..7"`
		}{N: 7, M: 8})
		if !errors.As(err, &e) || e.Offset != 27 {
			t.Errorf("Append behind %d octets: %v", before, err)
		}
	}
	_, err = per.Unmarshal([]byte{0x2a}, &message{})
	if !errors.As(err, &e) || e.Path != "sourceAddress[0].h323-ID" || e.Offset != 8 {
		t.Errorf("Unmarshal: %v", err)
	}
	_, err = per.Marshal(message{[]member{{"a", nil}}})
	if !errors.As(err, &e) || e.Path != "sourceAddress[0].ipAddr" {
		t.Errorf("Marshal: %v", err)
	}
}

// What was decoded shares nothing with the input, nor one octet string with
// another that grows.
func TestOwnMemory(t *testing.T) {
	data := octets(t, "c0 01 20 02 0102")
	var v wrapped
	if _, err := per.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	clear(data)
	if d := cmp.Diff(per.OpenType{1, 2}, v.Octets); d != "" {
		t.Error(d)
	}
	var l [][]byte
	if _, err := per.Unmarshal(octets(t, "02 01 aa 01 bb"), &l); err != nil {
		t.Fatal(err)
	}
	_ = append(l[0], 0xcc)
	if d := cmp.Diff([][]byte{{0xaa}, {0xbb}}, l); d != "" {
		t.Error(d)
	}
}
