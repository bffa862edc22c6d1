package q931_test

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

	"parley/h323/q931"
)

// vector is a message of the corpus: an H323-UserInformation, and the same in a
// Q.931 message.
type vector struct{ Hex, Q931 string }

// vectors returns the corpus's, none where there is no corpus.
func vectors(t testing.TB) []vector {
	dir := os.Getenv("PARLEY_CORPORA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpora")
	}
	f, err := os.Open(filepath.Join(dir, "h323", "H323_UserInformation.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
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

func TestCorpus(t *testing.T) {
	all := vectors(t)
	if len(all) == 0 {
		t.Skip("no corpus")
	}
	for i, v := range all {
		data := unhex(t, v.Q931)
		var m q931.Message
		if err := m.Unmarshal(data); err != nil {
			t.Errorf("message %d: %v", i, err)
			continue
		}
		if info, err := m.UserInformation(); err != nil || hex.EncodeToString(info) != v.Hex {
			t.Errorf("message %d: user information %x, %v, want %s", i, info, err, v.Hex)
		}
		if again, err := m.Append(nil); err != nil || !bytes.Equal(again, data) {
			t.Errorf("message %d: %x, %v, want %s", i, again, err, v.Q931)
		}
		for n := range data {
			// A message may end after any element, but not within one; the last
			// one is cut here.
			if m.Unmarshal(data[:n]) != nil {
				continue
			}
			if _, err := m.UserInformation(); err == nil {
				t.Errorf("message %d, cut to %d of %d octets, has no error", i, n, len(data))
			}
		}
	}
}
