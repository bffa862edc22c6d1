package telephoneevent

import "time"

const (
	// The clock rates of events; outside of them a 16-bit duration is no time
	// that a key is held.
	minClockRate = 8000
	maxClockRate = 48000

	// forget is how long after an event's last packet its timestamp is still
	// known. Before, packets of the past are late ones; after it, a sender may
	// have begun its timestamps anew. It answers a restarted sender whose
	// digits would be ignored for up to half of the timestamp's circle.
	forget = 5 * time.Second

	// maxMisorder is by how many packets one may be late (RFC 3550 A.1). What
	// is further off is of a sender that has begun anew.
	maxMisorder = 100

	// maxQueue is the most digits that wait to be sent. It answers a control
	// call with an endless string: the digits of ten seconds.
	maxQueue = 32
)
