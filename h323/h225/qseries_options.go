package h225

import "parley/h323/per"

// QseriesOptions are the supplementary services of the Q series that are
// supported.
type QseriesOptions struct {
	Q932Full  bool
	Q951Full  bool
	Q952Full  bool
	Q953Full  bool
	Q955Full  bool
	Q956Full  bool
	Q957Full  bool
	Q954Info  Q954Details
	Extension per.Extension
}

// Q954Details are the services of Q.954 that are supported.
type Q954Details struct {
	ConferenceCalling bool
	ThreePartyService bool
	Extension         per.Extension
}
