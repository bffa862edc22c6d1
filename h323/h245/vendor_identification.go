package h245

import "parley/h323/per"

// VendorIdentification tells the maker, product and version.
type VendorIdentification struct {
	Vendor        NonStandardIdentifier
	ProductNumber []byte `per:"optional,size=1..256"`
	VersionNumber []byte `per:"optional,size=1..256"`
	Extension     per.Extension
}
