package gatekeeper

import (
	"net/netip"
	"strings"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/per"
	"parley/h323/ras"
)

// search is for where an alias or address leads.
type search struct {
	aliases []h225.AliasAddress
	address netip.AddrPort // of call signalling, where the caller knows it
	caller  Caller
	call    h225.GloballyUniqueID
	hops    uint8
	from    *Neighbour // that asked; it is not asked back
	local   bool       // do not ask neighbours
	// stranger is who searches without being ours or a neighbour's. Prefixes of
	// gateways do not count: strangers would telephone at their owner's expense.
	stranger bool
}

// target is where a search led.
type target struct {
	signal  netip.AddrPort
	secure  netip.AddrPort // the same over TLS; invalid: not, or not known
	ras     netip.AddrPort // of the gatekeeper that knows it; invalid: ours
	aliases []h225.AliasAddress
	kind    *h225.EndpointType
	// only tells that nothing but aliases is to be called, whatever else the caller
	// asks for.
	only bool
}

// find looks where no time is needed: endpoints, static aliases, gateways.
func (z *zone) find(s *search) (target, bool) {
	for i, a := range s.aliases[:min(len(s.aliases), maxAliases)] {
		found, ok := z.named(ras.AliasText(a))
		switch {
		case ok && s.stranger:
			found.aliases, found.only = s.aliases[i:i+1], true
			return found, true
		case ok:
			found.aliases = s.aliases
			return found, true
		}
	}
	if s.stranger {
		return target{}, false
	}
	for _, a := range s.aliases[:min(len(s.aliases), maxAliases)] {
		text := folded(ras.AliasText(a))
		if z.cfg.Reserved != nil && z.cfg.Reserved(text) {
			continue // whoever registers a prefix does not get a conference's callers
		}
		if e := z.gatewayFor(text); e != nil {
			return e.target(s.aliases), true
		}
	}
	if s.address.IsValid() && len(s.aliases) == 0 {
		if e := z.addresses[s.address]; e != nil {
			return e.target(nil), true
		}
		if z.cfg.Unregistered != UnregisteredRefuse && callable(s.address) && !s.address.Addr().Unmap().IsLoopback() {
			// By loopback, whoever calls in routed mode would reach our own services.
			return target{signal: s.address}, true
		}
	}
	return target{}, false
}

// named returns where to call who has a name or number, registered or configured.
func (z *zone) named(alias string) (target, bool) {
	text := folded(alias)
	if e := z.aliases[text]; e != nil {
		return e.target(nil), true
	}
	for _, known := range z.cfg.Static {
		if folded(known.Alias) == text {
			return target{signal: known.Address}, true
		}
	}
	return target{}, false
}

// lookup is a search that takes time: the directory is asked first, then the
// neighbours, the longest prefix first.
type lookup struct {
	request *request // nil: of this process's endpoint
	search  search
	then    func(time.Time, target, bool) *h225.RasMessage
	source  netip.Addr
	left    []*Neighbour // to ask yet
	began   time.Time
	waits   time.Time // when the requester is to be told to wait
}

func (l *lookup) due() time.Time {
	if end := l.began.Add(lookupTime); end.Before(l.waits) {
		return end
	}
	return l.waits
}

// look begins a lookup, whose answer comes later; or answers at once, where there
// is nobody to ask.
func (z *zone) look(now time.Time, r *request, s search, then func(time.Time, target, bool) *h225.RasMessage) *h225.RasMessage {
	l := &lookup{request: r, search: s, then: then, began: now, waits: now.Add(patience), left: z.neighboursFor(&s)}
	directory := z.cfg.Directory != nil
	if r != nil {
		l.source = ras.Source(r.datagram.Remote.Addr())
	} else {
		directory = false // this process's endpoint is the directory's
	}
	switch {
	case len(s.aliases) == 0, !directory && len(l.left) == 0, z.looped(&s):
		return then(now, target{}, false)
	case len(z.lookups) >= maxLookups, z.searching[l.source] >= maxLookupsPerSource, l.strange() && z.strange >= maxStrangeLookups:
		z.stats.OverLimit++
		return then(now, target{}, false)
	}
	z.lookupID++
	z.lookups[z.lookupID] = l
	z.count(l, 1)
	if directory {
		z.emit(locate{z.lookupID, s.aliases, s.caller})
		return nil
	}
	z.askNeighbour(now, z.lookupID, l)
	return nil
}

