package multicast

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"sync"

	"parley/codecs"
	"parley/conference"
	"parley/qos"
	"parley/qos/rtp"
	"parley/qos/rtp/playout"
)

// audioLeg is the audio side of a Group: one RTP session, a playout buffer for
// each member that sends, and the one mix that all hear. It implements
// conference.PayloadPort and rtp.Receiver.
type audioLeg struct {
	group     *Group
	transport *rtp.Transport
	session   *rtp.Session
	formats   map[uint8]codecs.Format
	send      codecs.Mapping

	// Of the mixer's tick.
	sequence  uint16
	timestamp uint32
	quiet     int // ticks of silence since the last voice

	mu      sync.Mutex
	members map[uint32]*audioMember // by SSRC
}

// audioMember is a source of the group that is heard.
type audioMember struct {
	id     conference.SourceID
	buffer *playout.Buffer
	format codecs.Format
}

func openAudio(g *Group, m *MediaConfig, dscp qos.DSCP, sdes rtp.SDES) (*audioLeg, error) {
	a := &audioLeg{
		group:     g,
		formats:   make(map[uint8]codecs.Format, len(m.Formats)),
		send:      m.Formats[0],
		sequence:  uint16(rand.Uint32()), // RFC 3550 5.1: random starts
		timestamp: rand.Uint32(),
		quiet:     SilenceHangover,
		members:   make(map[uint32]*audioMember),
	}
	for _, f := range m.Formats {
		a.formats[f.PayloadType] = f.Format
	}
	var err error
	a.transport, a.session, err = g.open(m, dscp, sdes, a)
	if err != nil {
		return nil, err
	}
	return a, nil
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
	resumed := a.quiet >= SilenceHangover
	if p.Silent {
		if resumed {
			return
		}
		a.quiet++
	} else {
		a.quiet = 0
	}
	a.sequence++
	// Errors are counted by the session; the next tick is the retry. The
	// marker is the first packet after silence (RFC 3551 4.1).
	_ = a.session.Send(rtp.Header{
		PayloadType: a.send.PayloadType, Marker: resumed,
		SequenceNumber: a.sequence, Timestamp: timestamp, CSRC: p.Sources,
	}, p.Data)
}

// ReceiveRTP implements rtp.Receiver.
func (a *audioLeg) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	seat := a.group.seat.Load()
	if seat == nil {
		return
	}
	m := a.member(seat, src, p.PayloadType)
	if m == nil {
		return
	}
	if f, ok := a.formats[p.PayloadType]; ok && f != m.format && f.Media() == codecs.MediaAudio {
		m.format = f
		seat.UpdateSource(m.id, a.describe(src, m))
	}
	m.buffer.Push(p)
}

// member returns the member that src is, newly seated if need be; nil when the
// group has as many as it may.
func (a *audioLeg) member(seat *conference.Seat, src *rtp.Source, payloadType uint8) *audioMember {
	a.mu.Lock()
	m, n := a.members[src.SSRC()], len(a.members)
	a.mu.Unlock()
	if m != nil || n >= MaxSources {
		return m
	}
	m = &audioMember{
		buffer: playout.New(playout.Config{Codecs: a.group.deps.Codecs, Formats: a.formats}),
		format: a.formats[payloadType],
	}
	id, err := seat.AddSource(a.describe(src, m))
	if err != nil {
		return nil // full or closing: the packet has nowhere to go
	}
	m.id = id
	a.mu.Lock()
	a.members[src.SSRC()] = m
	a.mu.Unlock()
	return m
}

func (a *audioLeg) describe(src *rtp.Source, m *audioMember) conference.SourceInfo {
	info := describe(src)
	info.AudioFormat = m.format
	info.Audio = m.buffer
	return info
}

// SourceChanged implements rtp.Receiver.
func (a *audioLeg) SourceChanged(src *rtp.Source, change rtp.SourceChange) {
	seat := a.group.seat.Load()
	a.mu.Lock()
	m := a.members[src.SSRC()]
	gone := change == rtp.SourceBye || change == rtp.SourceTimeout
	if gone {
		delete(a.members, src.SSRC())
	}
	a.mu.Unlock()
	switch {
	case m == nil || seat == nil:
	case gone:
		seat.RemoveSource(m.id)
	case change == rtp.SourceDescribed:
		seat.UpdateSource(m.id, a.describe(src, m))
	}
}

// KeyframeRequested implements rtp.Receiver: there are none in sound.
func (a *audioLeg) KeyframeRequested(uint32) {}

// LoopDetected implements rtp.Receiver.
func (a *audioLeg) LoopDetected(addr netip.AddrPort, what string) { a.group.loop(addr, what) }

func (a *audioLeg) close(ctx context.Context, reason string) error {
	if a.session == nil {
		return nil
	}
	return errors.Join(a.session.Close(ctx, reason), a.transport.Close())
}

// describe is what a source's RTCP tells of it.
func describe(src *rtp.Source) conference.SourceInfo {
	sdes := src.SDES()
	name := sdes.Name
	if name == "" {
		name = sdes.CNAME
	}
	return conference.SourceInfo{Name: name, CNAME: sdes.CNAME, Address: src.Addr().String()}
}
