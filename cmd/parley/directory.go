package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"parley/cmd/parley/internal/api"
	"parley/cmd/parley/internal/config"
	"parley/codecs"
	"parley/conference"
	"parley/multicast"
	"parley/multicast/sap"
)

const (
	// announceEvery is how often it is looked whether descriptions have changed:
	// titles, groups that were left, addresses of this machine.
	announceEvery = 5 * time.Second
	// probeTime is how long a session is listened to, and probeHolds for how long
	// the answer is good. Sound comes every 20 ms; pictures of a still may take a
	// second.
	probeTime  = 1500 * time.Millisecond
	probeHolds = 30 * time.Second
)

// forControl reports whether a group is of routing and the like: of a link (RFC
// 5771 4) or, of IPv6, with a permanent number of 16 bits (RFC 4291 2.7.1).
func forControl(group netip.Addr) bool {
	if group.Is4() {
		a := group.As4()
		return [3]byte(a[:3]) == [3]byte{224}
	}
	a := group.As16()
	return a[0] == 0xff && a[1]>>4 == 0 && [12]byte(a[2:14]) == [12]byte{}
}

// directory is the sessions that others announce, and those announced here.
type directory struct {
	bridge   *conference.Bridge
	groups   *multicast.Server
	leases   *leases
	codecs   *codecs.Set
	log      *slog.Logger
	config   config.Multicast
	scopes   []netip.Prefix
	listener *sap.Listener // nil: nothing is listened to
	sender   *sap.Transmitter
	prober   *sap.Prober
	wake     chan struct{}

	mu     sync.Mutex
	public map[string]bool // conferences that are announced
	probed map[string]probe
	joined map[string]followed // by order, so that it can be left when it is announced no more
}

// probe is what listening to a session found.
type probe struct {
	live bool
	at   time.Time
}

// openDirectory listens to announcements and announces. Where the network does
// not let it listen, the bridge runs without.
func (h *house) openDirectory(cfg *config.Config, set *codecs.Set, log *slog.Logger) {
	d := &directory{
		bridge: h.bridge, groups: h.groups, leases: h.leases, codecs: set, log: log, config: cfg.Multicast,
		wake: make(chan struct{}, 1), public: publicConferences(cfg), probed: make(map[string]probe), joined: make(map[string]followed),
	}
	d.scopes = directoryScopes(cfg)
	interfaces := cfg.Multicast.Directory.Interfaces
	if len(interfaces) == 0 && cfg.Multicast.Interface != "" {
		interfaces = append([]string{cfg.Multicast.Interface}, cfg.Multicast.MoreInterfaces...)
	}
	d.prober = sap.NewProber(interfaces)
	d.sender = sap.NewTransmitter(sap.TransmitConfig{
		Announcer: sap.AnnouncerConfig{Fast: cfg.Multicast.Announce.Profile == "fast"},
		Others:    d.others, Log: log,
	})
	if cfg.Multicast.Directory.Enabled {
		l, err := sap.Listen(sap.ListenConfig{
			Interfaces: interfaces, Scopes: d.scopes, Log: log,
			Directory: sap.DirectoryConfig{
				MaxSessions: cfg.Multicast.Directory.MaxSessions, MaxBytes: cfg.Multicast.Directory.MaxKB << 10, Own: d.sender.Own,
			},
		})
		if err != nil {
			log.Warn("what others announce of their sessions is not heard", "error", err)
		}
		d.mu.Lock()
		d.listener = l
		d.mu.Unlock()
		h.leases.heard.Store(l)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { d.run(ctx) })
	running.Go(func() { d.followAll(ctx) })
	h.directory = d
	h.onClose(func(context.Context) error {
		cancel()
		running.Wait()
		err := d.sender.Close()
		if d.listener != nil {
			err = errors.Join(err, d.listener.Close())
		}
		return err
	})
}

func publicConferences(cfg *config.Config) map[string]bool {
	public := make(map[string]bool)
	for i := range cfg.Conferences {
		if c := &cfg.Conferences[i]; c.Public {
			public[c.ID] = true
		}
	}
	return public
}

