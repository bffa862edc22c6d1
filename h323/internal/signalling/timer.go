package signalling

import (
	"time"

	"parley/h323/q931"
)

// timer is one of Q.931's.
type timer uint8

const (
	none timer = iota
	timer301
	timer302
	timer303
	timer304
	timer310
)

func (t timer) duration() time.Duration {
	switch t {
	case timer301:
		return t301
	case timer302:
		return t302
	case timer303:
		return t303
	case timer304:
		return t304
	case timer310:
		return t310
	}
	return 0
}

func (m *Machine) start(t timer, now time.Time) { m.timer, m.deadline = t, now.Add(t.duration()) }

func (m *Machine) stop() { m.timer = none }

// Deadline is when Expire wants to be called; false: not at all.
func (m *Machine) Deadline() (time.Time, bool) { return m.deadline, m.timer != none }

// Expire executes the timer if it has run out.
func (m *Machine) Expire(now time.Time) {
	if m.timer == none || now.Before(m.deadline) {
		return
	}
	t := m.timer
	m.stop()
	switch t {
	case timer301: // Q.931 clause 5.2.4: the user alerted does not answer
		m.Release(Release{Cause: q931.NoAnswer, Text: "nobody answered"})
	case timer302: // clause 5.2.4: the number stayed incomplete
		m.Release(Release{Cause: q931.InvalidNumberFormat, Text: "the number is not complete"})
	case timer303: // clause 5.1.1
		m.Release(Release{Cause: q931.NoUserResponding, Text: "no answer to the SETUP"})
	case timer304, timer310: // clauses 5.1.3 and 5.1.5
		m.Release(Release{Cause: q931.RecoveryOnTimerExpiry, Text: "the call does not proceed"})
	}
}
