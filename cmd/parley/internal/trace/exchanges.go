package trace

import (
	"net/netip"

	"parley/h323"
	"parley/h323/h225"
)

// maxExchanges bounds the requests of RAS whose answers are awaited: most come
// within seconds, and some never.
const maxExchanges = 256

// exchanges know which call a message of RAS is about: a request says it, its
// answer has the request's number alone (H.225.0 clause 7.6). The zero value is
// ready for use.
type exchanges struct {
	calls map[exchange]h225.CallIdentifier
	order [maxExchanges]exchange // a ring of those in calls
	next  int
}

// exchange is one request and its answer.
type exchange struct {
	from, to netip.AddrPort // of the request
	number   h225.RequestSeqNum
}

// call returns the call that a message is about; zero: none, or not known.
func (x *exchanges) call(t *h323.Traced) h225.CallIdentifier {
	m, ok := t.Message.(*h225.RasMessage)
	if !ok || t.Call.GUID != (h225.GloballyUniqueID{}) {
		return t.Call
	}
	number, ok := m.SequenceNumber()
	if !ok {
		return t.Call
	}
	from, to := t.Local, t.Remote
	if !t.Sent {
		from, to = to, from
	}
	id := callOf(m)
	if id == nil {
		return x.calls[exchange{to, from, number}]
	}
	x.keep(exchange{from, to, number}, *id)
	return *id
}

func (x *exchanges) keep(e exchange, id h225.CallIdentifier) {
	if x.calls == nil {
		x.calls = make(map[exchange]h225.CallIdentifier)
	}
	if _, known := x.calls[e]; !known {
		delete(x.calls, x.order[x.next])
		x.order[x.next] = e
		x.next = (x.next + 1) % maxExchanges
	}
	x.calls[e] = id
}

// callOf is the call that a request names; nil: none. An InfoRequestResponse is
// that of its first call.
func callOf(m *h225.RasMessage) *h225.CallIdentifier {
	switch {
	case m.AdmissionRequest != nil:
		return m.AdmissionRequest.CallIdentifier
	case m.BandwidthRequest != nil:
		return m.BandwidthRequest.CallIdentifier
	case m.DisengageRequest != nil:
		return m.DisengageRequest.CallIdentifier
	case m.LocationRequest != nil:
		return m.LocationRequest.CallIdentifier
	case m.InfoRequest != nil:
		return m.InfoRequest.CallIdentifier
	case m.InfoRequestResponse != nil && len(m.InfoRequestResponse.PerCallInfo) > 0:
		return m.InfoRequestResponse.PerCallInfo[0].CallIdentifier
	}
	return nil
}
