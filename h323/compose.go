package h323

import (
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
	"parley/h323/media"
	"parley/h323/q931"
)

// defaultBitRate is asked of gatekeepers, one direction, where nobody said how
// much a call may take.
const defaultBitRate = 768_000

func (c *Call) bitRate() int {
	if c.target.MaxBitRate > 0 {
		return c.target.MaxBitRate
	}
	return defaultBitRate
}

// calling is who calls.
func (c *Call) calling() []h225.AliasAddress {
	if len(c.target.Calling) > 0 {
		return c.target.Calling
	}
	var all []h225.AliasAddress
	if name := c.displayName(); name != "" {
		all = append(all, h225.AliasAddress{H323ID: name})
	}
	for _, a := range c.endpoint.cfg.Aliases {
		if a.H323ID != c.displayName() || a.H323ID == "" {
			all = append(all, a)
		}
	}
	return all
}

func (c *Call) displayName() string {
	if c.target.Display != "" {
		return c.target.Display
	}
	return c.endpoint.cfg.Name
}

// sendSetup makes the SETUP and sends it.
func (c *Call) sendSetup(called []h225.AliasAddress, admitted Admitted) {
	s := c.connection.stream
	aliases, rest := c.overlapped(called)
	setup := &h225.SetupUUIE{
		SourceAddress: c.calling(), SourceInfo: c.endpoint.self, DestinationAddress: aliases,
		DestCallSignalAddress: transport(s.remote), SourceCallSignalAddress: transport(c.signalAddress()),
		ActiveMC: c.endpoint.self.MC, ConferenceGoal: goal(c.target.Goal),
		CallType:      h225.CallType{PointToPoint: present()},
		MultipleCalls: to(c.connection.keeps()), MaintainConnection: to(c.connection.keeps()),
		MediaWaitForConnect: to(false), CanOverlapSend: to(c.modes.Overlap),
	}
	if f := c.traversal.features(); f != nil {
		setup.SupportedFeatures = f.SupportedFeatures
	}
	setup.EndpointIdentifier = admitted.Endpoint
	c.digits = rest
	if a := admitted.Confirm; a != nil {
		setup.Tokens, setup.CryptoTokens = a.Tokens, a.CryptoTokens
		setup.DestExtraCallInfo = a.DestExtraCallInfo
		if len(a.RemoteExtensionAddress) > 0 {
			setup.RemoteExtensionAddress = &a.RemoteExtensionAddress[0]
		}
	}
	local := c.signalAddress()
	// The owner is asked for the addresses of fast connect, which are those that
	// this peer reaches.
	c.update(func(i *Info) { i.Local, i.Remote = local, s.remote })
	setup.Tokens = append(setup.Tokens, c.offerTokens()...)
	control := c.startWithSetup(setup)
	c.setupServices()
	c.signal.Dial(setup, control, c.setupElements(aliases), time.Now())
	c.update(func(i *Info) {
		told := *setup // what is signed goes into the other, later
		i.Invitation.Remote, i.Invitation.Setup, i.Invitation.Called = s.remote, &told, called
	})
}

// startWithSetup puts fast connect and early H.245 into the SETUP, and returns
// what of H.245 rides in h245Control.
func (c *Call) startWithSetup(setup *h225.SetupUUIE) [][]byte {
	fast := !c.modes.NoFastStart && !c.modes.Overlap
	if fast {
		setup.FastStart = c.propose()
	}
	tunnel := !c.modes.NoTunnelling
	switch {
	case tunnel && c.modes.Parallel && len(setup.FastStart) > 0:
		// H.323 clause 8.2.4.
		c.parallel.messages = c.firstControl()
		setup.ParallelH245Control = octetsOf(c.parallel.messages)
	case tunnel && c.modes.Parallel:
		// Without fast connect the SETUP simply carries H.245 (clause 8.2.1).
		c.parallel.messages = c.firstControl()
		return octetsOf(c.parallel.messages)
	case !tunnel && c.modes.EarlyH245 && len(setup.FastStart) == 0 && c.exchange.offer == nil:
		// Where encryption is offered, channels need what the answer brings.
		c.listenControl()
		setup.H245Address = transport(c.link.told)
	}
	return nil
}

// firstControl begins H.245 before there is a way for it.
func (c *Call) firstControl() []unsent {
	c.startControl()
	c.takeControl()
	first := c.pending
	c.pending = nil
	for i := range first {
		c.endpoint.traceControl(c.connection.stream, c.id, &first[i], true, true)
	}
	return first
}

