package h323

import (
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/internal/control"
	"parley/h323/media"
)

// Events of call signalling.
type (
	Proceeding struct{}
	Alerting   struct{}
	Connected  struct{}
	// Progressing tells of the call's way before the answer; Inband that there
	// are tones or announcements to be heard.
	Progressing struct{ Inband bool }
	// MoreDigits tells that the called side waits for more, with Digits.
	MoreDigits struct{}
	// Released is the end. Refusal tells why; Local that it came from here.
	Released struct {
		Refusal *Refusal
		Local   bool
	}
	// Dialled is overlap dialling: all digits so far, and whether the caller
	// says that no more will come.
	Dialled struct {
		Digits   string
		Complete bool
	}
	// Forwarded tells that the peer said to call elsewhere; the endpoint follows by
	// itself, at most maxForwards times.
	Forwarded struct {
		To   []h225.AliasAddress
		Addr netip.AddrPort
	}
	// Notified is a Notify, or display text in Information.
	Notified struct{ Display string }
)

// Events of H.245; see package control for their meaning.
type (
	Determined     struct{ Master bool }
	Capabilities   struct{ Set *media.Set }
	ChannelOpened  struct{ Channel media.Channel }
	ChannelRekeyed struct{ Channel media.Channel }
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
	ModeChanged  struct{ Modes []media.Capability }
	Presentation struct{ Holder PresentationHolder }
	Activity     struct {
		Channel media.Channel
		Active  bool
	}
	// BandwidthGranted tells what the gatekeeper lets the call have, and what its
	// channels may take now, both in bit/s of both directions together: where that is
	// more, the owner is to hold its pictures back.
	BandwidthGranted struct{ BitRate, Used int }
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
func (Progressing) event()       {}
func (MoreDigits) event()        {}
func (Released) event()          {}
func (Dialled) event()           {}
func (Forwarded) event()         {}
func (Notified) event()          {}
func (Determined) event()        {}
func (Capabilities) event()      {}
func (ChannelOpened) event()     {}
func (ChannelRekeyed) event()    {}
func (ChannelClosed) event()     {}
func (ChannelRefused) event()    {}
func (UserInput) event()         {}
func (KeyframeRequested) event() {}
func (FlowControlled) event()    {}
func (ModeChanged) event()       {}
func (Presentation) event()      {}
func (Activity) event()          {}
func (BandwidthGranted) event()  {}
func (Control) event()           {}
