package sap

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"parley/multicast/internal/interfaces"
)

// ListenConfig is where a Listener listens.
type ListenConfig struct {
	Interfaces []string // by name; none: all that can carry groups
	// Scopes are administrative scopes of one's own (RFC 2365).
	Scopes    []netip.Prefix
	Directory DirectoryConfig
	Log       *slog.Logger
}

// Listener keeps a Directory of what is announced. All methods are safe for
// concurrent use.
type Listener struct {
	cfg    ListenConfig
	groups []netip.Addr
	// interfaces are those that are there of these names; see interfaces.Find.
	interfaces func(names []string) []net.Interface
	done       chan struct{}
	running    sync.WaitGroup

	mu        sync.Mutex
	directory *Directory
	budget    budget
	overRate  uint64
	changed   chan struct{} // closed at the next change
	sockets   []*receiver
	joined    map[membership]*receiver
	names     map[int]string // of interfaces, by index
}

// membership is a group on an interface.
type membership struct {
	group netip.Addr
	index int
}

// receiver is a socket and the groups that it has joined.
type receiver struct {
	conn  *net.UDPConn
	v6    bool
	count int
}

// Listen joins the groups of announcements. Interfaces that come later are
// joined when they are seen. The error is of the port, or that no group can be
// joined on any interface.
func Listen(cfg ListenConfig) (*Listener, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	l := &Listener{
		cfg: cfg, groups: Groups(cfg.Scopes), interfaces: interfaces.Find, done: make(chan struct{}),
		directory: NewDirectory(cfg.Directory), changed: make(chan struct{}), joined: make(map[membership]*receiver), names: make(map[int]string),
	}
	if err := l.join(); err != nil && len(l.joined) == 0 {
		return nil, errors.Join(fmt.Errorf("sap: listen to announcements: %w", err), l.Close())
	}
	l.running.Go(l.tend)
	return l, nil
}

var errNoInterface = errors.New("no interface that is up can carry multicast groups")

// join enters all groups on all interfaces where it is not yet a member.
func (l *Listener) join() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	interfaces := l.interfaces(l.cfg.Interfaces)
	there := make(map[int]bool)
	var errs []error
	for i := range interfaces {
		there[interfaces[i].Index] = true
		l.names[interfaces[i].Index] = interfaces[i].Name
	}
	maps.DeleteFunc(l.names, func(index int, _ string) bool { return !there[index] })
	// Memberships of an interface that went count in their socket until they are
	// left: where containers come and go, there would be ever more sockets.
	for m, r := range l.joined {
		if !there[m.index] {
			_ = leaveGroup(r.conn, m.group, &net.Interface{Index: m.index}) // the interface may be gone
			r.count--
			delete(l.joined, m)
		}
	}
	for i := range interfaces {
		for _, g := range l.groups {
			m := membership{g, interfaces[i].Index}
			if l.joined[m] != nil {
				continue
			}
			r, err := l.joinLocked(g, &interfaces[i])
			if err != nil {
				errs = append(errs, fmt.Errorf("%v on %s: %w", g, interfaces[i].Name, err))
				continue
			}
			l.joined[m] = r
		}
	}
	if len(interfaces) == 0 {
		errs = append(errs, errNoInterface)
	}
	return errors.Join(errs...)
}

// joinLocked enters a group with a socket that has room, else a new one.
func (l *Listener) joinLocked(group netip.Addr, ifi *net.Interface) (*receiver, error) {
	for _, r := range l.sockets {
		if r.v6 == group.Is6() && r.count < maxMemberships {
			err := joinGroup(r.conn, group, ifi)
			if err != nil {
				return nil, err
			}
			r.count++
			return r, nil
		}
	}
	select {
	case <-l.done:
		return nil, net.ErrClosed
	default:
	}
	conn, err := openShared(group.Is6(), Port)
	if err != nil {
		return nil, err
	}
	err = askDestination(conn, group.Is6())
	if err == nil {
		err = joinGroup(conn, group, ifi)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	r := &receiver{conn: conn, v6: group.Is6(), count: 1}
	l.sockets = append(l.sockets, r)
	l.running.Go(func() { l.read(r) })
	return r, nil
}

// tend lets sessions expire and looks for new interfaces.
func (l *Listener) tend() {
	ticker := time.NewTicker(rescanEvery)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			if err := l.join(); err != nil {
				l.cfg.Log.Debug("not all groups of announcements are joined", "error", err)
			}
			l.mu.Lock()
			l.notifyLocked(l.directory.Expire(now))
			l.mu.Unlock()
		case <-l.done:
			return
		}
	}
}

