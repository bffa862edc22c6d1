package ras

import (
	"errors"
	"fmt"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

var (
	// ErrNoAnswer: the gatekeeper did not answer, nor did an alternate.
	ErrNoAnswer = errors.New("no answer from the gatekeeper")
	// ErrUnregistered: there is no gatekeeper at the moment.
	ErrUnregistered = errors.New("not registered with a gatekeeper")
	// ErrNotUnderstood: the gatekeeper does not know the request.
	ErrNotUnderstood = errors.New("the gatekeeper does not understand the request")

	errClosed = errors.New("RAS client closed")
)

// refusal makes a gatekeeper's rejection, or a lack of one, the cause of a call's
// end (H.225.0, as its reasons of ReleaseComplete have causes).
func refusal(reply *h225.RasMessage, err error) *h323.Refusal {
	if err != nil {
		return &h323.Refusal{
			Cause: q931.NetworkOutOfOrder, Text: err.Error(),
			Reason: &h225.ReleaseCompleteReason{UnreachableGatekeeper: &per.Null{}},
		}
	}
	r := &reply.AdmissionReject.RejectReason
	out := &h323.Refusal{Text: fmt.Sprintf("gatekeeper: %s", choiceName(r))}
	switch {
	case r.CalledPartyNotRegistered != nil:
		out.Cause, out.Reason = q931.SubscriberAbsent, &h225.ReleaseCompleteReason{CalledPartyNotRegistered: &per.Null{}}
	case r.CallerNotRegistered != nil, r.InvalidEndpointIdentifier != nil:
		out.Cause, out.Reason = q931.TemporaryFailure, &h225.ReleaseCompleteReason{CallerNotRegistered: &per.Null{}}
	case r.InvalidPermission != nil, r.RequestDenied != nil, r.SecurityDenial != nil, r.SecurityError != nil:
		out.Cause, out.Reason = q931.CallRejected, &h225.ReleaseCompleteReason{NoPermission: &per.Null{}}
	case r.ResourceUnavailable != nil, r.ExceedsCallCapacity != nil:
		out.Cause, out.Reason = q931.ResourceUnavailable, &h225.ReleaseCompleteReason{GatekeeperResources: &per.Null{}}
	case r.IncompleteAddress != nil:
		out.Cause, out.Reason = q931.InvalidNumberFormat, &h225.ReleaseCompleteReason{BadFormatAddress: &per.Null{}}
	case r.NoRouteToDestination != nil:
		out.Cause, out.Reason = q931.NoRouteToDestination, &h225.ReleaseCompleteReason{UnreachableDestination: &per.Null{}}
	case r.UnallocatedNumber != nil:
		out.Cause, out.Reason = q931.UnallocatedNumber, &h225.ReleaseCompleteReason{UnreachableDestination: &per.Null{}}
	default:
		out.Cause, out.Reason = q931.NormalUnspecified, &h225.ReleaseCompleteReason{UndefinedReason: &per.Null{}}
	}
	return out
}

// Rejection is a gatekeeper's refusal of a request other than admission.
type Rejection struct{ Message *h225.RasMessage }

func (r *Rejection) Error() string {
	name := Name(r.Message)
	if v, _, ok := alternative(r.Message); ok {
		if reason := v.FieldByName("RejectReason"); reason.IsValid() {
			name += ": " + choiceName(reason.Addr().Interface())
		}
	}
	return "gatekeeper: " + name
}

func undefinedReason() h225.DisengageReason {
	return h225.DisengageReason{UndefinedReason: &per.Null{}}
}

// protocolsOf is what a gateway or MCU told as its protocols.
func protocolsOf(t h225.EndpointType) []h225.SupportedProtocols {
	if t.Gateway != nil {
		return t.Gateway.Protocol
	}
	if t.MCU != nil {
		return t.MCU.Protocol
	}
	return nil
}
