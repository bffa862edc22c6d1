package multicast

import (
	"sync"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
)

// Sound that is mixed is late by the playout buffer of its sender; pictures are
// passed on as they come. Who is sent both aligns them by the sender reports, under
// one CNAME (RFC 3550 6.4.1). So the reports tell of each picture when the sound
// that belongs to it is in the mix. For a sender of groups, that comes of the
// reports of its own by which its sound and pictures belong together.

// senderClock is how far a sender's clock, and the way from it, is behind ours:
// arrival less capture, of the packets that were fastest.
type senderClock struct {
	mu      sync.Mutex
	known   bool
	transit time.Duration
}

// observe takes a packet. A clock that drifts is followed within some 20 s, one
// that steps at once.
func (c *senderClock) observe(arrival, captured time.Time) {
	transit := arrival.Sub(captured)
	c.mu.Lock()
	defer c.mu.Unlock()
	if late := transit - c.transit; !c.known || late < 0 || late > clockStep {
		c.known, c.transit = true, transit
	} else {
		c.transit += late / 1024
	}
}

func (c *senderClock) fastest() (transit time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.transit, c.known
}

// clockSound learns of a sender's clock by its sound.
func (l *leg) clockSound(src *rtp.Source, m *member, p *codecs.Packet) {
	if at, ok := src.Captured(p.Timestamp, l.formats[p.PayloadType].ClockRate); ok {
		m.origin.clock.observe(p.Arrival, at)
	}
}

// clockPicture finds the lag of a sender's picture. Each packet has its own, so that
// one that comes late is not reported as one that was taken late.
func (v *videoLeg) clockPicture(src *rtp.Source, m *member, p *codecs.Packet) {
	o := m.origin
	if p.Arrival.Sub(o.synced) >= lipsyncEvery {
		o.synced, o.sound = p.Arrival, v.soundOf(src.SDES().CNAME)
	}
	if !o.sound.known {
		o.lag.Store(0)
		return
	}
	lag := o.sound.delay
	if at, ok := src.Captured(p.Timestamp, v.formats[p.PayloadType].ClockRate); ok && o.sound.clocked {
		// By how much it came later than the sound captured with it.
		if d := p.Arrival.Sub(at) - o.sound.transit; d.Abs() < clockStep {
			lag -= d
		}
	}
	o.lag.Store(int64(lag))
}

// soundClock is what is known of the sound that belongs to pictures.
type soundClock struct {
	known   bool          // there is some
	delay   time.Duration // of its playout buffer
	clocked bool          // its sender told its clock
	transit time.Duration // as in senderClock
}

// soundOf is the sound of who has a canonical name, in the same session.
func (v *videoLeg) soundOf(cname string) (sound soundClock) {
	a := v.group.audio
	if a == nil || cname == "" {
		return sound
	}
	var found *member
	a.mu.Lock()
	for _, m := range a.members {
		if m.cname == cname {
			found = m
			break
		}
	}
	a.mu.Unlock()
	if found == nil {
		return sound
	}
	sound.known, sound.delay = true, found.buffer.Stats().Delay
	sound.transit, sound.clocked = found.origin.clock.fastest()
	return sound
}

// lag is the time from now to when the sound that belongs to a picture of a source
// is in the mix.
func (v *videoLeg) lag(source conference.SourceID) time.Duration {
	if lag, ok := v.paths.lag(source); ok {
		return lag
	}
	if lags := v.lags.Load(); lags != nil {
		return (*lags)[source]
	}
	return 0
}

// lag is that of a member of a group; not ok: it is none.
func (p *paths) lag(source conference.SourceID) (time.Duration, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	o := p.origins[source]
	if o == nil {
		return 0, false
	}
	return time.Duration(o.lag.Load()), true
}

// measure takes over how long the sound of the conference's other participants
// waits to be played.
func (f *pictures) measure() {
	quality := f.conf.Quality()
	lags := make(map[conference.SourceID]time.Duration)
	for id, sources := range f.shown {
		for source := range sources {
			lags[source] = quality[id].PlayoutDelay
		}
	}
	f.leg.lags.Store(&lags)
}
