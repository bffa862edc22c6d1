package multicast

import (
	"context"
	"math/rand/v2"

	"parley/codecs"
	"parley/conference"
	"parley/qos"
	"parley/qos/rtp"
)

// audioLeg is the sound side of a Group: a playout buffer for each member that
// sends, and the one mix that all hear. It implements conference.PayloadPort
// and rtp.Receiver.
type audioLeg struct {
	*leg
	pacer *pacer // nil: what a tick has is sent with it

	// Of the mixer's tick.
	sequence  uint16
	timestamp uint32
	quiet     int // ticks of silence since the last voice
	csrc      [maxContributors]uint32
}

func openAudio(g *Group, m *MediaConfig, dscp qos.DSCP, sdes rtp.SDES) (*audioLeg, error) {
	a := &audioLeg{
		leg: newLeg(g, codecs.MediaAudio, m),
		// RFC 3550 5.1: random starts; below 2^15, so that who misses the
		// first packets of an encrypted group still knows the round (RFC 3711
		// 3.3.1).
		sequence:  uint16(rand.Uint32() & 0x7fff),
		timestamp: rand.Uint32(),
		quiet:     SilenceHangover,
	}
	if err := a.open(m, dscp, sdes, a); err != nil {
		return nil, err
	}
	// Errors of sending are counted by the session; the next packet is the retry.
	send := func(h rtp.Header, payload []byte) { _ = a.session.Send(h, payload) }
	if a.pacer = newPacer(a.send.Format, m.packetTime(a.send.Format), a.sequence, send); a.pacer != nil {
		go a.pacer.run()
	}
	return a, nil
}

// close says BYE and leaves the group.
func (a *audioLeg) close(ctx context.Context, reason string) error {
	if a.pacer != nil {
		a.pacer.close()
	}
	return a.leg.close(ctx, reason)
}

// ReadFrame implements conference.AudioSource. The group itself has no voice;
// its members are sources of their own.
func (a *audioLeg) ReadFrame(*codecs.Frame) bool { return false }

// WriteFrame implements conference.AudioPort; it is not called, since the leg
// is a PayloadPort.
func (a *audioLeg) WriteFrame(*codecs.Frame) {}

// AudioFormat implements conference.PayloadPort.
func (a *audioLeg) AudioFormat() codecs.Format { return a.send.Format }

// WritePayload implements conference.PayloadPort.
func (a *audioLeg) WritePayload(p *codecs.Payload) {
	timestamp := a.timestamp
	a.timestamp += p.Duration
	if a.standby.Load() {
		a.quiet = SilenceHangover
		return
	}
	resumed := a.quiet >= SilenceHangover // marks the packet (RFC 3551 4.1)
	if p.Silent {
		if resumed {
			return
		}
		a.quiet++
	} else {
		a.quiet = 0
	}
	csrc, relayed := a.paths.appendCSRC(a.csrc[:0], p.Sources...)
	h := rtp.Header{
		PayloadType: a.send.PayloadType, Marker: resumed,
		Timestamp: timestamp, CSRC: csrc, Relayed: relayed,
	}
	if a.pacer != nil {
		a.pacer.push(&h, p.Data)
		return
	}
	size, duration := split(a.send.Format, len(p.Data))
	for rest := p.Data; ; {
		part := rest[:min(size, len(rest))]
		rest = rest[len(part):]
		a.sequence++
		h.SequenceNumber = a.sequence
		// Errors are counted by the session; the next tick is the retry.
		_ = a.session.Send(h, part)
		if len(rest) == 0 {
			return
		}
		h.Marker = false
		h.Timestamp += duration
	}
}

// ReceiveRTP implements rtp.Receiver.
func (a *audioLeg) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	if m := a.receive(src, p); m != nil {
		a.clockSound(src, m, p)
		m.buffer.Push(p)
	}
}

// KeyframeRequested implements rtp.Receiver: there are none in sound.
func (a *audioLeg) KeyframeRequested(uint32) {}

var (
	_ conference.PayloadPort = (*audioLeg)(nil)
	_ rtp.Receiver           = (*audioLeg)(nil)

	_ rtp.ApplicationReceiver = (*audioLeg)(nil)
	_ rtp.MixLoopReceiver     = (*audioLeg)(nil)
)
