package sap

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"parley/codecs"
)

// DirectoryConfig bounds a Directory.
type DirectoryConfig struct {
	MaxSessions int // 0: DefaultMaxSessions
	MaxBytes    int // 0: DefaultMaxBytes
	// Own tells descriptions of this process, which come back as others' do; nil:
	// there are none.
	Own func(sdp []byte) bool
}

// Session is an announced session.
type Session struct {
	// ID names it as long as it is announced with this content.
	ID string
	Description
	SDP    []byte     // as it was announced; not to be changed
	Origin netip.Addr // who announces, by its own account
	From   netip.Addr // whose packets these are
	In     netip.Addr // the group in which it is announced
	// Interface is the one, by name, on which it was first heard; empty: unknown.
	Interface string
	First     time.Time // when it was first heard
	Last      time.Time // and when last
	Interval  time.Duration
	Own       bool // announced by this process
}

// Change is what a packet or time did to a Directory.
type Change uint8

// The changes.
const (
	Unchanged Change = iota // nothing, or heard again
	Added
	Replaced // by a later version
	Removed
)

// Stats counts what a Directory and its Listener have met.
type Stats struct {
	Sessions, Bytes int    // that are kept now
	Packets         uint64 // read
	OverRate        uint64 // of those, dropped unread: a flood
	Malformed       uint64
	Unsupported     uint64 // of another payload or version
	Encrypted       uint64
	Full            uint64 // announcements for which there was no room
	Evicted         uint64 // sessions that gave room
	Stale           uint64 // earlier versions than the one kept
	Deleted         uint64
	Expired         uint64
}

// key names an announcement: hash and originating source (RFC 2974 section 6),
// as told by one sender, so that none can speak for another.
type key struct {
	hash         uint16
	origin, from netip.Addr
	identity     string // where there is no hash
}

// speaker is who cannot push out what others announced: a host, or the network
// in which one has as many addresses as one likes.
type speaker netip.Prefix

func speakerOf(a netip.Addr) speaker {
	bits := a.BitLen()
	if a.Is6() && !a.IsLinkLocalUnicast() {
		bits = 64
	}
	p, _ := a.WithZone("").Prefix(bits)
	return speaker(p)
}

type entry struct {
	session Session
	key     key
	bytes   int
	expires time.Time
	again   bool // heard again, after it was new
	claims  int  // its groups, where they count as taken
}

// Directory is the sessions that are announced. It is a machine: it reads no
// clock. It is not safe for concurrent use.
type Directory struct {
	cfg      DirectoryConfig
	entries  map[key]*entry
	speakers map[speaker]int // how many entries each has
	claims   map[speaker]int // how many groups of each are taken
	bytes    int
	stats    Stats
	evicted  time.Time
	inflater inflater
}

// NewDirectory returns an empty one.
func NewDirectory(cfg DirectoryConfig) *Directory {
	if cfg.MaxSessions <= 0 {
		cfg.MaxSessions = DefaultMaxSessions
	}
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.Own == nil {
		cfg.Own = func([]byte) bool { return false }
	}
	return &Directory{cfg: cfg, entries: make(map[key]*entry), speakers: make(map[speaker]int), claims: make(map[speaker]int)}
}

// Receive takes a packet that came from from to the group in, on an interface.
// raw may be used again afterwards.
func (d *Directory) Receive(raw []byte, from, in netip.Addr, on string, now time.Time) Change {
	d.stats.Packets++
	p, err := parse(raw, &d.inflater)
	if err == nil && p.Deletion {
		return d.remove(p, from.Unmap())
	}
	var description Description
	k := key{hash: p.Hash, origin: p.Origin, from: from.Unmap()}
	if err == nil {
		// Most announcements are repetitions, which need no reading.
		if old := d.entries[k]; p.Hash != 0 && old != nil && bytes.Equal(old.session.SDP, p.Payload) {
			old.hear(now)
			return Unchanged
		}
		description, err = ParseDescription(p.Payload)
	}
	if err != nil {
		d.count(err)
		return Unchanged
	}
	if p.Hash == 0 {
		k.identity = description.identity()
	}
	return d.take(k, description, p.Payload, in.Unmap(), on, now)
}

