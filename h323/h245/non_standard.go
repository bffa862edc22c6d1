package h245

import "parley/h323/per"

type NonStandardMessage struct {
	NonStandardData NonStandardParameter
	Extension       per.Extension
}

type NonStandardParameter struct {
	NonStandardIdentifier NonStandardIdentifier
	Data                  []byte
}

type NonStandardIdentifier struct {
	per.Choice
	Object          per.OID
	H221NonStandard *H221NonStandard
}

type H221NonStandard struct {
	T35CountryCode   uint8  `per:"range=0..255"`
	T35Extension     uint8  `per:"range=0..255"`
	ManufacturerCode uint16 `per:"range=0..65535"`
}
