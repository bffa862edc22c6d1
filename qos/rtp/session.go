package rtp

import (
	crand "crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
)

// Config is what a Session runs under.
type Config struct {
	Transport *Transport
	SSRC      uint32 // 0: random
	SDES      SDES   // an empty CNAME is made up
	// ClockRates maps payload types to RTP clock rates in Hz, for jitter and
	// sender reports. Packets of other payload types are dropped and counted.
	ClockRates map[uint8]int
	// Bandwidth of the session in bits per second, of which RTCP takes 5 %
	// (RFC 3550 6.2). 0: 64 kb/s.
	Bandwidth int
	// RTCPBandwidth is what RTCP takes instead; nil: that share.
	RTCPBandwidth *RTCPBandwidth
	// Long receives packets longer than codecs.MaxPacket, too, up to what a
	// datagram holds. A shared port (Multiplex) has none.
	Long bool
	// RTCPMux sends RTCP on the RTP port (RFC 5761). Reception takes both.
	RTCPMux bool
	// Remote is where to send, from signalling; not valid: nowhere yet. Unset
	// for a group.
	Remote, RemoteRTCP netip.AddrPort
	// Learn follows a peer behind NAT: see Session.SetRemote.
	Learn bool
	// MultiplexID is by what the peer knows the packets: see
	// Session.SetMultiplexID.
	MultiplexID *uint32
	Ciphers     Ciphers
	// Feedback is set for a group of one source whose members send their RTCP
	// by unicast (RFC 5760).
	Feedback *Feedback
	Receiver Receiver
	Log      *slog.Logger
}

// Receiver is called from the session's goroutines, one call at a time per
// session. It must not block, not close the session, and not ask for its Members.
type Receiver interface {
	// ReceiveRTP gets each valid packet in the order of arrival, also those
	// with an empty payload. p and src are the session's; p is valid until the
	// call returns, p.Buffer may be retained.
	ReceiveRTP(src *Source, p *codecs.Packet)
	// SourceChanged tells that src is new, said who it is (SDES), said BYE or
	// timed out (RFC 3550 6.3.5). Members that only listen are not told.
	SourceChanged(src *Source, change SourceChange)
	// KeyframeRequested tells of PLI or FIR (RFC 4585, RFC 5104) for ssrc,
	// which is one of ours.
	KeyframeRequested(ssrc uint32)
	// LoopDetected tells that our own SSRC, CSRC or CNAME (which is what)
	// came back from addr, at most once per 5 s for each. The packets are not
	// delivered.
	LoopDetected(addr netip.AddrPort, what string)
}

// KeyReceiver is a Receiver that is told who sends under another key.
type KeyReceiver interface {
	// Undecryptable tells that packets from addr, of ssrc (0: RTCP), could not
	// be opened by Ciphers, at most once per 10 s for all.
	Undecryptable(addr netip.AddrPort, ssrc uint32)
}

// PayloadReceiver is a Receiver that is told who cannot be heard for the payload
// type alone.
type PayloadReceiver interface {
	// UnknownPayload tells that packets from addr, of ssrc, of which nothing was
	// delivered, have a payload type without a clock rate, at most once per 10 s
	// for all.
	UnknownPayload(addr netip.AddrPort, ssrc uint32, payloadType uint8)
}

// CollisionReceiver is a Receiver that sends under SSRCs of its own choice
// (Header.SSRC).
type CollisionReceiver interface {
	// SSRCCollided tells that somebody else has an SSRC of ours, which the
	// session has said BYE for (RFC 3550 8.2). What was sent under it has to go
	// on under another; the session's own has changed by itself.
	SSRCCollided(ssrc uint32)
}

// Session is one RTP session. Its methods are safe for concurrent use.
type Session struct {
	transport *Transport
	receiver  Receiver
	log       *slog.Logger
	machine   *machine
	pool      codecs.Pool
	long      bool // packets longer than its buffers are received

	// turn makes inputs (a packet, a timer) one after the other: each changes
	// the machine and then calls the Receiver. It guards no state, and no
	// method that a Receiver may call takes it.
	turn  sync.Mutex
	ended bool // nothing is received any more; guarded by turn

	preface atomic.Pointer[[multiplexSize]byte] // before each packet sent; nil: nothing

	feedback *net.UDPConn // the feedback target; nil: none here

	sent, sentOctets, sendErrors, rtcpSent atomic.Uint64

	kick   chan struct{} // the next report became earlier
	done   chan struct{}
	closed atomic.Bool
	wg     sync.WaitGroup
}

var (
	// ErrNoRemote is returned while signalling has not told where to send.
	ErrNoRemote = errors.New("rtp: no remote address")

	// ErrListenOnly is returned by Send and SendLong for a group that is only listened to. It is
	// not counted.
	ErrListenOnly = errors.New("rtp: the group is only listened to")

	errFamily = errors.New("rtp: IPv6 address on an IPv4 socket")
)

