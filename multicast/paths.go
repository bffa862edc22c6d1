package multicast

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/conference"
	"parley/qos/rtp"
)

// maxContributors is the length of a CSRC list (RFC 3550 5.1).
const maxContributors = 15

// What came back or came twice, for the alarm.
const (
	seenOwnSSRC   = "an SSRC of ours in another group"
	seenOwnCSRC   = "a CSRC of ours"
	seenTwiceSSRC = "a source that is also in another group"
	seenTwiceCSRC = "the mix of a source that is heard itself"
)

// paths is by which ways the voices, or the pictures, of one conference reach
// its groups. It names contributors to other mixers (RFC 3550 7.3), and finds
// what goes round in a circle through several groups, or arrives twice
// (RFC 3550 8.2): each session alone sees only what comes back to itself.
type paths struct {
	mu       sync.RWMutex
	sessions []*rtp.Session // replaced, never changed
	bridging *bridging
	origins  map[conference.SourceID]*origin
	direct   map[uint32]*origin // by SSRC
	passing  map[uint32]passing // by SSRC; see pass
}

// passing is a source that was heard in a group that is left to another bridge.
type passing struct {
	key string
	at  time.Time
}

// origin is what a source of a group is on the network.
type origin struct {
	ssrc  uint32
	key   string       // of its group
	heard atomic.Int64 // Unix nanoseconds of its latest packet
	// lag is by how many nanoseconds pictures arrive before the sound that belongs
	// to them is in the mix; see lipsync.
	lag   atomic.Int64
	clock senderClock
	// sound is that of pictures, as it was when synced; of the session's goroutine.
	sound  soundClock
	synced time.Time

	mu   sync.Mutex
	csrc [maxContributors]uint32
	n    int // of csrc
}

func newPaths(b *bridging) *paths {
	return &paths{
		bridging: b,
		origins:  make(map[conference.SourceID]*origin), direct: make(map[uint32]*origin), passing: make(map[uint32]passing),
	}
}

// enter adds a session of ours.
func (p *paths) enter(s *rtp.Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions = append(slices.Clone(p.sessions), s)
}

// exit takes a session of ours away.
func (p *paths) exit(s *rtp.Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions = slices.DeleteFunc(slices.Clone(p.sessions), func(o *rtp.Session) bool { return o == s })
}

// add registers a source that is heard.
func (p *paths) add(id conference.SourceID, o *origin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.origins[id] = o
	p.direct[o.ssrc] = o
}

// remove forgets it.
func (p *paths) remove(id conference.SourceID, o *origin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.origins, id)
	if p.direct[o.ssrc] == o {
		delete(p.direct, o.ssrc)
	}
}

// checkSSRC tells why a new source may not be heard; "" when it may. where is the
// key of the group in which it is heard, too, if it is another's.
func (p *paths) checkSSRC(ssrc uint32, now time.Time) (seen, where string) {
	sessions, other := p.lookup(ssrc)
	switch {
	case owned(sessions, ssrc):
		return seenOwnSSRC, ""
	case other.live(now):
		return seenTwiceSSRC, other.key
	}
	return "", ""
}

// checkCSRC tells why a packet of o with these contributors may not be heard;
// "" when it may. where is as in checkSSRC.
func (p *paths) checkCSRC(o *origin, csrc []uint32, now time.Time) (seen, where string) {
	for _, c := range csrc {
		sessions, other := p.lookup(c)
		switch {
		case owned(sessions, c):
			return seenOwnCSRC, ""
		case other != o && other.live(now):
			return seenTwiceCSRC, other.key
		}
	}
	return "", ""
}

// pass takes a packet of a source of a group that is left to another bridge.
func (p *paths) pass(ssrc uint32, key string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.passing[ssrc]; !known && len(p.passing) >= MaxPassing {
		for s, x := range p.passing {
			if now.Sub(x.at) > DirectHold {
				delete(p.passing, s)
			}
		}
		if len(p.passing) >= MaxPassing {
			return
		}
	}
	p.passing[ssrc] = passing{key, now}
}

// passed finds the group, left to another bridge, in which one of these is heard;
// "" when there is none.
func (p *paths) passed(csrc []uint32, now time.Time) string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if len(p.passing) == 0 {
		return ""
	}
	for _, c := range csrc {
		if x, ok := p.passing[c]; ok && now.Sub(x.at) <= DirectHold {
			return x.key
		}
	}
	return ""
}

func (p *paths) lookup(ssrc uint32) ([]*rtp.Session, *origin) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.sessions, p.direct[ssrc]
}

func owned(sessions []*rtp.Session, ssrc uint32) bool {
	for _, s := range sessions {
		if s.IsOwn(ssrc) {
			return true
		}
	}
	return false
}

// appendCSRC appends the CSRC list of a packet in which these sources are
// heard: the SourceIDs of those of this conference alone, then, for relayed
// ones, the SSRCs of members of groups, and of those whom they have mixed
// themselves.
func (p *paths) appendCSRC(dst []uint32, sources ...uint32) (csrc []uint32, relayed int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, id := range sources {
		if p.origins[conference.SourceID(id)] == nil {
			dst = appendOnce(dst, id)
		}
	}
	own := len(dst)
	if own == len(sources) {
		return dst, 0
	}
	for _, id := range sources {
		if o := p.origins[conference.SourceID(id)]; o != nil {
			dst = appendOnce(dst, o.ssrc)
		}
	}
	for _, id := range sources {
		if o := p.origins[conference.SourceID(id)]; o != nil {
			dst = o.appendCSRC(dst)
		}
	}
	return dst, len(dst) - own
}

// appendOnce appends an SSRC, as far as a CSRC list holds it.
func appendOnce(dst []uint32, ssrc uint32) []uint32 {
	if len(dst) >= maxContributors || slices.Contains(dst, ssrc) {
		return dst
	}
	return append(dst, ssrc)
}

// live reports whether o is heard these days.
func (o *origin) live(now time.Time) bool {
	return o != nil && now.UnixNano()-o.heard.Load() < int64(DirectHold)
}

// note takes a packet of o.
func (o *origin) note(now time.Time, csrc []uint32) {
	o.heard.Store(now.UnixNano())
	o.mu.Lock()
	defer o.mu.Unlock()
	o.n = copy(o.csrc[:], csrc)
}

func (o *origin) appendCSRC(dst []uint32) []uint32 {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.csrc[:o.n] {
		dst = appendOnce(dst, c)
	}
	return dst
}
