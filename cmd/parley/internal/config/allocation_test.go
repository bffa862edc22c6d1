package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseAuto(t *testing.T) {
	for text, want := range map[string]struct {
		a       Auto
		ok, bad bool
	}{
		"auto": {Auto{}, true, false}, "auto:5010": {Auto{Port: 5010}, true, false}, "auto6": {Auto{IPv6: true}, true, false},
		"auto6:6000": {Auto{true, 6000}, true, false}, "auto:": {Auto{}, true, true}, "auto:65535": {Auto{}, true, true},
		"239.1.2.3:5004": {Auto{}, false, false}, "": {Auto{}, false, false}, "automatic": {Auto{}, false, false},
	} {
		a, ok, err := ParseAuto(text)
		if ok != want.ok || (err != nil) != want.bad || a != want.a {
			t.Errorf("%q: %+v, %v, %v", text, a, ok, err)
		}
	}
}

// TestAllocationProblems names each key that cannot be.
func TestAllocationProblems(t *testing.T) {
	_, err := load(Options{Codecs: testCodecs(), Environ: []string{}}, "parley.yaml", []byte(`
multicast:
  allocation: {ranges: [239.255.0.0, 224.0.0.0/16, 239.255.0.0/16]}
  madcap: {enabled: true, max_lease: 0s, ttl: 300, max_leases: 0, max_per_client: 20000}
sip: {udp: ":2535"}
conferences:
  - {id: a, multicast: [{audio: {group: "auto:x"}}, {audio: {group: auto6}}, {audio: {group: "auto:5004"}, video: {group: "auto:5005"}}]}
`))
	if err == nil {
		t.Fatal("no problem")
	}
	damaged := filepath.Join(t.TempDir(), "damaged")
	if err := os.WriteFile(damaged, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for state, want := range map[string]string{
		t.TempDir(): "is a folder", "/does/not/exist": "there is no folder /does/not to keep it in",
		damaged: "multicast.allocation.state: " + damaged + ": the file of leases is damaged",
	} {
		_, err := load(Options{Codecs: testCodecs(), Environ: []string{}}, "parley.yaml", []byte("multicast: {allocation: {state: "+state+"}}\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", state, err)
		}
	}
	for _, want := range []string{
		`multicast.allocation.ranges[0]: "239.255.0.0": must be a range`, `multicast.allocation.ranges[1]: "224.0.0.0/16": holds addresses of 224.0.0.0/23`,
		"multicast.allocation.state: is needed", "multicast.madcap.max_lease: must be", "multicast.madcap.ttl: must be", "multicast.madcap.max_leases: must be",
		"multicast.madcap.max_per_client: must be", "UDP port 2535 is already that of sip.udp",
		"conferences[0].multicast[0].audio.group: port must be", "conferences[0].multicast[1].audio.group: has no range", "conferences[0].multicast[2].video.group: has a port",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in:\n%v", want, err)
		}
	}
}
