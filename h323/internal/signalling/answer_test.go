package signalling

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
	"parley/h323/q931"
)

// sent takes the one message that a machine sends.
func sent(t testing.TB, m *Machine) *Message {
	t.Helper()
	var all []*Message
	for _, o := range m.Take() {
		if t, ok := o.(Transmit); ok {
			all = append(all, t.Message)
		}
	}
	if len(all) != 1 {
		t.Fatalf("%d messages", len(all))
	}
	return all[0]
}

// full is a machine of the called side with all that its answers can carry.
func full(t testing.TB, several bool) (*Machine, Config, netip.AddrPort, []h235.ClearToken) {
	t.Helper()
	offer := newSetup()
	offer.FastStart = [][]byte{{1}}
	p := newPair(t, offer, config(7))
	cfg := config(7)
	cfg.Self = h225.EndpointType{MC: true, Terminal: &h225.TerminalInfo{}}
	cfg.MultipleCalls = several
	cfg.Features = &h225.FeatureSet{ReplacementFeatureSet: true}
	m := Incoming(cfg, p.setup, epoch)
	m.Take()
	at := netip.MustParseAddrPort("192.0.2.7:2000")
	tokens := []h235.ClearToken{{TokenOID: "0.0.8.235.0.3.43"}}
	m.SetControlAddress(at)
	m.SetTokens(tokens)
	return m, cfg, at, tokens
}

// Each answer to a SETUP says all: any may be the first that the caller gets,
// and the only one before sound is to flow.
func TestAnswersSayAll(t *testing.T) {
	for _, several := range []bool{true, false} {
		for name, test := range map[string]struct {
			act  func(*Machine)
			want func(Config, *h225.TransportAddress, []h235.ClearToken, *per.Null, [][]byte) h225.MessageBody
		}{
			"CALL PROCEEDING": {(*Machine).Proceed, func(c Config, a *h225.TransportAddress, k []h235.ClearToken, refused *per.Null, fast [][]byte) h225.MessageBody {
				return h225.MessageBody{CallProceeding: &h225.CallProceedingUUIE{
					ProtocolIdentifier: h225.Protocol, DestinationInfo: c.Self, H245Address: a, Tokens: k,
					CallIdentifier: &c.Call, FastStart: fast, FastConnectRefused: refused, FeatureSet: c.Features,
					MultipleCalls: &c.MultipleCalls, MaintainConnection: &c.MultipleCalls,
				}}
			}},
			"ALERTING": {(*Machine).Alert, func(c Config, a *h225.TransportAddress, k []h235.ClearToken, refused *per.Null, fast [][]byte) h225.MessageBody {
				return h225.MessageBody{Alerting: &h225.AlertingUUIE{
					ProtocolIdentifier: h225.Protocol, DestinationInfo: c.Self, H245Address: a, Tokens: k,
					CallIdentifier: &c.Call, FastStart: fast, FastConnectRefused: refused, FeatureSet: c.Features,
					MultipleCalls: &c.MultipleCalls, MaintainConnection: &c.MultipleCalls,
				}}
			}},
			"PROGRESS": {func(m *Machine) { m.Proceed(); m.Take(); m.Progress() }, func(c Config, a *h225.TransportAddress, k []h235.ClearToken, refused *per.Null, fast [][]byte) h225.MessageBody {
				return h225.MessageBody{Progress: &h225.ProgressUUIE{
					ProtocolIdentifier: h225.Protocol, DestinationInfo: c.Self, H245Address: a, Tokens: k,
					CallIdentifier: c.Call, FastStart: fast, FastConnectRefused: refused,
					MultipleCalls: &c.MultipleCalls, MaintainConnection: &c.MultipleCalls,
				}}
			}},
			"CONNECT": {(*Machine).Answer, func(c Config, a *h225.TransportAddress, k []h235.ClearToken, refused *per.Null, fast [][]byte) h225.MessageBody {
				return h225.MessageBody{Connect: &h225.ConnectUUIE{
					ProtocolIdentifier: h225.Protocol, DestinationInfo: c.Self, H245Address: a, Tokens: k,
					ConferenceID: c.Conference, CallIdentifier: &c.Call, FastStart: fast, FastConnectRefused: refused,
					FeatureSet: c.Features, MultipleCalls: &c.MultipleCalls, MaintainConnection: &c.MultipleCalls,
				}}
			}},
		} {
			for _, fast := range [][][]byte{{{2}}, nil} {
				m, cfg, at, tokens := full(t, several)
				refused := &per.Null{}
				if fast != nil {
					m.AnswerFast(fast)
					refused = nil
				} else {
					m.RefuseFast()
				}
				test.act(m)
				got := sent(t, m).Info.H323UUPDU
				if got.H245Tunnelling == nil || !*got.H245Tunnelling {
					t.Errorf("%s: tunnelling %v", name, got.H245Tunnelling)
				}
				address := h225.TransportAddressOf(at)
				if d := cmp.Diff(test.want(cfg, &address, tokens, refused, fast), got.H323MessageBody); d != "" {
					t.Errorf("%s, several calls %v: %s", name, several, d)
				}
			}
		}
	}
}

