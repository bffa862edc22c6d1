package h225_test

import (
	"testing"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// Causes that have a reason of their own come back from it, but for those that
// share one.
func TestReleaseCause(t *testing.T) {
	for cause := range q931.CauseValue(128) {
		r := h225.ReleaseCompleteReasonOf(cause)
		if _, err := per.Marshal(r); err != nil {
			t.Fatalf("%v: %v", cause, err)
		}
		want := cause
		switch {
		case r.UndefinedReason != nil:
			want = q931.NormalUnspecified
		case cause == q931.UnallocatedNumber:
			want = q931.NoRouteToDestination
		case cause == q931.CallRejected:
			want = q931.NormalClearing
		}
		if got := r.Cause(); got != want {
			t.Errorf("%v becomes %v", cause, got)
		}
	}
	for _, test := range []struct {
		reason h225.ReleaseCompleteReason
		want   q931.CauseValue
	}{
		{h225.ReleaseCompleteReason{NewConnectionNeeded: &per.Null{}}, q931.ResourceUnavailable},
		{h225.ReleaseCompleteReason{FacilityCallDeflection: &per.Null{}}, q931.NormalClearing},
		{h225.ReleaseCompleteReason{SecurityDenied: &per.Null{}}, q931.NormalUnspecified},
		{h225.ReleaseCompleteReason{InvalidCID: &per.Null{}}, q931.NoRouteToDestination},
		{h225.ReleaseCompleteReason{TunnelledSignallingRejected: &per.Null{}}, q931.Interworking},
	} {
		if got := test.reason.Cause(); got != test.want {
			t.Errorf("%+v: %v, want %v", test.reason, got, test.want)
		}
	}
}
