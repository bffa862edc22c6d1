package h225_test

import (
	"net/netip"
	"testing"

	"parley/h323/h225"
	"parley/h323/per"
)

func TestAddrPort(t *testing.T) {
	for _, text := range []string{"192.0.2.1:1720", "[2001:db8::1]:1719", "0.0.0.0:0"} {
		want := netip.MustParseAddrPort(text)
		if got, ok := h225.TransportAddressOf(want).AddrPort(); !ok || got != want {
			t.Errorf("%v, %v, want %v", got, ok, want)
		}
	}
	mapped := h225.TransportAddressOf(netip.MustParseAddrPort("[::ffff:192.0.2.1]:1"))
	if mapped.IPAddress == nil {
		t.Errorf("%+v is not of IPv4", mapped)
	}
	for _, a := range []h225.TransportAddress{
		h225.TransportAddressOf(netip.AddrPort{}),
		{NetBios: &[16]byte{1}},
		{IPSourceRoute: &h225.IPSourceRoute{Port: 1}},
	} {
		if got, ok := a.AddrPort(); ok {
			t.Errorf("%+v is %v", a, got)
		}
	}
}

// inner is the value of the alternative of a CHOICE.
func inner(t *testing.T, choice any) any {
	t.Helper()
	for _, v := range choice.(map[string]any) {
		return v
	}
	t.Fatal("no alternative")
	return nil
}

func TestSequenceNumber(t *testing.T) {
	if n, ok := registrationRequest().SequenceNumber(); n != 0xffff || !ok {
		t.Errorf("%d, %v", n, ok)
	}
	if n, ok := new(h225.RasMessage).SequenceNumber(); ok {
		t.Errorf("%d of a message of none", n)
	}
	for i, v := range vectors(t, "RasMessage") {
		var m h225.RasMessage
		if _, err := per.Unmarshal(v.Hex, &m); err != nil {
			t.Fatal(err)
		}
		message := inner(t, v.Value(t))
		if all, ok := message.([]any); ok { // a sequence of confirms
			if len(all) == 0 {
				continue
			}
			message = all[0]
		}
		want := message.(map[string]any)["requestSeqNum"].(float64)
		if got, ok := m.SequenceNumber(); !ok || float64(got) != want {
			t.Errorf("message %d: %d, %v, want %v", i, got, ok, want)
		}
	}
}

func TestMessageBody(t *testing.T) {
	body := setup().H323UUPDU.H323MessageBody
	if id := body.CallIdentifier(); id == nil || id.GUID[0] != 1 {
		t.Errorf("%+v", id)
	}
	for i, v := range vectors(t, "H323_UserInformation") {
		var u h225.H323UserInformation
		if _, err := per.Unmarshal(v.Hex, &u); err != nil {
			t.Fatal(err)
		}
		pdu := v.Value(t).(map[string]any)["h323-uu-pdu"].(map[string]any)
		message, _ := inner(t, pdu["h323-message-body"]).(map[string]any)
		want, _ := message["protocolIdentifier"].(string)
		got := u.H323UUPDU.H323MessageBody
		if string(got.ProtocolIdentifier()) != want {
			t.Errorf("message %d: %q, want %q", i, got.ProtocolIdentifier(), want)
		}
		if _, ok := message["callIdentifier"]; ok != (got.CallIdentifier() != nil) {
			t.Errorf("message %d: call identifier %v, want one: %v", i, got.CallIdentifier(), ok)
		}
	}
}
