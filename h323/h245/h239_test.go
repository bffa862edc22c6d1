package h245

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The messages of a call in which one side shared its slides.
func TestH239Recorded(t *testing.T) {
	want := map[string]H239Message{
		"request.genericRequest":   {SubMessage: PresentationTokenRequest, SymmetryBreaking: 9},
		"response.genericResponse": {SubMessage: PresentationTokenResponse, Acknowledge: true},
		"command.genericCommand":   {SubMessage: PresentationTokenRelease},
	}
	for _, r := range recorded(t) {
		w, ok := want[r.name]
		if !ok {
			continue
		}
		delete(want, r.name)
		m, _, err := Unmarshal(r.data)
		if err != nil {
			t.Fatal(err)
		}
		var g *GenericMessage
		switch {
		case m.Request != nil:
			g = m.Request.GenericRequest
		case m.Response != nil:
			g = m.Response.GenericResponse
		case m.Command != nil:
			g = m.Command.GenericCommand
		}
		got, ok := g.H239()
		if d := cmp.Diff(w, got); d != "" || !ok {
			t.Errorf("%s: %v %s", r.name, ok, d)
		}
		again, ok := got.Generic().H239()
		if !ok || again != got {
			t.Errorf("%s: %+v became %+v", r.name, got, again)
		}
	}
	if len(want) != 0 {
		t.Errorf("not met: %v", want)
	}
}

func TestH239RoundTrip(t *testing.T) {
	for _, h := range []H239Message{
		{SubMessage: FlowControlReleaseRequest, ChannelID: 5, BitRate: 5120},
		{SubMessage: FlowControlReleaseResponse, ChannelID: 5, Acknowledge: true},
		{SubMessage: FlowControlReleaseResponse, ChannelID: 5},
		{SubMessage: PresentationTokenRequest, TerminalLabel: 258, ChannelID: 6, SymmetryBreaking: 127},
		{SubMessage: PresentationTokenResponse, TerminalLabel: 258, ChannelID: 6},
		{SubMessage: PresentationTokenRelease, TerminalLabel: 258, ChannelID: 6},
		{SubMessage: PresentationTokenIndicateOwner, TerminalLabel: 258, ChannelID: 6},
	} {
		if got, ok := h.Generic().H239(); !ok || got != h {
			t.Errorf("%+v became %+v", h, got)
		}
	}
	for _, g := range []*GenericMessage{nil, {}, {MessageIdentifier: CapabilityIdentifier{Standard: H239MessageOID}}} {
		if h, ok := g.H239(); ok {
			t.Errorf("%+v is %+v", g, h)
		}
	}
}

func TestH239Video(t *testing.T) {
	v := NewH239Video(H239Presentation, VideoCapability{
		GenericVideoCapability: H264Capability{Profile: H264Baseline, Level: 71}.Generic(),
	})
	if role, ok := v.H239(); !ok || role != H239Presentation {
		t.Errorf("%d %v", role, ok)
	}
	for _, v := range []*ExtendedVideoCapability{nil, {}, {VideoCapabilityExtension: []GenericCapability{{}}}} {
		if role, ok := v.H239(); ok {
			t.Errorf("%+v has role %d", v, role)
		}
	}
}

// A recorded capability table tells of the second video in the same way.
func TestH239VideoRecorded(t *testing.T) {
	found := 0
	for _, r := range recorded(t) {
		if r.name != "request.terminalCapabilitySet" {
			continue
		}
		m, _, err := Unmarshal(r.data)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range m.Request.TerminalCapabilitySet.CapabilityTable {
			if e.Capability == nil || e.Capability.ReceiveAndTransmitVideoCapability == nil {
				continue
			}
			if role, ok := e.Capability.ReceiveAndTransmitVideoCapability.ExtendedVideoCapability.H239(); ok {
				found++
				if role != H239Presentation {
					t.Errorf("role %d", role)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no second video")
	}
}
