package h245

import "parley/h323/per"

// NonStandardMessage is a message that a maker defined.
type NonStandardMessage struct {
	NonStandardData NonStandardParameter
	Extension       per.Extension
}

// NonStandardParameter is data that only its maker can read.
type NonStandardParameter struct {
	NonStandardIdentifier NonStandardIdentifier
	Data                  []byte
}

// NonStandardIdentifier tells the maker.
type NonStandardIdentifier struct {
	per.Choice
	Object          per.OID
	H221NonStandard *H221NonStandard
}

// H221NonStandard is a maker by its country (ITU-T T.35) and the code it was
// given there.
type H221NonStandard struct {
	T35CountryCode   uint8  `per:"range=0..255"`
	T35Extension     uint8  `per:"range=0..255"`
	ManufacturerCode uint16 `per:"range=0..65535"`
}
