package bridge

import (
	"sync/atomic"
	"time"
)

// gates keep the pictures to a call below what the peer takes: nothing here
// makes a picture smaller, so that what is above the limit is not sent, from the
// packet that would exceed it to the next key frame that fits. The source is
// asked for that key frame once there is room for it.
type gates [2]gate

// SetLimit bounds a stream (0 main, 1 presentation) to bit/s; 0: no bound;
// stopped: nothing passes.
func (g *gates) SetLimit(stream, bitRate int) { g[stream].limit.Store(int64(bitRate)) }

func (g *gates) pass(stream, octets int, keyframe bool, now time.Time) (pass, again bool) {
	return g[stream].pass(octets, keyframe, now)
}

// stopped is the limit of a peer that wants no pictures for now.
const stopped = -1

// gate is a token bucket of bits. It holds what burst seconds may bring: a key
// frame is many times as long as the others, and of a source that knows nothing
// of the limit, longer than what a second may.
type gate struct {
	limit atomic.Int64

	// Of who forwards.
	tokens float64
	at     time.Time
	shut   bool
	asked  time.Time
}

// askAgain is how often a key frame is asked for to open a shut gate.
const askAgain = 2 * time.Second

// slack is above the limit what is let through: RTP headers and the spread of
// an encoder about its rate.
const slack = 1.2

// burst is how many seconds of the limit may pass at once; a shut gate opens when
// half of them are there.
const burst = 4

// pass reports whether a packet may be sent, and whether a key frame is to be
// asked for.
func (g *gate) pass(octets int, keyframe bool, now time.Time) (pass, again bool) {
	limit := float64(g.limit.Load()) * slack
	if limit < 0 {
		g.shut, g.at = true, time.Time{}
		return false, false
	}
	bound, bucket := limit > 0, burst*limit
	if bound {
		if g.at.IsZero() {
			g.tokens, g.at = bucket, now
		}
		g.tokens = min(bucket, g.tokens+limit*now.Sub(g.at).Seconds())
		g.at = now
	} else {
		g.at = time.Time{}
	}
	room := !bound || g.tokens >= bucket/2
	switch {
	case g.shut && keyframe && room:
		g.shut = false
	case g.shut:
		again = room && now.Sub(g.asked) >= askAgain
		if again {
			g.asked = now
		}
		return false, again
	}
	if !bound {
		return true, false
	}
	if g.tokens -= float64(8 * octets); g.tokens < 0 {
		g.shut, g.asked = true, now
		return false, false
	}
	return true, false
}
