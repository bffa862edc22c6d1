package multicast

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos"
	"parley/qos/rtp"
)

// videoLeg is the picture side of a Group. Toward the group it is a translator
// (RFC 3550 7.2): each stream goes out under an SSRC of its own, never under a
// foreign one. It implements conference.VideoPort and rtp.Receiver.
type videoLeg struct {
	group     *Group
	transport *rtp.Transport
	session   *rtp.Session
	formats   map[uint8]codecs.Format
	send      codecs.Mapping
	sets      [][]byte

	// Of the one goroutine that calls Forward, and of KeyframeRequested.
	streamsMu sync.Mutex
	streams   map[conference.SourceID]uint32 // SSRC by stream

	mu      sync.Mutex
	members map[uint32]*videoMember // by SSRC
}

type videoMember struct {
	id     conference.SourceID
	format codecs.Format
}

func openVideo(g *Group, m *MediaConfig, dscp qos.DSCP, sdes rtp.SDES) (*videoLeg, error) {
	v := &videoLeg{
		group:   g,
		formats: make(map[uint8]codecs.Format, len(m.Formats)),
		send:    m.Formats[0],
		sets:    m.ParameterSets,
		streams: make(map[conference.SourceID]uint32),
		members: make(map[uint32]*videoMember),
	}
	for _, f := range m.Formats {
		v.formats[f.PayloadType] = f.Format
	}
	var err error
	v.transport, v.session, err = g.open(m, dscp, sdes, v)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Forward implements conference.VideoPort.
func (v *videoLeg) Forward(p *conference.VideoPacket) {
	// Errors are counted by the session; a lost packet is lost.
	_ = v.session.Send(rtp.Header{
		PayloadType: v.send.PayloadType, Marker: p.Marker,
		SequenceNumber: p.SequenceNumber, Timestamp: p.Timestamp,
		SSRC: v.ssrc(p.Stream),
	}, p.Head, p.Payload)
}

// ssrc is the SSRC under which a stream goes out: the session's own for the
// single stream, a random one for each of many.
func (v *videoLeg) ssrc(stream conference.SourceID) uint32 {
	if stream == 0 {
		return 0
	}
	v.streamsMu.Lock()
	defer v.streamsMu.Unlock()
	ssrc, ok := v.streams[stream]
	if !ok {
		// The first stream has the session's own SSRC, so that a group with
		// one picture shows one source.
		if ssrc = v.session.SSRC(); len(v.streams) > 0 {
			ssrc = rand.Uint32()
		}
		v.streams[stream] = ssrc
	}
	return ssrc
}

// RequestKeyframe implements conference.VideoPort: a group's members cannot be
// asked.
func (v *videoLeg) RequestKeyframe(conference.SourceID) bool { return false }

// KeyframeRequested implements rtp.Receiver: a member asks for a key frame of
// a stream of ours.
func (v *videoLeg) KeyframeRequested(ssrc uint32) {
	seat := v.group.seat.Load()
	if seat == nil {
		return
	}
	if !v.group.info.ManyStreams {
		seat.RequestKeyframe(0)
		return
	}
	v.streamsMu.Lock()
	var asked conference.SourceID
	for stream, s := range v.streams {
		if s == ssrc {
			asked = stream
		}
	}
	v.streamsMu.Unlock()
	if asked != 0 {
		seat.RequestKeyframe(asked)
	}
}

// ReceiveRTP implements rtp.Receiver.
func (v *videoLeg) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	seat := v.group.seat.Load()
	if seat == nil {
		return
	}
	format, ok := v.formats[p.PayloadType]
	if !ok {
		return
	}
	v.mu.Lock()
	m, n := v.members[src.SSRC()], len(v.members)
	v.mu.Unlock()
	if m == nil {
		if n >= MaxSources {
			return
		}
		m = &videoMember{format: format}
		id, err := seat.AddSource(v.describe(src, m))
		if err != nil {
			return // full or closing
		}
		m.id = id
		v.mu.Lock()
		v.members[src.SSRC()] = m
		v.mu.Unlock()
	} else if m.format != format {
		m.format = format
		seat.UpdateSource(m.id, v.describe(src, m))
	}
	seat.Forward(m.id, p)
}

