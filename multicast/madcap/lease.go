package madcap

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"parley/multicast/allocation"
)

// clientOf is whom the limits hold for: a host, or the network in which one has
// as many addresses as one likes.
func clientOf(a netip.Addr) netip.Prefix {
	size := a.BitLen()
	if a.Is6() && !a.IsLinkLocalUnicast() {
		size = 64
	}
	p, _ := a.WithZone("").Prefix(size) // of its own length
	return p
}

func holderOf(l *allocation.Lease) netip.Addr {
	a, _ := netip.ParseAddr(l.Holder) // it was one
	return a
}

func (s *Server) count(holder netip.Addr, n int) {
	s.held += n
	c := clientOf(holder)
	if s.clients[c] += n; s.clients[c] <= 0 {
		delete(s.clients, c)
	}
}

// room reports whether a client may have one lease more.
func (s *Server) room(holder netip.Addr) bool {
	return s.held < s.cfg.MaxLeases && s.clients[clientOf(holder)] < s.cfg.MaxPerClient
}

// foreign reports whether a message came to the group of a scope for one that
// does not enclose it (RFC 2730 2.11).
func (s *Server) foreign(group netip.Addr, scope int) bool {
	for i := range s.cfg.Scopes {
		if s.cfg.Scopes[i].Group() == group {
			return scope < i && familyOf(s.cfg.Scopes[scope].First) == familyOf(group)
		}
	}
	return false // one of those for all
}

// discover answers DISCOVER with an offer (RFC 2730 2.2.2).
func (s *Server) discover(m *Message, c client, f features, now time.Time) ([]byte, error) {
	wanted, err := s.wish(m)
	if err != nil {
		return nil, err
	}
	t, err := s.term(m, now)
	if err != nil {
		return nil, err
	}
	if s.foreign(c.Group, wanted.scope) {
		return nil, errUnanswered
	}
	if _, leased := s.current(c, now); leased {
		return nil, invalid(OptionLeaseID) // RFC 2730 2.4: of one lease alone
	}
	s.withdraw(c)
	if _, taken := s.offers[c.lease]; taken {
		return nil, invalid(OptionLeaseID) // another host's, until its offer ends
	}
	if !s.room(c.addr) {
		return nil, notCompleted(noOption)
	}
	blocks, err := s.choose(wanted)
	if err != nil {
		return nil, err
	}
	s.offers[c.lease] = offer{wanted.scope, blocks, c.addr, now.Add(offerHold)}
	s.count(c.addr, 1)
	s.stats.Offered++
	return s.grant(reply(Offer, m, c), s.cfg.Scopes[wanted.scope].First, blocks, t, f, now), nil
}

// withdraw gives back what a client was offered.
func (s *Server) withdraw(c client) {
	if o, ok := s.offers[c.lease]; ok && o.holder == c.addr {
		s.forget(c.lease, o)
	}
}

func (s *Server) forget(lease string, o offer) {
	delete(s.offers, lease)
	s.count(o.holder, -1)
	s.free(o.blocks)
}

func (s *Server) free(blocks []allocation.Block) {
	for _, b := range blocks {
		s.pool.Release(b)
	}
}

// choose takes addresses for a wish.
func (s *Server) choose(w wish) ([]allocation.Block, error) {
	r := s.cfg.Scopes[w.scope].Range
	if len(w.blocks) == 0 {
		for n := w.most; n >= w.least; n-- {
			if b, err := s.pool.Allocate(r, n); err == nil {
				return []allocation.Block{b}, nil
			}
		}
		return nil, notCompleted(noOption)
	}
	var out []allocation.Block
	for _, b := range w.blocks {
		if !r.Contains(b.First) || s.pool.Claim(b) != nil {
			s.free(out)
			return nil, notCompleted(OptionAddressRanges)
		}
		out = append(out, b)
	}
	return out, nil
}

// request answers REQUEST with a lease (RFC 2730 2.2.4).
func (s *Server) request(m *Message, c client, f features, now time.Time) ([]byte, error) {
	if named, ok := m.find(OptionServerID); ok || c.Group.IsValid() {
		switch {
		case len(named) < 3:
			return nil, invalid(OptionServerID)
		case !slices.Equal(named, addressed(c.Local)) && c.Group.IsValid():
			s.withdraw(c) // another server was chosen (RFC 2730 2.2.3)
			return nil, errUnanswered
		case !slices.Equal(named, addressed(c.Local)):
			return nil, invalid(OptionServerID)
		}
	}
	wanted, err := s.wish(m)
	if err != nil {
		return nil, err
	}
	t, err := s.term(m, now)
	if err != nil {
		return nil, err
	}
	if c.Group.IsValid() && s.foreign(c.Group, wanted.scope) {
		return nil, errUnanswered
	}
	if old, leased := s.current(c, now); leased {
		return s.again(m, c, f, &old, now)
	}
	blocks, err := s.committed(c, wanted)
	if err != nil {
		return nil, err
	}
	l := allocation.Lease{
		ID: c.key(), Holder: c.addr.String(), Scope: s.cfg.Scopes[wanted.scope].First.String(),
		Blocks: blocks, Granted: now, Start: now, End: t.end(now), Shared: f.shared,
	}
	if !t.start.IsZero() {
		l.Start = t.start
	}
	s.ledger.Put(l)
	s.count(c.addr, 1)
	s.stats.Acknowledged++
	return s.grant(reply(Ack, m, c), s.cfg.Scopes[wanted.scope].First, blocks, t, f, now), nil
}

