package media

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/per"
)

func ptr[T any](v T) *T { return &v }

// Each word of H.245 for sound, and what it becomes.
func TestParseAudio(t *testing.T) {
	g7221 := func(oid per.OID, rate uint32) h245.AudioCapability {
		return h245.AudioCapability{GenericAudioCapability: &h245.GenericCapability{
			CapabilityIdentifier: h245.CapabilityIdentifier{Standard: oid}, MaxBitRate: &rate,
		}}
	}
	for _, c := range []struct {
		word    h245.AudioCapability
		want    string
		frames  int
		bitRate int
		pt      uint8
	}{
		{h245.AudioCapability{G711Ulaw64k: ptr[uint16](20)}, "PCMU/8000", 20, 0, 0},
		{h245.AudioCapability{G711Ulaw56k: ptr[uint16](20)}, "PCMU/8000", 20, 56000, 0},
		{h245.AudioCapability{G711Alaw64k: ptr[uint16](30)}, "PCMA/8000", 30, 0, 8},
		{h245.AudioCapability{G711Alaw56k: ptr[uint16](30)}, "PCMA/8000", 30, 56000, 8},
		{h245.AudioCapability{G722_64k: ptr[uint16](90)}, "G722/8000", 90, 0, 9},
		{h245.AudioCapability{G728: ptr[uint16](8)}, "G728/8000", 8, 0, 15},
		{h245.AudioCapability{G7231: &h245.G7231Capability{MaxALSDUAudioFrames: 2}}, "G723/8000", 2, 0, 4},
		{h245.AudioCapability{G729: ptr[uint16](2)}, "G729/8000;annexb=no", 2, 0, 18},
		{h245.AudioCapability{G729AnnexA: ptr[uint16](2)}, "G729/8000;annexb=no", 2, 0, 18},
		{h245.AudioCapability{G729wAnnexB: ptr[uint16](2)}, "G729/8000", 2, 0, 18},
		{h245.AudioCapability{G729AnnexAwAnnexB: ptr[uint16](2)}, "G729/8000", 2, 0, 18},
		{h245.AudioCapability{G729Extensions: &h245.G729Extensions{AnnexA: true}}, "G729/8000;annexb=no", 0, 0, 18},
		{h245.AudioCapability{GSMFullRate: &h245.GSMAudioCapability{AudioUnitSize: 132}}, "GSM/8000", 4, 0, 3},
		{h245.AudioCapability{GSMEnhancedFullRate: &h245.GSMAudioCapability{AudioUnitSize: 31}}, "GSM-EFR/8000", 0, 0, 0},
		{g7221(h245.G7221OID, 24000), "G7221/16000;bitrate=24000", 0, 24000, 0},
		{g7221(h245.G7221OID, 320), "G7221/16000;bitrate=32000", 0, 32000, 0},
		{g7221(h245.G7221COID, 480), "G7221/32000;bitrate=48000", 0, 48000, 0},
		{g7221(h245.G7221COID, 7), "G7221/32000", 0, 0, 0},
		{g7221(h245.AMROID, 122), "AMR/8000", 0, 12200, 0},
		{g7221(h245.G7222OID, 238), "AMR-WB/16000", 0, 23800, 0},
		{g7221(h245.ComfortNoiseOID, 1), "CN/8000", 0, 0, 13},
		{g7221("0.0.8.245.1.1.99", 1), "none", 0, 0, 0},
		{h245.AudioCapability{NonStandard: &h245.NonStandardParameter{}}, "none", 0, 0, 0},
	} {
		got, ok := ParseDataType(&h245.DataType{AudioData: &c.word})
		if names([]Capability{got}) != c.want || ok == got.Format.IsZero() || got.Kind != KindAudio ||
			got.Frames != c.frames || got.MaxBitRate != c.bitRate || got.PayloadType != c.pt {
			t.Errorf("%s, %d frames, %d bit/s, payload type %d: %s %+v", c.want, c.frames, c.bitRate, c.pt, names([]Capability{got}), got)
		}
	}
}

