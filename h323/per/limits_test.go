package per_test

import (
	"bytes"
	"errors"
	"testing"

	"parley/h323/per"
)

// free takes no bits, and 32 octets of memory.
type free struct {
	A, B, C, D int64 `per:"range=7"`
}

func TestDepth(t *testing.T) {
	// A level of deep is one bit; 31 more may follow the first.
	ok := append(bytes.Repeat([]byte{0xff}, 3), 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	var v deep
	if _, err := per.Unmarshal(ok, &v); err != nil {
		t.Errorf("32 levels: %v", err)
	}
	if _, err := per.Marshal(v); err != nil {
		t.Errorf("32 levels: %v", err)
	}
	if _, err := per.Unmarshal(bytes.Repeat([]byte{0xff}, 100), &v); !errors.Is(err, per.ErrLimit) {
		t.Errorf("800 levels: %v", err)
	}
	if _, err := (per.Limits{Depth: 4}).Unmarshal(ok, &v); !errors.Is(err, per.ErrLimit) {
		t.Errorf("32 levels where 4 are granted: %v", err)
	}
	v.Next = &v
	refused(t, v)
}

func TestElements(t *testing.T) {
	var v flags
	of := func(n int) []byte {
		return append([]byte{0x80 | byte(n>>8), byte(n)}, make([]byte, (n+7)/8)...)
	}
	if _, err := per.Unmarshal(of(256), &v); err != nil || len(v.L) != 256 {
		t.Errorf("256 elements: %d, %v", len(v.L), err)
	}
	if _, err := per.Unmarshal(of(257), &v); !errors.Is(err, per.ErrLimit) {
		t.Errorf("257 elements: %v", err)
	}
	if _, err := (per.Limits{Elements: 300}).Unmarshal(of(300), &v); err != nil || len(v.L) != 300 {
		t.Errorf("300 elements: %d, %v", len(v.L), err)
	}
	fragments := append(append([]byte{0xc1}, make([]byte, 2048)...), 0)
	if _, err := per.Unmarshal(fragments, &v); !errors.Is(err, per.ErrLimit) {
		t.Errorf("16K elements: %v", err)
	}
}

// Two octets must not buy 256 elements of 32 octets, in each of 256 lists.
func TestMemory(t *testing.T) {
	var v [][]free
	data := append([]byte{0x81, 0x00}, bytes.Repeat([]byte{0x81, 0x00}, 40)...)
	if _, err := per.Unmarshal(data, &v); !errors.Is(err, per.ErrLimit) {
		t.Errorf("lists of elements without bits: %v", err)
	}
	for name, v := range map[string]any{
		"nulls":   new([][][]per.Null),
		"letters": new([]oneLetter),
	} {
		spent := testing.AllocsPerRun(1, func() {
			if _, err := (per.Limits{Memory: 1000}).Unmarshal(bytes.Repeat([]byte{0x80, 0xff}, 1000), v); err == nil {
				t.Errorf("%s: no error", name)
			}
		})
		if spent > 100 {
			t.Errorf("%s: %v allocations", name, spent)
		}
	}
	var o anyOctets
	if _, err := (per.Limits{Memory: 100}).Unmarshal(append([]byte{0x80, 0x78}, make([]byte, 120)...), &o); !errors.Is(err, per.ErrLimit) {
		t.Errorf("120 octets where 100 are granted: %v", err)
	}
	// A message that is long by itself may be.
	if _, err := per.Unmarshal(append([]byte{0x80, 0x9f, 0x40}, make([]byte, 8000)...), &o); err != nil {
		t.Errorf("8000 octets: %v", err)
	}
	// A length that lies takes no memory.
	if n := testing.AllocsPerRun(10, func() {
		if _, err := per.Unmarshal([]byte{0x80, 0xbf, 0xff, 1, 2, 3}, &o); !errors.Is(err, per.ErrMalformed) {
			t.Errorf("truncated: %v", err)
		}
	}); n > 12 {
		t.Errorf("%v allocations for a lie", n)
	}
}
