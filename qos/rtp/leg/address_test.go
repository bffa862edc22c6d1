package leg

import (
	"net/netip"
	"testing"
)

// Peers of our own network send media to our own address, as they are told it for
// signalling.
func TestAdvertised(t *testing.T) {
	const external, bound = "203.0.113.7", "10.0.0.2"
	for _, tt := range []struct{ external, bound, remote, want string }{
		{external, bound, "198.51.100.1", external},
		{external, bound, "", external},
		{external, bound, "10.0.0.9", bound},
		{external, bound, "::ffff:192.168.3.4", bound},
		{external, "0.0.0.0", "127.0.0.1", "127.0.0.1"},
		{"", bound, "198.51.100.1", bound},
		{"", "0.0.0.0", "127.0.0.1", "127.0.0.1"},
		{"", "", "", "127.0.0.1"},
	} {
		e, _ := netip.ParseAddr(tt.external)
		b, _ := netip.ParseAddr(tt.bound)
		r, _ := netip.ParseAddr(tt.remote)
		if got := Advertised(e, b, r); got.String() != tt.want {
			t.Errorf("%q at %q, to %q: %v, want %s", tt.external, tt.bound, tt.remote, got, tt.want)
		}
	}
}
