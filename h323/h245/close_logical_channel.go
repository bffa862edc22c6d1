package h245

import "parley/h323/per"

type CloseLogicalChannel struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Source                      CloseLogicalChannelSource
	Extension                   per.Extension
	Reason                      *CloseLogicalChannelReason
}

type CloseLogicalChannelSource struct {
	per.Choice
	User *per.Null
	LCSE *per.Null
}

type CloseLogicalChannelReason struct {
	per.Choice
	Unknown            *per.Null
	Reopen             *per.Null
	ReservationFailure *per.Null
	Extension          per.Extension
	NetworkErrorCode   *uint8 `per:"range=0..255"`
}

type CloseLogicalChannelAck struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
}

type RequestChannelClose struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
	QOSCapability               *QOSCapability
	Reason                      *RequestChannelCloseReason
}

type RequestChannelCloseReason struct {
	per.Choice
	Unknown            *per.Null
	Normal             *per.Null
	Reopen             *per.Null
	ReservationFailure *per.Null
	Extension          per.Extension
	NetworkErrorCode   *uint8 `per:"range=0..255"`
}

type RequestChannelCloseAck struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
}

type RequestChannelCloseReject struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Cause                       RequestChannelCloseRejectCause
	Extension                   per.Extension
}

type RequestChannelCloseRejectCause struct {
	per.Choice
	Unspecified *per.Null
	Extension   per.Extension
}

type RequestChannelCloseRelease struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
}
