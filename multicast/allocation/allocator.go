package allocation

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net/netip"
	"sync"
)

// What an Allocator may answer.
var (
	// ErrNone: all that may be chosen is taken, or so much that none was found.
	ErrNone = errors.New("allocation: no address of the range is free")
	// ErrTaken: an address that was asked for is another's.
	ErrTaken = errors.New("allocation: the address is taken")
	// ErrOutside: an address that was asked for is none that may be given.
	ErrOutside = errors.New("allocation: the address lies in no range, or has another use")
)

// Config is from what an Allocator chooses.
type Config struct {
	Ranges []netip.Prefix // that CheckRange lets pass
	// Scopes are administrative scopes of one's own (RFC 2365); see ScopeOf.
	Scopes []netip.Prefix
	// Taken says whether others are known to use a group; nil: never. It is called
	// without a lock.
	Taken func(group netip.Addr) bool
	// Random returns a number below n; nil: a random one.
	Random func(n uint64) uint64
}

// Allocator gives addresses of its ranges, each to one only. All methods are
// safe for concurrent use.
type Allocator struct {
	cfg      Config
	reserved []netip.Prefix // that have other uses

	mu    sync.Mutex
	held  map[netip.Addr]bool // given
	named map[netip.Addr]bool // by Hold, for good
}

// New returns an Allocator that has given nothing yet.
func New(cfg Config) *Allocator {
	if cfg.Taken == nil {
		cfg.Taken = func(netip.Addr) bool { return false }
	}
	if cfg.Random == nil {
		cfg.Random = rand.Uint64N
	}
	a := &Allocator{cfg: cfg, reserved: []netip.Prefix{sapGroups}, held: make(map[netip.Addr]bool), named: make(map[netip.Addr]bool)}
	for _, scope := range append([]netip.Prefix{localScope, organisationScope}, cfg.Scopes...) {
		// The highest 256 of each have fixed uses (RFC 2365 section 9).
		if scope.Addr().Is4() && scope.Bits() < 24 {
			a.reserved = append(a.reserved, netip.PrefixFrom(Last(scope), 24).Masked())
		}
	}
	return a
}

// Range is the first of a family, IPv4 or IPv6, to choose from; not ok: none.
func (a *Allocator) Range(v6 bool) (netip.Prefix, bool) {
	for _, r := range a.cfg.Ranges {
		if r.Addr().Is6() == v6 {
			return r, true
		}
	}
	return netip.Prefix{}, false
}

// Hold keeps an address from ever being given, of whatever range: one that the
// configuration names.
func (a *Allocator) Hold(group netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.named[group.Unmap().WithZone("")] = true
}

// Allocate chooses n contiguous addresses of a range, and keeps them until
// Release. ErrNone.
func (a *Allocator) Allocate(r netip.Prefix, n int) (Block, error) {
	size := sizeOf(r)
	if n < 1 || n > MaxBlock || uint64(n) > size {
		return Block{}, ErrNone
	}
	places := size - uint64(n) + 1
	for range maxDraws {
		if b := (Block{at(r, a.cfg.Random(places)), n}); a.take(b) == nil {
			return b, nil
		}
	}
	start := a.cfg.Random(places)
	for i := range min(places, maxSearch) {
		if b := (Block{at(r, (start+i)%places), n}); a.take(b) == nil {
			return b, nil
		}
	}
	return Block{}, ErrNone
}

// Claim takes addresses that somebody names. ErrTaken, ErrOutside.
func (a *Allocator) Claim(b Block) error {
	if b.Count < 1 || b.Count > MaxBlock || !a.inRange(b) {
		return ErrOutside
	}
	return a.take(b)
}

func (a *Allocator) inRange(b Block) bool {
	for _, r := range a.cfg.Ranges {
		if b.each(func(g netip.Addr) bool { return contains(r, g) }) {
			return true
		}
	}
	return false
}

// take keeps a block whose addresses are all usable and free.
func (a *Allocator) take(b Block) error {
	if !b.each(a.usable) {
		return ErrOutside
	}
	if !b.each(func(g netip.Addr) bool { return !a.cfg.Taken(g) }) {
		return ErrTaken
	}
	return a.Restore(b)
}

// Restore takes addresses that were given before a restart, though others may be
// heard to use them, such as who has them. ErrTaken.
func (a *Allocator) Restore(b Block) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !b.each(func(g netip.Addr) bool { return !a.held[g] && !a.named[g] }) {
		return ErrTaken
	}
	b.each(func(g netip.Addr) bool {
		a.held[g] = true
		return true
	})
	return nil
}

// Release gives addresses back.
func (a *Allocator) Release(b Block) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b.each(func(g netip.Addr) bool {
		delete(a.held, g)
		return true
	})
}

// usable reports whether an address has no other use.
func (a *Allocator) usable(g netip.Addr) bool {
	for _, r := range a.reserved {
		if r.Contains(g) {
			return false
		}
	}
	if !g.Is4() {
		return true
	}
	// Ethernet has 23 bits of an address. Those that look like 224.0.0.0/24 there go
	// to all ports of every switch (RFC 4541 2.1.2).
	b := g.As4()
	return b[1]&0x7f != 0 || b[2] != 0
}

// sizeOf is how many addresses may be chosen of a range.
func sizeOf(r netip.Prefix) uint64 {
	if r.Addr().Is6() {
		return 1 << 31 // RFC 3307 4.3: group IDs from 0x80000000 on
	}
	return 1 << (32 - r.Bits())
}

// at is the i-th address that may be chosen of a range.
func at(r netip.Prefix, i uint64) netip.Addr {
	raw := r.Masked().Addr().AsSlice()
	low := raw[len(raw)-4:]
	if r.Addr().Is6() {
		i |= 1 << 31
	}
	binary.BigEndian.PutUint32(low, binary.BigEndian.Uint32(low)|uint32(i))
	out, _ := netip.AddrFromSlice(raw) // of its own length
	return out
}

// contains reports whether g may be chosen of a range.
func contains(r netip.Prefix, g netip.Addr) bool {
	if !r.Contains(g) {
		return false
	}
	return g.Is4() || g.As16()[12]&0x80 != 0
}
