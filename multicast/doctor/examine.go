package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Config is what is looked at.
type Config struct {
	Group     netip.AddrPort // the probe group, of no other use
	Interface string         // name; empty: the system's choice
	TTL       int            // the highest to send with, 1 to 255
	// Wait is how long queriers and answers are waited for; 0: DefaultWait.
	Wait time.Duration
}

func (cfg *Config) check() error {
	switch {
	case !cfg.Group.Addr().IsMulticast() || cfg.Group.Port() == 0:
		return fmt.Errorf("doctor: %v is no multicast group with a port", cfg.Group)
	case cfg.TTL < 1 || cfg.TTL > 255:
		return fmt.Errorf("doctor: TTL %d is not within 1 and 255", cfg.TTL)
	}
	cfg.Group = netip.AddrPortFrom(cfg.Group.Addr().Unmap(), cfg.Group.Port())
	return nil
}

// choose finds the interface.
func (cfg *Config) choose(obs *Observation) (*net.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	route, err := routeTo(cfg.Group.Addr())
	if err != nil {
		obs.RouteError = unwrapped(err)
	} else {
		obs.Route = route.Name
	}
	chosen := route
	if cfg.Interface != "" || chosen == nil {
		chosen = nil
		best := 0
		for i := range all {
			if fit := cfg.fit(&all[i]); fit > best {
				chosen, best = &all[i], fit
			}
		}
	}
	switch {
	case chosen == nil && cfg.Interface != "":
		return nil, fmt.Errorf("doctor: there is no interface %q", cfg.Interface)
	case chosen == nil:
		return nil, errors.New("doctor: no interface is up but the loopback")
	}
	for i := range all {
		if all[i].Name != chosen.Name && all[i].Flags&net.FlagUp != 0 && all[i].Flags&net.FlagLoopback == 0 {
			obs.Others = append(obs.Others, all[i].Name)
		}
	}
	return chosen, nil
}

// fit is how well an interface suits where the system chooses none: the one that is
// named, else one that is up, best with the MULTICAST flag and an address of the
// group's family; 0: not at all.
func (cfg *Config) fit(ifi *net.Interface) int {
	if cfg.Interface != "" {
		if ifi.Name == cfg.Interface {
			return 1
		}
		return 0
	}
	if ifi.Flags&net.FlagUp == 0 || ifi.Flags&net.FlagLoopback != 0 {
		return 0
	}
	fit := 1
	if ifi.Flags&net.FlagMulticast != 0 {
		fit += 2
	}
	for _, p := range prefixesOf(ifi) {
		if p.Addr().Is6() == cfg.Group.Addr().Is6() {
			return fit + 1
		}
	}
	return fit
}

// unwrapped is the innermost error: what the system says.
func unwrapped(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}

// Examine joins the group and looks for Wait, or until ctx ends. The error is of
// how it was called; faults of the network stand in the Observation.
func Examine(ctx context.Context, cfg Config) (*Observation, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Wait <= 0 {
		cfg.Wait = DefaultWait
	}
	began := time.Now()
	obs := &Observation{Group: cfg.Group, TTL: cfg.TTL}
	ifi, err := cfg.choose(obs)
	if err != nil {
		return nil, err
	}
	obs.Interface = interfaceOf(ifi)
	e := &examination{cfg: cfg, ifi: ifi, collector: collector{run: rand.Uint64(), port: cfg.Group.Port(), obs: obs}}
	if err := e.open(); err != nil {
		obs.JoinError = unwrapped(err)
	}
	e.look(ctx)
	if err := e.close(); err != nil {
		return nil, err
	}
	obs.Firewall = readFirewall(ctx, cfg.Group.Addr())
	for i := range obs.Reached {
		if away, err := routeTo(obs.Reached[i].Address); err == nil && away.Name != ifi.Name {
			obs.Reached[i].Away = away.Name
		}
	}
	obs.Seconds = time.Since(began).Seconds()
	return obs, nil
}

// examination is under way.
type examination struct {
	collector
	cfg     Config
	ifi     *net.Interface
	socket  *socket
	sniffer *sniffer
	reading sync.WaitGroup
}

func (e *examination) open() error {
	var err error
	e.sniffer, err = openSniffer(e.ifi, e.cfg.Group.Addr().Is6(), e.cfg.Group.Port())
	switch {
	case err == nil:
		e.obs.Sniffed = true
		e.reading.Go(func() { e.sniffer.read(e.see) })
	case errors.Is(err, fs.ErrPermission):
		e.obs.SniffError = fs.ErrPermission.Error()
	default:
		e.obs.SniffError = unwrapped(err)
	}
	if e.socket, err = openSocket(e.cfg.Group, e.ifi); err != nil {
		return err
	}
	e.reading.Go(func() { read(e.socket.in, e.take) })
	e.reading.Go(func() { read(e.socket.out, e.take) })
	return nil
}