// Where nothing is opened before the answer, CONNECT alone has tokens.
func TestTokensOfTheAnswer(t *testing.T) {
	m, _, _, tokens := full(t, false)
	m.SetControlAddress(netip.AddrPort{})
	m.RefuseFast()
	m.Proceed()
	if got := sent(t, m).Info.H323UUPDU.H323MessageBody.CallProceeding.Tokens; got != nil {
		t.Errorf("CALL PROCEEDING: %v", got)
	}
	m.Alert()
	if got := sent(t, m).Info.H323UUPDU.H323MessageBody.Alerting.Tokens; got != nil {
		t.Errorf("ALERTING: %v", got)
	}
	m.Answer()
	if got := sent(t, m).Info.H323UUPDU.H323MessageBody.Connect.Tokens; len(got) != len(tokens) {
		t.Errorf("CONNECT: %v", got)
	}
}

// Fast connect that is refused stays so in each answer: a gatekeeper may have
// kept the first to itself.
func TestRefusalStays(t *testing.T) {
	m, _, _, _ := full(t, false)
	m.RefuseFast()
	m.AnswerFast([][]byte{{2}}) // too late
	m.Proceed()
	if c := sent(t, m).Info.H323UUPDU.H323MessageBody.CallProceeding; c.FastConnectRefused == nil || c.FastStart != nil {
		t.Errorf("%+v", c)
	}
	m.Alert()
	if a := sent(t, m).Info.H323UUPDU.H323MessageBody.Alerting; a.FastConnectRefused == nil {
		t.Error("not refused any more")
	}
	if m.FastStarted() || m.FastPending() {
		t.Error("fast connect that was refused")
	}
}

// Fast connect that nobody proposed is neither answered nor refused, and is not
// the caller's own to answer.
func TestNoFastConnect(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	m := Incoming(config(7), p.setup, epoch)
	for _, o := range m.Take() {
		if _, ok := o.(FastStart); ok {
			t.Error("fast connect of a SETUP without")
		}
	}
	m.AnswerFast([][]byte{{2}})
	m.RefuseFast()
	m.Answer()
	if c := sent(t, m).Info.H323UUPDU.H323MessageBody.Connect; c.FastStart != nil || c.FastConnectRefused != nil {
		t.Errorf("%+v", c)
	}

	offer := newSetup()
	offer.FastStart = [][]byte{{1}}
	caller := Outgoing(config(7))
	caller.Dial(offer, nil, nil, epoch)
	caller.AnswerFast([][]byte{{1}})
	if caller.FastStarted() || !caller.FastPending() {
		t.Error("the caller answered itself")
	}
	caller.RefuseFast()
	if !caller.FastPending() {
		t.Error("the caller refused itself")
	}
	offer = newSetup()
	offer.FastStart, offer.ParallelH245Control = [][]byte{{1}}, [][]byte{{2}}
	caller = Outgoing(config(7))
	caller.Dial(offer, nil, nil, epoch)
	if caller.FastPending() {
		t.Error("H.245 that began in parallel would end fast connect")
	}
}

