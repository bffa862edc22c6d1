package h245

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/internal/capture"
	"parley/h323/per"
)

// corpus returns the vectors, and skips where there are none.
func corpus(t testing.TB) []capture.Vector {
	t.Helper()
	all := capture.Vectors(t, "H245")
	if all == nil {
		t.Skip("no corpus of H.245 messages")
	}
	return all
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// value parses JSON, with numbers kept as they are written.
func value(t testing.TB, b []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return v
}

func TestVectors(t *testing.T) {
	all := corpus(t)
	for i, v := range all {
		data := []byte(v.Hex)
		m, rest, err := Unmarshal(data)
		if err != nil || len(rest) != 0 {
			t.Errorf("%d %s: %d octets left, %v\n%x\n%s", i, v.Top, len(rest), err, v.Hex, v.JER)
			continue
		}
		if m.Name() != v.Top {
			t.Errorf("%d %s: named %s", i, v.Top, m.Name())
		}
		got, err := per.AppendJSON(nil, m)
		if err != nil {
			t.Errorf("%d %s: %v", i, v.Top, err)
			continue
		}
		if d := cmp.Diff(value(t, v.JER), value(t, got)); d != "" {
			t.Errorf("%d %s: %s\n%x", i, v.Top, d, v.Hex)
		}
		again, err := m.Marshal()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%d %s: encodes to %x, not %x: %v", i, v.Top, again, v.Hex, err)
		}
	}
	t.Logf("%d messages", len(all))
}

func TestVectorsTruncated(t *testing.T) {
	for i, v := range corpus(t) {
		data := []byte(v.Hex)
		for n := range data {
			if _, _, err := Unmarshal(data[:n]); err == nil {
				t.Errorf("%d %s: no error for %d of %d octets", i, v.Top, n, len(data))
			}
		}
	}
}
