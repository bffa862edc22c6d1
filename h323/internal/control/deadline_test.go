package control

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h245"
	"parley/h323/media"
)

// Every timer that runs is told by Deadline: nothing else wakes its owner. The
// one under test is the only one of its machine.
func TestDeadlines(t *testing.T) {
	started := func(t testing.TB) *side {
		s := newSide(t, "a", 60, manual)
		s.Start(epoch)
		return s
	}
	for name, c := range map[string]struct {
		begin func(testing.TB) *side
		after time.Duration
		want  []string // of what it sends when it expires
	}{
		"determination": {func(t testing.TB) *side {
			s := started(t)
			s.Receive(setAck(1), epoch)
			return s
		}, t106, []string{"indication.masterSlaveDeterminationRelease"}},
		"capabilities": {func(t testing.TB) *side {
			s := started(t)
			s.Receive(determineAck(true), epoch)
			return s
		}, t101, []string{"indication.terminalCapabilitySetRelease"}},
		"round trip": {func(t testing.TB) *side {
			s := ready(t, true, manual)
			s.RequestRoundTrip(epoch)
			return s
		}, t105, []string{}},
		"mode": {func(t testing.TB) *side {
			s := ready(t, true, manual)
			s.RequestMode([]h245.ModeDescription{{audioMode(h245.AudioMode{G711Ulaw64k: null})}}, epoch)
			return s
		}, t109, []string{"indication.requestModeRelease"}},
		"token": {func(t testing.TB) *side {
			s := ready(t, true, func(c *Config) { withSlides(t)(c); c.Manual = true })
			s.RequestPresentation(epoch)
			return s
		}, t239, []string{}},
		"channel of ours": {func(t testing.TB) *side {
			s := ready(t, true, manual)
			if err := s.Open(media.KindAudio, media.RoleMain, media.Capability{}, epoch); err != nil {
				t.Fatal(err)
			}
			return s
		}, t103, []string{"request.closeLogicalChannel"}},
		"confirmation": {func(t testing.TB) *side {
			m, c := far(t, 5)
			s := ready(t, true, func(cfg *Config) {
				cfg.Manual = true
				cfg.Receive.Capabilities = append(cfg.Receive.Capabilities, c)
			})
			s.Receive(m, epoch)
			return s
		}, t103, []string{}},
		"close of the peer's": {func(t testing.TB) *side {
			s := ready(t, true, manual)
			s.Receive(openRequest(t, 5, 1, capabilityOf(t, pcmu, 0, media.RoleMain)), epoch)
			s.Close(media.Receive, 5, epoch)
			return s
		}, t108, []string{"indication.requestChannelCloseRelease"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.begin(t)
			s.flush(t, nil)
			s.sent = nil
			if at, ok := s.Deadline(); !ok || at != epoch.Add(c.after) {
				t.Fatalf("deadline %v, %v", at.Sub(epoch), ok)
			}
			s.Expire(epoch.Add(c.after - 1))
			s.flush(t, nil)
			if len(s.sent) != 0 {
				t.Errorf("too soon: %v", names(s.sent))
			}
			s.Expire(epoch.Add(c.after))
			s.flush(t, nil)
			if d := cmp.Diff(c.want, names(s.sent)); d != "" {
				t.Error(d)
			}
			if at, ok := s.Deadline(); ok {
				t.Errorf("deadline %v after it", at.Sub(epoch))
			}
		})
	}
	// The nearest of several, and none after the end.
	s := ready(t, true, manual)
	if _, ok := s.Deadline(); ok {
		t.Error("a timer of nothing")
	}
	if err := s.Open(media.KindAudio, media.RoleMain, media.Capability{}, epoch); err != nil {
		t.Fatal(err)
	}
	s.RequestRoundTrip(epoch)
	if err := s.Open(media.KindVideo, media.RoleMain, media.Capability{}, epoch.Add(1)); err != nil {
		t.Fatal(err)
	}
	if at, _ := s.Deadline(); at != epoch.Add(t105) {
		t.Errorf("deadline %v", at.Sub(epoch))
	}
	s.End(epoch)
	s.Take()
	if _, ok := s.Deadline(); ok {
		t.Error("a timer after the end")
	}
	s.Expire(epoch.Add(time.Hour))
	if out := s.Take(); len(out) != 0 {
		t.Errorf("after the end: %v", out)
	}
}

