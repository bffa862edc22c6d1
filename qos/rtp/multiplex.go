package rtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/qos"
)

// multiplexSize is what stands before a multiplexed packet of RTP or RTCP
// (H.460.19):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                          multiplexID                          |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
const multiplexSize = 4

// Multiplex is one pair of UDP sockets for RTP and RTCP of many sessions
// (H.460.19): a firewall has two ports to open, however many calls there are. An
// identifier before each packet that is received tells whose it is; one that is
// nobody's is dropped and counted, whoever sends it. From where a session's
// packets may come, the session itself decides as ever: see Session.SetRemote.
//
// One goroutine a socket receives for all, since packets of one session must not
// overtake each other. Its methods are safe for concurrent use.
type Multiplex struct {
	rtp, rtcp *socket
	log       *slog.Logger
	pool      codecs.Pool
	running   sync.WaitGroup
	closed    atomic.Bool

	mu      sync.RWMutex
	members map[uint32]*Session // by identifier; nil: no session yet

	foreign, malformed, readErrors atomic.Uint64
}

// MultiplexConfig says where a Multiplex listens.
type MultiplexConfig struct {
	// Addr and the even Port are of RTP; RTCP has the port above. Addr is as in
	// ListenConfig. Port 0: any free pair.
	Addr netip.Addr
	Port uint16
	Log  *slog.Logger // nil: none
}

// MultiplexStats are counts since the beginning, but for Sessions.
type MultiplexStats struct {
	Sessions   int    // identifiers that are given out
	Foreign    uint64 // packets whose identifier is nobody's
	Malformed  uint64 // packets too short for one, or cut
	ReadErrors uint64
}

// ErrMultiplexFull says that a Multiplex has no place for one more session.
var ErrMultiplexFull = errors.New("rtp: too many sessions share one pair of ports")

// ListenMultiplex opens the sockets. An error names the address and port.
func ListenMultiplex(cfg MultiplexConfig) (*Multiplex, error) {
	if cfg.Port%2 != 0 {
		return nil, fmt.Errorf("rtp: port %d of multiplexed RTP is odd", cfg.Port) // RFC 3550 section 11
	}
	t, err := listenUnicast(cfg.Addr, 0, func(addr netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
		if cfg.Port == 0 {
			return listenAnyPair(addr)
		}
		return openPair(addr, cfg.Port)
	})
	if err != nil {
		return nil, fmt.Errorf("rtp: multiplexed RTP and RTCP: %w", err)
	}
	for _, s := range []*socket{t.rtp, t.rtcp} {
		// Smaller buffers than asked for work, with more loss under load.
		_ = s.in.SetReadBuffer(multiplexBuffer)
		_ = s.out.SetWriteBuffer(multiplexBuffer)
	}
	m := &Multiplex{rtp: t.rtp, rtcp: t.rtcp, log: cfg.Log, members: make(map[uint32]*Session)}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	m.running.Go(func() { m.read(m.rtp.in, true) })
	m.running.Go(func() { m.read(m.rtcp.in, false) })
	return m, nil
}

// LocalRTP is the address of the RTP socket.
func (m *Multiplex) LocalRTP() netip.AddrPort { return m.rtp.local() }

// Open returns a Transport for one session, with an identifier that is chance:
// who does not know it cannot reach the session. What it sends is marked with
// dscp. Closing it gives the identifier back. The error is ErrMultiplexFull, or
// net.ErrClosed.
func (m *Multiplex) Open(dscp qos.DSCP) (*Transport, error) {
	if dscp > 63 {
		return nil, fmt.Errorf("rtp: code point %d above 63", dscp)
	}
	p := &place{multiplex: m}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed.Load():
		return nil, net.ErrClosed
	case len(m.members) >= maxMultiplexed:
		return nil, ErrMultiplexFull
	}
	for taken := true; taken; {
		// 0 means none to some peers.
		p.id = max(1, rand.Uint32())
		_, taken = m.members[p.id]
	}
	m.members[p.id] = nil
	return &Transport{rtp: m.rtp.marked(dscp), rtcp: m.rtcp.marked(dscp), place: p}, nil
}

// Stats returns a snapshot.
func (m *Multiplex) Stats() MultiplexStats {
	m.mu.RLock()
	n := len(m.members)
	m.mu.RUnlock()
	return MultiplexStats{
		Sessions: n, Foreign: m.foreign.Load(), Malformed: m.malformed.Load(), ReadErrors: m.readErrors.Load(),
	}
}

// Close closes the sockets, after all sessions and their transports.
func (m *Multiplex) Close() error {
	if m.closed.Swap(true) {
		return nil
	}
	err := errors.Join(m.rtp.close(), m.rtcp.close())
	m.running.Wait()
	return err
}

// read receives from one socket until it is closed.
func (m *Multiplex) read(c *net.UDPConn, rtp bool) {
	var p codecs.Packet
	failed := 0
	for failed < maxReadErrors {
		buf := m.pool.Get()
		n, from, err := c.ReadFromUDPAddrPort(buf.Bytes[:])
		switch {
		case err == nil:
			failed = 0
			m.receive(time.Now(), unmapped(from), buf, n, &p, rtp)
		case errors.Is(err, net.ErrClosed):
			buf.Release()
			return
		case !errors.Is(err, os.ErrDeadlineExceeded):
			failed++
			m.readErrors.Add(1)
		}
		buf.Release()
	}
	m.log.Error("multiplexed RTP socket given up after repeated read errors", "local", c.LocalAddr().String())
}

// receive finds the session of the datagram of n octets in buf. What fills the
// buffer may have been cut by the kernel.
func (m *Multiplex) receive(now time.Time, from netip.AddrPort, buf *codecs.Buffer, n int, p *codecs.Packet, rtp bool) {
	if n <= multiplexSize || n == len(buf.Bytes) {
		m.malformed.Add(1)
		return
	}
	m.mu.RLock()
	s, known := m.members[binary.BigEndian.Uint32(buf.Bytes[:])]
	m.mu.RUnlock()
	if !known {
		m.foreign.Add(1)
		return
	}
	if s != nil { // one that is early is lost, and will be repeated
		s.receive(now, from, buf, buf.Bytes[multiplexSize:n], p, port{rtcp: !rtp})
	}
}

// place is that of one Transport in a Multiplex.
type place struct {
	multiplex *Multiplex
	id        uint32
}

// enter has a session receive what comes with the identifier.
func (p *place) enter(s *Session) error {
	m := p.multiplex
	m.mu.Lock()
	defer m.mu.Unlock()
	other, open := m.members[p.id]
	switch {
	case !open || m.closed.Load():
		return net.ErrClosed
	case other != nil:
		return errors.New("rtp: the transport has a session")
	}
	m.members[p.id] = s
	return nil
}

// leave ends that.
func (p *place) leave() {
	m := p.multiplex
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, open := m.members[p.id]; open {
		m.members[p.id] = nil
	}
}

// giveBack frees the identifier.
func (p *place) giveBack() {
	m := p.multiplex
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.members, p.id)
}

// SetMultiplexID tells by which identifier the peer knows the session's packets,
// which then stands before each that is sent (H.460.19); nil: none does.
func (s *Session) SetMultiplexID(id *uint32) {
	if id == nil {
		s.preface.Store(nil)
		return
	}
	var octets [multiplexSize]byte
	binary.BigEndian.PutUint32(octets[:], *id)
	s.preface.Store(&octets)
}

// begin writes what stands before a packet to buf, and returns its length.
func (s *Session) begin(buf []byte) int {
	if p := s.preface.Load(); p != nil {
		return copy(buf, p[:])
	}
	return 0
}
