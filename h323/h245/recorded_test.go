package h245

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/per"
)

// recording is one line of testdata/recorded.txt.
type recording struct {
	name string
	data []byte
}

func recorded(t testing.TB) []recording {
	t.Helper()
	text, err := os.ReadFile("testdata/recorded.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []recording
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		all = append(all, recording{name, unhex(t, digits)})
	}
	return all
}

func jsonOf(t testing.TB, v any) any {
	t.Helper()
	b, err := per.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return value(t, b)
}

// Many stacks cut the bitmap of additions after the last one present, so what
// they sent is compared by value.
func TestRecorded(t *testing.T) {
	for _, r := range recorded(t) {
		if r.name == "fastStart" {
			continue
		}
		m, rest, err := Unmarshal(r.data)
		if err != nil || len(rest) != 0 {
			t.Errorf("%s %x: %d octets left, %v", r.name, r.data, len(rest), err)
			continue
		}
		if got := m.Name(); got != r.name {
			t.Errorf("%s, want %s", got, r.name)
		}
		again, err := m.Marshal()
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
			continue
		}
		m2, _, err := Unmarshal(again)
		if err != nil {
			t.Errorf("%s: %x: %v", r.name, again, err)
			continue
		}
		if d := cmp.Diff(jsonOf(t, m), jsonOf(t, m2)); d != "" {
			t.Errorf("%s: %s", r.name, d)
		}
	}
}

func TestRecordedFastStart(t *testing.T) {
	n := 0
	for _, r := range recorded(t) {
		if r.name != "fastStart" {
			continue
		}
		n++
		o, err := UnmarshalOpenLogicalChannel(r.data)
		if err != nil {
			t.Errorf("%x: %v", r.data, err)
			continue
		}
		if o.h2250() == nil {
			t.Errorf("%x: no H.225.0 parameters", r.data)
		}
		again, err := o.Marshal()
		if err != nil {
			t.Errorf("%x: %v", r.data, err)
			continue
		}
		o2, err := UnmarshalOpenLogicalChannel(again)
		if err != nil {
			t.Errorf("%x: %v", again, err)
			continue
		}
		if d := cmp.Diff(jsonOf(t, o), jsonOf(t, o2)); d != "" {
			t.Errorf("%s", d)
		}
	}
	if n == 0 {
		t.Error("none")
	}
}

// h2250 returns the parameters that a fast start has to carry, in the direction
// that it opens (H.323 clause 8.1.7.1).
func (o *OpenLogicalChannel) h2250() *H2250LogicalChannelParameters {
	if r := o.ReverseLogicalChannelParameters; r != nil && r.MultiplexParameters != nil {
		return r.MultiplexParameters.H2250LogicalChannelParameters
	}
	return o.ForwardLogicalChannelParameters.MultiplexParameters.H2250LogicalChannelParameters
}
