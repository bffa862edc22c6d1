package media

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/codecs"
	"parley/h323/h245"
)

// capability makes an own capability or fails.
func capability(t testing.TB, f codecs.Format, bitRate int, role Role) Capability {
	t.Helper()
	c, ok := NewCapability(f, bitRate)
	if !ok {
		t.Fatalf("%v has no capability", f)
	}
	c.Role = role
	return c
}

// ownSet is what a bridge may announce.
func ownSet(t testing.TB) *Set {
	audio := func(name string, clock int) Capability {
		return capability(t, codecs.Format{Name: name, ClockRate: clock, Channels: 1}, 0, RoleMain)
	}
	video := func(name, fmtp string, role Role) Capability {
		return capability(t, codecs.Format{Name: name, ClockRate: 90000, Fmtp: fmtp}, 1920000, role)
	}
	return &Set{
		Capabilities: []Capability{
			audio("G722", 8000), audio("PCMU", 8000), audio("PCMA", 8000),
			video("H264", "packetization-mode=1;profile-level-id=42801f", RoleMain),
			video("H264", "packetization-mode=0;profile-level-id=42801f", RoleMain),
			video("H263-1998", "cif=1;cif4=2;i=1;qcif=1", RoleMain),
			video("H263", "cif=1;qcif=1", RoleMain),
			video("H261", "cif=1;qcif=1", RoleMain),
			video("H264", "packetization-mode=1;profile-level-id=42801f", RolePresentation),
			capability(t, codecs.Format{Name: "H224", ClockRate: 4800}, 0, RoleMain),
			{Kind: KindEvent, Format: codecs.Format{Name: "telephone-event", ClockRate: 8000, Channels: 1, Fmtp: "0-15"}, PayloadType: 101},
		},
		Signal: true, Alphanumeric: true, TelephoneEvent: true, TelephoneEventPayloadType: 101, H239: true, ComfortNoise: true,
	}
}

// travel sends a set over the wire.
func travel(t testing.TB, s *Set) *Set {
	t.Helper()
	m, err := s.Message()
	if err != nil {
		t.Fatal(err)
	}
	data, err := (&h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{TerminalCapabilitySet: m}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, rest, err := h245.Unmarshal(data)
	if err != nil || len(rest) != 0 {
		t.Fatalf("%d octets left, %v", len(rest), err)
	}
	back, err := ParseSet(got.Request.TerminalCapabilitySet)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

var withoutRaw = cmp.Options{
	cmpopts.IgnoreFields(Capability{}, "Raw"), cmpopts.IgnoreFields(Set{}, "Raw"), cmpopts.EquateEmpty(),
}

func TestSetRoundTrip(t *testing.T) {
	own := ownSet(t)
	got := travel(t, own)
	want := *own
	// A receiver says once for all of its table that it takes mode 1, and so
	// the entry for mode 0 is the same.
	want.Capabilities = slices.Delete(slices.Clone(own.Capabilities), 4, 5)
	want.Simultaneous = [][][]int{{{0, 1, 2}, {3, 4, 5, 6}, {7}, {8}, {9}}}
	if d := cmp.Diff(&want, got, withoutRaw); d != "" {
		t.Error(d)
	}
	if got.Empty() {
		t.Error("empty")
	}
}

func TestEmptySet(t *testing.T) {
	m, err := (&Set{}).Message()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(&h245.TerminalCapabilitySet{ProtocolIdentifier: h245.ProtocolIdentifier}, m); d != "" {
		t.Error(d)
	}
	if got := travel(t, &Set{}); !got.Empty() {
		t.Errorf("%+v is not empty", got)
	}
	if got := travel(t, &Set{Signal: true}); !got.Empty() || !got.Signal {
		t.Errorf("%+v", got)
	}
	if got := travel(t, &Set{ComfortNoise: true}); !got.Empty() || !got.ComfortNoise {
		t.Errorf("%+v", got)
	}
}

func TestEncryptedSet(t *testing.T) {
	own := ownSet(t)
	own.Encryption = []string{"2.16.840.1.101.3.4.1.2"}
	got := travel(t, own)
	if d := cmp.Diff(own.Encryption, got.Encryption); d != "" {
		t.Error(d)
	}
	for _, c := range got.Capabilities {
		if encrypted := c.Algorithm != ""; encrypted != (c.Kind != KindEvent) || c.EncryptedOnly {
			t.Errorf("%v: algorithm %q, only %v", c, c.Algorithm, c.EncryptedOnly)
		}
	}
	for i := range own.Capabilities {
		own.Capabilities[i].EncryptedOnly = true
	}
	for _, c := range travel(t, own).Capabilities {
		if c.EncryptedOnly != (c.Kind != KindEvent) {
			t.Errorf("%v: only %v", c, c.EncryptedOnly)
		}
	}
}
