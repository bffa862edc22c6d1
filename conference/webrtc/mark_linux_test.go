package webrtc

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"parley/qos"
)

func TestMarks(t *testing.T) {
	const ssrc = 0x01020304
	rtp := []byte{0x80, 111, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 9}
	other := []byte{0x80, 96, 0, 1, 0, 0, 0, 0, 1, 2, 3, 5, 9}
	rtcp := []byte{0x80, 201, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4}
	for name, c := range map[string]struct{ from, to string }{
		"IPv4":         {"127.0.0.1:0", "127.0.0.1:0"},
		"IPv6":         {"[::1]:0", "[::1]:0"},
		"both to IPv4": {"[::]:0", "127.0.0.1:0"},
		"both to IPv6": {"[::]:0", "[::1]:0"},
		"any IPv4":     {"0.0.0.0:0", "127.0.0.1:0"},
	} {
		t.Run(name, func(t *testing.T) {
			sink, read := tosReader(t, c.to)
			conn := newMarkedConn(listenUDP(t, c.from))
			conn.addAudio(ssrc)
			for _, p := range []struct {
				data []byte
				want qos.DSCP
			}{{rtp, qos.DSCPEF}, {other, qos.DSCPAF41}, {rtcp, qos.DSCPAF41}, {[]byte{0}, qos.DSCPAF41}} {
				if _, err := conn.WriteTo(p.data, sink); err != nil {
					t.Fatal(err)
				}
				if got := read(); got != p.want {
					t.Errorf("% x is marked %d, want %d", p.data, got, p.want)
				}
			}
			conn.removeAudio(ssrc)
			if _, err := conn.WriteTo(rtp, sink); err != nil {
				t.Fatal(err)
			}
			if got := read(); got != qos.DSCPAF41 {
				t.Errorf("after removal marked %d", got)
			}
			if n := testing.AllocsPerRun(100, func() { _, _ = conn.WriteToAddrPort(rtp, sink.AddrPort()) }); n != 0 {
				t.Errorf("%v allocations a packet", n)
			}
		})
	}
}

func listenUDP(t *testing.T, addr string) *net.UDPConn {
	t.Helper()
	a, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", a)
	if err != nil {
		t.Skipf("no such address here: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// tosReader returns an address and what reads the mark of the next packet
// that arrives there.
func tosReader(t *testing.T, addr string) (*net.UDPAddr, func() qos.DSCP) {
	t.Helper()
	conn := listenUDP(t, addr)
	local := conn.LocalAddr().(*net.UDPAddr)
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		if local.IP.To4() != nil {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_RECVTOS, 1)
		} else {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return local, func() qos.DSCP {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		data, oob := make([]byte, 100), make([]byte, 100)
		_, n, _, _, err := conn.ReadMsgUDP(data, oob)
		if err != nil {
			t.Fatal(err)
		}
		messages, err := unix.ParseSocketControlMessage(oob[:n])
		if err != nil || len(messages) != 1 {
			t.Fatalf("%d control messages: %v", len(messages), err)
		}
		return qos.DSCP(messages[0].Data[0] >> 2)
	}
}
