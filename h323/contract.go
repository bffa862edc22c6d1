// Package h323 is an H.323 endpoint: it answers and makes calls (H.225.0 call
// signalling over Q.931, H.245) and tells their owner which media channels are
// open. RTP is the owner's. It knows nothing of conferences.
package h323

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/internal/control"
	"parley/h323/media"
	"parley/h323/q931"
	"parley/qos"
)

// Config is what an Endpoint runs under.
type Config struct {
	// Listen are TCP addresses for call signalling, as a rule port 1720 on v4
	// and v6. None: only outgoing calls.
	Listen []netip.AddrPort
	// External is the address by which others reach this host (NAT); it is told
	// instead of the local one, for H.245 and, by the owner, for media.
	External netip.Addr
	// H245Ports are for separate H.245 connections; zero: any.
	H245Ports PortRange
	// Name is the display and h323-ID; Aliases are further ones.
	Name    string
	Aliases []h225.AliasAddress
	// Product and Version of the vendor identifier.
	Product, Version string
	// TerminalType (H.245 table C.1); 0: 50, a terminal. 160 to 240 make it an
	// MCU.
	TerminalType uint8
	// Modes of calls made from here; a Dial may say others.
	Modes Modes
	// Encryption of media.
	Encryption EncryptionPolicy
	// Receive and Send are the capabilities of calls whose owner says none.
	Receive, Send *media.Set
	// Gatekeeper to ask for leave; nil: none.
	Gatekeeper Gatekeeper
	// DSCP marks call signalling and H.245.
	DSCP qos.DSCP
	// Admit is asked of each SETUP before anything is allocated for it, answered
	// or rung: nil lets it in. A *Refusal says why not. It must not block.
	Admit func(*Invitation) error
	// Incoming takes a call that was admitted, in the call's goroutine. It says
	// Proceed, Alert, Answer or Release, now or later.
	Incoming func(*Call)
	// Trace gets every message, as it went over the wire; nil: none.
	Trace func(*Traced)
	// MaxCalls, MaxCallsPerSource and SetupRate bound what strangers may cost;
	// 0: the defaults of limits.go.
	MaxCalls, MaxCallsPerSource int
	SetupRate                   float64 // SETUPs per second and source
	Log                         *slog.Logger
}

// PortRange is inclusive.
type PortRange struct{ Low, High uint16 }

// EncryptionPolicy is whether media is encrypted (H.235.6).
type EncryptionPolicy = control.EncryptionPolicy

// The policies.
const (
	EncryptionOff     = control.EncryptionOff
	EncryptionOffer   = control.EncryptionOffer
	EncryptionRequire = control.EncryptionRequire
)

// Modes of setting up a call. The zero value is fast connect, tunnelled H.245.
type Modes struct {
	NoFastStart  bool
	NoTunnelling bool // a separate H.245 connection
	// Parallel puts the first H.245 messages into the SETUP (H.323 clause
	// 8.2.4).
	Parallel bool
	// EarlyH245 tells the address for H.245 in the SETUP or its first answer,
	// instead of in CONNECT.
	EarlyH245 bool
	// Overlap sends the digits one after the other after SETUP (clause 8.1.12).
	Overlap bool
}

// Invitation is what a SETUP says, before policy has passed.
type Invitation struct {
	Remote     netip.AddrPort
	Called     []h225.AliasAddress // destinationAddress, called party number
	Calling    []h225.AliasAddress
	Display    string
	Vendor     string // product and version, as told
	Goal       ConferenceGoal
	Conference h225.ConferenceIdentifier
	Setup      *h225.SetupUUIE
	// Raw is the octets of the H323-UserInformation, for tokens (H.235.1).
	Raw []byte
}

// ConferenceGoal of a SETUP (H.225.0 clause 7.3.10).
type ConferenceGoal uint8

// The goals.
const (
	GoalCreate ConferenceGoal = iota
	GoalJoin
	GoalInvite
	GoalCapabilities // capability-negotiation
	GoalService      // callIndependentSupplementaryService
)

// Refusal is an error with the protocol's own cause.
type Refusal struct {
	Cause  q931.CauseValue
	Reason *h225.ReleaseCompleteReason // nil: what fits Cause (H.225.0 table 5)
	Text   string
	// Alternative is where to call instead: Facility callForwarded.
	Alternative []h225.AliasAddress
}

func (r *Refusal) Error() string { return r.Text }

