package rtp

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"parley/codecs"
	"parley/qos"
)

// PortRange is the range of UDP ports that sessions may take, both ends
// included. RTP takes the even port of a pair, RTCP the odd one above it
// (RFC 3550 11).
type PortRange struct{ Low, High uint16 }

// ListenConfig says where a Transport listens.
type ListenConfig struct {
	Addr  netip.Addr // unspecified: all; v6 unspecified takes v4 too
	Ports PortRange  // zero: any free pair
	DSCP  qos.DSCP   // of RTP and RTCP, v4 and v6
	// Group joins an any-source multicast group instead; Addr and Ports are
	// then ignored.
	Group *GroupConfig
}

// GroupConfig is a multicast group to send to and receive from.
type GroupConfig struct {
	RTP       netip.AddrPort // group and port; RTCP is the next port unless set
	RTCP      netip.AddrPort
	Interface string // name; empty: the system's choice
	TTL       int    // 1 to 255
}

// Transport is the sockets of one session. Who made it closes it, after the
// Session that uses it.
type Transport struct{}

// Listen opens the sockets. An error names the address or range and what to do.
func Listen(cfg ListenConfig) (*Transport, error) { panic("contract") }

// LocalRTP is the address of the RTP socket.
func (t *Transport) LocalRTP() netip.AddrPort { panic("contract") }

// LocalRTCP is the address of the RTCP socket.
func (t *Transport) LocalRTCP() netip.AddrPort { panic("contract") }

// Close closes the sockets.
func (t *Transport) Close() error { panic("contract") }

// SDES is what a participant tells of itself (RFC 3550 6.5).
type SDES struct{ CNAME, Name, Tool string }

// Config is what a Session runs under.
type Config struct {
	Transport *Transport
	SSRC      uint32 // 0: random
	SDES      SDES
	// ClockRates maps payload types to RTP clock rates in Hz, for jitter and
	// sender reports. Packets of other payload types are dropped and counted.
	ClockRates map[uint8]int
	// Bandwidth of the session in bits per second, of which RTCP takes 5 %
	// (RFC 3550 6.2). 0: 64 kb/s.
	Bandwidth int
	// RTCPMux sends RTCP on the RTP port (RFC 5761). Reception takes both.
	RTCPMux bool
	// Remote is where to send, from signalling; not valid: nowhere yet. Unset
	// for a group.
	Remote, RemoteRTCP netip.AddrPort
	// Learn follows a peer behind NAT: see Session.SetRemote.
	Learn    bool
	Receiver Receiver
	Log      *slog.Logger
}

// Receiver is called from the session's goroutines, one call at a time per
// session. It must not block.
type Receiver interface {
	// ReceiveRTP gets each valid packet in the order of arrival. p and src are
	// the session's; p.Buffer may be retained.
	ReceiveRTP(src *Source, p *codecs.Packet)
	// SourceChanged tells that src is new, said who it is (SDES), said BYE or
	// timed out (RFC 3550 6.3.5).
	SourceChanged(src *Source, change SourceChange)
	// KeyframeRequested tells of PLI or FIR (RFC 4585, RFC 5104) for ssrc,
	// which is one of ours.
	KeyframeRequested(ssrc uint32)
	// LoopDetected tells that our own SSRC, CSRC or CNAME came back from addr.
	// The packets are not delivered.
	LoopDetected(addr netip.AddrPort, what string)
}

// SourceChange is what happened to a Source.
type SourceChange uint8

// The changes.
const (
	SourceNew SourceChange = iota + 1
	SourceDescribed
	SourceBye
	SourceTimeout
)

// Source is one remote SSRC.
type Source struct{}

// SSRC is its identifier.
func (s *Source) SSRC() uint32 { panic("contract") }

// Addr is where its packets come from.
func (s *Source) Addr() netip.AddrPort { panic("contract") }

// SDES is what it told of itself so far.
func (s *Source) SDES() SDES { panic("contract") }

// Stats is a snapshot of its reception.
func (s *Source) Stats() SourceStats { panic("contract") }

// SourceStats is reception from one source (RFC 3550 6.4.1, A.3, A.8).
type SourceStats struct {
	Packets, Octets   uint64
	Lost              int64 // expected minus received; negative on duplicates
	FractionLost      float64
	Jitter            time.Duration
	RoundTrip         time.Duration // 0: unknown
	LastPacket        time.Time
	RemoteLost        int64   // what it reports of our stream
	RemoteFraction    float64 //
	RemoteJitter      time.Duration
	ReceivedKeyframes uint64
}

// Stats is a snapshot of a Session.
type Stats struct {
	Sent, SentOctets          uint64
	Received, ReceivedOctets  uint64
	Malformed, UnknownPayload uint64
	Foreign                   uint64 // from an address that is not the peer's
	Loops                     uint64
	Sources                   map[uint32]SourceStats
}

// Header is what a sender decides of an RTP header.
type Header struct {
	PayloadType    uint8
	Marker         bool
	SequenceNumber uint16
	Timestamp      uint32
	SSRC           uint32   // 0: the session's own
	CSRC           []uint32 // at most 15
}

// Session is one RTP session. Its methods are safe for concurrent use.
type Session struct{}

// NewSession starts receiving and reporting.
func NewSession(cfg Config) (*Session, error) { panic("contract") }

// SSRC is the session's own.
func (s *Session) SSRC() uint32 { panic("contract") }

// Send sends one packet whose payload is parts joined. It does not allocate
// and does not block; an error is counted too.
func (s *Session) Send(h Header, parts ...[]byte) error { panic("contract") }

// RequestKeyframe sends PLI, or FIR where fir is set, to src.
func (s *Session) RequestKeyframe(src uint32, fir bool) { panic("contract") }

// SetRemote tells where to send, as signalling gives it. With Learn, the
// address may be replaced once, within LearnWindow of this call, by the
// address from which LearnPackets consecutive valid packets of one SSRC came;
// then it is locked until the next SetRemote. Packets from elsewhere are
// dropped and counted.
func (s *Session) SetRemote(rtp, rtcp netip.AddrPort) { panic("contract") }

// SetClockRates replaces the payload types that are received.
func (s *Session) SetClockRates(m map[uint8]int) { panic("contract") }

// LastReceived is when the last valid RTP or RTCP came from the peer.
func (s *Session) LastReceived() time.Time { panic("contract") }

// Stats returns a snapshot.
func (s *Session) Stats() Stats { panic("contract") }

// Close sends BYE with reason and stops all goroutines.
func (s *Session) Close(ctx context.Context, reason string) error { panic("contract") }
