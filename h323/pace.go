package h323

import "time"

// pace is how fast the peer may tell a call things: a bucket that fills at
// messageRate and takes messageBurst. Zero is a full one.
type pace struct {
	spent float64 // of the burst; more: a debt
	at    time.Time
}

// spend takes messages that came.
func (p *pace) spend(messages int, now time.Time) {
	p.spent = max(0, p.spent-messageRate*now.Sub(p.at).Seconds()) + float64(messages)
	p.at = now
}

// owed is how long to read nothing after that.
func (p *pace) owed() time.Duration {
	return max(0, time.Duration((p.spent-messageBurst)/messageRate*float64(time.Second)))
}