// Gatekeeper is who has to be asked (RAS).
type Gatekeeper interface {
	// Admit asks for leave to make or take a call (ARQ). Its error is a
	// *Refusal, or ctx's.
	Admit(ctx context.Context, a Admission) (Admitted, error)
	// Disengage tells that the call is over (DRQ). It does not wait.
	Disengage(d Disengagement)
	// ChangeBandwidth asks for more or less (BRQ), bit/s, both directions.
	ChangeBandwidth(ctx context.Context, call h225.CallIdentifier, bitRate int) (int, error)
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
}

// Admitted is a Gatekeeper's consent.
type Admitted struct {
	Signal  netip.AddrPort // where to send SETUP
	Called  []h225.AliasAddress
	Routed  bool
	BitRate int
	// Tokens go into the SETUP.
	Confirm *h225.AdmissionConfirm
}

// Disengagement is the end of an admitted call.
type Disengagement struct {
	Call       h225.CallIdentifier
	Conference h225.ConferenceIdentifier
	Reference  uint16
	Answer     bool
	Reason     h225.DisengageReason
}

// Target is whom to call.
type Target struct {
	// Text as dialled: address, "alias", "room@host", "host##room", E.164
	// digits or an h323: URL (H.323 annex O), of which the rest is made.
	Text string
	// Address to send the SETUP to, instead of Text's.
	Address netip.AddrPort
	Aliases []h225.AliasAddress
	// Display and Calling tell who calls.
	Display string
	Calling []h225.AliasAddress
	// Modes, if not the Endpoint's.
	Modes *Modes
	// Receive and Send, if not the Endpoint's.
	Receive, Send *media.Set
	Conference    h225.ConferenceIdentifier // zero: new
	Goal          ConferenceGoal
	MaxBitRate    int
}

// Endpoint answers and makes calls.
type Endpoint struct{}

// New checks cfg. Nothing is opened yet.
func New(cfg Config) (*Endpoint, error) { panic("contract") }

// Start listens. An error names the address and what to do.
func (e *Endpoint) Start(ctx context.Context) error { panic("contract") }

// Close ends all calls, waits for them or ctx, and closes the sockets.
func (e *Endpoint) Close(ctx context.Context) error { panic("contract") }

// Dial makes a call and returns at once; its Owner hears how it goes.
func (e *Endpoint) Dial(ctx context.Context, t Target, o Owner) (*Call, error) { panic("contract") }

// Stats is a snapshot.
func (e *Endpoint) Stats() Stats { panic("contract") }

// Stats of an Endpoint; counts since its start but for Active and Connections.
type Stats struct {
	Active, Connections                           int
	Incoming, Outgoing, Answered, Refused, Failed uint64
	Malformed, OverLimit                          uint64
	Messages                                      uint64
}

// Owner of a call. Both are called in the call's goroutine, one at a time; they
// do not block, and may call the Call's methods.
type Owner interface {
	// Local opens what receives a channel's media (Receive) or its RTCP (Send)
	// and returns its addresses; a session's two directions share one. An
	// error refuses the channel.
	Local(c *Call, ch *media.Channel) (media.Addresses, error)
	// Event tells what happened. After Released nothing comes any more.
	Event(c *Call, e Event)
}

// Event is one of Proceeding, Alerting, Connected, Released and those of H.245.
type Event interface{ event() }

// Call is one call. Its methods are safe for concurrent use, do not wait, and
// are harmless after its end.
type Call struct{}

// Info is what is known of a call; it grows.
type Info struct {
	Incoming   bool
	Invitation Invitation // of the SETUP sent or received
	ID         h225.CallIdentifier
	Conference h225.ConferenceIdentifier
	Reference  uint16
	Remote     netip.AddrPort
	// RemoteName is the peer's display, h323-ID or number; foreign text.
	RemoteName string
	Vendor     string
	Version    int // of H.225.0
	State      q931.State
	FastStart  bool // in effect
	Tunnelling bool // in effect
	Master     bool
	Started    time.Time
}

func (c *Call) Info() Info { panic("contract") }

// SetOwner gives an incoming call its owner; it is called in Incoming, before
// anything else.
func (c *Call) SetOwner(o Owner) { panic("contract") }

// SetCapabilities says what can be received and sent, first in Incoming or
// later; nil leaves it.
func (c *Call) SetCapabilities(receive, send *media.Set) { panic("contract") }

// Proceed moves an incoming call on, as do Alert and Answer. Progress tells of inband
// tones before an answer.
func (c *Call) Proceed()  { panic("contract") }
func (c *Call) Alert()    { panic("contract") }
func (c *Call) Progress() { panic("contract") }
func (c *Call) Answer()   { panic("contract") }

// Release ends the call, at any time.
func (c *Call) Release(r *Refusal) { panic("contract") }

// Forward sends the caller elsewhere (Facility callForwarded / routeCallToMC).
func (c *Call) Forward(to []h225.AliasAddress, addr netip.AddrPort) { panic("contract") }

