package h245

import "parley/h323/per"

// MCLocationIndication tells the signalling address of the MC.
type MCLocationIndication struct {
	SignalAddress TransportAddress
	Extension     per.Extension
}
