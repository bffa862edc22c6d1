package sipbridge

import (
	"context"
	"log/slog"
	"net/netip"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/qos"
	"parley/qos/rtp"
	"parley/sipbridge/internal/negotiation"
)

// leg is the sockets and the RTP session of one medium. It is opened when an
// m= line first needs it and stays until the call ends, so that a stream that
// is dropped and taken up again keeps its ports and numbers. The call's
// goroutine owns it; only session is read by others.
type leg struct {
	transport *rtp.Transport
	session   atomic.Pointer[rtp.Session]
	remote    netip.AddrPort
	receiver  rtp.Receiver
	totals    *mediaTotals
	log       *slog.Logger
}

// open takes ports, if the leg has none yet.
func (l *leg) open(addr netip.Addr, ports rtp.PortRange, dscp qos.DSCP) (negotiation.Ports, error) {
	if l.transport == nil {
		t, err := rtp.Listen(rtp.ListenConfig{Addr: addr, Ports: ports, DSCP: dscp})
		if err != nil {
			return negotiation.Ports{}, err
		}
		l.transport = t
	}
	return negotiation.Ports{RTP: l.transport.LocalRTP().Port(), RTCP: l.transport.LocalRTCP().Port()}, nil
}

// apply makes the session what was agreed.
func (l *leg) apply(agreed negotiation.Leg, bandwidth int, cname string) error {
	rates := make(map[uint8]int, len(agreed.Receive))
	for _, m := range agreed.Receive {
		rates[m.PayloadType] = m.Format.ClockRate
	}
	s := l.session.Load()
	if s == nil {
		if !agreed.Active {
			return nil
		}
		s, err := rtp.NewSession(rtp.Config{
			Transport:  l.transport,
			SDES:       rtp.SDES{CNAME: cname, Tool: "parley"},
			ClockRates: rates,
			Bandwidth:  bandwidth,
			RTCPMux:    agreed.Mux,
			Remote:     agreed.Remote,
			RemoteRTCP: agreed.RemoteRTCP,
			Learn:      true,
			Receiver:   l.receiver,
			Log:        l.log,
		})
		if err != nil {
			return err
		}
		l.remote = agreed.Remote
		l.totals.begin(s)
		l.session.Store(s)
		return nil
	}
	s.SetClockRates(rates)
	// An address told again must not reopen the window in which it may be
	// taken over; that is for signalling that changes it.
	if agreed.Remote != l.remote {
		l.remote = agreed.Remote
		s.SetRemote(agreed.Remote, agreed.RemoteRTCP)
	}
	return nil
}

func (l *leg) lastReceived() time.Time {
	if s := l.session.Load(); s != nil {
		return s.LastReceived()
	}
	return time.Time{}
}

func (l *leg) close(ctx context.Context) {
	if s := l.session.Load(); s != nil {
		if err := s.Close(ctx, "call ended"); err != nil {
			l.log.Debug("RTP session not closed cleanly", "error", err)
		}
		l.totals.end(s)
	}
	if l.transport != nil {
		if err := l.transport.Close(); err != nil {
			l.log.Debug("RTP sockets not closed cleanly", "error", err)
		}
	}
}

// formatsOf maps payload types to Formats of sound.
func formatsOf(ms []codecs.Mapping) map[uint8]codecs.Format {
	out := make(map[uint8]codecs.Format, len(ms))
	for _, m := range ms {
		if m.Format.Media() == codecs.MediaAudio {
			out[m.PayloadType] = m.Format
		}
	}
	return out
}
