package ras

import (
	"time"

	"parley/h323/h225"
)

// doubt is an operation that the gatekeeper refused for not knowing who asks.
type doubt struct {
	op    *operation
	reply *h225.RasMessage
}

// forgotten tells whether a rejection may mean that the gatekeeper does not know
// the asker any more, as after its restart. Of a call that is answered, the called
// party is the asker.
func forgotten(request, reply *h225.RasMessage) bool {
	switch {
	case reply.AdmissionReject != nil:
		r := &reply.AdmissionReject.RejectReason
		return r.CallerNotRegistered != nil || r.InvalidEndpointIdentifier != nil ||
			r.CalledPartyNotRegistered != nil && request.AdmissionRequest != nil && request.AdmissionRequest.AnswerCall
	case reply.DisengageReject != nil:
		return reply.DisengageReject.RejectReason.NotRegistered != nil
	}
	return false
}

// doubts takes a rejection that may mean that the registration is gone. A
// keep-alive finds out: the same reasons also refuse callers who are strangers to
// the gatekeeper. Each operation is asked again once, after the endpoint has
// registered anew; not true: the rejection stands.
func (e *endpoint) doubts(now time.Time, op *operation, m *h225.RasMessage) bool {
	if op.to.IsValid() || e.closing || !forgotten(op.request, m) {
		return false
	}
	ends := op.request.DisengageRequest != nil // there is nothing to ask again
	switch {
	case op.gone || op.doubted:
		return false
	case e.status.State != Registered:
		op.doubted = true
		return !ends && e.wake.IsZero() && e.again(op)
	case op.under != e.endpointID: // it has registered since
		op.doubted = true
		if !ends {
			e.send(now, e.gatekeepers[0].address, op)
		}
		return !ends
	case len(e.doubtful) >= maxClientCalls:
		return false
	case !e.verifying && !e.verified.IsZero() && now.Sub(e.verified) < verifyPause:
		return false
	}
	if !e.verifying {
		e.verifying, e.verified = true, now
		e.renew(now)
	}
	if ends {
		return false
	}
	e.doubtful = append(e.doubtful, doubt{op, m})
	return true
}

// settle is called when a keep-alive was confirmed: the rejections stand, but where
// the gatekeeper has named the endpoint anew.
func (e *endpoint) settle(now time.Time) {
	all := e.doubtful
	e.doubtful, e.verifying = nil, false
	for _, d := range all {
		if d.op.under == e.endpointID {
			e.emit(finish{d.op, d.reply, nil})
			continue
		}
		d.op.doubted = true
		e.perform(now, d.op)
	}
}

// unsettle has what was refused wait for the next registration.
func (e *endpoint) unsettle() {
	all := e.doubtful
	e.doubtful, e.verifying = nil, false
	for _, d := range all {
		d.op.doubted = true
		if !e.again(d.op) {
			e.emit(finish{d.op, d.reply, nil})
		}
	}
}
