package ras

import (
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
)

// receive takes a datagram.
func (e *endpoint) receive(now time.Time, d Datagram) *h225.RasMessage {
	e.stats.Received++
	if !e.pace.Allow(now, d.Remote.Addr()) {
		e.stats.OverLimit++
		return nil
	}
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(d.Data, m); err != nil {
		e.stats.Malformed++
		return nil
	}
	if x, request, ok := e.transactions.Match(d.Remote.Addr(), m); ok {
		if !e.authentic(now, d, m) {
			e.stats.Unauthentic++
			return m
		}
		e.answered(now, d.Remote, x, request, m)
		return m
	}
	// Only the gatekeeper may ask us, and nobody multicasts to endpoints.
	if d.Group || len(e.gatekeepers) == 0 || d.Remote.Addr() != e.gatekeepers[0].address.Addr() {
		e.stats.Unexpected++
		return m
	}
	e.asked(now, d, m)
	return m
}

// confirms tells whether something is granted by the message, or demanded.
func confirms(m *h225.RasMessage) bool {
	return m.RegistrationConfirm != nil || m.UnregistrationRequest != nil || m.AdmissionConfirm != nil ||
		m.BandwidthConfirm != nil || m.BandwidthRequest != nil || m.DisengageRequest != nil ||
		m.LocationConfirm != nil || len(m.AdmissionConfirmSequence) > 0 || m.InfoRequest != nil ||
		m.ServiceControlIndication != nil
}

// answered takes the answer to a request of ours.
func (e *endpoint) answered(now time.Time, from netip.AddrPort, x exchange, request, m *h225.RasMessage) {
	if m.RequestInProgress != nil {
		e.transactions.Extend(now, x.seq, time.Duration(m.RequestInProgress.Delay)*time.Millisecond)
		return
	}
	e.transactions.End(x.seq)
	switch {
	case x.kind == forReport:
		if nak := m.InfoRequestNak; nak != nil && nak.NakReason.NotRegistered != nil {
			e.wake = now // it has forgotten us: the renewal finds out
		}
	case x.kind == forUnregistration:
		e.emit(closed{})
	case m.UnknownMessageResponse != nil:
		e.refused(now, x, nil, ErrNotUnderstood)
	case m.GatekeeperConfirm != nil:
		e.discovered(now, from, m.GatekeeperConfirm)
	case m.GatekeeperReject != nil && request.GatekeeperRequest != nil && !e.cfg.Gatekeeper.IsValid():
		// One of those that heard the group; another may want us, so wait on.
		e.transactions.Begin(now, request, Datagram{Remote: netip.AddrPortFrom(DiscoveryGroup, DiscoveryPort)},
			Patience{Timeout: time.Second}, x)
	case m.RegistrationConfirm != nil:
		e.registered(now, m.RegistrationConfirm, x.kind == forRenewal)
	case m.GatekeeperReject != nil, m.RegistrationReject != nil:
		e.rejected(now, m, x.kind)
	default:
		e.refused(now, x, m, nil)
	}
}

// refused ends an exchange with what came of it, but for an operation that a
// rejection sends elsewhere.
func (e *endpoint) refused(now time.Time, x exchange, m *h225.RasMessage, err error) {
	if x.op == nil {
		switch x.kind {
		case forUnregistration:
			e.emit(closed{})
			return
		case forReport:
			return
		}
		e.loseRegistration(now, err.Error())
		e.alternate(now, true)
		return
	}
	if m != nil && (e.redirected(now, x.op, m) || e.doubts(now, x.op, m)) {
		return
	}
	e.emit(finish{x.op, m, err})
}

// redirected follows altGKInfo of a rejection (H.225.0).
func (e *endpoint) redirected(now time.Time, op *operation, m *h225.RasMessage) bool {
	info := altGKInfo(m)
	if info == nil || op.to.IsValid() {
		return false
	}
	list := e.listed(info.AlternateGatekeeper)
	if len(list) == 0 || op.gone || op.attempts >= maxAttempts {
		return false
	}
	if !info.AltGKisPermanent && !list[0].needToRegister {
		op.attempts++
		e.send(now, list[0].address, op)
		return true
	}
	if !info.AltGKisPermanent {
		list = append(list, e.gatekeepers...)
	}
	if !e.again(op) {
		return false
	}
	e.loseRegistration(now, "sent to another gatekeeper")
	e.gatekeepers = list
	e.register(now)
	return true
}

// asked takes a request of the gatekeeper.
func (e *endpoint) asked(now time.Time, d Datagram, m *h225.RasMessage) {
	n, ok := m.SequenceNumber()
	if _, request := PatienceOf(m); ok && !request {
		e.stats.Unexpected++ // an answer to nothing, or one that came twice
		return
	}
	key := e.answers.Key(d, n)
	if data, duplicate := e.answers.Begin(now, key); duplicate {
		if data != nil {
			e.emit(transmit{datagram: Datagram{Local: d.Local, Remote: d.Remote, Data: data}})
		}
		return
	}
	if !e.authentic(now, d, m) {
		e.stats.Unauthentic++
		return
	}
	reply := e.answer(now, d, m)
	if reply == nil {
		return
	}
	data, err := e.sign(now, reply)
	if err != nil {
		return
	}
	e.answers.Keep(key, data)
	e.emit(transmit{Datagram{Local: d.Local, Remote: e.replyTo(d, m), Data: data}, reply})
	if m.UnregistrationRequest != nil {
		e.unregistered(now, m.UnregistrationRequest)
	}
}

