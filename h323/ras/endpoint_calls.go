package ras

import (
	"net/netip"
	"time"

	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/per"
)

// perform sends an operation to the gatekeeper, or queues it until there is one.
func (e *endpoint) perform(now time.Time, op *operation) {
	if r := op.request.DisengageRequest; r != nil {
		// The call is over, whether the gatekeeper can be told or not.
		key := callKey{r.CallIdentifier.GUID, *r.AnsweredCall}
		known := e.calls[key]
		delete(e.calls, key)
		if known != nil && known.unasked {
			e.emit(finish{op: op}) // it never was told
			return
		}
	}
	switch {
	case op.gone:
	case e.closing:
		e.fail(op, errClosed)
	case op.to.IsValid():
		e.send(now, op.to, op)
	case e.status.State == Registered:
		e.send(now, e.gatekeepers[0].address, op)
	case e.wake.IsZero() && len(e.waiting) < maxClientCalls:
		e.waiting = append(e.waiting, op) // it is being registered
	default:
		e.fail(op, ErrUnregistered)
	}
}

// send fills in what the registration gave, and sends.
func (e *endpoint) send(now time.Time, to netip.AddrPort, op *operation) {
	op.under = e.endpointID
	if p := member[h225.EndpointIdentifier](op.request, "EndpointIdentifier"); p != nil {
		*p = e.endpointID
	}
	if p := member[h225.GatekeeperIdentifier](op.request, "GatekeeperIdentifier"); p != nil && !op.to.IsValid() {
		*p = e.status.Identifier
	}
	if p := member[[]h225.CryptoH323Token](op.request, "CryptoTokens"); p != nil {
		*p = nil // of an earlier attempt
	}
	if r := op.request.BandwidthRequest; r != nil {
		e.describe(r)
	}
	e.request(now, to, op.request, exchange{op: op})
}

// admitted notes a call that the gatekeeper has let be.
func (e *endpoint) admitted(now time.Time, a h323.Admission, got h323.Admitted) {
	c := &call{bitRate: got.BitRate, routed: got.Routed}
	if got.Confirm != nil && got.Confirm.IRRFrequency != nil {
		c.every = time.Duration(*got.Confirm.IRRFrequency) * time.Second
	}
	e.note(now, a, c)
}

// changed notes what a call was granted later.
func (e *endpoint) changed(id h225.CallIdentifier, bitRate int) {
	for _, answer := range [...]bool{false, true} {
		if c := e.calls[callKey{id.GUID, answer}]; c != nil {
			c.bitRate = bitRate
		}
	}
}

// unaskedRate is what a call may take of which the gatekeeper does not know; not
// ok: it is to be asked.
func (e *endpoint) unaskedRate(id h225.CallIdentifier, bitRate int) (granted int, ok bool) {
	for _, answer := range [...]bool{false, true} {
		if c := e.calls[callKey{id.GUID, answer}]; c != nil && c.unasked {
			c.bitRate = min(bitRate, max(e.bitRateLeft()+c.bitRate, 0))
			return c.bitRate, true
		}
	}
	return 0, false
}

// describe says which call a BRQ is about, as older gatekeepers know calls.
func (e *endpoint) describe(r *h225.BandwidthRequest) {
	for _, answer := range [...]bool{false, true} {
		if a, ok := e.calls[callKey{r.CallIdentifier.GUID, answer}]; ok {
			r.ConferenceID, r.CallReferenceValue = a.Conference, h225.CallReferenceValue(a.Reference)
			r.AnsweredCall = &answer
		}
	}
}

// admissionRequest is the ARQ for a call (H.225.0 clause 7.11.1).
func admissionRequest(a h323.Admission) *h225.RasMessage {
	arq := &h225.AdmissionRequest{
		CallType:           h225.CallType{PointToPoint: &per.Null{}},
		DestinationInfo:    a.Called,
		SrcInfo:            a.Calling,
		BandWidth:          h225.BandWidth((a.BitRate + 99) / 100),
		CallReferenceValue: h225.CallReferenceValue(a.Reference),
		ConferenceID:       a.Conference,
		AnswerCall:         a.Answer,
		CanMapAlias:        &a.CanMapAlias,
		CallIdentifier:     &h225.CallIdentifier{GUID: a.Call.GUID},
	}
	willSupply := false
	arq.WillSupplyUUIEs = &willSupply
	if a.CalledAddr.IsValid() {
		to := h225.TransportAddressOf(a.CalledAddr)
		arq.DestCallSignalAddress = &to
	}
	if a.CallingAddr.IsValid() {
		from := h225.TransportAddressOf(a.CallingAddr)
		arq.SrcCallSignalAddress = &from
	}
	return &h225.RasMessage{AdmissionRequest: arq}
}

// admittedBy reads an ACF; of a sequence, the first (H.225.0 clause 7.11.2). A call
// that is routed tells the gatekeeper whose it is.
func admittedBy(m *h225.RasMessage, id h225.EndpointIdentifier) (h323.Admitted, *h323.Refusal) {
	acf := m.AdmissionConfirm
	if acf == nil && len(m.AdmissionConfirmSequence) > 0 {
		acf = &m.AdmissionConfirmSequence[0]
	}
	if acf == nil {
		return h323.Admitted{}, refusal(m, nil)
	}
	// What goes on in the SETUP are tokens for the other end, not what proves the
	// ACF itself.
	told := *acf
	acf = &told
	authentication.Carrier{Tokens: &told.Tokens, CryptoTokens: &told.CryptoTokens}.Strip()
	to, _ := acf.DestCallSignalAddress.AddrPort()
	got := h323.Admitted{
		Signal: to, Called: acf.DestinationInfo, Routed: acf.CallModel.GatekeeperRouted != nil,
		BitRate: 100 * int(acf.BandWidth), Confirm: acf,
	}
	if got.Routed {
		got.Endpoint = id
	}
	return got, nil
}

func bandwidthRequest(id h225.CallIdentifier, bitRate int) *h225.RasMessage {
	return &h225.RasMessage{BandwidthRequest: &h225.BandwidthRequest{
		BandWidth: h225.BandWidth((bitRate + 99) / 100), CallIdentifier: &h225.CallIdentifier{GUID: id.GUID},
	}}
}

func disengageRequest(d h323.Disengagement) *h225.RasMessage {
	return &h225.RasMessage{DisengageRequest: &h225.DisengageRequest{
		ConferenceID: d.Conference, CallReferenceValue: h225.CallReferenceValue(d.Reference),
		DisengageReason: d.Reason, CallIdentifier: &h225.CallIdentifier{GUID: d.Call.GUID}, AnsweredCall: &d.Answer,
	}}
}
