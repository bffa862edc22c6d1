package h323

import (
	"errors"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// Refusal is an error with the protocol's own cause.
type Refusal struct {
	Cause  q931.CauseValue
	Reason *h225.ReleaseCompleteReason // nil: what fits Cause (H.225.0 table 5)
	Text   string
	// Alternative is where to call instead: Facility callForwarded.
	Alternative []h225.AliasAddress
}

func (r *Refusal) Error() string { return r.Text }

// refusalOf returns err as a Refusal; otherwise is the cause where it is none.
func refusalOf(err error, otherwise q931.CauseValue) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return &Refusal{Cause: otherwise, Text: err.Error()}
}

func (r *Refusal) signalling() signalling.Release {
	cause := r.Cause
	if cause == 0 {
		cause = q931.NormalClearing
	}
	return signalling.Release{Cause: cause, Reason: r.Reason, Text: r.Text}
}

func newRefusal(r signalling.Release) *Refusal {
	return &Refusal{Cause: r.Cause, Reason: r.Reason, Text: r.Text}
}
