package media

import (
	"testing"

	"parley/h323/h245"
	"parley/h323/per"
)

// What a peer may ask for, and what of it can be sent.
func TestModes(t *testing.T) {
	there := &per.Null{}
	own := func(name, fmtp string, bitRate int) Capability {
		t.Helper()
		f := videoFormat(name)
		f.Fmtp = fmtp
		if bitRate == 0 {
			f = audioFormat(name, 8000, fmtp)
		}
		c, ok := NewCapability(f, bitRate)
		if !ok {
			t.Fatalf("no capability of %s", name)
		}
		return c
	}
	h261 := func(r h245.H261VideoModeResolution) h245.ModeElementType {
		return h245.ModeElementType{VideoMode: &h245.VideoMode{H261VideoMode: &h245.H261VideoMode{Resolution: r, BitRate: 640}}}
	}
	h263 := func(r h245.H263VideoModeResolution) h245.ModeElementType {
		return h245.ModeElementType{VideoMode: &h245.VideoMode{H263VideoMode: &h245.H263VideoMode{Resolution: r, BitRate: 1280}}}
	}
	alaw := &h245.AudioMode{G711Alaw64k: there}
	for name, c := range map[string]struct {
		mode h245.ModeElementType
		own  Capability
		want string // "": cannot be
		rate int
	}{
		"A-law":           {h245.ModeElementType{AudioMode: alaw}, own("PCMA", "", 0), "PCMA/8000", 0},
		"A-law of mu-law": {h245.ModeElementType{AudioMode: alaw}, own("PCMU", "", 0), "", 0},
		"G.722":           {h245.ModeElementType{AudioMode: &h245.AudioMode{G722_48k: there}}, own("G722", "", 0), "G722/8000", 0},
		"G.723.1 of G.722": {h245.ModeElementType{AudioMode: &h245.AudioMode{G7231: &h245.AudioModeG7231{SilenceSuppressionLowRate: there}}},
			own("G722", "", 0), "", 0},
		"QCIF":          {h261(h245.H261VideoModeResolution{Qcif: there}), own("H261", "cif=1;qcif=1", 384_000), "H261/90000;qcif=1", 64_000},
		"CIF":           {h261(h245.H261VideoModeResolution{Cif: there}), own("H261", "cif=2;qcif=1", 48_000), "H261/90000;cif=2;qcif=1", 48_000},
		"CIF of H.263":  {h263(h245.H263VideoModeResolution{Cif: there}), own("H261", "cif=1;qcif=1", 384_000), "", 0},
		"H.263 in QCIF": {h263(h245.H263VideoModeResolution{Qcif: there}), own("H263", "cif=1;qcif=1", 384_000), "H263/90000;qcif=1", 128_000},
		"custom size":   {h263(h245.H263VideoModeResolution{Custom: there}), own("H263", "cif=1;qcif=1", 384_000), "", 0},
		"encrypted": {h245.ModeElementType{H235Mode: &h245.H235Mode{MediaMode: h245.H235MediaMode{AudioMode: alaw}}},
			own("PCMA", "", 0), "", 0},
		"unknown": {h245.ModeElementType{NonStandard: &h245.NonStandardParameter{}}, own("PCMA", "", 0), "", 0},
		"fax": {h245.ModeElementType{DataMode: &h245.DataMode{Application: h245.DataModeApplication{T38fax: &h245.T38Fax{}}}},
			own("PCMA", "", 0), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			mode, ok := ParseMode(&c.mode)
			var got Capability
			if ok {
				got, ok = c.own.Within(mode)
			}
			if ok != (c.want != "") {
				t.Fatalf("%v: %v", ok, got)
			}
			if ok && (names([]Capability{got}) != c.want || got.MaxBitRate != c.rate || got.PayloadType != c.own.PayloadType) {
				t.Errorf("%+v, want %s at %d", got, c.want, c.rate)
			}
		})
	}
}

// H.264 is asked for at a level, and sent at the lesser one.
func TestModeOfH264(t *testing.T) {
	f := videoFormat(formatH264)
	big, _ := NewCapability(f.WithParam("profile-level-id", "42801f").WithParam("packetization-mode", "1"), 2_000_000)
	small, _ := NewCapability(f.WithParam("profile-level-id", "42800d").WithParam("packetization-mode", "1"), 384_000)
	v, err := small.mainVideo()
	if err != nil {
		t.Fatal(err)
	}
	mode, ok := ParseMode(&h245.ModeElementType{VideoMode: &h245.VideoMode{GenericVideoMode: v.GenericVideoCapability}})
	if !ok {
		t.Fatal("not read")
	}
	got, ok := big.Within(mode)
	if !ok || got.MaxBitRate != 384_000 || !small.Takes(got) {
		t.Errorf("%v %+v", ok, got)
	}
	if got, ok = small.Within(mode); !ok || got.Format != small.Format {
		t.Errorf("what is within already becomes %v %+v", ok, got)
	}
}
