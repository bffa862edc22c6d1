package h245

import "parley/h323/per"

// H222LogicalChannelParameters place a channel in an MPEG-2 multiplex.
type H222LogicalChannelParameters struct {
	ResourceID         uint16  `per:"range=0..65535"`
	SubChannelID       uint16  `per:"range=0..8191"`
	PCRPID             *uint16 `per:"optional,name=pcr-pid,range=0..8191"`
	ProgramDescriptors []byte  `per:"optional"`
	StreamDescriptors  []byte  `per:"optional"`
	Extension          per.Extension
}

// H223LogicalChannelParameters place a channel in the multiplex of H.324.
type H223LogicalChannelParameters struct {
	AdaptationLayerType AdaptationLayerType
	SegmentableFlag     bool
	Extension           per.Extension
}

// AdaptationLayerType is the layer of H.223 that carries the channel.
type AdaptationLayerType struct {
	per.Choice
	NonStandard               *NonStandardParameter
	AL1Framed                 *per.Null
	AL1NotFramed              *per.Null
	AL2WithoutSequenceNumbers *per.Null
	AL2WithSequenceNumbers    *per.Null
	AL3                       *AL3Parameters
	Extension                 per.Extension
	AL1M                      *H223AL1MParameters `per:"name=al1M"`
	AL2M                      *H223AL2MParameters `per:"name=al2M"`
	AL3M                      *H223AL3MParameters `per:"name=al3M"`
}

// AL3Parameters are those of H.223's AL3; the buffer in octets.
type AL3Parameters struct {
	ControlFieldOctets uint8  `per:"range=0..2"`
	SendBufferSize     uint32 `per:"range=0..16777215"`
}

// H223AL1MParameters are those of H.223 Annex C's AL1M.
type H223AL1MParameters struct {
	TransferMode      H223TransferMode
	HeaderFEC         H223AL1MParametersHeaderFEC
	CRCLength         H223CRCLength
	RcpcCodeRate      uint8 `per:"range=8..32"`
	ArqType           H223ArqType
	AlpduInterleaving bool
	AlsduSplitting    bool
	Extension         per.Extension
	RsCodeCorrection  *uint8 `per:"range=0..127"`
}

// H223TransferMode tells whether frames keep their bounds.
type H223TransferMode struct {
	per.Choice
	Framed    *per.Null
	Unframed  *per.Null
	Extension per.Extension
}

// H223AL1MParametersHeaderFEC protects the header.
type H223AL1MParametersHeaderFEC struct {
	per.Choice
	Sebch16_7  *per.Null `per:"name=sebch16-7"`
	Golay24_12 *per.Null `per:"name=golay24-12"`
	Extension  per.Extension
}

// H223CRCLength is the length of the check in bits.
type H223CRCLength struct {
	per.Choice
	CRC4bit    *per.Null
	CRC12bit   *per.Null
	CRC20bit   *per.Null
	CRC28bit   *per.Null
	Extension  per.Extension
	CRC8bit    *per.Null
	CRC16bit   *per.Null
	CRC32bit   *per.Null
	CRCNotUsed *per.Null
}

// H223ArqType tells how lost frames are asked for again.
type H223ArqType struct {
	per.Choice
	NoArq     *per.Null
	TypeIArq  *H223AnnexCArqParameters
	TypeIIArq *H223AnnexCArqParameters
	Extension per.Extension
}

// H223AL2MParameters are those of H.223 Annex C's AL2M.
type H223AL2MParameters struct {
	HeaderFEC         H223AL2MParametersHeaderFEC
	AlpduInterleaving bool
	Extension         per.Extension
}

// H223AL2MParametersHeaderFEC protects the header.
type H223AL2MParametersHeaderFEC struct {
	per.Choice
	Sebch16_5  *per.Null `per:"name=sebch16-5"`
	Golay24_12 *per.Null `per:"name=golay24-12"`
	Extension  per.Extension
}

// H223AL3MParameters are those of H.223 Annex C's AL3M.
type H223AL3MParameters struct {
	HeaderFormat      H223AL3MParametersHeaderFormat
	CRCLength         H223CRCLength
	RcpcCodeRate      uint8 `per:"range=8..32"`
	ArqType           H223ArqType
	AlpduInterleaving bool
	Extension         per.Extension
	RsCodeCorrection  *uint8 `per:"range=0..127"`
}

// H223AL3MParametersHeaderFormat protects the header.
type H223AL3MParametersHeaderFormat struct {
	per.Choice
	Sebch16_7  *per.Null `per:"name=sebch16-7"`
	Golay24_12 *per.Null `per:"name=golay24-12"`
	Extension  per.Extension
}

// H223AnnexCArqParameters bound the repetitions; the buffer in octets.
type H223AnnexCArqParameters struct {
	NumberOfRetransmissions NumberOfRetransmissions
	SendBufferSize          uint32 `per:"range=0..16777215"`
	Extension               per.Extension
}

// NumberOfRetransmissions is how often a frame is repeated.
type NumberOfRetransmissions struct {
	per.Choice
	Finite    *uint8 `per:"range=0..16"`
	Infinite  *per.Null
	Extension per.Extension
}