func (d *Directory) count(err error) {
	switch {
	case errors.Is(err, ErrEncrypted):
		d.stats.Encrypted++
	case errors.Is(err, codecs.ErrUnsupported):
		d.stats.Unsupported++
	default:
		d.stats.Malformed++
	}
}

// take enters a description that was read.
func (d *Directory) take(k key, description Description, sdp []byte, in netip.Addr, on string, now time.Time) Change {
	if !description.Ends.IsZero() && !description.Ends.After(now) {
		return Unchanged // it is over
	}
	change, first := Added, now
	if old := d.predecessor(k, &description); old != nil {
		if old.session.Version > description.Version {
			d.stats.Stale++
			return Unchanged
		}
		same := old.key == k && bytes.Equal(old.session.SDP, sdp)
		if same {
			old.hear(now)
			return Unchanged
		}
		change, first = Replaced, old.session.First
		d.drop(old)
	}
	e := &entry{key: k, bytes: entryOverhead + len(sdp) + description.octets(), session: Session{
		ID: k.id(), Description: description, SDP: bytes.Clone(sdp), Origin: k.origin, From: k.from, In: in, Interface: on, First: first, Own: d.cfg.Own(sdp),
	}}
	e.hear(now)
	if !d.makeRoom(e, now) {
		d.stats.Full++
		if change == Replaced {
			return Removed
		}
		return Unchanged
	}
	d.entries[k] = e
	d.speakers[speakerOf(k.from)]++
	d.bytes += e.bytes
	d.claim(e)
	return change
}

// predecessor is the entry that this announcement takes the place of: that of
// the same key or, of the same sender, the same session in another version.
func (d *Directory) predecessor(k key, description *Description) *entry {
	if old := d.entries[k]; old != nil {
		return old
	}
	if d.speakers[speakerOf(k.from)] == 0 {
		return nil
	}
	identity := description.identity()
	for _, e := range d.entries {
		if e.key.from != k.from {
			continue
		}
		// Programs that give all their sessions one o= line, such as ffmpeg, give
		// them one version too: those are different sessions.
		if e.session.Version != description.Version && e.session.identity() == identity || description.renumbers(&e.session.Description) {
			return e
		}
	}
	return nil
}

// remove takes a deletion, which holds for what the same sender announced.
func (d *Directory) remove(p Packet, from netip.Addr) Change {
	k := key{hash: p.Hash, origin: p.Origin, from: from}
	if p.Hash == 0 {
		description, err := ParseDescription(p.Payload)
		if err != nil {
			d.count(err)
			return Unchanged
		}
		k.identity = description.identity()
	}
	e := d.entries[k]
	if e == nil {
		return Unchanged
	}
	d.drop(e)
	d.stats.Deleted++
	return Removed
}

func (d *Directory) drop(e *entry) {
	delete(d.entries, e.key)
	d.bytes -= e.bytes
	s := speakerOf(e.key.from)
	if d.speakers[s]--; d.speakers[s] <= 0 {
		delete(d.speakers, s)
	}
	if d.claims[s] -= e.claims; d.claims[s] <= 0 {
		delete(d.claims, s)
	}
}

// makeRoom reports whether e fits. In a full directory, who has most sessions
// gives up the one that was not heard for longest, for one who will still have
// fewer: who has fewest keeps all. Sessions that were heard again are kept from
// newcomers, unless one announces more of them than its share.
func (d *Directory) makeRoom(e *entry, now time.Time) bool {
	fits := func() bool { return len(d.entries) < d.cfg.MaxSessions && d.bytes+e.bytes <= d.cfg.MaxBytes }
	if fits() {
		return true
	}
	if now.Sub(d.evicted) < evictEvery {
		return false
	}
	d.evicted = now
	least := d.speakers[speakerOf(e.key.from)] + 2
	var victim *entry
	most := 0
	for _, other := range d.entries {
		n := d.speakers[speakerOf(other.key.from)]
		if n < least || n < most || other.again && n <= d.cfg.MaxSessions/speakerShare {
			continue
		}
		if n > most || other.session.Last.Before(victim.session.Last) {
			victim, most = other, n
		}
	}
	if victim == nil {
		return false
	}
	d.drop(victim)
	d.stats.Evicted++
	return fits()
}

