package qos

import (
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	const local, local6 = "10.0.0.2", "fd00::2"
	for _, tt := range []struct{ external, local, peer, want string }{
		{"203.0.113.7", local, "198.51.100.1", "203.0.113.7"},
		{"203.0.113.7", local, "", "203.0.113.7"},
		{"::ffff:203.0.113.7", local, "::ffff:198.51.100.1", "203.0.113.7"},
		{"203.0.113.7", local, "192.168.1.9", local},
		{"203.0.113.7", local, "::ffff:10.0.0.9", local},
		{"203.0.113.7", local, "169.254.1.1", local},
		{"203.0.113.7", local, "127.0.0.1", local},
		{"203.0.113.7", local, "224.0.1.41", local},
		{"203.0.113.7", local6, "2001:db8::1", local6},
		{"2001:db8::7", local6, "2001:db8::1", "2001:db8::7"},
		{"203.0.113.7", local, "2001:db8::1", local},
		{"", local, "198.51.100.1", local},
		{"192.168.1.5", local, "192.168.1.9", "192.168.1.5"}, // a container's host
		{"192.168.1.5", local, "198.51.100.1", "192.168.1.5"},
		{"192.168.1.5", local, "127.0.0.1", local},
	} {
		external, _ := netip.ParseAddr(tt.external)
		peer, _ := netip.ParseAddr(tt.peer)
		if got := Public(external, netip.MustParseAddr(tt.local), peer); got.String() != tt.want {
			t.Errorf("%s at %s, to %s: %v, want %s", tt.external, tt.local, tt.peer, got, tt.want)
		}
	}
}
