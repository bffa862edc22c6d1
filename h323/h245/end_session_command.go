package h245

import "parley/h323/per"

// EndSessionCommand is the last message of a session.
type EndSessionCommand struct {
	per.Choice
	NonStandard        *NonStandardParameter
	Disconnect         *per.Null
	GSTNOptions        *GSTNOptions
	Extension          per.Extension
	ISDNOptions        *ISDNOptions
	GenericInformation []GenericMessage
}

// GSTNOptions is what a modem does after the session.
type GSTNOptions struct {
	per.Choice
	TelephonyMode *per.Null
	V8bis         *per.Null
	V34DSVD       *per.Null `per:"name=v34DSVD"`
	V34DuplexFAX  *per.Null
	V34H324       *per.Null `per:"name=v34H324"`
	Extension     per.Extension
}

// ISDNOptions is what an ISDN terminal does after the session.
type ISDNOptions struct {
	per.Choice
	TelephonyMode  *per.Null
	V140           *per.Null
	TerminalOnHold *per.Null
	Extension      per.Extension
}
