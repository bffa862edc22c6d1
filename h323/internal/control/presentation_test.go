package control

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h245"
	"parley/h323/media"
)

func holders(s *side) []PresentationHolder {
	var list []PresentationHolder
	for _, p := range all[Presentation](s) {
		list = append(list, p.Holder)
	}
	return list
}

// show wants to send a second video, for which the token is asked.
func (s *side) show(t testing.TB, now time.Time) {
	t.Helper()
	if err := s.Open(media.KindVideo, media.RolePresentation, media.Capability{}, now); err != nil {
		t.Fatal(err)
	}
}

func slidePair(t testing.TB, kinds ...uint8) *pair {
	t.Helper()
	p := newPair(t, newSide(t, "a", kinds[0], withSlides(t)), newSide(t, "b", kinds[1], withSlides(t))).start()
	p.forget()
	return p
}

// The token is asked for, the second video opens, and both end; as master and
// as slave, who has to ask for the session.
func TestPresentation(t *testing.T) {
	for _, kinds := range [][]uint8{{190, 50}, {50, 190}} {
		p := slidePair(t, kinds...)
		p.a.show(t, p.now)
		p.run()
		if d := cmp.Diff([]PresentationHolder{PresentationHere}, holders(p.a)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]PresentationHolder{PresentationPeer}, holders(p.b)); d != "" {
			t.Error(d)
		}
		p.oneWay(p.a, p.b, media.KindVideo, media.RolePresentation)
		if c := p.a.find(t, media.Send, media.KindVideo, media.RolePresentation); c.Session <= media.SessionData {
			t.Errorf("session %d", c.Session)
		}
		p.forget()
		p.a.ReleasePresentation(p.now)
		p.run()
		if len(all[Closed](p.a)) != 1 || len(all[Closed](p.b)) != 1 || len(p.a.Channels()) != 4 {
			t.Errorf("%v and %v", p.a.Channels(), p.b.Channels())
		}
		for _, s := range []*side{p.a, p.b} {
			if d := cmp.Diff([]PresentationHolder{PresentationNobody}, holders(s)); d != "" {
				t.Error(d)
			}
		}
	}
}

// The next one takes it over, and its video is in the same session.
func TestPresentationTakenOver(t *testing.T) {
	p := slidePair(t, 190, 50)
	p.a.show(t, p.now)
	p.run()
	first := p.a.find(t, media.Send, media.KindVideo, media.RolePresentation)
	p.forget()
	p.b.show(t, p.now)
	p.run()
	p.oneWay(p.b, p.a, media.KindVideo, media.RolePresentation)
	second := p.b.find(t, media.Send, media.KindVideo, media.RolePresentation)
	if first.Session != second.Session || len(p.a.Channels()) != 5 {
		t.Errorf("session %d, then %d: %v", first.Session, second.Session, p.a.Channels())
	}
	if d := cmp.Diff([]PresentationHolder{PresentationPeer}, holders(p.a)); d != "" {
		t.Error(d)
	}
}

// Both ask at once: one has it, and both say the same one.
func TestPresentationAtOnce(t *testing.T) {
	p := slidePair(t, 60, 60)
	p.a.show(t, p.now)
	p.b.show(t, p.now)
	p.run()
	x, y := p.a.presentation.holder, p.b.presentation.holder
	if x+y != PresentationHere+PresentationPeer || x == PresentationNobody || y == PresentationNobody {
		t.Fatalf("%d and %d", x, y)
	}
	if x == PresentationHere {
		p.oneWay(p.a, p.b, media.KindVideo, media.RolePresentation)
	} else {
		p.oneWay(p.b, p.a, media.KindVideo, media.RolePresentation)
	}
	if !slices.Contains(holders(p.a), x) || !slices.Contains(holders(p.b), y) {
		t.Errorf("told %v and %v", holders(p.a), holders(p.b))
	}
}

// The same symmetry breaking number: both are denied, and ask again.
func TestPresentationTie(t *testing.T) {
	p := slidePair(t, 60, 60)
	for _, s := range []*side{p.a, p.b} {
		numbers, base := []uint32{4, 4}, uint32(s.name[0])
		s.presentation.random = func() uint32 {
			if len(numbers) == 0 {
				return base
			}
			n := numbers[0]
			numbers = numbers[1:]
			return n
		}
		s.show(t, p.now)
	}
	p.run()
	if x, y := p.a.presentation.holder, p.b.presentation.holder; x+y != PresentationHere+PresentationPeer {
		t.Errorf("%d and %d", x, y)
	}
}

