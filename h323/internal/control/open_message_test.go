package control

import (
	"net/netip"
	"testing"

	"parley/h323/h245"
)

// Media goes to hosts: a peer cannot aim it at a network.
func TestAddress(t *testing.T) {
	for text, ok := range map[string]bool{
		"10.9.9.9:4000": true, "[2001:db8::9]:4000": true, "127.0.0.1:4000": true,
		"10.9.9.9:0": false, "0.0.0.0:4000": false, "[::]:4000": false,
		"239.1.2.3:4000": false, "[ff0e::1]:4000": false, "255.255.255.255:4000": false,
	} {
		if a := address(h245.NewTransportAddress(netip.MustParseAddrPort(text))); a.IsValid() != ok {
			t.Errorf("%s is read as %v", text, a)
		}
	}
	if a := address(nil); a.IsValid() {
		t.Errorf("none is read as %v", a)
	}
}