// The SETUP names the call and its conference, and offers to tunnel.
func TestSetupNamesCall(t *testing.T) {
	cfg := config(7)
	m := Outgoing(cfg)
	m.Dial(newSetup(), nil, nil, epoch)
	pdu := sent(t, m).Info.H323UUPDU
	s := pdu.H323MessageBody.Setup
	if s.CallIdentifier == nil || s.CallIdentifier.GUID != cfg.Call.GUID || s.ConferenceID != cfg.Conference || s.ProtocolIdentifier != h225.Protocol {
		t.Errorf("%+v", s)
	}
	if pdu.H245Tunnelling == nil || !*pdu.H245Tunnelling || pdu.H245Control != nil {
		t.Errorf("%+v", pdu)
	}
	if m.FastPending() {
		t.Error("fast connect that was not proposed")
	}
	m.Dial(newSetup(), nil, nil, epoch) // again
	if all := m.Take(); len(all) != 0 {
		t.Errorf("called twice: %v", all)
	}
	for name, other := range map[string]*Machine{
		"ended":  {cfg: cfg, outgoing: true, ended: true},
		"called": {cfg: cfg},
	} {
		other.Dial(newSetup(), nil, nil, epoch)
		if all := other.Take(); len(all) != 0 {
			t.Errorf("%s: %v", name, all)
		}
	}
}

// The conference of an incoming call may be found after its SETUP.
func TestSetConference(t *testing.T) {
	m, _, _, _ := full(t, false)
	m.SetConference(h225.ConferenceIdentifier{9})
	m.Answer()
	if c := sent(t, m).Info.H323UUPDU.H323MessageBody.Connect; c.ConferenceID != (h225.ConferenceIdentifier{9}) {
		t.Errorf("conference %v", c.ConferenceID)
	}
}

// PROGRESS is not the first answer, and says that there are tones.
func TestProgressElements(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.names = nil
	p.called.Progress()
	p.run()
	if d := cmp.Diff([]string{"CALL PROCEEDING", "PROGRESS"}, p.names); d != "" {
		t.Error(d)
	}
	if g := last[Progressing](t, p.caller); !g.Inband {
		t.Error("no tones")
	}
	m, _, _, _ := full(t, false)
	m.Proceed()
	m.Take()
	m.Progress()
	var i q931.ProgressIndicator
	data, _ := sent(t, m).Find(q931.ProgressIndicatorID)
	if err := i.Unmarshal(data); err != nil || i.Location != q931.User || i.Description != q931.InbandInformation {
		t.Errorf("%+v, %v", i, err)
	}
}

