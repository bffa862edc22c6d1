package sap

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"
)

// Announcement is a session to be announced.
type Announcement struct {
	Name      string // tells it from the others, through all changes of SDP
	SDP       []byte
	Origin    netip.Addr // of this host
	Group     netip.Addr // in which it is announced; see GroupFor
	Interface string     // by name; empty: the system's choice
	TTL       int        // the session's (RFC 2974 section 3)
}

// Transmission is a packet that is to be sent.
type Transmission struct {
	Group     netip.Addr
	Interface string
	TTL       int
	Packet    []byte
}

// AnnouncerConfig says how often it is announced.
type AnnouncerConfig struct {
	// Fast announces every 5 s, for networks of one's own; else as RFC 2974
	// section 3.1 says.
	Fast bool
	// Random returns a number from 0 to below 1; nil: a random one.
	Random func() float64
}

// Announcer is what is announced and when: a machine that reads no clock. It is
// not safe for concurrent use.
type Announcer struct {
	cfg  AnnouncerConfig
	ours []*announced
}

// announced is an Announcement under way.
type announced struct {
	Announcement
	hash   uint16
	packet []byte
	last   time.Time // zero: not yet
	offset float64   // -1/3 to 1/3 of the interval
}

// NewAnnouncer returns one that announces nothing yet.
func NewAnnouncer(cfg AnnouncerConfig) *Announcer {
	if cfg.Random == nil {
		cfg.Random = rand.Float64
	}
	return &Announcer{cfg: cfg}
}

// Set replaces what is announced. What is returned is to be sent at once:
// deletions of what is there no more, and of the old content of what has
// changed. New content follows by Due. The error names each that cannot be
// announced, and concerns no other.
func (a *Announcer) Set(list []Announcement) ([]Transmission, error) {
	var out []Transmission
	var errs []error
	next := make([]*announced, 0, len(list))
	for _, want := range list {
		old := a.find(want.Name)
		if old != nil && old.same(want) {
			next = append(next, old)
			continue
		}
		n, err := a.announce(want, old, next)
		if err != nil {
			errs = append(errs, fmt.Errorf("sap: announce %q: %w", want.Name, err))
			continue
		}
		next = append(next, n)
	}
	for _, old := range a.ours {
		if !slices.Contains(next, old) && !old.last.IsZero() {
			out = append(out, old.deletion())
		}
	}
	a.ours = next
	return out, errors.Join(errs...)
}

func (a *Announcer) find(name string) *announced {
	for _, n := range a.ours {
		if n.Name == name {
			return n
		}
	}
	return nil
}

func (n *announced) same(want Announcement) bool {
	return n.Origin == want.Origin && n.Group == want.Group && n.Interface == want.Interface && n.TTL == want.TTL && bytes.Equal(n.SDP, want.SDP)
}

func (a *Announcer) announce(want Announcement, old *announced, next []*announced) (*announced, error) {
	if len(want.SDP) > MaxDescription {
		return nil, fmt.Errorf("description of %d bytes, more than %d", len(want.SDP), MaxDescription)
	}
	want.SDP = bytes.Clone(want.SDP)
	n := &announced{Announcement: want, hash: hashOf(want.SDP)}
	// The hash has to change with the content, and tell ours apart.
	taken := func(o *announced) bool { return o.hash == n.hash }
	for slices.ContainsFunc(a.ours, taken) || slices.ContainsFunc(next, taken) {
		n.hash = cmp.Or(n.hash+1, 1)
	}
	var err error
	n.packet, err = Packet{Hash: n.hash, Origin: n.Origin, Payload: n.SDP}.Append(nil)
	return n, err
}

// hashOf is never 0, which means none.
func hashOf(sdp []byte) uint16 {
	h := fnv.New32a()
	_, _ = h.Write(sdp) // a hash takes all
	s := h.Sum32()
	return cmp.Or(uint16(s>>16)^uint16(s), 1)
}

// Due returns what is to be announced by now, and when to ask again. others
// says how many sessions of others are announced in a group.
func (a *Announcer) Due(now time.Time, others func(group netip.Addr) int) (out []Transmission, next time.Time) {
	next = now.Add(recalculateEvery)
	for _, n := range a.ours {
		interval := a.interval(n, others(n.Group))
		due := n.last.Add(interval + time.Duration(n.offset*float64(interval)))
		if n.last.IsZero() || !due.After(now) {
			out = append(out, n.transmission(n.packet))
			n.last, n.offset = now, (2*a.cfg.Random()-1)/3
			due = now.Add(interval + time.Duration(n.offset*float64(interval)))
		}
		if due.Before(next) {
			next = due
		}
	}
	return out, next
}

// interval is the time between two announcements of n (RFC 2974 section 3.1):
// all that are announced in the group share the bandwidth. Those of others
// are taken to be as long as ours.
func (a *Announcer) interval(n *announced, others int) time.Duration {
	if a.cfg.Fast {
		return fastInterval
	}
	ads := others
	for _, o := range a.ours {
		if o.Group == n.Group {
			ads++
		}
	}
	return max(minInterval, time.Duration(8*ads*len(n.packet))*time.Second/bandwidth)
}

// Close returns the deletions of all that was announced.
func (a *Announcer) Close() []Transmission {
	out, _ := a.Set(nil) // nothing cannot fail
	return out
}

// Own reports whether a description is one of ours.
func (a *Announcer) Own(sdp []byte) bool {
	return slices.ContainsFunc(a.ours, func(n *announced) bool { return bytes.Equal(n.SDP, sdp) })
}

func (n *announced) transmission(packet []byte) Transmission {
	return Transmission{Group: n.Group, Interface: n.Interface, TTL: n.TTL, Packet: packet}
}

// deletion carries the o= line alone (RFC 2974 section 6).
func (n *announced) deletion() Transmission {
	origin := n.SDP
	if i := bytes.Index(origin, []byte("o=")); i >= 0 {
		line, _, _ := bytes.Cut(origin[i:], []byte("\r\n"))
		origin = append(bytes.Clone(line), "\r\n"...)
	}
	packet, _ := Packet{Deletion: true, Hash: n.hash, Origin: n.Origin, Payload: origin}.Append(nil) // its announcement could be made
	return n.transmission(packet)
}
