package h245

import "parley/h323/per"

// CloseLogicalChannel closes a channel that its sender had opened (clause C.4).
type CloseLogicalChannel struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Source                      CloseLogicalChannelSource
	Extension                   per.Extension
	Reason                      *CloseLogicalChannelReason
}

// CloseLogicalChannelSource tells whether the user or the signalling entity
// closes.
type CloseLogicalChannelSource struct {
	per.Choice
	User *per.Null
	LCSE *per.Null
}

// CloseLogicalChannelReason is why a channel is closed.
type CloseLogicalChannelReason struct {
	per.Choice
	Unknown            *per.Null
	Reopen             *per.Null
	ReservationFailure *per.Null
	Extension          per.Extension
	NetworkErrorCode   *uint8 `per:"range=0..255"`
}

// CloseLogicalChannelAck tells that the channel is closed.
type CloseLogicalChannelAck struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
}

// RequestChannelClose asks the one who opened a channel to close it (clause
// C.6).
type RequestChannelClose struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
	QOSCapability               *QOSCapability
	Reason                      *RequestChannelCloseReason
}

// RequestChannelCloseReason is why a channel should close.
type RequestChannelCloseReason struct {
	per.Choice
	Unknown            *per.Null
	Normal             *per.Null
	Reopen             *per.Null
	ReservationFailure *per.Null
	Extension          per.Extension
	NetworkErrorCode   *uint8 `per:"range=0..255"`
}

// RequestChannelCloseAck tells that the channel will be closed.
type RequestChannelCloseAck struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
}

// RequestChannelCloseReject tells that the channel stays.
type RequestChannelCloseReject struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Cause                       RequestChannelCloseRejectCause
	Extension                   per.Extension
}

// RequestChannelCloseRejectCause is why the channel stays.
type RequestChannelCloseRejectCause struct {
	per.Choice
	Unspecified *per.Null
	Extension   per.Extension
}

// RequestChannelCloseRelease tells that the request has timed out.
type RequestChannelCloseRelease struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
}
