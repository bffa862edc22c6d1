package h245

import "parley/h323/per"

// TerminalCapabilitySet tells what the sender can receive and transmit (clause
// C.3). One with nothing but the sequence number and the protocol is the empty
// set that pauses the peer's transmission (H.323 clause 8.4.6).
type TerminalCapabilitySet struct {
	SequenceNumber SequenceNumber
	// ProtocolIdentifier is 0.0.8.245.0.N for version N; ours is
	// [ProtocolIdentifier].
	ProtocolIdentifier    per.OID
	MultiplexCapability   *MultiplexCapability   `per:"optional"`
	CapabilityTable       []CapabilityTableEntry `per:"optional,size=1..256"`
	CapabilityDescriptors []CapabilityDescriptor `per:"optional,size=1..256"`
	Extension             per.Extension
	GenericInformation    []GenericMessage
}

// CapabilityTableEntry is a numbered capability; one without Capability takes
// the number back.
type CapabilityTableEntry struct {
	CapabilityTableEntryNumber CapabilityTableEntryNumber
	Capability                 *Capability `per:"optional"`
}

// CapabilityTableEntryNumber refers to an entry of the sender's table.
type CapabilityTableEntryNumber uint16

// PERTag is the constraint.
func (CapabilityTableEntryNumber) PERTag() string { return "range=1..65535" }

// CapabilityDescriptor is one mode of operation: its alternatives hold all at
// once.
type CapabilityDescriptor struct {
	CapabilityDescriptorNumber CapabilityDescriptorNumber
	SimultaneousCapabilities   []AlternativeCapabilitySet `per:"optional,size=1..256"`
}

// CapabilityDescriptorNumber tells a descriptor, the lower the preferred. It is
// wider than its range, since Go's []uint8 would be octets.
type CapabilityDescriptorNumber uint16

// PERTag is the constraint.
func (CapabilityDescriptorNumber) PERTag() string { return "range=0..255" }

// AlternativeCapabilitySet are the entries of which one at a time can be used.
type AlternativeCapabilitySet []CapabilityTableEntryNumber

// PERTag is the constraint.
func (AlternativeCapabilitySet) PERTag() string { return "size=1..256" }

// TerminalCapabilitySetAck tells that the set of that number is in force.
type TerminalCapabilitySetAck struct {
	SequenceNumber     SequenceNumber
	Extension          per.Extension
	GenericInformation []GenericMessage
}

// TerminalCapabilitySetReject tells why the set is not.
type TerminalCapabilitySetReject struct {
	SequenceNumber     SequenceNumber
	Cause              TerminalCapabilitySetRejectCause
	Extension          per.Extension
	GenericInformation []GenericMessage
}

// TerminalCapabilitySetRejectCause is why a capability set was refused.
type TerminalCapabilitySetRejectCause struct {
	per.Choice
	Unspecified                *per.Null
	UndefinedTableEntryUsed    *per.Null
	DescriptorCapacityExceeded *per.Null
	TableEntryCapacityExceeded *TableEntryCapacityExceeded
	Extension                  per.Extension
}

// TableEntryCapacityExceeded tells how far the table was read.
type TableEntryCapacityExceeded struct {
	per.Choice
	HighestEntryNumberProcessed *CapabilityTableEntryNumber
	NoneProcessed               *per.Null
}

// TerminalCapabilitySetRelease tells that the set has timed out.
type TerminalCapabilitySetRelease struct {
	Extension          per.Extension
	GenericInformation []GenericMessage
}

// SendTerminalCapabilitySet asks for a capability set, whole or in part.
type SendTerminalCapabilitySet struct {
	per.Choice
	SpecificRequest *SpecificCapabilityRequest
	GenericRequest  *per.Null
	Extension       per.Extension
}

// SpecificCapabilityRequest names the parts that are asked for.
type SpecificCapabilityRequest struct {
	MultiplexCapability         bool
	CapabilityTableEntryNumbers []CapabilityTableEntryNumber `per:"optional,size=1..65535"`
	CapabilityDescriptorNumbers []CapabilityDescriptorNumber `per:"optional,size=1..256"`
	Extension                   per.Extension
}
