package h225

import "parley/h323/per"

// AliasAddress is a name or number of an endpoint, a user or a conference.
type AliasAddress struct {
	per.Choice
	DialledDigits string `per:"ia5,from='0123456789#*,',size=1..128"`
	H323ID        string `per:"bmp,size=1..256,name=h323-ID"`
	Extension     per.Extension
	URLID         string `per:"ia5,size=1..512,name=url-ID"`
	TransportID   *TransportAddress
	EmailID       string `per:"ia5,size=1..512,name=email-ID"`
	PartyNumber   *PartyNumber
	MobileUIM     *MobileUIM
	ISUPNumber    *ISUPNumber
}

// AddressPattern is a set of aliases.
type AddressPattern struct {
	per.Choice
	Wildcard  *AliasAddress
	Range     *PartyNumberRange
	Extension per.Extension
}

// PartyNumberRange is the numbers from one to another, both included.
type PartyNumberRange struct {
	StartOfRange PartyNumber
	EndOfRange   PartyNumber
}

// ExtendedAliasAddress is an alias and whether it may be shown.
type ExtendedAliasAddress struct {
	Address               AliasAddress
	PresentationIndicator *PresentationIndicator `per:"optional"`
	ScreeningIndicator    *ScreeningIndicator    `per:"optional"`
	Extension             per.Extension
}
