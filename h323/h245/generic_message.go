package h245

import "parley/h323/per"

// GenericMessage is a message, or information within one, that another
// Recommendation defines, such as H.239's tokens or H.460.19's traversal
// parameters.
type GenericMessage struct {
	MessageIdentifier CapabilityIdentifier
	// SubMessageIdentifier is the message within those of the identifier.
	SubMessageIdentifier *uint8             `per:"optional,range=0..127"`
	MessageContent       []GenericParameter `per:"optional"`
	Extension            per.Extension
}

// GenericParameter is one parameter of a generic capability or message.
type GenericParameter struct {
	ParameterIdentifier ParameterIdentifier
	ParameterValue      ParameterValue
	Supersedes          []ParameterIdentifier `per:"optional"`
	Extension           per.Extension
}

// ParameterIdentifier names a parameter; the Standard numbers are those of the
// Recommendation whose identifier encloses them.
type ParameterIdentifier struct {
	per.Choice
	Standard        *uint8 `per:"range=0..127"`
	H221NonStandard *NonStandardParameter
	UUID            *[16]byte
	DomainBased     string `per:"ia5,size=1..64"`
	Extension       per.Extension
}

// ParameterValue carries the rule by which values of several terminals collapse
// in its kind: the "Min" kinds to the smallest, the "Max" kinds to the largest,
// a Boolean array to the bits common to all.
type ParameterValue struct {
	per.Choice
	Logical          *per.Null
	BooleanArray     *uint8  `per:"range=0..255"`
	UnsignedMin      *uint16 `per:"range=0..65535"`
	UnsignedMax      *uint16 `per:"range=0..65535"`
	Unsigned32Min    *uint32 `per:"range=0..4294967295"`
	Unsigned32Max    *uint32 `per:"range=0..4294967295"`
	OctetString      []byte
	GenericParameter []GenericParameter
	Extension        per.Extension
}
