package h245

import "parley/h323/per"

type MCLocationIndication struct {
	SignalAddress TransportAddress
	Extension     per.Extension
}