// others is how many sessions of others share the bandwidth of a group.
func (d *directory) others(group netip.Addr) int {
	d.mu.Lock()
	l := d.listener
	d.mu.Unlock()
	if l == nil {
		return 0
	}
	return l.CountIn(group)
}

// run announces what is public, as it changes.
func (d *directory) run(ctx context.Context) {
	ticker := time.NewTicker(announceEvery)
	defer ticker.Stop()
	told := ""
	for {
		d.leases.tend(time.Now(), d.Public)
		err := d.sender.Set(d.announcements())
		if text := fmt.Sprint(err); err != nil && text != told {
			d.log.Warn("not everything is announced", "error", err)
			told = text
		}
		select {
		case <-ticker.C:
		case <-d.wake:
		case <-ctx.Done():
			return
		}
	}
}

// announcements are the groups of public conferences.
func (d *directory) announcements() []sap.Announcement {
	d.mu.Lock()
	var ids []string
	for id, public := range d.public {
		if public {
			ids = append(ids, id)
		}
	}
	sessions := maps.Clone(d.joined)
	d.mu.Unlock()
	joined := make(map[netip.Addr]bool) // groups of others' sessions
	for _, s := range sessions {
		if _, ok := d.attended(&s.Session); !ok {
			continue // it was left: what is there now is another
		}
		for _, m := range s.Media {
			joined[m.Group.Addr()] = true
		}
	}
	slices.Sort(ids)
	var out []sap.Announcement
	for _, id := range ids {
		sessions, err := d.groups.SDP(id, d.config.Announce.BridgeOnly)
		if err != nil {
			continue // without a group, there is nothing to announce
		}
		for _, s := range sessions {
			if s.Source.IsUnspecified() {
				continue // no way to the group: nobody hears it
			}
			if joined[s.Group] {
				continue // whoever made it announces it
			}
			for _, ifname := range append([]string{s.Interface}, s.MoreInterfaces...) {
				out = append(out, sap.Announcement{
					Name: id + " " + s.Identity + " " + ifname, SDP: s.SDP, Origin: s.Source,
					Group: sap.GroupFor(s.Group, d.scopes), Interface: ifname, TTL: s.TTL,
				})
			}
		}
	}
	return out
}

// reconfigure takes over which conferences are public.
func (d *directory) reconfigure(cfg *config.Config) {
	d.mu.Lock()
	d.public = publicConferences(cfg)
	d.mu.Unlock()
	d.look()
}

// look has run look at once.
func (d *directory) look() {
	select {
	case d.wake <- struct{}{}:
	default: // it is about to
	}
}

// Public implements api.Directory.
func (d *directory) Public(conferenceID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.public[conferenceID]
}

// Announce implements api.Directory.
func (d *directory) Announce(conferenceID string, public bool) {
	d.mu.Lock()
	d.public[conferenceID] = public
	d.mu.Unlock()
	d.look()
}

// Sessions implements api.Directory.
func (d *directory) Sessions() []api.Heard {
	if d.listener == nil {
		return nil
	}
	sessions, _ := d.listener.Sessions()
	out := make([]api.Heard, 0, len(sessions))
	now := time.Now()
	d.mu.Lock()
	for id, p := range d.probed {
		if now.Sub(p.at) > probeHolds {
			delete(d.probed, id)
		}
	}
	d.mu.Unlock()
	for i := range sessions {
		out = append(out, d.judge(&sessions[i]))
	}
	return append(out, d.unannounced(sessions)...)
}

// unannounced are sessions that were joined and are announced no more.
func (d *directory) unannounced(announced []sap.Session) []api.Heard {
	d.mu.Lock()
	joined := maps.Clone(d.joined)
	d.mu.Unlock()
	for i := range announced {
		maps.DeleteFunc(joined, func(id string, s followed) bool {
			return id == announced[i].ID || sameGroups(&announced[i], &s.Session) // in a later version
		})
	}
	var out []api.Heard
	for id, s := range joined {
		if h := d.judge(&s.Session); h.Conference != "" {
			out = append(out, h)
			continue
		}
		d.mu.Lock()
		delete(d.joined, id) // it was left
		d.mu.Unlock()
	}
	return out
}

