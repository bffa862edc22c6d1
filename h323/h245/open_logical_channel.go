package h245

import "parley/h323/per"

// OpenLogicalChannel opens a channel from its sender (clause C.4), or one in
// both directions where the reverse parameters are there (clause C.5). In a
// fastStart of H.225.0 it is a proposal (H.323 clause 8.1.7).
type OpenLogicalChannel struct {
	// ForwardLogicalChannelNumber is the sender's.
	ForwardLogicalChannelNumber     LogicalChannelNumber
	ForwardLogicalChannelParameters ForwardLogicalChannelParameters
	ReverseLogicalChannelParameters *ReverseLogicalChannelParameters `per:"optional"`
	Extension                       per.Extension
	SeparateStack                   *NetworkAccessParameters
	EncryptionSync                  *EncryptionSync
	GenericInformation              []GenericMessage
}

// ForwardLogicalChannelParameters are those of the direction from the sender.
type ForwardLogicalChannelParameters struct {
	PortNumber                      *uint16 `per:"optional,range=0..65535"`
	DataType                        DataType
	MultiplexParameters             ForwardMultiplexParameters
	Extension                       per.Extension
	ForwardLogicalChannelDependency *LogicalChannelNumber
	ReplacementFor                  *LogicalChannelNumber
}

// ForwardMultiplexParameters tells how the channel is carried; H.323 uses the
// H.225.0 ones.
type ForwardMultiplexParameters struct {
	per.Choice
	H222LogicalChannelParameters  *H222LogicalChannelParameters
	H223LogicalChannelParameters  *H223LogicalChannelParameters
	V76LogicalChannelParameters   *V76LogicalChannelParameters
	Extension                     per.Extension
	H2250LogicalChannelParameters *H2250LogicalChannelParameters
	None                          *per.Null
}

// ReverseLogicalChannelParameters are those of the direction to the sender.
type ReverseLogicalChannelParameters struct {
	DataType                        DataType
	MultiplexParameters             *ReverseMultiplexParameters `per:"optional"`
	Extension                       per.Extension
	ReverseLogicalChannelDependency *LogicalChannelNumber
	ReplacementFor                  *LogicalChannelNumber
}

// ReverseMultiplexParameters tells how the reverse channel is carried.
type ReverseMultiplexParameters struct {
	per.Choice
	H223LogicalChannelParameters  *H223LogicalChannelParameters
	V76LogicalChannelParameters   *V76LogicalChannelParameters
	Extension                     per.Extension
	H2250LogicalChannelParameters *H2250LogicalChannelParameters
}

// LogicalChannelNumber is chosen by the one who opens; 0 is the control
// channel, and never opened.
type LogicalChannelNumber uint16

// PERTag is the constraint.
func (LogicalChannelNumber) PERTag() string { return "range=1..65535" }

// OpenLogicalChannelAck accepts a channel and gives the addresses for its
// media.
type OpenLogicalChannelAck struct {
	ForwardLogicalChannelNumber     LogicalChannelNumber
	ReverseLogicalChannelParameters *ReverseLogicalChannelAckParameters `per:"optional"`
	Extension                       per.Extension
	SeparateStack                   *NetworkAccessParameters
	ForwardMultiplexAckParameters   *ForwardMultiplexAckParameters
	EncryptionSync                  *EncryptionSync
	GenericInformation              []GenericMessage
}

// ReverseLogicalChannelAckParameters give the reverse channel its number.
type ReverseLogicalChannelAckParameters struct {
	ReverseLogicalChannelNumber LogicalChannelNumber
	PortNumber                  *uint16                        `per:"optional,range=0..65535"`
	MultiplexParameters         *ReverseMultiplexAckParameters `per:"optional"`
	Extension                   per.Extension
	ReplacementFor              *LogicalChannelNumber
}

// ReverseMultiplexAckParameters tells how the reverse channel is carried.
type ReverseMultiplexAckParameters struct {
	per.Choice
	H222LogicalChannelParameters  *H222LogicalChannelParameters
	Extension                     per.Extension
	H2250LogicalChannelParameters *H2250LogicalChannelParameters
}

// ForwardMultiplexAckParameters give the addresses of the forward channel.
type ForwardMultiplexAckParameters struct {
	per.Choice
	H2250LogicalChannelAckParameters *H2250LogicalChannelAckParameters
	Extension                        per.Extension
}

// OpenLogicalChannelReject refuses a channel.
type OpenLogicalChannelReject struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Cause                       OpenLogicalChannelRejectCause
	Extension                   per.Extension
	GenericInformation          []GenericMessage
}

// OpenLogicalChannelRejectCause is why a channel was refused.
type OpenLogicalChannelRejectCause struct {
	per.Choice
	Unspecified                       *per.Null
	UnsuitableReverseParameters       *per.Null
	DataTypeNotSupported              *per.Null
	DataTypeNotAvailable              *per.Null
	UnknownDataType                   *per.Null
	DataTypeALCombinationNotSupported *per.Null
	Extension                         per.Extension
	MulticastChannelNotAllowed        *per.Null
	InsufficientBandwidth             *per.Null
	SeparateStackEstablishmentFailed  *per.Null
	InvalidSessionID                  *per.Null
	MasterSlaveConflict               *per.Null
	WaitForCommunicationMode          *per.Null
	InvalidDependentChannel           *per.Null
	ReplacementForRejected            *per.Null
	SecurityDenied                    *per.Null
	QoSControlNotSupported            *per.Null
}

// OpenLogicalChannelConfirm ends the opening of a channel in both directions.
type OpenLogicalChannelConfirm struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
	GenericInformation          []GenericMessage
}
