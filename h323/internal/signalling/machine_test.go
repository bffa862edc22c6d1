package signalling

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

func TestCall(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	if p.caller.State() != q931.CallInitiated {
		t.Errorf("caller in %d", p.caller.State())
	}
	p.arrive(config(7))
	if p.called.State() != q931.CallPresent {
		t.Errorf("called in %d", p.called.State())
	}
	for _, step := range []struct {
		act            func()
		caller, called q931.State
	}{
		{p.called.Proceed, q931.OutgoingCallProceeding, q931.IncomingCallProceeding},
		{p.called.Progress, q931.OutgoingCallProceeding, q931.IncomingCallProceeding},
		{p.called.Alert, q931.CallDelivered, q931.CallReceived},
		{p.called.Alert, q931.CallDelivered, q931.CallReceived}, // again
		{p.called.Answer, q931.Active, q931.Active},
		{p.called.Proceed, q931.Active, q931.Active}, // too late
	} {
		step.act()
		p.run()
		if p.caller.State() != step.caller || p.called.State() != step.called {
			t.Errorf("states %d and %d, want %d and %d", p.caller.State(), p.called.State(), step.caller, step.called)
		}
	}
	if _, running := p.caller.Deadline(); running {
		t.Error("a timer runs in a call that is up")
	}
	p.caller.Release(Release{Cause: q931.NormalClearing})
	p.run()
	if r := p.called.released(t); r.Local || r.Cause != q931.NormalClearing || r.Reason != nil {
		t.Errorf("%+v", r)
	}
	if r := p.caller.released(t); !r.Local {
		t.Errorf("%+v", r)
	}
	want := []string{"SETUP", "CALL PROCEEDING", "PROGRESS", "ALERTING", "CONNECT", "RELEASE COMPLETE"}
	if d := cmp.Diff(want, p.names); d != "" {
		t.Error(d)
	}
	if name := p.caller.Peer().Name; name != "zoë" {
		t.Errorf("name %q", name)
	}
	p.caller.Release(Release{Cause: q931.UserBusy}) // after the end
	p.called.Answer()
	if out := p.caller.Take(); len(out) != 0 {
		t.Errorf("after the end: %v", out)
	}
}

// Each timer ends the call with its cause, at its time and not before.
func TestTimers(t *testing.T) {
	incoming := func(p *pair) { p.arrive(config(7)) }
	for name, test := range map[string]struct {
		prepare func(*pair)
		after   time.Duration
		cause   q931.CauseValue
		called  bool // whose timer it is
	}{
		"T303": {func(*pair) {}, t303, q931.NoUserResponding, false},
		"T310": {func(p *pair) { incoming(p); p.called.Proceed() }, t310, q931.RecoveryOnTimerExpiry, false},
		"T301": {func(p *pair) { incoming(p); p.called.Alert() }, t301, q931.NoAnswer, false},
		"T301 after PROGRESS": {
			func(p *pair) { incoming(p); p.called.Progress() }, t301, q931.NoAnswer, false,
		},
		"T304": {func(p *pair) {
			incoming(p)
			p.called.Collect(p.now)
			p.run()
			p.called.stop() // the called side would give up sooner
		}, t304, q931.RecoveryOnTimerExpiry, false},
		"T302": {func(p *pair) { incoming(p); p.called.Collect(p.now) }, t302, q931.InvalidNumberFormat, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, newSetup(), config(7))
			test.prepare(p)
			p.run()
			s, other := p.caller, p.called
			if test.called {
				s, other = p.called, p.caller
			}
			if at, running := s.Deadline(); !running || at != p.now.Add(test.after) {
				t.Fatalf("deadline %v, %v, want in %v", at, running, test.after)
			}
			p.pass(test.after - time.Nanosecond)
			if s.State() == q931.Null {
				t.Fatal("released too soon")
			}
			if other == nil {
				p.drop = true
			}
			p.pass(time.Nanosecond)
			if r := s.released(t); r.Cause != test.cause || !r.Local {
				t.Errorf("%+v", r)
			}
			if other != nil {
				if r := other.released(t); r.Cause != test.cause || r.Local {
					t.Errorf("other side: %+v", r)
				}
			}
		})
	}
}

