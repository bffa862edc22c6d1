package sap

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"parley/multicast/internal/interfaces"
)

// ErrBusy is returned by a Probe while as many as may are under way.
var ErrBusy = errors.New("sap: too many probes at once")

// Prober finds out whether anybody sends to a session, by joining its groups
// for a moment. All methods are safe for concurrent use.
type Prober struct {
	interfaces []string
	slots      chan struct{}
}

// NewProber returns one that joins groups on the interfaces of these names;
// none: on all that can carry groups.
func NewProber(interfaces []string) *Prober {
	return &Prober{interfaces: interfaces, slots: make(chan struct{}, maxProbes)}
}

// Probe listens to a session's groups until a packet comes, or ctx ends. It
// joins at most four groups, and never waits for its turn.
func (p *Prober) Probe(ctx context.Context, s *Session) (live bool, err error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	default:
		return false, ErrBusy
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	heard := make(chan struct{}, maxProbeGroups)
	var listening sync.WaitGroup
	defer listening.Wait()
	defer cancel()
	var errs []error
	for _, m := range s.Media[:min(len(s.Media), maxProbeGroups)] {
		conn, err := p.listen(&m)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		listening.Go(func() {
			if listen(ctx, conn) {
				heard <- struct{}{}
			}
		})
	}
	if len(errs) > 0 && len(errs) == min(len(s.Media), maxProbeGroups) {
		return false, errors.Join(errs...)
	}
	select {
	case <-heard:
		return true, nil
	case <-ctx.Done():
		return false, nil
	}
}

func (p *Prober) listen(m *Medium) (*net.UDPConn, error) {
	group := m.Group
	v6 := group.Addr().Is6()
	found := interfaces.Find(p.interfaces)
	if len(found) == 0 {
		return nil, errNoInterface
	}
	network, address := "udp4", group
	if v6 {
		network = "udp6"
		if group.Addr().IsLinkLocalMulticast() {
			address = netip.AddrPortFrom(group.Addr().WithZone(found[0].Name), group.Port())
		}
	}
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { return share(c, v6) }}
	pc, err := lc.ListenPacket(context.Background(), network, address.String())
	if err != nil {
		return nil, err
	}
	conn := pc.(*net.UDPConn)
	var errs []error
	for i := range found {
		join := func() error { return joinGroup(conn, group.Addr(), &found[i]) }
		if len(m.Sources) > 0 {
			join = func() error { return joinSources(conn, group.Addr(), m.Sources, &found[i]) }
		}
		if err := join(); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) == len(found) {
		return nil, errors.Join(append(errs, conn.Close())...)
	}
	return conn, nil
}

// listen reports whether a packet comes before ctx ends. It closes conn.
func listen(ctx context.Context, conn *net.UDPConn) bool {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(0, 1)) }) // a socket that is open takes it
	defer conn.Close()
	defer stop()
	var one [1]byte
	_, _, err := conn.ReadFromUDPAddrPort(one[:])
	return err == nil
}
