package rtp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"parley/codecs"
)

// counter is a Receiver that only counts.
type counter struct {
	n    atomic.Int64
	want int64
	done chan struct{}
}

func (c *counter) ReceiveRTP(*Source, *codecs.Packet) {
	if c.n.Add(1) == c.want {
		close(c.done)
	}
}
func (c *counter) SourceChanged(*Source, SourceChange) {}
func (c *counter) KeyframeRequested(uint32)            {}
func (c *counter) LoopDetected(netip.AddrPort, string) {}

// rawPeer is a socket that is no Session.
func rawPeer(t testing.TB) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func rawSend(t testing.TB, c *net.UDPConn, to netip.AddrPort, h Header) {
	t.Helper()
	var buf [codecs.MaxPacket]byte
	n, err := h.marshal(buf[:], h.SSRC, [][]byte{make([]byte, 160)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.WriteToUDPAddrPort(buf[:n], to); err != nil {
		t.Fatal(err)
	}
}

func addrOf(c *net.UDPConn) netip.AddrPort { return c.LocalAddr().(*net.UDPAddr).AddrPort() }

// A stranger's storm on the sockets costs the peer no packet and is counted.
func TestStormOnLoopback(t *testing.T) {
	peer, foe := rawPeer(t), rawPeer(t)
	l := newListener()
	tr := listen(t, ListenConfig{Addr: loopback})
	s := start(t, Config{Transport: tr, Receiver: l, Remote: addrOf(peer), Learn: true})
	const storm = 20
	for seq := range uint16(50) {
		rawSend(t, peer, tr.LocalRTP(), Header{SSRC: 7, SequenceNumber: seq})
		if p := await(t, l.packets); p.SequenceNumber != seq {
			t.Fatalf("packet %d instead of %d", p.SequenceNumber, seq)
		}
		for i := range uint16(storm) {
			rawSend(t, foe, tr.LocalRTP(), Header{SSRC: 7, SequenceNumber: seq + i})
		}
	}
	rawSend(t, peer, tr.LocalRTP(), Header{SSRC: 7, SequenceNumber: 50})
	await(t, l.packets) // the storm is over by now: a socket keeps the order
	st := s.Stats()
	if st.Received != 51 || st.Sources[7].Lost != 0 || st.Foreign != 50*storm {
		t.Fatalf("stats %+v", st)
	}
}

// Behind NAT: the session learns where the peer is, and sends there.
func TestLearnsOnLoopback(t *testing.T) {
	peer, nowhere := rawPeer(t), rawPeer(t)
	l := newListener()
	tr := listen(t, ListenConfig{Addr: loopback})
	s := start(t, Config{Transport: tr, Receiver: l, Remote: addrOf(nowhere), Learn: true})
	for seq := range uint16(LearnPackets) {
		rawSend(t, peer, tr.LocalRTP(), Header{SSRC: 7, SequenceNumber: seq})
	}
	if p := await(t, l.packets); p.SequenceNumber != LearnPackets-1 {
		t.Fatalf("first delivered is %d", p.SequenceNumber)
	}
	if err := s.Send(Header{SequenceNumber: 77}, []byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := peer.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2000)
	n, from, err := peer.ReadFromUDPAddrPort(buf)
	if err != nil || from != tr.LocalRTP() || n != headerSize+1 {
		t.Fatalf("%d octets from %v: %v", n, from, err)
	}
}

func TestJumboIsMalformed(t *testing.T) {
	peer := rawPeer(t)
	l := newListener()
	tr := listen(t, ListenConfig{Addr: loopback})
	s := start(t, Config{Transport: tr, Receiver: l, Remote: addrOf(peer)})
	jumbo := make([]byte, 4000)
	jumbo[0] = version
	if _, err := peer.WriteToUDPAddrPort(jumbo, tr.LocalRTP()); err != nil {
		t.Fatal(err)
	}
	rawSend(t, peer, tr.LocalRTP(), Header{SSRC: 7})
	await(t, l.packets)
	if st := s.Stats(); st.Malformed != 1 || st.Received != 1 {
		t.Fatalf("stats %+v", st)
	}
}

func TestSendErrors(t *testing.T) {
	tr := listen(t, ListenConfig{Addr: loopback})
	s := start(t, Config{Transport: tr, Receiver: newListener()})
	for _, remote := range []string{"", "0.0.0.0:4000", "192.0.2.1:0", "239.255.0.1:4000", "255.255.255.255:9", "[ff02::1]:9", "192.0.2.1:9"} {
		if remote != "" {
			s.SetRemote(netip.MustParseAddrPort(remote), netip.AddrPort{})
		}
		if err := s.Send(Header{}, []byte{1}); !errors.Is(err, ErrNoRemote) {
			t.Fatalf("remote %q: %v", remote, err)
		}
	}
	s.SetRemote(netip.MustParseAddrPort("[::1]:4000"), netip.AddrPort{})
	if err := s.Send(Header{}, []byte{1}); !errors.Is(err, errFamily) {
		t.Fatalf("IPv6 on IPv4: %v", err)
	}
	s.SetRemote(addrOf(rawPeer(t)), netip.AddrPort{})
	if err := s.Send(Header{}, make([]byte, codecs.MaxPacket)); !errors.Is(err, ErrTooLong) {
		t.Fatalf("too long: %v", err)
	}
	if err := s.Send(Header{CSRC: make([]uint32, 16)}); !errors.Is(err, ErrTooLong) {
		t.Fatalf("16 CSRCs: %v", err)
	}
	if st := s.Stats(); st.SendErrors != 10 || st.Sent != 0 {
		t.Fatalf("stats %+v", st)
	}
}

// Closing one session leaves the sockets to the next.
func TestTransportOutlivesSession(t *testing.T) {
	tr, peer := listen(t, ListenConfig{Addr: loopback}), rawPeer(t)
	for range 3 {
		l := newListener()
		s := start(t, Config{Transport: tr, Receiver: l, Remote: addrOf(peer)})
		rawSend(t, peer, tr.LocalRTP(), Header{SSRC: 7})
		await(t, l.packets)
		if err := s.Close(context.Background(), ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSendDoesNotAllocate(t *testing.T) {
	peer := rawPeer(t)
	s := start(t, Config{Transport: listen(t, ListenConfig{Addr: loopback}), Receiver: newListener(), Remote: addrOf(peer)})
	head, payload := []byte{1, 2}, make([]byte, 158)
	csrc := []uint32{1, 2, 3}
	seq := uint16(0)
	allocs := testing.AllocsPerRun(200, func() {
		seq++
		if err := s.Send(Header{SequenceNumber: seq, Timestamp: uint32(seq) * 160, CSRC: csrc}, head, payload); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Fatalf("%v allocations a packet", allocs)
	}
}

func TestReceiveDoesNotAllocate(t *testing.T) {
	for _, from := range []netip.AddrPort{signalled, stranger} {
		s := &Session{machine: newBench(t, false, nil).m, receiver: &counter{}}
		var p codecs.Packet
		h := Header{SSRC: 7}
		allocs := testing.AllocsPerRun(200, func() {
			buf := s.pool.Get()
			h.SequenceNumber++
			h.Timestamp += 160
			n, err := h.marshal(buf.Bytes[:], 7, nil)
			if err != nil {
				t.Fatal(err)
			}
			s.receive(epoch, from, buf, buf.Bytes[:n], &p, port{})
			buf.Release()
		})
		if allocs != 0 {
			t.Fatalf("from %v: %v allocations a packet", from, allocs)
		}
	}
}

func BenchmarkSend(b *testing.B) {
	peer := rawPeer(b)
	s := start(b, Config{Transport: listen(b, ListenConfig{Addr: loopback}), Receiver: &counter{}, Remote: addrOf(peer)})
	payload := make([]byte, 160)
	b.ReportAllocs()
	seq := uint16(0)
	for b.Loop() {
		seq++
		// A full buffer at the peer drops silently, as a network does.
		if err := s.Send(Header{SequenceNumber: seq}, payload); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoopback is a packet's way from Send to ReceiveRTP.
func BenchmarkLoopback(b *testing.B) {
	c := &counter{want: int64(b.N), done: make(chan struct{})}
	peer := listen(b, ListenConfig{Addr: loopback})
	tr := listen(b, ListenConfig{Addr: loopback})
	start(b, Config{Transport: tr, Receiver: c, Remote: peer.LocalRTP()})
	s := start(b, Config{Transport: peer, Receiver: &counter{}, Remote: tr.LocalRTP(), SDES: SDES{CNAME: "sender"}})
	payload := make([]byte, 160)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if err := s.Send(Header{SequenceNumber: uint16(i)}, payload); err != nil {
			b.Fatal(err)
		}
		// Not more in flight than the receiving socket holds.
		for i-int(c.n.Load()) > 256 {
			runtime.Gosched()
		}
	}
	<-c.done
}

// BenchmarkReceive is the machine and the call of the Receiver, without
// sockets.
func BenchmarkReceive(b *testing.B) {
	s := &Session{machine: newBench(b, false, nil).m, receiver: &counter{}}
	var p codecs.Packet
	buf := s.pool.Get()
	h := Header{SSRC: 7}
	b.ReportAllocs()
	for b.Loop() {
		h.SequenceNumber++
		n, err := h.marshal(buf.Bytes[:], 7, nil)
		if err != nil {
			b.Fatal(err)
		}
		s.receive(epoch, signalled, buf, buf.Bytes[:n], &p, port{})
	}
}

// A long packet arrives whole, and short ones after it as before.
func TestSendLong(t *testing.T) {
	tr, err := Listen(ListenConfig{Addr: netip.MustParseAddr("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	peer := rawPeer(t)
	s := start(t, Config{Transport: tr, Receiver: newListener(), Remote: addrOf(peer)})
	buf := make([]byte, 65536)
	for _, size := range []int{20_000, 100, maxLong - headerSize, 5000} {
		if err := s.SendLong(Header{}, make([]byte, size)); err != nil {
			t.Fatalf("%d octets: %v", size, err)
		}
		if err := peer.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if n, err := peer.Read(buf); err != nil || n != headerSize+size {
			t.Fatalf("%d octets arrived of %d: %v", n, headerSize+size, err)
		}
	}
	if err := s.SendLong(Header{}, make([]byte, maxLong)); !errors.Is(err, ErrTooLong) {
		t.Errorf("longer than a datagram: %v", err)
	}
}