// What belongs to one side or to a time of the call is not done at another.
func TestOutOfPlace(t *testing.T) {
	dialled := func() *Machine {
		m := Outgoing(config(7))
		m.Dial(newSetup(), nil, nil, epoch)
		m.SetControlAddress(netip.MustParseAddrPort("192.0.2.7:2000"))
		m.Take()
		return m
	}
	arrived := func() *Machine {
		m, _, _, _ := full(t, false)
		return m
	}
	idle := func() *Machine {
		m := Outgoing(config(7))
		m.SetControlAddress(netip.MustParseAddrPort("192.0.2.7:2000"))
		return m
	}
	ended := func() *Machine {
		m := arrived()
		m.Answer()
		m.Service([]byte{1})
		m.Lost(Release{Cause: q931.TemporaryFailure})
		m.Take()
		m.Service([]byte{1})
		return m
	}
	for name, all := range map[string]struct {
		act func(*Machine)
		of  []func() *Machine
	}{
		"Proceed":      {(*Machine).Proceed, []func() *Machine{dialled, idle, ended}},
		"Collect":      {func(m *Machine) { m.Collect(epoch) }, []func() *Machine{dialled, idle, ended}},
		"Alert":        {(*Machine).Alert, []func() *Machine{dialled, idle, ended}},
		"Progress":     {(*Machine).Progress, []func() *Machine{dialled, idle, ended}},
		"Answer":       {(*Machine).Answer, []func() *Machine{dialled, idle, ended}},
		"Digits":       {func(m *Machine) { m.Digits("1", epoch) }, []func() *Machine{dialled, arrived, idle, ended}},
		"Forward":      {func(m *Machine) { m.Forward(nil, netip.AddrPort{}, false) }, []func() *Machine{idle, ended}},
		"StartControl": {(*Machine).StartControl, []func() *Machine{idle, ended}},
		"Enquire":      {(*Machine).Enquire, []func() *Machine{idle, ended}},
		"Flush": {func(m *Machine) { m.Service([]byte{1}); m.Flush() },
			[]func() *Machine{dialled, arrived, idle, ended}},
		"Release": {func(m *Machine) { m.Release(Release{}) }, []func() *Machine{ended}},
		"Lost":    {func(m *Machine) { m.Lost(Release{}) }, []func() *Machine{ended}},
		"Receive": {func(m *Machine) { m.Receive(bare(q931.StatusEnquiry), epoch) }, []func() *Machine{idle, ended}},
	} {
		for i, of := range all.of {
			m := of()
			state := m.State()
			all.act(m)
			if out := m.Take(); len(out) != 0 || m.State() != state {
				t.Errorf("%s, machine %d: %T, state %d after %d", name, i, out[0], m.State(), state)
			}
		}
	}
	again := arrived()
	again.Collect(epoch)
	again.Take()
	again.Collect(epoch)
	if out := again.Take(); len(out) != 0 {
		t.Errorf("SETUP ACKNOWLEDGE twice: %v", out)
	}
}

// Without an address there is none to connect to.
func TestControlAddressTaken(t *testing.T) {
	m, _, _, _ := full(t, false)
	m.SetControlAddress(netip.AddrPort{})
	m.StartControl()
	if out := m.Take(); len(out) != 0 {
		t.Errorf("%v", out)
	}
	m.Answer()
	if c := sent(t, m).Info.H323UUPDU.H323MessageBody.Connect; c.H245Address != nil {
		t.Errorf("%v", c.H245Address)
	}
}

// RELEASE COMPLETE has the cause, and the reason of H.225.0 table 5 but for a
// normal end. A connection that is gone carries none.
func TestReleaseReason(t *testing.T) {
	for cause, want := range map[q931.CauseValue]*h225.ReleaseCompleteReason{
		q931.NormalClearing: nil,
		q931.UserBusy:       {InConf: &per.Null{}},
		q931.CallRejected:   {DestinationRejection: &per.Null{}},
	} {
		p := up(t)
		p.called.Release(Release{Cause: cause})
		m := sent(t, p.called.Machine)
		body := m.Info.H323UUPDU.H323MessageBody.ReleaseComplete
		c, _ := m.Cause()
		if d := cmp.Diff(want, body.Reason); d != "" || c.Value != cause {
			t.Errorf("%v: %v, %s", cause, c, d)
		}
		if body.CallIdentifier == nil || body.CallIdentifier.GUID != config(7).Call.GUID {
			t.Errorf("call %v", body.CallIdentifier)
		}
	}
	p := up(t)
	told := &h225.ReleaseCompleteReason{SecurityDenied: &per.Null{}}
	p.called.Release(Release{Cause: q931.UserBusy, Reason: told})
	if got := sent(t, p.called.Machine).Info.H323UUPDU.H323MessageBody.ReleaseComplete.Reason; got != told {
		t.Errorf("%+v", got)
	}
	p = up(t)
	p.caller.Lost(Release{Cause: q931.TemporaryFailure, Text: "gone"})
	p.run()
	if r := p.caller.released(t); r.Local || r.Cause != q931.TemporaryFailure || r.Text != "gone" {
		t.Errorf("%+v", r)
	}
	if len(p.names) != 0 {
		t.Errorf("sent %v", p.names)
	}
	idle := Outgoing(config(7))
	idle.Release(Release{Cause: q931.NormalClearing})
	if out := idle.Take(); len(out) != 1 {
		t.Errorf("release of a call that was not begun: %v", out)
	}
}

