package h245

import "parley/h323/per"

type MultilinkRequest struct {
	per.Choice
	NonStandard           *NonStandardMessage
	CallInformation       *MultilinkRequestCallInformation
	AddConnection         *MultilinkRequestAddConnection
	RemoveConnection      *MultilinkRequestRemoveConnection
	MaximumHeaderInterval *MultilinkRequestMaximumHeaderInterval
	Extension             per.Extension
}

type MultilinkRequestCallInformation struct {
	MaxNumberOfAdditionalConnections uint16 `per:"range=1..65535"`
	Extension                        per.Extension
}

type MultilinkRequestAddConnection struct {
	SequenceNumber     SequenceNumber
	DialingInformation DialingInformation
	Extension          per.Extension
}

type MultilinkRequestRemoveConnection struct {
	ConnectionIdentifier ConnectionIdentifier
	Extension            per.Extension
}

type MultilinkRequestMaximumHeaderInterval struct {
	RequestType MultilinkHeaderIntervalRequestType
	Extension   per.Extension
}

type MultilinkHeaderIntervalRequestType struct {
	per.Choice
	CurrentIntervalInformation *per.Null
	RequestedInterval          *uint16 `per:"range=0..65535"`
	Extension                  per.Extension
}

type MultilinkResponse struct {
	per.Choice
	NonStandard           *NonStandardMessage
	CallInformation       *MultilinkResponseCallInformation
	AddConnection         *MultilinkResponseAddConnection
	RemoveConnection      *MultilinkResponseRemoveConnection
	MaximumHeaderInterval *MultilinkResponseMaximumHeaderInterval
	Extension             per.Extension
}

type MultilinkResponseCallInformation struct {
	DialingInformation    DialingInformation
	CallAssociationNumber uint32 `per:"range=0..4294967295"`
	Extension             per.Extension
}

type MultilinkResponseAddConnection struct {
	SequenceNumber SequenceNumber
	ResponseCode   MultilinkAddConnectionResponseCode
	Extension      per.Extension
}

type MultilinkAddConnectionResponseCode struct {
	per.Choice
	Accepted  *per.Null
	Rejected  *MultilinkAddConnectionRejected
	Extension per.Extension
}

type MultilinkAddConnectionRejected struct {
	per.Choice
	ConnectionsNotAvailable *per.Null
	UserRejected            *per.Null
	Extension               per.Extension
}

type MultilinkResponseRemoveConnection struct {
	ConnectionIdentifier ConnectionIdentifier
	Extension            per.Extension
}

type MultilinkResponseMaximumHeaderInterval struct {
	CurrentInterval uint16 `per:"range=0..65535"`
	Extension       per.Extension
}

type MultilinkIndication struct {
	per.Choice
	NonStandard    *NonStandardMessage
	CRCDesired     *MultilinkIndicationCRCDesired
	ExcessiveError *MultilinkIndicationExcessiveError
	Extension      per.Extension
}

type MultilinkIndicationCRCDesired struct {
	Extension per.Extension
}

type MultilinkIndicationExcessiveError struct {
	ConnectionIdentifier ConnectionIdentifier
	Extension            per.Extension
}

type DialingInformation struct {
	per.Choice
	NonStandard      *NonStandardMessage
	Differential     []DialingInformationNumber `per:"size=1..65535"`
	InfoNotAvailable *uint16                    `per:"range=1..65535"`
	Extension        per.Extension
}

type DialingInformationNumber struct {
	NetworkAddress string                          `per:"numeric,size=0..40"`
	SubAddress     string                          `per:"optional,ia5,size=1..40"`
	NetworkType    []DialingInformationNetworkType `per:"size=1..255"`
	Extension      per.Extension
}

type DialingInformationNetworkType struct {
	per.Choice
	NonStandard *NonStandardMessage
	NISDN       *per.Null `per:"name=n-isdn"`
	GSTN        *per.Null
	Extension   per.Extension
	Mobile      *per.Null
}

type ConnectionIdentifier struct {
	ChannelTag     uint32 `per:"range=0..4294967295"`
	SequenceNumber uint32 `per:"range=0..4294967295"`
	Extension      per.Extension
}