func (v *videoLeg) describe(src *rtp.Source, m *videoMember) conference.SourceInfo {
	info := describe(src)
	info.VideoFormat = m.format
	info.ParameterSets = v.sets
	return info
}

// SourceChanged implements rtp.Receiver.
func (v *videoLeg) SourceChanged(src *rtp.Source, change rtp.SourceChange) {
	seat := v.group.seat.Load()
	v.mu.Lock()
	m := v.members[src.SSRC()]
	gone := change == rtp.SourceBye || change == rtp.SourceTimeout
	if gone {
		delete(v.members, src.SSRC())
	}
	v.mu.Unlock()
	switch {
	case m == nil || seat == nil:
	case gone:
		seat.RemoveSource(m.id)
	case change == rtp.SourceDescribed:
		seat.UpdateSource(m.id, v.describe(src, m))
	}
}

// LoopDetected implements rtp.Receiver.
func (v *videoLeg) LoopDetected(addr netip.AddrPort, what string) { v.group.loop(addr, what) }

// follow subscribes to the pictures of the conference and has each renewed by
// a key frame every so often.
func (v *videoLeg) follow(ctx context.Context, conf *conference.Conference, seat *conference.Seat, every time.Duration, many bool) {
	if every <= 0 {
		every = DefaultKeyframeInterval
	}
	wanted := make(map[conference.SourceID]bool)
	var wantedMu sync.Mutex
	events := make(chan struct{})
	go func() {
		defer close(events)
		if many {
			v.subscribe(ctx, conf, seat, func(id conference.SourceID, want bool) {
				wantedMu.Lock()
				defer wantedMu.Unlock()
				if want {
					wanted[id] = true
				} else {
					delete(wanted, id)
				}
			})
		}
	}()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			<-events
			return
		case <-ticker.C:
			if !many {
				seat.RequestKeyframe(0)
				continue
			}
			wantedMu.Lock()
			ids := make([]conference.SourceID, 0, len(wanted))
			for id := range wanted {
				ids = append(ids, id)
			}
			wantedMu.Unlock()
			for _, id := range ids {
				seat.RequestKeyframe(id)
			}
		}
	}
}

// subscribe keeps the subscriptions equal to the roster until ctx ends.
func (v *videoLeg) subscribe(ctx context.Context, conf *conference.Conference, seat *conference.Seat, changed func(conference.SourceID, bool)) {
	have := make(map[conference.SourceID]bool)
	for ctx.Err() == nil {
		roster, watch := conf.Watch()
		for {
			v.apply(roster, seat, have, changed)
			event, err := watch.Next(ctx)
			if errors.Is(err, conference.ErrSlow) {
				break // watch anew
			}
			if err != nil {
				watch.Close()
				return
			}
			if !concernsSources(event.Kind) {
				continue
			}
			roster = conf.Roster()
		}
		watch.Close()
	}
}

func concernsSources(k conference.EventKind) bool {
	switch k {
	case conference.EventJoined, conference.EventLeft, conference.EventSourceAdded,
		conference.EventSourceRemoved, conference.EventSourceUpdated:
		return true
	}
	return false
}

// apply subscribes to what is new in the roster and drops what has gone.
func (v *videoLeg) apply(roster conference.Roster, seat *conference.Seat, have map[conference.SourceID]bool, changed func(conference.SourceID, bool)) {
	now := make(map[conference.SourceID]bool)
	for _, m := range roster.Members {
		if m.ID == seat.ID() {
			continue
		}
		for _, s := range m.Sources {
			if !s.VideoFormat.IsZero() {
				now[s.ID] = true
			}
		}
	}
	for id := range now {
		if !have[id] {
			have[id] = true
			seat.Subscribe(id)
			changed(id, true)
		}
	}
	for id := range have {
		if !now[id] {
			delete(have, id)
			seat.Unsubscribe(id)
			changed(id, false)
			v.streamsMu.Lock()
			delete(v.streams, id)
			v.streamsMu.Unlock()
		}
	}
}

func (v *videoLeg) close(ctx context.Context, reason string) error {
	if v.session == nil {
		return nil
	}
	return errors.Join(v.session.Close(ctx, reason), v.transport.Close())
}