// looped tells whether the same call's search is already under way: it came back
// by a ring of neighbours.
func (z *zone) looped(s *search) bool {
	if s.from == nil || s.call == (h225.GloballyUniqueID{}) {
		return false
	}
	for _, l := range z.lookups {
		if l.search.call == s.call {
			return true
		}
	}
	return false
}

// strange tells that it is of who is neither registered nor a neighbour.
func (l *lookup) strange() bool {
	return l.request != nil && l.search.from == nil && l.search.caller.Endpoint == ""
}

// count adds a lookup to those of its kind, or takes it off.
func (z *zone) count(l *lookup, by int) {
	if l.strange() {
		z.strange += by
	}
	if z.searching[l.source] += by; z.searching[l.source] == 0 {
		delete(z.searching, l.source)
	}
}

// located takes the directory's answer.
func (z *zone) located(now time.Time, id uint64, to Located, ok bool) {
	l := z.lookups[id]
	if l == nil {
		return
	}
	if ok && callable(to.Signal) {
		z.finish(now, id, target{signal: to.Signal, secure: to.Secure, aliases: l.search.aliases}, true)
		return
	}
	z.askNeighbour(now, id, l)
}

// neighboursFor returns whom to ask: by the longest prefix that fits.
func (z *zone) neighboursFor(s *search) []*Neighbour {
	if s.local || s.hops == 0 {
		return nil
	}
	var fit []*Neighbour
	longest := 0
	for _, a := range s.aliases[:min(len(s.aliases), maxAliases)] {
		text := folded(ras.AliasText(a))
		for i := range z.cfg.Neighbours {
			n := &z.cfg.Neighbours[i]
			for _, p := range n.Prefixes {
				if n == s.from || !strings.HasPrefix(text, folded(p)) || len(p) < longest {
					continue
				}
				if len(p) > longest {
					fit, longest = nil, len(p)
				}
				fit = append(fit, n)
			}
		}
	}
	return fit
}

// askNeighbour sends the LRQ to the next neighbour.
func (z *zone) askNeighbour(now time.Time, id uint64, l *lookup) {
	for len(l.left) > 0 {
		n := l.left[0]
		l.left = l.left[1:]
		canMap := true
		lrq := &h225.LocationRequest{
			DestinationInfo: l.search.aliases, ReplyAddress: h225.TransportAddressOf(z.cfg.told(z.own(n.Address), n.Address.Addr())),
			SourceInfo: l.search.caller.Aliases, CanMapAlias: &canMap, GatekeeperIdentifier: z.cfg.Identifier, HopCount: &l.search.hops,
		}
		if l.search.call != (h225.GloballyUniqueID{}) {
			lrq.CallIdentifier = &h225.CallIdentifier{GUID: l.search.call}
		}
		if z.cfg.TLS {
			lrq.FeatureSet = h460.Support(nil, h460.OfferTLS(netip.AddrPort{}))
		}
		if z.ask(now, ras.Datagram{Remote: n.Address}, &h225.RasMessage{LocationRequest: lrq}, z.proofs[n].signer, string(n.Identifier),
			query{lookup: id, neighbour: n}) {
			return
		}
	}
	z.finish(now, id, target{}, false)
}

// neighbourAnswered takes an LCF or LRJ; nil: there was none.
func (z *zone) neighbourAnswered(now time.Time, q query, m *h225.RasMessage) {
	l := z.lookups[q.lookup]
	if l == nil {
		return
	}
	if m != nil && m.LocationConfirm != nil {
		lcf := m.LocationConfirm
		to, ok := lcf.CallSignalAddress.AddrPort()
		at, _ := lcf.RASAddress.AddrPort()
		if ok && callable(to) {
			aliases := l.search.aliases
			if len(lcf.DestinationInfo) > 0 && len(lcf.DestinationInfo) <= maxAliases {
				aliases = lcf.DestinationInfo
			}
			found := target{signal: to, ras: at, aliases: aliases, kind: lcf.DestinationType}
			if secure, ok := h460.TLSAddress(lcf.FeatureSet); ok && z.cfg.TLS && callable(secure) {
				found.secure = secure
			}
			z.finish(now, q.lookup, found, true)
			return
		}
	}
	z.askNeighbour(now, q.lookup, l)
}

// finish answers the request that a lookup is for.
func (z *zone) finish(now time.Time, id uint64, found target, ok bool) {
	l := z.lookups[id]
	delete(z.lookups, id)
	z.count(l, -1)
	if reply := l.then(now, found, ok); reply != nil {
		z.reply(now, l.request, reply)
	}
}

