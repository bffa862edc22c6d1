package signalling

import (
	"net/netip"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/q931"
)

// Message is one message of call signalling.
type Message struct {
	*q931.Message
	// Info is the user-user information; nil where the message has none.
	Info *h225.H323UserInformation
}

// Output is what the machine wants, or what happened.
type Output interface{ output() }

// The outputs.
type (
	// Transmit sends a message.
	Transmit struct{ Message *Message }
	// Proceeding tells that the called side has all digits.
	Proceeding struct{}
	// MoreDigits tells that the called side wants more digits.
	MoreDigits struct{}
	// Alerting tells that the called user is alerted.
	Alerting struct{}
	// Progressing tells of the call's way before it is answered; Inband that
	// there are tones to be heard.
	Progressing struct{ Inband bool }
	// Connected tells that the called side answered.
	Connected struct{}
	// Dialled is digits of overlap sending; Complete that no more will come.
	Dialled struct {
		Digits   string
		Complete bool
	}
	// Keypad is digits within a call that is up.
	Keypad struct{ Text string }
	// Tunnelling tells, once, whether H.245 is tunnelled.
	Tunnelling struct{ On bool }
	// Tokens are those of an answer, which come before its FastStart.
	Tokens struct{ List []h235.ClearToken }
	// FastStart is what the called side put into fastStart.
	FastStart struct{ Channels [][]byte }
	// FastRefused tells that fast connect is not to be.
	FastRefused struct{}
	// Control is tunnelled H.245; Parallel that it came in parallelH245Control.
	Control struct {
		Messages [][]byte
		Parallel bool
	}
	// ControlAddress is where the peer waits for a separate H.245 connection;
	// Now that it wants one at once, tunnelled or not (startH245).
	ControlAddress struct {
		Addr netip.AddrPort
		Now  bool
	}
	// Forwarded asks the caller to call elsewhere.
	Forwarded struct {
		To         []h225.AliasAddress
		Addr       netip.AddrPort
		Conference *h225.ConferenceIdentifier
		// Gatekeeper tells that the same destination shall be called by way of
		// Addr.
		Gatekeeper bool
	}
	// Choice asks the caller which conference it wants (conferenceListChoice).
	Choice struct{ Conferences []h225.ConferenceList }
	// Services is H.450 APDUs.
	Services struct{ APDUs [][]byte }
	// Notified is text to show.
	Notified struct{ Display string }
	// Identified tells that Peer knows more.
	Identified struct{}
	// Released is the end; it is the last output.
	Released struct {
		Release
		Local bool
	}
)

// Release is why a call ended.
type Release struct {
	Cause  q931.CauseValue
	Reason *h225.ReleaseCompleteReason // nil: none told
	Text   string
}

func (Transmit) output()       {}
func (Proceeding) output()     {}
func (MoreDigits) output()     {}
func (Alerting) output()       {}
func (Progressing) output()    {}
func (Connected) output()      {}
func (Dialled) output()        {}
func (Keypad) output()         {}
func (Tunnelling) output()     {}
func (Tokens) output()         {}
func (FastStart) output()      {}
func (FastRefused) output()    {}
func (Control) output()        {}
func (ControlAddress) output() {}
func (Forwarded) output()      {}
func (Choice) output()         {}
func (Services) output()       {}
func (Notified) output()       {}
func (Identified) output()     {}
func (Released) output()       {}

// Peer is what the other side told of itself.
type Peer struct {
	Name    string // display, alias or number; foreign text
	Vendor  string // product and version; foreign text
	Version int    // of H.225.0; 0: not told
}
