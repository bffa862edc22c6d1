package webrtc

import "time"

// bucket is a token bucket that limits the messages of one socket.
type bucket struct {
	tokens float64
	last   time.Time
}

func newBucket(now time.Time) bucket { return bucket{tokens: MessageBurst, last: now} }

// take reports whether one more message is allowed at now.
func (b *bucket) take(now time.Time) bool {
	b.tokens = min(MessageBurst, b.tokens+now.Sub(b.last).Seconds()*MessageRate)
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
