package h245

import "parley/h323/per"

type TerminalCapabilitySet struct {
	SequenceNumber        SequenceNumber
	ProtocolIdentifier    per.OID
	MultiplexCapability   *MultiplexCapability   `per:"optional"`
	CapabilityTable       []CapabilityTableEntry `per:"optional,size=1..256"`
	CapabilityDescriptors []CapabilityDescriptor `per:"optional,size=1..256"`
	Extension             per.Extension
	GenericInformation    []GenericMessage
}

type CapabilityTableEntry struct {
	CapabilityTableEntryNumber CapabilityTableEntryNumber
	Capability                 *Capability `per:"optional"`
}

type CapabilityTableEntryNumber uint16

// PERTag is the constraint.
func (CapabilityTableEntryNumber) PERTag() string { return "range=1..65535" }

type CapabilityDescriptor struct {
	CapabilityDescriptorNumber CapabilityDescriptorNumber
	SimultaneousCapabilities   []AlternativeCapabilitySet `per:"optional,size=1..256"`
}

type CapabilityDescriptorNumber uint16

// PERTag is the constraint.
func (CapabilityDescriptorNumber) PERTag() string { return "range=0..255" }

type AlternativeCapabilitySet []CapabilityTableEntryNumber

// PERTag is the constraint.
func (AlternativeCapabilitySet) PERTag() string { return "size=1..256" }

type TerminalCapabilitySetAck struct {
	SequenceNumber     SequenceNumber
	Extension          per.Extension
	GenericInformation []GenericMessage
}

type TerminalCapabilitySetReject struct {
	SequenceNumber     SequenceNumber
	Cause              TerminalCapabilitySetRejectCause
	Extension          per.Extension
	GenericInformation []GenericMessage
}

type TerminalCapabilitySetRejectCause struct {
	per.Choice
	Unspecified                *per.Null
	UndefinedTableEntryUsed    *per.Null
	DescriptorCapacityExceeded *per.Null
	TableEntryCapacityExceeded *TableEntryCapacityExceeded
	Extension                  per.Extension
}

type TableEntryCapacityExceeded struct {
	per.Choice
	HighestEntryNumberProcessed *CapabilityTableEntryNumber
	NoneProcessed               *per.Null
}

type TerminalCapabilitySetRelease struct {
	Extension          per.Extension
	GenericInformation []GenericMessage
}

type SendTerminalCapabilitySet struct {
	per.Choice
	SpecificRequest *SpecificCapabilityRequest
	GenericRequest  *per.Null
	Extension       per.Extension
}

type SpecificCapabilityRequest struct {
	MultiplexCapability         bool
	CapabilityTableEntryNumbers []CapabilityTableEntryNumber `per:"optional,size=1..65535"`
	CapabilityDescriptorNumbers []CapabilityDescriptorNumber `per:"optional,size=1..256"`
	Extension                   per.Extension
}