// waitLookups tells requesters to wait, and ends what took too long.
func (z *zone) waitLookups(now time.Time) {
	for id, l := range z.lookups {
		switch {
		case now.Sub(l.began) >= lookupTime:
			z.finish(now, id, target{}, false)
		case !now.Before(l.waits):
			l.waits = now.Add(inProgress - patience)
			// One answer to a request is all that a stranger's address gets.
			if l.request != nil && !l.request.datagram.Group && !l.strange() {
				z.reply(now, l.request, &h225.RasMessage{RequestInProgress: &h225.RequestInProgress{
					RequestSeqNum: l.request.seq, Delay: uint16(inProgress / time.Millisecond),
				}})
			}
		}
	}
}

// location answers an LRQ (H.225.0 clause 7.13).
func (z *zone) location(now time.Time, r *request, m *h225.LocationRequest) *h225.RasMessage {
	n := z.neighbourAt(r.datagram.Remote.Addr())
	var e *endpoint
	switch {
	case m.EndpointIdentifier != "":
		var why string
		if e, why = z.known(now, r, m.EndpointIdentifier); why != "" {
			return z.notLocated(r, h225.LocationRejectReason{NotRegistered: &per.Null{}})
		}
	case n != nil && n.Password != "":
		if !z.ofNeighbour(now, r.datagram, r.message, n) {
			z.stats.Unauthentic++
			return z.notLocated(r, h225.LocationRejectReason{SecurityDenial: &per.Null{}})
		}
		r.proved, r.signer, r.receiver = true, z.proofs[n].signer, string(n.Identifier)
	case n == nil && z.cfg.Unregistered != UnregisteredLocate:
		return z.notLocated(r, h225.LocationRejectReason{InvalidPermission: &per.Null{}})
	}
	s := search{aliases: h323.WithoutPINs(m.DestinationInfo), caller: z.callerOf(r, e, m.SourceInfo), from: n, hops: 1, local: r.datagram.Group || n == nil && e == nil}
	s.stranger = n == nil && e == nil
	if m.CallIdentifier != nil {
		s.call = m.CallIdentifier.GUID
	}
	switch {
	case m.HopCount != nil:
		s.hops = min(*m.HopCount, hops)
	case e != nil:
		s.hops = hops // its search begins here
	}
	s.hops-- // for the way to us (H.225.0 clause 7.13.1)
	if found, ok := z.find(&s); ok {
		return z.locatedReply(now, r, m, found)
	}
	return z.look(now, r, s, func(now time.Time, found target, ok bool) *h225.RasMessage {
		if !ok {
			return z.notLocated(r, h225.LocationRejectReason{NotRegistered: &per.Null{}})
		}
		return z.locatedReply(now, r, m, found)
	})
}

// notLocated is the LRJ. Nobody rejects what was asked of a group.
func (z *zone) notLocated(r *request, reason h225.LocationRejectReason) *h225.RasMessage {
	if r.datagram.Group {
		return nil
	}
	return &h225.RasMessage{LocationReject: &h225.LocationReject{RequestSeqNum: r.seq, RejectReason: reason}}
}

// locatedReply is the LCF; the call that it is for may come though we admit only
// its end.
func (z *zone) locatedReply(now time.Time, r *request, m *h225.LocationRequest, found target) *h225.RasMessage {
	z.stats.Located++
	if m.CallIdentifier != nil && (m.EndpointIdentifier != "" || z.neighbourAt(r.datagram.Remote.Addr()) != nil) {
		z.grant(now, m.CallIdentifier.GUID)
	}
	signal, at := z.carried(r, nil, found.signal), found.ras
	if z.cfg.Routed {
		signal = z.signal(r)
	}
	if !at.IsValid() {
		at = z.told(r)
	}
	lcf := &h225.LocationConfirm{
		RequestSeqNum: r.seq, CallSignalAddress: h225.TransportAddressOf(signal), RASAddress: h225.TransportAddressOf(at),
	}
	if m.CanMapAlias != nil && *m.CanMapAlias {
		lcf.DestinationInfo = h323.WithPINs(m.DestinationInfo, found.aliases)
	}
	if signal == found.signal {
		lcf.FeatureSet = z.tellSecure(m.FeatureSet, found.secure)
	}
	return &h225.RasMessage{LocationConfirm: lcf}
}