// replyTo is where an answer goes: IRQ may name another port of the asker, but no
// other host, on which we would be set.
func (e *endpoint) replyTo(d Datagram, m *h225.RasMessage) netip.AddrPort {
	if m.InfoRequest == nil || m.InfoRequest.ReplyAddress == nil {
		return d.Remote
	}
	to, ok := m.InfoRequest.ReplyAddress.AddrPort()
	if !ok || to.Addr() != d.Remote.Addr() || to.Port() == 0 {
		return d.Remote
	}
	return to
}

func (e *endpoint) answer(now time.Time, d Datagram, m *h225.RasMessage) *h225.RasMessage {
	switch {
	case m.UnregistrationRequest != nil:
		r := m.UnregistrationRequest
		if e.status.State != Registered || r.EndpointIdentifier != "" && r.EndpointIdentifier != e.endpointID {
			return &h225.RasMessage{UnregistrationReject: &h225.UnregistrationReject{
				RequestSeqNum: r.RequestSeqNum, RejectReason: h225.UnregRejectReason{NotCurrentlyRegistered: &per.Null{}},
			}}
		}
		return &h225.RasMessage{UnregistrationConfirm: &h225.UnregistrationConfirm{RequestSeqNum: r.RequestSeqNum}}
	case m.DisengageRequest != nil:
		return e.disengaged(m.DisengageRequest)
	case m.InfoRequest != nil:
		return &h225.RasMessage{InfoRequestResponse: e.info(m.InfoRequest)}
	case m.BandwidthRequest != nil:
		return e.bandwidthOrdered(m.BandwidthRequest)
	case m.ServiceControlIndication != nil:
		e.emit(service{m.ServiceControlIndication})
		return &h225.RasMessage{ServiceControlResponse: &h225.ServiceControlResponse{
			RequestSeqNum: m.ServiceControlIndication.RequestSeqNum,
		}}
	}
	return NotUnderstood(m, d.Data)
}

// NotUnderstood is the answer to a request that is not understood, nil where it
// must not be answered.
func NotUnderstood(m *h225.RasMessage, octets []byte) *h225.RasMessage {
	if m.UnknownMessageResponse != nil {
		return nil
	}
	n, ok := m.SequenceNumber()
	if !ok {
		n = 1
	}
	return &h225.RasMessage{UnknownMessageResponse: &h225.UnknownMessageResponse{
		RequestSeqNum: n, MessageNotUnderstood: octets[:min(len(octets), maxReturned)],
	}}
}

// unregistered turns to the gatekeeper anew, or to those that it names.
func (e *endpoint) unregistered(now time.Time, r *h225.UnregistrationRequest) {
	if e.status.State != Registered || r.EndpointIdentifier != "" && r.EndpointIdentifier != e.endpointID {
		return
	}
	why := "unregistered by the gatekeeper"
	if r.Reason != nil {
		why += ": " + choiceName(r.Reason)
	}
	known := r.EndpointIdentifier == e.endpointID
	e.loseRegistration(now, why)
	// Where to go instead is only believed of one that knows the identifier: the
	// source of a datagram is easily forged, and would lead all calls away.
	if list := e.listed(r.AlternateGatekeeper); len(list) > 0 && known {
		e.gatekeepers = append(list, e.gatekeepers...)
		e.register(now)
		return
	}
	e.retry(now)
}

// disengaged takes a DRQ: the call shall end (H.323 clause 8.5).
func (e *endpoint) disengaged(r *h225.DisengageRequest) *h225.RasMessage {
	found := false
	for _, answer := range [...]bool{false, true} {
		if r.CallIdentifier == nil || r.AnsweredCall != nil && *r.AnsweredCall != answer {
			continue
		}
		key := callKey{r.CallIdentifier.GUID, answer}
		if call, ok := e.calls[key]; ok {
			found = true
			delete(e.calls, key)
			if call.OnDisengaged != nil {
				e.emit(dropped{call.OnDisengaged})
			}
		}
	}
	if !found {
		return &h225.RasMessage{DisengageReject: &h225.DisengageReject{
			RequestSeqNum: r.RequestSeqNum, RejectReason: h225.DisengageRejectReason{RequestToDropOther: &per.Null{}},
		}}
	}
	return &h225.RasMessage{DisengageConfirm: &h225.DisengageConfirm{RequestSeqNum: r.RequestSeqNum}}
}

// bandwidthOrdered takes a gatekeeper's BRQ: what a call is to keep to, which an
// endpoint has to obey where it is less than before (H.225.0 clause 7.12).
func (e *endpoint) bandwidthOrdered(r *h225.BandwidthRequest) *h225.RasMessage {
	found := false
	for _, answer := range [...]bool{false, true} {
		if r.CallIdentifier == nil || r.AnsweredCall != nil && *r.AnsweredCall != answer {
			continue
		}
		call := e.calls[callKey{r.CallIdentifier.GUID, answer}]
		if call == nil {
			continue
		}
		found = true
		call.bitRate = 100 * int(r.BandWidth)
		if call.OnBandwidth != nil {
			e.emit(ordered{call.OnBandwidth, call.bitRate})
		}
	}
	if !found {
		return &h225.RasMessage{BandwidthReject: &h225.BandwidthReject{
			RequestSeqNum: r.RequestSeqNum, RejectReason: h225.BandRejectReason{InvalidConferenceID: &per.Null{}},
		}}
	}
	return &h225.RasMessage{BandwidthConfirm: &h225.BandwidthConfirm{RequestSeqNum: r.RequestSeqNum, BandWidth: r.BandWidth}}
}
