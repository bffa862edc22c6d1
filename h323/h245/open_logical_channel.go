package h245

import "parley/h323/per"

type OpenLogicalChannel struct {
	ForwardLogicalChannelNumber     LogicalChannelNumber
	ForwardLogicalChannelParameters ForwardLogicalChannelParameters
	ReverseLogicalChannelParameters *ReverseLogicalChannelParameters `per:"optional"`
	Extension                       per.Extension
	SeparateStack                   *NetworkAccessParameters
	EncryptionSync                  *EncryptionSync
	GenericInformation              []GenericMessage
}

type ForwardLogicalChannelParameters struct {
	PortNumber                      *uint16 `per:"optional,range=0..65535"`
	DataType                        DataType
	MultiplexParameters             ForwardMultiplexParameters
	Extension                       per.Extension
	ForwardLogicalChannelDependency *LogicalChannelNumber
	ReplacementFor                  *LogicalChannelNumber
}

type ForwardMultiplexParameters struct {
	per.Choice
	H222LogicalChannelParameters  *H222LogicalChannelParameters
	H223LogicalChannelParameters  *H223LogicalChannelParameters
	V76LogicalChannelParameters   *V76LogicalChannelParameters
	Extension                     per.Extension
	H2250LogicalChannelParameters *H2250LogicalChannelParameters
	None                          *per.Null
}

type ReverseLogicalChannelParameters struct {
	DataType                        DataType
	MultiplexParameters             *ReverseMultiplexParameters `per:"optional"`
	Extension                       per.Extension
	ReverseLogicalChannelDependency *LogicalChannelNumber
	ReplacementFor                  *LogicalChannelNumber
}

type ReverseMultiplexParameters struct {
	per.Choice
	H223LogicalChannelParameters  *H223LogicalChannelParameters
	V76LogicalChannelParameters   *V76LogicalChannelParameters
	Extension                     per.Extension
	H2250LogicalChannelParameters *H2250LogicalChannelParameters
}

type LogicalChannelNumber uint16

// PERTag is the constraint.
func (LogicalChannelNumber) PERTag() string { return "range=1..65535" }

type OpenLogicalChannelAck struct {
	ForwardLogicalChannelNumber     LogicalChannelNumber
	ReverseLogicalChannelParameters *ReverseLogicalChannelAckParameters `per:"optional"`
	Extension                       per.Extension
	SeparateStack                   *NetworkAccessParameters
	ForwardMultiplexAckParameters   *ForwardMultiplexAckParameters
	EncryptionSync                  *EncryptionSync
	GenericInformation              []GenericMessage
}

type ReverseLogicalChannelAckParameters struct {
	ReverseLogicalChannelNumber LogicalChannelNumber
	PortNumber                  *uint16                        `per:"optional,range=0..65535"`
	MultiplexParameters         *ReverseMultiplexAckParameters `per:"optional"`
	Extension                   per.Extension
	ReplacementFor              *LogicalChannelNumber
}

type ReverseMultiplexAckParameters struct {
	per.Choice
	H222LogicalChannelParameters  *H222LogicalChannelParameters
	Extension                     per.Extension
	H2250LogicalChannelParameters *H2250LogicalChannelParameters
}

type ForwardMultiplexAckParameters struct {
	per.Choice
	H2250LogicalChannelAckParameters *H2250LogicalChannelAckParameters
	Extension                        per.Extension
}

type OpenLogicalChannelReject struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Cause                       OpenLogicalChannelRejectCause
	Extension                   per.Extension
	GenericInformation          []GenericMessage
}

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

type OpenLogicalChannelConfirm struct {
	ForwardLogicalChannelNumber LogicalChannelNumber
	Extension                   per.Extension
	GenericInformation          []GenericMessage
}