func (e *examination) close() error {
	var errs []error
	if e.socket != nil {
		errs = append(errs, e.socket.close())
	}
	if e.sniffer != nil {
		errs = append(errs, e.sniffer.close())
	}
	e.reading.Wait()
	return errors.Join(errs...)
}

// look provokes queriers and sends probes, until the time is over.
func (e *examination) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.Wait)
	defer cancel()
	var provoking sync.WaitGroup
	if e.socket != nil {
		provoking.Go(func() { e.provoke(ctx) })
	}
	round := time.NewTicker(roundEvery)
	defer round.Stop()
	for {
		if e.socket != nil {
			e.probe()
		}
		select {
		case <-round.C:
			continue
		case <-ctx.Done():
		}
		break
	}
	e.mu.Lock()
	e.obs.System = readSystem(os.DirFS("/"), e.ifi.Name, e.cfg.Group.Addr())
	e.mu.Unlock()
	provoking.Wait()
}

// provoke joins another group and leaves it: whoever queries then asks whether
// others are in it.
func (e *examination) provoke(ctx context.Context) {
	s, err := openSocket(netip.AddrPortFrom(neighbour(e.cfg.Group.Addr()), e.cfg.Group.Port()), e.ifi)
	if err != nil {
		return // the other one could not be joined either, or says enough
	}
	timer := time.NewTimer(joinTime)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	_ = s.close() // nothing was written
}

// neighbour is another group of the same scope.
func neighbour(group netip.Addr) netip.Addr {
	b := group.As16()
	n := rand.Uint32()
	b[15], b[14] = b[15]^byte(n|1), b[14]^byte(n>>8)
	return netip.AddrFrom16(b).Unmap()
}

// ladder are the TTLs that are tried, each half of the next, up to the highest.
func ladder(most int) []int {
	var out []int
	for ttl := 1; ttl < most; ttl *= 2 {
		out = append(out, ttl)
	}
	return append(out, most)
}

// marks are the DSCPs that are tried: best effort, pictures, sound.
func marks() []int { return []int{0, 34, 46} }

// probe sends a round.
func (e *examination) probe() {
	for _, ttl := range ladder(e.cfg.TTL) {
		e.send(ttl, 46, minProbe)
	}
	for _, dscp := range marks() {
		e.send(e.cfg.TTL, dscp, minProbe)
	}
	// As large as an Ethernet lets through in one piece.
	header := minIPv4Header + 8
	if e.cfg.Group.Addr().Is6() {
		header = ipv6Header + 8
	}
	if size := min(e.ifi.MTU, 1500); e.send(e.cfg.TTL, 46, size-header) {
		e.mu.Lock()
		e.obs.Largest = size
		e.mu.Unlock()
	}
}

func (e *examination) send(ttl, dscp, size int) bool {
	p := packet{kind: kindProbe, ttl: uint8(ttl), dscp: uint8(dscp), asker: e.run}
	err := e.socket.send(&reply{data: p.append(nil, size), ttl: ttl, dscp: dscp})
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err == nil:
		e.obs.Sent++
	case !errors.Is(err, unix.EMSGSIZE) && e.obs.SendError == "":
		e.obs.SendError = unwrapped(err)
	}
	return err == nil
}

// Serve answers the probes of others until ctx ends. told is called for each that
// asks for the first time, with the TTL and the DSCP of its probe as they arrived
// (-1: not known).
func Serve(ctx context.Context, cfg Config, told func(from netip.Addr, ttl, dscp int)) error {
	if err := cfg.check(); err != nil {
		return err
	}
	ifi, err := cfg.choose(new(Observation))
	if err != nil {
		return err
	}
	s, err := openSocket(cfg.Group, ifi)
	if err != nil {
		return fmt.Errorf("doctor: join %v on %s: %w", cfg.Group, ifi.Name, err)
	}
	a := newAnswerer(rand.Uint64(), cfg.TTL)
	var reading sync.WaitGroup
	reading.Go(func() {
		read(s.in, func(d *datagram) {
			answers, first := a.take(d, time.Now())
			for i := range answers {
				_ = s.send(&answers[i]) // who gets none asks again
			}
			if first {
				told(d.from.Addr(), d.ttl, d.dscp)
			}
		})
	})
	<-ctx.Done()
	err = s.close()
	reading.Wait()
	return err
}
