package rtp

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/qos"
)

func multiplex(t testing.TB, addr netip.Addr) *Multiplex {
	t.Helper()
	m, err := ListenMultiplex(MultiplexConfig{Addr: addr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// placed opens a transport in m that is closed with the test, and its identifier.
func placed(t testing.TB, m *Multiplex) (*Transport, uint32) {
	t.Helper()
	tr, err := m.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	id, ok := tr.MultiplexID()
	if !ok {
		t.Fatal("no identifier")
	}
	return tr, id
}

// server is a session in a Multiplex that knows its peer's host alone.
func server(t testing.TB, m *Multiplex, host netip.Addr) (*Session, *listener, uint32) {
	t.Helper()
	tr, id := placed(t, m)
	l := newListener()
	return start(t, Config{
		Transport: tr, Receiver: l, Learn: true, Remote: netip.AddrPortFrom(host, DiscardPort), SDES: SDES{CNAME: "server@test"},
	}), l, id
}

// client is a session with sockets of its own, that sends with an identifier.
func client(t testing.TB, to netip.AddrPort, id *uint32) (*Session, *listener) {
	t.Helper()
	l := newListener()
	return start(t, Config{
		Transport: listen(t, ListenConfig{Addr: to.Addr()}), Receiver: l, Remote: to, MultiplexID: id, SDES: SDES{CNAME: "client@test"},
	}), l
}

// TestMultiplexSeparates: two peers of one host send to one pair of ports, and each
// has its own session, both ways, RTCP included.
func TestMultiplexSeparates(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "::1"} {
		t.Run(addr, func(t *testing.T) {
			host := netip.MustParseAddr(addr)
			m := multiplex(t, host)
			for n := range byte(2) {
				s, ls, id := server(t, m, host)
				c, lc := client(t, m.LocalRTP(), &id)
				if err := c.Send(Header{}, []byte{n}); err != nil {
					t.Fatal(err)
				}
				if p := await(t, ls.packets); len(p.Payload) != 1 || p.Payload[0] != n || p.SSRC != c.SSRC() {
					t.Fatalf("the server got %+v", p)
				}
				if err := s.Send(Header{}, []byte{n + 10}); err != nil { // to where it learned
					t.Fatal(err)
				}
				if p := await(t, lc.packets); p.Payload[0] != n+10 || p.SSRC != s.SSRC() {
					t.Fatalf("the client got %+v", p)
				}
				c.RequestKeyframe(s.SSRC(), false)
				if ssrc := await(t, ls.keyframes); ssrc != s.SSRC() {
					t.Fatalf("asked for %x", ssrc)
				}
				if len(ls.packets) != 0 {
					t.Fatal("the server got more")
				}
			}
			if st := m.Stats(); st != (MultiplexStats{Sessions: 2}) {
				t.Fatalf("%+v", st)
			}
		})
	}
}

// TestMultiplexBothWays: the peer has shared ports too.
func TestMultiplexBothWays(t *testing.T) {
	near, far := multiplex(t, loopback), multiplex(t, loopback)
	s, ls, id := server(t, near, loopback)
	tr, back := placed(t, far)
	l := newListener()
	c := start(t, Config{Transport: tr, Receiver: l, Remote: near.LocalRTP(), MultiplexID: &id})
	s.SetMultiplexID(&back)
	if err := c.Send(Header{}, []byte{1}); err != nil {
		t.Fatal(err)
	}
	await(t, ls.packets)
	if err := s.SendLong(Header{}, make([]byte, 2*codecs.MaxPacket)); err != nil { // nothing so long is received
		t.Fatal(err)
	}
	if err := s.Send(Header{SequenceNumber: 1}, []byte{2}); err != nil {
		t.Fatal(err)
	}
	if p := await(t, l.packets); p.Payload[0] != 2 {
		t.Fatalf("%+v", p)
	}
	if st := far.Stats(); st.Malformed != 1 {
		t.Fatalf("%+v", st)
	}
}

// TestMultiplexForeign: what has nobody's identifier, or none, is counted and
// reaches nobody; so is what has a session's, from another host than its peer's.
func TestMultiplexForeign(t *testing.T) {
	m := multiplex(t, loopback)
	s, l, id := server(t, m, netip.MustParseAddr("192.0.2.1"))
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(m.LocalRTP()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	packet := binary.BigEndian.AppendUint32(nil, id)
	packet = append(packet, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1)
	other := append(binary.BigEndian.AppendUint32(nil, id+1), packet[4:]...)
	late, lateID := placed(t, m) // without a session yet
	early := append(binary.BigEndian.AppendUint32(nil, lateID), packet[4:]...)
	for _, p := range [][]byte{{}, {1, 2, 3, 4}, other, packet, early} {
		if _, err := conn.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	// What comes behind them is heard after them.
	after := start(t, Config{Transport: late, Receiver: l, Learn: true, Remote: netip.AddrPortFrom(loopback, DiscardPort)})
	for len(l.packets) == 0 {
		if _, err := conn.Write(early); err != nil {
			t.Fatal(err)
		}
	}
	if p := await(t, l.packets); p.SSRC != 7 || s.Stats().Received != 0 || after.Stats().Received == 0 {
		t.Fatalf("%+v; %+v", p, s.Stats())
	}
	if st := m.Stats(); st.Foreign != 1 || st.Malformed != 2 {
		t.Errorf("%+v", st)
	}
	if st := s.Stats(); st.Foreign != 1 {
		t.Errorf("%+v", st)
	}
}

// TestMultiplexClose: a session that is closed hears nothing more, and its
// identifier is nobody's once its transport is closed.
func TestMultiplexClose(t *testing.T) {
	m := multiplex(t, loopback)
	tr, id := placed(t, m)
	l := newListener()
	s := start(t, Config{Transport: tr, Receiver: l, Learn: true, Remote: netip.AddrPortFrom(loopback, DiscardPort)})
	if _, err := NewSession(Config{Transport: tr, Receiver: l}); err == nil {
		t.Error("two sessions have one identifier")
	}
	if err := s.Close(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	buf := m.pool.Get()
	binary.BigEndian.PutUint32(buf.Bytes[:], id)
	h := Header{}
	n, err := h.marshal(buf.Bytes[multiplexSize:], 7, nil)
	if err != nil {
		t.Fatal(err)
	}
	var p codecs.Packet
	from := netip.AddrPortFrom(loopback, 5000)
	m.receive(epoch, from, buf, n+multiplexSize, &p, true)
	s.receive(epoch, from, buf, buf.Bytes[multiplexSize:n+multiplexSize], &p, port{}) // that was under way
	if len(l.packets) != 0 || m.Stats().Foreign != 0 {
		t.Errorf("heard %d; %+v", len(l.packets), m.Stats())
	}
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	m.receive(epoch, from, buf, n+multiplexSize, &p, true)
	buf.Release()
	if st := m.Stats(); st != (MultiplexStats{Foreign: 1}) {
		t.Errorf("%+v", st)
	}
	if _, err := NewSession(Config{Transport: tr, Receiver: l}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a session without a place: %v", err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Open(0); !errors.Is(err, net.ErrClosed) {
		t.Errorf("opened: %v", err)
	}
}

func TestMultiplexPorts(t *testing.T) {
	m := multiplex(t, loopback)
	port := m.LocalRTP().Port()
	if port%2 != 0 || m.rtcp.local().Port() != port+1 {
		t.Errorf("ports %d and %d", port, m.rtcp.local().Port())
	}
	for _, taken := range []uint16{port, port + 1} {
		if _, err := ListenMultiplex(MultiplexConfig{Addr: loopback, Port: taken}); err == nil {
			t.Errorf("port %d was had", taken)
		}
	}
	if _, err := m.Open(qos.DSCP(64)); err == nil {
		t.Error("code point 64 was had")
	}
}

func TestMultiplexDoesNotAllocate(t *testing.T) {
	m, peer := multiplex(t, loopback), rawPeer(t)
	var out [2]*Session
	for i, mark := range []qos.DSCP{qos.DSCPEF, qos.DSCPAF41} {
		tr, err := m.Open(mark)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tr.Close() })
		id := uint32(i)
		out[i] = start(t, Config{Transport: tr, Receiver: &counter{}, Remote: addrOf(peer), MultiplexID: &id})
	}
	payload := make([]byte, 160)
	var h Header
	for _, s := range out {
		if allocs := testing.AllocsPerRun(200, func() {
			h.SequenceNumber++
			if err := s.Send(h, payload); err != nil {
				t.Fatal(err)
			}
		}); allocs != 0 {
			t.Errorf("%v allocations to send", allocs)
		}
	}
	s, _, id := server(t, m, loopback)
	s.receiver = &counter{}
	var p codecs.Packet
	if allocs := testing.AllocsPerRun(200, func() {
		buf := m.pool.Get()
		h.SequenceNumber++
		binary.BigEndian.PutUint32(buf.Bytes[:], id)
		n, err := h.marshal(buf.Bytes[multiplexSize:], 7, nil)
		if err != nil {
			t.Fatal(err)
		}
		m.receive(epoch, netip.AddrPortFrom(loopback, 5000), buf, n+multiplexSize, &p, true)
		buf.Release()
	}); allocs != 0 {
		t.Errorf("%v allocations to receive", allocs)
	}
}

// FuzzMultiplex: whatever comes to shared ports neither panics nor reaches a session
// that it does not name.
func FuzzMultiplex(f *testing.F) {
	seeds(f)
	m := multiplex(f, loopback)
	s, l, id := server(f, m, loopback)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, named := range []bool{true, false} {
			for _, rtp := range []bool{true, false} {
				buf := m.pool.Get()
				n := copy(buf.Bytes[:], data)
				if named {
					n = multiplexSize + copy(buf.Bytes[multiplexSize:], data)
					binary.BigEndian.PutUint32(buf.Bytes[:], id)
				} else if n >= multiplexSize && binary.BigEndian.Uint32(data) == id {
					binary.BigEndian.PutUint32(buf.Bytes[:], id+1)
				}
				before := s.Stats()
				var p codecs.Packet
				m.receive(epoch, netip.AddrPortFrom(loopback, 5000), buf, n, &p, rtp)
				buf.Release()
				after := s.Stats()
				before.Sources, after.Sources = nil, nil
				if !named && !cmp.Equal(before, after) {
					t.Errorf("%x reached a session", data)
				}
			}
		}
		for len(l.packets)+len(l.changes)+len(l.keyframes)+len(l.loops) > 0 {
			select {
			case <-l.packets:
			case <-l.changes:
			case <-l.keyframes:
			case <-l.loops:
			}
		}
	})
}

// BenchmarkMultiplex is what one packet costs the goroutine that receives for all,
// without its socket.
func BenchmarkMultiplex(b *testing.B) {
	m := multiplex(b, loopback)
	const calls = 1000
	var ids [calls]uint32
	for i := range ids {
		s, _, id := server(b, m, loopback)
		s.turn.Lock()
		s.receiver = &counter{}
		s.turn.Unlock()
		ids[i] = id
	}
	var p codecs.Packet
	buf := m.pool.Get()
	h := Header{SSRC: 7}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		h.SequenceNumber = uint16(i / calls)
		binary.BigEndian.PutUint32(buf.Bytes[:], ids[i%calls])
		n, err := h.marshal(buf.Bytes[multiplexSize:], 7, nil)
		if err != nil {
			b.Fatal(err)
		}
		m.receive(epoch, netip.AddrPortFrom(loopback, 5000), buf, n+multiplexSize, &p, true)
	}
}
