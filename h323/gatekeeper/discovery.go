package gatekeeper

import (
	"slices"
	"time"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

// discover answers a GRQ (H.225.0 clause 7.8).
func (z *zone) discover(_ time.Time, r *request, m *h225.GatekeeperRequest) *h225.RasMessage {
	reject := func(reason h225.GatekeeperRejectReason) *h225.RasMessage {
		if r.datagram.Group {
			return nil // it was not asked for in particular; others may take it
		}
		return &h225.RasMessage{GatekeeperReject: &h225.GatekeeperReject{
			RequestSeqNum: r.seq, ProtocolIdentifier: h225.Protocol, GatekeeperIdentifier: z.cfg.Identifier, RejectReason: reason,
		}}
	}
	switch {
	case h225.Version(m.ProtocolIdentifier) == 0:
		return reject(h225.GatekeeperRejectReason{InvalidRevision: &per.Null{}})
	case m.GatekeeperIdentifier != "" && folded(string(m.GatekeeperIdentifier)) != folded(string(z.cfg.Identifier)):
		return reject(h225.GatekeeperRejectReason{TerminalExcluded: &per.Null{}})
	case z.cfg.UsersOnly && z.userOf(m.EndpointAlias) == nil:
		return reject(h225.GatekeeperRejectReason{SecurityDenial: &per.Null{}})
	}
	gcf := &h225.GatekeeperConfirm{
		RequestSeqNum: r.seq, ProtocolIdentifier: h225.Protocol, GatekeeperIdentifier: z.cfg.Identifier,
		RASAddress: h225.TransportAddressOf(z.told(r)),
	}
	if m.SupportsAltGK != nil {
		gcf.AlternateGatekeeper = z.alternates()
	}
	gcf.AuthenticationMode, gcf.AlgorithmOID = z.authentication(m)
	gcf.FeatureSet = z.features(r, m.FeatureSet)
	return &h225.RasMessage{GatekeeperConfirm: gcf}
}

// authentication chooses the strongest of what the endpoint offers, where it has
// a password; the hash over the whole message before that of the password.
func (z *zone) authentication(m *h225.GatekeeperRequest) (*h235.AuthenticationMechanism, per.OID) {
	u := z.userOf(m.EndpointAlias)
	hashes := slices.ContainsFunc(m.AuthenticationCapability, func(a h235.AuthenticationMechanism) bool { return a.PwdHash != nil })
	if u == nil || !hashes {
		return nil, ""
	}
	for _, method := range u.methods() {
		if mechanism := method.Mechanism(); mechanism.PwdHash != nil && slices.Contains(m.AlgorithmOIDs, method.OID()) {
			return &mechanism, method.OID()
		}
	}
	return nil, ""
}

// alternates are those of the configuration, for messages.
func (z *zone) alternates() []h225.AlternateGK {
	var all []h225.AlternateGK
	for _, a := range z.cfg.Alternates {
		all = append(all, h225.AlternateGK{
			RASAddress: h225.TransportAddressOf(a.Address), GatekeeperIdentifier: a.Identifier,
			NeedToRegister: a.NeedToRegister, Priority: min(a.Priority, 127),
		})
	}
	return all
}