// batch reads several packets at once: a flood costs a call of the system for
// each batch.
type batch interface {
	ReadBatch(ms []ipv4.Message, flags int) (int, error)
}

// askDestination has the system tell with each packet what destination reads. Of
// packets that came before it does not know the interface.
func askDestination(conn *net.UDPConn, v6 bool) error {
	if v6 {
		return ipv6.NewPacketConn(conn).SetControlMessage(ipv6.FlagDst|ipv6.FlagInterface, true)
	}
	return ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true)
}

// read takes packets until the socket is closed.
func (l *Listener) read(r *receiver) {
	var conn batch = ipv4.NewPacketConn(r.conn)
	if r.v6 {
		conn = ipv6.NewPacketConn(r.conn)
	}
	messages := make([]ipv4.Message, receiveBatch)
	for i := range messages {
		messages[i].Buffers = [][]byte{make([]byte, maxDatagram)}
		messages[i].OOB = make([]byte, 128)
	}
	for failed := 0; failed < maxReadErrors; {
		n, err := conn.ReadBatch(messages, 0)
		if err != nil {
			select {
			case <-l.done:
				return
			default:
			}
			if errors.Is(err, net.ErrClosed) {
				return
			}
			failed++
			continue // such as an ICMP error
		}
		failed = 0
		l.take(messages[:n], r.v6, time.Now())
	}
	l.cfg.Log.Error("socket of announcements given up after repeated read errors", "ipv6", r.v6)
}

// take enters packets that were read at now.
func (l *Listener) take(messages []ipv4.Message, v6 bool, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change := Unchanged
	for i := range messages {
		m := &messages[i]
		from, ok := m.Addr.(*net.UDPAddr)
		if !ok {
			continue
		}
		source := from.AddrPort().Addr().Unmap()
		if !l.budget.take(source, l.directory.knows(source), now) || m.N >= maxDatagram {
			l.overRate++
			continue
		}
		group, index, ok := destination(m.OOB[:m.NN], v6)
		if !ok {
			continue // sent to this host, from wherever, and not to a group
		}
		change = max(change, l.directory.Receive(m.Buffers[0][:m.N], source, group, l.names[index], now))
	}
	l.notifyLocked(change)
}

// destination is the group that a packet was sent to, and the interface on which
// it came.
func destination(oob []byte, v6 bool) (group netip.Addr, index int, ok bool) {
	var ip net.IP
	if v6 {
		var c ipv6.ControlMessage
		if c.Parse(oob) == nil {
			ip, index = c.Dst, c.IfIndex
		}
	} else {
		var c ipv4.ControlMessage
		if c.Parse(oob) == nil {
			ip, index = c.Dst, c.IfIndex
		}
	}
	a, ok := netip.AddrFromSlice(ip)
	a = a.Unmap()
	return a, index, ok && a.IsMulticast()
}

func (l *Listener) notifyLocked(c Change) {
	if c != Unchanged {
		close(l.changed)
		l.changed = make(chan struct{})
	}
}

// Sessions returns what is announced now, by title, and a channel that is
// closed at the next change.
func (l *Listener) Sessions() ([]Session, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.directory.Sessions(), l.changed
}

// Taken reports whether an announced session uses a group.
func (l *Listener) Taken(group netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.directory.Taken(group)
}

// CountIn is how many sessions of others are announced in a group.
func (l *Listener) CountIn(group netip.Addr) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.directory.CountIn(group)
}

// Stats returns what was met so far.
func (l *Listener) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.directory.Stats()
	s.Packets += l.overRate
	s.OverRate = l.overRate
	return s
}

// Close leaves the groups, and waits until all goroutines have ended.
func (l *Listener) Close() error {
	l.mu.Lock()
	select {
	case <-l.done:
	default:
		close(l.done)
	}
	var errs []error
	for _, r := range l.sockets {
		errs = append(errs, r.conn.Close())
	}
	l.sockets = nil
	l.mu.Unlock()
	l.running.Wait()
	return errors.Join(errs...)
}
