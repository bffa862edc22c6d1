package h245

import "parley/h323/per"

// DataApplicationCapability is an application with the protocol beneath; the
// rate in 100 bit/s.
type DataApplicationCapability struct {
	Application DataApplication
	MaxBitRate  uint32 `per:"range=0..4294967295"`
	Extension   per.Extension
}

// DataApplication is an application of data.
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

// T84Capability is still pictures by ITU-T T.84.
type T84Capability struct {
	T84Protocol DataProtocolCapability
	T84Profile  T84Profile
}

// NLPID is a network protocol by ISO/IEC TR 9577.
type NLPID struct {
	NLPIDProtocol DataProtocolCapability
	NLPIDData     []byte
}

// T38Fax is fax by ITU-T T.38.
type T38Fax struct {
	T38FaxProtocol DataProtocolCapability
	T38FaxProfile  T38FaxProfile
}

// DataProtocolCapability is the protocol beneath an application.
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

// V76wCompression tells in which direction data is compressed.
type V76wCompression struct {
	per.Choice
	TransmitCompression           *CompressionType
	ReceiveCompression            *CompressionType
	TransmitAndReceiveCompression *CompressionType
	Extension                     per.Extension
}

// CompressionType is how data is compressed.
type CompressionType struct {
	per.Choice
	V42bis    *V42bis
	Extension per.Extension
}

// V42bis is the compression of ITU-T V.42 bis.
type V42bis struct {
	NumberOfCodewords   uint32 `per:"range=1..65536"`
	MaximumStringLength uint16 `per:"range=1..256"`
	Extension           per.Extension
}

// T84Profile is what of T.84 is supported.
type T84Profile struct {
	per.Choice
	T84Unrestricted *per.Null
	T84Restricted   *T84Restricted
}

// T84Restricted lists the pictures of T.84.
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

// T38FaxProfile is what of T.38 is supported.
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

// T38FaxRateManagement tells who checks the training.
type T38FaxRateManagement struct {
	per.Choice
	LocalTCF       *per.Null
	TransferredTCF *per.Null
	Extension      per.Extension
}

// T38FaxUdpOptions are for T.38 over UDPTL; sizes in octets.
type T38FaxUdpOptions struct {
	T38FaxMaxBuffer   *int64 `per:"optional"`
	T38FaxMaxDatagram *int64 `per:"optional"`
	T38FaxUdpEC       T38FaxUDPEC
}

// T38FaxUDPEC is the error correction of UDPTL.
type T38FaxUDPEC struct {
	per.Choice
	T38UDPFEC        *per.Null `per:"name=t38UDPFEC"`
	T38UDPRedundancy *per.Null `per:"name=t38UDPRedundancy"`
	Extension        per.Extension
}

// T38FaxTcpOptions are for T.38 over TCP.
type T38FaxTcpOptions struct {
	T38TCPBidirectionalMode bool `per:"name=t38TCPBidirectionalMode"`
	Extension               per.Extension
}
