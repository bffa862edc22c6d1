package conference

import (
	"math"
	"time"

	"parley/conference/internal/mixer"
)

// Quality is how a Participant's leg fares now, as its wire measures it. Zero
// values mean that the wire does not know.
type Quality struct {
	// Received from the Participant.
	Packets      uint64
	Lost         int64
	LossFraction float64 // of the last interval, 0 to 1
	Jitter       time.Duration
	PlayoutDelay time.Duration // of the jitter buffer
	Concealed    float64       // share of frames invented since the start
	// Sent to the Participant, as it reports.
	RemoteLossFraction float64
	RemoteJitter       time.Duration
	RoundTrip          time.Duration
}

// Measured is a Participant that measures its leg.
type Measured interface {
	// Quality returns a snapshot. It does not block.
	Quality() Quality
}

// leg is a Participant that measures, and what hears for it.
type leg struct {
	id       ParticipantID
	measured Measured
	output   *mixer.Output // nil: hears nothing
}

// legs returns those who measure. They are asked outside of the roster.
func (c *Conference) legs() (out []leg) {
	_ = c.do(func(r *roster) { // who ended is empty
		for _, m := range r.members {
			if q, ok := m.participant.(Measured); ok {
				out = append(out, leg{m.id, q, m.output})
			}
		}
	})
	return out
}

// Quality returns how each Participant's leg fares, for those that measure it.
func (c *Conference) Quality() map[ParticipantID]Quality {
	out := make(map[ParticipantID]Quality)
	for _, l := range c.legs() {
		out[l.id] = l.measured.Quality()
	}
	return out
}

// surveyInterval is how often the encoders learn of loss: about as often as
// receivers report (RFC 3550 6.2).
const surveyInterval = 5 * time.Second

// survey tells the mixer what listeners report lost, until the conference ends.
func (c *Conference) survey() {
	ticker := time.NewTicker(surveyInterval)
	defer ticker.Stop()
	for {
		select {
		case <-c.ended:
			return
		case <-ticker.C:
		}
		for _, l := range c.legs() {
			if l.output != nil {
				l.output.SetLoss(int(math.Ceil(100 * l.measured.Quality().RemoteLossFraction)))
			}
		}
	}
}
