package h245

import "parley/h323/per"

// DepFECCapability is forward error correction as it was before H.245's version
// 6.
type DepFECCapability struct {
	per.Choice
	RFC2733   *DepFECCapabilityRFC2733
	Extension per.Extension
}

// DepFECCapabilityRFC2733 tells where RFC 2733's packets may go.
type DepFECCapabilityRFC2733 struct {
	RedundancyEncoding bool
	SeparateStream     DepFECCapabilitySeparateStream
	Extension          per.Extension
}

// DepFECCapabilitySeparateStream tells by which port.
type DepFECCapabilitySeparateStream struct {
	SeparatePort bool
	SamePort     bool
	Extension    per.Extension
}

// FECCapability is the protection of another capability.
type FECCapability struct {
	ProtectedCapability CapabilityTableEntryNumber
	FECScheme           per.OID        `per:"optional"`
	RFC2733Format       *RFC2733Format `per:"optional"`
	Extension           per.Extension
}

// RFC2733Format tells where the protecting packets go, and how many of them.
type RFC2733Format struct {
	per.Choice
	RFC2733rfc2198  *MaxRedundancy
	RFC2733sameport *MaxRedundancy
	RFC2733diffport *MaxRedundancy
}

// MaxRedundancy is the largest ratio of protecting packets.
type MaxRedundancy uint64

// PERTag is the constraint.
func (MaxRedundancy) PERTag() string { return "range=1.." }

// DepFECData is a stream with forward error correction as it was before version
// 6.
type DepFECData struct {
	per.Choice
	RFC2733 *DepFECDataRFC2733
}

// DepFECDataRFC2733 is by RFC 2733.
type DepFECDataRFC2733 struct {
	Mode      DepFECDataMode
	Extension per.Extension
}

// DepFECDataMode tells where the protecting packets go.
type DepFECDataMode struct {
	per.Choice
	RedundancyEncoding *per.Null
	SeparateStream     *DepFECDataSeparateStream
	Extension          per.Extension
}

// DepFECDataSeparateStream tells by which port.
type DepFECDataSeparateStream struct {
	per.Choice
	DifferentPort *DepFECDifferentPort
	SamePort      *DepFECDataSamePort
	Extension     per.Extension
}

// DepFECDifferentPort names the protected session.
type DepFECDifferentPort struct {
	ProtectedSessionID   uint8  `per:"range=1..255"`
	ProtectedPayloadType *uint8 `per:"optional,range=0..127"`
	Extension            per.Extension
}

// DepFECDataSamePort names the protected payload type.
type DepFECDataSamePort struct {
	ProtectedPayloadType uint8 `per:"range=0..127"`
	Extension            per.Extension
}

// FECData is a stream that protects another.
type FECData struct {
	per.Choice
	RFC2733   *FECDataRFC2733
	Extension per.Extension
}

// FECDataRFC2733 is by RFC 2733.
type FECDataRFC2733 struct {
	ProtectedPayloadType uint8   `per:"range=0..127"`
	FECScheme            per.OID `per:"optional"`
	PktMode              FECPktMode
	Extension            per.Extension
}

// FECPktMode tells where the protecting packets go.
type FECPktMode struct {
	per.Choice
	RFC2198coding   *per.Null
	RFC2733sameport *RFC2733SamePort
	RFC2733diffport *RFC2733DiffPort
	Extension       per.Extension
}

// RFC2733SamePort shares the port of the protected stream.
type RFC2733SamePort struct {
	Extension per.Extension
}

// RFC2733DiffPort names the protected channel.
type RFC2733DiffPort struct {
	ProtectedChannel LogicalChannelNumber
	Extension        per.Extension
}

// DepFECMode asks for what DepFECData opens.
type DepFECMode struct {
	per.Choice
	RFC2733Mode *DepFECModeRFC2733
	Extension   per.Extension
}

// DepFECModeRFC2733 is by RFC 2733.
type DepFECModeRFC2733 struct {
	Mode      DepFECModeMode
	Extension per.Extension
}

// DepFECModeMode tells where the protecting packets go.
type DepFECModeMode struct {
	per.Choice
	RedundancyEncoding *per.Null
	SeparateStream     *DepFECModeSeparateStream
	Extension          per.Extension
}

// DepFECModeSeparateStream tells by which port.
type DepFECModeSeparateStream struct {
	per.Choice
	DifferentPort *DepFECDifferentPort
	SamePort      *DepFECModeSamePort
	Extension     per.Extension
}

// DepFECModeSamePort names the protected mode.
type DepFECModeSamePort struct {
	ProtectedType ModeElementType
	Extension     per.Extension
}

// FECMode asks for the protection of a mode element.
type FECMode struct {
	ProtectedElement ModeElementType
	FECScheme        per.OID        `per:"optional"`
	RFC2733Format    *RFC2733Format `per:"optional"`
	Extension        per.Extension
}
