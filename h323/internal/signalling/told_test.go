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

// with returns a message of the called side with a body.
func with(mt q931.MessageType, body h225.MessageBody, elements ...q931.Element) *Message {
	m := bare(mt, elements...)
	m.Info = &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: body}}
	return m
}

func connect(change func(*h225.ConnectUUIE)) *Message {
	c := &h225.ConnectUUIE{ProtocolIdentifier: h225.Protocol}
	if change != nil {
		change(c)
	}
	return with(q931.Connect, h225.MessageBody{Connect: c})
}

// outputs gives the caller a message and returns what happened.
func outputs(p *pair, m *Message) []Output {
	before := len(p.caller.outputs)
	answers(p, m)
	return p.caller.outputs[before:]
}

// Tokens of each answer, and of FACILITY, reach the caller before fast connect.
func TestTokensOfAnswers(t *testing.T) {
	tokens := []h235.ClearToken{{TokenOID: "0.0.8.235.0.3.43"}}
	fast := [][]byte{{1}}
	for name, m := range map[string]*Message{
		"CALL PROCEEDING": with(q931.CallProceeding, h225.MessageBody{CallProceeding: &h225.CallProceedingUUIE{Tokens: tokens, FastStart: fast}}),
		"ALERTING":        with(q931.Alerting, h225.MessageBody{Alerting: &h225.AlertingUUIE{Tokens: tokens, FastStart: fast}}),
		"PROGRESS":        with(q931.Progress, h225.MessageBody{Progress: &h225.ProgressUUIE{Tokens: tokens, FastStart: fast}}),
		"CONNECT":         with(q931.Connect, h225.MessageBody{Connect: &h225.ConnectUUIE{Tokens: tokens, FastStart: fast}}),
		"FACILITY":        with(q931.Facility, h225.MessageBody{Facility: &h225.FacilityUUIE{Tokens: tokens, FastStart: fast}}),
	} {
		offer := newSetup()
		offer.FastStart = fast
		p := newPair(t, offer, config(7))
		var order []string
		for _, o := range outputs(p, m) {
			switch o := o.(type) {
			case Tokens:
				order = append(order, "tokens")
				if d := cmp.Diff(tokens, o.List); d != "" {
					t.Errorf("%s: %s", name, d)
				}
			case FastStart:
				order = append(order, "fast connect")
			}
		}
		if d := cmp.Diff([]string{"tokens", "fast connect"}, order); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	p := newPair(t, newSetup(), config(7))
	for _, o := range outputs(p, connect(nil)) {
		if _, ok := o.(Tokens); ok {
			t.Error("tokens of an answer without")
		}
	}
	// The caller's come in its SETUP, which is read elsewhere.
	p = newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	m := with(q931.Facility, h225.MessageBody{Facility: &h225.FacilityUUIE{Tokens: tokens}})
	p.called.Receive(m, p.now)
	for _, o := range p.called.Take() {
		if _, ok := o.(Tokens); ok {
			t.Error("tokens of a caller")
		}
	}
}

// What the called side says of tunnelling, the caller takes once (H.323 clause
// 8.2.1).
func TestTunnellingDecided(t *testing.T) {
	on, off := true, false
	flag := func(m *Message, f *bool) *Message {
		m.Info.H323UUPDU.H245Tunnelling = f
		return m
	}
	proceeding := func(f *bool) *Message {
		return flag(with(q931.CallProceeding, h225.MessageBody{CallProceeding: &h225.CallProceedingUUIE{}}), f)
	}
	plain := config(7)
	plain.Tunnelling = false
	for name, test := range map[string]struct {
		caller    Config
		messages  []*Message
		on, known bool
	}{
		"agreed":                      {config(7), []*Message{proceeding(&on)}, true, true},
		"declined":                    {config(7), []*Message{proceeding(&off)}, false, true},
		"not told yet":                {config(7), []*Message{proceeding(nil)}, false, false},
		"CONNECT of version 1":        {config(7), []*Message{connect(nil)}, false, true},
		"agreed, CONNECT without":     {config(7), []*Message{proceeding(&on), connect(nil)}, true, true},
		"agreed, then declined":       {config(7), []*Message{proceeding(&on), flag(connect(nil), &off)}, false, true},
		"declined stays":              {config(7), []*Message{proceeding(&off), flag(connect(nil), &on)}, false, true},
		"not ours to agree to":        {plain, []*Message{proceeding(&on)}, false, false},
		"not ours, and CONNECT later": {plain, []*Message{proceeding(&on), flag(connect(nil), &on)}, false, true},
	} {
		p := newPair(t, newSetup(), test.caller)
		var told []bool
		for _, m := range test.messages {
			for _, o := range outputs(p, m) {
				if o, ok := o.(Tunnelling); ok {
					told = append(told, o.On)
				}
			}
		}
		if on, known := p.caller.Tunnels(); on != test.on || known != test.known {
			t.Errorf("%s: %v, %v", name, on, known)
		}
		if known := len(told) > 0; known != test.known || known && told[len(told)-1] != test.on {
			t.Errorf("%s: told %v", name, told)
		}
	}
	// RELEASE COMPLETE without the flag does not take back what was agreed: the
	// end of session rides in it.
	p := newPair(t, newSetup(), config(7))
	answers(p, proceeding(&on))
	end := flag(with(q931.ReleaseComplete, h225.MessageBody{ReleaseComplete: &h225.ReleaseCompleteUUIE{}}), &off)
	end.Info.H323UUPDU.H245Control = [][]byte{{9}}
	end.Info.H323UUPDU.H4501SupplementaryService = [][]byte{{8}}
	answers(p, end)
	if c := last[Control](t, p.caller); c.Messages[0][0] != 9 {
		t.Errorf("%v", c)
	}
	if s := last[Services](t, p.caller); s.APDUs[0][0] != 8 {
		t.Errorf("%v", s)
	}
	p.caller.released(t)

	// The called side's mind is made up by the SETUP.
	p = newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	if on := last[Tunnelling](t, p.called); !on.On {
		t.Error("not told that it tunnels")
	}
	p.called.Receive(flag(with(q931.Facility, h225.MessageBody{Facility: &h225.FacilityUUIE{}}), &off), p.now)
	if on, _ := p.called.Tunnels(); !on {
		t.Error("the caller's later flag counts")
	}
	// H.245 that nobody agreed to tunnel is not taken.
	p = newPair(t, newSetup(), plain)
	p.arrive(config(7))
	if on := last[Tunnelling](t, p.called); on.On {
		t.Error("told that it tunnels")
	}
	stray := with(q931.Facility, h225.MessageBody{Empty: &per.Null{}})
	stray.Info.H323UUPDU.H245Control = [][]byte{{9}}
	p.called.Receive(stray, p.now)
	if out := p.called.Take(); len(out) != 0 {
		t.Errorf("%v", out)
	}
}

// Who the peer is, by the message that says it best.
func TestPeer(t *testing.T) {
	display := func(s string) q931.Element { return q931.Element{ID: q931.DisplayID, Data: []byte(s)} }
	number := func(p q931.Presentation) q931.Element {
		return q931.Element{ID: q931.CallingPartyNumber, Data: q931.PartyNumber{
			Plan: q931.E164, Indicators: 1, Presentation: p, Digits: "4711",
		}.Append(nil)}
	}
	vendor := h225.EndpointType{Vendor: &h225.VendorIdentifier{ProductID: []byte("Thing\x00"), VersionID: []byte("2.1\x00")}}
	setup := func(change func(*h225.SetupUUIE), elements ...q931.Element) *Message {
		s := newSetup()
		s.ProtocolIdentifier = "0.0.8.2250.0.4"
		s.SourceInfo = vendor
		if change != nil {
			change(s)
		}
		m := with(q931.Setup, h225.MessageBody{Setup: s}, elements...)
		m.FromDestination = false
		return m
	}
	source := func(all ...h225.AliasAddress) func(*h225.SetupUUIE) {
		return func(s *h225.SetupUUIE) { s.SourceAddress = all }
	}
	for name, test := range map[string]struct {
		setup *Message
		want  string
	}{
		"display":               {setup(source(h225.AliasAddress{H323ID: "alias"}), display("shown")), "shown"},
		"empty display":         {setup(source(h225.AliasAddress{H323ID: "alias"}), display(" \x01")), "alias"},
		"name before number":    {setup(source(h225.AliasAddress{DialledDigits: "1"}, h225.AliasAddress{H323ID: "alias"})), "alias"},
		"first number":          {setup(source(h225.AliasAddress{DialledDigits: "1"}, h225.AliasAddress{DialledDigits: "2"})), "1"},
		"URL before number":     {setup(source(h225.AliasAddress{DialledDigits: "1"}, h225.AliasAddress{URLID: "h323:a"})), "h323:a"},
		"e-mail before number":  {setup(source(h225.AliasAddress{DialledDigits: "1"}, h225.AliasAddress{EmailID: "a@b"})), "a@b"},
		"URL, then number":      {setup(source(h225.AliasAddress{URLID: "h323:a"}, h225.AliasAddress{DialledDigits: "1"})), "h323:a"},
		"calling number":        {setup(nil, number(q931.Allowed)), "4711"},
		"alias before number":   {setup(source(h225.AliasAddress{H323ID: "alias"}), number(q931.Allowed)), "alias"},
		"number to be withheld": {setup(nil, number(q931.Restricted)), ""},
		"none":                  {setup(nil), ""},
	} {
		m := Incoming(config(7), test.setup, epoch)
		want := Peer{Name: test.want, Vendor: "Thing 2.1", Version: 4}
		if d := cmp.Diff(want, m.Peer()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		told := 0
		for _, o := range m.Take() {
			if _, ok := o.(Identified); ok {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%s: told %d times", name, told)
		}
	}

	p := newPair(t, newSetup(), config(7))
	named := func(mt q931.MessageType, body h225.MessageBody, text string) *Message {
		return with(mt, body, display(text))
	}
	for i, step := range []struct {
		message *Message
		want    Peer
		told    bool
	}{
		{named(q931.CallProceeding, h225.MessageBody{CallProceeding: &h225.CallProceedingUUIE{ProtocolIdentifier: "0.0.8.2250.0.2", DestinationInfo: vendor}}, "to read"), Peer{Vendor: "Thing 2.1", Version: 2}, true},
		{with(q931.Alerting, h225.MessageBody{Alerting: &h225.AlertingUUIE{AlertingAddress: []h225.AliasAddress{{H323ID: "bell"}}}}), Peer{"bell", "Thing 2.1", 2}, true},
		{with(q931.Facility, h225.MessageBody{Facility: &h225.FacilityUUIE{ProtocolIdentifier: "0.0.8.2250.0.2"}}), Peer{"bell", "Thing 2.1", 2}, false},
		{connect(func(c *h225.ConnectUUIE) { c.ConnectedAddress = []h225.AliasAddress{{H323ID: "answer"}} }), Peer{"answer", "Thing 2.1", 7}, true},
		{with(q931.Information, h225.MessageBody{Information: &h225.InformationUUIE{ProtocolIdentifier: h225.Protocol}}, display("to read")), Peer{"answer", "Thing 2.1", 7}, false},
	} {
		told := false
		for _, o := range outputs(p, step.message) {
			_, is := o.(Identified)
			told = told || is
		}
		if d := cmp.Diff(step.want, p.caller.Peer()); d != "" || told != step.told {
			t.Errorf("step %d: told %v, %s", i, told, d)
		}
	}
}

// Features of the last answer that has some.
func TestFeatures(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	some := &h225.FeatureSet{ReplacementFeatureSet: true}
	answers(p, with(q931.CallProceeding, h225.MessageBody{CallProceeding: &h225.CallProceedingUUIE{FeatureSet: some}}))
	answers(p, connect(nil))
	if p.caller.Features() != some {
		t.Errorf("%+v", p.caller.Features())
	}
}

// Text for the user, in a call that is up and bounded.
func TestNotified(t *testing.T) {
	display := func(s string) q931.Element { return q931.Element{ID: q931.DisplayID, Data: []byte(s)} }
	long := strings.Repeat("ä", maxName)
	for name, test := range map[string]struct {
		message *Message
		want    []Output
	}{
		"NOTIFY":             {bare(q931.Notify, display("held\x07")), []Output{Notified{"held"}}},
		"NOTIFY of nothing":  {bare(q931.Notify), []Output{Notified{""}}},
		"NOTIFY of another":  {with(q931.Notify, h225.MessageBody{Notify: &h225.NotifyUUIE{ConnectedAddress: []h225.AliasAddress{{H323ID: "bob"}}}}), []Output{Notified{"bob"}}},
		"INFORMATION":        {bare(q931.Information, display("text")), []Output{Notified{"text"}}},
		"INFORMATION, empty": {bare(q931.Information), nil},
		"long":               {bare(q931.Information, display(long)), []Output{Notified{long[:maxName]}}},
		"keypad":             {bare(q931.Information, q931.Element{ID: q931.KeypadFacilityID, Data: []byte("5")}), []Output{Keypad{"5"}}},
	} {
		p := up(t)
		if d := cmp.Diff(test.want, append([]Output(nil), outputs(p, test.message)...)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	p := newPair(t, newSetup(), config(7))
	for _, e := range []q931.Element{display("text"), {ID: q931.KeypadFacilityID, Data: []byte("5")}} {
		if got := outputs(p, bare(q931.Information, e)); len(got) != 0 {
			t.Errorf("before the answer: %v", got)
		}
	}
}

// A number that is complete needs no more digits, and no digits are no news.
func TestSendingComplete(t *testing.T) {
	p := newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.called.Collect(p.now)
	p.run()
	last[MoreDigits](t, p.caller)
	p.called.Receive(bare(q931.Information), p.now.Add(1))
	if out := p.called.Take(); len(out) != 0 {
		t.Errorf("%v", out)
	}
	if at, _ := p.called.Deadline(); at != p.now.Add(t302) {
		t.Error("nothing new waits anew")
	}
	p.called.Receive(bare(q931.Information, q931.Element{ID: q931.SendingComplete}), p.now)
	if d := cmp.Diff([]Output{Dialled{"", true}}, p.called.Take()); d != "" {
		t.Error(d)
	}
}

// The caller hears of each step once, and of none that its side cannot take.
func TestStepsTold(t *testing.T) {
	inband := func(d q931.ProgressDescription) *Message {
		return bare(q931.Progress, q931.Element{ID: q931.ProgressIndicatorID, Data: q931.ProgressIndicator{Description: d}.Append(nil)})
	}
	p := newPair(t, newSetup(), config(7))
	for i, step := range []struct {
		message *Message
		want    []Output
		state   q931.State
	}{
		{inband(q931.InbandInformation), []Output{Progressing{true}}, q931.OutgoingCallProceeding},
		{inband(q931.NotEndToEndISDN), []Output{Progressing{true}}, q931.OutgoingCallProceeding},
		{inband(q931.DestinationNotISDN), []Output{Progressing{false}}, q931.OutgoingCallProceeding},
		{bare(q931.Progress), []Output{Progressing{false}}, q931.OutgoingCallProceeding},
		{bare(q931.Progress, q931.Element{ID: q931.ProgressIndicatorID, Data: []byte{0x80}}), []Output{Progressing{false}}, q931.OutgoingCallProceeding},
		{bare(q931.SetupAcknowledge), nil, q931.OutgoingCallProceeding},
		{bare(q931.Alerting), []Output{Alerting{}}, q931.CallDelivered},
		{bare(q931.Alerting), nil, q931.CallDelivered},
		{inband(q931.InbandInformation), []Output{Progressing{true}}, q931.CallDelivered},
		{bare(q931.CallProceeding), nil, q931.CallDelivered},
		{bare(q931.Connect), []Output{Connected{}}, q931.Active},
		{bare(q931.Connect), nil, q931.Active},
		{bare(q931.Progress), nil, q931.Active},
	} {
		p.now = p.now.Add(1)
		if d := cmp.Diff(step.want, append([]Output(nil), outputs(p, step.message)...)); d != "" || p.caller.State() != step.state {
			t.Errorf("step %d: state %d, %s", i, p.caller.State(), d)
		}
		if i == 9 {
			if at, _ := p.caller.Deadline(); at != epoch.Add(7+t301) {
				t.Errorf("T301 ends at %v: only the first ALERTING starts it", at)
			}
		}
	}
	// The called side is told nothing by messages of a called side.
	for _, mt := range []q931.MessageType{q931.SetupAcknowledge, q931.CallProceeding, q931.Alerting, q931.Progress, q931.Connect} {
		p := newPair(t, newSetup(), config(7))
		p.arrive(config(7))
		p.called.Receive(bare(mt), p.now)
		if out := p.called.Take(); len(out) != 0 || p.called.State() != q931.CallPresent {
			t.Errorf("%v: %v, state %d", mt, out, p.called.State())
		}
	}
	p = newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.called.Answer()
	if _, ok := p.called.Take()[1].(Connected); !ok {
		t.Error("the called side is not told that it answered")
	}
}

// FACILITY sends the caller elsewhere, by an address, an alias or both, for its
// three reasons only; the called side is not sent.
func TestForwardReasons(t *testing.T) {
	addr := netip.MustParseAddrPort("192.0.2.9:1720")
	at := h225.TransportAddressOf(addr)
	aliases := []h225.AliasAddress{{H323ID: "zoe"}}
	there := &per.Null{}
	facility := func(f h225.FacilityUUIE) *Message { return with(q931.Facility, h225.MessageBody{Facility: &f}) }
	for name, test := range map[string]struct {
		message *Message
		want    []Output
	}{
		"alias":         {facility(h225.FacilityUUIE{AlternativeAliasAddress: aliases, Reason: h225.FacilityReason{CallForwarded: there}}), []Output{Forwarded{To: aliases}}},
		"gatekeeper":    {facility(h225.FacilityUUIE{AlternativeAddress: &at, Reason: h225.FacilityReason{RouteCallToGatekeeper: there}}), []Output{Forwarded{Addr: addr, Gatekeeper: true}}},
		"nowhere":       {facility(h225.FacilityUUIE{Reason: h225.FacilityReason{CallForwarded: there}}), nil},
		"other reason":  {facility(h225.FacilityUUIE{AlternativeAddress: &at, Reason: h225.FacilityReason{UndefinedReason: there}}), nil},
		"without a sum": {bare(q931.Facility), nil},
	} {
		p := newPair(t, newSetup(), config(7))
		if d := cmp.Diff(test.want, append([]Output(nil), outputs(p, test.message)...), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	p := newPair(t, newSetup(), config(7))
	p.arrive(config(7))
	p.called.Receive(facility(h225.FacilityUUIE{AlternativeAddress: &at, Reason: h225.FacilityReason{RouteCallToMC: there}}), p.now)
	if out := p.called.Take(); len(out) != 0 {
		t.Errorf("the called side: %v", out)
	}
}

// An address of H.245 in any message that has one; port 0 is none.
func TestControlAddressOfMessages(t *testing.T) {
	addr := netip.MustParseAddrPort("192.0.2.9:2000")
	at := h225.TransportAddressOf(addr)
	none := h225.TransportAddressOf(netip.MustParseAddrPort("192.0.2.9:0"))
	setup := newSetup()
	setup.H245Address = &at
	m := Incoming(config(7), with(q931.Setup, h225.MessageBody{Setup: setup}), epoch)
	called := &side{Machine: m, outputs: m.Take()}
	if a := last[ControlAddress](t, called); a.Addr != addr || a.Now {
		t.Errorf("%+v", a)
	}
	p := newPair(t, newSetup(), config(7))
	for name, m := range map[string]*Message{
		"port 0": connect(func(c *h225.ConnectUUIE) { c.H245Address = &none }),
		"no IP":  connect(func(c *h225.ConnectUUIE) { c.H245Address = &h225.TransportAddress{} }),
	} {
		for _, o := range outputs(p, m) {
			if _, ok := o.(ControlAddress); ok {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
	later := with(q931.Facility, h225.MessageBody{Facility: &h225.FacilityUUIE{H245Address: &at, Reason: h225.FacilityReason{ForwardedElements: &per.Null{}}}})
	answers(p, later)
	if a := last[ControlAddress](t, p.caller); a.Now {
		t.Error("at once, which only startH245 asks for")
	}
}

// Messages of another call under our reference: the end of that call is nobody's
// to answer twice, and a STATUS is not answered with one.
func TestOtherCallsMessages(t *testing.T) {
	other := h225.CallIdentifier{GUID: h225.GloballyUniqueID{99}}
	p := up(t)
	status := with(q931.Status, h225.MessageBody{Status: &h225.StatusUUIE{CallIdentifier: other}},
		q931.Element{ID: q931.CallStateID, Data: q931.CallState{State: q931.Null}.Append(nil)},
		q931.Element{ID: q931.CauseID, Data: q931.Cause{Value: q931.InvalidCallReference}.Append(nil)})
	if all := answers(p, status); len(all) != 0 || p.caller.State() != q931.Active {
		t.Errorf("%v, state %d", all, p.caller.State())
	}
	all := answers(p, connect(func(c *h225.ConnectUUIE) { c.CallIdentifier = &other }))
	c, _ := all[0].Cause()
	if c.Value != q931.InvalidElementContents || len(c.Diagnostics) != 1 || c.Diagnostics[0] != byte(q931.UserUserID) {
		t.Errorf("%+v", c)
	}
	if s := all[0].Info.H323UUPDU.H323MessageBody.Status; s.CallIdentifier.GUID != config(7).Call.GUID {
		t.Errorf("%+v", s)
	}
	answers(p, with(q931.ReleaseComplete, h225.MessageBody{ReleaseComplete: &h225.ReleaseCompleteUUIE{CallIdentifier: &other}}))
	p.caller.released(t)
}

// A peer that answers our enquiry with "null" has no such call.
func TestStatusOfEnquiry(t *testing.T) {
	p := up(t)
	p.caller.Enquire()
	m := sent(t, p.caller.Machine)
	if e := m.Info.H323UUPDU.H323MessageBody.StatusInquiry; e.CallIdentifier.GUID != config(7).Call.GUID {
		t.Errorf("%+v", e)
	}
	answers(p, bare(q931.Status, // of another state than Q.931 has
		q931.Element{ID: q931.CallStateID},
		q931.Element{ID: q931.CauseID, Data: q931.Cause{Value: q931.ResponseToStatusEnquiry}.Append(nil)}))
	answers(p, bare(q931.Status, q931.Element{ID: q931.CauseID, Data: q931.Cause{Value: q931.InvalidCallReference}.Append(nil)}))
	if p.caller.State() != q931.Active {
		t.Fatal("released by a STATUS without state")
	}
	answers(p, bare(q931.Status,
		q931.Element{ID: q931.CallStateID, Data: q931.CallState{State: q931.Null}.Append(nil)},
		q931.Element{ID: q931.CauseID, Data: q931.Cause{Value: q931.ResponseToStatusEnquiry}.Append(nil)}))
	if r := p.caller.released(t); r.Cause != q931.InvalidCallReference || r.Text == "" {
		t.Errorf("%+v", r)
	}
}

func TestNamesAreClipped(t *testing.T) {
	if got := Clip(strings.Repeat("a", maxName)); len(got) != maxName {
		t.Errorf("%d octets", len(got))
	}
	if got := Clip("a" + strings.Repeat("ä", maxName)); len(got) != maxName-1 || strings.Trim(got[1:], "ä") != "" {
		t.Errorf("%d octets: %q", len(got), got)
	}
	if got := Clip("a \xff b"); got != "a  b" {
		t.Errorf("%q", got)
	}
	for n, want := range map[int]int{81: 81, 82: 82, 83: 82, 84: 82} {
		if got := DisplayText(strings.Repeat("a", n)); len(got) != want {
			t.Errorf("%d octets of %d", len(got), n)
		}
	}
}
