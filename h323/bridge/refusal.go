package bridge

import (
	"errors"
	"strings"

	"parley/conference"
	"parley/conference/lobby"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// refusalOf translates what kept a caller out of a conference. dialled is whom
// it called, as far as it said.
func refusalOf(err error, dialled string) *h323.Refusal {
	var r *h323.Refusal
	switch {
	case errors.As(err, &r):
		return r
	case errors.Is(err, conference.ErrUnknownConference):
		if strings.Trim(dialled, "0123456789*#") == "" {
			return refuse(q931.UnallocatedNumber, err)
		}
		r := refuse(q931.SubscriberAbsent, err)
		r.Reason = &h225.ReleaseCompleteReason{CalledPartyNotRegistered: &per.Null{}}
		return r
	case errors.Is(err, conference.ErrPINWrong), errors.Is(err, conference.ErrPINRequired), errors.Is(err, conference.ErrPINLocked):
		r := refuse(q931.CallRejected, err)
		r.Reason = &h225.ReleaseCompleteReason{SecurityDenied: &per.Null{}}
		return r
	case errors.Is(err, lobby.ErrTimeout):
		return refuse(q931.CallRejected, err)
	case errors.Is(err, conference.ErrFull):
		return refuse(q931.UserBusy, err)
	case errors.Is(err, conference.ErrBusy):
		return refuse(q931.UserBusy, err)
	case errors.Is(err, conference.ErrNoAnswer):
		return refuse(q931.NoAnswer, err)
	case errors.Is(err, conference.ErrDeclined):
		return refuse(q931.CallRejected, err)
	case errors.Is(err, conference.ErrNobody):
		return refuse(q931.UnallocatedNumber, err)
	case errors.Is(err, conference.ErrClosed):
		return refuse(q931.TemporaryFailure, err)
	}
	return refuse(q931.TemporaryFailure, errors.New("internal error"))
}

func refuse(cause q931.CauseValue, err error) *h323.Refusal {
	return &h323.Refusal{Cause: cause, Text: err.Error()}
}

// releaseOf says to the peer why the conference ends its call: the cause of Q.850,
// which alone would read like a fault, in words too.
func releaseOf(cause conference.Cause) *h323.Refusal {
	r := &h323.Refusal{Cause: q931.NormalClearing, Text: cause.Text}
	switch cause.Code {
	case conference.CauseKicked:
		r.Cause = q931.CallRejected
	case conference.CauseTimeout:
		r.Cause = q931.RecoveryOnTimerExpiry
	case conference.CauseShutdown:
		r.Cause = q931.TemporaryFailure
	case conference.CauseMediaFailed:
		r.Cause = q931.IncompatibleDestination
	case conference.CauseError:
		r.Cause = q931.Interworking
	}
	if r.Text == "" {
		r.Text = endings[cause.Code]
	}
	return r
}

// endings are the words for what has none of its own.
var endings = map[conference.CauseCode]string{
	conference.CauseKicked:      "removed by a host",
	conference.CauseTimeout:     "nothing arrived any more",
	conference.CauseEnded:       "the conference has ended",
	conference.CauseShutdown:    "the bridge stops",
	conference.CauseMediaFailed: "no sound or picture that both ends know",
	conference.CauseReplaced:    "called again from the same place",
}
