package signalling

import (
	"fmt"
	"testing"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// epoch is when these tests happen.
var epoch = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)

// side is one machine of a call, what it sent and what happened to it.
type side struct {
	*Machine
	happened []string
	outputs  []Output
}

// pair is both sides of a call, with octets between them.
type pair struct {
	t              testing.TB
	now            time.Time
	caller, called *side
	setup          *Message
	names          []string // of what went over the wire
	drop           bool     // lose what is sent
}

func config(reference uint16) Config {
	return Config{
		Reference: reference, Call: h225.CallIdentifier{GUID: h225.GloballyUniqueID{1, 2, 3}},
		Conference: h225.ConferenceIdentifier{4, 5, 6},
		Self:       h225.EndpointType{Terminal: &h225.TerminalInfo{}}, Display: "zoë", Tunnelling: true,
	}
}

func newSetup() *h225.SetupUUIE {
	return &h225.SetupUUIE{
		SourceInfo:     h225.EndpointType{Terminal: &h225.TerminalInfo{}},
		ConferenceGoal: h225.ConferenceGoal{Create: &per.Null{}},
		CallType:       h225.CallType{PointToPoint: &per.Null{}},
	}
}

// newPair has sent the SETUP, and not yet given it to the called side.
func newPair(t testing.TB, setup *h225.SetupUUIE, caller Config) *pair {
	p := &pair{t: t, now: epoch, caller: &side{Machine: Outgoing(caller)}}
	p.caller.Dial(setup, nil, nil, p.now)
	p.run()
	return p
}

// arrive gives the called side the SETUP.
func (p *pair) arrive(cfg Config) {
	p.called = &side{Machine: Incoming(cfg, p.setup, p.now)}
	p.run()
}

// wire encodes and decodes a message.
func (p *pair) wire(m *Message) *Message {
	p.t.Helper()
	info, err := per.Marshal(m.Info)
	if err != nil {
		p.t.Fatalf("%v: %v", m.Type, err)
	}
	m.PutUserInformation(info)
	octets, err := m.Append(nil)
	if err != nil {
		p.t.Fatalf("%v: %v", m.Type, err)
	}
	got := &Message{Message: new(q931.Message), Info: new(h225.H323UserInformation)}
	if err := got.Unmarshal(octets); err != nil {
		p.t.Fatal(err)
	}
	if info, err = got.UserInformation(); err == nil {
		_, err = per.Unmarshal(info, got.Info)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

// run carries messages until none is left.
func (p *pair) run() {
	p.t.Helper()
	for busy := true; busy; {
		busy = false
		for _, s := range []*side{p.caller, p.called} {
			if s == nil {
				continue
			}
			for _, o := range s.Take() {
				busy = true
				p.output(s, o)
			}
		}
	}
}

func (p *pair) output(s *side, o Output) {
	p.t.Helper()
	t, ok := o.(Transmit)
	if !ok {
		s.outputs = append(s.outputs, o)
		s.happened = append(s.happened, fmt.Sprintf("%T", o)[len("signalling."):])
		return
	}
	if t.Message.FromDestination != (s == p.called) || t.Message.CallReference != 7 {
		p.t.Errorf("reference %d, from the destination: %v", t.Message.CallReference, t.Message.FromDestination)
	}
	m := p.wire(t.Message)
	p.names = append(p.names, m.Type.String())
	switch {
	case p.drop:
	case m.Type == q931.Setup:
		p.setup = m
	case s == p.caller:
		p.called.Receive(m, p.now)
	default:
		p.caller.Receive(m, p.now)
	}
}

// pass lets time go by at both sides.
func (p *pair) pass(d time.Duration) {
	p.t.Helper()
	p.now = p.now.Add(d)
	for _, s := range []*side{p.caller, p.called} {
		if s != nil {
			s.Expire(p.now)
		}
	}
	p.run()
}

func (s *side) released(t testing.TB) Released {
	t.Helper()
	if len(s.outputs) == 0 {
		t.Fatal("nothing happened")
	}
	r, ok := s.outputs[len(s.outputs)-1].(Released)
	if !ok {
		t.Fatalf("not released: %v", s.happened)
	}
	return r
}

// last returns the last output of a kind.
func last[O Output](t testing.TB, s *side) O {
	t.Helper()
	for i := len(s.outputs) - 1; i >= 0; i-- {
		if o, ok := s.outputs[i].(O); ok {
			return o
		}
	}
	var none O
	t.Fatalf("no %T: %v", none, s.happened)
	return none
}
