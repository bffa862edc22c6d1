package h225

import (
	"strconv"

	"parley/h323/per"
)

// PresentationIndicator says whether a number may be shown.
type PresentationIndicator struct {
	per.Choice
	PresentationAllowed    *per.Null
	PresentationRestricted *per.Null
	AddressNotAvailable    *per.Null
	Extension              per.Extension
}

// ScreeningIndicator says who gave a number and whether it was verified.
type ScreeningIndicator uint8

const (
	UserProvidedNotScreened ScreeningIndicator = iota
	UserProvidedVerifiedAndPassed
	UserProvidedVerifiedAndFailed
	NetworkProvided
)

func (ScreeningIndicator) PERTag() string { return "enum=4,ext" }

// String returns the name in the standard.
func (s ScreeningIndicator) String() string {
	switch s {
	case UserProvidedNotScreened:
		return "userProvidedNotScreened"
	case UserProvidedVerifiedAndPassed:
		return "userProvidedVerifiedAndPassed"
	case UserProvidedVerifiedAndFailed:
		return "userProvidedVerifiedAndFailed"
	case NetworkProvided:
		return "networkProvided"
	}
	return "screeningIndicator " + strconv.Itoa(int(s))
}

// DisplayName is a name to show, with the RFC 1766 tag of its language.
type DisplayName struct {
	Language *string `per:"optional,ia5"`
	Name     string  `per:"bmp,size=1..80"`
}
