package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"parley/cmd/parley/internal/api"
	"parley/cmd/parley/internal/config"
	"parley/codecs"
	"parley/multicast"
	"parley/multicast/allocation"
)

// Open implements api.Leases: a group at a chosen address.
func (l *leases) Open(conferenceID string, o api.GroupOrder) (api.OpenedGroup, error) {
	l.changing.Lock()
	defer l.changing.Unlock()
	g := multicast.GroupConfig{
		Conference: conferenceID, Name: o.Name, Interface: l.config.Interface, MoreInterfaces: l.config.MoreInterfaces,
		TTL: l.config.TTL, VideoStreams: multicast.VideoActive,
	}
	if o.TTL != 0 {
		g.TTL = o.TTL
	}
	var err error
	if g.Audio, err = l.medium(codecs.MediaAudio, o.Audio, config.AutoAudioPort); err != nil {
		return api.OpenedGroup{}, err
	}
	if g.Video, err = l.medium(codecs.MediaVideo, o.Video, config.AutoVideoPort); err != nil {
		return api.OpenedGroup{}, err
	}
	if g.Audio == nil && g.Video == nil {
		return api.OpenedGroup{}, fmt.Errorf("%w: neither sound nor pictures", codecs.ErrMalformed)
	}
	one, err := l.allot(fmt.Sprintf("%s%s/%d", openedPrefix, conferenceID, time.Now().UnixNano()), conferenceID, o.IPv6)
	if err != nil {
		return api.OpenedGroup{}, err
	}
	for _, m := range g.Media() {
		m.Addr = netip.AddrPortFrom(one.Blocks[0].First, m.Addr.Port())
	}
	g.TTL = min(g.TTL, l.config.Policy().MostOf(&g)) // no order reaches farther than the configuration
	g.Identity = strings.TrimPrefix(one.ID, openedPrefix)
	if err := errors.Join(l.ledger.Save(), l.groups.Join(g)); err != nil {
		l.giveBack(one.ID)
		return api.OpenedGroup{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.given = append(l.given, &given{leases: []string{one.ID}, opened: true, group: g})
	return openedGroup(&g), nil
}

func openedGroup(g *multicast.GroupConfig) api.OpenedGroup {
	out := api.OpenedGroup{Conference: g.Conference, TTL: g.TTL}
	if g.Audio != nil {
		out.Audio = g.Audio.Addr.String()
	}
	if g.Video != nil {
		out.Video = g.Video.Addr.String()
	}
	return out
}

// medium is one of a codec, whose address is not yet chosen; nil: none is wanted.
func (l *leases) medium(kind codecs.Media, codec string, port uint16) (*multicast.MediaConfig, error) {
	if codec == "" {
		return nil, nil
	}
	s := config.NewStream("", codec)
	f, err := s.Format(l.codecs)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", codecs.ErrUnsupported, err)
	}
	if f.Media() != kind {
		return nil, fmt.Errorf("%w: %s is no %v codec", codecs.ErrUnsupported, codec, kind)
	}
	return &multicast.MediaConfig{
		Addr:    netip.AddrPortFrom(netip.Addr{}, port),
		Formats: []codecs.Mapping{{PayloadType: uint8(s.PayloadType), Format: f}},
	}, nil
}

// CloseGroup implements api.Leases: the end of a group that Open has opened, by an
// address of its media; port 0: by the address alone, which is no other group's.
func (l *leases) CloseGroup(conferenceID string, at netip.AddrPort) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	l.mu.Lock()
	var found *given
	for _, g := range l.given {
		for _, m := range g.group.Media() {
			if g.opened && g.group.Conference == conferenceID && (m.Addr == at || at.Port() == 0 && m.Addr.Addr() == at.Addr()) {
				found = g
			}
		}
	}
	l.mu.Unlock()
	if found == nil {
		return multicast.ErrNoGroup
	}
	err := l.groups.Leave(found.group.Channel())
	if errors.Is(err, multicast.ErrNoGroup) {
		err = nil // somebody was faster
	}
	l.forget(found)
	return err
}

// Leases implements api.Leases.
func (l *leases) Leases() []api.Lease {
	clashes := make(map[string]string)
	out := []api.Lease{}
	l.mu.Lock()
	for _, g := range l.given {
		if len(g.leases) == 0 && g.clash != "" {
			out = append(out, api.Lease{
				ID: g.group.Conference + "/" + g.group.Channel().Addr.String(), Kind: api.LeaseNamed, Holder: g.group.Conference,
				Addresses: []string{g.group.Channel().Addr.Addr().String()}, Clash: g.clash,
			})
		}
		for _, id := range g.leases {
			clashes[id] = g.clash
		}
	}
	l.mu.Unlock()
	now := time.Now()
	for _, one := range l.ledger.Leases() {
		out = append(out, leaseOf(&one, clashes[one.ID], now))
	}
	return out
}

func leaseOf(one *allocation.Lease, clash string, now time.Time) api.Lease {
	kind, id, _ := strings.Cut(one.ID, ":")
	out := api.Lease{
		ID: id, Holder: one.Holder, Kind: api.LeaseGroup, Granted: one.Granted, Start: one.Start, Clash: clash,
	}
	if kind == "madcap" {
		out.Kind = api.LeaseMADCAP
	}
	for _, b := range one.Blocks {
		out.Addresses = append(out.Addresses, b.String())
	}
	if !one.End.IsZero() {
		out.End, out.Over = &one.End, !now.Before(one.End)
	}
	return out
}

// Stats is a snapshot for the metrics.
func (l *leases) Stats() api.LeaseStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := api.LeaseStats{Moved: l.moved}
	for _, g := range l.given {
		if len(g.leases) > 0 {
			s.Groups++
		}
		if g.clash != "" {
			s.Clashes++
		}
	}
	if l.served != nil {
		st := l.served.Stats()
		s.MADCAP = &st
	}
	return s
}
