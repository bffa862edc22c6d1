package h245

import "parley/h323/per"

type MultiplexEntrySend struct {
	SequenceNumber            SequenceNumber
	MultiplexEntryDescriptors []MultiplexEntryDescriptor `per:"size=1..15"`
	Extension                 per.Extension
}

type MultiplexEntryDescriptor struct {
	MultiplexTableEntryNumber MultiplexTableEntryNumber
	ElementList               []MultiplexElement `per:"optional,size=1..256"`
}

type MultiplexElement struct {
	Type        MultiplexElementType
	RepeatCount MultiplexElementRepeatCount
}

type MultiplexElementType struct {
	per.Choice
	LogicalChannelNumber *uint16            `per:"range=0..65535"`
	SubElementList       []MultiplexElement `per:"size=2..255"`
}

type MultiplexElementRepeatCount struct {
	per.Choice
	Finite           *uint16 `per:"range=1..65535"`
	UntilClosingFlag *per.Null
}

type MultiplexTableEntryNumber uint16

// PERTag is the constraint.
func (MultiplexTableEntryNumber) PERTag() string { return "range=1..15" }

type MultiplexEntrySendAck struct {
	SequenceNumber            SequenceNumber
	MultiplexTableEntryNumber []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension                 per.Extension
}

type MultiplexEntrySendReject struct {
	SequenceNumber        SequenceNumber
	RejectionDescriptions []MultiplexEntryRejectionDescriptions `per:"size=1..15"`
	Extension             per.Extension
}

type MultiplexEntryRejectionDescriptions struct {
	MultiplexTableEntryNumber MultiplexTableEntryNumber
	Cause                     MultiplexEntryRejectionDescriptionsCause
	Extension                 per.Extension
}

type MultiplexEntryRejectionDescriptionsCause struct {
	per.Choice
	UnspecifiedCause     *per.Null
	DescriptorTooComplex *per.Null
	Extension            per.Extension
}

type MultiplexEntrySendRelease struct {
	MultiplexTableEntryNumber []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension                 per.Extension
}

type RequestMultiplexEntry struct {
	EntryNumbers []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension    per.Extension
}

type RequestMultiplexEntryAck struct {
	EntryNumbers []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension    per.Extension
}

type RequestMultiplexEntryReject struct {
	EntryNumbers          []MultiplexTableEntryNumber                  `per:"size=1..15"`
	RejectionDescriptions []RequestMultiplexEntryRejectionDescriptions `per:"size=1..15"`
	Extension             per.Extension
}

type RequestMultiplexEntryRejectionDescriptions struct {
	MultiplexTableEntryNumber MultiplexTableEntryNumber
	Cause                     RequestMultiplexEntryRejectionDescriptionsCause
	Extension                 per.Extension
}

type RequestMultiplexEntryRejectionDescriptionsCause struct {
	per.Choice
	UnspecifiedCause *per.Null
	Extension        per.Extension
}

type RequestMultiplexEntryRelease struct {
	EntryNumbers []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension    per.Extension
}
