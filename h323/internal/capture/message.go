package capture

import (
	"testing"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// Message reads one of call signalling, and what its User-user element carries
// (H.225.0 clause 7.2).
func Message(t testing.TB, octets []byte) (*q931.Message, *h225.H323UserInformation) {
	t.Helper()
	m, info := new(q931.Message), new(h225.H323UserInformation)
	if err := m.Unmarshal(octets); err != nil {
		t.Fatal(err)
	}
	data, err := m.UserInformation()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := per.Unmarshal(data, info); err != nil {
		t.Fatal(err)
	}
	return m, info
}