func TestOverlap(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.called.Collect(p.now)
	p.run()
	if p.caller.State() != q931.OverlapSending || p.called.State() != q931.OverlapReceiving {
		t.Fatalf("%d, %d", p.caller.State(), p.called.State())
	}
	for _, digit := range []string{"4", "2", "#"} {
		p.pass(t302 - time.Second) // each digit starts the timers anew
		p.caller.Digits(digit, p.now)
		p.run()
		if d := last[Dialled](t, p.called); d.Digits != digit || d.Complete {
			t.Errorf("%+v", d)
		}
	}
	p.called.Proceed()
	p.run()
	if p.caller.State() != q931.OutgoingCallProceeding {
		t.Errorf("caller in %d", p.caller.State())
	}
	p.caller.Digits("5", p.now) // too late for the number
	p.called.Answer()
	p.run()
	p.caller.Digits("6", p.now)
	p.run()
	if k := last[Keypad](t, p.called); k.Text != "6" {
		t.Errorf("keypad %q", k.Text)
	}
	if d := last[Dialled](t, p.called); d.Digits != "#" {
		t.Errorf("dialled %q after the number", d.Digits)
	}
}

func TestTunnelling(t *testing.T) {
	off := config(7)
	off.Tunnelling = false
	for name, test := range map[string]struct {
		caller, called Config
		want           bool
	}{
		"both":       {config(7), config(7), true},
		"not caller": {off, config(7), false},
		"not called": {config(7), off, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, newSetup(), test.caller)
			p.arrive(test.called)
			p.caller.Tunnel([]byte("too soon"))
			p.caller.Flush()
			p.called.Tunnel([]byte("capabilities"))
			p.called.Flush() // waits for a first answer
			p.called.Alert()
			p.run()
			p.caller.Flush()
			p.called.Flush()
			p.run()
			for _, s := range []*side{p.caller, p.called} {
				if on, known := s.Tunnels(); on != test.want || !known && s == p.called {
					t.Errorf("tunnels %v, %v", on, known)
				}
			}
			if !test.want {
				return
			}
			if c := last[Control](t, p.caller); string(c.Messages[0]) != "capabilities" {
				t.Errorf("%q", c.Messages)
			}
			if c := last[Control](t, p.called); string(c.Messages[0]) != "too soon" {
				t.Errorf("%q", c.Messages)
			}
			if d := cmp.Diff([]string{"SETUP", "ALERTING", "FACILITY"}, p.names); d != "" {
				t.Error(d)
			}
			p.called.Tunnel([]byte("end"))
			p.called.Release(Release{Cause: q931.NormalClearing})
			p.run()
			if c := last[Control](t, p.caller); string(c.Messages[0]) != "end" {
				t.Errorf("%q", c.Messages)
			}
			p.caller.released(t)
		})
	}
}

// A gatekeeper's CALL PROCEEDING does not decide about tunnelling.
func TestProvisionalTunnelling(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	provisional := func(flag bool) *Message {
		return &Message{
			Message: &q931.Message{CallReference: 7, FromDestination: true, Type: q931.CallProceeding},
			Info: &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
				H323MessageBody: h225.MessageBody{CallProceeding: &h225.CallProceedingUUIE{ProtocolIdentifier: h225.Protocol}},
				H245Tunnelling:  &flag, ProvisionalRespToH245Tunnelling: &per.Null{},
			}},
		}
	}
	p.caller.Receive(p.wire(provisional(false)), p.now)
	if _, known := p.caller.Tunnels(); known {
		t.Error("decided")
	}
	p.arrive(config(7))
	p.called.Alert()
	p.run()
	if on, _ := p.caller.Tunnels(); !on {
		t.Error("not agreed")
	}
}

