package control

import (
	"errors"
	"testing"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// setMessage is a capability set as it comes.
func setMessage(t testing.TB, s *media.Set, sequence h245.SequenceNumber) *h245.MultimediaSystemControlMessage {
	t.Helper()
	m, err := s.Message()
	if err != nil {
		t.Fatal(err)
	}
	m.SequenceNumber = sequence
	return &h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{TerminalCapabilitySet: m}}
}

func setAck(sequence h245.SequenceNumber) *h245.MultimediaSystemControlMessage {
	return &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
		TerminalCapabilitySetAck: &h245.TerminalCapabilitySetAck{SequenceNumber: sequence},
	}}
}

// A set once more changes nothing; one without what is sent closes it, and
// something else is opened.
func TestSetRepeated(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.forget()
	p.b.SetCapabilities(setOf(t, allOf...), p.now)
	p.run()
	if len(all[Capabilities](p.a)) != 1 || len(all[Closed](p.a))+len(all[Opened](p.a)) != 0 {
		t.Fatalf("%v", p.a.events)
	}
	p.b.SetCapabilities(setOf(t, pcma, h261), p.now)
	p.run()
	if len(all[Closed](p.a)) != 2 || len(all[Opened](p.a)) != 2 {
		t.Errorf("%v", p.a.events)
	}
	if c := p.a.find(t, media.Send, media.KindAudio, media.RoleMain); c.Format.Name != "PCMA" {
		t.Errorf("%v", c)
	}
	p.connected(media.KindVideo, media.RoleMain)
}

// The empty set pauses the peer, and the next one starts it like a fresh call.
func TestPause(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.forget()
	p.a.SetCapabilities(nil, p.now)
	p.run()
	if sets := all[Capabilities](p.b); len(sets) != 1 || !sets[0].Set.Empty() {
		t.Fatalf("%v", p.b.events)
	}
	if len(all[Closed](p.b)) != 2 || len(all[Closed](p.a)) != 2 || len(p.a.Channels()) != 2 {
		t.Fatalf("%v and %v", p.a.Channels(), p.b.Channels())
	}
	// What is sent to the paused one goes on.
	p.oneWay(p.a, p.b, media.KindAudio, media.RoleMain)
	p.forget()
	p.a.SetCapabilities(setOf(t, allOf...), p.now)
	p.run()
	p.connected(media.KindAudio, media.RoleMain)
	p.connected(media.KindVideo, media.RoleMain)
	var names []string
	for _, m := range p.b.sent {
		names = append(names, m.Name())
	}
	want := map[string]int{"request.masterSlaveDetermination": 1, "request.terminalCapabilitySet": 1, "request.openLogicalChannel": 2}
	for _, n := range names {
		want[n]--
	}
	for n, k := range want {
		if k > 0 {
			t.Errorf("no %s among %v", n, names)
		}
	}
	if d := all[Determined](p.b); len(d) != 1 || d[0].Master {
		t.Errorf("%v", d)
	}
}

// The sequence number tells the answers apart.
func TestSetTimeouts(t *testing.T) {
	for name, c := range map[string]struct {
		answers []h245.SequenceNumber
		reject  bool
		fails   error
	}{
		"answered":         {answers: []h245.SequenceNumber{1}},
		"not answered":     {fails: errSetTimeout},
		"another answered": {answers: []h245.SequenceNumber{9}, fails: errSetTimeout},
		"rejected":         {answers: []h245.SequenceNumber{1}, reject: true, fails: errSetRejected},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSide(t, "a", 50, nil)
			s.Start(epoch)
			s.Receive(determineAck(true), epoch)
			for _, n := range c.answers {
				m := setAck(n)
				if c.reject {
					m = &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
						TerminalCapabilitySetReject: &h245.TerminalCapabilitySetReject{
							SequenceNumber: n,
							Cause:          h245.TerminalCapabilitySetRejectCause{Unspecified: null},
						},
					}}
				}
				s.Receive(m, epoch)
			}
			s.Expire(epoch.Add(t101 - 1))
			s.flush(t, nil)
			if errors.Is(c.fails, errSetTimeout) && len(all[Failed](s)) != 0 {
				t.Fatal("too early")
			}
			s.Expire(epoch.Add(t101))
			s.flush(t, nil)
			got := all[Failed](s)
			if (c.fails != nil) != (len(got) == 1) || c.fails != nil && !errors.Is(got[0].Err, c.fails) {
				t.Errorf("%v, want %v", got, c.fails)
			}
			if _, ok := s.Deadline(); ok {
				t.Error("still waiting")
			}
		})
	}
}

// A flood of sets is refused after some, until time has passed.
func TestSetRate(t *testing.T) {
	s := newSide(t, "a", 50, nil)
	s.Start(epoch)
	m := setMessage(t, setOf(t, pcmu), 3)
	for range 2 * setBurst {
		s.Receive(m, epoch)
	}
	s.flush(t, nil)
	if n := len(all[Capabilities](s)); n != setBurst {
		t.Errorf("%d sets were read", n)
	}
	last := s.sent[len(s.sent)-1]
	if last.Response == nil || last.Response.TerminalCapabilitySetReject == nil || last.Response.TerminalCapabilitySetReject.SequenceNumber != 3 {
		t.Errorf("%s", last.Name())
	}
	s.Receive(m, epoch.Add(setInterval))
	s.flush(t, nil)
	if n := len(all[Capabilities](s)); n != setBurst+1 {
		t.Errorf("%d sets were read", n)
	}
}

func TestSetAskedFor(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.forget()
	p.a.Transmit(&h245.MultimediaSystemControlMessage{Command: &h245.CommandMessage{
		SendTerminalCapabilitySet: &h245.SendTerminalCapabilitySet{GenericRequest: null},
	}})
	p.run()
	if n := len(all[Capabilities](p.a)); n != 1 {
		t.Errorf("%d sets", n)
	}
}

func TestSetSending(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, func(c *Config) { c.Send = setOf(t, pcma, h261) }), newSide(t, "b", 50, nil)).start()
	p.forget()
	p.a.SetSending(setOf(t, g722, pcma), p.now)
	p.run()
	if c := p.a.find(t, media.Send, media.KindAudio, media.RoleMain); c.Format.Name != "G722" {
		t.Errorf("the better one is not opened: %v", c)
	}
	if len(all[Closed](p.a)) != 2 || len(all[Opened](p.a)) != 1 {
		t.Errorf("%v", p.a.events)
	}
	p.a.SetSending(setOf(t, g722, h261), p.now.Add(time.Second))
	p.run()
	p.connected(media.KindVideo, media.RoleMain)
}

// A set that allows less than what is sent opens the channel anew, with less.
func TestSetShrinks(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	p.forget()
	less := setOf(t, g722, h264)
	less.Capabilities[1].MaxBitRate = 256000
	p.b.SetCapabilities(less, p.now)
	p.run()
	if c := p.a.find(t, media.Send, media.KindVideo, media.RoleMain); c.MaxBitRate != 256000 || len(all[Closed](p.a)) != 1 {
		t.Errorf("%v, %v", &c, p.a.events)
	}
	p.connected(media.KindVideo, media.RoleMain)
}
