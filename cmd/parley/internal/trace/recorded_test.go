package trace

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/h323/pcap"
)

// corpus returns the recorded calls; the test is skipped where there are none.
func corpus(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("PARLEY_CORPORA")
	if dir == "" {
		dir = "../../../../../shared/corpora"
	}
	files, err := filepath.Glob(filepath.Join(dir, "h323", "captures", "*.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no corpus")
	}
	return append(files, filepath.Join(dir, "h323", "h323.pcap"))
}

// shown returns the names in a file, as people read them.
func shown(t *testing.T, file string) []Message {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []Message
	if err := Capture(f, true, func(m *Message) { all = append(all, *m) }); err != nil {
		t.Fatal(err)
	}
	return all
}

// Every message of the corpus has a name, and says what it is there for.
func TestCapture(t *testing.T) {
	names := make(map[string][]string)
	for _, file := range corpus(t) {
		for _, m := range shown(t, file) {
			if m.Name == "facility" && m.Reason == "" && len(m.H245)+len(m.H450)+len(m.RAS) == 0 {
				t.Errorf("%s: an anonymous facility at %v", filepath.Base(file), m.Time)
			}
			if m.Name == "" || m.Protocol == "" || m.Value == nil {
				t.Errorf("%s: %+v", filepath.Base(file), m)
			}
			names[filepath.Base(file)] = append(names[filepath.Base(file)], fmt.Sprint(m.Name, m.Reason, m.H245, m.RAS, m.H450))
		}
	}
	for _, want := range []struct{ file, name string }{
		{"h450-hold-transfer-emptytcs.pcapng", "connect[terminalCapabilitySet masterSlaveDetermination] [] []"},
		{"h450-hold-transfer-emptytcs.pcapng", "facility[] [] [holdNotific]"},
		{"h450-hold-transfer-emptytcs.pcapng", "facility[] [] [callTransferInitiate]"},
		{"h460-17.pcapng", "facility[] [registrationRequest] []"},
		{"slow-separate-h245.pcapng", "masterSlaveDeterminationAck[] [] []"},
		{"slow-separate-h245.pcapng", "releaseCompletenormal call clearing[] [] []"},
		{"parallel-h245-h264-h239.pcapng", "setup[terminalCapabilitySet masterSlaveDetermination] [] []"},
		{"h323.pcap", "registrationConfirm[] [] []"},
	} {
		if !slices.Contains(names[want.file], want.name) {
			t.Errorf("%s: no %q in %q", want.file, want.name, names[want.file])
		}
	}
	if got := names["slow-separate-h245.pcapng"]; len(got) != 20 {
		t.Errorf("%d messages of 20, each once: %q", len(got), got)
	}
}

// A file that breaks off, or is none, is an error and no more.
func TestCaptureMalformed(t *testing.T) {
	for _, file := range corpus(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(data); n += 97 {
			if err := Capture(bytes.NewReader(data[:n]), false, func(*Message) {}); err != nil && !errors.Is(err, pcap.ErrMalformed) && !errors.Is(err, pcap.ErrNoCapture) {
				t.Fatalf("%s at %d: %v", file, n, err)
			}
		}
	}
	if err := Capture(strings.NewReader("<html></html>"), false, func(*Message) {}); !errors.Is(err, pcap.ErrNoCapture) {
		t.Errorf("a page: %v", err)
	}
}