func tokenMessage(h h245.H239Message) *h245.MultimediaSystemControlMessage {
	g := h.Generic()
	switch h.SubMessage {
	case h245.PresentationTokenRequest, h245.FlowControlReleaseRequest:
		return &h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{GenericRequest: g}}
	case h245.PresentationTokenResponse, h245.FlowControlReleaseResponse:
		return &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{GenericResponse: g}}
	case h245.PresentationTokenRelease:
		return &h245.MultimediaSystemControlMessage{Command: &h245.CommandMessage{GenericCommand: g}}
	}
	return &h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{GenericIndication: g}}
}

// A second video without label or token, in whatever session makers choose.
func TestPresentationLiberal(t *testing.T) {
	plain := capabilityOf(t, h264, 512000, media.RoleMain)
	labelled := capabilityOf(t, h264, 512000, media.RolePresentation)
	unlabelled := openRequest(t, 9, 32, labelled)
	ext := unlabelled.Request.OpenLogicalChannel.ForwardLogicalChannelParameters.DataType.VideoData.ExtendedVideoCapability
	ext.VideoCapabilityExtension[0].Collapsing = nil
	for name, m := range map[string]*h245.MultimediaSystemControlMessage{
		"session 0":           openRequest(t, 9, 0, labelled),
		"session 3":           openRequest(t, 9, 3, labelled),
		"session 32":          openRequest(t, 9, 32, labelled),
		"without a label":     unlabelled,
		"plain, beside":       openRequest(t, 9, 32, plain),
		"plain, in session 3": openRequest(t, 9, 3, plain),
	} {
		for _, isMaster := range []bool{true, false} {
			s := ready(t, isMaster, func(c *Config) { withSlides(t)(c); c.Manual = true })
			s.Receive(openRequest(t, 5, media.SessionVideo, plain), epoch)
			got := s.answerTo(t, m)
			if c := cause(t, got); c != "" {
				t.Errorf("%s: %s", name, c)
				continue
			}
			c := s.find(t, media.Receive, media.KindVideo, media.RolePresentation)
			if c.Session == 0 || len(s.Channels()) != 2 {
				t.Errorf("%s: session %d, %v", name, c.Session, s.Channels())
			}
			if id := got[0].Response.OpenLogicalChannelAck.ForwardMultiplexAckParameters.H2250LogicalChannelAckParameters.SessionID; id == nil || *id != uint8(c.Session) {
				t.Errorf("%s: the session is not told", name)
			}
			if d := cmp.Diff([]PresentationHolder{PresentationPeer}, holders(s)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			// It ends without a release.
			s.events = nil
			s.answerTo(t, closeRequest(9))
			if d := cmp.Diff([]PresentationHolder{PresentationNobody}, holders(s)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	}
}

func TestPresentationDialogues(t *testing.T) {
	notUnderstood := &h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{
		FunctionNotUnderstood: &h245.FunctionNotUnderstood{
			Request: tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenRequest}).Request,
		},
	}}
	for name, c := range map[string]struct {
		asks   bool
		peer   *h245.MultimediaSystemControlMessage
		told   []PresentationHolder
		answer []string
	}{
		"granted": {true, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenResponse, Acknowledge: true}),
			[]PresentationHolder{PresentationHere}, []string{}},
		"denied": {true, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenResponse}),
			nil, []string{"request.genericRequest"}},
		"not known":   {true, notUnderstood, []PresentationHolder{PresentationNobody}, []string{}},
		"not asked":   {false, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenResponse, Acknowledge: true}), nil, []string{}},
		"owner":       {false, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenIndicateOwner}), []PresentationHolder{PresentationPeer}, []string{}},
		"flow":        {false, tokenMessage(h245.H239Message{SubMessage: h245.FlowControlReleaseRequest, ChannelID: 7, BitRate: 100}), nil, []string{"response.genericResponse"}},
		"no release":  {false, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenRelease}), nil, []string{}},
		"has it, 0":   {true, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenRequest}), []PresentationHolder{PresentationPeer}, []string{"response.genericResponse"}},
		"asks lower":  {true, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenRequest, SymmetryBreaking: 1}), nil, []string{"response.genericResponse"}},
		"asks higher": {true, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenRequest, SymmetryBreaking: 127}), []PresentationHolder{PresentationPeer}, []string{"response.genericResponse"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := ready(t, true, func(c *Config) { withSlides(t)(c); c.Manual = true })
			s.presentation.random = func() uint32 { return 50 }
			if c.asks {
				s.RequestPresentation(epoch)
				s.flush(t, nil)
			}
			got := names(s.answerTo(t, c.peer))
			if d := cmp.Diff(c.answer, got); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.told, holders(s)); d != "" {
				t.Error(d)
			}
			s.events = nil
			s.Expire(epoch.Add(t239))
			s.flush(t, nil)
			if s.presentation.requesting() || c.asks && len(c.told) == 0 && len(holders(s)) != 1 {
				t.Errorf("told %v in the end", holders(s))
			}
		})
	}
}

