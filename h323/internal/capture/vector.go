package capture

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Octets are written in hexadecimal.
type Octets []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.DecodeString(string(text))
	return err
}

// Vector is a message that another encoder made.
type Vector struct {
	// Top is the alternative.
	Top string
	// Hex is the message, JER its value in JSON.
	Hex Octets
	JER json.RawMessage
	// Q931 is the message in its framing, of an H323-UserInformation.
	Q931 Octets
}

// Value is JER, parsed.
func (v Vector) Value(t testing.TB) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(v.JER, &value); err != nil {
		t.Fatalf("%v in %s", err, v.JER)
	}
	return value
}

// Vectors returns the corpus's messages of one type: "RasMessage",
// "H323_UserInformation", "H245". There are none where there is no corpus.
func Vectors(t testing.TB, name string) []Vector {
	t.Helper()
	dir := Corpus(t)
	if dir == "" {
		return nil
	}
	f, err := os.Open(filepath.Join(dir, name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []Vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v Vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("%s is empty", f.Name())
	}
	return all
}

// File reads a file of the corpus; nil where there is no corpus.
func File(t testing.TB, name string) []byte {
	t.Helper()
	dir := Corpus(t)
	if dir == "" {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
