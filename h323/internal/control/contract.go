// Package control is H.245 of one call: a machine for each signalling entity,
// joined. It takes messages, orders and the time, and returns messages to send
// and events; it has no socket, clock or goroutine.
package control

import (
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// Config is what a Machine runs under.
type Config struct {
	// TerminalType is that of H.245 clause C.2 and H.323 table 1: 50 terminal,
	// 60 gateway, 160, 170, 180, 190 MCU with video, 240 active MC.
	TerminalType uint8
	// Random gives the status determination number, of 24 bits, and other
	// chance.
	Random func() uint32
	// Receive is what can be received, and announced; Send what can be sent.
	Receive, Send *media.Set
	// Local returns where media of a channel is received, for Receive, or
	// where RTCP of it is, for Send. It is called within the machine's
	// methods, once a channel; its error refuses the channel.
	Local func(*media.Channel) (media.Addresses, error)
	// Manual leaves it to the owner to open channels; else the best common
	// audio and video are opened as soon as the capabilities are known.
	Manual bool
	// Encryption of media.
	Encryption EncryptionPolicy
	// MaxBitRate of all video sent, bit/s; 0: what the peer allows.
	MaxBitRate int
}

// EncryptionPolicy is whether media is encrypted (H.235.6).
type EncryptionPolicy uint8

// The policies.
const (
	EncryptionOff EncryptionPolicy = iota
	EncryptionOffer
	EncryptionRequire
)

// Output is what the machine wants: Send, or an event.
type Output interface{ output() }

// The outputs.
type (
	// Transmit sends a message.
	Transmit struct {
		Message *h245.MultimediaSystemControlMessage
	}
	// Determined tells who is master (clause C.2).
	Determined struct{ Master bool }
	// Capabilities tells what the peer receives; an Empty set pauses.
	Capabilities struct{ Set *media.Set }
	// Opened tells that media of the channel may flow.
	Opened struct{ Channel media.Channel }
	// Closed tells that it may not any more.
	Closed struct{ Channel media.Channel }
	// OpenRefused tells that the peer refused a channel of ours.
	OpenRefused struct {
		Channel media.Channel
		Cause   h245.OpenLogicalChannelRejectCause
	}
	// UserInput is one digit 0-9, *, #, A-D, !, or text; Duration 0 where not
	// said.
	UserInput struct {
		Text     string
		Duration time.Duration
	}
	// FastUpdate asks for a key frame of what is sent in the channel.
	FastUpdate struct{ Channel media.Channel }
	// Freeze tells that the peer will show its last picture until the next key
	// frame.
	Freeze struct{ Channel media.Channel }
	// FlowControl bounds what is sent in the channel, or, Channel.Number 0, in
	// all; BitRate in bit/s, -1: no bound.
	FlowControl struct {
		Channel media.Channel
		BitRate int
	}
	// Presentation tells who has the token of H.239.
	Presentation struct {
		Holder PresentationHolder
	}
	// Activity tells that the peer's channel is (in)active:
	// logicalChannelActive/Inactive, videoIndicateReadyToActivate.
	Activity struct {
		Channel media.Channel
		Active  bool
	}
	// ModeRequested tells that the peer wants other modes of us; the owner
	// answers with AnswerMode.
	ModeRequested struct{ Request *h245.RequestMode }
	// RoundTrip is an answer to our round trip delay request.
	RoundTrip struct{ Delay time.Duration }
	// Other is a message that this machine leaves to its owner: conference
	// requests, responses, commands and indications (H.243), nonstandard and
	// unknown generic ones, jitter indications.
	Other struct {
		Message *h245.MultimediaSystemControlMessage
	}
	// SessionEnded tells that the peer ended the session (endSessionCommand).
	SessionEnded struct{}
	// Failed tells that the call cannot go on.
	Failed struct{ Err error }
)

// PresentationHolder is who may send the second video.
type PresentationHolder uint8

// The holders.
const (
	PresentationNobody PresentationHolder = iota
	PresentationHere
	PresentationPeer
)

func (Transmit) output()      {}
func (Determined) output()    {}
func (Capabilities) output()  {}
func (Opened) output()        {}
func (Closed) output()        {}
func (OpenRefused) output()   {}
func (UserInput) output()     {}
func (FastUpdate) output()    {}
func (Freeze) output()        {}
func (FlowControl) output()   {}
func (Presentation) output()  {}
func (Activity) output()      {}
func (ModeRequested) output() {}
func (RoundTrip) output()     {}
func (Other) output()         {}
func (SessionEnded) output()  {}
func (Failed) output()        {}

// Machine is H.245 of one call. Its methods are called from one goroutine. What
// they bring about is taken with Take, in order.
type Machine struct{}

// New returns a machine that has sent nothing yet.
func New(cfg Config) *Machine { panic("contract") }

// Start begins capability exchange and master-slave determination: the control
// channel is there, or tunnelling agreed. Called twice, it does nothing.
func (m *Machine) Start(now time.Time) { panic("contract") }

// Receive takes a message of the peer.
func (m *Machine) Receive(msg *h245.MultimediaSystemControlMessage, now time.Time) { panic("contract") }

// Deadline is when Expire wants to be called; false: not at all.
func (m *Machine) Deadline() (time.Time, bool) { panic("contract") }

// Expire executes the timers that have run out.
func (m *Machine) Expire(now time.Time) { panic("contract") }

// Take returns what is to be done since the last call.
func (m *Machine) Take() []Output { panic("contract") }

// Fast connect (H.323 clause 8.1.7). Its channels live on in the machine, so
// that H.245 can close them.

// Propose returns what the caller puts into fastStart: for each common choice
// one channel in each direction, best first.
func (m *Machine) Propose() ([]*h245.OpenLogicalChannel, error) { panic("contract") }

// Choose takes the caller's proposals and returns what the called one puts into
// fastStart: one channel per session and direction; nil: fast connect is refused.
func (m *Machine) Choose(proposals []*h245.OpenLogicalChannel, now time.Time) ([]*h245.OpenLogicalChannel, error) {
	panic("contract")
}

// Chosen takes the called one's answer to Propose.
func (m *Machine) Chosen(answer []*h245.OpenLogicalChannel, now time.Time) error { panic("contract") }

// Refused tells that the called one did not take the proposals.
func (m *Machine) Refused() { panic("contract") }

// Orders of the owner. What cannot be done now (before the capabilities are
// known, say) is done when it can.

// SetCapabilities announces another set; the empty one pauses what the peer
// sends.
func (m *Machine) SetCapabilities(receive *media.Set, now time.Time) { panic("contract") }

// SetSending tells what can be sent from now on: channels of what is not in it
// are closed, better ones opened.
func (m *Machine) SetSending(send *media.Set, now time.Time) { panic("contract") }

// Open opens a channel to the peer. With Capability zero the best common one.
func (m *Machine) Open(kind media.Kind, role media.Role, c media.Capability, now time.Time) error {
	panic("contract")
}

// Close closes a channel of ours, or asks the peer to close its own.
func (m *Machine) Close(direction media.Direction, n h245.LogicalChannelNumber, now time.Time) {
	panic("contract")
}

// FastUpdate asks the peer for a key frame in its channel.
func (m *Machine) FastUpdate(n h245.LogicalChannelNumber) { panic("contract") }

// LimitRate asks the peer to send at most bitRate in its channel; -1: no limit.
func (m *Machine) LimitRate(n h245.LogicalChannelNumber, bitRate int) { panic("contract") }

// UserInput sends digits as the peer takes them: signal, else alphanumeric.
func (m *Machine) UserInput(text string, duration time.Duration) error { panic("contract") }

// RequestPresentation asks for the token of H.239; the answer comes as
// Presentation. ReleasePresentation gives it back.
func (m *Machine) RequestPresentation(now time.Time)      { panic("contract") }
func (m *Machine) ReleasePresentation(now time.Time)      { panic("contract") }
func (m *Machine) ForcePresentation(h PresentationHolder) { panic("contract") }

// AnswerMode answers a ModeRequested.
func (m *Machine) AnswerMode(accept bool) { panic("contract") }

// RequestRoundTrip measures the delay of the control channel.
func (m *Machine) RequestRoundTrip(now time.Time) { panic("contract") }

// Transmit sends a message that the machine has no order for (Other's answers).
func (m *Machine) Transmit(msg *h245.MultimediaSystemControlMessage) { panic("contract") }

// End closes all channels and ends the session.
func (m *Machine) End(now time.Time) { panic("contract") }

// Channels returns the open ones.
func (m *Machine) Channels() []media.Channel { panic("contract") }

// IsMaster reports whether determination is done, and who is.
func (m *Machine) IsMaster() (master, known bool) { panic("contract") }
