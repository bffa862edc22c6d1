package h225

import "parley/h323/per"

// What H.225.0 imports from H.245 (module MULTIMEDIA-SYSTEM-CONTROL) stands here
// again, so that neither package builds on the other.

// QOSCapability is H.245's: what an endpoint can reserve.
type QOSCapability struct {
	NonStandardData            *H245NonStandardParameter `per:"optional"`
	RSVPParameters             *RSVPParameters           `per:"optional,name=rsvpParameters"`
	ATMParameters              *ATMParameters            `per:"optional,name=atmParameters"`
	Extension                  per.Extension
	LocalQoS                   *bool
	GenericTransportParameters *GenericTransportParameters
	ServicePriority            *ServicePriority
	AuthorizationParameter     *AuthorizationParameters
	QOSDescriptor              *QOSDescriptor `per:"name=qosDescriptor"`
	DSCPValue                  *uint8         `per:"range=0..63,name=dscpValue"`
}

// H245NonStandardParameter is H.245's NonStandardParameter, whose identifier
// has no extension markers.
type H245NonStandardParameter struct {
	NonStandardIdentifier H245NonStandardIdentifier
	Data                  []byte
}

// H245NonStandardIdentifier is H.245's NonStandardIdentifier.
type H245NonStandardIdentifier struct {
	per.Choice
	Object          per.OID
	H221NonStandard *H245H221NonStandard
}

// H245H221NonStandard is a maker by country (ITU-T T.35) and number.
type H245H221NonStandard struct {
	T35CountryCode   uint8  `per:"range=0..255"`
	T35Extension     uint8  `per:"range=0..255"`
	ManufacturerCode uint16 `per:"range=0..65535"`
}

// RSVPParameters describe a flow to RSVP, in octets and octets a second.
type RSVPParameters struct {
	QOSMode    *QOSMode `per:"optional,name=qosMode"`
	TokenRate  *uint32  `per:"optional,range=1..4294967295"`
	BucketSize *uint32  `per:"optional,range=1..4294967295"`
	PeakRate   *uint32  `per:"optional,range=1..4294967295"`
	MinPoliced *uint32  `per:"optional,range=1..4294967295"`
	MaxPktSize *uint32  `per:"optional,range=1..4294967295"`
	Extension  per.Extension
}

// QOSMode is a service of RSVP.
type QOSMode struct {
	per.Choice
	GuaranteedQOS  *per.Null
	ControlledLoad *per.Null
	Extension      per.Extension
}

// ATMParameters describe a virtual circuit.
type ATMParameters struct {
	MaxNTUSize uint16 `per:"range=0..65535"`
	ATMUBR     bool   `per:"name=atmUBR"`
	ATMrtVBR   bool   `per:"name=atmrtVBR"`
	ATMnrtVBR  bool   `per:"name=atmnrtVBR"`
	ATMABR     bool   `per:"name=atmABR"`
	ATMCBR     bool   `per:"name=atmCBR"`
	Extension  per.Extension
}

// GenericTransportParameters describe a flow, in octets and octets a second.
type GenericTransportParameters struct {
	NonStandardData *H245NonStandardParameter `per:"optional"`
	AverageRate     *uint32                   `per:"optional,range=1..4294967295"`
	Burst           *uint32                   `per:"optional,range=1..4294967295"`
	PeakRate        *uint32                   `per:"optional,range=1..4294967295"`
	MaxPktSize      *uint32                   `per:"optional,range=1..4294967295"`
	Extension       per.Extension
}

// ServicePriority is the priority of a call's media.
type ServicePriority struct {
	NonStandardData          *H245NonStandardParameter `per:"optional"`
	ServicePrioritySignalled bool
	ServicePriorityValue     *ServicePriorityValue `per:"optional"`
	Extension                per.Extension
	ServiceClass             *uint16 `per:"range=0..4095"`
	ServiceSubclass          *uint8  `per:"range=0..255"`
}

