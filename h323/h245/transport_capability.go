package h245

import "parley/h323/per"

// TransportCapability is the quality of service and the transports of a
// channel.
type TransportCapability struct {
	NonStandard              *NonStandardParameter    `per:"optional"`
	QOSCapabilities          []QOSCapability          `per:"optional,name=qOSCapabilities,size=1..256"`
	MediaChannelCapabilities []MediaChannelCapability `per:"optional,size=1..256"`
	Extension                per.Extension
}

// MediaChannelCapability is the transport of media.
type MediaChannelCapability struct {
	MediaTransport *MediaTransportType `per:"optional"`
	Extension      per.Extension
}

// MediaTransportType is a transport protocol.
type MediaTransportType struct {
	per.Choice
	IPUDP             *per.Null `per:"name=ip-UDP"`
	IPTCP             *per.Null `per:"name=ip-TCP"`
	ATMAAL5Unidir     *per.Null `per:"name=atm-AAL5-UNIDIR"`
	ATMAAL5Bidir      *per.Null `per:"name=atm-AAL5-BIDIR"`
	Extension         per.Extension
	ATMAAL5Compressed *ATMAAL5Compressed `per:"name=atm-AAL5-compressed"`
}

// ATMAAL5Compressed is RTP over AAL5 with compressed headers.
type ATMAAL5Compressed struct {
	VariableDelta bool `per:"name=variable-delta"`
	Extension     per.Extension
}

// QOSCapability is one way to a quality of service.
type QOSCapability struct {
	NonStandardData            *NonStandardParameter `per:"optional"`
	RSVPParameters             *RSVPParameters       `per:"optional"`
	ATMParameters              *ATMParameters        `per:"optional"`
	Extension                  per.Extension
	LocalQoS                   *bool
	GenericTransportParameters *GenericTransportParameters
	ServicePriority            *ServicePriority
	AuthorizationParameter     *AuthorizationParameters
	QOSDescriptor              *QOSDescriptor
	DSCPValue                  *uint8 `per:"range=0..63"`
}

// QOSMode is a service of RSVP.
type QOSMode struct {
	per.Choice
	GuaranteedQOS  *per.Null
	ControlledLoad *per.Null
	Extension      per.Extension
}

// RSVPParameters are a reservation's (RFC 2205): rates in octets per second,
// sizes in octets.
type RSVPParameters struct {
	QOSMode    *QOSMode `per:"optional"`
	TokenRate  *uint32  `per:"optional,range=1..4294967295"`
	BucketSize *uint32  `per:"optional,range=1..4294967295"`
	PeakRate   *uint32  `per:"optional,range=1..4294967295"`
	MinPoliced *uint32  `per:"optional,range=1..4294967295"`
	MaxPktSize *uint32  `per:"optional,range=1..4294967295"`
	Extension  per.Extension
}

// ATMParameters are those of ATM's traffic classes; the size in octets.
type ATMParameters struct {
	MaxNTUSize uint16 `per:"range=0..65535"`
	ATMUBR     bool   `per:"name=atmUBR"`
	ATMRTVBR   bool   `per:"name=atmrtVBR"`
	ATMNRTVBR  bool   `per:"name=atmnrtVBR"`
	ATMABR     bool   `per:"name=atmABR"`
	ATMCBR     bool   `per:"name=atmCBR"`
	Extension  per.Extension
}

// ServicePriority tells a call's precedence.
type ServicePriority struct {
	NonStandardData          *NonStandardParameter `per:"optional"`
	ServicePrioritySignalled bool
	ServicePriorityValue     *ServicePriorityValue `per:"optional"`
	Extension                per.Extension
	ServiceClass             *uint16 `per:"range=0..4095"`
	ServiceSubclass          *uint8  `per:"range=0..255"`
}

// ServicePriorityValue is a precedence within a name space.
type ServicePriorityValue struct {
	NonStandardParameter *NonStandardParameter `per:"optional"`
	Extension            per.Extension
	Value                *uint8 `per:"range=0..255"`
}

// AuthorizationParameters hold what a maker's policy server wants.
type AuthorizationParameters struct {
	NonStandardData *NonStandardParameter `per:"optional"`
	Extension       per.Extension
}

// QOSDescriptor asks for a class of ITU-T Y.1541.
type QOSDescriptor struct {
	NonStandardData *NonStandardParameter `per:"optional"`
	QOSType         QOSType
	QOSClass        QOSClass
	Extension       per.Extension
}

// QOSType tells how much the class is wanted.
type QOSType struct {
	per.Choice
	Desired   *per.Null
	Required  *per.Null
	Extension per.Extension
}

// QOSClass is a class of ITU-T Y.1541.
type QOSClass struct {
	per.Choice
	Class0    *per.Null
	Class1    *per.Null
	Class2    *per.Null
	Class3    *per.Null
	Class4    *per.Null
	Class5    *per.Null
	Extension per.Extension
}

// GenericTransportParameters describe a stream's traffic: rates in octets per
// second, sizes in octets.
type GenericTransportParameters struct {
	NonStandardData *NonStandardParameter `per:"optional"`
	AverageRate     *uint32               `per:"optional,range=1..4294967295"`
	Burst           *uint32               `per:"optional,range=1..4294967295"`
	PeakRate        *uint32               `per:"optional,range=1..4294967295"`
	MaxPktSize      *uint32               `per:"optional,range=1..4294967295"`
	Extension       per.Extension
}
