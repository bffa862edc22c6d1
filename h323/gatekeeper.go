package h323

import (
	"context"
	"net/netip"
	"time"

	"parley/h323/h225"
)

// Gatekeeper is who has to be asked (RAS).
type Gatekeeper interface {
	// Admit asks for leave to make or take a call (ARQ). Its error is a
	// *Refusal, or ctx's.
	Admit(ctx context.Context, a Admission) (Admitted, error)
	// Disengage tells that the call is over (DRQ). It does not wait. It and
	// ChangeBandwidth are called at the Admitted's By.
	Disengage(d Disengagement)
	// ChangeBandwidth asks for more or less (BRQ), bit/s, both directions.
	ChangeBandwidth(ctx context.Context, call h225.CallIdentifier, bitRate int) (int, error)
}

// Router is a Gatekeeper that routes calls here itself, by connections of its own.
type Router interface {
	// Origin returns the caller's address of a connection that comes from an address
	// of the router's; false: it is none. It does not block.
	Origin(from netip.AddrPort) (caller netip.AddrPort, ok bool)
}

// Admission is what is asked of a Gatekeeper.
type Admission struct {
	Answer       bool // the call came in
	Called       []h225.AliasAddress
	CalledAddr   netip.AddrPort // of call signalling, where known
	Calling      []h225.AliasAddress
	CallingAddr  netip.AddrPort
	Conference   h225.ConferenceIdentifier
	Call         h225.CallIdentifier
	Reference    uint16
	BitRate      int // both directions
	CanMapAlias  bool
	OnDisengaged func() // the gatekeeper ends the call (DRQ to us)
	// OnBandwidth tells what the call is to keep to from now on, bit/s, both
	// directions (BRQ to us). It does not block.
	OnBandwidth func(bitRate int)
	// ForwardedBy is the host of the peer that had us call elsewhere; not valid: none
	// did. What its own calls may not reach, it is not to reach by ours.
	ForwardedBy netip.Addr
	// Invitation is what came in; nil of a call that is made.
	Invitation *Invitation
}

// Admitted is a Gatekeeper's consent.
type Admitted struct {
	Signal  netip.AddrPort // where to send SETUP
	Secure  netip.AddrPort // the same over TLS (H.460.22); not valid: not told
	Called  []h225.AliasAddress
	Routed  bool
	BitRate int
	// By is the Gatekeeper that has given leave, of several behind the one that was
	// asked; nil: that one. Peers choose all names of their calls, which do not tell
	// one from the other.
	By Gatekeeper
	// Endpoint is our name at the gatekeeper, for the SETUP of a routed call.
	Endpoint h225.EndpointIdentifier
	// Tokens go into the SETUP.
	Confirm *h225.AdmissionConfirm
	// Tunnel is the connection by which the call goes (H.460.17); nil: one of its
	// own.
	Tunnel *Tunnel
	// Guard signs and checks the call's signalling; nil: it goes as it is.
	Guard Guard
}

// Guard protects call signalling with who routes it (H.235.1). It is safe for
// concurrent use; package authentication has one.
type Guard interface {
	// Sign puts tokens into a message, and returns what encode makes of it: the
	// whole Q.931 message without TPKT. Encode may be called twice.
	Sign(m *h225.H323UserInformation, now time.Time, encode func() ([]byte, error)) ([]byte, error)
	// Check judges a message that was received as octets, without TPKT. One with an
	// error is not listened to.
	Check(m *h225.H323UserInformation, octets []byte, now time.Time) error
}

// Disengagement is the end of an admitted call.
type Disengagement struct {
	Call       h225.CallIdentifier
	Conference h225.ConferenceIdentifier
	Reference  uint16
	Answer     bool
	Reason     h225.DisengageReason
}
