package h245

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/per"
)

// vector is one line of the corpus: a message made by another encoder.
type vector struct {
	Top string          `json:"top"`
	Hex string          `json:"hex"`
	JER json.RawMessage `json:"jer"`
}

// corpora is PARLEY_CORPORA, or shared/corpora beside a folder above this one.
func corpora(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("PARLEY_CORPORA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		shared := filepath.Join(dir, "shared", "corpora")
		if _, err := os.Stat(shared); err == nil {
			return shared
		}
	}
	return ""
}

// corpus returns the vectors of H245.jsonl, and skips where there is none.
func corpus(t testing.TB) []vector {
	t.Helper()
	f, err := os.Open(filepath.Join(corpora(t), "h323", "H245.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no corpus of H.245 messages")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
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
		data := unhex(t, v.Hex)
		m, rest, err := Unmarshal(data)
		if err != nil || len(rest) != 0 {
			t.Errorf("%d %s: %d octets left, %v\n%s\n%s", i, v.Top, len(rest), err, v.Hex, v.JER)
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
			t.Errorf("%d %s: %s\n%s", i, v.Top, d, v.Hex)
		}
		again, err := m.Marshal()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%d %s: encodes to %x, not %s: %v", i, v.Top, again, v.Hex, err)
		}
	}
	t.Logf("%d messages", len(all))
}

func TestVectorsTruncated(t *testing.T) {
	for i, v := range corpus(t) {
		data := unhex(t, v.Hex)
		for n := range data {
			if _, _, err := Unmarshal(data[:n]); err == nil {
				t.Errorf("%d %s: no error for %d of %d octets", i, v.Top, n, len(data))
			}
		}
	}
}
