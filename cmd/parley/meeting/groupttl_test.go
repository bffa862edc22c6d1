//go:build meeting

package meeting

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/multicast"
)

// TestGroupTTL has smcrouted pass groups on to a network beyond: what parley sends
// with a TTL of 1 reaches the router and no further, what it sends with 4 goes on.
func TestGroupTTL(t *testing.T) {
	requirePrograms(t, "smcrouted")
	groups := []struct {
		addr string
		ttl  int
	}{
		{"239.255.97.9:7100", 4},
		{"239.255.97.10:7110", 1},
		{"[ff15::97:9]:7120", 4},
		{"[ff15::97:10]:7130", 1},
	}
	network := lab.NewSwitch(t, 1)
	var configs []multicast.GroupConfig
	var routed []lab.Routed
	for _, g := range groups {
		c := soundGroup(g.addr)
		c.Interface, c.TTL = network.Interface, g.ttl
		configs = append(configs, c)
		source := "10.97.0.1"
		if c.Audio.Addr.Addr().Is6() {
			source = "fd97::1"
		}
		routed = append(routed, lab.Routed{Group: c.Audio.Addr.Addr().String(), Source: source})
	}
	router := network.Hosts[0].Route(t, routed...)
	studio := openStudio(t, configs...)
	studio.join(t, 440)
	near, beyond := make([]*net.UDPConn, len(groups)), make([]*net.UDPConn, len(groups))
	for i, g := range groups {
		at := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(g.addr))
		for _, socket := range []struct {
			conn **net.UDPConn
			join func(*net.UDPAddr) (*net.UDPConn, error)
		}{{&near[i], router.JoinNear}, {&beyond[i], router.JoinBeyond}} {
			conn, err := socket.join(at)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			*socket.conn = conn
		}
	}
	for i, g := range groups {
		if got := arrivingTTL(t, near[i]); got != g.ttl {
			t.Errorf("%s reaches the router with TTL %d, want %d", g.addr, got, g.ttl)
		}
		if g.ttl > 1 {
			if got := arrivingTTL(t, beyond[i]); got != g.ttl-1 {
				t.Errorf("%s goes on with TTL %d, want %d", g.addr, got, g.ttl-1)
			}
		}
	}
	// All are sent at once, and those that go on have: the others would be here.
	for i, g := range groups {
		if g.ttl > 1 {
			continue
		}
		if err := beyond[i].SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if n, from, err := beyond[i].ReadFromUDP(make([]byte, 1500)); err == nil {
			t.Errorf("%s with TTL 1 goes beyond the router: %d bytes from %v", g.addr, n, from)
		}
	}
}

// arrivingTTL is what is left of the TTL of a packet.
func arrivingTTL(t *testing.T, conn *net.UDPConn) int {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1500)
	if conn.LocalAddr().(*net.UDPAddr).IP.To4() == nil {
		p := ipv6.NewPacketConn(conn)
		if err := p.SetControlMessage(ipv6.FlagHopLimit, true); err != nil {
			t.Fatal(err)
		}
		for {
			_, cm, _, err := p.ReadFrom(buf)
			if err != nil {
				t.Fatal(err)
			}
			if cm != nil && cm.HopLimit > 0 { // else it came before it was asked for
				return cm.HopLimit
			}
		}
	}
	p := ipv4.NewPacketConn(conn)
	if err := p.SetControlMessage(ipv4.FlagTTL, true); err != nil {
		t.Fatal(err)
	}
	for {
		_, cm, _, err := p.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		if cm != nil && cm.TTL > 0 {
			return cm.TTL
		}
	}
}
