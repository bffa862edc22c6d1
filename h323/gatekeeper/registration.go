package gatekeeper

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// register answers an RRQ: full, lightweight, or additive (H.225.0 clause 7.9).
func (z *zone) register(now time.Time, r *request, m *h225.RegistrationRequest) *h225.RasMessage {
	switch {
	case h225.Version(m.ProtocolIdentifier) == 0:
		return z.refuse(r, h225.RegistrationRejectReason{InvalidRevision: &per.Null{}})
	case m.GatekeeperIdentifier != "" && folded(string(m.GatekeeperIdentifier)) != folded(string(z.cfg.Identifier)):
		// It looks for another that was here.
		return z.refuse(r, h225.RegistrationRejectReason{DiscoveryRequired: &per.Null{}})
	case m.KeepAlive != nil && *m.KeepAlive:
		return z.renew(now, r, m)
	case m.AdditiveRegistration != nil:
		return z.add(now, r, m)
	}
	return z.registerFully(now, r, m)
}

// refuse is the RRJ.
func (z *zone) refuse(r *request, reason h225.RegistrationRejectReason) *h225.RasMessage {
	z.stats.Refused++
	if reason.FullRegistrationRequired == nil { // which is routine, after a restart of ours
		z.tellRefused(r, &reason)
	}
	return &h225.RasMessage{RegistrationReject: &h225.RegistrationReject{
		RequestSeqNum: r.seq, ProtocolIdentifier: h225.Protocol, GatekeeperIdentifier: z.cfg.Identifier, RejectReason: reason,
	}}
}

// renew takes a keep-alive. One that cannot be proved is answered as one that is
// not known: the full RRQ that it makes the endpoint send tells more.
func (z *zone) renew(now time.Time, r *request, m *h225.RegistrationRequest) *h225.RasMessage {
	e, why := z.known(now, r, m.EndpointIdentifier)
	if why != "" || !z.moved(r, e) && !z.sameRAS(e, r, m) {
		return z.refuse(r, h225.RegistrationRejectReason{FullRegistrationRequired: &per.Null{}})
	}
	z.from(e, r.datagram.Remote)
	e.local = r.datagram.Local
	return z.confirm(r, e, m, false)
}

// sameRAS tells whether a keep-alive names the address that was registered.
func (z *zone) sameRAS(e *endpoint, r *request, m *h225.RegistrationRequest) bool {
	if len(m.RASAddress) == 0 {
		return true
	}
	return z.rasAddress(r, m) == e.ras
}

// add takes further aliases of an endpoint.
func (z *zone) add(now time.Time, r *request, m *h225.RegistrationRequest) *h225.RasMessage {
	e, why := z.known(now, r, m.EndpointIdentifier)
	if why != "" {
		return z.refuse(r, h225.RegistrationRejectReason{FullRegistrationRequired: &per.Null{}})
	}
	if reason := z.judgeAliases(r, e, e.user, e.address, m.TerminalAlias); reason != nil {
		return z.refuse(r, named(m, reason))
	}
	aliases := slices.Clone(e.aliases)
	for _, a := range m.TerminalAlias {
		if z.aliases[folded(ras.AliasText(a))] != e {
			aliases = append(aliases, a)
		}
	}
	if len(aliases) > maxAliases {
		return z.refuse(r, h225.RegistrationRejectReason{ResourceUnavailable: &per.Null{}})
	}
	z.name(e, aliases)
	z.emit(changed{e.registration(), false})
	return z.confirm(r, e, m, true)
}

