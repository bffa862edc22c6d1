package rtp

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/codecs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds the wait for an event on loopback. It is only used up by a
// failure.
const patience = time.Minute

// listener is a Receiver that passes everything on.
type listener struct {
	packets   chan codecs.Packet
	changes   chan change
	keyframes chan uint32
	rates     chan int
	loops     chan string
}

type change struct {
	src  *Source
	what SourceChange
}

func newListener() *listener {
	return &listener{
		packets:   make(chan codecs.Packet, 4096),
		changes:   make(chan change, 256),
		keyframes: make(chan uint32, 256),
		rates:     make(chan int, 256),
		loops:     make(chan string, 256),
	}
}

func (l *listener) ReceiveRTP(src *Source, p *codecs.Packet) {
	q := *p
	q.Payload = append([]byte(nil), p.Payload...)
	q.Buffer = nil
	l.packets <- q
}

func (l *listener) SourceChanged(src *Source, what SourceChange)  { l.changes <- change{src, what} }
func (l *listener) KeyframeRequested(ssrc uint32)                 { l.keyframes <- ssrc }
func (l *listener) RateLimited(_ uint32, bitRate int)             { l.rates <- bitRate }
func (l *listener) LoopDetected(addr netip.AddrPort, what string) { l.loops <- what }

// await returns the next of c.
func await[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

var loopback = netip.MustParseAddr("127.0.0.1")

func listen(t testing.TB, cfg ListenConfig) *Transport {
	t.Helper()
	tr, err := Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

func start(t testing.TB, cfg Config) *Session {
	t.Helper()
	if cfg.ClockRates == nil {
		cfg.ClockRates = map[uint8]int{0: 8000}
	}
	s, err := NewSession(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Close(ctx, ""); err != nil {
			t.Error(err)
		}
	})
	return s
}

// pair starts two sessions that talk to each other on loopback.
func pair(t testing.TB, addr netip.Addr, change func(a, b *Config)) (a, b *Session, la, lb *listener) {
	t.Helper()
	ta, tb := listen(t, ListenConfig{Addr: addr}), listen(t, ListenConfig{Addr: addr})
	la, lb = newListener(), newListener()
	ca := Config{Transport: ta, Receiver: la, Remote: tb.LocalRTP(), SDES: SDES{CNAME: "a@test", Name: "Anna"}}
	cb := Config{Transport: tb, Receiver: lb, Remote: ta.LocalRTP(), SDES: SDES{CNAME: "b@test", Name: "Bert"}}
	if change != nil {
		change(&ca, &cb)
	}
	return start(t, ca), start(t, cb), la, lb
}

func TestSessionsTalk(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "::1"} {
		t.Run(addr, func(t *testing.T) {
			a, b, _, lb := pair(t, netip.MustParseAddr(addr), nil)
			for seq := range uint16(3) {
				h := Header{PayloadType: 0, Marker: seq == 0, SequenceNumber: seq, Timestamp: 160 * uint32(seq), CSRC: []uint32{7}}
				if err := a.Send(h, []byte("head"), []byte("tail")); err != nil {
					t.Fatal(err)
				}
			}
			for seq := range uint16(3) {
				p := await(t, lb.packets)
				if p.SequenceNumber != seq || string(p.Payload) != "headtail" || p.SSRC != a.SSRC() || p.Marker != (seq == 0) {
					t.Fatalf("packet %d: %+v", seq, p)
				}
			}
			if c := await(t, lb.changes); c.what != SourceNew || c.src.SSRC() != a.SSRC() || c.src.Addr() != a.transport.LocalRTP() {
				t.Fatalf("change %+v", c)
			}
			if st := b.Stats(); st.Received != 3 || st.Sources[a.SSRC()].Packets != 3 || st.Foreign != 0 {
				t.Fatalf("stats %+v", st)
			}
			if b.LastReceived().IsZero() {
				t.Fatal("LastReceived is zero")
			}
		})
	}
}

