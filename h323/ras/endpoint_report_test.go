package ras

import (
	"net/netip"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
)

// registeredEndpoint has what an RCF granted.
func registeredEndpoint(t *testing.T, rcf h225.RegistrationConfirm) (*endpoint, time.Time) {
	t.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	e := newEndpoint(Config{
		Gatekeeper: netip.MustParseAddrPort("192.0.2.1:1719"), Random: Random, TimeToLive: time.Hour,
		Type: h225.EndpointType{Terminal: &h225.TerminalInfo{}},
	}, netip.MustParseAddrPort("192.0.2.2:1719"))
	e.start(now)
	rcf.EndpointIdentifier = "me"
	e.registered(now, &rcf, false)
	e.transactions.Abandon()
	e.take()
	return e, now
}

func calling(id byte, rate int) h323.Admission {
	return h323.Admission{
		Call: h225.CallIdentifier{GUID: h225.GloballyUniqueID{id}}, Reference: uint16(id), BitRate: rate,
		CalledAddr: netip.MustParseAddrPort("192.0.2.3:1720"),
	}
}

// Calls that take more together than is granted are asked for.
func TestPreGrantedBandwidth(t *testing.T) {
	most := h225.BandWidth(10_000) // 1 Mbit/s
	e, now := registeredEndpoint(t, h225.RegistrationConfirm{PreGrantedARQ: &h225.PreGrantedARQ{MakeCall: true, TotalBandwidthRestriction: &most}})
	if _, ok := e.unasked(now, calling(1, 600_000)); !ok {
		t.Error("the first is asked for")
	}
	if _, ok := e.unasked(now, calling(2, 600_000)); ok {
		t.Error("more than is granted")
	}
	if rate, ok := e.unaskedRate(calling(1, 0).Call, 2_000_000); rate != 1_000_000 || !ok {
		t.Errorf("%d, %v", rate, ok)
	}
	if rate, ok := e.unaskedRate(calling(1, 0).Call, 300_000); rate != 300_000 || !ok {
		t.Errorf("%d, %v", rate, ok)
	}
	if _, ok := e.unasked(now, calling(2, 600_000)); !ok {
		t.Error("there is room again")
	}
	if _, ok := e.unaskedRate(calling(3, 0).Call, 1); ok {
		t.Error("a call that is not known")
	}
}

// By the gatekeeper's call signalling goes what it wants there.
func TestPreGrantedByTheGatekeeper(t *testing.T) {
	at := netip.MustParseAddrPort("192.0.2.1:1720")
	e, now := registeredEndpoint(t, h225.RegistrationConfirm{
		CallSignalAddress: []h225.TransportAddress{h225.TransportAddressOf(at)},
		PreGrantedARQ: &h225.PreGrantedARQ{
			MakeCall: true, UseGKCallSignalAddressToMakeCall: true, AnswerCall: true, UseGKCallSignalAddressToAnswer: true,
		},
	})
	byName := calling(1, 64_000)
	byName.CalledAddr = netip.AddrPort{}
	if got, ok := e.unasked(now, byName); !ok || got.Signal != at || !got.Routed || got.Endpoint != "me" {
		t.Errorf("%+v, %v", got, ok)
	}
	if got, ok := e.unasked(now, calling(2, 64_000)); ok {
		t.Errorf("to an address: %+v", got)
	}
	for host, want := range map[string]bool{"192.0.2.1:9999": true, "192.0.2.3:9999": false} {
		in := calling(3, 64_000)
		in.Answer, in.CallingAddr = true, netip.MustParseAddrPort(host)
		if _, ok := e.unasked(now, in); ok != want {
			t.Errorf("a call from %s is unasked: %v", host, ok)
		}
	}
}

