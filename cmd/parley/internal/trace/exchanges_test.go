package trace

import (
	"net/netip"
	"testing"

	"parley/h323"
	"parley/h323/h225"
)

// Requests of RAS are shown with the call that they are for, and their answers with
// the same, whoever asked; what is of another exchange is not.
func TestCallOfRAS(t *testing.T) {
	here, there := netip.MustParseAddrPort("192.0.2.1:1719"), netip.MustParseAddrPort("192.0.2.2:1719")
	third := netip.MustParseAddrPort("192.0.2.3:1719")
	id := func(n byte) *h225.CallIdentifier {
		return &h225.CallIdentifier{GUID: h225.GloballyUniqueID{n}}
	}
	call := func(n byte) string { return callText(*id(n)) }
	var f Feed
	r := f.Read(false)
	defer r.Close()
	for i, step := range []struct {
		sent   bool
		remote netip.AddrPort
		m      h225.RasMessage
		want   string
	}{
		{false, there, h225.RasMessage{AdmissionRequest: &h225.AdmissionRequest{RequestSeqNum: 7, CallIdentifier: id(1)}}, call(1)},
		{true, there, h225.RasMessage{RequestInProgress: &h225.RequestInProgress{RequestSeqNum: 7}}, call(1)},
		{true, third, h225.RasMessage{AdmissionConfirm: &h225.AdmissionConfirm{RequestSeqNum: 7}}, ""},
		{false, there, h225.RasMessage{AdmissionConfirm: &h225.AdmissionConfirm{RequestSeqNum: 7}}, ""},
		{true, there, h225.RasMessage{AdmissionConfirm: &h225.AdmissionConfirm{RequestSeqNum: 7}}, call(1)},
		{true, there, h225.RasMessage{DisengageRequest: &h225.DisengageRequest{RequestSeqNum: 7, CallIdentifier: id(2)}}, call(2)},
		{false, there, h225.RasMessage{DisengageReject: &h225.DisengageReject{RequestSeqNum: 7}}, call(2)},
		{true, there, h225.RasMessage{BandwidthRequest: &h225.BandwidthRequest{RequestSeqNum: 7, CallIdentifier: id(3)}}, call(3)},
		{false, there, h225.RasMessage{BandwidthConfirm: &h225.BandwidthConfirm{RequestSeqNum: 7}}, call(3)},
		{true, there, h225.RasMessage{RegistrationConfirm: &h225.RegistrationConfirm{RequestSeqNum: 8}}, ""},
	} {
		f.Publish(&h323.Traced{Sent: step.sent, Local: here, Remote: step.remote, Protocol: "RAS", Message: &step.m})
		if got := <-r.Messages(); got.Call != step.want {
			t.Errorf("%d: call %q, want %q", i, got.Call, step.want)
		}
	}
}

// Requests that nobody answers are forgotten.
func TestExchangesAreBounded(t *testing.T) {
	var x exchanges
	for n := range h225.RequestSeqNum(3 * maxExchanges) {
		for range 2 { // it is sent again
			x.keep(exchange{number: n + 1}, h225.CallIdentifier{GUID: h225.GloballyUniqueID{1}})
		}
	}
	if len(x.calls) > maxExchanges {
		t.Errorf("%d are kept", len(x.calls))
	}
	if _, known := x.calls[exchange{number: 3 * maxExchanges}]; !known {
		t.Error("the last is forgotten")
	}
}