// registerFully takes a new endpoint, or an old one anew.
func (z *zone) registerFully(now time.Time, r *request, m *h225.RegistrationRequest) *h225.RasMessage {
	u := z.userOf(m.TerminalAlias)
	if u == nil && z.cfg.UsersOnly {
		z.stats.Unauthentic++
		r.why = "none of " + quoted(m.TerminalAlias) + " is a user's"
		return z.refuse(r, h225.RegistrationRejectReason{SecurityDenial: &per.Null{}})
	}
	if u != nil {
		if why := z.prove(now, r, u, z.endpoints[trimmed(m.EndpointIdentifier)]); why != "" {
			z.stats.Unauthentic++
			r.why = "user " + u.Name + ": " + why
			return z.refuse(r, h225.RegistrationRejectReason{SecurityDenial: &per.Null{}})
		}
	}
	signal, address := z.signalAddress(r, m)
	at := z.rasAddress(r, m)
	traverses := r.datagram.Tunnel || z.traversable(m.FeatureSet)
	if traverses {
		signal, address = traversalAddresses(r, m)
		at = address
	}
	switch {
	case m.TerminalType.Gatekeeper != nil:
		return z.refuse(r, h225.RegistrationRejectReason{InvalidTerminalType: &per.Null{}})
	case len(signal) == 0:
		return z.refuse(r, h225.RegistrationRejectReason{InvalidCallSignalAddress: &per.Null{}})
	case !at.IsValid():
		return z.refuse(r, h225.RegistrationRejectReason{InvalidRASAddress: &per.Null{}})
	}
	if other := z.addresses[address]; other != nil && other.tunnel != r.datagram.Tunnel {
		// Chance, or somebody who would be called in the place of the other.
		return z.refuse(r, h225.RegistrationRejectReason{InvalidCallSignalAddress: &per.Null{}})
	}
	old := z.sameEndpoint(u, trimmed(m.EndpointIdentifier), address, at)
	if old != nil && old.tunnel != r.datagram.Tunnel {
		old = nil
	}
	if old == nil && traverses {
		old = z.sameTraversing(r, u, m)
	}
	if reason := z.judgeAliases(r, old, u, address, m.TerminalAlias); reason != nil {
		return z.refuse(r, named(m, reason))
	}
	if z.full(old, u, r.datagram.Remote.Addr()) {
		z.stats.OverLimit++
		return z.refuse(r, h225.RegistrationRejectReason{ResourceUnavailable: &per.Null{}})
	}
	e := z.enter(now, r, old, m.Restart != nil)
	e.user, e.local, e.ras = r.user, r.datagram.Local, at
	e.signs = r.method == authentication.HMACSHA196
	e.signal, e.kind, e.traverses = signal, m.TerminalType, traverses
	e.secure = z.secureAddress(r, m, traverses)
	e.tunnel = r.datagram.Tunnel
	e.version, e.product = h225.Version(m.ProtocolIdentifier), product(&m.EndpointVendor)
	z.place(e, address, z.prefixes(r, &m.TerminalType))
	z.name(e, m.TerminalAlias)
	if e.life = z.life(m.TimeToLive); traverses {
		// The keep-alives hold the way to it open, whatever it asks for.
		e.life = min(traversalLife, z.cfg.TimeToLive)
	}
	e.seen(now)
	z.emit(changed{e.registration(), false})
	return z.confirm(r, e, m, true)
}

// sameEndpoint finds the registration that an endpoint renews in full, or has
// forgotten by a restart.
func (z *zone) sameEndpoint(u *user, id h225.EndpointIdentifier, signal, at netip.AddrPort) *endpoint {
	if e := z.endpoints[id]; e != nil && e.user == u && (e.ras == at || e.address == signal) {
		return e
	}
	if e := z.addresses[signal]; e != nil && e.user == u {
		return e
	}
	return nil
}

func (z *zone) full(old *endpoint, u *user, source netip.Addr) bool {
	most := maxEndpoints
	if u == nil {
		most = maxUnproved
	}
	return old == nil && (len(z.endpoints) >= most || z.sources[ras.Source(source)] >= maxEndpointsPerSource)
}

// enter makes the endpoint's record, or the old one fit for its source.
func (z *zone) enter(now time.Time, r *request, old *endpoint, restarted bool) *endpoint {
	if old != nil {
		if restarted {
			z.dropCallsOf(now, old)
		}
		z.from(old, r.datagram.Remote)
		return old
	}
	e := &endpoint{id: z.identifier(), source: r.datagram.Remote, since: now, calls: map[h225.GloballyUniqueID]*call{}}
	z.endpoints[e.id] = e
	z.sources[ras.Source(e.source.Addr())]++
	z.stats.Registrations++
	return e
}

// from notes where an endpoint sends from now on.
func (z *zone) from(e *endpoint, source netip.AddrPort) {
	z.sources[ras.Source(source.Addr())]++
	z.leave(e.source)
	e.source = source
}

// leave takes a registration off those of its source.
func (z *zone) leave(source netip.AddrPort) {
	key := ras.Source(source.Addr())
	if z.sources[key]--; z.sources[key] <= 0 {
		delete(z.sources, key)
	}
}

