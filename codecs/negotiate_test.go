package codecs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func h264(fmtp string) Format { return Format{"H264", 90000, 0, fmtp} }

var (
	localAudio = []Format{
		{"opus", 48000, 2, "useinbandfec=1"},
		{"G722", 8000, 1, ""},
		{"PCMU", 8000, 1, ""},
		{"telephone-event", 8000, 1, "0-15"},
		{"telephone-event", 48000, 1, "0-15"},
	}
	mode1 = h264("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f")
	mode0 = h264("level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f")
)

func TestNegotiateAudio(t *testing.T) {
	offered := []Mapping{
		{0, Format{"pcmu", 8000, 1, ""}},
		{96, Format{"opus", 48000, 2, "maxaveragebitrate=20000;stereo=1"}},
		{97, Format{"opus", 48000, 1, ""}}, // RFC 7587 7: always two channels
		{101, Format{"telephone-event", 8000, 1, "0-16"}},
		{102, Format{"telephone-event", 48000, 1, "0-16"}},
		{103, Format{"telephone-event", 16000, 1, "0-16"}},
	}
	want := []Mapping{
		{0, Format{"PCMU", 8000, 1, ""}},
		{96, Format{"opus", 48000, 2, "useinbandfec=1"}},
		{101, Format{"telephone-event", 8000, 1, "0-15"}},
		{102, Format{"telephone-event", 48000, 1, "0-15"}},
	}
	if diff := cmp.Diff(want, Negotiate(offered, localAudio)); diff != "" {
		t.Error(diff)
	}
	want[0], want[1] = want[1], want[0]
	if diff := cmp.Diff(want, NegotiateLocal(offered, localAudio)); diff != "" {
		t.Errorf("local order: %s", diff)
	}
	// Events whose clock no sound has, and events alone, are not answered.
	if got := Negotiate(offered[1:], localAudio); len(got) != 2 || got[1].PayloadType != 102 {
		t.Errorf("only opus: %v", got)
	}
	if got := Negotiate(offered[3:], localAudio); len(got) != 0 {
		t.Errorf("only events: %v", got)
	}
	if f, ok := Find(offered, 96); !ok || f.Fmtp != "maxaveragebitrate=20000;stereo=1" {
		t.Errorf("Find: %v, %v", f, ok)
	}
}

func TestNegotiateH264(t *testing.T) {
	tests := []struct {
		name, offer string
		local       Format
		want        string // "": no match
	}{
		{"same, ours at our level", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e028", mode1,
			"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
		{"without asymmetry the lower level", "packetization-mode=1;profile-level-id=42e00c", mode1,
			"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e00c"},
		{"without asymmetry ours when lower", "packetization-mode=1;profile-level-id=42e028", mode1,
			"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
		{"baseline spelled as offered", "packetization-mode=1;profile-level-id=42801f", mode1,
			"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42801f"},
		{"main that obeys baseline", "packetization-mode=1;profile-level-id=4d801f", mode1,
			"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d801f"},
		{"level 1b", "packetization-mode=1;profile-level-id=42f00b", mode1,
			"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42f00b"},
		{"mode 1 offered, mode 0 here", "packetization-mode=1;profile-level-id=42e01f", mode0, ""},
		{"mode 0 by default", "profile-level-id=42e01f", mode0,
			"level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f"},
		{"mode 0 offered, mode 1 here", "profile-level-id=42e01f", mode1, ""},
		{"profile by default", "", mode0,
			"level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42000a"},
		{"high is not baseline", "packetization-mode=1;profile-level-id=64001f", mode1, ""},
		{"not hexadecimal", "packetization-mode=1;profile-level-id=42e0zz", mode1, ""},
		{"too long", "packetization-mode=1;profile-level-id=0042e01f", mode1, ""},
		{"unknown profile", "packetization-mode=1;profile-level-id=01e01f", mode1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Negotiate([]Mapping{{96, h264(tt.offer)}}, []Format{tt.local})
			var want []Mapping
			if tt.want != "" {
				want = []Mapping{{96, h264(tt.want)}}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTakes(t *testing.T) {
	vp8 := Format{"VP8", 90000, 0, ""}
	tests := []struct {
		sink, source Format
		want         bool
	}{
		{vp8, vp8, true},
		{vp8, mode1, false},
		{mode1, mode1, true},
		{mode1, mode0, true},
		{mode0, mode1, true},
		{mode1, h264("packetization-mode=1;profile-level-id=42c00a"), true},
		{mode1, h264("packetization-mode=1;profile-level-id=640028"), false},
		{h264("packetization-mode=1;profile-level-id=640028"), mode1, true},
		{h264("packetization-mode=1;profile-level-id=4d0028"), h264("packetization-mode=1;profile-level-id=58001f"), false},
		{mode1, h264("packetization-mode=2;profile-level-id=42e01f"), false},
		{mode1, h264("packetization-mode=1;profile-level-id=x"), false},
	}
	for _, tt := range tests {
		if got := tt.sink.Takes(tt.source); got != tt.want {
			t.Errorf("%s takes %s: %v", tt.sink.Fmtp, tt.source.Fmtp, got)
		}
	}
}
