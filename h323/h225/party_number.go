package h225

import "parley/h323/per"

// PartyNumber is a number by its numbering plan.
type PartyNumber struct {
	per.Choice
	E164Number                  *PublicPartyNumber
	DataPartyNumber             NumberDigits
	TelexPartyNumber            NumberDigits
	PrivateNumber               *PrivatePartyNumber
	NationalStandardPartyNumber NumberDigits
	Extension                   per.Extension
}

// PublicPartyNumber is a number of the plan of E.164.
type PublicPartyNumber struct {
	PublicTypeOfNumber PublicTypeOfNumber
	PublicNumberDigits NumberDigits
}

// PrivatePartyNumber is a number of a private plan.
type PrivatePartyNumber struct {
	PrivateTypeOfNumber PrivateTypeOfNumber
	PrivateNumberDigits NumberDigits
}

// NumberDigits are dialled digits.
type NumberDigits string

func (NumberDigits) PERTag() string { return "ia5,from='0123456789#*,',size=1..128" }

// PublicTypeOfNumber says which prefix a public number lacks.
type PublicTypeOfNumber struct {
	per.Choice
	Unknown               *per.Null
	InternationalNumber   *per.Null
	NationalNumber        *per.Null
	NetworkSpecificNumber *per.Null
	SubscriberNumber      *per.Null
	AbbreviatedNumber     *per.Null
	Extension             per.Extension
}

// PrivateTypeOfNumber says which prefix a private number lacks.
type PrivateTypeOfNumber struct {
	per.Choice
	Unknown              *per.Null
	Level2RegionalNumber *per.Null
	Level1RegionalNumber *per.Null
	PISNSpecificNumber   *per.Null `per:"name=pISNSpecificNumber"`
	LocalNumber          *per.Null
	AbbreviatedNumber    *per.Null
	Extension            per.Extension
}
