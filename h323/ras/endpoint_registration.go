package ras

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
)

// discover sends a GRQ, to the group where no address is known (H.323 clause
// 7.2.1).
func (e *endpoint) discover(now time.Time) {
	to := netip.AddrPortFrom(DiscoveryGroup, DiscoveryPort)
	if len(e.gatekeepers) > 0 {
		to = e.gatekeepers[0].address
	}
	e.address(to)
	e.wake = time.Time{}
	e.status.Identifier = e.cfg.Identifier
	e.set(now, Discovering, e.status.Problem)
	grq := &h225.GatekeeperRequest{
		ProtocolIdentifier:   h225.Protocol,
		RASAddress:           h225.TransportAddressOf(e.local),
		EndpointType:         e.cfg.Type,
		GatekeeperIdentifier: e.cfg.Identifier,
		EndpointAlias:        e.cfg.Aliases,
		SupportsAltGK:        &per.Null{},
		FeatureSet:           e.cfg.Features,
	}
	grq.AuthenticationCapability, grq.AlgorithmOIDs = e.cfg.Credentials.offer()
	e.request(now, to, &h225.RasMessage{GatekeeperRequest: grq}, exchange{kind: forDiscovery})
}

// discovered takes a GCF.
func (e *endpoint) discovered(now time.Time, from netip.AddrPort, m *h225.GatekeeperConfirm) {
	// The address is told for those who asked a group or stand before several
	// interfaces; one that cannot be reached is forgiven.
	to, ok := m.RASAddress.AddrPort()
	if !ok || to.Addr().IsUnspecified() || to.Port() == 0 {
		to = from
	}
	e.choose(m.AlgorithmOID)
	e.gatekeepers = append([]gatekeeper{{to, m.GatekeeperIdentifier, true}}, e.listed(m.AlternateGatekeeper)...)
	e.register(now)
}

// register sends a full RRQ to the first gatekeeper of the list.
func (e *endpoint) register(now time.Time) {
	gk := e.gatekeepers[0]
	e.address(gk.address)
	e.wake = time.Time{}
	e.status.Identifier = gk.identifier
	e.endpointID = ""
	e.set(now, Registering, e.status.Problem)
	e.renamed = false
	rrq := e.registrationRequest()
	rrq.TerminalAlias = e.cfg.Aliases
	rrq.SupportsAltGK = &per.Null{}
	rrq.FeatureSet = e.cfg.Features
	if e.restart {
		rrq.Restart = &per.Null{}
	}
	e.request(now, gk.address, &h225.RasMessage{RegistrationRequest: rrq}, exchange{kind: forRegistration})
}

// rename registers other aliases, in the place of those that are registered: what
// a full RRQ of the same address tells replaces them (H.323 clause 7.2.2).
func (e *endpoint) rename(now time.Time, aliases []h225.AliasAddress) {
	e.cfg.Aliases = aliases
	switch {
	case e.closing:
	case e.status.State == Registered:
		e.register(now)
	case e.wake.IsZero():
		e.renamed = true
	default: // the other aliases may have been what was wrong
		e.pause, e.wake = 0, now
	}
}

// renew sends the lightweight RRQ (H.323 clause 7.2.2).
func (e *endpoint) renew(now time.Time) {
	rrq := e.registrationRequest()
	keepAlive := true
	rrq.KeepAlive = &keepAlive
	rrq.EndpointIdentifier = e.endpointID
	e.request(now, e.gatekeepers[0].address, &h225.RasMessage{RegistrationRequest: rrq}, exchange{kind: forRenewal})
}

// registrationRequest is what full and lightweight RRQs share.
func (e *endpoint) registrationRequest() *h225.RegistrationRequest {
	life := h225.TimeToLive(e.cfg.TimeToLive / time.Second)
	return &h225.RegistrationRequest{
		ProtocolIdentifier:   h225.Protocol,
		DiscoveryComplete:    e.cfg.Discover || !e.cfg.Gatekeeper.IsValid(),
		CallSignalAddress:    e.signal(),
		RASAddress:           []h225.TransportAddress{h225.TransportAddressOf(e.local)},
		TerminalType:         e.cfg.Type,
		GatekeeperIdentifier: e.status.Identifier,
		EndpointVendor:       e.cfg.Vendor,
		TimeToLive:           &life,
	}
}

func (e *endpoint) unregistrationRequest() *h225.RasMessage {
	return &h225.RasMessage{UnregistrationRequest: &h225.UnregistrationRequest{
		CallSignalAddress:    e.signal(),
		EndpointAlias:        e.cfg.Aliases,
		EndpointIdentifier:   e.endpointID,
		GatekeeperIdentifier: e.status.Identifier,
	}}
}

func (e *endpoint) signal() []h225.TransportAddress {
	all := make([]h225.TransportAddress, 0, len(e.cfg.Signal))
	for _, a := range e.cfg.Signal {
		all = append(all, h225.TransportAddressOf(a))
	}
	return all
}

