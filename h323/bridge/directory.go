package bridge

import (
	"crypto/sha256"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/ras"
)

// wanted is whom a SETUP names: a conference, and perhaps its PIN.
type wanted struct {
	conference string // id; empty: nobody, ask
	pin        string
	dialled    string // as it was dialled, for log and refusal
	collect    bool   // more digits will come: overlap sending
	begun      string // those of the SETUP
	address    string // of somebody who is no conference
}

// find reads from a SETUP which conference is meant. It opens none. The error is
// conference.ErrUnknownConference or its like.
func (s *Server) find(inv *h323.Invitation) (wanted, error) {
	var first wanted
	err := conference.ErrUnknownConference
	for i := range inv.Called[:min(len(inv.Called), maxAliases)] {
		text := ras.AliasText(inv.Called[i])
		name, pin := dialled(text)
		if name == "" || s.isOwn(name) {
			continue
		}
		w := wanted{pin: pin, dialled: conference.WithoutPIN(text)}
		var e error
		if address, ok := s.bridge.Locate(name, inv.Remote.Addr()); ok {
			w.address = address
			return w, nil
		}
		if w.conference, e = s.bridge.Resolve(name); e == nil {
			return w, nil
		}
		if first.dialled == "" {
			first, err = w, e
		}
	}
	// A conference may be named by its identifier alone (H.323 clause 8.4.3.4).
	if inv.Goal == h323.GoalJoin {
		for _, c := range s.bridge.Conferences() {
			if id := c.Settings().ID; conferenceID(id) == inv.Conference {
				return wanted{conference: id, dialled: first.dialled}, nil
			}
		}
	}
	if inv.Overlap && s.begins(first.dialled) {
		return wanted{collect: true, dialled: first.dialled, begun: first.dialled}, nil
	}
	if first.dialled != "" {
		return first, err
	}
	id := *s.fallback.Load()
	if id != "" {
		if _, err := s.bridge.Resolve(id); err != nil {
			return wanted{}, err
		}
	}
	return wanted{conference: id}, nil
}

// begins reports whether a conference's number begins with what was dialled so
// far.
func (s *Server) begins(digits string) bool {
	return digits != "" && slices.ContainsFunc(s.bridge.Conferences(), func(c *conference.Conference) bool {
		return slices.ContainsFunc(c.Settings().Numbers, func(n string) bool { return strings.HasPrefix(n, digits) })
	})
}

// isOwn reports whether a name is this endpoint's own: its h323-ID, which
// callers give who were told no conference, or an address.
func (s *Server) isOwn(name string) bool {
	if strings.EqualFold(name, s.cfg.Name) {
		_, err := s.bridge.Resolve(name)
		return err != nil
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	_, err := netip.ParseAddrPort(name)
	return err == nil
}

// dialled takes a name apart as people dial it: "room", "room@host",
// "host##room", "h323:room@host;pin=1234".
func dialled(text string) (name, pin string) {
	name = strings.TrimSpace(text)
	if len(name) >= 5 && strings.EqualFold(name[:5], "h323:") {
		name = name[5:]
		if u, err := url.PathUnescape(name); err == nil {
			name = u
		}
	}
	name, params, _ := strings.Cut(name, ";")
	for p := range strings.SplitSeq(params, ";") {
		if key, value, _ := strings.Cut(p, "="); strings.EqualFold(key, "pin") {
			pin = value
		}
	}
	if i := strings.LastIndex(name, "##"); i >= 0 { // address##extension, as room systems dial
		name = name[i+2:]
	}
	name, _, _ = strings.Cut(name, "@")
	return strings.TrimSpace(name), pin
}

// conferenceID is the identifier of a conference in all of its calls (H.225.0
// clause 7.6): the same after a restart, and on another bridge that has a
// conference of that id only by intent.
func conferenceID(id string) h225.ConferenceIdentifier {
	sum := sha256.Sum256([]byte("parley conference " + id))
	var out h225.ConferenceIdentifier
	copy(out[:], sum[:])
	return out
}
