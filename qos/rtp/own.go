package rtp

import (
	"slices"
	"sync"
	"time"
)

// ownStream is what was sent under one SSRC of ours.
type ownStream struct {
	ssrc            uint32
	packets, octets uint32 // modulo 2^32, as in the sender report
	seq             uint16
	// stamp was current at stampAt, of a clock of rate Hz.
	stamp   uint32
	stampAt time.Time
	rate    int
	sent    time.Time // last packet
	// reportAt is when the last sender report told of it.
	reportAt time.Time
}

// stampNow is the RTP timestamp that corresponds to now (RFC 3550 6.4.1).
func (o *ownStream) stampNow(now time.Time) uint32 {
	return o.stamp + uint32(ticks(now.Sub(o.stampAt), o.rate))
}

// ownStreams is what was sent, by SSRC: for sender reports, and to know our
// own packets when they come back.
type ownStreams struct {
	mu           sync.Mutex
	streams      map[uint32]*ownStream
	contributors map[uint32]time.Time // our CSRCs, and when last sent
	described    map[uint32]*contributor
	everSent     bool
	lastSent     time.Time
}

func newOwnStreams() *ownStreams {
	return &ownStreams{
		streams:      make(map[uint32]*ownStream),
		contributors: make(map[uint32]time.Time),
		described:    make(map[uint32]*contributor),
	}
}

// note takes a packet that was sent, and reports whether it makes a sender of us:
// it is the first for long.
func (o *ownStreams) note(now time.Time, h *Header, ssrc uint32, payload, rate int) (begun bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	begun = !o.everSent || now.Sub(o.lastSent) >= senderIntervals*minimumInterval
	o.everSent, o.lastSent = true, now
	s := o.streams[ssrc]
	sampled := h.Sampled
	if sampled.IsZero() {
		sampled = now
	}
	if s == nil {
		if len(o.streams) >= maxOwnStreams && !o.evictLocked(now) {
			return begun
		}
		s = &ownStream{ssrc: ssrc, stamp: h.Timestamp, stampAt: sampled}
		o.streams[ssrc] = s
	}
	s.packets++
	s.octets += uint32(payload)
	s.seq = h.SequenceNumber
	s.sent = now
	if rate != 0 {
		s.rate = rate
	}
	if h.Timestamp != s.stamp {
		s.stamp, s.stampAt = h.Timestamp, sampled
	}
	o.noteContributorsLocked(now, h.CSRC)
	for _, c := range h.CSRC[:max(0, len(h.CSRC)-h.Relayed)] {
		_, known := o.contributors[c]
		if known || len(o.contributors) < maxContributors {
			o.contributors[c] = now
		}
	}
	return begun
}

// evictLocked makes room by forgetting an idle stream.
func (o *ownStreams) evictLocked(now time.Time) bool {
	for ssrc, s := range o.streams {
		if now.Sub(s.sent) > ownStreamIdle {
			delete(o.streams, ssrc)
			return true
		}
	}
	return false
}

// sent returns a copy of what is known of ssrc.
func (o *ownStreams) sent(ssrc uint32) (ownStream, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.streams[ssrc]
	if s == nil {
		return ownStream{}, false
	}
	return *s, true
}

// contributed reports whether ssrc is an SSRC of ours, or was lately sent in
// a CSRC list.
func (o *ownStreams) contributed(now time.Time, ssrc uint32) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.streams[ssrc] != nil {
		return true
	}
	at, ok := o.contributors[ssrc]
	return ok && now.Sub(at) <= contributorLife
}

// sweep forgets old contributors.
func (o *ownStreams) sweep(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for c, at := range o.contributors {
		if now.Sub(at) > contributorLife {
			delete(o.contributors, c)
		}
	}
}

// forget drops ssrc, which is no longer ours.
func (o *ownStreams) forget(ssrc uint32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.streams, ssrc)
}

// active returns the streams sent since since, those first that were longest
// without a report, at most limit.
func (o *ownStreams) active(now, since time.Time, limit int) []ownStream {
	o.mu.Lock()
	defer o.mu.Unlock()
	var due []*ownStream
	for _, s := range o.streams {
		if s.sent.After(since) && s.rate != 0 {
			due = append(due, s)
		}
	}
	slices.SortFunc(due, func(a, b *ownStream) int { return a.reportAt.Compare(b.reportAt) })
	var out []ownStream
	for _, s := range due[:min(limit, len(due))] {
		s.reportAt = now
		out = append(out, *s)
	}
	return out
}

// sentSince reports whether anything was sent after since.
func (o *ownStreams) sentSince(since time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.streams {
		if s.sent.After(since) {
			return true
		}
	}
	return false
}
