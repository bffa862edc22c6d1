package h245

import "parley/h323/per"

// MultiplexEntrySend sends entries of H.223's multiplex table (clause C.7).
type MultiplexEntrySend struct {
	SequenceNumber            SequenceNumber
	MultiplexEntryDescriptors []MultiplexEntryDescriptor `per:"size=1..15"`
	Extension                 per.Extension
}

// MultiplexEntryDescriptor is one entry; without elements it is taken back.
type MultiplexEntryDescriptor struct {
	MultiplexTableEntryNumber MultiplexTableEntryNumber
	ElementList               []MultiplexElement `per:"optional,size=1..256"`
}

// MultiplexElement is a channel, or elements in turn, so many times.
type MultiplexElement struct {
	Type        MultiplexElementType
	RepeatCount MultiplexElementRepeatCount
}

// MultiplexElementType is a channel or elements in turn.
type MultiplexElementType struct {
	per.Choice
	LogicalChannelNumber *uint16            `per:"range=0..65535"`
	SubElementList       []MultiplexElement `per:"size=2..255"`
}

// MultiplexElementRepeatCount is how often the element repeats.
type MultiplexElementRepeatCount struct {
	per.Choice
	Finite           *uint16 `per:"range=1..65535"`
	UntilClosingFlag *per.Null
}

// MultiplexTableEntryNumber refers to an entry. It is wider than its range,
// since Go's []uint8 would be octets.
type MultiplexTableEntryNumber uint16

// PERTag is the constraint.
func (MultiplexTableEntryNumber) PERTag() string { return "range=1..15" }

// MultiplexEntrySendAck accepts entries.
type MultiplexEntrySendAck struct {
	SequenceNumber            SequenceNumber
	MultiplexTableEntryNumber []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension                 per.Extension
}

// MultiplexEntrySendReject refuses entries.
type MultiplexEntrySendReject struct {
	SequenceNumber        SequenceNumber
	RejectionDescriptions []MultiplexEntryRejectionDescriptions `per:"size=1..15"`
	Extension             per.Extension
}

// MultiplexEntryRejectionDescriptions tell which entry was refused.
type MultiplexEntryRejectionDescriptions struct {
	MultiplexTableEntryNumber MultiplexTableEntryNumber
	Cause                     MultiplexEntryRejectionDescriptionsCause
	Extension                 per.Extension
}

// MultiplexEntryRejectionDescriptionsCause is why an entry was refused.
type MultiplexEntryRejectionDescriptionsCause struct {
	per.Choice
	UnspecifiedCause     *per.Null
	DescriptorTooComplex *per.Null
	Extension            per.Extension
}

// MultiplexEntrySendRelease tells that the entries have timed out.
type MultiplexEntrySendRelease struct {
	MultiplexTableEntryNumber []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension                 per.Extension
}

// RequestMultiplexEntry asks for entries again (clause C.8).
type RequestMultiplexEntry struct {
	EntryNumbers []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension    per.Extension
}

// RequestMultiplexEntryAck tells that they will be sent.
type RequestMultiplexEntryAck struct {
	EntryNumbers []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension    per.Extension
}

// RequestMultiplexEntryReject tells that they will not.
type RequestMultiplexEntryReject struct {
	EntryNumbers          []MultiplexTableEntryNumber                  `per:"size=1..15"`
	RejectionDescriptions []RequestMultiplexEntryRejectionDescriptions `per:"size=1..15"`
	Extension             per.Extension
}

// RequestMultiplexEntryRejectionDescriptions tell which entry was refused.
type RequestMultiplexEntryRejectionDescriptions struct {
	MultiplexTableEntryNumber MultiplexTableEntryNumber
	Cause                     RequestMultiplexEntryRejectionDescriptionsCause
	Extension                 per.Extension
}

// RequestMultiplexEntryRejectionDescriptionsCause is why an entry was refused.
type RequestMultiplexEntryRejectionDescriptionsCause struct {
	per.Choice
	UnspecifiedCause *per.Null
	Extension        per.Extension
}

// RequestMultiplexEntryRelease tells that the request has timed out.
type RequestMultiplexEntryRelease struct {
	EntryNumbers []MultiplexTableEntryNumber `per:"size=1..15"`
	Extension    per.Extension
}
