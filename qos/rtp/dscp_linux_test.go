package rtp

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"parley/qos"
)

// marked listens on addr for datagrams with their TOS or traffic class.
func marked(t *testing.T, addr string) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(addr), 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	level, option := unix.IPPROTO_IP, unix.IP_RECVTOS
	if isIPv6(c) {
		level, option = unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS
	}
	if cerr := raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), level, option, 1) }); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	return c
}

// readMark returns the code point of the next datagram.
func readMark(t *testing.T, c *net.UDPConn) qos.DSCP {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buf, oob := make([]byte, 2000), make([]byte, 200)
	_, oobn, _, _, err := c.ReadMsgUDPAddrPort(buf, oob)
	if err != nil {
		t.Fatal(err)
	}
	messages, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if m.Header.Type == unix.IP_TOS || m.Header.Type == unix.IPV6_TCLASS {
			return qos.DSCP(m.Data[0] >> 2)
		}
	}
	t.Fatalf("no mark in %+v", messages)
	return 0
}

func TestDSCP(t *testing.T) {
	for _, test := range []struct{ local, peer string }{
		{"127.0.0.1", "127.0.0.1"},
		{"::1", "::1"},
		{"::", "::1"},       // dual stack: the traffic class
		{"::", "127.0.0.1"}, // dual stack: the TOS of mapped IPv4
	} {
		t.Run(test.local+" to "+test.peer, func(t *testing.T) {
			rtp, rtcp := marked(t, test.peer), marked(t, test.peer)
			s := start(t, Config{
				Transport:  listen(t, ListenConfig{Addr: netip.MustParseAddr(test.local), DSCP: qos.DSCPEF}),
				Receiver:   newListener(),
				Remote:     rtp.LocalAddr().(*net.UDPAddr).AddrPort(),
				RemoteRTCP: rtcp.LocalAddr().(*net.UDPAddr).AddrPort(),
			})
			if err := s.Send(Header{}, []byte{1}); err != nil {
				t.Fatal(err)
			}
			s.RequestKeyframe(1, false)
			if got := readMark(t, rtp); got != qos.DSCPEF {
				t.Fatalf("RTP marked %d", got)
			}
			if got := readMark(t, rtcp); got != qos.DSCPEF {
				t.Fatalf("RTCP marked %d", got)
			}
		})
	}
}

func TestGroupSocketOptions(t *testing.T) {
	for addr, options := range map[string][]struct{ level, option, in, out int }{
		"239.255.77.2": {
			{unix.IPPROTO_IP, unix.IP_TOS, -1, int(qos.DSCPAF41) << 2},
			{unix.IPPROTO_IP, unix.IP_MULTICAST_TTL, -1, 5},
			{unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, -1, 1},
			{unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0, -1},
		},
		"ff15::77": {
			{unix.IPPROTO_IPV6, unix.IPV6_TCLASS, -1, int(qos.DSCPAF41) << 2},
			{unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_HOPS, -1, 5},
			{unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_LOOP, -1, 1},
			{unix.IPPROTO_IPV6, ipv6MulticastAll, 0, -1},
		},
	} {
		t.Run(addr, func(t *testing.T) {
			tr := listen(t, ListenConfig{DSCP: qos.DSCPAF41, Group: &GroupConfig{RTP: freeGroup(t, addr), Interface: "lo", TTL: 5}})
			for _, s := range []*socket{tr.rtp, tr.rtcp} {
				for _, o := range options {
					if got := option(t, s.in, o.level, o.option); o.in >= 0 && got != o.in {
						t.Errorf("option %d of the receiving socket is %d, want %d", o.option, got, o.in)
					}
					if got := option(t, s.out, o.level, o.option); o.out >= 0 && got != o.out {
						t.Errorf("option %d of the sending socket is %d, want %d", o.option, got, o.out)
					}
				}
			}
			// A second program on this host may join the same group.
			listen(t, ListenConfig{Group: &GroupConfig{RTP: tr.LocalRTP(), Interface: "lo", TTL: 5}})
		})
	}
}

func option(t *testing.T, c *net.UDPConn, level, option int) (value int) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if cerr := raw.Control(func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), level, option) }); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	return value
}

// TestMultiplexDSCP: each of those that share sockets has its own mark.
func TestMultiplexDSCP(t *testing.T) {
	for _, test := range []struct{ local, peer string }{
		{"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}, {"::", "::1"}, {"::", "127.0.0.1"},
	} {
		t.Run(test.local+" to "+test.peer, func(t *testing.T) {
			m := multiplex(t, netip.MustParseAddr(test.local))
			for _, mark := range []qos.DSCP{qos.DSCPEF, qos.DSCPAF41} {
				rtp, rtcp := marked(t, test.peer), marked(t, test.peer)
				tr, err := m.Open(mark)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { tr.Close() })
				s := start(t, Config{
					Transport: tr, Receiver: newListener(),
					Remote:     rtp.LocalAddr().(*net.UDPAddr).AddrPort(),
					RemoteRTCP: rtcp.LocalAddr().(*net.UDPAddr).AddrPort(),
				})
				if err := s.Send(Header{}, []byte{1}); err != nil {
					t.Fatal(err)
				}
				s.RequestKeyframe(1, false)
				if got := readMark(t, rtp); got != mark {
					t.Errorf("RTP marked %d, not %d", got, mark)
				}
				if got := readMark(t, rtcp); got != mark {
					t.Errorf("RTCP marked %d, not %d", got, mark)
				}
			}
		})
	}
}
