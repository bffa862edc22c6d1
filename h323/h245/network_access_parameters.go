package h245

import "parley/h323/per"

// NetworkAccessParameters tell where a separate stack, such as T.120, is
// reached.
type NetworkAccessParameters struct {
	Distribution        *Distribution `per:"optional"`
	NetworkAddress      NetworkAddress
	AssociateConference bool
	ExternalReference   []byte `per:"optional,size=1..255"`
	Extension           per.Extension
	T120SetupProcedure  *T120SetupProcedure
}

// Distribution tells one receiver from many.
type Distribution struct {
	per.Choice
	Unicast   *per.Null
	Multicast *per.Null
	Extension per.Extension
}

// NetworkAddress is where the stack is reached.
type NetworkAddress struct {
	per.Choice
	Q2931Address     *Q2931Address
	E164Address      string `per:"ia5,size=1..128,from='0123456789#*,'"`
	LocalAreaAddress *TransportAddress
	Extension        per.Extension
}

// T120SetupProcedure tells who calls.
type T120SetupProcedure struct {
	per.Choice
	OriginateCall *per.Null
	WaitForCall   *per.Null
	IssueQuery    *per.Null
	Extension     per.Extension
}

// Q2931Address is an address of ATM signalling.
type Q2931Address struct {
	Address    Q2931Number
	Subaddress []byte `per:"optional,size=1..20"`
	Extension  per.Extension
}

// Q2931Number is a number or an NSAP address.
type Q2931Number struct {
	per.Choice
	InternationalNumber string `per:"numeric,size=1..16"`
	NSAPAddress         []byte `per:"size=1..20"`
	Extension           per.Extension
}