// Answers that come in time stop the timer, those to an older question do not.
func TestAnswersOfOlderQuestions(t *testing.T) {
	roundTrip := func(n h245.SequenceNumber) *h245.MultimediaSystemControlMessage {
		return &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
			RoundTripDelayResponse: &h245.RoundTripDelayResponse{SequenceNumber: n},
		}}
	}
	mode := func(n h245.SequenceNumber) *h245.MultimediaSystemControlMessage {
		return &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
			RequestModeAck: &h245.RequestModeAck{SequenceNumber: n},
		}}
	}
	s := ready(t, true, manual)
	s.Receive(roundTrip(0), epoch) // nothing was asked
	s.Receive(mode(0), epoch)
	for range 2 {
		s.RequestRoundTrip(epoch)
		s.RequestMode([]h245.ModeDescription{{audioMode(h245.AudioMode{G711Ulaw64k: null})}}, epoch)
	}
	s.flush(t, nil)
	var asked, wanted []h245.SequenceNumber
	for _, m := range s.sent {
		if r := m.Request.RoundTripDelayRequest; r != nil {
			asked = append(asked, r.SequenceNumber)
		} else {
			wanted = append(wanted, m.Request.RequestMode.SequenceNumber)
		}
	}
	if asked[0] == asked[1] || wanted[0] == wanted[1] {
		t.Errorf("numbers %v, %v", asked, wanted)
	}
	s.Receive(roundTrip(asked[0]), epoch)
	s.Receive(mode(wanted[0]), epoch)
	s.flush(t, nil)
	if len(s.events) != 0 {
		t.Errorf("answers to older questions: %v", s.events)
	}
	for range 2 {
		s.Receive(roundTrip(asked[1]), epoch.Add(time.Second))
		s.Receive(mode(wanted[1]), epoch.Add(time.Second))
	}
	s.flush(t, nil)
	if d := cmp.Diff([]Output{RoundTrip{time.Second}, ModeAnswered{true}}, s.events); d != "" {
		t.Error(d)
	}
	if at, ok := s.Deadline(); ok {
		t.Errorf("deadline %v", at)
	}
	s.events = nil
	s.Expire(epoch.Add(time.Hour))
	s.flush(t, nil)
	if len(s.events) != 0 {
		t.Errorf("answered, and expired: %v", s.events)
	}

	// Before H.245 has begun, and of nothing, nothing is asked.
	s = newSide(t, "a", 60, manual)
	s.RequestRoundTrip(epoch)
	s.RequestMode([]h245.ModeDescription{{audioMode(h245.AudioMode{G711Ulaw64k: null})}}, epoch)
	s.Start(epoch)
	s.Receive(determineAck(true), epoch)
	s.Receive(setAck(1), epoch)
	s.flush(t, nil)
	s.sent = nil
	s.RequestMode(nil, epoch)
	s.flush(t, nil)
	if _, ok := s.Deadline(); ok || len(s.sent) != 0 {
		t.Errorf("%v", names(s.sent))
	}
}

// A capability set that the peer rejects, or answers by another number, is not
// agreed on.
func TestSetAnswers(t *testing.T) {
	reject := func(n h245.SequenceNumber) *h245.MultimediaSystemControlMessage {
		return &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
			TerminalCapabilitySetReject: &h245.TerminalCapabilitySetReject{
				SequenceNumber: n, Cause: h245.TerminalCapabilitySetRejectCause{Unspecified: null},
			},
		}}
	}
	for name, c := range map[string]struct {
		answers []*h245.MultimediaSystemControlMessage
		waits   bool
		failed  int
	}{
		"ack":            {[]*h245.MultimediaSystemControlMessage{setAck(1)}, false, 0},
		"another's ack":  {[]*h245.MultimediaSystemControlMessage{setAck(2)}, true, 0},
		"reject":         {[]*h245.MultimediaSystemControlMessage{reject(1)}, false, 1},
		"older reject":   {[]*h245.MultimediaSystemControlMessage{reject(2)}, true, 0},
		"reject too":     {[]*h245.MultimediaSystemControlMessage{setAck(1), reject(1)}, false, 0},
		"ack afterwards": {[]*h245.MultimediaSystemControlMessage{reject(1), setAck(1)}, false, 1},
	} {
		s := newSide(t, "a", 60, manual)
		s.Start(epoch)
		s.Receive(determineAck(true), epoch)
		for _, m := range c.answers {
			s.Receive(m, epoch)
		}
		s.flush(t, nil)
		if _, waits := s.Deadline(); waits != c.waits {
			t.Errorf("%s: waits %v", name, waits)
		}
		if n := len(all[Failed](s)); n != c.failed {
			t.Errorf("%s: failed %d times", name, n)
		}
	}
}
