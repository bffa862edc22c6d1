package h245

import "parley/h323/per"

// MultilinkRequest is about aggregated connections (H.226).
type MultilinkRequest struct {
	per.Choice
	NonStandard           *NonStandardMessage
	CallInformation       *MultilinkRequestCallInformation
	AddConnection         *MultilinkRequestAddConnection
	RemoveConnection      *MultilinkRequestRemoveConnection
	MaximumHeaderInterval *MultilinkRequestMaximumHeaderInterval
	Extension             per.Extension
}

// MultilinkRequestCallInformation asks for numbers to dial.
type MultilinkRequestCallInformation struct {
	MaxNumberOfAdditionalConnections uint16 `per:"range=1..65535"`
	Extension                        per.Extension
}

// MultilinkRequestAddConnection asks for one more connection.
type MultilinkRequestAddConnection struct {
	SequenceNumber     SequenceNumber
	DialingInformation DialingInformation
	Extension          per.Extension
}

// MultilinkRequestRemoveConnection asks for one connection less.
type MultilinkRequestRemoveConnection struct {
	ConnectionIdentifier ConnectionIdentifier
	Extension            per.Extension
}

// MultilinkRequestMaximumHeaderInterval is about the time between headers.
type MultilinkRequestMaximumHeaderInterval struct {
	RequestType MultilinkHeaderIntervalRequestType
	Extension   per.Extension
}

// MultilinkHeaderIntervalRequestType asks for the interval, or to change it; in
// milliseconds.
type MultilinkHeaderIntervalRequestType struct {
	per.Choice
	CurrentIntervalInformation *per.Null
	RequestedInterval          *uint16 `per:"range=0..65535"`
	Extension                  per.Extension
}

// MultilinkResponse answers a MultilinkRequest.
type MultilinkResponse struct {
	per.Choice
	NonStandard           *NonStandardMessage
	CallInformation       *MultilinkResponseCallInformation
	AddConnection         *MultilinkResponseAddConnection
	RemoveConnection      *MultilinkResponseRemoveConnection
	MaximumHeaderInterval *MultilinkResponseMaximumHeaderInterval
	Extension             per.Extension
}

// MultilinkResponseCallInformation tells numbers to dial.
type MultilinkResponseCallInformation struct {
	DialingInformation    DialingInformation
	CallAssociationNumber uint32 `per:"range=0..4294967295"`
	Extension             per.Extension
}

// MultilinkResponseAddConnection accepts a connection or refuses it.
type MultilinkResponseAddConnection struct {
	SequenceNumber SequenceNumber
	ResponseCode   MultilinkAddConnectionResponseCode
	Extension      per.Extension
}

// MultilinkAddConnectionResponseCode is accepted or rejected.
type MultilinkAddConnectionResponseCode struct {
	per.Choice
	Accepted  *per.Null
	Rejected  *MultilinkAddConnectionRejected
	Extension per.Extension
}

// MultilinkAddConnectionRejected is why a connection was refused.
type MultilinkAddConnectionRejected struct {
	per.Choice
	ConnectionsNotAvailable *per.Null
	UserRejected            *per.Null
	Extension               per.Extension
}

// MultilinkResponseRemoveConnection names the connection.
type MultilinkResponseRemoveConnection struct {
	ConnectionIdentifier ConnectionIdentifier
	Extension            per.Extension
}

// MultilinkResponseMaximumHeaderInterval is in milliseconds.
type MultilinkResponseMaximumHeaderInterval struct {
	CurrentInterval uint16 `per:"range=0..65535"`
	Extension       per.Extension
}

// MultilinkIndication is about aggregated connections (H.226).
type MultilinkIndication struct {
	per.Choice
	NonStandard    *NonStandardMessage
	CRCDesired     *MultilinkIndicationCRCDesired
	ExcessiveError *MultilinkIndicationExcessiveError
	Extension      per.Extension
}

// MultilinkIndicationCRCDesired asks for checks.
type MultilinkIndicationCRCDesired struct {
	Extension per.Extension
}

// MultilinkIndicationExcessiveError tells of a bad connection.
type MultilinkIndicationExcessiveError struct {
	ConnectionIdentifier ConnectionIdentifier
	Extension            per.Extension
}

// DialingInformation is how further connections are dialled.
type DialingInformation struct {
	per.Choice
	NonStandard      *NonStandardMessage
	Differential     []DialingInformationNumber `per:"size=1..65535"`
	InfoNotAvailable *uint16                    `per:"range=1..65535"`
	Extension        per.Extension
}

// DialingInformationNumber is a number; a differential one has only the last
// digits.
type DialingInformationNumber struct {
	NetworkAddress string                          `per:"numeric,size=0..40"`
	SubAddress     string                          `per:"optional,ia5,size=1..40"`
	NetworkType    []DialingInformationNetworkType `per:"size=1..255"`
	Extension      per.Extension
}

// DialingInformationNetworkType is the network of a number.
type DialingInformationNetworkType struct {
	per.Choice
	NonStandard *NonStandardMessage
	NISDN       *per.Null `per:"name=n-isdn"`
	GSTN        *per.Null
	Extension   per.Extension
	Mobile      *per.Null
}

// ConnectionIdentifier tells a connection.
type ConnectionIdentifier struct {
	ChannelTag     uint32 `per:"range=0..4294967295"`
	SequenceNumber uint32 `per:"range=0..4294967295"`
	Extension      per.Extension
}