func TestCloseSaysBye(t *testing.T) {
	for _, mux := range []bool{false, true} {
		a, _, _, lb := pair(t, loopback, func(a, b *Config) { a.RTCPMux = mux })
		if err := a.Send(Header{}, []byte{1}); err != nil {
			t.Fatal(err)
		}
		await(t, lb.packets)
		if err := a.Close(context.Background(), "done"); err != nil {
			t.Fatal(err)
		}
		if err := a.Send(Header{}, []byte{1}); !errors.Is(err, net.ErrClosed) {
			t.Fatalf("send after close: %v", err)
		}
		var seen []SourceChange
		for len(seen) < 3 {
			c := await(t, lb.changes)
			seen = append(seen, c.what)
			if c.what == SourceDescribed && (c.src.SDES() != SDES{CNAME: "a@test", Name: "Anna"}) {
				t.Fatalf("mux %v: SDES %+v", mux, c.src.SDES())
			}
		}
		if seen[0] != SourceNew || seen[1] != SourceDescribed || seen[2] != SourceBye {
			t.Fatalf("mux %v: changes %v", mux, seen)
		}
	}
}

// The reduced minimum of a fat session makes reports come at once.
func TestReportsAreSent(t *testing.T) {
	a, _, _, lb := pair(t, loopback, func(a, b *Config) { a.Bandwidth = 1_000_000_000 })
	if err := a.Send(Header{}, []byte{1}); err != nil {
		t.Fatal(err)
	}
	for {
		c := await(t, lb.changes)
		if c.what == SourceDescribed && c.src.SDES().CNAME == "a@test" {
			return
		}
	}
}

func TestKeyframeRequests(t *testing.T) {
	a, b, la, lb := pair(t, loopback, nil)
	if err := a.Send(Header{}, []byte{1}); err != nil {
		t.Fatal(err)
	}
	await(t, lb.packets)
	for _, fir := range []bool{false, true} {
		b.RequestKeyframe(a.SSRC(), fir)
		if ssrc := await(t, la.keyframes); ssrc != a.SSRC() {
			t.Fatalf("fir %v: asked for %x", fir, ssrc)
		}
	}
}

// TMMBR arrives as it was meant, to 17 bits, and not for what is another's.
func TestRateRequests(t *testing.T) {
	a, b, la, lb := pair(t, loopback, nil)
	if err := a.Send(Header{}, []byte{1}); err != nil {
		t.Fatal(err)
	}
	await(t, lb.packets)
	b.LimitRate(a.SSRC()+1, 1)
	for _, rate := range []int{0, 1, 64_000, 131_071, 384_000, 100_000_000} {
		b.LimitRate(a.SSRC(), rate)
		got := await(t, la.rates)
		if got > rate || got < rate-rate>>16 {
			t.Errorf("asked for %d, understood %d", rate, got)
		}
	}
}

// A rate that no machine holds is bounded, and what is cut short is no rate.
func TestRateOfStrangers(t *testing.T) {
	a, b, la, lb := pair(t, loopback, nil)
	if err := a.Send(Header{}, []byte{1}); err != nil {
		t.Fatal(err)
	}
	await(t, lb.packets)
	body := func(words ...uint32) []byte {
		p := []byte{0x80 | formatTMMBR, typeTransportFB, 0, byte(len(words))}
		for _, w := range words {
			p = binary.BigEndian.AppendUint32(p, w)
		}
		return p
	}
	for _, p := range [][]byte{
		body(b.SSRC(), 0), body(b.SSRC(), 0, a.SSRC()), body(b.SSRC(), 0, a.SSRC(), 0xffffffff),
	} {
		b.sendReport(p)
	}
	if got := await(t, la.rates); got <= 100_000_000 || got > maxRate {
		t.Errorf("a rate of %d", got)
	}
}

