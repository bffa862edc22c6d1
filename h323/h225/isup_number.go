package h225

import "parley/h323/per"

// ISUPNumber is a number as ISUP has it.
type ISUPNumber struct {
	per.Choice
	E164Number                  *ISUPPublicPartyNumber
	DataPartyNumber             ISUPDigits
	TelexPartyNumber            ISUPDigits
	PrivateNumber               *ISUPPrivatePartyNumber
	NationalStandardPartyNumber ISUPDigits
	Extension                   per.Extension
}

// ISUPPublicPartyNumber is a number of ISUP's plan of E.164.
type ISUPPublicPartyNumber struct {
	NatureOfAddress NatureOfAddress
	Address         ISUPDigits
	Extension       per.Extension
}

// ISUPPrivatePartyNumber is a number of a private plan.
type ISUPPrivatePartyNumber struct {
	PrivateTypeOfNumber PrivateTypeOfNumber
	Address             ISUPDigits
	Extension           per.Extension
}

// NatureOfAddress is ISUP's type of number.
type NatureOfAddress struct {
	per.Choice
	Unknown                                *per.Null
	SubscriberNumber                       *per.Null
	NationalNumber                         *per.Null
	InternationalNumber                    *per.Null
	NetworkSpecificNumber                  *per.Null
	RoutingNumberNationalFormat            *per.Null
	RoutingNumberNetworkSpecificFormat     *per.Null
	RoutingNumberWithCalledDirectoryNumber *per.Null
	Extension                              per.Extension
}

// ISUPDigits are address signals of ISUP, A to E being its codes 10 to 14.
type ISUPDigits string

func (ISUPDigits) PERTag() string { return "ia5,from='0123456789ABCDE',size=1..128" }
