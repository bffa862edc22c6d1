package control

import (
	"slices"
	"testing"

	"parley/h323/h245"
	"parley/h323/media"
)

// opens returns the OpenLogicalChannels among what was sent.
func opens(s *side) (list []*h245.OpenLogicalChannel) {
	for _, m := range s.sent {
		if m.Request != nil && m.Request.OpenLogicalChannel != nil {
			list = append(list, m.Request.OpenLogicalChannel)
		}
	}
	return list
}

func rtpOf(o *h245.OpenLogicalChannel) *h245.H2250LogicalChannelParameters {
	return o.ForwardLogicalChannelParameters.MultiplexParameters.H2250LogicalChannelParameters
}

// The sessions that go over the wire: the primary ones, and beyond them the
// master's choice, which a slave asks for with 0 (H.323 clause 6.2.8.2).
func TestSessionsOnTheWire(t *testing.T) {
	for _, isMaster := range []bool{true, false} {
		s := ready(t, isMaster, func(c *Config) { withSlides(t)(c); c.Manual = true })
		s.presentation.holder = PresentationHere
		for _, k := range []media.Kind{media.KindAudio, media.KindVideo} {
			if err := s.Open(k, media.RoleMain, media.Capability{}, epoch); err != nil {
				t.Fatal(err)
			}
		}
		s.show(t, epoch)
		s.flush(t, nil)
		list := opens(s)
		if len(list) != 3 {
			t.Fatalf("%v", names(s.sent))
		}
		third := uint8(0)
		if isMaster {
			third = uint8(media.SessionData) + 1
		}
		for i, want := range []uint8{1, 2, third} {
			if got := rtpOf(list[i]).SessionID; got != want {
				t.Errorf("master %v: session %d, want %d", isMaster, got, want)
			}
		}
		if a := rtpOf(list[0]); a.SilenceSuppression == nil || *a.SilenceSuppression || a.AssociatedSessionID != nil {
			t.Errorf("sound: %+v", a)
		}
		if v := rtpOf(list[1]); v.SilenceSuppression != nil || v.AssociatedSessionID != nil {
			t.Errorf("picture: %+v", v)
		}
		if p := rtpOf(list[2]); p.AssociatedSessionID == nil || *p.AssociatedSessionID != uint8(media.SessionVideo) {
			t.Errorf("slides: %+v", p)
		}
		// The peer's second video, after ours, is in the same session.
		if !isMaster {
			continue
		}
		got := s.answerTo(t, openRequest(t, 9, 0, capabilityOf(t, h264, 512000, media.RolePresentation)))
		if c := cause(t, got); c != "" {
			t.Fatalf("the peer's slides are refused: %s", c)
		}
		at := slices.IndexFunc(got, func(m *h245.MultimediaSystemControlMessage) bool { return m.Response != nil })
		ack := got[at].Response.OpenLogicalChannelAck
		if id := ack.ForwardMultiplexAckParameters.H2250LogicalChannelAckParameters.SessionID; *id != third {
			t.Errorf("session %d of the peer's slides", *id)
		}
	}
}

// A master gives no session twice, whatever the peer has put where.
func TestSessionsAssignedOnce(t *testing.T) {
	s := ready(t, true, func(c *Config) { withSlides(t)(c); c.Manual = true })
	// The peer has its picture in the session that slides would get.
	s.Receive(openRequest(t, 5, media.SessionData+1, capabilityOf(t, h264, 512000, media.RoleMain)), epoch)
	s.presentation.holder = PresentationHere
	s.show(t, epoch)
	s.flush(t, nil)
	list := opens(s)
	if len(list) != 1 {
		t.Fatalf("%v", names(s.sent))
	}
	if got := rtpOf(list[0]).SessionID; got <= uint8(media.SessionData)+1 {
		t.Errorf("slides in session %d, that of the peer's picture", got)
	}
}

// Dynamic payload types: no two channels of ours share one, nor do they take
// that of telephone events.
func TestPayloadTypesDiffer(t *testing.T) {
	s := ready(t, true, func(c *Config) { withSlides(t)(c); c.Manual = true })
	for _, set := range []*media.Set{s.send, s.receive, s.remote} {
		set.TelephoneEvent, set.TelephoneEventPayloadType = true, 96
	}
	s.presentation.holder = PresentationHere
	if err := s.Open(media.KindVideo, media.RoleMain, media.Capability{}, epoch); err != nil {
		t.Fatal(err)
	}
	s.show(t, epoch)
	s.flush(t, nil)
	seen := map[uint8]bool{96: true}
	for _, o := range opens(s) {
		p := rtpOf(o).DynamicRTPPayloadType
		if p == nil || *p < 96 || *p > 127 || seen[*p] {
			t.Errorf("payload type %v, after %v", p, seen)
			continue
		}
		seen[*p] = true
	}
	if len(seen) != 3 {
		t.Errorf("%v", names(s.sent))
	}
	// A type that a capability names is kept where it is free.
	c := s.send.Capabilities[3]
	c.PayloadType = 110
	if got := s.payloadType(c); got != 110 {
		t.Errorf("type %d", got)
	}
	for _, bad := range []uint8{95, 128, 96} {
		c.PayloadType = bad
		if got := s.payloadType(c); got == bad {
			t.Errorf("type %d", got)
		}
	}
}

