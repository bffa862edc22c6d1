package h245

import "parley/h323/per"

type DataApplicationCapability struct {
	Application DataApplication
	MaxBitRate  uint32 `per:"range=0..4294967295"`
	Extension   per.Extension
}

type DataApplication struct {
	per.Choice
	NonStandard           *NonStandardParameter
	T120                  *DataProtocolCapability
	DSMCC                 *DataProtocolCapability `per:"name=dsm-cc"`
	UserData              *DataProtocolCapability
	T84                   *T84Capability
	T434                  *DataProtocolCapability
	H224                  *DataProtocolCapability
	NLPID                 *NLPID
	DsvdControl           *per.Null
	H222DataPartitioning  *DataProtocolCapability
	Extension             per.Extension
	T30fax                *DataProtocolCapability
	T140                  *DataProtocolCapability
	T38fax                *T38Fax
	GenericDataCapability *GenericCapability
}

type T84Capability struct {
	T84Protocol DataProtocolCapability
	T84Profile  T84Profile
}

type NLPID struct {
	NLPIDProtocol DataProtocolCapability
	NLPIDData     []byte
}

type T38Fax struct {
	T38FaxProtocol DataProtocolCapability
	T38FaxProfile  T38FaxProfile
}

type DataProtocolCapability struct {
	per.Choice
	NonStandard               *NonStandardParameter
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

type V76wCompression struct {
	per.Choice
	TransmitCompression           *CompressionType
	ReceiveCompression            *CompressionType
	TransmitAndReceiveCompression *CompressionType
	Extension                     per.Extension
}

type CompressionType struct {
	per.Choice
	V42bis    *V42bis
	Extension per.Extension
}

type V42bis struct {
	NumberOfCodewords   uint32 `per:"range=1..65536"`
	MaximumStringLength uint16 `per:"range=1..256"`
	Extension           per.Extension
}

type T84Profile struct {
	per.Choice
	T84Unrestricted *per.Null
	T84Restricted   *T84Restricted
}

type T84Restricted struct {
	Qcif             bool
	Cif              bool
	Ccir601Seq       bool
	Ccir601Prog      bool
	HdtvSeq          bool
	HdtvProg         bool
	G3FacsMH200x100  bool
	G3FacsMH200x200  bool
	G4FacsMMR200x100 bool
	G4FacsMMR200x200 bool
	Jbig200x200Seq   bool
	Jbig200x200Prog  bool
	Jbig300x300Seq   bool
	Jbig300x300Prog  bool
	DigPhotoLow      bool
	DigPhotoMedSeq   bool
	DigPhotoMedProg  bool
	DigPhotoHighSeq  bool
	DigPhotoHighProg bool
	Extension        per.Extension
}

type T38FaxProfile struct {
	FillBitRemoval       bool
	TranscodingJBIG      bool
	TranscodingMMR       bool
	Extension            per.Extension
	Version              *uint8 `per:"range=0..255"`
	T38FaxRateManagement *T38FaxRateManagement
	T38FaxUdpOptions     *T38FaxUdpOptions
	T38FaxTcpOptions     *T38FaxTcpOptions
}

type T38FaxRateManagement struct {
	per.Choice
	LocalTCF       *per.Null
	TransferredTCF *per.Null
	Extension      per.Extension
}

type T38FaxUdpOptions struct {
	T38FaxMaxBuffer   *int64 `per:"optional"`
	T38FaxMaxDatagram *int64 `per:"optional"`
	T38FaxUdpEC       T38FaxUDPEC
}

type T38FaxUDPEC struct {
	per.Choice
	T38UDPFEC        *per.Null `per:"name=t38UDPFEC"`
	T38UDPRedundancy *per.Null `per:"name=t38UDPRedundancy"`
	Extension        per.Extension
}

type T38FaxTcpOptions struct {
	T38TCPBidirectionalMode bool `per:"name=t38TCPBidirectionalMode"`
	Extension               per.Extension
}
