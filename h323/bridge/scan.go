package bridge

import (
	"parley/h323"
	"parley/h323/q931"
)

// errScan is told to who does not mean anybody here.
var errScan = &h323.Refusal{Cause: q931.CallRejected, Text: "no such destination"}

// isScan reports whether a SETUP is one that scanners send: for a destination on
// the machine that it was made on. Identifiers tell nothing: Asterisk's conference
// identifiers are runs of numbers, and every 256th of them is 0 to 15.
func isScan(inv *h323.Invitation) bool {
	if inv.Setup == nil || inv.Setup.DestCallSignalAddress == nil || inv.Remote.Addr().Unmap().IsLoopback() {
		return false
	}
	a, ok := inv.Setup.DestCallSignalAddress.AddrPort()
	return ok && a.Addr().Unmap().IsLoopback()
}