// What the master says in its answer is obeyed: session and payload type.
func TestAckObeyed(t *testing.T) {
	s := ready(t, false, func(c *Config) { withSlides(t)(c); c.Manual = true })
	s.presentation.holder = PresentationHere
	s.show(t, epoch)
	s.flush(t, nil)
	n := opens(s)[0].ForwardLogicalChannelNumber
	s.answerTo(t, openAck(n, "10.9.9.9:4000", func(p *h245.H2250LogicalChannelAckParameters) {
		id, kind := uint8(7), uint8(120)
		p.SessionID, p.DynamicRTPPayloadType = &id, &kind
	}))
	c := s.find(t, media.Send, media.KindVideo, media.RolePresentation)
	if c.Session != 7 || c.PayloadType != 120 {
		t.Errorf("session %d, type %d", c.Session, c.PayloadType)
	}
	// Another way of the same session is known by it.
	if got := s.session(sessionKey{media.KindVideo, media.RolePresentation}); got != 7 {
		t.Errorf("session %d", got)
	}
}

// The answer tells where RTCP goes, which payload type was taken, and both ways
// of a bidirectional channel.
func TestAckSaysAll(t *testing.T) {
	s := ready(t, true, manual)
	c := capabilityOf(t, h264, 512000, media.RoleMain)
	c.PayloadType = 99
	got := s.answerTo(t, openRequest(t, 5, media.SessionVideo, c))
	p := got[0].Response.OpenLogicalChannelAck.ForwardMultiplexAckParameters.H2250LogicalChannelAckParameters
	in := s.find(t, media.Receive, media.KindVideo, media.RoleMain)
	if p.DynamicRTPPayloadType == nil || *p.DynamicRTPPayloadType != 99 {
		t.Errorf("type %v", p.DynamicRTPPayloadType)
	}
	if a, ok := p.MediaControlChannel.AddrPort(); !ok || a != in.Local.RTCP {
		t.Errorf("RTCP %v", p.MediaControlChannel)
	}
	if a, ok := p.MediaChannel.AddrPort(); !ok || a != in.Local.RTP {
		t.Errorf("RTP %v", p.MediaChannel)
	}
	got = s.answerTo(t, openRequest(t, 6, media.SessionAudio, capabilityOf(t, pcmu, 0, media.RoleMain)))
	if p := got[0].Response.OpenLogicalChannelAck.ForwardMultiplexAckParameters.H2250LogicalChannelAckParameters; p.DynamicRTPPayloadType != nil {
		t.Errorf("G.711 of type %d", *p.DynamicRTPPayloadType)
	}

	m, h224 := far(t, 7)
	s = ready(t, true, func(cfg *Config) {
		cfg.Manual = true
		cfg.Receive.Capabilities = append(cfg.Receive.Capabilities, h224)
	})
	r := s.answerTo(t, m)[0].Response.OpenLogicalChannelAck.ReverseLogicalChannelParameters
	back := r.MultiplexParameters.H2250LogicalChannelParameters
	if back.SessionID != uint8(media.SessionData) || r.ReverseLogicalChannelNumber == 0 {
		t.Errorf("%+v", r)
	}
	if a, ok := back.MediaChannel.AddrPort(); !ok || a != s.in[0].Local.RTP {
		t.Errorf("%+v", back)
	}
	if a, ok := back.MediaControlChannel.AddrPort(); !ok || a != s.in[0].Local.RTCP {
		t.Errorf("%+v", back)
	}
	// A channel of ours has another number than the way back.
	s.number = r.ReverseLogicalChannelNumber - 1
	if n := s.nextNumber(); n == r.ReverseLogicalChannelNumber {
		t.Errorf("number %d twice", n)
	}
	s.number = 65535
	if n := s.nextNumber(); n == 0 {
		t.Error("channel 0, which is that of H.245")
	}
}

// A number once more is another channel, of whatever medium: the one before is
// told to be closed, and its ports are free.
func TestNumberOfAnotherMedium(t *testing.T) {
	s := ready(t, true, manual)
	s.Receive(openRequest(t, 5, media.SessionAudio, capabilityOf(t, pcmu, 0, media.RoleMain)), epoch)
	s.Receive(openRequest(t, 5, media.SessionVideo, capabilityOf(t, h264, 512000, media.RoleMain)), epoch)
	s.flush(t, nil)
	if c := all[Closed](s); len(c) != 1 || c[0].Channel.Kind != media.KindAudio || len(s.Channels()) != 1 {
		t.Errorf("%v: %v", s.events, s.Channels())
	}
	// Even where the other is refused.
	s.Receive(openRequest(t, 5, media.SessionAudio, capabilityOf(t, h264, 512000, media.RoleMain)), epoch)
	s.flush(t, nil)
	if c := all[Closed](s); len(c) != 2 || len(s.Channels()) != 0 {
		t.Errorf("%v: %v", s.events, s.Channels())
	}
	// A channel may name the one that it replaces, in another session.
	s.events = nil
	s.Receive(openRequest(t, 6, media.SessionVideo, capabilityOf(t, h264, 512000, media.RoleMain)), epoch)
	other, six := openRequest(t, 7, 40, capabilityOf(t, h264, 512000, media.RoleMain)), h245.LogicalChannelNumber(6)
	other.Request.OpenLogicalChannel.ForwardLogicalChannelParameters.ReplacementFor = &six
	s.Receive(other, epoch)
	s.flush(t, nil)
	if c := all[Closed](s); len(c) != 1 || c[0].Channel.Number != 6 {
		t.Errorf("%v", s.events)
	}
}
