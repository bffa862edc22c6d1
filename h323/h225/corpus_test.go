package h225_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
)

// corpus is the folder of recorded and made messages; it skips the test where
// there is none.
func corpus(t testing.TB) string {
	t.Helper()
	dir := capture.Corpus(t)
	if dir == "" {
		t.Skip("no corpus")
	}
	return dir
}

// vectors are those of the corpus; it skips the test where there are none.
func vectors(t testing.TB, name string) []capture.Vector {
	t.Helper()
	corpus(t)
	return capture.Vectors(t, name)
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
func checkVector(t *testing.T, i int, v capture.Vector, message any) {
	t.Helper()
	data := []byte(v.Hex)
	rest, err := per.Unmarshal(data, message)
	if err != nil || len(rest) != 0 {
		t.Errorf("message %d: %d octets left, %v\n%x", i, len(rest), err, v.Hex)
		return
	}
	if d := cmp.Diff(v.Value(t), values(t, message)); d != "" {
		t.Errorf("message %d (-want +got):\n%s\n%x", i, d, v.Hex)
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
