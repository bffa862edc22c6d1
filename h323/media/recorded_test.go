package media

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/internal/capture"
)

// recorded returns messages of real calls by name.
func recorded(t testing.TB, name string) [][]byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "h245", "testdata", "recorded.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for line := range strings.Lines(string(text)) {
		kind, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		if kind == name {
			all = append(all, unhex(t, digits))
		}
	}
	if len(all) == 0 {
		t.Fatalf("no %s", name)
	}
	return all
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// names lists what a set takes, in a line.
func names(cs []Capability) string {
	var list []string
	for _, c := range cs {
		text := c.Format.String()
		if c.Format.Fmtp != "" {
			text += ";" + c.Format.Fmtp
		}
		if c.Role != RoleMain {
			text += "(" + c.Role.String() + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

// The sets of real endpoints: of each the kinds of media, of all the words.
func TestParseRecordedSets(t *testing.T) {
	var got []string
	var all []Capability
	for _, data := range recorded(t, "request.terminalCapabilitySet") {
		m, _, err := h245.Unmarshal(data)
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseSet(m.Request.TerminalCapabilitySet)
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for k := KindAudio; k <= KindEvent; k++ {
			for i := range s.Capabilities {
				if s.Capabilities[i].Kind == k {
					text += " " + k.String()
					break
				}
			}
		}
		if s.H239 {
			text += " H.239"
		}
		if s.Signal {
			text += " signal"
		}
		if s.Alphanumeric {
			text += " alphanumeric"
		}
		if s.Empty() {
			text += " empty"
		}
		got = append(got, strings.TrimSpace(text))
		all = append(all, s.Capabilities...)
	}
	want := []string{
		"audio data event signal alphanumeric",
		"audio event signal alphanumeric",
		"audio video event signal alphanumeric",
		"audio video signal alphanumeric",
		"audio video data event H.239 signal alphanumeric",
		"empty",
		"audio video event signal alphanumeric",
		"audio video event signal alphanumeric",
		"audio video data event signal alphanumeric",
		"audio video event signal alphanumeric",
		"audio video event signal alphanumeric",
		"audio",
		"audio",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, word := range []string{
		"PCMA/8000", "PCMU/8000", "G722/8000", "G7221/16000;bitrate=24000", "G7221/16000;bitrate=32000",
		"AMR/8000", "AMR-WB/16000", "iLBC/8000", "GSM/8000",
		"H261/90000;cif=1;qcif=1", "H263/90000;cif=1;cif4=1;f=1;qcif=1;sqcif=1",
		"H263-1998/90000;cif=1;cif4=1;f=1;i=1;j=1;qcif=1;sqcif=1",
		"H264/90000;max-fs=8192;max-mbps=245000;packetization-mode=1;profile-level-id=428020",
		"H264/90000;max-fs=8192;max-mbps=245000;packetization-mode=1;profile-level-id=640020",
		"H264/90000;max-fs=8192;max-mbps=245000;packetization-mode=1;profile-level-id=640020(presentation)",
		"H261/90000;cif=1;qcif=1(presentation)", "H224/4800", "telephone-event/8000;0-16,32,36",
	} {
		if !strings.Contains(" "+names(all)+" ", " "+word+" ") {
			t.Errorf("no %s in\n%s", word, names(all))
		}
	}
}

// What we can send of what a real endpoint takes.
func TestCommonWithRecorded(t *testing.T) {
	m, _, err := h245.Unmarshal(recorded(t, "request.terminalCapabilitySet")[4])
	if err != nil {
		t.Fatal(err)
	}
	remote, err := ParseSet(m.Request.TerminalCapabilitySet)
	if err != nil {
		t.Fatal(err)
	}
	own := ownSet(t)
	for _, c := range []struct {
		kind Kind
		role Role
		want string
	}{
		{KindAudio, RoleMain, "G722/8000 PCMU/8000 PCMA/8000"},
		{KindVideo, RoleMain, "H264/90000;packetization-mode=1;profile-level-id=42801f " +
			"H264/90000;packetization-mode=0;profile-level-id=42801f " +
			"H263-1998/90000;cif=1;cif4=2;i=1;qcif=1;sqcif=1 H263/90000;cif=1;qcif=1;sqcif=1 H261/90000;cif=1;qcif=1"},
		{KindVideo, RolePresentation, "H264/90000;packetization-mode=1;profile-level-id=42801f(presentation)"},
		{KindVideo, RoleLive, ""},
		{KindData, RoleMain, "H224/4800"},
	} {
		if got := names(Common(own, remote, c.kind, c.role)); got != c.want {
			t.Errorf("%v %v:\n%s\nwant\n%s", c.kind, c.role, got, c.want)
		}
	}
}

// The channels of real calls.
func TestParseRecordedChannels(t *testing.T) {
	type channel struct {
		Kind        Kind
		Format      codecs.Format
		Role        Role
		PayloadType uint8
	}
	seen := map[channel]bool{}
	for _, data := range recorded(t, "request.openLogicalChannel") {
		m, _, err := h245.Unmarshal(data)
		if err != nil {
			t.Fatal(err)
		}
		f := &m.Request.OpenLogicalChannel.ForwardLogicalChannelParameters
		c, ok := ParseChannel(&f.DataType, f.MultiplexParameters.H2250LogicalChannelParameters)
		if !ok {
			t.Errorf("%x is not understood", data)
			continue
		}
		seen[channel{c.Kind, c.Format, c.Role, c.PayloadType}] = true
		d, err := c.DataType()
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		var p h245.H2250LogicalChannelParameters
		c.Describe(&p)
		again, ok := ParseChannel(&d, &p)
		if diff := cmp.Diff(c, again, withoutRaw); diff != "" || !ok {
			t.Errorf("%v: %v %s", c, ok, diff)
		}
	}
	want := map[channel]bool{
		{KindAudio, codecs.Format{Name: "PCMA", ClockRate: 8000, Channels: 1}, 0, 8}:                           true,
		{KindAudio, codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0, 0}:                           true,
		{KindData, codecs.Format{Name: "H224", ClockRate: 4800}, 0, 113}:                                       true,
		{KindVideo, codecs.Format{Name: "H261", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}, RolePresentation, 31}: true,
		{KindVideo, codecs.Format{Name: "H261", ClockRate: 90000, Fmtp: "cif=1"}, 0, 31}:                       true,
	}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
}

// What is not understood is still of a kind, and has its Raw.
func TestParseRecordedFastStart(t *testing.T) {
	understood, unknown := 0, 0
	for _, data := range recorded(t, "fastStart") {
		o, err := h245.UnmarshalOpenLogicalChannel(data)
		if err != nil {
			t.Fatal(err)
		}
		d := &o.ForwardLogicalChannelParameters.DataType
		if r := o.ReverseLogicalChannelParameters; r != nil {
			d = &r.DataType
		}
		c, ok := ParseDataType(d)
		if ok {
			understood++
		} else {
			unknown++
		}
		if c.Kind == 0 || c.Raw == nil || ok == c.Format.IsZero() {
			t.Errorf("%x: %v %+v", data, ok, c)
		}
	}
	if understood < 10 || unknown < 5 {
		t.Errorf("%d understood, %d not", understood, unknown)
	}
}

func TestParseVectors(t *testing.T) {
	all := capture.Vectors(t, "H245")
	if all == nil {
		t.Skip("no corpus")
	}
	sets, media := 0, 0
	for _, v := range all {
		data := []byte(v.Hex)
		m, _, err := h245.Unmarshal(data)
		if err != nil {
			t.Fatal(err)
		}
		if m.Request == nil || m.Request.TerminalCapabilitySet == nil {
			continue
		}
		s, err := ParseSet(m.Request.TerminalCapabilitySet)
		if err != nil && !errors.Is(err, codecs.ErrMalformed) {
			t.Errorf("%x: %v", data, err)
		}
		if err == nil {
			sets++
			media += len(s.Capabilities)
			checkSet(t, s)
		}
	}
	if sets == 0 || media == 0 {
		t.Errorf("%d sets, %d capabilities", sets, media)
	}
	t.Logf("%d sets, %d capabilities", sets, media)
}

// checkSet checks what holds for each set.
func checkSet(t testing.TB, s *Set) {
	t.Helper()
	for i := range s.Capabilities {
		c := s.Capabilities[i]
		if c.Raw == nil || c.Kind == 0 {
			t.Errorf("%+v is of no kind", c)
		}
		if c.Format.IsZero() {
			continue
		}
		if canonical := c.Format.Canonical(); canonical != c.Format {
			t.Errorf("%+v is not %+v", c.Format, canonical)
		}
		if len(Common(&Set{Capabilities: []Capability{c}}, s, c.Kind, c.Role)) == 0 && !sizeless(c) {
			t.Errorf("%+v has nothing in common with itself", c)
		}
		if !c.SymmetricWith(c) || c.Kind != KindVideo && !c.Takes(c) {
			t.Errorf("%+v does not take itself", c)
		}
	}
	for _, mode := range s.Simultaneous {
		for _, list := range mode {
			for _, n := range list {
				if n < 0 || n >= len(s.Capabilities) {
					t.Fatalf("capability %d of %d", n, len(s.Capabilities))
				}
			}
		}
	}
	again, err := s.Message()
	if err != nil {
		if !errors.Is(err, codecs.ErrUnsupported) {
			t.Error(err)
		}
		return
	}
	back, err := ParseSet(again)
	if err != nil {
		t.Fatal(err)
	}
	// Entries that differ in nothing that is kept become one.
	if len(back.Capabilities) > len(s.Capabilities) || len(back.Capabilities) == 0 && len(s.Capabilities) > 0 {
		t.Errorf("%s became\n%s", names(s.Capabilities), names(back.Capabilities))
	}
	if d := cmp.Diff(s.Encryption, back.Encryption, cmpopts.EquateEmpty()); d != "" && s.Capabilities != nil {
		t.Error(d)
	}
}

// sizeless is a codec of which no picture format is supported, or only so slowly
// that it takes seconds (slowCifMPI).
func sizeless(c Capability) bool {
	return (c.Format.Is("H261") || c.Format.Is("H263") || isH263v2(c.Format.Name)) && !h263Sizes(c.Format).any()
}

// FuzzParseSet: nothing read from a peer panics or grows beyond bounds, and what
// is understood can be said again.
func FuzzParseSet(f *testing.F) {
	for _, data := range recorded(f, "request.terminalCapabilitySet") {
		f.Add(data)
	}
	for _, v := range capture.Vectors(f, "H245") {
		f.Add([]byte(v.Hex))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _, err := h245.Unmarshal(data)
		if err != nil || m.Request == nil {
			return
		}
		if o := m.Request.OpenLogicalChannel; o != nil {
			p := &o.ForwardLogicalChannelParameters
			c, ok := ParseChannel(&p.DataType, p.MultiplexParameters.H2250LogicalChannelParameters)
			if ok && c.Format.IsZero() {
				t.Errorf("%+v", c)
			}
		}
		if m.Request.TerminalCapabilitySet == nil {
			return
		}
		s, err := ParseSet(m.Request.TerminalCapabilitySet)
		if err != nil {
			return
		}
		if len(s.Capabilities) > maxCapabilities {
			t.Fatalf("%d capabilities", len(s.Capabilities))
		}
		checkSet(t, s)
	})
}
