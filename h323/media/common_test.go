package media

import (
	"testing"

	"parley/codecs"
)

// video is a capability by name and parameters; audio likewise.
func video(name, fmtp string, bitRate int) Capability {
	return Capability{Kind: KindVideo, MaxBitRate: bitRate,
		Format: codecs.Format{Name: name, ClockRate: 90000, Fmtp: fmtp}.Canonical()}
}

func audio(name string, clock int, fmtp string, frames int) Capability {
	return Capability{Kind: KindAudio, Frames: frames,
		Format: codecs.Format{Name: name, ClockRate: clock, Channels: 1, Fmtp: fmtp}.Canonical()}
}

func TestTakes(t *testing.T) {
	for name, c := range map[string]struct {
		channel, offered Capability
		want             bool
	}{
		"same audio":           {audio("PCMU", 8000, "", 20), audio("PCMU", 8000, "", 20), true},
		"longer packets":       {audio("PCMU", 8000, "", 20), audio("PCMU", 8000, "", 240), true},
		"other law":            {audio("PCMU", 8000, "", 20), audio("PCMA", 8000, "", 20), false},
		"G.722.1 rates differ": {audio("G7221", 16000, "bitrate=24000", 1), audio("G7221", 16000, "bitrate=32000", 1), false},
		"G.722.1 and Annex C":  {audio("G7221", 16000, "bitrate=24000", 1), audio("G7221", 32000, "bitrate=24000", 1), false},
		"audio in video":       {video("H261", "cif=1", 0), audio("PCMU", 8000, "", 20), false},
		"unknown":              {Capability{Kind: KindVideo}, Capability{Kind: KindVideo}, false},

		"H.261 smaller":      {video("H261", "cif=1;qcif=1", 0), video("H261", "qcif=1", 0), true},
		"H.261 QCIF implied": {video("H261", "cif=1", 0), video("H261", "qcif=1", 0), true},
		"H.261 larger":       {video("H261", "qcif=1", 0), video("H261", "cif=1;qcif=1", 0), false},
		"H.261 slower":       {video("H261", "cif=1", 0), video("H261", "cif=2", 0), true},
		"H.261 faster":       {video("H261", "cif=2", 0), video("H261", "cif=1", 0), false},
		"rate above":         {video("H261", "cif=1", 384000), video("H261", "cif=1", 768000), true},

		"H.263 annex missing":   {video("H263-1998", "cif=1", 0), video("H263-1998", "cif=1;i=1", 0), false},
		"H.263 annex unused":    {video("H263-1998", "cif=1;i=1;j=1", 0), video("H263-1998", "cif=1;i=1", 0), true},
		"H.263 slices":          {video("H263-1998", "cif=1;k=1,3", 0), video("H263-1998", "cif=1;k=3", 0), true},
		"H.263 slices missing":  {video("H263-1998", "cif=1;k=1", 0), video("H263-1998", "cif=1;k=3", 0), false},
		"H.263 payload formats": {video("H263", "cif=1", 0), video("H263-1998", "cif=1", 0), false},

		"H.264 level below":       {video("H264", "profile-level-id=42801f", 0), video("H264", "profile-level-id=42801e", 0), true},
		"H.264 level above":       {video("H264", "profile-level-id=42801f", 0), video("H264", "profile-level-id=428020", 0), false},
		"H.264 custom as level":   {video("H264", "profile-level-id=42800d;max-mbps=108000;max-fs=3600;max-dpb=7680", 0), video("H264", "profile-level-id=42801f", 0), true},
		"H.264 custom too small":  {video("H264", "profile-level-id=42800d;max-mbps=40500;max-fs=1620", 0), video("H264", "profile-level-id=42801f", 0), false},
		"H.264 custom below":      {video("H264", "profile-level-id=42801f;max-mbps=1", 0), video("H264", "profile-level-id=42801f", 0), true},
		"H.264 high takes main":   {video("H264", "profile-level-id=64001f", 0), video("H264", "profile-level-id=4d001f", 0), true},
		"H.264 main takes high":   {video("H264", "profile-level-id=4d001f", 0), video("H264", "profile-level-id=64001f", 0), false},
		"H.264 constrained":       {video("H264", "profile-level-id=42801f", 0), video("H264", "profile-level-id=42e01f", 0), true},
		"H.264 extended in main":  {video("H264", "profile-level-id=4d001f", 0), video("H264", "profile-level-id=58001f", 0), false},
		"H.264 1b above 1":        {video("H264", "profile-level-id=42800a", 0), video("H264", "profile-level-id=42900b", 0), true},
		"H.264 1.1 above 1b":      {video("H264", "profile-level-id=42900b", 0), video("H264", "profile-level-id=42800b", 0), false},
		"H.264 mode 1 in 0":       {video("H264", "profile-level-id=42801f", 0), video("H264", "packetization-mode=1;profile-level-id=42801f", 0), false},
		"H.264 mode 0 in 1":       {video("H264", "packetization-mode=1;profile-level-id=42801f", 0), video("H264", "profile-level-id=42801f", 0), true},
		"H.264 without level":     {video("H264", "", 0), video("H264", "profile-level-id=42800a", 0), true},
		"H.264 unknown profile":   {video("H264", "profile-level-id=7a001f", 0), video("H264", "profile-level-id=7a001f", 0), false},
		"H.264 profile malformed": {video("H264", "profile-level-id=xyz", 0), video("H264", "profile-level-id=42801f", 0), false},
	} {
		if got := c.channel.Takes(c.offered); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCommon(t *testing.T) {
	for name, c := range map[string]struct {
		local, remote []Capability
		want          []Capability
	}{
		"our order": {
			[]Capability{audio("G722", 8000, "", 60), audio("PCMA", 8000, "", 60), audio("PCMU", 8000, "", 60)},
			[]Capability{audio("PCMU", 8000, "", 20), audio("PCMA", 8000, "", 30), audio("G729", 8000, "", 2)},
			[]Capability{audio("PCMA", 8000, "", 30), audio("PCMU", 8000, "", 20)},
		},
		"no frames said": {
			[]Capability{audio("PCMU", 8000, "", 0)}, []Capability{audio("PCMU", 8000, "", 20)},
			[]Capability{audio("PCMU", 8000, "", 20)},
		},
		"silence suppression": {
			[]Capability{audio("G729", 8000, "", 3)}, []Capability{audio("G729", 8000, "annexb=no", 2)},
			[]Capability{audio("G729", 8000, "annexb=no", 2)},
		},
		"framing of theirs": {
			[]Capability{{Kind: KindData, Format: codecs.Format{Name: "H224", ClockRate: 4800, Fmtp: "framing=hdlc"}}},
			[]Capability{{Kind: KindData, Format: codecs.Format{Name: "H224", ClockRate: 4800}}},
			[]Capability{{Kind: KindData, Format: codecs.Format{Name: "H224", ClockRate: 4800}}},
		},
		"unknown to both": {[]Capability{{Kind: KindAudio}}, []Capability{{Kind: KindAudio}}, nil},
		"H.261 cut down": {
			[]Capability{video("H261", "cif=1;qcif=1", 1920000)}, []Capability{video("H261", "cif=2;qcif=1", 384000)},
			[]Capability{video("H261", "cif=2;qcif=1", 384000)},
		},
		"H.261 one larger": {
			[]Capability{video("H261", "cif=1;qcif=1", 0)}, []Capability{video("H261", "qcif=2", 0)},
			[]Capability{video("H261", "qcif=2", 0)},
		},
		"H.263 nothing in common": {
			[]Capability{video("H263", "cif=1", 0)}, []Capability{video("H263", "", 0)}, nil,
		},
		"H.263 first version of a later one": {
			[]Capability{video("H263", "cif=1;f=1", 0)}, []Capability{video("H263-1998", "cif=2;f=1;i=1", 0)},
			[]Capability{{Kind: KindVideo, PayloadType: 34, Format: video("H263", "cif=2;f=1", 0).Format}},
		},
		"H.263 larger of two": {
			[]Capability{video("H263", "cif=1;cif4=1", 0)},
			[]Capability{video("H263", "cif=1", 0), video("H263", "cif4=1", 0)},
			[]Capability{video("H263", "cif=1;cif4=1", 0)},
		},
		"H.264 lower level of ours": {
			[]Capability{video("H264", "packetization-mode=1;profile-level-id=42801f", 1920000)},
			[]Capability{video("H264", "packetization-mode=1;profile-level-id=640028", 4000000)},
			[]Capability{video("H264", "packetization-mode=1;profile-level-id=42801f", 1920000)},
		},
		"H.264 custom of theirs": {
			[]Capability{video("H264", "packetization-mode=1;profile-level-id=42801f", 0)},
			[]Capability{video("H264", "max-fs=1620;max-mbps=40500;packetization-mode=0;profile-level-id=42800d", 0)},
			[]Capability{video("H264", "max-fs=1620;max-mbps=40500;packetization-mode=0;profile-level-id=42800d", 0)},
		},
		"H.264 better of two": {
			[]Capability{video("H264", "packetization-mode=1;profile-level-id=640028", 0)},
			[]Capability{
				video("H264", "packetization-mode=1;profile-level-id=42800d", 0),
				video("H264", "packetization-mode=1;profile-level-id=64001f", 0),
			},
			[]Capability{video("H264", "packetization-mode=1;profile-level-id=64001f", 0)},
		},
		"H.264 two of ours become one": {
			[]Capability{
				video("H264", "packetization-mode=1;profile-level-id=640028", 0),
				video("H264", "packetization-mode=1;profile-level-id=42801f", 0),
			},
			[]Capability{video("H264", "packetization-mode=1;profile-level-id=42801e", 0)},
			[]Capability{video("H264", "packetization-mode=1;profile-level-id=42801e", 0)},
		},
	} {
		kind := c.local[0].Kind
		got := Common(&Set{Capabilities: c.local}, &Set{Capabilities: c.remote}, kind, RoleMain)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %+v, want %+v", name, got[i], c.want[i])
			}
		}
	}
}

