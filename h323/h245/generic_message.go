package h245

import "parley/h323/per"

type GenericMessage struct {
	MessageIdentifier    CapabilityIdentifier
	SubMessageIdentifier *uint8             `per:"optional,range=0..127"`
	MessageContent       []GenericParameter `per:"optional"`
	Extension            per.Extension
}

type GenericParameter struct {
	ParameterIdentifier ParameterIdentifier
	ParameterValue      ParameterValue
	Supersedes          []ParameterIdentifier `per:"optional"`
	Extension           per.Extension
}

type ParameterIdentifier struct {
	per.Choice
	Standard        *uint8 `per:"range=0..127"`
	H221NonStandard *NonStandardParameter
	UUID            *[16]byte
	DomainBased     string `per:"ia5,size=1..64"`
	Extension       per.Extension
}

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
