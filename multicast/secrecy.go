package multicast

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
	"parley/qos/rtp/srtp"
)

// ErrNoKey is of encrypted media whose description does not tell the key.
var ErrNoKey = errors.New("RTP/SAVP without a=crypto")

// ciphers returns what encrypts a medium; nothing where it has no key.
func (m *MediaConfig) ciphers() (rtp.Ciphers, error) {
	if m.Crypto == nil {
		return rtp.Ciphers{}, nil
	}
	return srtp.Ciphers(m.Crypto)
}

// encrypted reports whether all media of the group are.
func (g GroupConfig) encrypted() bool {
	return g.Audio.encrypted() && g.Video.encrypted()
}

// encrypted reports whether a medium cannot be heard or seen without a key; so
// does none at all. UNENCRYPTED_SRTP proves who sends, and no more.
func (m *MediaConfig) encrypted() bool {
	return m == nil || m.Crypto != nil && m.Crypto.Encrypted()
}

// profile is the transport of a medium in its description.
func (m *MediaConfig) profile() string {
	if m.Crypto != nil {
		return "SAVP"
	}
	return "AVP"
}

// readCrypto takes a medium's key from its a=crypto lines (RFC 4568 4). Of
// several the first that is known counts: there is nobody to choose with. A
// secure profile without a key, which may be told beside the description (other),
// and a key under a plain profile, are refused: either would be sound in the clear
// where none was meant to be.
func readCrypto(m *sdp.MediaDescription, secure bool, other *srtp.Crypto) (*srtp.Crypto, error) {
	var found *srtp.Crypto
	var first error
	for _, a := range m.Attributes {
		if a.Key != "crypto" || found != nil {
			continue
		}
		c, err := srtp.Parse(a.Value)
		if err == nil {
			found = c
		} else if first == nil {
			first = err
		}
	}
	switch {
	case found == nil && first != nil:
		return nil, first
	case secure && found == nil && other != nil:
		return other, nil
	case secure && found == nil:
		return nil, fmt.Errorf("%w: %w", ErrNoKey, codecs.ErrUnsupported)
	case !secure && found != nil:
		return nil, fmt.Errorf("a=crypto needs RTP/SAVP: %w", codecs.ErrMalformed)
	}
	return found, nil
}

// stranger is a host that sends under another key, or under none, and stands in
// the roster as one: it is not heard, and who looks for it is to see why.
type stranger struct {
	id   conference.SourceID
	seen time.Time
	// ssrcs are the latest that it sent under, at most MaxStrangerSSRCs; reports
	// have none that could be read.
	ssrcs []uint32
}

// note takes an SSRC, and reports whether it is new.
func (s *stranger) note(ssrc uint32) bool {
	if ssrc == 0 || slices.Contains(s.ssrcs, ssrc) {
		return false
	}
	s.ssrcs = append(s.ssrcs[max(0, len(s.ssrcs)-MaxStrangerSSRCs+1):], ssrc)
	return true
}

// describe is how it stands in the roster.
func (s *stranger) describe(addr netip.AddrPort) conference.SourceInfo {
	var who strings.Builder
	who.WriteString(addr.Addr().String())
	for i, ssrc := range s.ssrcs {
		who.WriteString([]string{", SSRC ", ", "}[min(i, 1)])
		who.WriteString(strconv.FormatUint(uint64(ssrc), 10))
	}
	return conference.SourceInfo{Name: who.String() + " (not of the group's key)", Address: addr.String()}
}

// Undecryptable implements rtp.KeyReceiver: it says in the log and in the roster
// who is not heard for want of the key. The session calls it from one goroutine
// at a time.
func (l *leg) Undecryptable(addr netip.AddrPort, ssrc uint32) {
	l.group.log().Warn("packets of a member are not of the group's key, or not encrypted: they are dropped",
		"media", l.media.String(), "from", addr, "ssrc", ssrc)
	seat := l.group.seat.Load()
	if seat == nil {
		return
	}
	host := addr.Addr()
	l.mu.Lock()
	s, known := l.strangers[host]
	full := !known && len(l.strangers) >= MaxStrangers
	l.mu.Unlock()
	if full {
		return
	}
	s.seen = time.Now()
	news := s.note(ssrc)
	switch info := s.describe(addr); {
	case known && news:
		seat.UpdateSource(s.id, info)
	case !known:
		var err error
		if s.id, err = seat.AddSource(info); err != nil {
			return
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, still := l.strangers[host]; still == known { // else it was forgotten meanwhile, and is named anew
		l.strangers[host] = s
	}
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
