package rtp

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func TestPortsArePairs(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "::1", "0.0.0.0", "::"} {
		tr := listen(t, ListenConfig{Addr: netip.MustParseAddr(addr)})
		rtp, rtcp := tr.LocalRTP(), tr.LocalRTCP()
		if rtp.Port()%2 != 0 || rtcp.Port() != rtp.Port()+1 || rtp.Addr() != netip.MustParseAddr(addr) {
			t.Errorf("%s: %v and %v", addr, rtp, rtcp)
		}
	}
}

func TestPortRangeRunsOut(t *testing.T) {
	// Where a free block of six is, so that other programs do not disturb.
	base := listen(t, ListenConfig{Addr: loopback}).LocalRTP().Port() &^ 7
	r := PortRange{Low: base + 1, High: base + 7} // three pairs: +2, +4, +6
	taken := map[uint16]bool{}
	for range 4 {
		tr, err := Listen(ListenConfig{Addr: loopback, Ports: r})
		if err != nil {
			if !errors.Is(err, ErrNoPorts) || !strings.Contains(err.Error(), "127.0.0.1") {
				t.Fatalf("error %v", err)
			}
			return
		}
		t.Cleanup(func() { tr.Close() })
		port := tr.LocalRTP().Port()
		if port%2 != 0 || port < r.Low || port+1 > r.High || taken[port] {
			t.Fatalf("port %d of %v", port, r)
		}
		taken[port] = true
	}
	t.Fatal("four pairs in room for three")
}

func TestListenRefuses(t *testing.T) {
	group := netip.MustParseAddrPort("239.255.77.3:5004")
	for name, cfg := range map[string]ListenConfig{
		"range without a pair": {Addr: loopback, Ports: PortRange{Low: 5001, High: 5002}},
		"range upside down":    {Addr: loopback, Ports: PortRange{Low: 5010, High: 5000}},
		"foreign address":      {Addr: netip.MustParseAddr("192.0.2.77")},
		"code point":           {Addr: loopback, DSCP: 64},
		"unicast group":        {Group: &GroupConfig{RTP: signalled, TTL: 1}},
		"group without port":   {Group: &GroupConfig{RTP: netip.AddrPortFrom(group.Addr(), 0), TTL: 1}},
		"TTL 0":                {Group: &GroupConfig{RTP: group}},
		"no such interface":    {Group: &GroupConfig{RTP: group, TTL: 1, Interface: "nowhere0"}},
	} {
		if tr, err := Listen(cfg); err == nil {
			tr.Close()
			t.Errorf("%s: no error", name)
		}
	}
}
