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

// clockPicture finds the lag of a sender's pictures.
func (v *videoLeg) clockPicture(src *rtp.Source, m *member, p *codecs.Packet) {
	o := m.origin
	if p.Arrival.Sub(o.synced) < lipsyncEvery {
		return
	}
	o.synced = p.Arrival
	sound := v.soundOf(src.SDES().CNAME)
	if sound == nil {
		o.lag.Store(0)
		return
	}
	lag := sound.buffer.Stats().Delay
	at, ok := src.Captured(p.Timestamp, v.formats[p.PayloadType].ClockRate)
	if transit, known := sound.origin.clock.fastest(); ok && known {
		if d := p.Arrival.Sub(at) - transit; d.Abs() < clockStep {
			lag -= d // they came later than the sound captured with them
		}
	}
	o.lag.Store(int64(lag))
}

// soundOf is the member that speaks under a canonical name in the same session; nil:
// none.
func (v *videoLeg) soundOf(cname string) *member {
	a := v.group.audio
	if a == nil || cname == "" {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range a.members {
		if m.cname == cname {
			return m
		}
	}
	return nil
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
