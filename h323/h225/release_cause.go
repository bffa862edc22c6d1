package h225

import (
	"parley/h323/per"
	"parley/h323/q931"
)

// Cause returns the cause of Q.850 that stands for the reason, as H.225.0 maps
// them.
func (r *ReleaseCompleteReason) Cause() q931.CauseValue {
	switch {
	case r.NoBandwidth != nil:
		return q931.NoCircuitAvailable
	case r.GatekeeperResources != nil, r.NewConnectionNeeded != nil:
		return q931.ResourceUnavailable
	case r.UnreachableDestination != nil, r.InvalidCID != nil, r.HopCountExceeded != nil:
		return q931.NoRouteToDestination
	case r.DestinationRejection != nil, r.FacilityCallDeflection != nil:
		return q931.NormalClearing
	case r.InvalidRevision != nil:
		return q931.IncompatibleDestination
	case r.NoPermission != nil, r.NonStandardReason != nil, r.TunnelledSignallingRejected != nil:
		return q931.Interworking
	case r.UnreachableGatekeeper != nil:
		return q931.NetworkOutOfOrder
	case r.GatewayResources != nil:
		return q931.SwitchingCongestion
	case r.BadFormatAddress != nil:
		return q931.InvalidNumberFormat
	case r.AdaptiveBusy != nil:
		return q931.TemporaryFailure
	case r.InConf != nil:
		return q931.UserBusy
	case r.CalledPartyNotRegistered != nil:
		return q931.SubscriberAbsent
	}
	return q931.NormalUnspecified
}

// ReleaseCompleteReasonOf returns the reason for a cause, the other way through
// that mapping; undefinedReason where it has none.
func ReleaseCompleteReasonOf(cause q931.CauseValue) *ReleaseCompleteReason {
	there := &per.Null{}
	switch cause {
	case q931.NoCircuitAvailable:
		return &ReleaseCompleteReason{NoBandwidth: there}
	case q931.ResourceUnavailable:
		return &ReleaseCompleteReason{GatekeeperResources: there}
	case q931.UnallocatedNumber, q931.NoRouteToDestination:
		return &ReleaseCompleteReason{UnreachableDestination: there}
	case q931.NormalClearing, q931.CallRejected:
		return &ReleaseCompleteReason{DestinationRejection: there}
	case q931.IncompatibleDestination:
		return &ReleaseCompleteReason{InvalidRevision: there}
	case q931.Interworking:
		return &ReleaseCompleteReason{NoPermission: there}
	case q931.NetworkOutOfOrder:
		return &ReleaseCompleteReason{UnreachableGatekeeper: there}
	case q931.SwitchingCongestion:
		return &ReleaseCompleteReason{GatewayResources: there}
	case q931.InvalidNumberFormat:
		return &ReleaseCompleteReason{BadFormatAddress: there}
	case q931.TemporaryFailure:
		return &ReleaseCompleteReason{AdaptiveBusy: there}
	case q931.UserBusy:
		return &ReleaseCompleteReason{InConf: there}
	case q931.SubscriberAbsent:
		return &ReleaseCompleteReason{CalledPartyNotRegistered: there}
	}
	return &ReleaseCompleteReason{UndefinedReason: there}
}
