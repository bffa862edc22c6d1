package h323

import (
	"net/netip"

	"parley/h323/h225"
)

// Invitation is what a SETUP says, before policy has passed.
type Invitation struct {
	Remote     netip.AddrPort
	Called     []h225.AliasAddress // destinationAddress, called party number
	Calling    []h225.AliasAddress
	Display    string
	Restricted bool   // the caller does not want to be shown (H.225.0 presentationIndicator)
	Vendor     string // product and version, as told
	Goal       ConferenceGoal
	Conference h225.ConferenceIdentifier
	// Overlap tells that the caller can send more digits: Call.Collect.
	Overlap bool
	Setup   *h225.SetupUUIE
	// Raw is the whole Q.931 message as received, without TPKT: what the hash of
	// H.235.1 is over (package authentication).
	Raw []byte
}

// ConferenceGoal of a SETUP (H.225.0 clause 7.3.10).
type ConferenceGoal uint8

// The goals.
const (
	GoalCreate ConferenceGoal = iota
	GoalJoin
	GoalInvite
	GoalCapabilities // capability-negotiation
	GoalService      // callIndependentSupplementaryService
)
