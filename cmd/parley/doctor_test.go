package main

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/multicast/doctor"
)

func TestDoctorSaysWhatIsWrong(t *testing.T) {
	for args, want := range map[string]string{
		"--group 10.0.0.1":          "multicast address",
		"--group x":                 "multicast address",
		"--ipv6 --group 239.1.2.3":  "not of IPv6",
		"--port 0":                  "--port",
		"--ttl 256":                 "--ttl",
		"--wait 0s":                 "--wait",
		"--duration 3s":             "is for --answer",
		"--answer --duration -1s":   "--duration must not",
		"--interface doesnotexist":  "there is no interface \"doesnotexist\"; this machine has",
		"extra":                     "unknown command",
		"--answer --interface nope": "nope",
	} {
		var out, notes bytes.Buffer
		if status := run(t.Context(), append([]string{"doctor", "multicast"}, strings.Fields(args)...), &out, &notes); status == statusOK || !strings.Contains(notes.String(), want) {
			t.Errorf("%s: status %d, %q does not say %q", args, status, notes.String(), want)
		}
	}
}

func TestDoctorReport(t *testing.T) {
	r := &doctor.Report{
		Findings: []doctor.Finding{
			{Check: "interface", Severity: doctor.OK, Text: "eth0"},
			{Check: "querier", Severity: doctor.Warning, Text: "none", Fix: "switch one on"},
		},
		Observed: &doctor.Observation{Group: netip.MustParseAddrPort("239.1.2.3:9874")},
	}
	var out bytes.Buffer
	if err := printReport(&out, r, false); err != nil {
		t.Fatal(err)
	}
	want := "interface  ok       eth0\nquerier    warning  none\n                    fix: switch one on\n"
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
	out.Reset()
	if err := printReport(&out, r, true); err != nil {
		t.Fatal(err)
	}
	var back struct {
		OK       bool
		Findings []struct{ Check, Severity, Text, Fix string }
		Observed struct{ Group string }
	}
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back.OK || back.Findings[1].Fix != "switch one on" || back.Observed.Group != "239.1.2.3:9874" {
		t.Errorf("%v: %s", err, out.String())
	}
}

// TestDoctorOnTheLoopback looks at the loopback, where there is no querier to miss.
func TestDoctorOnTheLoopback(t *testing.T) {
	var out, notes bytes.Buffer
	run(t.Context(), []string{"doctor", "multicast", "--interface", "lo", "--group", "239.255.71.41", "--wait", "100ms", "--json"}, &out, &notes)
	var r doctor.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s %s", err, out.String(), notes.String())
	}
	found := make(map[string]doctor.Severity)
	for _, f := range r.Findings {
		found[f.Check] = f.Severity
	}
	if found["loopback"] != doctor.OK || found["querier"] != doctor.OK || found["membership"] != doctor.OK || found["reach"] != doctor.Info {
		t.Errorf("%+v", r.Findings)
	}
}
