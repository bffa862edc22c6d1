package multicast

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"

	"parley/codecs"
	"parley/conference"
	"parley/multicast/internal/election"
	"parley/qos/rtp"
)

// Server is all groups of a process. All methods are safe for concurrent use.
type Server struct {
	cfg  Config
	deps Deps

	order    election.Order
	identity election.Identity

	editions *editions  // of its descriptions
	joining  sync.Mutex // held by Join

	mu     sync.Mutex
	closed bool
	groups []*Group
	ways   map[string]*ways // by conference
}

// ways are the paths of a conference's sound and pictures. They end with the last
// group that has them: conferences come and go.
type ways struct {
	of     map[codecs.Media]*paths
	groups int
}

// New checks the groups. The error names each that cannot be.
func New(cfg Config, deps Deps) (*Server, error) {
	var errs []error
	for i, g := range cfg.Groups {
		err := g.Validate(deps.Codecs)
		if err == nil {
			err = cfg.Policy.check(&g)
		}
		if err != nil && !g.Optional {
			errs = append(errs, fmt.Errorf("multicast group %d: %w", i+1, err))
		}
	}
	errs = append(errs, checkOverlaps(cfg.Groups)...)
	if cfg.CNAME == "" {
		cfg.CNAME = randomCNAME()
	}
	if cfg.BridgingPriority == 0 {
		cfg.BridgingPriority = DefaultBridgingPriority
	}
	order, err := cfg.Bridging.order()
	if err != nil {
		errs = append(errs, fmt.Errorf("multicast: %w", err))
	}
	return &Server{
		cfg: cfg, deps: deps, editions: newEditions(),
		ways:  make(map[string]*ways),
		order: order, identity: election.NewIdentity(cfg.BridgingPriority, rand.Uint64()),
	}, errors.Join(errs...)
}

// Start joins all groups. When one that is not Optional cannot be joined, it
// leaves the others and returns the error.
func (s *Server) Start(ctx context.Context) error {
	for _, g := range s.cfg.Groups {
		group, err := s.open(g)
		switch {
		case err == nil:
		case g.Optional && !errors.Is(err, errClosed):
			s.deps.Log.Warn("multicast group is not joined", "conference", g.Conference, "error", err)
			continue
		default:
			return errors.Join(err, s.Close(ctx))
		}
		group.log().Info("multicast group joined", "ttl", g.ttl(), "interfaces", g.where(), "listenOnly", g.listensOnly())
	}
	return nil
}

// explainRoute says what to do where the system knows no way to the group. It
// says so as "no such device" on Linux when it is to choose the interface.
func explainRoute(err error, g GroupConfig) error {
	if g.Interface != "" || !(errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.ENETUNREACH)) {
		return err
	}
	if g.first().Addr().Unmap().Is4() {
		return fmt.Errorf("%w: there is no route to multicast groups; name an interface, or: ip route add 224.0.0.0/4 dev IFACE", err)
	}
	return fmt.Errorf("%w: there is no route to multicast groups; name an interface, or: ip -6 route add multicast ff00::/8 dev IFACE table local", err)
}

var errClosed = errors.New("multicast: closed")

// open joins a group.
func (s *Server) open(g GroupConfig) (*Group, error) {
	if err := g.Validate(s.deps.Codecs); err != nil {
		return nil, err // of an Optional one; New refused all others
	}
	if err := s.cfg.Policy.check(&g); err != nil {
		return nil, fmt.Errorf("multicast: %s: %w", g.address(), err)
	}
	leave := func() { s.leaveWays(g.Conference) }
	group, err := openGroup(s.cfg, g, s.deps, s.enterWays(g.Conference), leave)
	if err != nil {
		leave()
		return nil, explainRoute(err, g)
	}
	s.mu.Lock()
	closed := s.closed
	if !closed {
		s.groups = append(s.groups, group)
	}
	s.mu.Unlock()
	if closed {
		group.Disconnect(conference.Cause{Code: conference.CauseShutdown})
		<-group.done // at most CloseTimeout
		return nil, errClosed
	}
	return group, nil
}

// enterWays returns the paths of a conference's sound and pictures, for one group
// more.
func (s *Server) enterWays(id string) map[codecs.Media]*paths {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.ways[id]
	if w == nil {
		w = &ways{of: make(map[codecs.Media]*paths)}
		for _, media := range []codecs.Media{codecs.MediaAudio, codecs.MediaVideo} {
			w.of[media] = newPaths(newBridging(s.identity, election.NewTag(s.identity, id), s.order))
		}
		s.ways[id] = w
	}
	w.groups++
	return w.of
}

// leaveWays takes one away.
func (s *Server) leaveWays(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.ways[id]
	if w.groups--; w.groups == 0 {
		delete(s.ways, id)
	}
}

// CNAMEHost is the host part of the CNAMEs of calls of a conference (RFC 3550
// 6.5.1), by which another bridge in its groups knows them as a way to here.
func (s *Server) CNAMEHost(conferenceID string) string {
	return election.NewTag(s.identity, conferenceID).Host()
}

// Groups returns the addresses of the groups that are joined, by conference.
func (s *Server) Groups() map[string][]string {
	out := make(map[string][]string)
	for _, g := range s.joined() {
		out[g.cfg.Conference] = append(out[g.cfg.Conference], g.info.Address)
	}
	return out
}

// joined returns the groups that were not left since, as after a host's kick.
func (s *Server) joined() []*Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups = slices.DeleteFunc(s.groups, (*Group).ended)
	return slices.Clone(s.groups)
}

// Close says BYE to all groups, leaves them, and waits until all goroutines
// have ended or ctx ends. It may be called again, and then waits too.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	groups := slices.Clone(s.groups)
	s.mu.Unlock()
	cause := conference.Cause{Code: conference.CauseShutdown}
	for _, g := range groups {
		g.Disconnect(cause)
	}
	var errs []error
	for _, g := range groups {
		select {
		case <-g.done:
		case <-ctx.Done():
			errs = append(errs, fmt.Errorf("multicast: %s: %w", g.info.Address, ctx.Err()))
		}
	}
	return errors.Join(errs...)
}

// GroupStats is a snapshot of one group.
type GroupStats struct {
	Conference, Address string
	// Loops counts packets that were cut off since they came back or came
	// twice.
	Loops        uint64
	Audio, Video *rtp.Stats
	// AudioBridging and VideoBridging are how the group is shared with other
	// bridges.
	AudioBridging, VideoBridging BridgeState
}

// Stats returns a snapshot of every group that is joined.
func (s *Server) Stats() []GroupStats {
	var out []GroupStats
	for _, g := range s.joined() {
		st := GroupStats{Conference: g.cfg.Conference, Address: g.info.Address, Loops: g.loops.Load()}
		if g.audio != nil {
			a := g.audio.session.Stats()
			st.Audio, st.Loops = &a, st.Loops+a.Loops
			st.AudioBridging = g.audio.paths.bridging.state(g.audio.leg)
		}
		if g.video != nil {
			v := g.video.session.Stats()
			st.Video, st.Loops = &v, st.Loops+v.Loops
			st.VideoBridging = g.video.paths.bridging.state(g.video.leg)
		}
		out = append(out, st)
	}
	return out
}