// place notes where an endpoint is called, and by which prefixes.
func (z *zone) place(e *endpoint, at netip.AddrPort, prefixes []string) {
	if z.addresses[e.address] == e {
		delete(z.addresses, e.address)
	}
	e.address, e.prefixes = at, prefixes
	z.addresses[at] = e
	delete(z.gateways, e)
	if len(prefixes) > 0 {
		z.gateways[e] = struct{}{}
	}
}

// identifier is chance: who does not see an endpoint's messages must not be able
// to speak in its name.
func (z *zone) identifier() h225.EndpointIdentifier {
	for {
		id := h225.EndpointIdentifier(fmt.Sprintf("%08x%08x", z.cfg.Random(), z.cfg.Random()))
		if z.endpoints[id] == nil {
			return id
		}
	}
}

// signalAddress returns the addresses that are kept, and the first that can be
// called. Who proved nothing can only be called where it sends from: else calls
// could be led to any host.
func (z *zone) signalAddress(r *request, m *h225.RegistrationRequest) (kept []h225.TransportAddress, first netip.AddrPort) {
	for _, t := range m.CallSignalAddress[:min(len(m.CallSignalAddress), maxAddresses)] {
		a, ok := t.AddrPort()
		if !ok || !callable(a) || !z.believable(r, a.Addr()) {
			continue
		}
		if !first.IsValid() || a.Addr() == r.datagram.Remote.Addr() && first.Addr() != a.Addr() {
			first = a
		}
		kept = append(kept, t)
	}
	return kept, first
}

// rasAddress is where the endpoint is asked: what it tells, if that can be
// believed, else where it sends from, which is what reaches it behind a NAT.
func (z *zone) rasAddress(r *request, m *h225.RegistrationRequest) netip.AddrPort {
	for _, t := range m.RASAddress[:min(len(m.RASAddress), maxAddresses)] {
		if a, ok := t.AddrPort(); ok && callable(a) && a.Addr() == r.datagram.Remote.Addr() {
			return a
		}
	}
	return r.datagram.Remote
}

func (z *zone) believable(r *request, a netip.Addr) bool {
	return r.proved || z.cfg.Foreign || a == r.datagram.Remote.Addr()
}

// prefixes of a gateway are believed as aliases are: of an unproved one, those
// that lead to nobody's alias.
func (z *zone) prefixes(r *request, t *h225.EndpointType) []string {
	all := prefixesOf(t)
	if r.proved {
		return all
	}
	return slices.DeleteFunc(all, func(p string) bool {
		for alias := range z.users {
			if strings.HasPrefix(alias, p) {
				return true
			}
		}
		return false
	})
}

// judgeAliases returns why aliases cannot be had; nil: they can. The request gets
// who has them, for the log.
func (z *zone) judgeAliases(r *request, old *endpoint, u *user, at netip.AddrPort, aliases []h225.AliasAddress) *h225.RegistrationRejectReason {
	if len(aliases) > maxAliases {
		r.why = "too many aliases"
		return &h225.RegistrationRejectReason{ResourceUnavailable: &per.Null{}}
	}
	var taken []h225.AliasAddress
	for i, a := range aliases {
		text := folded(ras.AliasText(a))
		switch {
		case text == "": // of a kind that nobody dials, as a mobile's identity
		case len(text) > maxAliasLength:
			r.why = quoted(aliases[i:i+1]) + " is too long"
			return invalid(aliases[i : i+1])
		case u != nil && !u.may(text):
			r.why = quoted(aliases[i:i+1]) + " is none of user " + u.Name + "'s"
			return invalid(aliases[i : i+1])
		case z.ownerOf(text, old, u, at) != "":
			if taken == nil {
				r.why = quoted(aliases[i:i+1]) + " is " + z.ownerOf(text, old, u, at)
			}
			taken = append(taken, a)
		}
	}
	if taken != nil {
		return &h225.RegistrationRejectReason{DuplicateAlias: taken}
	}
	return nil
}

func invalid(aliases []h225.AliasAddress) *h225.RegistrationRejectReason {
	return &h225.RegistrationRejectReason{InvalidTerminalAliases: &h225.InvalidTerminalAliases{TerminalAlias: aliases}}
}

