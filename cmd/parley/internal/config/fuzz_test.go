package config

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// FuzzConfig: whatever the file, there is either a Config that can be loaded
// or a bounded list of Problems.
func FuzzConfig(f *testing.F) {
	if sample, err := os.ReadFile(sampleFile); err == nil {
		f.Add(sample)
	}
	for _, seed := range []string{
		"", "---\n...\n", "a: &a [*a]\n", "? [a]\n: b\n", "<<: {http: {listen: :1}}\n", "!!binary aGk=: 1\n",
		"conferences: [[[[[]]]]]\n", "conferences: [~, 1, {}, {id: ~}]\n", "http: {listen: {a: b}}\n",
		"conferences:\n - {id: a, pin: 0x12, codecs: [1, ~], multicast: [{audio: {group: \"[::]:1\", codec: L16///}}]}\n",
		"multicast: {sessions: [{file: /dev/null}]}\n", "\xff\xfe", "webrtc: {resume: 1e9h}\n", strings.Repeat("[", 5000),
		"external_address: \"::ffff:1.2.3.4%eth0\"\n", "rtp: {ports: {low: 99999999999999999999}}\n",
	} {
		f.Add([]byte(seed))
	}
	set := testCodecs()
	f.Fuzz(func(t *testing.T, data []byte) {
		if strings.Contains(string(data), "/") {
			return // no files of this machine
		}
		c, err := load(Options{Codecs: set, Environ: []string{}}, "fuzz.yaml", data)
		if err == nil {
			if c.RTP.Ports.High <= c.RTP.Ports.Low || (len(c.Conferences) == 0 && !c.Policy.OnDemand) {
				t.Fatalf("accepted %+v", c)
			}
			return
		}
		var ps Problems
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Fatalf("error that is no Problems: %v", err)
		}
		if text := err.Error(); len(text) > (maxProblems+1)*2000 {
			t.Fatalf("report of %d bytes", len(text))
		}
	})
}
