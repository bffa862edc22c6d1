package h245

import "parley/h323/per"

type MaximumBitRate uint32

// PERTag is the constraint.
func (MaximumBitRate) PERTag() string { return "range=0..4294967295" }

type LogicalChannelRateRequest struct {
	SequenceNumber       SequenceNumber
	LogicalChannelNumber LogicalChannelNumber
	MaximumBitRate       MaximumBitRate
	Extension            per.Extension
}

type LogicalChannelRateAcknowledge struct {
	SequenceNumber       SequenceNumber
	LogicalChannelNumber LogicalChannelNumber
	MaximumBitRate       MaximumBitRate
	Extension            per.Extension
}

type LogicalChannelRateReject struct {
	SequenceNumber        SequenceNumber
	LogicalChannelNumber  LogicalChannelNumber
	RejectReason          LogicalChannelRateRejectReason
	CurrentMaximumBitRate *MaximumBitRate `per:"optional"`
	Extension             per.Extension
}

type LogicalChannelRateRejectReason struct {
	per.Choice
	UndefinedReason       *per.Null
	InsufficientResources *per.Null
	Extension             per.Extension
}

type LogicalChannelRateRelease struct {
	Extension per.Extension
}
