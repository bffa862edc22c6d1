package madcap

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/netip"
	"time"

	"parley/multicast/allocation"
)

// Scope is a multicast scope and the part of it that is leased.
type Scope struct {
	First, Last netip.Addr
	Range       netip.Prefix // that the Allocator has
	TTL         int          // the most for packets to its groups
	Name        string       // in English
}

// Group is the MADCAP server multicast address of the scope: the last but one
// (RFC 2730 2.10).
func (s Scope) Group() netip.Addr { return s.Last.Prev() }

// The groups to which clients send that know of no scope: those of the IPv4 local
// scope and of IPv6 scope 3 (RFC 2730 2.10).
var (
	defaultGroup4 = netip.AddrFrom4([4]byte{239, 255, 255, 254})
	defaultGroup6 = netip.MustParseAddr("ff03:ffff:ffff:ffff:ffff:ffff:ffff:fffe")
)

// Config is what a Server leases, and how. What is 0 is the default of limits.go.
type Config struct {
	Scopes       []Scope // by size, the smallest first
	MaxLease     time.Duration
	Extra        time.Duration
	Skew         time.Duration
	MaxLeases    int
	MaxPerClient int
}

// Stats counts what a Server has met.
type Stats struct {
	Leases, Offers          int // that are held now
	Received                uint64
	OverRate                uint64 // dropped unread
	Malformed               uint64
	Ignored                 uint64 // not for this server, or not to be answered
	Repeated                uint64
	Discovers, Requests     uint64
	Renews, Releases, Infos uint64
	Offered, Acknowledged   uint64
	Refused                 uint64 // NAK
	Expired                 uint64
	Unsaved                 uint64 // answers withheld, since the file was not written
}

// Arrival is where a message came to.
type Arrival struct {
	// Local is the address of this host that it was sent to or, where it was sent
	// to a group, that of the interface by which it came.
	Local netip.Addr
	Group netip.Addr // that it was sent to; invalid: none
}

// offer is addresses that are kept for who was offered them.
type offer struct {
	scope  int
	blocks []allocation.Block
	holder netip.Addr
	until  time.Time
}

// Server is a MADCAP server. It is a machine: it reads no clock and has no
// socket. It is not safe for concurrent use.
type Server struct {
	cfg    Config
	pool   *allocation.Allocator
	ledger *allocation.Ledger
	offers map[string]offer // by lease identifier
	// clients is how many leases and offers each has.
	clients map[netip.Prefix]int
	held    int // leases and offers
	cache   cache
	budget  budget
	stats   Stats
}

// NewServer goes on with the leases of ledger, whose addresses it takes from
// pool.
func NewServer(cfg Config, pool *allocation.Allocator, ledger *allocation.Ledger) *Server {
	setDefault(&cfg.MaxLease, DefaultMaxLease)
	setDefault(&cfg.Extra, DefaultExtra)
	setDefault(&cfg.Skew, DefaultSkew)
	setDefault(&cfg.MaxLeases, DefaultMaxLeases)
	setDefault(&cfg.MaxPerClient, DefaultMaxPerClient)
	s := &Server{
		cfg: cfg, pool: pool, ledger: ledger, offers: make(map[string]offer), clients: make(map[netip.Prefix]int),
		cache: cache{replies: make(map[exchange][]byte)},
	}
	for _, l := range ledger.Leases() {
		if !isLease(l.ID) {
			continue
		}
		for _, b := range l.Blocks {
			_ = pool.Restore(b) // what is held twice in the file stays so until it ends
		}
		s.count(holderOf(&l), 1)
	}
	return s
}

