package media

import (
	"net/netip"
	"time"
)

// Traversal is what both ends settled for a channel where one is behind a firewall
// (H.460.19). The zero value is nothing.
type Traversal struct {
	// Hidden tells that the peer is: the addresses that it tells are of its own
	// network, and media goes to where its own comes from.
	Hidden bool
	// Multiplexes tells that the peer sends several channels to one port, each with
	// its identifier before its packets, where it is asked to.
	Multiplexes bool
	// KeepAlive is where the peer wants to be sent what keeps the way to us open,
	// each Interval, with PayloadType; not valid: nowhere.
	KeepAlive   netip.AddrPort
	Interval    time.Duration
	PayloadType uint8
}
