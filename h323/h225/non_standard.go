package h225

import "parley/h323/per"

// NonStandardParameter is a maker's own value.
type NonStandardParameter struct {
	NonStandardIdentifier NonStandardIdentifier
	Data                  []byte
}

// NonStandardIdentifier names the maker.
type NonStandardIdentifier struct {
	per.Choice
	Object          per.OID
	H221NonStandard *H221NonStandard
	Extension       per.Extension
}

// H221NonStandard is a maker by country (ITU-T T.35) and number.
type H221NonStandard struct {
	T35CountryCode   uint8  `per:"range=0..255"`
	T35Extension     uint8  `per:"range=0..255"`
	ManufacturerCode uint16 `per:"range=0..65535"`
	Extension        per.Extension
}
