package multicast

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/multicast/internal/election"
	"parley/qos"
	"parley/qos/rtp"
	"parley/qos/rtp/playout"
)

// leg is what the sound and the picture side of a Group have in common: one
// RTP session and its members that send. The session calls it from one
// goroutine at a time.
type leg struct {
	group     *Group
	media     codecs.Media
	transport *rtp.Transport
	session   *rtp.Session
	formats   map[uint8]codecs.Format
	send      codecs.Mapping
	sets      [][]byte // parameter sets of its members' pictures
	paths     *paths

	// key is the group's place among those of the conference. The group's
	// goroutine keeps state and rival as it last told them; hello is what it has
	// to send, and belongs to bridging with changes, how often standby changed.
	key     string
	standby atomic.Bool // nothing is sent or heard but RTCP
	state   election.State
	rival   string
	hello   *election.Hello
	changes uint64

	heard [maxContributors]uint32 // CSRCs of the packet being received

	mu      sync.Mutex
	members map[uint32]*member // by SSRC
	// strangers are those that are not heard, and named.
	strangers map[netip.Addr]stranger
}

// member is a source of the group that takes part.
type member struct {
	id     conference.SourceID
	host   netip.Addr // that it sent from at first
	format codecs.Format
	origin *origin
	cname  string          // as last told the conference; guarded by leg.mu
	buffer *playout.Buffer // nil: pictures
}

func newLeg(g *Group, media codecs.Media, m *MediaConfig) *leg {
	formats := m.usable(media, g.deps.Codecs)
	l := &leg{
		group:   g,
		media:   media,
		formats: make(map[uint8]codecs.Format, len(formats)),
		send:    formats[0],
		sets:    m.ParameterSets,
		paths:   g.paths[media],
		key:     g.cfg.portKey(m),
		members: make(map[uint32]*member),

		strangers: make(map[netip.Addr]stranger),
	}
	for _, f := range formats {
		l.formats[f.PayloadType] = f.Format
	}
	return l
}

// open joins the group and starts the RTP session, of which r is told.
func (l *leg) open(m *MediaConfig, dscp qos.DSCP, sdes rtp.SDES, r rtp.Receiver) error {
	ciphers, err := m.ciphers()
	if err != nil {
		return err
	}
	transport, err := rtp.Listen(rtp.ListenConfig{
		DSCP: dscp, Group: l.group.cfg.membership(m),
	})
	if err != nil {
		return err
	}
	rates := make(map[uint8]int, len(l.formats))
	for pt, f := range l.formats {
		rates[pt] = f.ClockRate
	}
	session, err := rtp.NewSession(rtp.Config{
		Transport: transport, SDES: sdes, ClockRates: rates, Ciphers: ciphers, Receiver: r, Log: l.group.base,
		Feedback: m.Feedback, Long: l.long(), Bandwidth: 1000 * m.bandwidth(l.send.Format), RTCPBandwidth: m.RTCPBandwidth,
	})
	if errors.Is(err, syscall.EADDRNOTAVAIL) && m.Feedback != nil {
		err = fmt.Errorf("feedback.listen of %v must be an address of this machine: %w", m.Addr, err)
	}
	if err != nil {
		return errors.Join(err, transport.Close())
	}
	l.transport, l.session = transport, session
	l.paths.enter(session)
	l.paths.bridging.enter(l)
	return nil
}

// long reports whether packets longer than an Ethernet's have to be expected: what
// encoders of H.263 make without GOB headers, RFC 2190 divides at macroblocks
// only, and GStreamer sends each such picture whole.
func (l *leg) long() bool {
	for _, f := range l.formats {
		if f.Is("H263") {
			return true
		}
	}
	return false
}

// close says BYE and leaves the group.
func (l *leg) close(ctx context.Context, reason string) error {
	l.paths.bridging.exit(l)
	err := errors.Join(l.session.Close(ctx, reason), l.transport.Close())
	l.paths.exit(l.session)
	l.mu.Lock()
	defer l.mu.Unlock()
	for ssrc, m := range l.members {
		l.paths.remove(m.id, m.origin)
		delete(l.members, ssrc)
	}
	return err
}

