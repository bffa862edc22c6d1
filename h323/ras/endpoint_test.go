package ras

import (
	"net/netip"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
)

// A call that ends while no gatekeeper is there is forgotten all the same.
func TestCallEndsWithoutGatekeeper(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	e := newEndpoint(Config{
		Gatekeeper: netip.MustParseAddrPort("192.0.2.1:1719"), Random: Random, TimeToLive: time.Minute,
	}, netip.MustParseAddrPort("192.0.2.2:1719"))
	e.wake = now.Add(time.Hour) // registration failed
	for i := range 3 {
		id := h225.CallIdentifier{GUID: h225.GloballyUniqueID{byte(i)}}
		e.admitted(now, h323.Admission{Call: id}, h323.Admitted{})
		var told error
		e.perform(now, &operation{
			request: disengageRequest(h323.Disengagement{Call: id}), done: func(_ *h225.RasMessage, err error) { told = err },
		})
		for _, a := range e.take() {
			if f, ok := a.(finish); ok {
				f.op.done(f.reply, f.err)
			}
		}
		if told != ErrUnregistered { //nolint:errorlint // as it is
			t.Errorf("%v", told)
		}
	}
	if len(e.calls) != 0 {
		t.Errorf("%d calls left", len(e.calls))
	}
}

// Only a gatekeeper that knows the registration leads it to another: the source
// of a datagram is easily forged.
func TestUnregisteredElsewhere(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	own, other := netip.MustParseAddrPort("192.0.2.1:1719"), netip.MustParseAddrPort("198.51.100.6:1719")
	for id, follows := range map[h225.EndpointIdentifier]bool{"": false, "known": true} {
		e := newEndpoint(Config{Gatekeeper: own, Random: Random, TimeToLive: time.Minute}, netip.MustParseAddrPort("192.0.2.2:1719"))
		e.start(now)
		e.registered(now, &h225.RegistrationConfirm{EndpointIdentifier: "known"}, false)
		e.take()
		data, err := per.Marshal(&h225.RasMessage{UnregistrationRequest: &h225.UnregistrationRequest{
			RequestSeqNum: 9, EndpointIdentifier: id,
			AlternateGatekeeper: []h225.AlternateGK{{RASAddress: h225.TransportAddressOf(other), NeedToRegister: true}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		e.receive(now, Datagram{Remote: own, Data: data})
		asked := false
		for _, a := range e.take() {
			if sent, ok := a.(transmit); ok && sent.datagram.Remote == other {
				asked = true
			}
		}
		if asked != follows || e.status.State == Registered {
			t.Errorf("by %q: registers with the other: %v, %v", id, asked, e.status.State)
		}
	}
}

// A gatekeeper that sends the endpoint for good to none that can be reached, or to
// one that a connection to it alone does not reach (H.460.17), is tried again later.
func TestSentNowhere(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	own := netip.MustParseAddrPort("192.0.2.1:1719")
	for to, link := range map[string]Link{"192.0.2.9:0": nil, "192.0.2.9:1719": tunnel{}} {
		e := newEndpoint(Config{Gatekeeper: own, Random: Random, TimeToLive: time.Minute, Link: link}, netip.MustParseAddrPort("192.0.2.2:1719"))
		e.start(now)
		e.take()
		e.rejected(now, &h225.RasMessage{RegistrationReject: &h225.RegistrationReject{
			RejectReason: h225.RegistrationRejectReason{UndefinedReason: &per.Null{}},
			AltGKInfo: &h225.AltGKInfo{AltGKisPermanent: true, AlternateGatekeeper: []h225.AlternateGK{
				{RASAddress: h225.TransportAddressOf(netip.MustParseAddrPort(to)), NeedToRegister: true},
			}},
		}}, forRegistration)
		for _, a := range e.take() {
			if sent, ok := a.(transmit); ok {
				t.Errorf("to %s: sent at once to %v", to, sent.datagram.Remote)
			}
		}
		e.tick(e.next())
		again := false
		for _, a := range e.take() {
			sent, ok := a.(transmit)
			again = again || ok && sent.datagram.Remote == own
		}
		if !again {
			t.Errorf("to %s: not tried again", to)
		}
	}
}

// A host with several addresses tells each gatekeeper those that it reaches: GnuGk
// refuses a registration whose address is not that which it comes from.
func TestAddressesForEachGatekeeper(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	own, other := netip.MustParseAddrPort("192.0.2.1:1719"), netip.MustParseAddrPort("198.51.100.6:1719")
	here := map[netip.AddrPort]netip.Addr{own: netip.MustParseAddr("192.0.2.2"), other: netip.MustParseAddr("198.51.100.2")}
	e := newEndpoint(Config{
		Gatekeeper: own, Random: Random, TimeToLive: time.Minute, Signal: []netip.AddrPort{netip.AddrPortFrom(here[own], 1720)},
		SignalFor: func(to netip.AddrPort) []netip.AddrPort {
			return []netip.AddrPort{netip.AddrPortFrom(here[to], 1720)}
		},
	}, netip.AddrPortFrom(here[own], 40000))
	e.reached = func(to netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(here[to], 40000) }
	e.start(now)
	e.registered(now, &h225.RegistrationConfirm{
		EndpointIdentifier:  "known",
		AlternateGatekeeper: []h225.AlternateGK{{RASAddress: h225.TransportAddressOf(other), NeedToRegister: true}},
	}, false)
	e.lost(now, exchange{kind: forRenewal})
	asked := map[netip.AddrPort]bool{}
	for _, a := range e.take() {
		sent, ok := a.(transmit)
		if !ok || sent.message.RegistrationRequest == nil {
			continue
		}
		to, rrq := sent.datagram.Remote, sent.message.RegistrationRequest
		asked[to] = true
		signal, _ := rrq.CallSignalAddress[0].AddrPort()
		ras, _ := rrq.RASAddress[0].AddrPort()
		if signal != netip.AddrPortFrom(here[to], 1720) || ras != netip.AddrPortFrom(here[to], 40000) {
			t.Errorf("%v is told %v and %v", to, signal, ras)
		}
	}
	if !asked[own] || !asked[other] {
		t.Errorf("asked %v", asked)
	}
}
