package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"parley/h323/media"
	"parley/qos"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
)

// Start listens; the sockets are open when it returns. The error names the
// address that could not be listened on.
func (s *Server) Start(ctx context.Context) error {
	if err := s.share(); err != nil {
		return err
	}
	if err := s.endpoint.Start(ctx); err != nil {
		return errors.Join(err, s.unshare())
	}
	return nil
}

// share opens the ports that calls with endpoints behind firewalls share.
func (s *Server) share() error {
	at := s.cfg.Multiplex
	if !at.IsValid() {
		return nil
	}
	addr := at.Addr()
	if addr.IsUnspecified() {
		addr = s.cfg.MediaAddr
	}
	if addr == netip.IPv6Unspecified() {
		addr = netip.Addr{} // that of v4 alone where there is no v6
	}
	m, err := rtp.ListenMultiplex(rtp.MultiplexConfig{Addr: addr, Port: at.Port(), Log: s.log})
	if err != nil {
		return fmt.Errorf("h323: multiplexed media: %w", err)
	}
	s.multiplex = m
	return nil
}

// unshare closes them, after all calls.
func (s *Server) unshare() error {
	if s.multiplex == nil {
		return nil
	}
	return s.multiplex.Close()
}

// shared has a leg receive by the shared ports, if it has none yet.
func (c *call) shared(m *rtp.Multiplex, l *leg.Leg, mark qos.DSCP, remote netip.Addr) (own media.Addresses, err error) {
	rtpPort, rtcpPort, id, is, err := l.OpenShared(m, mark)
	if err != nil {
		return own, fmt.Errorf("media ports: %w", err)
	}
	bound := c.server.cfg.MediaAddr
	if is {
		bound = m.LocalRTP().Addr()
	}
	addr := leg.Advertised(c.server.cfg.External, bound, remote)
	return media.Addresses{
		RTP: netip.AddrPortFrom(addr, rtpPort), RTCP: netip.AddrPortFrom(addr, rtcpPort), Multiplexed: is, MultiplexID: id,
	}, nil
}