// receive returns the member whose packet p is, newly seated if need be; nil
// when p is not to be used.
func (l *leg) receive(src *rtp.Source, p *codecs.Packet) *member {
	seat := l.group.seat.Load()
	if seat == nil {
		return nil
	}
	csrc := src.AppendContributors(l.heard[:0])
	l.mu.Lock()
	m := l.members[src.SSRC()]
	l.mu.Unlock()
	var o *origin
	var seen, where string
	if m != nil {
		o = m.origin
	} else {
		seen, where = l.paths.checkSSRC(src.SSRC(), p.Arrival)
	}
	if seen == "" {
		seen, where = l.paths.checkCSRC(o, csrc, p.Arrival)
	}
	if where == "" && len(csrc) > 0 {
		where = l.paths.passed(csrc, p.Arrival)
	}
	if where == l.key {
		where = "" // the group's own affair
	}
	if seen != "" || where != "" {
		l.paths.bridging.suspect(l, src.SSRC(), src.SDES().CNAME, where)
	}
	if l.standby.Load() {
		l.paths.pass(src.SSRC(), l.key, p.Arrival)
		if m != nil {
			l.drop(seat, src.SSRC(), m)
		}
		return nil
	}
	if seen != "" {
		l.group.loops.Add(1)
		l.group.alarm(src.Addr(), seen)
		return nil
	}
	format := l.formats[p.PayloadType]
	if m == nil {
		if m = l.admit(seat, src, format, p.Arrival); m == nil {
			return nil
		}
	} else if format != m.format && format.Media() == l.media && !format.Is("CN") {
		m.format = format
		seat.UpdateSource(m.id, l.describe(src, m))
	}
	m.origin.note(p.Arrival, csrc)
	return m
}

// admit seats a new member; nil when there is no place for it.
func (l *leg) admit(seat *conference.Seat, src *rtp.Source, format codecs.Format, now time.Time) *member {
	if !l.makeRoom(seat, src.Addr().Addr(), now) {
		return nil
	}
	m := &member{origin: &origin{ssrc: src.SSRC(), key: l.key}, host: src.Addr().Addr()}
	if format.Media() == l.media && !format.Is("CN") {
		m.format = format
	}
	if l.media == codecs.MediaAudio {
		m.buffer = playout.New(playout.Config{Codecs: l.group.deps.Codecs, Formats: l.formats})
	}
	info := l.describe(src, m)
	nameless := info
	nameless.CNAME = ""
	id, err := seat.AddSource(nameless)
	if err != nil {
		return nil // full or closing: the packet has nowhere to go
	}
	m.id = id
	l.paths.add(id, m.origin)
	// Its name is told once it is known for a member of a group: who credits it
	// elsewhere asks then.
	seat.UpdateSource(id, info)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.members[src.SSRC()] = m
	return m
}

// drop unseats a member.
func (l *leg) drop(seat *conference.Seat, ssrc uint32, m *member) {
	l.mu.Lock()
	delete(l.members, ssrc)
	l.mu.Unlock()
	l.paths.remove(m.id, m.origin)
	seat.RemoveSource(m.id)
}

// describe is what a member's RTCP and packets tell of it.
func (l *leg) describe(src *rtp.Source, m *member) conference.SourceInfo {
	sdes := src.SDES()
	l.mu.Lock()
	m.cname = sdes.CNAME
	l.mu.Unlock()
	info := conference.SourceInfo{
		Name: sdes.Name, CNAME: sdes.CNAME, Email: sdes.Email, Tool: sdes.Tool, Note: sdes.Note, Address: src.Addr().String(),
	}
	if info.Name == "" {
		info.Name = sdes.CNAME
	}
	if l.media == codecs.MediaVideo {
		info.VideoFormat, info.ParameterSets = m.format, l.sets
		return info
	}
	info.AudioFormat, info.Audio = m.format, l.sound(src.SSRC(), m.buffer)
	return info
}

// SourceChanged implements rtp.Receiver. A new source is seated with its first
// packet.
func (l *leg) SourceChanged(src *rtp.Source, change rtp.SourceChange) {
	seat := l.group.seat.Load()
	l.mu.Lock()
	m := l.members[src.SSRC()]
	l.mu.Unlock()
	if seat == nil || m == nil {
		return
	}
	switch change {
	case rtp.SourceBye, rtp.SourceTimeout:
		l.tellLeft(src)
		l.drop(seat, src.SSRC(), m)
	case rtp.SourceDescribed:
		seat.UpdateSource(m.id, l.describe(src, m))
	}
}

// LoopDetected implements rtp.Receiver.
func (l *leg) LoopDetected(addr netip.AddrPort, what string) {
	if !l.standby.Load() {
		l.group.alarm(addr, "our own "+what)
	}
}