// What can be said is understood as it was meant.
func TestDataTypeRoundTrip(t *testing.T) {
	presentation := video("H264", "packetization-mode=1;profile-level-id=42801f", 2000000)
	presentation.Role, presentation.PayloadType = RolePresentation, 106
	live := video("H264", "packetization-mode=0;profile-level-id=64001f", 2000000)
	live.Role, live.PayloadType = RoleLive, 107
	encrypted := audio("PCMU", 8000, "", 20)
	encrypted.Algorithm, encrypted.EncryptedOnly = "2.16.840.1.101.3.4.1.2", true
	dynamic := func(c Capability, pt uint8) Capability {
		c.PayloadType = pt
		return c
	}
	slow := audio("PCMA", 8000, "", 20)
	slow.MaxBitRate, slow.PayloadType = 56000, 8
	g7221 := audio("G7221", 16000, "bitrate=32000", 2)
	g7221.MaxBitRate, g7221.PayloadType = 32000, 121
	for _, c := range []Capability{
		audio("PCMU", 8000, "", 20), slow, encrypted, g7221,
		dynamic(audio("G729", 8000, "annexb=no", 2), 18), dynamic(audio("G729", 8000, "", 2), 18),
		dynamic(audio("GSM", 8000, "", 4), 3), dynamic(audio("G723", 8000, "", 1), 4),
		dynamic(video("H261", "cif=1;qcif=2", 384000), 31),
		dynamic(video("H263", "cif=1;cif4=3;f=1;qcif=2;sqcif=4", 384000), 34),
		dynamic(video("H263-1998", "cif=1;i=1;j=1;k=1,4;p=2;t=1", 384000), 97),
		dynamic(video("H264", "max-br=25000;max-cpb=25000;max-dpb=7680;max-fs=3840;max-mbps=120000;max-rcmd-nalu-size=1400;max-smbps=150000;"+
			"packetization-mode=1;profile-level-id=4d001f", 384000), 96),
		dynamic(video("H264", "packetization-mode=1;profile-level-id=58100b", 64000), 96),
		dynamic(video("H264", "packetization-mode=1;profile-level-id=640009", 64000), 96),
		presentation, live,
		{Kind: KindData, Format: codecs.Format{Name: "H224", ClockRate: 4800}, MaxBitRate: 6400, PayloadType: 100},
		{Kind: KindData, Format: codecs.Format{Name: "H224", ClockRate: 4800, Fmtp: "framing=hdlc"}, MaxBitRate: 6400, PayloadType: 100},
	} {
		d, err := c.DataType()
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		var p h245.H2250LogicalChannelParameters
		c.Describe(&p)
		o := &h245.OpenLogicalChannel{
			ForwardLogicalChannelNumber: 1,
			ForwardLogicalChannelParameters: h245.ForwardLogicalChannelParameters{
				DataType:            d,
				MultiplexParameters: h245.ForwardMultiplexParameters{H2250LogicalChannelParameters: &p},
			},
		}
		data, err := o.Marshal()
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		back, err := h245.UnmarshalOpenLogicalChannel(data)
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		f := &back.ForwardLogicalChannelParameters
		got, ok := ParseChannel(&f.DataType, f.MultiplexParameters.H2250LogicalChannelParameters)
		if diff := cmp.Diff(c, got, withoutRaw); diff != "" || !ok {
			t.Errorf("%v: %v %s", c, ok, diff)
		}
	}
}

func TestNewCapability(t *testing.T) {
	for _, f := range []codecs.Format{
		{}, {Name: "opus", ClockRate: 48000, Channels: 2}, {Name: "VP8", ClockRate: 90000},
		{Name: "L16", ClockRate: 48000, Channels: 1}, {Name: "CN", ClockRate: 8000, Channels: 1},
		{Name: "PCMU", ClockRate: 8000, Channels: 2}, {Name: "G7221", ClockRate: 16000, Channels: 1},
		{Name: "H264", ClockRate: 90000, Fmtp: "profile-level-id=7a001f"},
		{Name: "PCMU", ClockRate: 16000, Channels: 1}, {Name: "telephone-event", ClockRate: 48000, Channels: 1, Fmtp: "0-15"},
		{Name: "G7221", ClockRate: 24000, Channels: 1, Fmtp: "bitrate=24000"},
	} {
		if c, ok := NewCapability(f, 0); ok {
			t.Errorf("%v became %v", f, c)
		}
		c := Capability{Kind: KindAudio, Format: f}
		if _, err := (&Set{Capabilities: []Capability{c}}).Message(); !errors.Is(err, codecs.ErrUnsupported) {
			t.Errorf("%v: %v", f, err)
		}
	}
	for _, c := range []struct {
		format codecs.Format
		want   string
		pt     uint8
	}{
		{codecs.Format{Name: "pcmu", ClockRate: 8000, Channels: 1}, "audio PCMU/8000", 0},
		{codecs.Format{Name: "g722", ClockRate: 16000, Channels: 1}, "audio G722/8000", 9},
		{codecs.Format{Name: "H261", ClockRate: 90000}, "video H261/90000 cif=1;qcif=1 up to 384000 bit/s", 31},
		{codecs.Format{Name: "H263", ClockRate: 90000}, "video H263/90000 cif=1;qcif=1;sqcif=1 up to 384000 bit/s", 34},
		{codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
			"video H264/90000 packetization-mode=1;profile-level-id=42801f up to 384000 bit/s", 0},
		{codecs.Format{Name: "telephone-event", ClockRate: 8000, Channels: 1, Fmtp: "0-15"}, "event telephone-event/8000 0-15", 101},
		{codecs.Format{Name: "H224", ClockRate: 4800}, "data H224/4800 up to 6400 bit/s", 0},
	} {
		got, ok := NewCapability(c.format, 384000)
		if !ok || got.String() != c.want || got.PayloadType != c.pt {
			t.Errorf("%v: %v %v, payload type %d", c.format, ok, got, got.PayloadType)
		}
	}
}