// NewSession starts receiving and reporting.
func NewSession(cfg Config) (*Session, error) {
	if cfg.Transport == nil || cfg.Receiver == nil {
		return nil, errors.New("rtp: session without transport or receiver")
	}
	if cfg.SDES.CNAME == "" {
		cfg.SDES.CNAME = crand.Text() // short-term, of 128 random bits (RFC 7022 4.2)
	}
	group := cfg.Transport.group
	s := &Session{
		transport: cfg.Transport,
		receiver:  cfg.Receiver,
		log:       cfg.Log,
		long:      cfg.Long,
		machine:   newMachine(&cfg, group != nil, time.Now(), rand.Uint32),
		kick:      make(chan struct{}, 1),
		done:      make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if group != nil {
		s.machine.isOwn = group.isOwn
		to := group.rtcp
		if f := cfg.Feedback; f != nil && !f.Distribute {
			to = unmapped(f.Target)
		}
		d := destination{rtp: newTarget(group.rtp), rtcp: newTarget(to)}
		if group.listenOnly {
			d.rtp = target{}
			if to.Addr().IsMulticast() {
				d.rtcp = target{} // nobody would take it
			}
		}
		if d.rtcp.addr == group.rtcp {
			s.machine.layers = len(group.layers)
		}
		s.machine.dest.Store(&d)
	} else {
		s.machine.setRemote(time.Now(), cfg.Remote, cfg.RemoteRTCP)
	}
	s.SetMultiplexID(cfg.MultiplexID)
	if group != nil {
		var err error
		if s.feedback, err = listenFeedback(cfg.Feedback); err != nil {
			return nil, err
		}
	}
	if err := s.listen(); err != nil {
		if s.feedback != nil {
			s.feedback.Close()
		}
		return nil, fmt.Errorf("rtp: start session: %w", err)
	}
	s.wg.Go(s.report)
	return s, nil
}

// listen begins to receive.
func (s *Session) listen() error {
	if p := s.transport.place; p != nil {
		return p.enter(s)
	}
	for _, c := range s.transport.sockets() {
		if err := c.SetReadDeadline(time.Time{}); err != nil {
			return err
		}
	}
	if s.feedback != nil {
		s.wg.Go(func() { s.readFeedback(s.feedback) })
	}
	s.wg.Go(func() { s.read(s.transport.rtp.in, port{}) })
	s.wg.Go(func() { s.read(s.transport.rtcp.in, port{rtcp: true}) })
	for i, c := range s.transport.layers {
		s.wg.Go(func() { s.read(c, port{layer: i + 1}) })
	}
	for i, c := range s.transport.reports {
		s.wg.Go(func() { s.read(c, port{layer: i + 1, rtcp: true}) })
	}
	return nil
}

// SSRC is the session's own. It changes when another takes the same
// (RFC 3550 8.2); sequence numbers go on.
func (s *Session) SSRC() uint32 { return s.machine.ssrc.Load() }

// IsOwn reports whether ssrc is the session's own, or one that packets were
// lately sent under (Header.SSRC).
func (s *Session) IsOwn(ssrc uint32) bool { return s.machine.isOurs(ssrc) }

// EndStream says BYE for a stream that was sent under an SSRC of its own
// (RFC 3550 6.6). The session's own SSRC ends with Close.
func (s *Session) EndStream(ssrc uint32, reason string) {
	if !s.closed.Load() {
		s.sendReport(s.machine.endStream(time.Now(), ssrc, reason))
	}
}

// SetRemote tells where to send, as signalling gives it; rtcp not valid: by
// the rule of RFC 3550 11, or on the RTP port with RTCPMux. With Learn, the
// address may be replaced once, within LearnWithin of this call and while
// nothing has come from the address given here, by the address from which
// LearnPackets consecutive valid packets of one SSRC came within LearnWindow;
// then it is locked until the next SetRemote. A packet from the address given
// here ends the learning, and until LearnWithin overrules what was learned.
// The same address again changes nothing for a peer that is heard; for one
// that is silent, it allows to learn anew, and until then what was learned
// stays. Packets from elsewhere are dropped and counted. A group ignores it.
func (s *Session) SetRemote(rtp, rtcp netip.AddrPort) {
	if s.transport.group == nil {
		s.machine.setRemote(time.Now(), rtp, rtcp)
	}
}

// SetClockRates replaces the payload types that are received.
func (s *Session) SetClockRates(m map[uint8]int) { s.machine.setClockRates(m) }

// Destination is where RTP is sent to now: where signalling said, or what was
// learned since; not valid: nowhere yet.
func (s *Session) Destination() netip.AddrPort { return s.machine.dest.Load().rtp.addr }

// LastReceived is when the last valid RTP or RTCP came from the peer; zero
// when none did.
func (s *Session) LastReceived() time.Time {
	s.machine.mu.Lock()
	defer s.machine.mu.Unlock()
	return s.machine.lastHear
}

// Stats returns a snapshot.
func (s *Session) Stats() Stats {
	st := s.machine.snapshot()
	st.Sent, st.SentOctets, st.SendErrors = s.sent.Load(), s.sentOctets.Load(), s.sendErrors.Load()
	st.RTCPSent = s.rtcpSent.Load()
	return st
}

// Send sends one packet whose payload is parts joined. It does not allocate
// and does not block; an error is counted too.
func (s *Session) Send(h Header, parts ...[]byte) error {
	return s.count(s.send(&h, parts, false))
}

// SendLong is Send for a payload that may be longer than codecs.MaxPacket, up to
// what a datagram holds: a NAL unit to who takes no fragments of it. IP
// fragments it. It keeps a buffer of that length for the next one.
func (s *Session) SendLong(h Header, parts ...[]byte) error {
	return s.count(s.send(&h, parts, true))
}

func (s *Session) count(size int, err error) error {
	if errors.Is(err, ErrListenOnly) {
		return err
	}
	if err != nil {
		s.sendErrors.Add(1)
		return err
	}
	s.sent.Add(1)
	s.sentOctets.Add(uint64(size))
	return nil
}

func (s *Session) send(h *Header, parts [][]byte, long bool) (int, error) {
	if s.closed.Load() {
		return 0, net.ErrClosed
	}
	if g := s.transport.group; g != nil && g.listenOnly {
		return 0, ErrListenOnly
	}
	to := s.machine.dest.Load().rtp
	if !to.addr.IsValid() {
		return 0, ErrNoRemote
	}
	ssrc := h.SSRC
	if ssrc == 0 {
		ssrc = s.machine.ssrc.Load()
	}
	out := s.transport.rtp.sender
	d := out.get()
	first := s.begin(d.buf[:])
	n, size, err := s.marshal(d.buf[first:], h, ssrc, parts)
	if long && errors.Is(err, ErrTooLong) {
		if d.long == nil {
			d.long = make([]byte, maxLong)
		}
		copy(d.long, d.buf[:first])
		n, size, err = s.marshal(d.long[first:], h, ssrc, parts)
	}
	if err != nil {
		out.drop(d)
		return 0, err
	}
	d.n = first + size
	// Noted before it is sent, since in a loop it may be back before the
	// write returns.
	rate := s.machine.rates.Load()[h.PayloadType&0x7f]
	if begun := s.machine.own.note(time.Now(), h, ssrc, n-headerSize-4*len(h.CSRC), int(rate)); begun && s.machine.group {
		select {
		case s.kick <- struct{}{}: // see machine.beginLocked
		default:
		}
	}
	return size, out.send(d, to)
}

// marshal writes a packet of n octets to buf, and returns of how many it is once
// it is encrypted.
func (s *Session) marshal(buf []byte, h *Header, ssrc uint32, parts [][]byte) (n, size int, err error) {
	if n, err = h.marshal(buf, ssrc, parts); err != nil {
		return 0, 0, err
	}
	size, err = s.machine.ciphers.Load().seal(buf, n)
	return n, size, err
}

// KeepAlive sends a packet to an address, from the socket of RTP, after the
// peer's identifier where there is one: it opens a way through address
// translation, and is none of the session's media (RFC 6263, H.460.19).
func (s *Session) KeepAlive(to netip.AddrPort, packet []byte) error {
	if s.closed.Load() {
		return net.ErrClosed
	}
	if to = sendable(to); !to.IsValid() {
		return ErrNoRemote
	}
	out := s.transport.rtp.sender
	d := out.get()
	first := s.begin(d.buf[:])
	if d.n = first + copy(d.buf[first:], packet); d.n < first+len(packet) {
		out.drop(d)
		return ErrTooLong
	}
	return out.send(d, newTarget(to))
}

// RequestKeyframe sends PLI, or FIR where fir is set, to src. How often is
// the caller's to bound.
func (s *Session) RequestKeyframe(src uint32, fir bool) {
	if !s.closed.Load() {
		s.sendReport(s.machine.keyframeRequest(src, fir))
	}
}

// sendReport sends a compound RTCP packet of ours.
func (s *Session) sendReport(packet []byte) {
	s.sendRTCP(packet, s.machine.dest.Load().rtcp, s.machine.ciphers.Load().SendReport)
}

// sendLayerReport sends one to the session of a layer; 0 is the base.
func (s *Session) sendLayerReport(layer int, packet []byte) {
	if layer == 0 {
		s.sendReport(packet)
		return
	}
	s.sendRTCP(packet, newTarget(s.transport.group.layers[layer-1]), s.machine.ciphers.Load().SendReport)
}

// sendRTCP sends a packet of RTCP to to, encrypted by by; nil: as it is.
func (s *Session) sendRTCP(packet []byte, to target, by Sealer) {
	if !to.addr.IsValid() || len(packet) == 0 {
		return
	}
	socket := s.transport.rtcp
	if s.machine.mux {
		socket = s.transport.rtp
	}
	d := socket.sender.get()
	first := s.begin(d.buf[:])
	d.n = first + copy(d.buf[first:], packet)
	var err error
	size := d.n - first
	if size < len(packet) {
		err = ErrTooLong
	} else {
		size, err = seal(by, d.buf[first:], size)
	}
	if err != nil {
		socket.sender.drop(d)
	} else {
		d.n = first + size
		err = socket.sender.send(d, to)
	}
	if err != nil {
		s.sendErrors.Add(1)
		s.log.Debug("RTCP not sent", "to", to.addr, "err", err)
		return
	}
	s.rtcpSent.Add(uint64(len(packet)))
}
