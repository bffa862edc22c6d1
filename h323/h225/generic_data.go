package h225

import "parley/h323/per"

// GenericData is a feature with its parameters, as the H.460 series defines them.
type GenericData struct {
	ID         GenericIdentifier
	Parameters []EnumeratedParameter `per:"optional,size=1..512"`
	Extension  per.Extension
}

// GenericIdentifier names a feature or a parameter; standard N is H.460.N.
type GenericIdentifier struct {
	per.Choice
	Standard    *uint16 `per:"range=0..16383,ext"`
	OID         per.OID
	NonStandard *GloballyUniqueID
	Extension   per.Extension
}

// EnumeratedParameter is one parameter of a feature.
type EnumeratedParameter struct {
	ID        GenericIdentifier
	Content   *Content `per:"optional"`
	Extension per.Extension
}

// Content is a parameter's value.
type Content struct {
	per.Choice
	Raw       []byte
	Text      *string `per:"ia5"`
	Unicode   *string `per:"bmp"`
	Bool      *bool
	Number8   *uint8  `per:"range=0..255"`
	Number16  *uint16 `per:"range=0..65535"`
	Number32  *uint32 `per:"range=0..4294967295"`
	ID        *GenericIdentifier
	Alias     *AliasAddress
	Transport *TransportAddress
	Compound  []EnumeratedParameter `per:"size=1..512"`
	Nested    []GenericData         `per:"size=1..16"`
	Extension per.Extension
}
