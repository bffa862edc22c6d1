package h264

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

// sps is x264's for 640x480 constrained baseline at level 3.0, pps its PPS.
var (
	sps = []byte{0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x3d, 0xb0, 0x16, 0xa0, 0x20, 0x20, 0x28,
		0x00, 0x00, 0x03, 0x00, 0x08, 0x00, 0x00, 0x03, 0x01, 0x90, 0x78, 0xb1, 0x75}
	pps = []byte{0x68, 0xcb, 0x83, 0xcb, 0x20}
)

func stap(t *testing.T, units ...[]byte) []byte {
	t.Helper()
	p, ok := STAPA(units, 1200)
	if !ok {
		t.Fatal("no STAP-A")
	}
	return p
}

func TestInspect(t *testing.T) {
	key := codecs.PayloadInfo{FrameStart: true, Keyframe: true}
	tests := []struct {
		name    string
		payload []byte
		want    codecs.PayloadInfo
	}{
		{"IDR", []byte{0x65, 0x88}, key},
		{"second slice of IDR", []byte{0x65, 0x08}, codecs.PayloadInfo{}},
		{"slice", []byte{0x41, 0x9a}, codecs.PayloadInfo{FrameStart: true}},
		{"slice not referred to", []byte{0x01, 0x9a}, codecs.PayloadInfo{FrameStart: true, Discardable: true}},
		{"SPS", sps, codecs.PayloadInfo{ParameterSets: true}},
		{"PPS", pps, codecs.PayloadInfo{}},
		{"STAP-A of sets", stap(t, sps, pps), codecs.PayloadInfo{ParameterSets: true}},
		{"STAP-A with IDR", stap(t, sps, pps, []byte{0x65, 0x88}),
			codecs.PayloadInfo{FrameStart: true, Keyframe: true, ParameterSets: true}},
		{"STAP-A of SEI and slice", stap(t, []byte{0x06, 0x05}, []byte{0x41, 0x9a}),
			codecs.PayloadInfo{FrameStart: true}},
		{"STAP-A that lies about its length", []byte{0x78, 0x00, 0x09, 0x65, 0x88}, codecs.PayloadInfo{}},
		{"FU-A start of IDR", []byte{0x7c, 0x85, 0x88}, key},
		{"FU-A middle of IDR", []byte{0x7c, 0x05, 0x88}, codecs.PayloadInfo{}},
		{"FU-A end of slice not referred to", []byte{0x1c, 0x41, 0x88}, codecs.PayloadInfo{Discardable: true}},
		{"FU-A start of slice", []byte{0x5c, 0x81, 0x9a}, codecs.PayloadInfo{FrameStart: true}},
		{"FU-A cut", []byte{0x7c, 0x85}, codecs.PayloadInfo{}},
		{"FU-B of mode 2", []byte{0x7d, 0x85, 0x88}, codecs.PayloadInfo{}},
		{"empty", nil, codecs.PayloadInfo{}},
	}
	for _, tt := range tests {
		if got := Inspect(tt.payload); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestAccept(t *testing.T) {
	c := Codec()
	for _, f := range c.Formats {
		if !c.Accept(f) {
			t.Errorf("own %v %s", f, f.Fmtp)
		}
	}
	for fmtp, want := range map[string]bool{
		"":                         true,
		"profile-level-id=640028":  true,
		"packetization-mode=2":     false,
		"profile-level-id=64002":   false,
		"profile-level-id=6400280": false,
	} {
		if got := c.Accept(codecs.Format{Name: "h264", ClockRate: 90000, Fmtp: fmtp}); got != want {
			t.Errorf("%q: %v", fmtp, got)
		}
	}
}

func TestParameterSets(t *testing.T) {
	want := [][]byte{sps, pps}
	got := AppendParameterSets(nil, stap(t, sps, []byte{0x06, 0x05}, pps))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = AppendParameterSets(AppendParameterSets(nil, sps), pps)
	if diff := cmp.Diff(want, AppendParameterSets(got, []byte{0x65, 0x88})); diff != "" {
		t.Error(diff)
	}
	parsed, err := ParseSprop(FormatSprop(want))
	if diff := cmp.Diff(want, parsed); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	// ffmpeg's SDP spells them like this; padding may be missing.
	parsed, err = ParseSprop("Z0LAHtkAoD2wFqAgICgAAAMACAAAAwGQeLF1, aMuDyyA")
	if diff := cmp.Diff(want, parsed); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := ParseSprop("Z0L*"); !errors.Is(err, codecs.ErrMalformed) {
		t.Errorf("not base64: %v", err)
	}
	if _, err := ParseSprop(FormatSprop([][]byte{bytes.Repeat([]byte{0x67}, MaxParameterSet+3)})); !errors.Is(err, codecs.ErrMalformed) {
		t.Errorf("too long: %v", err)
	}
	if _, ok := STAPA(want, len(sps)+len(pps)+4); ok {
		t.Error("STAP-A above its limit")
	}
	if _, ok := STAPA(nil, 100); ok {
		t.Error("STAP-A of nothing")
	}
	if got := stap(t, pps, sps)[0]; got != 0x78 {
		t.Errorf("STAP-A header %#x", got)
	}
}

func TestSize(t *testing.T) {
	w, h, err := Size(sps)
	if err != nil || w != 640 || h != 480 {
		t.Errorf("%d x %d, %v", w, h, err)
	}
	if _, _, err := Size(pps); !errors.Is(err, codecs.ErrMalformed) {
		t.Errorf("PPS: %v", err)
	}
	if id, ok := ProfileLevelID(sps); id != "42c01e" || !ok {
		t.Errorf("profile-level-id %q", id)
	}
}

func FuzzPayload(f *testing.F) {
	f.Add(sps)
	f.Add([]byte{0x78, 0x00, 0x02, 0x65, 0x88, 0x00, 0x01, 0x68})
	f.Add([]byte{0x7c, 0x85, 0x88})
	f.Fuzz(func(t *testing.T, payload []byte) {
		info := Inspect(payload)
		sets := AppendParameterSets(nil, payload)
		if info.Keyframe && !info.FrameStart {
			t.Fatal("key frame that begins no frame")
		}
		for _, s := range sets {
			if !IsParameterSet(s) {
				t.Fatalf("no parameter set: % x", s)
			}
			_, _, _ = Size(s) // any result, no panic
		}
		if p, ok := STAPA(sets, 1<<16); ok {
			if diff := cmp.Diff(sets, AppendParameterSets(nil, p)); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func FuzzSprop(f *testing.F) {
	f.Add("Z0LAHtkAoD2wFqAgICgAAAMACAAAAwGQeLF1,aMuDyyA=")
	f.Add(",=,aMuDyyA")
	f.Fuzz(func(t *testing.T, value string) {
		sets, err := ParseSprop(value)
		if err != nil {
			return
		}
		again, err := ParseSprop(FormatSprop(sets))
		if diff := cmp.Diff(sets, again); err != nil || diff != "" {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

func TestParameterSetID(t *testing.T) {
	tests := []struct {
		unit []byte
		id   int
		ok   bool
	}{
		{sps, 0, true},
		{pps, 0, true},
		{[]byte{0x68, 0x40}, 1, true},               // 010
		{[]byte{0x68, 0x60}, 2, true},               // 011
		{[]byte{0x68, 0x01, 0x80, 0x00}, 191, true}, // 0000000 1 1000000
		{[]byte{0x68, 0x01, 0xff}, 254, true},       // 0000000 1 1111111
		{[]byte{0x68, 0x00, 0xff}, 0, false},        // 256 and more
		{[]byte{0x68}, 0, false},
		{[]byte{0x65, 0x80}, 0, false},
	}
	for _, tt := range tests {
		if id, ok := ParameterSetID(tt.unit); id != tt.id || ok != tt.ok {
			t.Errorf("% x: %d, %v; want %d, %v", tt.unit, id, ok, tt.id, tt.ok)
		}
	}
}
