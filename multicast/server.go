package multicast

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"parley/conference"
	"parley/qos/rtp"
)

// Server is all groups of a process.
type Server struct {
	cfg  Config
	deps Deps

	mu     sync.Mutex
	groups []*Group
}

// New checks the groups. The error names each that cannot be.
func New(cfg Config, deps Deps) (*Server, error) {
	var errs []error
	for i, g := range cfg.Groups {
		if err := g.Validate(deps.Codecs); err != nil && !g.Optional {
			errs = append(errs, fmt.Errorf("multicast group %d: %w", i+1, err))
		}
	}
	if cfg.CNAME == "" {
		cfg.CNAME = randomCNAME()
	}
	return &Server{cfg: cfg, deps: deps}, errors.Join(errs...)
}

// Start joins all groups. When one that is not Optional cannot be joined, it
// leaves the others and returns the error.
func (s *Server) Start(ctx context.Context) error {
	for _, g := range s.cfg.Groups {
		group, err := openGroup(s.cfg, g, s.deps)
		if err != nil && g.Optional {
			s.deps.Log.Warn("default multicast group is not joined; declare one with an interface, or none", "error", err)
			continue
		}
		if err != nil {
			return errors.Join(err, s.Close(ctx))
		}
		group.log.Info("multicast group joined", "ttl", group.ttl(), "interface", g.Interface)
		s.mu.Lock()
		s.groups = append(s.groups, group)
		s.mu.Unlock()
	}
	return nil
}

// Groups returns the addresses of the groups that are joined, by conference.
func (s *Server) Groups() map[string][]string {
	out := make(map[string][]string)
	for _, g := range s.snapshot() {
		out[g.cfg.Conference] = append(out[g.cfg.Conference], g.info.Address)
	}
	return out
}

func (s *Server) snapshot() []*Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Group(nil), s.groups...)
}

// Close says BYE to all groups, leaves them, and waits until all goroutines
// have ended or ctx ends.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	groups := s.groups
	s.groups = nil
	s.mu.Unlock()
	var errs []error
	for _, g := range groups {
		g.Disconnect(conference.Cause{Code: conference.CauseShutdown})
	}
	for _, g := range groups {
		errs = append(errs, g.close(ctx, conference.Cause{Code: conference.CauseShutdown}))
	}
	return errors.Join(errs...)
}

// GroupStats is a snapshot of one group.
type GroupStats struct {
	Conference, Address string
	Loops               uint64
	Audio, Video        *rtp.Stats
}

// Stats returns a snapshot of every group.
func (s *Server) Stats() []GroupStats {
	var out []GroupStats
	for _, g := range s.snapshot() {
		st := GroupStats{Conference: g.cfg.Conference, Address: g.info.Address, Loops: g.loops.Load()}
		if g.audio != nil {
			a := g.audio.session.Stats()
			st.Audio = &a
		}
		if g.video != nil {
			v := g.video.session.Stats()
			st.Video = &v
		}
		out = append(out, st)
	}
	return out
}
