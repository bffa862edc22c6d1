package ras

import (
	"net/netip"
	"time"

	"parley/h323"
)

// tunnel is a Link by call signalling (H.460.17).
type tunnel struct {
	*h323.Tunnel
	local netip.AddrPort
}

// OverSignalling returns a Link by a connection of call signalling; local is told as
// our address of RAS, where nothing comes. A Client on it has the tunnel's Remote as
// its Gatekeeper, no Discover, and is told by ConnectionLost. It knows no alternates.
func OverSignalling(t *h323.Tunnel, local netip.AddrPort) Link { return tunnel{t, local} }

// ReadDatagram is of Link.
func (t tunnel) ReadDatagram() (Datagram, error) {
	m, err := t.Receive()
	return Datagram{Local: t.local, Remote: t.Remote(), Tunnel: true, Data: m}, err
}

// WriteDatagram is of Link.
func (t tunnel) WriteDatagram(d Datagram) error { return t.Send(d.Data) }

// LocalAddr is of Link.
func (t tunnel) LocalAddr() netip.AddrPort { return t.local }

// ConnectionLost tells that the connection is gone over which the Client registers
// (H.460.17), and its registration with it: it registers anew.
func (c *Client) ConnectionLost() {
	c.mu.Lock()
	if !c.started {
		c.mu.Unlock()
		return
	}
	c.endpoint.disconnected(time.Now())
	c.mu.Unlock()
	c.act()
}

// disconnected ends what was registered by a connection that is lost.
func (e *endpoint) disconnected(now time.Time) {
	if e.closing {
		for _, x := range e.transactions.Abandon() {
			if x.kind == forUnregistration {
				e.emit(closed{}) // by the loss, the gatekeeper knows
			}
		}
		return
	}
	if e.status.State == Registered {
		e.loseRegistration(now, "the connection to the gatekeeper is lost")
		e.retry(now)
	}
}
