package h225_test

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

	"parley/h323/h225"
	"parley/h323/per"
)

// corpusPath is the folder of recorded and made messages.
func corpusPath() string {
	dir := os.Getenv("PARLEY_CORPORA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpora")
	}
	return filepath.Join(dir, "h323")
}

// corpus is corpusPath, or skips the test where there is none.
func corpus(t testing.TB) string {
	t.Helper()
	dir := corpusPath()
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no corpus at %s", dir)
	}
	return dir
}

// vector is one message of the corpus.
type vector struct {
	Hex  string
	JER  any
	Q931 string
}

func vectors(t testing.TB, name string) []vector {
	f, err := os.Open(filepath.Join(corpus(t), name+".jsonl"))
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
	if len(all) == 0 {
		t.Fatalf("%s.jsonl is empty", name)
	}
	return all
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// values parses what AppendJSON wrote, to compare values and not their order.
func values(t testing.TB, v any) any {
	t.Helper()
	text, err := per.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	var parsed any
	if err := json.Unmarshal(text, &parsed); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return parsed
}

func TestRasMessageCorpus(t *testing.T) {
	for i, v := range vectors(t, "RasMessage") {
		checkVector(t, i, v, new(h225.RasMessage))
	}
}

func TestUserInformationCorpus(t *testing.T) {
	for i, v := range vectors(t, "H323_UserInformation") {
		checkVector(t, i, v, new(h225.H323UserInformation))
	}
}

// checkVector decodes v into message, compares its value, encodes it again, and
// cuts it everywhere.
func checkVector(t *testing.T, i int, v vector, message any) {
	t.Helper()
	data := unhex(t, v.Hex)
	rest, err := per.Unmarshal(data, message)
	if err != nil || len(rest) != 0 {
		t.Errorf("message %d: %d octets left, %v\n%s", i, len(rest), err, v.Hex)
		return
	}
	if d := cmp.Diff(v.JER, values(t, message)); d != "" {
		t.Errorf("message %d (-want +got):\n%s\n%s", i, d, v.Hex)
	}
	again, err := per.Marshal(message)
	if err != nil || !bytes.Equal(again, data) {
		t.Errorf("message %d: encoded again, %v\n%x\n%x", i, err, again, data)
	}
	for n := range data {
		if _, err := per.Unmarshal(data[:n], message); err == nil {
			t.Errorf("message %d, cut to %d of %d octets, has no error", i, n, len(data))
		}
	}
}