// committed takes the addresses that were offered, where they are still what is
// wanted, or others. The client is not yet counted for them.
func (s *Server) committed(c client, w wish) ([]allocation.Block, error) {
	if o, ok := s.offers[c.lease]; ok && o.holder == c.addr {
		if n := addresses(o.blocks); o.scope == w.scope && n >= w.least && n <= w.most && (len(w.blocks) == 0 || slices.Equal(w.blocks, o.blocks)) {
			delete(s.offers, c.lease)
			s.count(c.addr, -1)
			return o.blocks, nil
		}
		s.forget(c.lease, o)
	}
	if !s.room(c.addr) {
		return nil, notCompleted(noOption)
	}
	return s.choose(w)
}

// current finds the lease of a client's identifier. One of its own that is over
// gives way: its holder asks anew.
func (s *Server) current(c client, now time.Time) (allocation.Lease, bool) {
	l, ok := s.ledger.Lease(c.key())
	if ok && holderOf(&l) == c.addr && !now.Before(l.End) {
		s.end(&l)
		return l, false
	}
	return l, ok
}

// again answers the REQUEST of one who has the lease already: the answer was
// lost, or could not be given.
func (s *Server) again(m *Message, c client, f features, l *allocation.Lease, now time.Time) ([]byte, error) {
	if holderOf(l) != c.addr {
		return nil, invalid(OptionLeaseID) // RFC 2730 2.4
	}
	f.shared = f.shared && l.Shared
	s.stats.Acknowledged++
	return s.grant(reply(Ack, m, c), scopeOf(l), l.Blocks, remaining(l, now), f, now), nil
}

func scopeOf(l *allocation.Lease) netip.Addr {
	a, _ := netip.ParseAddr(l.Scope) // it was one
	return a
}

// remaining is the term of a lease from now on.
func remaining(l *allocation.Lease, now time.Time) term {
	if l.Start.After(now) {
		return term{l.Start, l.End.Sub(l.Start)}
	}
	return term{lease: l.End.Sub(now)}
}

// mine finds the lease that a RENEW or RELEASE is of (RFC 2730 2.4). One that is
// not shared is its holder's alone.
func (s *Server) mine(c client) (allocation.Lease, error) {
	l, ok := s.ledger.Lease(c.key())
	if !ok || !l.Shared && holderOf(&l) != c.addr {
		return l, &refusal{code: UnknownLease}
	}
	return l, nil
}

// renew answers RENEW with a new term (RFC 2730 2.2.7). A lease that is over,
// but whose addresses are still kept, is renewed.
func (s *Server) renew(m *Message, c client, f features, now time.Time) ([]byte, error) {
	l, err := s.mine(c)
	if err != nil {
		return nil, err
	}
	if familyOf(l.Blocks[0].First) != m.Family {
		return nil, invalid(noOption)
	}
	t, err := s.term(m, now)
	if err != nil {
		return nil, err
	}
	l.Start, l.End = now, t.end(now)
	if !t.start.IsZero() {
		l.Start = t.start
	}
	s.ledger.Put(l)
	f.shared = f.shared && l.Shared
	s.stats.Acknowledged++
	return s.grant(reply(Ack, m, c), scopeOf(&l), l.Blocks, t, f, now), nil
}

// release ends a lease (RFC 2730 2.2.8).
func (s *Server) release(m *Message, c client, f features) ([]byte, error) {
	l, err := s.mine(c)
	if err != nil {
		return nil, err
	}
	s.end(&l)
	f.shared = f.shared && l.Shared
	s.stats.Acknowledged++
	w := reply(Ack, m, c)
	w.features(f)
	return w.end(), nil
}

func (s *Server) end(l *allocation.Lease) {
	s.ledger.Delete(l.ID)
	s.free(l.Blocks)
	s.count(holderOf(l), -1)
}

// grant completes an OFFER or ACK.
func (s *Server) grant(w *writer, scope netip.Addr, blocks []allocation.Block, t term, f features, now time.Time) []byte {
	w.uint32(OptionLeaseTime, uint32(t.lease/time.Second))
	w.option(OptionScope, scope.AsSlice()...)
	var ranges []byte
	for _, b := range blocks {
		ranges = append(ranges, b.First.AsSlice()...)
		ranges = binary.BigEndian.AppendUint16(ranges, uint16(b.Count))
	}
	w.option(OptionAddressRanges, ranges...)
	if !t.start.IsZero() {
		w.uint32(OptionStartTime, seconds(t.start))
		w.uint32(OptionCurrentTime, seconds(now)) // RFC 2730 2.12
	}
	w.features(f)
	return w.end()
}

// Expire ends offers and leases whose time is over. When leases have changed, the
// ledger is to be saved.
func (s *Server) Expire(now time.Time) {
	for id, o := range s.offers {
		if !now.Before(o.until) {
			s.forget(id, o)
		}
	}
	for _, l := range s.ledger.Leases() {
		if isLease(l.ID) && !now.Before(l.End.Add(s.cfg.Extra)) {
			s.end(&l)
			s.stats.Expired++
		}
	}
	s.cache.expire(now)
}
