package sipbridge

import (
	"fmt"

	"github.com/emiago/sipgo/sip"

	"parley/conference"
)

// reasonOf is the Reason header (RFC 3326) by which a BYE says why: the Q.850
// cause, which gateways pass on, with the text that phones show.
func reasonOf(cause conference.Cause) sip.Header {
	q850, text := 16, "Normal call clearing"
	switch cause.Code {
	case conference.CauseKicked:
		q850, text = 21, "Removed by a host"
	case conference.CauseTimeout:
		q850, text = 102, "Recovery on timer expiry"
	case conference.CauseEnded:
		text = "Conference has ended"
	case conference.CauseShutdown:
		q850, text = 41, "The bridge stops"
	case conference.CauseMediaFailed:
		q850, text = 88, "Incompatible destination"
	case conference.CauseError:
		q850, text = 127, "Interworking"
	}
	if cause.Text != "" {
		text = cause.Text
	}
	return sip.NewHeader("Reason", fmt.Sprintf("Q.850;cause=%d;text=%q", q850, text))
}

// reasonSIP is the Reason of a call that is ended instead of being refused.
func reasonSIP(r *refusal) sip.Header {
	return sip.NewHeader("Reason", fmt.Sprintf("SIP;cause=%d;text=%q", r.status, r.reason))
}
