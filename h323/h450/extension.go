package h450

import (
	"parley/h323/h225"
	"parley/h323/per"
)

// Extension is a maker's addition to an argument.
type Extension struct {
	ExtensionID       per.OID `per:"name=extensionId"`
	ExtensionArgument per.OpenType
}

// ArgumentExtension is that of an argument or result of H.450.2.
type ArgumentExtension struct {
	per.Choice
	ExtensionSeq    []Extension
	NonStandardData *h225.NonStandardParameter
}

// MixedExtension is that of an argument or result of H.450.4 and H.450.7.
type MixedExtension struct {
	per.Choice
	Extension       *Extension
	NonStandardData *h225.NonStandardParameter
}

// MixedExtensions are all that an argument has.
type MixedExtensions []MixedExtension

func (MixedExtensions) PERTag() string { return "size=0..255" }
