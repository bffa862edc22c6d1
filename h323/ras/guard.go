package ras

import (
	"slices"
	"time"

	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// associate begins to protect call signalling with the gatekeeper, where the
// registration was proved by H.235.1.
func (e *endpoint) associate() {
	e.association = nil
	if e.signer == nil || !slices.Contains(e.signer.Methods, authentication.HMACSHA196) {
		return
	}
	own := []string{string(e.endpointID), e.cfg.Credentials.User}
	for _, a := range e.cfg.Aliases {
		own = append(own, AliasText(a))
	}
	e.association = authentication.NewAssociation(e.cfg.Credentials.Password, own, []string{string(e.status.Identifier)})
}

// guard gives a call that the gatekeeper routes its guard, which judges a SETUP
// that came in.
func (e *endpoint) guard(now time.Time, a h323.Admission, got h323.Admitted) (h323.Admitted, *h323.Refusal) {
	if e.association == nil {
		return got, nil
	}
	g := e.association.Guard(e.cfg.Mutual && got.Routed, "")
	if v := a.Invitation; v != nil {
		info := &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Setup: v.Setup}}}
		if err := g.Check(info, v.Raw, now); err != nil {
			return h323.Admitted{}, &h323.Refusal{
				Cause: q931.CallRejected, Reason: &h225.ReleaseCompleteReason{SecurityDenied: &per.Null{}}, Text: "SETUP: " + err.Error(),
			}
		}
	}
	if got.Routed || g.Proved() {
		got.Guard = g
	}
	return got, nil
}