// Who has no H.239 is not asked.
func TestPresentationImpossible(t *testing.T) {
	s := ready(t, true, manual)
	set := setOf(t, allOf...)
	set.H239 = false
	s.Receive(setMessage(t, set, 2), epoch)
	s.sent = nil
	s.RequestPresentation(epoch)
	s.flush(t, nil)
	if len(s.sent) != 1 || s.sent[0].Response == nil { // the ack of the set
		t.Errorf("%v", names(s.sent))
	}
	if d := cmp.Diff([]PresentationHolder{PresentationNobody}, holders(s)); d != "" {
		t.Error(d)
	}
}

// A limit of ours below what is asked for stays.
func TestFlowRelease(t *testing.T) {
	s := ready(t, true, func(c *Config) { withSlides(t)(c); c.Manual = true })
	s.Receive(openRequest(t, 9, 32, capabilityOf(t, h264, 512000, media.RolePresentation)), epoch)
	for limit, want := range map[int]bool{-1: true, 64000: false, 512000: true} {
		s.LimitRate(9, limit)
		s.flush(t, nil)
		got := s.answerTo(t, tokenMessage(h245.H239Message{SubMessage: h245.FlowControlReleaseRequest, ChannelID: 9, BitRate: 5120}))
		h, ok := got[0].Response.GenericResponse.H239()
		if !ok || h.Acknowledge != want || h.ChannelID != 9 {
			t.Errorf("limit %d: %+v", limit, h)
		}
	}
}

// A second video that opens at rate 0 asks to be let go.
func TestFlowToZero(t *testing.T) {
	s := ready(t, true, func(c *Config) { withSlides(t)(c); c.Manual = true })
	if err := s.Open(media.KindVideo, media.RolePresentation, media.Capability{}, epoch); err != nil {
		t.Fatal(err)
	}
	got := s.answerTo(t, tokenMessage(h245.H239Message{SubMessage: h245.PresentationTokenResponse, Acknowledge: true}))
	open := got[len(got)-1].Request.OpenLogicalChannel
	if open == nil {
		t.Fatalf("%v", names(got))
	}
	got = s.answerTo(t, openAck(open.ForwardLogicalChannelNumber, "10.9.9.9:4000", func(p *h245.H2250LogicalChannelAckParameters) {
		zero := true
		p.FlowControlToZero = &zero
	}))
	if len(got) != 1 || got[0].Request == nil {
		t.Fatalf("%v", names(got))
	}
	if h, ok := got[0].Request.GenericRequest.H239(); !ok || h.SubMessage != h245.FlowControlReleaseRequest || h.BitRate == 0 {
		t.Errorf("%+v", h)
	}
}

// The conference gives the token to somebody else.
func TestPresentationForced(t *testing.T) {
	p := slidePair(t, 190, 50)
	p.b.show(t, p.now)
	p.run()
	p.forget()
	p.a.ForcePresentation(PresentationHere)
	p.run()
	if d := cmp.Diff([]PresentationHolder{PresentationHere}, holders(p.a)); d != "" {
		t.Error(d)
	}
	for _, c := range p.a.Channels() {
		if c.Role == media.RolePresentation && c.Direction == media.Receive {
			t.Errorf("still open: %v", &c)
		}
	}
	if len(all[Closed](p.b)) != 1 {
		t.Errorf("%v", p.b.events)
	}
}
