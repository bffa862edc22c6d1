package h245

import "parley/h323/per"

type DepFECCapability struct {
	per.Choice
	RFC2733   *DepFECCapabilityRFC2733
	Extension per.Extension
}

type DepFECCapabilityRFC2733 struct {
	RedundancyEncoding bool
	SeparateStream     DepFECCapabilitySeparateStream
	Extension          per.Extension
}

type DepFECCapabilitySeparateStream struct {
	SeparatePort bool
	SamePort     bool
	Extension    per.Extension
}

type FECCapability struct {
	ProtectedCapability CapabilityTableEntryNumber
	FECScheme           per.OID        `per:"optional"`
	RFC2733Format       *RFC2733Format `per:"optional"`
	Extension           per.Extension
}

type RFC2733Format struct {
	per.Choice
	RFC2733rfc2198  *MaxRedundancy
	RFC2733sameport *MaxRedundancy
	RFC2733diffport *MaxRedundancy
}

type MaxRedundancy uint64

// PERTag is the constraint.
func (MaxRedundancy) PERTag() string { return "range=1.." }

type DepFECData struct {
	per.Choice
	RFC2733 *DepFECDataRFC2733
}

type DepFECDataRFC2733 struct {
	Mode      DepFECDataMode
	Extension per.Extension
}

type DepFECDataMode struct {
	per.Choice
	RedundancyEncoding *per.Null
	SeparateStream     *DepFECDataSeparateStream
	Extension          per.Extension
}

type DepFECDataSeparateStream struct {
	per.Choice
	DifferentPort *DepFECDifferentPort
	SamePort      *DepFECDataSamePort
	Extension     per.Extension
}

type DepFECDifferentPort struct {
	ProtectedSessionID   uint8  `per:"range=1..255"`
	ProtectedPayloadType *uint8 `per:"optional,range=0..127"`
	Extension            per.Extension
}

type DepFECDataSamePort struct {
	ProtectedPayloadType uint8 `per:"range=0..127"`
	Extension            per.Extension
}

type FECData struct {
	per.Choice
	RFC2733   *FECDataRFC2733
	Extension per.Extension
}

type FECDataRFC2733 struct {
	ProtectedPayloadType uint8   `per:"range=0..127"`
	FECScheme            per.OID `per:"optional"`
	PktMode              FECPktMode
	Extension            per.Extension
}

type FECPktMode struct {
	per.Choice
	RFC2198coding   *per.Null
	RFC2733sameport *RFC2733SamePort
	RFC2733diffport *RFC2733DiffPort
	Extension       per.Extension
}

type RFC2733SamePort struct {
	Extension per.Extension
}

type RFC2733DiffPort struct {
	ProtectedChannel LogicalChannelNumber
	Extension        per.Extension
}

type DepFECMode struct {
	per.Choice
	RFC2733Mode *DepFECModeRFC2733
	Extension   per.Extension
}

type DepFECModeRFC2733 struct {
	Mode      DepFECModeMode
	Extension per.Extension
}

type DepFECModeMode struct {
	per.Choice
	RedundancyEncoding *per.Null
	SeparateStream     *DepFECModeSeparateStream
	Extension          per.Extension
}

type DepFECModeSeparateStream struct {
	per.Choice
	DifferentPort *DepFECDifferentPort
	SamePort      *DepFECModeSamePort
	Extension     per.Extension
}

type DepFECModeSamePort struct {
	ProtectedType ModeElementType
	Extension     per.Extension
}

type FECMode struct {
	ProtectedElement ModeElementType
	FECScheme        per.OID        `per:"optional"`
	RFC2733Format    *RFC2733Format `per:"optional"`
	Extension        per.Extension
}
