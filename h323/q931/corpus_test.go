package q931_test

import (
	"bytes"
	"testing"

	"parley/h323/internal/capture"
	"parley/h323/q931"
)

func TestCorpus(t *testing.T) {
	all := capture.Vectors(t, "H323_UserInformation")
	if len(all) == 0 {
		t.Skip("no corpus")
	}
	for i, v := range all {
		data := []byte(v.Q931)
		var m q931.Message
		if err := m.Unmarshal(data); err != nil {
			t.Errorf("message %d: %v", i, err)
			continue
		}
		if info, err := m.UserInformation(); err != nil || !bytes.Equal(info, v.Hex) {
			t.Errorf("message %d: user information %x, %v, want %x", i, info, err, v.Hex)
		}
		if again, err := m.Append(nil); err != nil || !bytes.Equal(again, data) {
			t.Errorf("message %d: %x, %v, want %x", i, again, err, v.Q931)
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
