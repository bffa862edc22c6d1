package gatekeeper

import (
	"slices"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// unregister answers a URQ: of an endpoint, or, where it names some, of aliases
// (H.225.0 clause 7.10.1).
func (z *zone) unregister(now time.Time, r *request, m *h225.UnregistrationRequest) *h225.RasMessage {
	id := trimmed(m.EndpointIdentifier)
	if id == "" { // of version 1
		if e := z.at(m.CallSignalAddress); e != nil {
			id = e.id
		}
	}
	known := z.endpoints[id] != nil
	e, why := z.known(now, r, id)
	if why != "" {
		reason := h225.UnregRejectReason{NotCurrentlyRegistered: &per.Null{}}
		if known {
			reason = h225.UnregRejectReason{SecurityDenial: &per.Null{}}
		}
		return &h225.RasMessage{UnregistrationReject: &h225.UnregistrationReject{RequestSeqNum: r.seq, RejectReason: reason}}
	}
	rest := slices.DeleteFunc(slices.Clone(e.aliases), func(a h225.AliasAddress) bool {
		return slices.ContainsFunc(m.EndpointAlias[:min(len(m.EndpointAlias), maxAliases)], func(gone h225.AliasAddress) bool {
			return folded(ras.AliasText(a)) == folded(ras.AliasText(gone))
		})
	})
	if len(m.EndpointAlias) > 0 && len(rest) > 0 && len(rest) < len(e.aliases) {
		z.name(e, rest)
		z.emit(changed{e.registration(), false})
	} else {
		z.remove(now, e)
	}
	return &h225.RasMessage{UnregistrationConfirm: &h225.UnregistrationConfirm{RequestSeqNum: r.seq}}
}

// at returns the endpoint that has one of the addresses of call signalling.
func (z *zone) at(addresses []h225.TransportAddress) *endpoint {
	for _, t := range addresses[:min(len(addresses), maxAddresses)] {
		a, ok := t.AddrPort()
		if !ok {
			continue
		}
		if e := z.addresses[a]; e != nil {
			return e
		}
	}
	return nil
}