// sameGroups reports whether two sessions go to the same groups, from the same
// sources.
func sameGroups(a, b *sap.Session) bool {
	return slices.EqualFunc(a.Media, b.Media, func(x, y sap.Medium) bool {
		return x.Group == y.Group && slices.Equal(x.Sources, y.Sources)
	})
}

// channel is where a medium of an announced session is heard.
func channel(m *sap.Medium) multicast.Channel {
	return multicast.Channel{Addr: m.Group, Sources: m.Sources}
}

// judge says of a session where it takes part, and whether anybody sends.
func (d *directory) judge(s *sap.Session) api.Heard {
	h := api.Heard{Session: *s, Live: api.LiveUnknown}
	for _, m := range s.Media {
		if member, ok := d.groups.Membership(channel(&m)); ok {
			h.Conference, h.Live = member.Conference, api.LiveNo
			if member.Senders > 0 {
				h.Live = api.LiveYes
			}
			return h
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if p, ok := d.probed[s.ID]; ok {
		h.Live = api.LiveNo
		if p.live {
			h.Live = api.LiveYes
		}
	}
	return h
}

// Probe implements api.Directory.
func (d *directory) Probe(ctx context.Context, s *sap.Session) error {
	if d.judge(s).Live != api.LiveUnknown {
		return nil // its packets are counted, or it was asked just now
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	live, err := d.prober.Probe(ctx, s)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.probed[s.ID] = probe{live, time.Now()}
	return nil
}

// Join implements api.Directory.
func (d *directory) Join(s *sap.Session, conferenceID string) error {
	g, left, err := d.group(s)
	if err != nil {
		return err
	}
	d.warn(s, left)
	g.Conference = conferenceID
	if err := d.groups.Join(g); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.joined[s.ID] = followed{Session: *s}
	return nil
}

// warn tells which media of a session are left out, and why.
func (d *directory) warn(s *sap.Session, left []error) {
	for _, why := range left {
		d.log.Warn("medium of an announced session left out", "session", s.Title, "error", why)
	}
}

// group is how a session is joined, and why some of its media are left out.
func (d *directory) group(s *sap.Session) (multicast.GroupConfig, []error, error) {
	g, left, err := multicast.ParseSession(s.SDP, d.codecs)
	if err == nil {
		err = harmless(&g, s, d.scopes)
	}
	if err != nil {
		return g, nil, err
	}
	g.VideoStreams = multicast.VideoActive
	// Where nobody said another, it is sent to where it was announced: the
	// system's choice is one interface for all groups.
	g.Interface = cmp.Or(d.config.Interface, s.Interface)
	g.MoreInterfaces = slices.DeleteFunc(slices.Clone(d.config.MoreInterfaces), func(name string) bool { return name == g.Interface })
	// A stranger's description does not decide how far parley sends; VLC says 255
	// of all its sessions.
	if g.TTL == 0 { // as with IPv6
		g.TTL = d.config.TTL
	}
	g.TTL = min(g.TTL, d.config.Policy().MostOf(&g))
	return g, left, nil
}

// harmless reports whether a stranger's description is fit to be joined: parley
// sends where it says. scopes are administrative ones, in which sessions are
// announced.
func harmless(g *multicast.GroupConfig, s *sap.Session, scopes []netip.Prefix) error {
	taken := sap.Groups(scopes)
	for _, at := range g.Addresses() {
		if group := at.Addr(); slices.Contains(taken, group) || forControl(group) {
			return fmt.Errorf("its group %v is not for sound and pictures: %w", group, codecs.ErrUnsupported)
		}
	}
	for _, m := range g.Media() {
		if f := m.Feedback; f != nil && f.Target.Addr().Unmap() != s.From.WithZone("") {
			return fmt.Errorf("it wants RTCP sent to %v, and %v announces it: %w", f.Target.Addr(), s.From, codecs.ErrUnsupported)
		}
	}
	return nil
}

// Leave implements api.Directory.
func (d *directory) Leave(s *sap.Session) error {
	for _, m := range s.Media {
		if err := d.groups.Leave(channel(&m)); !errors.Is(err, multicast.ErrNoGroup) {
			return err
		}
	}
	return multicast.ErrNoGroup
}
