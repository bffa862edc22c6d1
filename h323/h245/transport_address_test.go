package h245

import (
	"net/netip"
	"testing"
)

func TestTransportAddress(t *testing.T) {
	for _, c := range []struct {
		text  string
		group bool
	}{
		{"192.0.2.7:5004", false},
		{"[2001:db8::7]:5004", false},
		{"239.1.2.3:5004", true},
		{"[ff15::1]:5004", true},
	} {
		want := netip.MustParseAddrPort(c.text)
		a := NewTransportAddress(want)
		if (a.MulticastAddress != nil) != c.group {
			t.Errorf("%s: group %v", c.text, !c.group)
		}
		if got, ok := a.AddrPort(); !ok || got != want {
			t.Errorf("%s became %s, %v", c.text, got, ok)
		}
	}
	mapped := NewTransportAddress(netip.MustParseAddrPort("[::ffff:192.0.2.7]:5004"))
	if got, ok := mapped.AddrPort(); !ok || got.String() != "192.0.2.7:5004" {
		t.Errorf("%s, %v", got, ok)
	}
	for _, a := range []*TransportAddress{nil, {}, {UnicastAddress: &UnicastAddress{NSAP: []byte{1}}}} {
		if got, ok := a.AddrPort(); ok {
			t.Errorf("%+v is %s", a, got)
		}
	}
}
