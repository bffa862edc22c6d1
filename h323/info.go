package h323

import (
	"fmt"
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/q931"
)

// Info is what is known of a call; it grows.
type Info struct {
	Incoming   bool
	Invitation Invitation // of the SETUP sent or received
	// Transfer is what a call says of the transfer that it comes from; nil: it
	// comes from none.
	Transfer   *TransferArrived
	ID         h225.CallIdentifier
	Conference h225.ConferenceIdentifier
	Reference  uint16
	Remote     netip.AddrPort
	// Local is where this side takes calls, as the peer reaches it.
	Local netip.AddrPort
	// RemoteName is the peer's display, h323-ID or number; foreign text.
	RemoteName string
	Vendor     string
	Version    int // of H.225.0
	State      q931.State
	FastStart  bool // in effect
	Tunnelling bool // in effect
	Master     bool
	Encryption bool // keys of media can be agreed (H.235.6)
	Secured    bool // call signalling and H.245 go over TLS
	Started    time.Time
}

// Info returns what is known now.
func (c *Call) Info() Info {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info
}

// idText is a call identifier as people write it.
func idText(id h225.CallIdentifier) string { return fmt.Sprintf("%x", id.GUID) }
