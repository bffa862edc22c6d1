package control

import (
	"time"

	"parley/h323/h245"
	"parley/h323/media"
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
	// Rekeyed tells that an open channel has another key (H.235.6).
	Rekeyed struct{ Channel media.Channel }
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
	// Freeze tells that the picture of the peer's channel is to stand still
	// until its next key frame.
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
	// ModeRequested tells the owner of a Manual machine that the peer wants other
	// modes of us; it answers with AnswerMode.
	ModeRequested struct{ Request *h245.RequestMode }
	// ModeSet tells what the peer asked for and gets, one element a medium; the
	// channels that change follow. It holds until Capabilities.
	ModeSet struct{ Modes []media.Capability }
	// ModeAnswered is the answer to a mode request of ours; not Accepted as well
	// where there was none in time (T109).
	ModeAnswered struct{ Accepted bool }
	// RoundTrip is an answer to our round trip delay request; -1: there was
	// none in time (T105).
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
func (Rekeyed) output()       {}
func (Closed) output()        {}
func (OpenRefused) output()   {}
func (UserInput) output()     {}
func (FastUpdate) output()    {}
func (Freeze) output()        {}
func (FlowControl) output()   {}
func (Presentation) output()  {}
func (Activity) output()      {}
func (ModeRequested) output() {}
func (ModeSet) output()       {}
func (ModeAnswered) output()  {}
func (RoundTrip) output()     {}
func (Other) output()         {}
func (SessionEnded) output()  {}
func (Failed) output()        {}

// outbox collects what is to be done, in order.
type outbox struct{ list []Output }

func (o *outbox) emit(x Output) { o.list = append(o.list, x) }

func (o *outbox) request(r h245.RequestMessage) {
	o.emit(Transmit{&h245.MultimediaSystemControlMessage{Request: &r}})
}

func (o *outbox) response(r h245.ResponseMessage) {
	o.emit(Transmit{&h245.MultimediaSystemControlMessage{Response: &r}})
}

func (o *outbox) command(c h245.CommandMessage) {
	o.emit(Transmit{&h245.MultimediaSystemControlMessage{Command: &c}})
}

func (o *outbox) indication(i h245.IndicationMessage) {
	o.emit(Transmit{&h245.MultimediaSystemControlMessage{Indication: &i}})
}