// named is a reason as the endpoint that sent m knows it: which aliases are wrong,
// endpoints before version 4 cannot be told.
func named(m *h225.RegistrationRequest, reason *h225.RegistrationRejectReason) h225.RegistrationRejectReason {
	if reason.InvalidTerminalAliases != nil && h225.Version(m.ProtocolIdentifier) < 4 {
		return h225.RegistrationRejectReason{InvalidAlias: &per.Null{}}
	}
	return *reason
}

// ownerOf returns whose an alias is, in words; "": an endpoint may have it.
func (z *zone) ownerOf(text string, old *endpoint, u *user, at netip.AddrPort) string {
	owner := z.aliases[text]
	switch {
	case z.users[text] != nil && z.users[text] != u:
		return "user " + z.users[text].Name + "'s"
	case z.cfg.Reserved != nil && z.cfg.Reserved(text):
		return "a conference's"
	case z.isStatic(text):
		return "configured for another"
	case owner != nil && owner != old && !gives(owner, u, at):
		return "that of " + owner.address.String()
	}
	return ""
}

// gives tells whether an endpoint's alias goes to a new endpoint: a user's new one
// takes the place of the old one, as does, where nothing was proved, one at the
// same address; of others, the first has it.
func gives(owner *endpoint, u *user, at netip.AddrPort) bool {
	if owner.user != nil {
		return owner.user == u
	}
	return owner.address == at
}

func (z *zone) isStatic(alias string) bool {
	return slices.ContainsFunc(z.cfg.Static, func(s Static) bool { return folded(s.Alias) == alias })
}

// name gives an endpoint its aliases, and takes them from whom had them.
func (z *zone) name(e *endpoint, aliases []h225.AliasAddress) {
	for _, a := range e.aliases {
		if key := folded(ras.AliasText(a)); z.aliases[key] == e {
			delete(z.aliases, key)
		}
	}
	e.aliases = nil
	for _, a := range aliases {
		key := folded(ras.AliasText(a))
		if key == "" {
			continue
		}
		if other := z.aliases[key]; other != nil && other != e {
			other.aliases = slices.DeleteFunc(other.aliases, func(a h225.AliasAddress) bool { return folded(ras.AliasText(a)) == key })
		}
		if z.aliases[key] != e {
			z.aliases[key] = e
			e.aliases = append(e.aliases, a)
		}
	}
}

// life is what is granted; endpoints of version 1 do not know of it.
func (z *zone) life(asked *h225.TimeToLive) time.Duration {
	if asked == nil {
		return 0
	}
	return min(max(time.Duration(*asked)*time.Second, shortestLife), z.cfg.TimeToLive)
}

// confirm is the RCF.
func (z *zone) confirm(r *request, e *endpoint, m *h225.RegistrationRequest, full bool) *h225.RasMessage {
	willRespond, maintain := true, false
	rcf := &h225.RegistrationConfirm{
		RequestSeqNum: r.seq, ProtocolIdentifier: h225.Protocol, GatekeeperIdentifier: z.cfg.Identifier,
		EndpointIdentifier: e.id, WillRespondToIRR: &willRespond, MaintainConnection: &maintain,
	}
	if e.life > 0 {
		life := h225.TimeToLive(e.life / time.Second)
		rcf.TimeToLive = &life
	}
	rcf.PreGrantedARQ = z.preGranted(e)
	switch {
	case e.traverses:
		rcf.CallSignalAddress = []h225.TransportAddress{h225.TransportAddressOf(z.carrier(r.datagram.Local))}
	case z.cfg.Signal.IsValid():
		rcf.CallSignalAddress = []h225.TransportAddress{h225.TransportAddressOf(z.signal(r))}
	}
	if !full {
		return &h225.RasMessage{RegistrationConfirm: rcf}
	}
	rcf.TerminalAlias = e.aliases
	rcf.SupportsAdditiveRegistration = &per.Null{}
	if m.SupportsAltGK != nil {
		rcf.AlternateGatekeeper = z.alternates()
	}
	rcf.FeatureSet = z.features(r, m.FeatureSet)
	return &h225.RasMessage{RegistrationConfirm: rcf}
}

// product is what the vendor tells, as text.
func product(v *h225.VendorIdentifier) string {
	text := strings.TrimRight(string(v.ProductID), "\x00") + " " + strings.TrimRight(string(v.VersionID), "\x00")
	return strings.TrimSpace(strings.ToValidUTF8(text, "?"))
}
