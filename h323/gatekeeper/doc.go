// Package gatekeeper is an H.323 gatekeeper (H.323 clause 7.2, H.225.0 clause 7):
// it registers endpoints, admits their calls, finds whom they call, and asks and
// answers its neighbours. It knows no conference: a [Directory] tells where names
// lead that are no endpoint's.
package gatekeeper
