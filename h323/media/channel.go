package media

import (
	"fmt"
	"net/netip"

	"parley/h323/h245"
)

// Session is the number of an RTP session: 1 the first audio, 2 the first
// video, 3 the first data, others by the master (H.245 clause B.3.1; H.323
// clause 6.2.8.2).
type Session uint8

// The primary sessions.
const (
	SessionAudio Session = 1
	SessionVideo Session = 2
	SessionData  Session = 3
)

// Direction of a channel, seen from here.
type Direction uint8

// The directions. A bidirectional channel is both at once.
const (
	Receive Direction = 1 << iota
	Send
)

// Addresses of an RTP session at one end.
type Addresses struct {
	RTP, RTCP netip.AddrPort
	// MultiplexID of H.460.19, where Multiplexed: it stands in 4 octets before
	// each packet that comes here. Its other end may have none.
	Multiplexed bool
	MultiplexID uint32
}

// Channel is a logical channel. It is a snapshot: what changes is told anew.
type Channel struct {
	Number    h245.LogicalChannelNumber
	Direction Direction
	Session   Session
	Capability
	// Local is where media is received, Remote where it goes; Remote.RTP is
	// not valid in a Receive channel.
	Local, Remote Addresses
	// Traversal is of H.460.19.
	Traversal Traversal
	// Offered is the raw open request, for what is not understood here.
	Offered *h245.OpenLogicalChannel
	// Key is the media key of H.235.6; nil: in the clear.
	Key []byte
	// Sync is the payload type under which Key applies.
	Sync uint8
}

// String names the channel in logs: "receive audio 101 PCMU/8000 (session 1)".
func (c *Channel) String() string {
	return fmt.Sprintf("%v %v %d %v (session %d)", c.Direction, c.Kind, c.Number, c.Format, c.Session)
}