// A stray message is answered under its reference, with the call it names and
// nothing to tunnel.
func TestRefuseSaysWhere(t *testing.T) {
	to := []h225.AliasAddress{{H323ID: "zoe"}}
	all := Refuse(config(7), false, to, Release{Cause: q931.CallRejected})
	f := all[0].Info.H323UUPDU.H323MessageBody.Facility
	if f.Reason.CallForwarded == nil || len(f.AlternativeAliasAddress) != 1 || f.AlternativeAliasAddress[0].H323ID != "zoe" {
		t.Errorf("%+v", f)
	}
	r := all[1].Info.H323UUPDU.H323MessageBody.ReleaseComplete
	if r.Reason == nil || r.Reason.FacilityCallDeflection == nil || r.CallIdentifier.GUID != config(7).Call.GUID {
		t.Errorf("%+v", r)
	}
	for _, m := range all {
		if pdu := m.Info.H323UUPDU; m.CallReference != 7 || pdu.H245Tunnelling == nil || *pdu.H245Tunnelling {
			t.Errorf("reference %d, tunnelling %v", m.CallReference, pdu.H245Tunnelling)
		}
	}
	if all := Refuse(config(7), true, nil, Release{Cause: q931.InvalidCallReference}); all[0].FromDestination {
		t.Error("the answer to a called side is from the called side")
	}
}

// Digits of overlap sending are a called party number, in a call they are
// keypad; there are no more than an element takes.
func TestDigitElements(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.called.Collect(p.now)
	p.run()
	p.caller.Digits("", p.now)
	p.caller.Digits(strings.Repeat("1", maxDigits+1), p.now)
	if out := p.caller.Take(); len(out) != 0 {
		t.Errorf("%v", out)
	}
	p.caller.Digits(strings.Repeat("1", maxDigits), p.now)
	m := sent(t, p.caller.Machine)
	var n q931.PartyNumber
	data, _ := m.Find(q931.CalledPartyNumber)
	if err := n.Unmarshal(data); err != nil || len(n.Digits) != maxDigits || n.Plan != q931.E164 {
		t.Errorf("%+v, %v", n, err)
	}
	if at, ok := p.caller.Deadline(); !ok || at != p.now.Add(t304) {
		t.Errorf("%v, %v", at, ok)
	}
	if i := m.Info.H323UUPDU.H323MessageBody.Information; i.CallIdentifier == nil || i.CallIdentifier.GUID != config(7).Call.GUID {
		t.Errorf("%+v", i)
	}

	// The called side takes as many in all, and no more.
	p.called.Receive(p.wire(m), p.now)
	p.run()
	if d := last[Dialled](t, p.called); len(d.Digits) != maxDigits {
		t.Errorf("%+v", d)
	}
	if at, ok := p.called.Deadline(); !ok || at != p.now.Add(t302) {
		t.Errorf("%v, %v", at, ok)
	}
	p.caller.Digits("2", p.now)
	p.run()
	if r := p.called.released(t); r.Cause != q931.InvalidNumberFormat || !r.Local {
		t.Errorf("%+v", r)
	}
}
