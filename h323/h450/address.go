package h450

import (
	"parley/h323/h225"
	"parley/h323/per"
)

// EndpointAddress is an endpoint by all aliases that it is known by, any of
// which will do (H.450.1, module Addressing-Data-Elements).
type EndpointAddress struct {
	DestinationAddress     []h225.AliasAddress
	RemoteExtensionAddress *h225.AliasAddress `per:"optional"`
	Extension              per.Extension
}

// PartySubaddress is what an endpoint selects by behind its address.
type PartySubaddress struct {
	per.Choice
	UserSpecifiedSubaddress *UserSpecifiedSubaddress
	NSAPSubaddress          []byte `per:"size=1..20,name=nsapSubaddress"`
	Extension               per.Extension
}

// UserSpecifiedSubaddress is a subaddress of no standard.
type UserSpecifiedSubaddress struct {
	SubaddressInformation []byte `per:"size=1..20"`
	OddCountIndicator     *bool  `per:"optional"`
	Extension             per.Extension
}