// ServicePriorityValue is the value of a ServicePriority.
type ServicePriorityValue struct {
	NonStandardParameter *H245NonStandardParameter `per:"optional"`
	Extension            per.Extension
	Value                *uint8 `per:"range=0..255"`
}

// AuthorizationParameters authorize a reservation.
type AuthorizationParameters struct {
	NonStandardData *H245NonStandardParameter `per:"optional"`
	Extension       per.Extension
}

// QOSDescriptor is a class of service and how badly it is needed.
type QOSDescriptor struct {
	NonStandardData *H245NonStandardParameter `per:"optional"`
	QOSType         QOSType                   `per:"name=qosType"`
	QOSClass        QOSClass                  `per:"name=qosClass"`
	Extension       per.Extension
}

// QOSType says how badly a class of service is needed.
type QOSType struct {
	per.Choice
	Desired   *per.Null
	Required  *per.Null
	Extension per.Extension
}

// QOSClass is a class of service of Y.1541.
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

// DataProtocolCapability is H.245's: what carries a data channel.
type DataProtocolCapability struct {
	per.Choice
	NonStandard               *H245NonStandardParameter
	V14buffered               *per.Null
	V42lapm                   *per.Null
	HDLCFrameTunnelling       *per.Null
	H310SeparateVCStack       *per.Null
	H310SingleVCStack         *per.Null
	Transparent               *per.Null
	Extension                 per.Extension
	SegmentationAndReassembly *per.Null
	HDLCFrameTunnelingwSAR    *per.Null
	V120                      *per.Null
	SeparateLANStack          *per.Null
	V76wCompression           *V76wCompression
	TCP                       *per.Null
	UDP                       *per.Null
}

// V76wCompression says which directions of V.76 are compressed, and how.
type V76wCompression struct {
	per.Choice
	TransmitCompression           *CompressionType
	ReceiveCompression            *CompressionType
	TransmitAndReceiveCompression *CompressionType
	Extension                     per.Extension
}

// CompressionType is a way of compression.
type CompressionType struct {
	per.Choice
	V42bis    *V42bis
	Extension per.Extension
}

// V42bis holds the sizes of V.42 bis.
type V42bis struct {
	NumberOfCodewords   uint32 `per:"range=1..65536"`
	MaximumStringLength uint16 `per:"range=1..256"`
	Extension           per.Extension
}

// T38FaxProfile is H.245's: how facsimile by T.38 is sent.
type T38FaxProfile struct {
	FillBitRemoval       bool
	TranscodingJBIG      bool
	TranscodingMMR       bool
	Extension            per.Extension
	Version              *uint8 `per:"range=0..255"`
	T38FaxRateManagement *T38FaxRateManagement
	T38FaxUDPOptions     *T38FaxUDPOptions `per:"name=t38FaxUdpOptions"`
	T38FaxTCPOptions     *T38FaxTCPOptions `per:"name=t38FaxTcpOptions"`
}

// T38FaxRateManagement says where the training check is made.
type T38FaxRateManagement struct {
	per.Choice
	LocalTCF       *per.Null
	TransferredTCF *per.Null
	Extension      per.Extension
}

// T38FaxUDPOptions are T.38's over UDP, in octets.
type T38FaxUDPOptions struct {
	T38FaxMaxBuffer   *int64      `per:"optional"`
	T38FaxMaxDatagram *int64      `per:"optional"`
	T38FaxUDPEC       T38FaxUDPEC `per:"name=t38FaxUdpEC"`
}

// T38FaxUDPEC is T.38's error correction over UDP.
type T38FaxUDPEC struct {
	per.Choice
	T38UDPFEC        *per.Null
	T38UDPRedundancy *per.Null
	Extension        per.Extension
}

// T38FaxTCPOptions are T.38's over TCP.
type T38FaxTCPOptions struct {
	T38TCPBidirectionalMode bool
	Extension               per.Extension
}
