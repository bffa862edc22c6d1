package multicast

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos"
	"parley/qos/rtp"
)

// Group is a multicast session that takes part in a conference. It implements
// conference.Participant.
type Group struct {
	cfg  GroupConfig
	deps Deps
	log  *slog.Logger
	info conference.Info

	audio *audioLeg // nil: no audio group
	video *videoLeg // nil: no video group

	// seat is set once, before any packet is let through.
	seat atomic.Pointer[conference.Seat]

	loops     atomic.Uint64
	lastAlarm atomic.Int64 // Unix nanoseconds

	leave chan conference.Cause // asked by Disconnect; holds one
	done  chan struct{}         // closed when run has ended
}

// openGroup joins the groups and takes a seat. ctx bounds nothing but the
// opening.
func openGroup(cfg Config, g GroupConfig, deps Deps) (*Group, error) {
	group := &Group{cfg: g, deps: deps, leave: make(chan conference.Cause, 1), done: make(chan struct{})}
	group.info = conference.Info{
		Name:        g.Name,
		Address:     g.address(),
		Wire:        conference.WireMulticast,
		Formats:     g.formats(),
		ManyStreams: g.VideoStreams != VideoActive,
	}
	if group.info.Name == "" {
		group.info.Name = group.info.Address
	}
	group.log = deps.Log.With("conference", g.Conference, "group", group.info.Address)
	conf, err := deps.Bridge.Open(g.Conference)
	if err != nil {
		return nil, fmt.Errorf("multicast: conference %q: %w", g.Conference, err)
	}
	sdes := rtp.SDES{CNAME: cfg.CNAME, Name: conf.Settings().Title, Tool: cfg.Tool}
	if err := group.openLegs(cfg, sdes); err != nil {
		group.closeLegs("")
		return nil, fmt.Errorf("multicast: %w", err)
	}
	seat, err := conf.Join(group)
	if err != nil {
		group.closeLegs("")
		return nil, fmt.Errorf("multicast: conference %q: %w", g.Conference, err)
	}
	group.log = group.log.With("participant", seat.ID())
	group.seat.Store(seat)
	go group.run(conf, cfg.KeyframeInterval)
	return group, nil
}

func (g *Group) openLegs(cfg Config, sdes rtp.SDES) error {
	var err error
	if g.cfg.Audio != nil {
		if g.audio, err = openAudio(g, g.cfg.Audio, cfg.AudioDSCP, sdes); err != nil {
			return err
		}
	}
	if g.cfg.Video != nil {
		if g.video, err = openVideo(g, g.cfg.Video, cfg.VideoDSCP, sdes); err != nil {
			return err
		}
	}
	return nil
}

// open makes the RTP session of one leg.
func (g *Group) open(m *MediaConfig, dscp qos.DSCP, sdes rtp.SDES, r rtp.Receiver) (*rtp.Transport, *rtp.Session, error) {
	transport, err := rtp.Listen(rtp.ListenConfig{
		DSCP: dscp,
		Group: &rtp.GroupConfig{
			RTP: m.Addr, RTCP: m.RTCP, Interface: g.cfg.Interface, TTL: g.ttl(),
		},
	})
	if err != nil {
		return nil, nil, err
	}
	rates := make(map[uint8]int, len(m.Formats))
	for _, f := range m.Formats {
		rates[f.PayloadType] = f.Format.ClockRate
	}
	session, err := rtp.NewSession(rtp.Config{
		Transport: transport, SDES: sdes, ClockRates: rates, Receiver: r, Log: g.log,
	})
	if err != nil {
		return nil, nil, errors.Join(err, transport.Close())
	}
	return transport, session, nil
}

// run follows the conference until it or the group ends.
func (g *Group) run(conf *conference.Conference, every time.Duration) {
	defer close(g.done)
	ctx, cancel := context.WithCancel(context.Background())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if g.video != nil {
			g.video.follow(ctx, conf, g.seat.Load(), every, g.info.ManyStreams)
		}
	}()
	cause := <-g.leave
	cancel()
	<-watched
	g.closeLegs(cause.String())
	g.seat.Load().Leave(cause)
}

func (g *Group) closeLegs(reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var errs []error
	if g.audio != nil {
		errs = append(errs, g.audio.close(ctx, reason))
	}
	if g.video != nil {
		errs = append(errs, g.video.close(ctx, reason))
	}
	if err := errors.Join(errs...); err != nil {
		g.log.Warn("multicast group did not close cleanly", "error", err)
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

// close ends the group and waits.
func (g *Group) close(ctx context.Context, cause conference.Cause) error {
	g.Disconnect(cause)
	select {
	case <-g.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("multicast: %s: %w", g.info.Address, ctx.Err())
	}
}

// loop reports that what parley sent came back: two bridges on one group, or
// one bridge twice.
func (g *Group) loop(addr netip.AddrPort, what string) {
	g.loops.Add(1)
	now := time.Now()
	last := g.lastAlarm.Load()
	if now.UnixNano()-last < int64(LoopAlarmInterval) || !g.lastAlarm.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	g.log.Error("loop in multicast group: what was sent came back and is cut off; another bridge joins the same conferences or groups",
		"from", addr, "seen", what)
}

func (g *Group) ttl() int {
	if g.cfg.TTL == 0 {
		return DefaultTTL
	}
	return g.cfg.TTL
}

// address is "239.1.2.3:5004", or both groups' joined by a slash.
func (g GroupConfig) address() string {
	switch {
	case g.Video == nil:
		return g.Audio.Addr.String()
	case g.Audio == nil:
		return g.Video.Addr.String()
	}
	return g.Audio.Addr.String() + " / " + g.Video.Addr.String()
}

// formats are what the group is sent: the first of each medium, since nobody
// negotiates with a group.
func (g GroupConfig) formats() []codecs.Format {
	var out []codecs.Format
	for _, m := range []*MediaConfig{g.Audio, g.Video} {
		if m != nil {
			out = append(out, m.Formats[0].Format)
		}
	}
	return out
}