// registered takes an RCF, of a full or lightweight RRQ.
func (e *endpoint) registered(now time.Time, m *h225.RegistrationConfirm, renewal bool) {
	if !renewal || e.status.State != Registered {
		e.unsettle()
	}
	if renewal && e.status.State != Registered {
		return // it registers anew already
	}
	e.endpointID = m.EndpointIdentifier
	e.pause, e.restart = 0, false
	if m.AlternateGatekeeper != nil {
		e.alternates = e.listed(m.AlternateGatekeeper)
	}
	if m.GatekeeperIdentifier != "" {
		e.status.Identifier = m.GatekeeperIdentifier
	}
	e.status.Endpoint = m.EndpointIdentifier
	e.pregranted(m, renewal)
	life := time.Duration(0)
	if m.TimeToLive != nil {
		life = max(time.Duration(*m.TimeToLive)*time.Second, shortestLife)
	}
	// Where nothing is demanded, the registration is still seen to: a gatekeeper
	// that restarted has forgotten it.
	period := life
	if period == 0 || period > e.cfg.TimeToLive {
		period = e.cfg.TimeToLive
	}
	e.wake = now.Add(renewAfter(period))
	if renewal {
		e.settle(now)
		return
	}
	if e.renamed {
		e.register(now)
		return
	}
	e.stats.Registrations++
	e.associate()
	e.status.TimeToLive, e.status.Aliases = life, m.TerminalAlias
	e.status.State = Unregistered // whatever it was: tell
	e.set(now, Registered, "")
	waiting := e.waiting
	e.waiting = nil
	for _, op := range waiting {
		e.perform(now, op)
	}
}

// renewAfter leaves time for all retransmissions of an RRQ before the end.
func renewAfter(life time.Duration) time.Duration {
	return life - min(life/2, 20*time.Second)
}

// rejected takes a GRJ or RRJ.
func (e *endpoint) rejected(now time.Time, reply *h225.RasMessage, kind purpose) {
	if kind == forRenewal && e.status.State != Registered { // it registers anew already
		e.unsettle()
		return
	}
	info := altGKInfo(reply)
	var list []gatekeeper // that can be turned to
	if info != nil {
		list = e.listed(info.AlternateGatekeeper)
	}
	full, rediscover, why := false, false, ""
	switch {
	case reply.GatekeeperReject != nil:
		why = "discovery: " + choiceName(&reply.GatekeeperReject.RejectReason)
	case reply.RegistrationReject != nil:
		r := &reply.RegistrationReject.RejectReason
		full, rediscover = r.FullRegistrationRequired != nil, r.DiscoveryRequired != nil
		why = "registration: " + choiceName(r) + aliasesOf(r)
	}
	e.loseRegistration(now, why)
	switch {
	case len(list) > 0:
		// H.225.0, altGKisPermanent: the list takes the place of
		// what was known; else the rejecting one stays, as the last.
		if !info.AltGKisPermanent {
			list = append(list, e.gatekeepers...)
		}
		if e.pause > 0 { // came round already
			e.gatekeepers = list
			e.retry(now)
			return
		}
		e.gatekeepers = list
		e.pause = firstPause
		e.register(now)
	case full && kind == forRenewal:
		e.register(now)
	case rediscover && e.pause == 0:
		e.pause = firstPause
		e.gatekeepers = e.gatekeepers[:min(1, len(e.gatekeepers))]
		e.discover(now)
	default:
		e.alternate(now, true)
	}
}

// aliasesOf are those that a rejection names, in words.
func aliasesOf(r *h225.RegistrationRejectReason) string {
	named := r.DuplicateAlias
	if r.InvalidTerminalAliases != nil {
		named = r.InvalidTerminalAliases.TerminalAlias
	}
	var texts []string
	for i, a := range named {
		if i == maxNamed {
			texts = append(texts, "...")
			break
		}
		texts = append(texts, strconv.Quote(AliasText(a)))
	}
	if texts == nil {
		return ""
	}
	return " " + strings.Join(texts, ", ")
}

// alternate turns to the next gatekeeper, and pauses when all were tried.
func (e *endpoint) alternate(now time.Time, refused bool) {
	if e.closing {
		return
	}
	if len(e.alternates) > 0 && !refused {
		e.gatekeepers = append(e.gatekeepers, e.alternates...)
		e.alternates = nil
	}
	if len(e.gatekeepers) > 1 {
		e.gatekeepers = e.gatekeepers[1:]
		e.register(now)
		return
	}
	e.gatekeepers = nil // from the start
	e.failWaiting(ErrUnregistered)
	e.retry(now)
}

// retry waits, longer each time, and not as long as others that lost the same
// gatekeeper.
func (e *endpoint) retry(now time.Time) {
	e.pause = min(max(2*e.pause, firstPause), longestPause)
	e.wake = now.Add(e.pause/2 + time.Duration(e.cfg.Random()%1000)*e.pause/2000)
}

// listed returns alternates in the order of their priority, 0 first: none where RAS
// goes by a connection to one gatekeeper (H.460.17).
func (e *endpoint) listed(all []h225.AlternateGK) []gatekeeper {
	if _, is := e.cfg.Link.(tunnel); is {
		return nil
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b h225.AlternateGK) int { return int(a.Priority) - int(b.Priority) })
	var list []gatekeeper
	for _, a := range sorted {
		at, ok := a.RASAddress.AddrPort()
		if !ok || !usable(at) || len(list) == maxGatekeepers {
			continue
		}
		list = append(list, gatekeeper{at, a.GatekeeperIdentifier, a.NeedToRegister})
	}
	return list
}

// usable tells whether an address that a peer told can be sent to.
func usable(a netip.AddrPort) bool {
	return a.IsValid() && a.Port() != 0 && !a.Addr().IsUnspecified() && !a.Addr().IsMulticast()
}

// choiceName is the name of a CHOICE's alternative, as the standard has it.
func choiceName(v any) string {
	text, err := per.AppendJSON(nil, v)
	if err != nil {
		return "?"
	}
	name, _, _ := strings.Cut(strings.TrimLeft(string(text), `{"`), `"`)
	return name
}
