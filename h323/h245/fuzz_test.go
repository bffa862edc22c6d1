package h245

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/internal/capture"
)

// FuzzMessage: what decodes is encoded, and what we encode is decoded to the
// same value and encoded to the same octets.
func FuzzMessage(f *testing.F) {
	for _, r := range recorded(f) {
		f.Add(r.data)
	}
	for _, v := range capture.Vectors(f, "H245") {
		f.Add([]byte(v.Hex))
	}
	// An object identifier whose first arc has more than 64 bits.
	f.Add(unhex(f, "40000a8383838383838383812b01060104a04d81ae094b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, rest, err := Unmarshal(data)
		if err != nil {
			return
		}
		if len(rest) > len(data) {
			t.Fatalf("%d octets left of %d", len(rest), len(data))
		}
		first, err := m.Marshal()
		if err != nil {
			t.Fatalf("%x does not encode again: %v", data, err)
		}
		m2, rest, err := Unmarshal(first)
		if err != nil || len(rest) != 0 {
			t.Fatalf("%x became %x, %d octets left: %v", data, first, len(rest), err)
		}
		if d := cmp.Diff(jsonOf(t, m), jsonOf(t, m2)); d != "" {
			t.Fatalf("%x became %x: %s", data, first, d)
		}
		second, err := m2.Marshal()
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%x became %x and %x: %v", data, first, second, err)
		}
	})
}