// propose returns the proposals of fast connect that fit.
func (c *Call) propose() [][]byte {
	proposals, err := c.machine().Propose()
	var octets [][]byte
	if err == nil {
		octets, err = marshalRequests(proposals)
	}
	if err != nil {
		c.log.Warn("h323: no fast connect", "error", err)
		return nil
	}
	size := 0
	for i, o := range octets {
		if size += len(o); size > maxFastStart {
			return octets[:i]
		}
	}
	return octets
}

// overlapped cuts the number to its first digit, where the rest is dialled
// after SETUP ACKNOWLEDGE (H.323 clause 8.1.12).
func (c *Call) overlapped(called []h225.AliasAddress) (first []h225.AliasAddress, rest string) {
	if !c.modes.Overlap || len(called) == 0 || len(called[0].DialledDigits) < 2 {
		return called, ""
	}
	number := called[0].DialledDigits
	first = append([]h225.AliasAddress{{DialledDigits: number[:1]}}, called[1:]...)
	return first, number[1:]
}

// sendDigits dials the digits that wait, one in each INFORMATION.
func (c *Call) sendDigits() {
	if c.signal == nil || c.signal.State() != q931.OverlapSending {
		return
	}
	for _, d := range c.digits {
		c.signal.Digits(string(d), time.Now())
	}
	c.digits = ""
}

// signalAddress is where this endpoint takes calls: what it listens on, or else
// the connection's own end.
func (c *Call) signalAddress() netip.AddrPort {
	local := c.connection.stream.local
	for _, a := range c.endpoint.Addresses() {
		if a.Addr().Is4() == local.Addr().Is4() && (a.Addr().IsUnspecified() || a.Addr() == local.Addr()) {
			return netip.AddrPortFrom(c.publicAddr(), a.Port())
		}
	}
	return netip.AddrPortFrom(c.publicAddr(), local.Port())
}

// setupElements are those of Q.931.
func (c *Call) setupElements(called []h225.AliasAddress) []q931.Element {
	all := []q931.Element{{ID: q931.BearerCapabilityID, Data: c.bearer().Append(nil)}}
	if name := c.displayName(); name != "" {
		all = append(all, q931.Element{ID: q931.DisplayID, Data: signalling.DisplayText(name)})
	}
	if n := numberIn(c.calling()); n != "" {
		all = append(all, q931.Element{ID: q931.CallingPartyNumber, Data: q931.PartyNumber{
			Plan: q931.E164, Indicators: 1, Presentation: q931.Allowed, Screening: q931.NotScreened, Digits: n,
		}.Append(nil)})
	}
	if n := numberIn(called); n != "" {
		all = append(all, q931.Element{ID: q931.CalledPartyNumber, Data: q931.PartyNumber{Plan: q931.E164, Digits: n}.Append(nil)})
	}
	return all
}

// bearer tells what kind of call it is (H.225.0 clause 7.2.2.1).
func (c *Call) bearer() q931.BearerCapability {
	const channel = 64_000
	if !hasVideo(c.sends) && !hasVideo(c.receives) {
		return q931.BearerCapability{Capability: q931.UnrestrictedDigital, Rate: q931.Rate64, Layer1: q931.LayerH221}
	}
	n := min(max((c.bitRate()+channel-1)/channel, 2), 127)
	return q931.BearerCapability{
		Capability: q931.UnrestrictedDigital, Rate: q931.Multirate, Multiplier: uint8(n), Layer1: q931.LayerH221,
	}
}

func hasVideo(s *media.Set) bool {
	if s == nil {
		return false
	}
	for i := range s.Capabilities {
		if s.Capabilities[i].Kind == media.KindVideo {
			return true
		}
	}
	return false
}

// numberIn returns the first number of aliases.
func numberIn(aliases []h225.AliasAddress) string {
	for i := range aliases {
		if n := aliases[i].DialledDigits; n != "" {
			return n
		}
	}
	return ""
}

func transport(a netip.AddrPort) *h225.TransportAddress {
	if !a.IsValid() {
		return nil
	}
	t := h225.TransportAddressOf(a)
	return &t
}

func to[T any](v T) *T { return &v }

func goal(g ConferenceGoal) h225.ConferenceGoal {
	switch g {
	case GoalJoin:
		return h225.ConferenceGoal{Join: present()}
	case GoalInvite:
		return h225.ConferenceGoal{Invite: present()}
	case GoalCapabilities:
		return h225.ConferenceGoal{CapabilityNegotiation: present()}
	case GoalService:
		return h225.ConferenceGoal{CallIndependentSupplementaryService: present()}
	}
	return h225.ConferenceGoal{Create: present()}
}
