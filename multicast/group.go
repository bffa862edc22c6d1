package multicast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
)

// Group is a multicast session that takes part in a conference. It implements
// conference.Participant.
type Group struct {
	cfg   GroupConfig
	deps  Deps
	base  *slog.Logger // see log
	info  conference.Info
	conf  *conference.Conference
	paths map[codecs.Media]*paths // shared with the conference's other groups

	cname string // parley's

	audio *audioLeg // nil: no audio group
	video *videoLeg // nil: no video group

	// seat is set once, before any packet is let through.
	seat atomic.Pointer[conference.Seat]

	loops     atomic.Uint64 // packets that paths cut off
	lastAlarm atomic.Int64  // Unix nanoseconds

	leave  chan conference.Cause // asked by Disconnect; holds one
	left   func()                // called at its end
	looked time.Time             // see lookForCalls
	woken  chan struct{}         // bridging has something to do; holds one
	done   chan struct{}         // closed when run has ended
}

// openGroup joins the groups and takes a seat. A Group that it returns calls left at
// its end.
func openGroup(cfg Config, g GroupConfig, deps Deps, ways map[codecs.Media]*paths, left func()) (*Group, error) {
	group := &Group{
		cfg: g, deps: deps, paths: ways,
		base:  deps.Log.With("conference", g.Conference, "group", g.address()),
		leave: make(chan conference.Cause, 1), woken: make(chan struct{}, 1), done: make(chan struct{}),
		left: left, cname: cfg.CNAME,
	}
	group.info = conference.Info{
		Name:        cmp.Or(g.Name, g.address()),
		Address:     g.address(),
		Wire:        conference.WireMulticast,
		Formats:     g.formats(deps.Codecs),
		ManyStreams: g.VideoStreams != VideoActive,
		Encrypted:   g.encrypted(),
	}
	var err error
	if group.conf, err = deps.Bridge.Open(g.Conference); err != nil {
		return nil, fmt.Errorf("multicast: conference %q: %w", g.Conference, err)
	}
	if err := group.openLegs(cfg); err != nil {
		group.closeLegs("")
		return nil, fmt.Errorf("multicast: %w", err)
	}
	seat, err := group.conf.Join(group)
	if err != nil {
		group.closeLegs("")
		return nil, fmt.Errorf("multicast: conference %q: %w", g.Conference, err)
	}
	group.seat.Store(seat)
	go group.run(&cfg)
	return group, nil
}

func (g *Group) openLegs(cfg Config) error {
	sdes := cfg.SDES
	sdes.CNAME, sdes.Tool = cfg.CNAME, cfg.Tool
	sdes.Name = cmp.Or(sdes.Name, g.conf.Settings().Title)
	var err error
	if m := g.cfg.Audio; m != nil {
		if g.audio, err = openAudio(g, m, cfg.AudioDSCP, sdes); err != nil {
			return err
		}
	}
	if m := g.cfg.Video; m != nil {
		if g.video, err = openVideo(g, m, cfg.VideoDSCP, sdes); err != nil {
			return err
		}
	}
	return nil
}

// run follows the conference until it or the group ends.
func (g *Group) run(cfg *Config) {
	defer close(g.done)
	ctx, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	if g.video != nil {
		following.Go(func() { g.video.follow(ctx, g.conf, cfg.KeyframeInterval) })
	}
	if !cfg.HideParticipants {
		c := &credits{group: g, told: make(map[conference.SourceID]credit)}
		following.Go(func() { c.run(ctx) })
	}
	look := time.NewTicker(StrangerLife / 3)
	defer look.Stop()
	bridging := time.NewTimer(0)
	defer bridging.Stop()
	var cause conference.Cause
	for left := false; !left; {
		select {
		case <-g.woken:
			bridging.Reset(g.tend(time.Now()))
		case <-bridging.C:
			bridging.Reset(g.tend(time.Now()))
		case now := <-look.C:
			g.forgetStrangers(now)
		case cause = <-g.leave:
			left = true
		}
	}
	cancel()
	following.Wait()
	g.closeLegs(cause.String())
	g.seat.Load().Leave(cause)
	g.left()
}

// closeLegs says BYE to the groups and leaves them.
func (g *Group) closeLegs(reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), CloseTimeout)
	defer cancel()
	var audio, video error
	var closing sync.WaitGroup // each may have to wait
	if g.audio != nil {
		closing.Go(func() { audio = g.audio.close(ctx, reason) })
	}
	if g.video != nil {
		closing.Go(func() { video = g.video.close(ctx, reason) })
	}
	closing.Wait()
	if err := errors.Join(audio, video); err != nil {
		g.log().Warn("multicast group did not close cleanly", "error", err)
	}
}

// log names the participant once there is one.
func (g *Group) log() *slog.Logger {
	if seat := g.seat.Load(); seat != nil {
		return g.base.With("participant", seat.ID())
	}
	return g.base
}

// ended reports whether the group was left.
func (g *Group) ended() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}

// Info implements conference.Participant.
func (g *Group) Info() conference.Info { return g.info }

// Audio implements conference.Participant.
func (g *Group) Audio() conference.AudioPort {
	if g.audio == nil {
		return nil
	}
	return g.audio
}

// Video implements conference.Participant.
func (g *Group) Video() conference.VideoPort {
	if g.video == nil {
		return nil
	}
	return g.video
}

// Disconnect implements conference.Participant: parley says BYE to the group
// and leaves it.
func (g *Group) Disconnect(cause conference.Cause) {
	select {
	case g.leave <- cause:
	default: // asked before
	}
}

// alarm reports that what was sent came back, or that the same comes by two
// ways: two bridges between the same groups, or one bridge twice.
func (g *Group) alarm(addr netip.AddrPort, seen string) {
	now := time.Now().UnixNano()
	last := g.lastAlarm.Load()
	if now-last < int64(LoopAlarmInterval) || !g.lastAlarm.CompareAndSwap(last, now) {
		return
	}
	g.log().Error("loop in multicast group: another bridge joins the same groups, or reflects them; what comes back or comes twice is cut off",
		"from", addr, "seen", seen)
}

func (g GroupConfig) ttl() int {
	if g.TTL == 0 {
		return DefaultTTL
	}
	return g.TTL
}

// interfaces are those that are named.
func (g GroupConfig) interfaces() []string {
	if g.Interface == "" {
		return nil
	}
	return append([]string{g.Interface}, g.MoreInterfaces...)
}

// where names the interfaces for the log.
func (g GroupConfig) where() string {
	return cmp.Or(strings.Join(g.interfaces(), ", "), "the system's choice")
}

// membership is how one medium's group is joined.
func (g GroupConfig) membership(m *MediaConfig) *rtp.GroupConfig {
	return &rtp.GroupConfig{
		RTP: m.Addr, RTCP: m.RTCP, Layers: m.Layers, Interface: g.Interface, MoreInterfaces: g.MoreInterfaces, TTL: g.ttl(),
		Sources: m.Sources, HopFloor: g.HopFloor, ListenOnly: !g.SendsTo(m),
	}
}

// formats are what the group is sent: the first usable of each medium, since
// nobody negotiates with a group.
func (g GroupConfig) formats(set *codecs.Set) []codecs.Format {
	var out []codecs.Format
	if g.Audio != nil {
		out = append(out, g.Audio.usable(codecs.MediaAudio, set)[0].Format)
	}
	if g.Video != nil {
		out = append(out, g.Video.usable(codecs.MediaVideo, set)[0].Format)
	}
	return out
}
