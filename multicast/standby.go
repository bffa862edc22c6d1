package multicast

import (
	"maps"
	"slices"
	"time"

	"parley/conference"
	"parley/multicast/internal/election"
	"parley/qos/rtp"
)

// wake has the group's goroutine look what is to be done for its bridging.
func (g *Group) wake() {
	select {
	case g.woken <- struct{}{}:
	default: // it is about to
	}
}

// legs are the group's sides.
func (g *Group) legs() []*leg {
	var out []*leg
	if g.audio != nil {
		out = append(out, g.audio.leg)
	}
	if g.video != nil {
		out = append(out, g.video.leg)
	}
	return out
}

// tend does what is due for the bridging, and returns in how long to look again.
func (g *Group) tend(now time.Time) time.Duration {
	wait := lookForCalls
	changed := false
	g.lookForCalls(now)
	for _, l := range g.legs() {
		next := l.paths.bridging.step(now)
		if !next.IsZero() {
			wait = min(wait, max(0, time.Until(next)))
		}
		hello, state := l.paths.bridging.pending(l)
		if state != l.state {
			was := l.state
			l.state, changed = state, true
			g.changed(l, was)
		}
		if hello != nil {
			l.session.SendApplication(rtp.Application{
				Name: election.Name, Subtype: election.Subtype, Data: hello.Append(nil),
			})
		}
		if rival := l.paths.bridging.rival(l); rival != l.rival {
			gone := l.rival
			l.rival, changed = rival, true
			if rival == "" {
				g.log().Info("the other bridge reaches the multicast group no more", "media", l.media.String(), "was", gone)
			} else {
				g.log().Warn("another bridge reaches the same multicast group by other ways: one of the two stands by", "media", l.media.String(), "bridge", rival)
			}
		}
	}
	if changed {
		g.alert()
	}
	return wait
}

// lookForCalls finds the calls of the conference that lead to other bridges: those
// of parley's have a CNAME that tells their conference.
func (g *Group) lookForCalls(now time.Time) {
	if now.Sub(g.looked) < lookForCalls {
		return
	}
	g.looked = now
	for _, l := range g.legs() {
		if !l.paths.bridging.accompanied(l) {
			continue
		}
		tags := make(map[election.Tag]bool)
		for _, m := range g.conf.Roster().Members {
			for _, s := range m.Sources {
				if tag, ok := election.TagOf(s.CNAME); ok && m.Wire != conference.WireMulticast {
					tags[tag] = true
				}
			}
		}
		l.paths.bridging.link(tags)
	}
}

// changed carries out a new state of a leg.
func (g *Group) changed(l *leg, was election.State) {
	log := g.log().With("media", l.media.String(), "identity", l.paths.bridging.identity())
	switch {
	case l.state.Standby && !was.Standby:
		log.Error("multicast group left to another bridge", "reason", reason(l.state))
		l.rest()
	case l.state.Standby:
		log.Info("multicast group left to another bridge still", "reason", reason(l.state))
	default:
		log.Warn("multicast group carried by this bridge again", "was", reason(was))
		l.resume()
	}
}

// alert tells the roster how the group is shared with other bridges.
func (g *Group) alert() {
	seat := g.seat.Load()
	info := g.info
	for _, l := range g.legs() {
		if text := reason(l.state); text != "" {
			info.Alarm = text
			break
		}
		if l.rival != "" {
			info.Alarm = l.rival + ": it stands by"
		}
	}
	seat.Update(info)
}

// rest has a leg send and hear nothing but RTCP.
func (l *leg) rest() {
	l.dropNamed("")
	// What another mixer carries here now are those whom this one carried.
	l.session.Rest(true)
	if v := l.group.video; v != nil && v.leg == l {
		v.endStreams()
	}
}

// dropNamed unseats all members of a canonical name; empty: of any.
func (l *leg) dropNamed(cname string) {
	l.mu.Lock()
	members := maps.Clone(l.members)
	maps.DeleteFunc(members, func(_ uint32, m *member) bool { return cname != "" && m.cname != cname })
	l.mu.Unlock()
	for ssrc, m := range members {
		l.drop(l.group.seat.Load(), ssrc, m)
	}
}

// resume has it do so again. Sound comes with its next packet.
func (l *leg) resume() {
	l.session.Rest(false)
	if v := l.group.video; v != nil && v.leg == l {
		v.refresh()
	}
}

// endStreams says BYE for all streams but the session's own.
func (v *videoLeg) endStreams() {
	v.streamsMu.Lock()
	streams := slices.Collect(maps.Keys(v.streams))
	v.streamsMu.Unlock()
	for _, stream := range streams {
		v.endStream(stream)
	}
}

// refresh asks for a key frame of all that the group is sent.
func (v *videoLeg) refresh() {
	streams := []conference.SourceID{0}
	if v.group.info.ManyStreams {
		v.streamsMu.Lock()
		streams = slices.Collect(maps.Keys(v.subscribed))
		v.streamsMu.Unlock()
	}
	for _, stream := range streams {
		v.group.seat.Load().RequestKeyframe(stream)
	}
}

// subscribe notes whether a stream is one of those that the group is sent.
func (v *videoLeg) subscribe(stream conference.SourceID, on bool) {
	v.streamsMu.Lock()
	defer v.streamsMu.Unlock()
	if on {
		v.subscribed[stream] = true
	} else {
		delete(v.subscribed, stream)
	}
}

// ReceiveApplication implements rtp.ApplicationReceiver.
func (l *leg) ReceiveApplication(src *rtp.Source, p rtp.Application) {
	if p.Name != election.Name || p.Subtype != election.Subtype {
		return
	}
	h, err := election.ParseHello(p.Data)
	if err != nil {
		l.group.base.Debug("hello of another bridge not understood", "from", src.SDES().CNAME, "error", err)
		return
	}
	cname := src.SDES().CNAME
	l.paths.bridging.hear(l, src.SSRC(), cname, h)
	if h.Standby && cname != "" && l.group.seat.Load() != nil {
		l.dropNamed(cname) // it sends nothing more, but stays a member
	}
}

// ApplicantLeft implements rtp.ApplicationReceiver.
func (l *leg) ApplicantLeft(src *rtp.Source) { l.paths.bridging.gone(l, src.SSRC()) }

// MixLooped implements rtp.MixLoopReceiver.
func (l *leg) MixLooped(ssrc uint32, cname string) { l.paths.bridging.suspect(l, ssrc, cname, "") }