// Digits dials more digits, of overlap sending.
func (c *Call) Digits(text string) { panic("contract") }

// SendUserInput sends digits within the call.
func (c *Call) SendUserInput(text string, duration time.Duration) { panic("contract") }

// RequestKeyframe asks for a key frame in a Receive channel.
func (c *Call) RequestKeyframe(n h245.LogicalChannelNumber) { panic("contract") }

// LimitRate bounds what the peer sends in a Receive channel, bit/s; -1: lifts it.
func (c *Call) LimitRate(n h245.LogicalChannelNumber, bitRate int) { panic("contract") }

// OpenChannel and CloseChannel, beside those that open by themselves.
func (c *Call) OpenChannel(k media.Kind, r media.Role, cp media.Capability) { panic("contract") }

// CloseChannel closes a channel of ours or asks the peer to close its own.
func (c *Call) CloseChannel(d media.Direction, n h245.LogicalChannelNumber) { panic("contract") }

// RequestPresentation and ReleasePresentation are for the token of H.239.
func (c *Call) RequestPresentation() { panic("contract") }
func (c *Call) ReleasePresentation() { panic("contract") }

// SendControl sends a message of H.245 (H.243 and the like).
func (c *Call) SendControl(m *h245.MultimediaSystemControlMessage) { panic("contract") }

// SendService sends an H.450 APDU in a Facility, or in the next message that
// goes anyway.
func (c *Call) SendService(apdu []byte) { panic("contract") }

// Events of call signalling.
type (
	Proceeding struct{}
	Alerting   struct{}
	Connected  struct{}
	// Released is the end. Refusal tells why; Local that it came from here.
	Released struct {
		Refusal *Refusal
		Local   bool
	}
	// Dialled is overlap dialling: all digits so far.
	Dialled struct{ Digits string }
	// Forwarded tells that the peer said to call elsewhere; the endpoint follows by
	// itself, at most maxForwards times.
	Forwarded struct {
		To   []h225.AliasAddress
		Addr netip.AddrPort
	}
	// Service is an H.450 APDU.
	Service struct{ APDU []byte }
	// Notified is a Notify, or display text in Information.
	Notified struct{ Display string }
)

// Events of H.245; see package control for their meaning.
type (
	Determined     struct{ Master bool }
	Capabilities   struct{ Set *media.Set }
	ChannelOpened  struct{ Channel media.Channel }
	ChannelClosed  struct{ Channel media.Channel }
	ChannelRefused struct {
		Channel media.Channel
		Cause   h245.OpenLogicalChannelRejectCause
	}
	UserInput struct {
		Text     string
		Duration time.Duration
	}
	KeyframeRequested struct{ Channel media.Channel }
	FlowControlled    struct {
		Channel media.Channel
		BitRate int
	}
	Presentation struct{ Holder PresentationHolder }
	Activity     struct {
		Channel media.Channel
		Active  bool
	}
	// Control is a message left to the owner: H.243 and the like.
	Control struct {
		Message *h245.MultimediaSystemControlMessage
	}
)

// PresentationHolder is who has the token of H.239.
type PresentationHolder = control.PresentationHolder

// The holders.
const (
	PresentationNobody = control.PresentationNobody
	PresentationHere   = control.PresentationHere
	PresentationPeer   = control.PresentationPeer
)

func (Proceeding) event()        {}
func (Alerting) event()          {}
func (Connected) event()         {}
func (Released) event()          {}
func (Dialled) event()           {}
func (Forwarded) event()         {}
func (Service) event()           {}
func (Notified) event()          {}
func (Determined) event()        {}
func (Capabilities) event()      {}
func (ChannelOpened) event()     {}
func (ChannelClosed) event()     {}
func (ChannelRefused) event()    {}
func (UserInput) event()         {}
func (KeyframeRequested) event() {}
func (FlowControlled) event()    {}
func (Presentation) event()      {}
func (Activity) event()          {}
func (Control) event()           {}

// Traced is one message on the wire, for people who look for a fault.
type Traced struct {
	Time          time.Time
	Sent          bool
	Local, Remote netip.AddrPort
	Call          h225.CallIdentifier
	// Protocol is "Q.931", "H.245" or "RAS".
	Protocol string
	// Name is the message's, as in the standard: "setup",
	// "terminalCapabilitySet", "admissionRequest".
	Name string
	// Message is the decoded one: *q931.Message with *h225.H323UserInformation,
	// *h245.MultimediaSystemControlMessage, *h225.RasMessage. Octets is as it
	// went.
	Message any
	Octets  []byte
}
