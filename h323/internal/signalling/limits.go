package signalling

import "time"

// Timers of Q.931 table 9-2, the user's side, as H.225.0 clause 7.6 has them
// apply. TCP repeats what is lost, so no message is sent twice.
const (
	// T301: the called user is alerted and does not answer; at least 3 minutes.
	t301 = 3 * time.Minute
	// T302: no more digits come, and they do not suffice.
	t302 = 15 * time.Second
	// T303: no answer to SETUP. Q.931 waits 4 s twice; a gatekeeper that has to
	// ask its neighbours needs as long again.
	t303 = 15 * time.Second
	// T304: no answer to digits.
	t304 = 30 * time.Second
	// T310: nothing after CALL PROCEEDING; 30 to 120 s.
	t310 = 60 * time.Second
)

const (
	// Tunnelled H.245 that waits for leave to be sent: a peer that never answers
	// must not make it grow.
	maxWaiting = 64
	// Foreign names are cut, so that nobody's name fills logs and rosters.
	maxName = 256
	// Conferences of a list to choose from that are looked at: a Facility of 64 KiB
	// holds thousands.
	maxChoices = 64
	// Digits of one call; Q.931 clause 4.5.8 has no more in one element.
	maxDigits = 128
)
