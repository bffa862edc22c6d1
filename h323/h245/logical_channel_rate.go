package h245

import "parley/h323/per"

// MaximumBitRate is in 100 bit/s.
type MaximumBitRate uint32

// PERTag is the constraint.
func (MaximumBitRate) PERTag() string { return "range=0..4294967295" }

// LogicalChannelRateRequest asks to change a channel's rate.
type LogicalChannelRateRequest struct {
	SequenceNumber       SequenceNumber
	LogicalChannelNumber LogicalChannelNumber
	MaximumBitRate       MaximumBitRate
	Extension            per.Extension
}

// LogicalChannelRateAcknowledge accepts the rate.
type LogicalChannelRateAcknowledge struct {
	SequenceNumber       SequenceNumber
	LogicalChannelNumber LogicalChannelNumber
	MaximumBitRate       MaximumBitRate
	Extension            per.Extension
}

// LogicalChannelRateReject refuses the rate.
type LogicalChannelRateReject struct {
	SequenceNumber        SequenceNumber
	LogicalChannelNumber  LogicalChannelNumber
	RejectReason          LogicalChannelRateRejectReason
	CurrentMaximumBitRate *MaximumBitRate `per:"optional"`
	Extension             per.Extension
}

// LogicalChannelRateRejectReason is why the rate was refused.
type LogicalChannelRateRejectReason struct {
	per.Choice
	UndefinedReason       *per.Null
	InsufficientResources *per.Null
	Extension             per.Extension
}

// LogicalChannelRateRelease tells that the request has timed out.
type LogicalChannelRateRelease struct {
	Extension per.Extension
}