func TestFastStart(t *testing.T) {
	offer := newSetup()
	offer.FastStart = [][]byte{{1}, {2}}
	for name, test := range map[string]struct {
		act     func(*pair)
		refused bool
	}{
		"in CALL PROCEEDING": {func(p *pair) { p.called.AnswerFast([][]byte{{2}}); p.called.Proceed() }, false},
		"in ALERTING":        {func(p *pair) { p.called.AnswerFast([][]byte{{2}}); p.called.Alert() }, false},
		"in PROGRESS":        {func(p *pair) { p.called.Proceed(); p.called.AnswerFast([][]byte{{2}}); p.called.Progress() }, false},
		"in CONNECT":         {func(p *pair) { p.called.Alert(); p.called.AnswerFast([][]byte{{2}}); p.called.Answer() }, false},
		"refused":            {func(p *pair) { p.called.RefuseFast(); p.called.Alert() }, true},
		"left out":           {func(p *pair) { p.called.Answer() }, true},
		"H.245 first":        {func(p *pair) { p.called.Tunnel([]byte{9}); p.called.Alert() }, true},
		"both by the called": {func(p *pair) { p.called.AnswerFast([][]byte{{2}}); p.called.Tunnel([]byte{9}); p.called.Answer() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, offer, config(7))
			p.arrive(config(7))
			if o := last[FastStart](t, p.called); len(o.Channels) != 2 {
				t.Errorf("%v", o)
			}
			test.act(p)
			p.run()
			if test.refused {
				last[FastRefused](t, p.caller)
			} else if f := last[FastStart](t, p.caller); f.Channels[0][0] != 2 {
				t.Errorf("%v", f)
			}
			if p.caller.FastStarted() == test.refused {
				t.Error("started where it was refused")
			}
			p.called.Answer()
			p.run()
			n := 0
			for _, h := range p.caller.happened {
				if h == "FastStart" || h == "FastRefused" {
					n++
				}
			}
			if n != 1 {
				t.Errorf("told %d times: %v", n, p.caller.happened)
			}
		})
	}
}

// H.245 in the SETUP: beside fast connect in parallelH245Control, instead of it
// in h245Control.
func TestControlInSetup(t *testing.T) {
	parallel := newSetup()
	parallel.FastStart, parallel.ParallelH245Control = [][]byte{{1}}, [][]byte{{7}, {8}}
	p := newPair(t, parallel, config(7))
	p.arrive(config(7))
	if c := last[Control](t, p.called); !c.Parallel || len(c.Messages) != 2 {
		t.Errorf("%+v", c)
	}
	p.called.Tunnel([]byte{9}) // the answer, before that to fast connect
	p.called.Proceed()
	p.called.AnswerFast([][]byte{{1}})
	p.called.Answer()
	p.run()
	if !p.caller.FastStarted() || !p.called.FastStarted() {
		t.Error("no fast connect")
	}

	m := Outgoing(config(7))
	m.Dial(newSetup(), [][]byte{{7}}, nil, epoch)
	setup := m.Take()[0].(Transmit).Message
	setup.Info.H323UUPDU.H323MessageBody.Setup.FastStart = [][]byte{{1}}
	called := &side{Machine: Incoming(config(7), setup, epoch)}
	called.outputs = called.Take()
	if c := last[Control](t, called); c.Parallel || len(c.Messages) != 1 {
		t.Errorf("%+v", c)
	}
	for _, o := range called.outputs {
		if _, ok := o.(FastStart); ok {
			t.Error("fast connect in spite of h245Control")
		}
	}
}

func TestControlAddress(t *testing.T) {
	here := netip.MustParseAddrPort("[2001:db8::1]:5000")
	p := newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.called.SetControlAddress(here)
	p.called.Answer()
	p.run()
	if a := last[ControlAddress](t, p.caller); a.Addr != here || a.Now {
		t.Errorf("%+v", a)
	}
	p.caller.SetControlAddress(netip.MustParseAddrPort("192.0.2.1:1"))
	p.caller.StartControl()
	p.run()
	if a := last[ControlAddress](t, p.called); a.Addr.Port() != 1 || !a.Now {
		t.Errorf("%+v", a)
	}
}

func TestForward(t *testing.T) {
	elsewhere := netip.MustParseAddrPort("192.0.2.9:1720")
	p := newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.called.Forward([]h225.AliasAddress{{H323ID: "zoe"}}, elsewhere, false)
	p.run()
	if f := last[Forwarded](t, p.caller); f.Addr != elsewhere || f.To[0].H323ID != "zoe" || f.Gatekeeper || f.Conference != nil {
		t.Errorf("%+v", f)
	}
	p.called.Answer()
	p.run()
	before := len(p.caller.outputs)
	p.called.Forward(nil, elsewhere, false) // a call that is up is not forwarded
	p.run()
	if len(p.caller.outputs) != before {
		t.Errorf("%v", p.caller.happened)
	}
	p.called.Forward(nil, elsewhere, true)
	p.run()
	if f := last[Forwarded](t, p.caller); f.Conference == nil || *f.Conference != config(7).Conference {
		t.Errorf("%+v", f)
	}
}
