package h323

import (
	"parley/h323/media"
)

// Owner of a call. Both are called in the call's goroutine, one at a time; they
// do not block, and may call the Call's methods.
type Owner interface {
	// Local opens what receives a channel's media (Receive) or its RTCP (Send)
	// and returns its addresses; a session's two directions share one. An
	// error refuses the channel.
	Local(c *Call, ch *media.Channel) (media.Addresses, error)
	// Event tells what happened. After Released nothing comes any more.
	Event(c *Call, e Event)
}

// Event is one of Proceeding, Alerting, Connected, Released and those of H.245.
type Event interface{ event() }
