package multicast

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/conference"
)

// stranger is a host that sends under another key, under none, or of a payload type
// that the group does not have, and stands in the roster as one: it is not heard, and
// who looks for it is to see why.
type stranger struct {
	id   conference.SourceID
	seen time.Time
	// ssrcs are the latest that it sent under, at most MaxStrangerSSRCs; reports
	// have none that could be read.
	ssrcs []uint32
	why   string // it is not heard
}

// note takes an SSRC, and reports whether it is new.
func (s *stranger) note(ssrc uint32) bool {
	if ssrc == 0 || slices.Contains(s.ssrcs, ssrc) {
		return false
	}
	s.ssrcs = append(s.ssrcs[max(0, len(s.ssrcs)-MaxStrangerSSRCs+1):], ssrc)
	return true
}

// describe is how it stands in the roster. Of the SSRCs it has the latest that leave
// room for why.
func (s *stranger) describe(addr netip.AddrPort) conference.SourceInfo {
	why := " (" + s.why + ")"
	room := conference.MaxNameLength - len(addr.Addr().String()) - len(why)
	var ssrcs string
	for i := len(s.ssrcs); i > 0; i-- {
		longer := ", SSRC " + joinSSRCs(s.ssrcs[i-1:])
		if len(longer) > room {
			break
		}
		ssrcs = longer
	}
	return conference.SourceInfo{Name: addr.Addr().String() + ssrcs + why, Address: addr.String()}
}

func joinSSRCs(ssrcs []uint32) string {
	texts := make([]string, len(ssrcs))
	for i, ssrc := range ssrcs {
		texts[i] = strconv.FormatUint(uint64(ssrc), 10)
	}
	return strings.Join(texts, ", ")
}

// Undecryptable implements rtp.KeyReceiver: it says in the log and in the roster
// who is not heard for want of the key. The session calls it from one goroutine
// at a time, as UnknownPayload.
func (l *leg) Undecryptable(addr netip.AddrPort, ssrc uint32) {
	if l.nameStranger(addr, ssrc, "not of the group's key") {
		l.group.log().Warn("packets of a member are not of the group's key, or not encrypted: they are dropped",
			"media", l.media.String(), "from", addr, "ssrc", ssrc)
	}
}

// UnknownPayload implements rtp.PayloadReceiver: the same of who sends what the group
// does not have.
func (l *leg) UnknownPayload(addr netip.AddrPort, ssrc uint32, payloadType uint8) {
	if l.nameStranger(addr, ssrc, fmt.Sprintf("payload type %d, not the group's", payloadType)) {
		l.group.log().Warn("packets of a member have a payload type that the group does not have: they are dropped",
			"media", l.media.String(), "from", addr, "ssrc", ssrc, "payload_type", payloadType,
			"group_has", l.payloadTypes())
	}
}

// payloadTypes are those of the group, with their codecs.
func (l *leg) payloadTypes() string {
	var texts []string
	for _, pt := range slices.Sorted(maps.Keys(l.formats)) {
		texts = append(texts, fmt.Sprintf("%d (%v)", pt, l.formats[pt]))
	}
	return strings.Join(texts, ", ")
}

// nameStranger has a host stand in the roster that is not heard, and reports whether
// it says something new there, so that a host which goes on is one line in the log.
func (l *leg) nameStranger(addr netip.AddrPort, ssrc uint32, why string) bool {
	seat := l.group.seat.Load()
	if seat == nil {
		return true
	}
	host := addr.Addr()
	l.mu.Lock()
	s, known := l.strangers[host]
	full := !known && len(l.strangers) >= MaxStrangers
	l.mu.Unlock()
	if full {
		return true
	}
	s.seen = time.Now()
	news := s.note(ssrc) || s.why != why
	s.why = why
	switch info := s.describe(addr); {
	case known && news:
		seat.UpdateSource(s.id, info)
	case !known:
		var err error
		if s.id, err = seat.AddSource(info); err != nil {
			return true
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, still := l.strangers[host]; still == known { // else it was forgotten meanwhile, and is named anew
		l.strangers[host] = s
	}
	return news || !known
}

// forgetStrangers takes those from the roster that gave up.
func (l *leg) forgetStrangers(now time.Time) {
	if l == nil {
		return
	}
	seat := l.group.seat.Load()
	var gone []conference.SourceID
	l.mu.Lock()
	for host, s := range l.strangers {
		if now.Sub(s.seen) > StrangerLife {
			gone = append(gone, s.id)
			delete(l.strangers, host)
		}
	}
	l.mu.Unlock()
	for _, id := range gone {
		seat.RemoveSource(id)
	}
}

// forgetStrangers is that of both legs.
func (g *Group) forgetStrangers(now time.Time) {
	if g.audio != nil {
		g.audio.forgetStrangers(now)
	}
	if g.video != nil {
		g.video.forgetStrangers(now)
	}
}
