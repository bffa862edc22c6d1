package signalling

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// up returns a call that is answered.
func up(t testing.TB) *pair {
	p := newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.called.Answer()
	p.run()
	p.names = nil
	return p
}

func bare(mt q931.MessageType, elements ...q931.Element) *Message {
	return &Message{Message: &q931.Message{CallReference: 7, FromDestination: true, Type: mt, Elements: elements}}
}

// answers returns what the caller sends when it gets a message.
func answers(p *pair, m *Message) []*Message {
	p.caller.Receive(m, p.now)
	var all []*Message
	for _, o := range p.caller.Take() {
		if t, ok := o.(Transmit); ok {
			all = append(all, t.Message)
			continue
		}
		p.caller.outputs = append(p.caller.outputs, o)
	}
	return all
}

func TestStatusEnquiry(t *testing.T) {
	p := up(t)
	p.called.Enquire()
	p.run()
	if d := cmp.Diff([]string{"STATUS ENQUIRY", "STATUS"}, p.names); d != "" {
		t.Error(d)
	}
	all := answers(p, bare(q931.StatusEnquiry))
	var s q931.CallState
	data, _ := all[0].Find(q931.CallStateID)
	cause, _ := all[0].Cause()
	if err := s.Unmarshal(data); err != nil || s.State != q931.Active || cause.Value != q931.ResponseToStatusEnquiry {
		t.Errorf("%v, %v, %v", s, cause, err)
	}
}

// What is not understood is answered with STATUS, what is only not wanted with
// nothing; neither ends the call.
func TestUnexpected(t *testing.T) {
	for mt, want := range map[q931.MessageType]q931.CauseValue{
		q931.MessageType(0x33):  q931.MessageTypeNonexistent,
		q931.Suspend:            q931.MessageTypeNonexistent,
		q931.Setup:              0,
		q931.ConnectAcknowledge: 0,
		q931.CallProceeding:     0,
		q931.Alerting:           0,
		q931.SetupAcknowledge:   0,
		q931.Notify:             0,
		q931.Facility:           0,
	} {
		p := up(t)
		all := answers(p, bare(mt))
		if p.caller.State() != q931.Active {
			t.Errorf("%v: state %d", mt, p.caller.State())
		}
		if want == 0 {
			if len(all) != 0 {
				t.Errorf("%v answered with %v", mt, all[0].Type)
			}
			continue
		}
		if len(all) != 1 || all[0].Type != q931.Status {
			t.Errorf("%v: %v", mt, all)
			continue
		}
		if c, _ := all[0].Cause(); c.Value != want || len(c.Diagnostics) != 1 || c.Diagnostics[0] != byte(mt) {
			t.Errorf("%v: %+v", mt, c)
		}
	}
}

// Some endpoints flood STATUS after NOTIFY, with states of their own making.
func TestStatusFlood(t *testing.T) {
	p := up(t)
	status := func(state q931.State, cause q931.CauseValue) *Message {
		return bare(q931.Status,
			q931.Element{ID: q931.CauseID, Data: q931.Cause{Value: cause}.Append(nil)},
			q931.Element{ID: q931.CallStateID, Data: q931.CallState{State: state}.Append(nil)})
	}
	for _, m := range []*Message{
		status(q931.CallInitiated, q931.MessageTypeNonexistent), status(q931.Null, q931.MessageTypeNonexistent),
		status(q931.Active, q931.ResponseToStatusEnquiry), bare(q931.Status),
	} {
		if all := answers(p, m); len(all) != 0 || p.caller.State() != q931.Active {
			t.Fatalf("%v, state %d", all, p.caller.State())
		}
	}
	answers(p, status(q931.Null, q931.InvalidCallReference))
	if r := p.caller.released(t); r.Cause != q931.InvalidCallReference || r.Local {
		t.Errorf("%+v", r)
	}
}

