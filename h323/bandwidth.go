package h323

import (
	"context"
	"time"

	"parley/h323/media"
)

// bandwidth is what the gatekeeper has let the call have, and what it takes: all
// its channels in both directions, as BRQ counts it (H.225.0 clause 7.12; without
// headers). Once channels have changed it is asked for the difference.
type bandwidth struct {
	granted int // bit/s
	asked   int // what is being asked for, or was last; 0: nothing was
	asking  bool
	due     time.Time // when to look; zero: not
}

// changed notes that channels have; several do at once, and one question does.
func (b *bandwidth) changed(now time.Time) {
	if b.due.IsZero() {
		b.due = now.Add(settleBandwidth)
	}
}

func (b *bandwidth) deadline() (time.Time, bool) { return b.due, !b.due.IsZero() && !b.asking }

// wants reports whether the gatekeeper is to be asked for used. Little less is not
// worth a question, and what was refused is not asked for again.
func (b *bandwidth) wants(used int) bool {
	return used != b.asked && (used > b.granted || used < b.granted/4*3)
}

// used is what the open channels take. One whose rate nobody said is sound of 64
// kbit/s.
func (c *Call) used() int {
	sum := 0
	for _, ch := range c.control.Channels() {
		rate := ch.MaxBitRate
		if rate == 0 && ch.Kind == media.KindAudio {
			rate = soundRate
		}
		if ch.Direction == media.Send|media.Receive {
			rate *= 2
		}
		sum += rate
	}
	return sum
}

// soundRate is that of G.711 and G.722, bit/s.
const soundRate = 64_000

// askBandwidth asks where that is due.
func (c *Call) askBandwidth(now time.Time) {
	b := &c.bandwidth
	if b.due.IsZero() || now.Before(b.due) || b.asking {
		return
	}
	b.due = time.Time{}
	if c.admission == nil || c.control == nil || c.over || c.releasing {
		return
	}
	used := c.used()
	if !b.wants(used) {
		return
	}
	b.asking, b.asked = true, used
	admission, by, id := c.admission, c.admittedBy, c.id
	c.background(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, admissionTimeout)
		defer cancel()
		got, err := by.ChangeBandwidth(ctx, id, used)
		c.do(func() {
			b.asking = false
			if admission == c.admission { // not forwarded meanwhile
				c.answeredBandwidth(got, err)
			}
		})
	})
}

// answeredBandwidth takes BCF or BRJ. Refused without a word on what is allowed,
// the call keeps to what it had.
func (c *Call) answeredBandwidth(got int, err error) {
	b := &c.bandwidth
	if err != nil {
		c.log.Info("h323: bandwidth refused", "asked", b.asked, "granted", b.granted, "error", err)
	} else {
		b.granted = got
	}
	c.event(BandwidthGranted{BitRate: b.granted, Used: c.used()})
	c.bandwidth.changed(time.Now()) // channels may have come meanwhile
}

// bandwidthOrdered is the gatekeeper's order to keep to a bandwidth. What it takes
// away is not asked for again until channels change.
func (c *Call) bandwidthOrdered(bitRate int) {
	c.do(func() {
		if c.admission == nil || c.over || c.releasing {
			return
		}
		b := &c.bandwidth
		used := 0
		if c.control != nil {
			used = c.used()
		}
		c.log.Info("h323: bandwidth ordered by the gatekeeper", "had", b.granted, "granted", bitRate)
		b.granted, b.asked = bitRate, used
		c.event(BandwidthGranted{BitRate: bitRate, Used: used})
	})
}