// Calls whose time it is are reported together, as many as go into a datagram.
func TestReportsTogether(t *testing.T) {
	every, will := uint16(30), true
	e, now := registeredEndpoint(t, h225.RegistrationConfirm{WillRespondToIRR: &will})
	for i := range 20 {
		e.admitted(now, calling(byte(i+1), 64_000), h323.Admitted{BitRate: 64_000, Confirm: &h225.AdmissionConfirm{IRRFrequency: &every}})
	}
	if at := e.next(); at.Sub(now) != 30*time.Second {
		t.Errorf("next in %v", at.Sub(now))
	}
	e.tick(now.Add(29 * time.Second))
	if out := e.take(); len(out) != 0 {
		t.Errorf("too early: %+v", out)
	}
	e.tick(now.Add(30 * time.Second))
	var told []int
	for _, a := range e.take() {
		var m h225.RasMessage
		if _, err := per.Unmarshal(a.(transmit).datagram.Data, &m); err != nil {
			t.Fatal(err)
		}
		irr := m.InfoRequestResponse
		if irr.EndpointIdentifier != "me" || irr.Unsolicited == nil || !*irr.Unsolicited || irr.NeedResponse == nil || !*irr.NeedResponse {
			t.Errorf("%+v", irr)
		}
		if p := irr.PerCallInfo[0]; p.BandWidth != 640 || p.Originator == nil || !*p.Originator || p.CallSignalling.SendAddress == nil {
			t.Errorf("%+v", p)
		}
		told = append(told, len(irr.PerCallInfo))
	}
	if len(told) != 2 || told[0] != maxReported || told[1] != 20-maxReported {
		t.Errorf("reported %v", told)
	}
	if at := e.nextReport(); at.Sub(now) != time.Minute {
		t.Errorf("next in %v", at.Sub(now))
	}
}

// An IRQ is answered with the call that it asks for, or all, or that there is
// none.
func TestInformation(t *testing.T) {
	e, now := registeredEndpoint(t, h225.RegistrationConfirm{})
	for i := range 3 {
		e.admitted(now, calling(byte(i+1), 64_000), h323.Admitted{})
	}
	call := func(id byte) *h225.CallIdentifier { return &h225.CallIdentifier{GUID: h225.GloballyUniqueID{id}} }
	for name, try := range map[string]struct {
		reference h225.CallReferenceValue
		id        *h225.CallIdentifier
		calls     int
		invalid   bool
	}{
		"all": {calls: 3}, "by reference": {reference: 2, calls: 1}, "by name": {reference: 9, id: call(3), calls: 1},
		"none": {reference: 9, invalid: true}, "another's": {reference: 1, id: call(9), invalid: true},
	} {
		irr := e.info(&h225.InfoRequest{CallReferenceValue: try.reference, CallIdentifier: try.id})
		if len(irr.PerCallInfo) != try.calls || (irr.IRRStatus.InvalidCall != nil) != try.invalid {
			t.Errorf("%s: %d calls, %+v", name, len(irr.PerCallInfo), irr.IRRStatus)
		}
	}
}

// What the gatekeeper lowers, the call hears of, and reports; of a call that it does
// not have, the endpoint says so.
func TestBandwidthOrdered(t *testing.T) {
	e, now := registeredEndpoint(t, h225.RegistrationConfirm{})
	a := calling(1, 600_000)
	var told []int
	a.OnBandwidth = func(bitRate int) { told = append(told, bitRate) }
	e.admitted(now, a, h323.Admitted{BitRate: 600_000})
	order := func(id byte, answered *bool) *h225.RasMessage {
		answer := e.bandwidthOrdered(&h225.BandwidthRequest{
			RequestSeqNum: 7, BandWidth: 2_000, AnsweredCall: answered,
			CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{id}},
		})
		for _, o := range e.take() {
			o := o.(ordered)
			o.call(o.bitRate)
		}
		return answer
	}
	yes := true
	for _, m := range []*h225.RasMessage{order(2, nil), order(1, &yes)} {
		if m.BandwidthReject == nil || m.BandwidthReject.RequestSeqNum != 7 || len(told) != 0 {
			t.Errorf("of another call: %+v, told %v", m, told)
		}
	}
	if m := order(1, nil); m.BandwidthConfirm == nil || m.BandwidthConfirm.BandWidth != 2_000 || m.BandwidthConfirm.RequestSeqNum != 7 {
		t.Errorf("answered %+v", m)
	}
	if len(told) != 1 || told[0] != 200_000 {
		t.Errorf("told %v", told)
	}
	if rate := e.calls[callKey{a.Call.GUID, false}].bitRate; rate != 200_000 {
		t.Errorf("reports %d", rate)
	}
}