func TestReleaseCause(t *testing.T) {
	cause := func(v q931.CauseValue) q931.Element {
		return q931.Element{ID: q931.CauseID, Data: q931.Cause{Value: v}.Append(nil)}
	}
	busy := &h225.ReleaseCompleteReason{InConf: &per.Null{}}
	for name, test := range map[string]struct {
		message *Message
		reason  *h225.ReleaseCompleteReason
		want    q931.CauseValue
	}{
		"cause":                {bare(q931.ReleaseComplete, cause(q931.UserBusy)), nil, q931.UserBusy},
		"reason":               {bare(q931.ReleaseComplete), busy, q931.UserBusy},
		"cause before reason":  {bare(q931.ReleaseComplete, cause(q931.NormalClearing)), busy, q931.NormalClearing},
		"neither":              {bare(q931.ReleaseComplete), nil, q931.NormalUnspecified},
		"RELEASE of a gateway": {bare(q931.Release, cause(q931.CallRejected)), nil, q931.CallRejected},
		"DISCONNECT":           {bare(q931.Disconnect), nil, q931.NormalClearing},
	} {
		p := up(t)
		if test.reason != nil {
			test.message.Info = &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{
				ReleaseComplete: &h225.ReleaseCompleteUUIE{ProtocolIdentifier: h225.Protocol, Reason: test.reason},
			}}}
		}
		answers(p, test.message)
		if r := p.caller.released(t); r.Cause != test.want {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A message of another call under the same reference is not ours.
func TestCallIdentifier(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	connect := func(id byte) *Message {
		m := bare(q931.Connect)
		m.Info = &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{
			Connect: &h225.ConnectUUIE{
				ProtocolIdentifier: h225.Protocol,
				CallIdentifier:     &h225.CallIdentifier{GUID: h225.GloballyUniqueID{id}},
			},
		}}}
		return m
	}
	all := answers(p, connect(99))
	if len(all) != 1 || all[0].Type != q931.Status || p.caller.State() != q931.CallInitiated {
		t.Errorf("%v, state %d", all, p.caller.State())
	}
	if all := answers(p, connect(0)); len(all) != 0 || p.caller.State() != q931.Active {
		t.Errorf("%v, state %d", all, p.caller.State())
	}
}

func TestServices(t *testing.T) {
	p := up(t)
	p.caller.Service([]byte{1, 2})
	p.caller.Flush()
	p.run()
	if s := last[Services](t, p.called); len(s.APDUs) != 1 || s.APDUs[0][1] != 2 {
		t.Errorf("%v", s)
	}
	if d := cmp.Diff([]string{"FACILITY"}, p.names); d != "" {
		t.Error(d)
	}
}

// What waits for a peer that never answers does not grow.
func TestWaitingIsBounded(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	for range 10 * maxWaiting {
		p.caller.Tunnel([]byte{1})
		p.caller.Service([]byte{1})
	}
	if len(p.caller.control) > maxWaiting || len(p.caller.services) > maxWaiting {
		t.Errorf("%d, %d", len(p.caller.control), len(p.caller.services))
	}
}

func TestRefuse(t *testing.T) {
	for _, test := range []struct {
		to   []h225.AliasAddress
		want []q931.MessageType
	}{
		{nil, []q931.MessageType{q931.ReleaseComplete}},
		{[]h225.AliasAddress{{H323ID: "zoe"}}, []q931.MessageType{q931.Facility, q931.ReleaseComplete}},
	} {
		all := Refuse(config(7), false, test.to, Release{Cause: q931.CallRejected})
		var got []q931.MessageType
		for _, m := range all {
			got = append(got, m.Type)
			if !m.FromDestination {
				t.Error("not from the destination")
			}
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Error(d)
		}
	}
}

func TestDisplayText(t *testing.T) {
	long := "ääääääääääääääääääääääääääääääääääääääääääääää" // 2 octets each
	if got := DisplayText(long); len(got) > 82 || len(got) < 80 || string(got) != long[:len(got)] {
		t.Errorf("%d octets: %s", len(got), got)
	}
	if got := Clip("a\x00b\nc\x7f "); got != "abc" {
		t.Errorf("%q", got)
	}
}
