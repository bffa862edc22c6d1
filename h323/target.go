package h323

import (
	"net/netip"

	"parley/h323/h225"
	"parley/h323/media"
)

// Target is whom to call.
type Target struct {
	// Text as dialled: address, "alias", "room@host", "host##room", E.164
	// digits or an h323: URL (H.323 annex O), of which the rest is made.
	Text string
	// Address to send the SETUP to, instead of Text's.
	Address netip.AddrPort
	Aliases []h225.AliasAddress
	// Display and Calling tell who calls.
	Display string
	Calling []h225.AliasAddress
	// Modes, if not the Endpoint's.
	Modes *Modes
	// Receive and Send, if not the Endpoint's.
	Receive, Send *media.Set
	Conference    h225.ConferenceIdentifier // zero: new
	Goal          ConferenceGoal
	MaxBitRate    int
	// Transfer is the transfer that the call is made for; nil: none.
	Transfer *Transfer
}