func TestCommonOfRole(t *testing.T) {
	slides := video("H264", "packetization-mode=1;profile-level-id=42801f", 0)
	slides.Role = RolePresentation
	both := &Set{Capabilities: []Capability{video("H261", "cif=1", 0), slides}}
	if got := Common(both, both, KindVideo, RolePresentation); len(got) != 1 || got[0] != slides {
		t.Errorf("%v", got)
	}
	if got := Common(both, both, KindVideo, RoleMain); len(got) != 1 || got[0].Format.Name != "H261" {
		t.Errorf("%v", got)
	}
	if got := Common(both, &Set{}, KindVideo, RoleMain); got != nil {
		t.Errorf("%v", got)
	}
}

func TestCommonEncryption(t *testing.T) {
	const aes, other = "2.16.840.1.101.3.4.1.2", "1.3.14.3.2.7"
	set := func(only bool, capable bool, algorithms ...string) *Set {
		c := audio("PCMU", 8000, "", 20)
		c.EncryptedOnly = only
		if capable {
			c.Algorithm = algorithms[0]
		}
		return &Set{Capabilities: []Capability{c}, Encryption: algorithms}
	}
	for name, c := range map[string]struct {
		local, remote *Set
		want          string
		none          bool
	}{
		"both":                 {set(false, false, aes), set(false, true, other, aes), aes, false},
		"none of ours":         {set(false, false), set(false, true, aes), "", false},
		"none of theirs":       {set(false, false, aes), set(false, false), "", false},
		"nothing in common":    {set(false, false, aes), set(false, true, other), "", false},
		"required by us":       {set(true, false, aes), set(false, false), "", true},
		"required by them":     {set(false, false), set(true, true, aes), "", true},
		"required and had":     {set(true, false, aes), set(true, true, aes), aes, false},
		"required, not common": {set(true, false, aes), set(true, true, other), "", true},
	} {
		got := Common(c.local, c.remote, KindAudio, RoleMain)
		if c.none {
			if len(got) != 0 {
				t.Errorf("%s: %v", name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Algorithm != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestDecodes(t *testing.T) {
	for name, c := range map[string]struct {
		own, offered Capability
		want         bool
	}{
		"H.264 level above":   {video("H264", "profile-level-id=42801f", 0), video("H264", "packetization-mode=1;profile-level-id=428029", 0), true},
		"H.264 profile above": {video("H264", "profile-level-id=42801f", 0), video("H264", "profile-level-id=64001f", 0), false},
		"H.264 profile below": {video("H264", "profile-level-id=64001f", 0), video("H264", "profile-level-id=42801f", 0), true},
		"H.261 size":          {video("H261", "qcif=1", 0), video("H261", "cif=1", 0), true},
		"H.263 payload":       {video("H263", "cif=1", 0), video("H263-1998", "cif=1", 0), false},
		"audio":               {audio("PCMU", 8000, "", 20), audio("PCMU", 8000, "", 240), true},
		"other audio":         {audio("PCMU", 8000, "", 20), audio("PCMA", 8000, "", 20), false},
		"unknown":             {Capability{Kind: KindAudio}, Capability{Kind: KindAudio}, false},
	} {
		if got := c.own.Decodes(c.offered); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSymmetricWith(t *testing.T) {
	for name, c := range map[string]struct {
		sent, received Capability
		want           bool
	}{
		"same":              {audio("PCMU", 8000, "", 20), audio("PCMU", 8000, "", 60), true},
		"laws":              {audio("PCMU", 8000, "", 20), audio("PCMA", 8000, "", 20), false},
		"rates":             {audio("G7221", 16000, "bitrate=24000", 1), audio("G7221", 16000, "bitrate=32000", 1), false},
		"H.264 levels":      {video("H264", "profile-level-id=42801f", 0), video("H264", "profile-level-id=428014", 0), true},
		"H.264 profiles":    {video("H264", "profile-level-id=42801f", 0), video("H264", "profile-level-id=64001f", 0), false},
		"H.261 sizes":       {video("H261", "cif=1", 0), video("H261", "qcif=1", 0), true},
		"nothing":           {Capability{Kind: KindAudio}, Capability{Kind: KindAudio}, false},
		"H.264 not a level": {video("H264", "profile-level-id=0", 0), video("H264", "profile-level-id=0", 0), false},
	} {
		if got := c.sent.SymmetricWith(c.received); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