// A role may stand in either list, and with both labels or none it is slides.
func TestRoles(t *testing.T) {
	inner := h245.VideoCapability{H261VideoCapability: &h245.H261VideoCapability{CifMPI: ptr[uint8](1), MaxBitRate: 1}}
	for label, want := range map[h245.H239Role]Role{0: RolePresentation, 1: RolePresentation, 2: RoleLive, 3: RolePresentation} {
		v := h245.NewH239Video(label, inner)
		e := &v.VideoCapabilityExtension[0]
		for range 2 {
			c, ok := ParseDataType(&h245.DataType{VideoData: &h245.VideoCapability{ExtendedVideoCapability: v}})
			if !ok || c.Role != want || c.Format.Name != "H261" {
				t.Errorf("label %d: %v %v", label, ok, c)
			}
			e.Collapsing, e.NonCollapsing = nil, e.Collapsing
		}
	}
	v := h245.NewH239Video(h245.H239Presentation, inner)
	v.VideoCapabilityExtension[0].CapabilityIdentifier.Standard = "0.0.8.239.1.99"
	if c, ok := ParseDataType(&h245.DataType{VideoData: &h245.VideoCapability{ExtendedVideoCapability: v}}); ok {
		t.Errorf("an unknown extension became %v", c)
	}
}

func TestParseSetMalformed(t *testing.T) {
	entry := h245.CapabilityTableEntry{CapabilityTableEntryNumber: 7, Capability: &h245.Capability{
		ReceiveAudioCapability: &h245.AudioCapability{G711Ulaw64k: ptr[uint16](20)},
	}}
	if s, err := ParseSet(&h245.TerminalCapabilitySet{CapabilityTable: []h245.CapabilityTableEntry{entry, entry}}); !errors.Is(err, codecs.ErrMalformed) {
		t.Errorf("%v %v", s, err)
	}
	// A descriptor may name what is not there, and a table what no descriptor
	// names; an entry without a capability takes its number back.
	s, err := ParseSet(&h245.TerminalCapabilitySet{
		CapabilityTable: []h245.CapabilityTableEntry{entry, {CapabilityTableEntryNumber: 8}},
		CapabilityDescriptors: []h245.CapabilityDescriptor{
			{SimultaneousCapabilities: []h245.AlternativeCapabilitySet{{8, 9}}},
		},
	})
	if err != nil || len(s.Capabilities) != 1 || s.Simultaneous != nil {
		t.Errorf("%+v %v", s, err)
	}
}

// The lowest descriptor counts first, then the order of its lists.
func TestPreference(t *testing.T) {
	var table []h245.CapabilityTableEntry
	for i, a := range []h245.AudioCapability{
		{G711Ulaw64k: ptr[uint16](20)}, {G711Alaw64k: ptr[uint16](20)}, {G722_64k: ptr[uint16](20)}, {G728: ptr[uint16](8)},
	} {
		table = append(table, h245.CapabilityTableEntry{
			CapabilityTableEntryNumber: h245.CapabilityTableEntryNumber(i + 1), Capability: &h245.Capability{ReceiveAudioCapability: &a},
		})
	}
	s, err := ParseSet(&h245.TerminalCapabilitySet{
		CapabilityTable: table,
		CapabilityDescriptors: []h245.CapabilityDescriptor{
			{CapabilityDescriptorNumber: 2, SimultaneousCapabilities: []h245.AlternativeCapabilitySet{{1, 3}}},
			{CapabilityDescriptorNumber: 1, SimultaneousCapabilities: []h245.AlternativeCapabilitySet{{3, 2}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(s.Capabilities); got != "G722/8000 PCMA/8000 PCMU/8000 G728/8000" {
		t.Error(got)
	}
	if d := cmp.Diff([][][]int{{{0, 1}}, {{2, 0}}}, s.Simultaneous); d != "" {
		t.Error(d)
	}
}