func TestGroupHearsOthersNotItself(t *testing.T) {
	for _, addr := range []string{"239.255.77.1", "ff15::77:1", "ff02::77:1"} {
		t.Run(addr, func(t *testing.T) {
			group := &GroupConfig{RTP: freeGroup(t, addr), Interface: "lo", TTL: 1}
			la, lb := newListener(), newListener()
			a := start(t, Config{Transport: listen(t, ListenConfig{Group: group}), Receiver: la})
			b := start(t, Config{Transport: listen(t, ListenConfig{Group: group}), Receiver: lb})
			for seq := range uint16(4) {
				for _, s := range []*Session{a, b} {
					err := s.Send(Header{SequenceNumber: seq}, []byte{byte(seq)})
					if errors.Is(err, syscall.ENETUNREACH) && group.RTP.Addr().Is6() {
						t.Skip("no IPv6 multicast route on the loopback interface")
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			// The first packet only proves its source.
			for seq := uint16(1); seq < 4; seq++ {
				if p := await(t, la.packets); p.SSRC != b.SSRC() || p.SequenceNumber != seq {
					t.Fatalf("a heard %+v", p)
				}
				if p := await(t, lb.packets); p.SSRC != a.SSRC() || p.SequenceNumber != seq {
					t.Fatalf("b heard %+v", p)
				}
			}
			if st := a.Stats(); st.Loops != 0 || st.Received != 3 {
				t.Fatalf("stats %+v", st)
			}
		})
	}
}

// freeGroup returns a group address with a port that is free here.
func freeGroup(t testing.TB, addr string) netip.AddrPort {
	t.Helper()
	tr, err := Listen(ListenConfig{Addr: loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	return netip.AddrPortFrom(netip.MustParseAddr(addr), tr.LocalRTP().Port())
}

// caller calls its session back from each callback.
type caller struct {
	*listener
	ready chan struct{}
	s     *Session
	peer  netip.AddrPort
}

func (c *caller) ReceiveRTP(src *Source, p *codecs.Packet) {
	<-c.ready
	c.s.SetRemote(c.peer, netip.AddrPort{})
	c.s.RequestKeyframe(src.SSRC(), false)
	src.Stats()
	c.s.Stats()
	c.s.LastReceived()
	if err := c.s.Send(Header{}, p.Payload); err == nil {
		c.listener.ReceiveRTP(src, p)
	}
}

func TestReceiverMayCallItsSession(t *testing.T) {
	c := &caller{listener: newListener(), ready: make(chan struct{})}
	a, b, la, _ := pair(t, loopback, func(a, b *Config) {
		c.peer = a.Transport.LocalRTP()
		b.Receiver = c
	})
	c.s = b
	close(c.ready)
	if err := a.Send(Header{SequenceNumber: 1}, []byte("x")); err != nil {
		t.Fatal(err)
	}
	await(t, c.packets)
	if p := await(t, la.packets); string(p.Payload) != "x" {
		t.Fatalf("echo %+v", p)
	}
	await(t, la.keyframes)
}

func TestSendFromManyGoroutines(t *testing.T) {
	a, b, _, lb := pair(t, loopback, nil)
	const each, senders = 100, 4
	done := make(chan error, senders)
	for i := range senders {
		go func() {
			for seq := range uint16(each) {
				h := Header{SSRC: uint32(100 + i), SequenceNumber: seq, CSRC: []uint32{uint32(seq)}}
				if err := a.Send(h, []byte{byte(i)}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range senders {
		if err := await(t, done); err != nil {
			t.Fatal(err)
		}
	}
	for range each * senders {
		if p := await(t, lb.packets); p.SSRC != 100+uint32(p.Payload[0]) {
			t.Fatalf("mixed up: %+v", p)
		}
	}
	if a, b := a.Stats().Sent, b.Stats().Received; a != each*senders || b != a {
		t.Fatalf("sent %d, received %d", a, b)
	}
}

// Packets longer than a buffer are received where they are expected, and dropped
// and counted elsewhere.
func TestLongPackets(t *testing.T) {
	for _, long := range []bool{true, false} {
		a, b, _, lb := pair(t, loopback, func(_, cb *Config) { cb.Long = long })
		sizes := []int{20, 3 * codecs.MaxPacket, codecs.MaxPacket - headerSize, maxLong - headerSize, 30}
		var want []int
		for seq, size := range sizes {
			payload := make([]byte, size)
			payload[0], payload[size-1] = byte(seq), 0xaa
			if err := a.SendLong(Header{SequenceNumber: uint16(seq)}, payload); err != nil {
				t.Fatal(err)
			}
			if long || headerSize+size < codecs.MaxPacket {
				want = append(want, seq)
			}
		}
		for _, seq := range want {
			p := await(t, lb.packets)
			if size := sizes[seq]; len(p.Payload) != size || p.Payload[0] != byte(seq) || p.Payload[size-1] != 0xaa {
				t.Fatalf("long %v, packet %d: %d octets, want %d", long, seq, len(p.Payload), size)
			}
		}
		if dropped := b.Stats().Malformed; dropped != uint64(len(sizes)-len(want)) {
			t.Errorf("long %v: %d dropped", long, dropped)
		}
	}
}
