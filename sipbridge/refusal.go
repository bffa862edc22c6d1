package sipbridge

import (
	"errors"
	"fmt"

	"github.com/emiago/sipgo/sip"

	"parley/codecs"
	"parley/conference"
	"parley/sipbridge/internal/negotiation"
)

// refusal is a request turned down: the response that says so.
type refusal struct {
	status  int
	reason  string
	headers []sip.Header
}

// Error implements error.
func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.reason) }

func refuse(status int, reason string, headers ...sip.Header) *refusal {
	return &refusal{status: status, reason: reason, headers: headers}
}

// response is the refusal as an answer to req.
func (r *refusal) response(req *sip.Request) *sip.Response {
	res := sip.NewResponseFromRequest(req, r.status, r.reason, nil)
	for _, h := range r.headers {
		res.AppendHeader(h)
	}
	return res
}

// warning is a Warning header (RFC 3261 20.43) with a code of its list.
func warning(code int, text string) sip.Header {
	return sip.NewHeader("Warning", fmt.Sprintf("%d parley %q", code, text))
}

func retryAfter(seconds int) sip.Header {
	return sip.NewHeader("Retry-After", fmt.Sprint(seconds))
}

// refusalOf translates what kept a party out of a conference.
func refusalOf(err error) *refusal {
	var r *refusal
	switch {
	case errors.As(err, &r):
		return r
	case errors.Is(err, conference.ErrUnknownConference):
		return refuse(404, "No Such Conference")
	case errors.Is(err, conference.ErrPINRequired):
		return refuse(403, "PIN Required")
	case errors.Is(err, conference.ErrPINWrong):
		return refuse(403, "Wrong PIN")
	case errors.Is(err, conference.ErrPINLocked):
		return refuse(403, "Too Many Wrong PINs")
	case errors.Is(err, conference.ErrFull):
		return refuse(486, "Conference Full")
	case errors.Is(err, conference.ErrClosed):
		return refuse(480, "Conference Has Ended")
	case errors.Is(err, conference.ErrBusy):
		return refuse(486, "Busy Here")
	case errors.Is(err, conference.ErrNoAnswer):
		return refuse(480, "No Answer")
	case errors.Is(err, conference.ErrDeclined):
		return refuse(603, "Decline")
	case errors.Is(err, conference.ErrNobody):
		return refuse(404, "Not Found")
	case errors.Is(err, negotiation.ErrNoFormat):
		return refuse(488, "Not Acceptable Here", warning(305, "Incompatible media format: no shared codec"))
	case errors.Is(err, negotiation.ErrTransport):
		return refuse(488, "Not Acceptable Here", warning(302, "Incompatible transport protocol: only RTP/AVP and RTP/AVPF"))
	case errors.Is(err, negotiation.ErrMedia):
		return refuse(488, "Not Acceptable Here", warning(304, "Media type not available: neither audio nor video"))
	case errors.Is(err, negotiation.ErrState):
		return refuse(488, "Not Acceptable Here", warning(399, err.Error()))
	case errors.Is(err, codecs.ErrMalformed):
		return refuse(400, "Malformed Session Description", warning(399, err.Error()))
	}
	return refuse(500, "Server Internal Error")
}