func setDefault[T int | time.Duration](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// Groups are those in which clients look for this server.
func (s *Server) Groups() []netip.Addr {
	out := []netip.Addr{defaultGroup4, defaultGroup6}
	for _, scope := range s.cfg.Scopes {
		if g := scope.Group(); g != defaultGroup4 && g != defaultGroup6 {
			out = append(out, g)
		}
	}
	return out
}

// scope finds a scope by its first address; -1: there is none.
func (s *Server) scope(id netip.Addr) int {
	for i := range s.cfg.Scopes {
		if s.cfg.Scopes[i].First == id {
			return i
		}
	}
	return -1
}

// Receive takes a message and returns the answer to its sender; nil: none. When
// leases have changed, the ledger is to be saved before the answer is sent.
func (s *Server) Receive(raw []byte, from netip.AddrPort, at Arrival, now time.Time) []byte {
	s.stats.Received++
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	if !s.budget.take(from.Addr().WithZone(""), now) {
		s.stats.OverRate++
		return nil
	}
	m, err := Parse(raw)
	if err != nil {
		s.stats.Malformed++
		return nil
	}
	rules, ours := conformityOf(m.Type)
	if m.Type == Offer || m.Type == Ack || m.Type == Nak || from.Port() == 0 {
		s.stats.Ignored++ // of a server: two that refuse each other's would never end (RFC 2730 2.6)
		return nil
	}
	id, ok := m.find(OptionLeaseID)
	if !ok || len(id) == 0 {
		s.stats.Malformed++ // an answer has to have it
		return nil
	}
	e := exchange{m.Type, m.XID, string(id), from}
	if reply := s.cache.replies[e]; reply != nil {
		s.stats.Repeated++
		return reply
	}
	var reply []byte
	switch {
	case !ours:
		err = invalid(noOption)
	case len(id) > maxLeaseID:
		err = invalid(OptionLeaseID)
	default:
		err = m.conforms(rules)
	}
	if err == nil {
		reply, err = s.answer(&m, client{string(id), from.Addr(), maxAmplification * len(raw), at}, now)
	}
	if err != nil {
		reply = s.refuse(&m, id, at, err)
	}
	if reply == nil || len(reply) > maxAmplification*len(raw) {
		s.stats.Ignored++
		return nil
	}
	s.cache.put(e, reply, now)
	return reply
}

// client is who asks, and how it reached us.
type client struct {
	lease string // its Lease Identifier
	addr  netip.Addr
	most  int // bytes of an answer
	Arrival
}

// key is the lease's in the ledger.
func (c client) key() string { return leasePrefix + hex.EncodeToString([]byte(c.lease)) }

const leasePrefix = "madcap:"

func isLease(key string) bool {
	return len(key) > len(leasePrefix) && key[:len(leasePrefix)] == leasePrefix
}

func (s *Server) answer(m *Message, c client, now time.Time) ([]byte, error) {
	f, err := m.features()
	if err != nil {
		return nil, err
	}
	multicast := c.Group.IsValid()
	switch m.Type {
	case GetInfo:
		s.stats.Infos++
		return s.info(m, c, f, now)
	case Discover:
		s.stats.Discovers++
		if !multicast {
			return nil, invalid(noOption) // RFC 2730 2.2.2
		}
		return s.discover(m, c, f, now)
	case Request:
		s.stats.Requests++
		return s.request(m, c, f, now)
	case Renew, Release:
		if multicast {
			return nil, errUnanswered // RFC 2730 2.2.7: every server would refuse
		}
		if m.Type == Renew {
			s.stats.Renews++
			return s.renew(m, c, f, now)
		}
		s.stats.Releases++
		return s.release(m, c, f)
	}
	return nil, errUnanswered
}

// reply begins an answer with what all have.
func reply(t MessageType, m *Message, c client) *writer {
	w := begin(t, m.Family, m.XID)
	w.option(OptionLeaseID, []byte(c.lease)...)
	w.option(OptionServerID, addressed(c.Local)...)
	return w
}

// addressed is an address behind its family (RFC 2730 3.3).
func addressed(a netip.Addr) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(familyOf(a))), a.AsSlice()...)
}

// refuse answers with NAK (RFC 2730 2.6).
func (s *Server) refuse(m *Message, id []byte, at Arrival, err error) []byte {
	var r *refusal
	if !errors.As(err, &r) {
		return nil
	}
	// RFC 2730 2.2: a DISCOVER that cannot be satisfied is ignored.
	if m.Type == Discover && r.code == NotCompleted {
		return nil
	}
	s.stats.Refused++
	w := reply(Nak, m, client{lease: string(id), Arrival: at})
	w.option(OptionError, append(binary.BigEndian.AppendUint16(nil, uint16(r.code)), r.extra...)...)
	if _, listed := m.find(OptionFeatureList); listed {
		w.features(features{listed: true})
	}
	return w.end()
}

// Stats returns what was met so far.
func (s *Server) Stats() Stats {
	out := s.stats
	out.Offers = len(s.offers)
	out.Leases = s.held - out.Offers
	return out
}

func addresses(blocks []allocation.Block) int {
	n := 0
	for _, b := range blocks {
		n += b.Count
	}
	return n
}