// hear notes an announcement, and by when the next is due.
func (e *entry) hear(now time.Time) {
	if last := e.session.Last; !last.IsZero() {
		// Of the longer and the shorter ones; several interfaces hear one twice.
		gap := min(now.Sub(last), maxInterval)
		if gap > time.Second {
			e.again = true
			if e.session.Interval == 0 {
				e.session.Interval = gap
			}
			e.session.Interval += (gap - e.session.Interval) / 4
		}
	}
	e.session.Last = now
	// RFC 2974 section 4.
	e.expires = now.Add(max(timeoutIntervals*e.session.Interval, minTimeout))
	if ends := e.session.Ends; !ends.IsZero() && ends.Before(e.expires) {
		e.expires = ends
	}
}

// Expire removes what was not heard for too long, or is over.
func (d *Directory) Expire(now time.Time) Change {
	change := Unchanged
	for _, e := range d.entries {
		if !now.Before(e.expires) {
			d.drop(e)
			d.stats.Expired++
			change = Removed
		}
	}
	return change
}

// Sessions returns all, by title.
func (d *Directory) Sessions() []Session {
	out := make([]Session, 0, len(d.entries))
	for _, e := range d.entries {
		out = append(out, e.session)
	}
	slices.SortFunc(out, func(a, b Session) int {
		if c := strings.Compare(a.Title, b.Title); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// Taken reports whether an announced session uses a group, so that a new one
// should have another.
func (d *Directory) Taken(group netip.Addr) bool {
	group = group.Unmap().WithZone("")
	for _, e := range d.entries {
		if e.claims == 0 {
			continue
		}
		for _, m := range e.session.Media {
			if within(group, m.Group.Addr(), m.Groups) {
				return true
			}
		}
	}
	return false
}

// within reports whether group is one of n contiguous ones from first on.
func within(group, first netip.Addr, n int) bool {
	if group.BitLen() != first.BitLen() {
		return false
	}
	a, b := group.As16(), first.As16()
	return [8]byte(a[:8]) == [8]byte(b[:8]) && binary.BigEndian.Uint64(a[8:])-binary.BigEndian.Uint64(b[8:]) < uint64(n)
}

// claim has the groups of a session count as taken, as long as its speaker has
// not too many.
func (d *Directory) claim(e *entry) {
	n := 0
	for _, m := range e.session.Media {
		n += m.Groups
	}
	if s := speakerOf(e.key.from); d.claims[s]+n <= maxClaims {
		e.claims = n
		d.claims[s] += n
	}
}

// knows reports whether there is a session that from announces.
func (d *Directory) knows(from netip.Addr) bool { return d.speakers[speakerOf(from)] > 0 }

// CountIn is how many sessions of others are announced in a group.
func (d *Directory) CountIn(in netip.Addr) int {
	n := 0
	for _, e := range d.entries {
		if e.session.In == in && !e.session.Own {
			n++
		}
	}
	return n
}

// Stats returns what was met so far.
func (d *Directory) Stats() Stats {
	s := d.stats
	s.Sessions, s.Bytes = len(d.entries), d.bytes
	return s
}

// id is a short name for the key. The hash is one to which nobody finds a second
// key: who could would have its session joined in place of another's.
func (k key) id() string {
	b := append([]byte{byte(k.hash >> 8), byte(k.hash)}, k.from.String()...)
	b = append(append(b, 0), k.origin.String()...)
	sum := sha256.Sum256(append(append(b, 0), k.identity...))
	return hex.EncodeToString(sum[:8])
}
