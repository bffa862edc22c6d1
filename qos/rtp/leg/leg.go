package leg

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/qos"
	"parley/qos/rtp"
)

// Terms are what signalling agreed for the RTP session of one medium.
type Terms struct {
	// Active is set while the medium is in the call.
	Active bool
	// Remote and RemoteRTCP are where the peer receives; not valid: unknown. RTCP
	// of another host than Remote's goes to Remote's all the same, since Trust is of
	// that one.
	Remote, RemoteRTCP netip.AddrPort
	Mux                bool // RTCP on the RTP port
	// Trust bounds what goes to Remote; nil: nothing does.
	Trust *Trust
	// MultiplexID is by what the peer knows the packets (H.460.19); nil: by
	// nothing.
	MultiplexID *uint32
	// Receive are the payload types that the peer may send.
	Receive []codecs.Mapping
	// Bandwidth in bit/s, of which RTCP takes its share, and CNAME (RFC 3550
	// 6.5.1) count when the session begins.
	Bandwidth int
	CNAME     string
	// Ciphers encrypt payload. Without a channel to send in, they stay those of
	// before, so that nothing that is still on its way out goes in the clear.
	Ciphers rtp.Ciphers
}

// Leg is the sockets and the RTP session of one medium. It is opened when
// signalling first needs it and stays until the call ends, so that a stream
// that is dropped and taken up again keeps its ports and numbers. One goroutine
// owns it. Open, OpenShared and Shared may be called beside it, by one other at a
// time; Session and LastReceived are for all.
type Leg struct {
	receiver  rtp.Receiver
	totals    *Totals
	log       *slog.Logger
	mu        sync.Mutex     // guards transport, and the beginning of session
	transport *rtp.Transport // nil: no ports yet
	session   atomic.Pointer[rtp.Session]
	remote    netip.AddrPort
	aim       atomic.Pointer[aim] // nil: of a host that is trusted
	patient   bool                // nothing is sent to a host before it has answered
	foreign   int                 // hosts so far that were not
}

// New returns a Leg whose packets go to receiver and are counted in totals.
func New(receiver rtp.Receiver, totals *Totals, log *slog.Logger) *Leg {
	return &Leg{receiver: receiver, totals: totals, log: log}
}

// Open takes ports, if the leg has none yet, and returns them. Shared ones that are
// not in use are given up for them.
func (l *Leg) Open(addr netip.Addr, ports rtp.PortRange, dscp qos.DSCP) (rtpPort, rtcpPort uint16, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sharedLocked() && l.session.Load() == nil {
		if err := l.transport.Close(); err != nil {
			return 0, 0, err
		}
		l.transport = nil
	}
	if l.transport == nil {
		t, err := rtp.Listen(rtp.ListenConfig{Addr: addr, Ports: ports, DSCP: dscp})
		if err != nil {
			return 0, 0, err
		}
		l.transport = t
	}
	return l.transport.LocalRTP().Port(), l.transport.LocalRTCP().Port(), nil
}

// OpenShared is Open for ports that are shared, if the leg has none yet. It
// returns the identifier too by which its packets are known; not shared: the leg
// had ports of its own before.
func (l *Leg) OpenShared(m *rtp.Multiplex, dscp qos.DSCP) (rtpPort, rtcpPort uint16, id uint32, shared bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.transport == nil {
		t, err := m.Open(dscp)
		if err != nil {
			return 0, 0, 0, false, err
		}
		l.transport = t
	}
	id, shared = l.transport.MultiplexID()
	return l.transport.LocalRTP().Port(), l.transport.LocalRTCP().Port(), id, shared, nil
}

// Shared reports whether the leg's ports are shared.
func (l *Leg) Shared() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sharedLocked()
}

func (l *Leg) sharedLocked() bool {
	if l.transport == nil {
		return false
	}
	_, is := l.transport.MultiplexID()
	return is
}

// Apply makes the session what was agreed.
func (l *Leg) Apply(t Terms) error {
	rates := make(map[uint8]int, len(t.Receive))
	for _, m := range t.Receive {
		rates[m.PayloadType] = m.Format.ClockRate
	}
	t.gather()
	defer l.aimed(l.aimAt(&t, !l.patient))
	s := l.session.Load()
	if s == nil {
		return l.begin(&t, rates)
	}
	s.SetCiphers(t.Ciphers)
	s.SetMultiplexID(t.MultiplexID)
	s.SetClockRates(rates)
	// An address told again must not reopen the window in which it may be
	// taken over; that is for signalling that changes it.
	if t.Remote != l.remote {
		l.remote = t.Remote
		s.SetRemote(t.Remote, t.RemoteRTCP)
	}
	return nil
}

// gather has RTCP go to the host that media goes to.
func (t *Terms) gather() {
	if t.Remote.IsValid() && plain(t.RemoteRTCP.Addr()) != plain(t.Remote.Addr()) {
		t.RemoteRTCP = netip.AddrPort{}
	}
}

// begin starts the session, where there is to be one.
func (l *Leg) begin(t *Terms, rates map[uint8]int) error {
	if !t.Active {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s, err := rtp.NewSession(rtp.Config{
		Transport:  l.transport,
		SDES:       rtp.SDES{CNAME: t.CNAME, Tool: "parley"},
		ClockRates: rates,
		Bandwidth:  t.Bandwidth,
		RTCPMux:    t.Mux,
		Remote:     t.Remote,
		RemoteRTCP: t.RemoteRTCP,
		Learn:      true,
		Ciphers:    t.Ciphers,
		Receiver:   l.receiver,
		Log:        l.log,

		MultiplexID: t.MultiplexID,
	})
	if err != nil {
		return err
	}
	l.remote = t.Remote
	l.totals.begin(s)
	l.session.Store(s)
	return nil
}

// Session is the RTP session; nil until there is one.
func (l *Leg) Session() *rtp.Session { return l.session.Load() }

// LastReceived is when the last valid packet came; zero when none did.
func (l *Leg) LastReceived() time.Time {
	if s := l.session.Load(); s != nil {
		return s.LastReceived()
	}
	return time.Time{}
}

// Close ends session and sockets.
func (l *Leg) Close(ctx context.Context) {
	if s := l.session.Load(); s != nil {
		if err := s.Close(ctx, "call ended"); err != nil {
			l.log.Debug("RTP session not closed cleanly", "error", err)
		}
		l.totals.end(s)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.transport != nil {
		if err := l.transport.Close(); err != nil {
			l.log.Debug("RTP sockets not closed cleanly", "error", err)
		}
	}
}
