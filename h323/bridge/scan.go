package bridge

import (
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/q931"
)

// errScan is told to who does not mean anybody here.
var errScan = &h323.Refusal{Cause: q931.CallRejected, Text: "no such destination"}

// cannedID is what programs have as conference identifier that send the same SETUP
// to every host they find: the numbers from 0 to 15. Those of H.225.0 clause 7.6
// have a time or chance in them.
var cannedID = h225.ConferenceIdentifier{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// isScan reports whether a SETUP is one that scanners send: made beforehand, or for
// a destination on the machine that it was made on.
func isScan(inv *h323.Invitation) bool {
	if inv.Setup == nil || inv.Conference == cannedID {
		return inv.Setup != nil
	}
	to := inv.Setup.DestCallSignalAddress
	if to == nil || inv.Remote.Addr().Unmap().IsLoopback() {
		return false
	}
	a, ok := to.AddrPort()
	return ok && a.Addr().Unmap().IsLoopback()
}
