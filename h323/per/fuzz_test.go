package per_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/per"
)

// everything has each kind of type, in all ways of nesting.
type everything struct {
	Item      item
	Choice    *address `per:"optional"`
	Tree      *node    `per:"optional"`
	Wrapped   wrapped
	Small     signed
	Wide      to64Bits
	Free      fromMinus
	Open      unbound
	Items     []colour `per:"size=0..5,elem(enum=3,ext)"`
	Extension per.Extension
	Octets    *threeExt
	Bits      *anyBits
	Text      *digits
	BMP       *bmp
	Ext       *lettersExt
	OIDs      []per.OID
	More      *everything `per:"open"`
}

func sample() everything {
	return everything{
		Item:    item{A: ptr(uint8(5)), C: ptr(uint8(7)), G: &itemGroup{X: true, Y: []byte{1}}},
		Choice:  &address{List: []uint8{1, 2}},
		Tree:    &node{Next: &ring{Rings: rings{{}, {}}}},
		Wrapped: wrapped{Inner: &item{B: true}},
		Small:   signed{N: -5}, Wide: to64Bits{N: 1 << 40}, Free: fromMinus{N: 9}, Open: unbound{N: -129},
		Items:  []colour{0, 2, 70},
		Octets: &threeExt{O: []byte{1}}, Bits: &anyBits{S: per.BitString{Bytes: []byte{0xa0}, Length: 3}},
		Text: &digits{S: "1#"}, BMP: &bmp{S: "é😀"}, Ext: &lettersExt{S: "Z"},
		OIDs: []per.OID{"0.0.8.2250.0.7", "2.25.340282366920938463463374607431768211455"},
		More: &everything{Items: []colour{}, Extension: per.Extension{{Index: 70, Data: per.OpenType{1, 2, 3}}}},
	}
}

// FuzzUnmarshal: whatever decodes is a value, whose encoding decodes to itself.
func FuzzUnmarshal(f *testing.F) {
	seed, err := per.Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	for i := range seed {
		f.Add(seed[:i])
		flipped := bytes.Clone(seed)
		flipped[i] ^= 1 << (i % 8)
		f.Add(flipped)
	}
	f.Add(bytes.Repeat([]byte{0xff}, 300))
	f.Add(bytes.Repeat([]byte{0x80}, 300))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v everything
		_, err := per.Unmarshal(data, &v)
		if err != nil {
			if !errors.Is(err, per.ErrMalformed) && !errors.Is(err, per.ErrUnsupported) && !errors.Is(err, per.ErrLimit) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		again, err := per.Marshal(v)
		if err != nil {
			t.Fatalf("Marshal %+v: %v", v, err)
		}
		var w everything
		rest, err := wide.Unmarshal(again, &w)
		if err != nil || len(rest) > 0 {
			t.Fatalf("Unmarshal %x: %d octets left, %v", again, len(rest), err)
		}
		third, err := per.Marshal(w)
		if err != nil || !bytes.Equal(again, third) {
			t.Fatalf("%x became %x, %v", again, third, err)
		}
		if _, err := per.AppendJSON(nil, v); err != nil {
			t.Fatal(err)
		}
	})
}

// Every flipped bit and every cut of a message: an error or a value, no panic,
// and every cut an error.
func TestDamaged(t *testing.T) {
	want := sample()
	data, err := per.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	decodes(t, data, want)
	for i := range data {
		var v everything
		if _, err := per.Unmarshal(data[:i], &v); !errors.Is(err, per.ErrMalformed) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	for i := range 8 * len(data) {
		flipped := bytes.Clone(data)
		flipped[i/8] ^= 0x80 >> (i % 8)
		var v everything
		if _, err := per.Unmarshal(flipped, &v); err != nil {
			continue
		}
		if _, err := per.Marshal(v); err != nil {
			t.Errorf("bit %d: decoded, but does not encode: %v", i, err)
		}
	}
}

func TestAppend(t *testing.T) {
	dst := []byte{1, 2, 3}
	got, err := per.Append(dst, item{B: true})
	if d := cmp.Diff([]byte{1, 2, 3, 0x20}, got); d != "" || err != nil {
		t.Error(d, err)
	}
	got, err = per.Append(dst, to7{N: 8})
	if d := cmp.Diff(dst, got); d != "" || err == nil {
		t.Error(d, err)
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	data, err := per.Marshal(sample())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var v everything
		if _, err := per.Unmarshal(data, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMarshal(b *testing.B) {
	v := sample()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = per.Append(buf[:0], &v); err != nil {
			b.Fatal(err)
		}
	}
}
