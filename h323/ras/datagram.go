package ras

import "net/netip"

// Datagram is one UDP packet, received or to be sent.
type Datagram struct {
	// Local is our own address: where it was received, or is to be sent from.
	// Its address is unspecified, or all of it zero, where that does not matter.
	Local netip.AddrPort
	// Remote is the other side, never a v4 address within v6.
	Remote netip.AddrPort
	// Group: it was sent to the discovery group, not to us alone.
	Group bool
	// Tunnel: it came, or goes, by the connection of call signalling that Remote is
	// the far end of (H.460.17).
	Tunnel bool
	Data   []byte
}

// Link carries datagrams: a Socket, or its twin in memory.
type Link interface {
	// ReadDatagram waits for the next datagram; its Data is the caller's own. One
	// goroutine calls it.
	// After Close the error is net.ErrClosed.
	ReadDatagram() (Datagram, error)
	// WriteDatagram sends without waiting. It may be called from many
	// goroutines.
	WriteDatagram(Datagram) error
	// LocalAddr is an address that others may answer to; its address is
	// unspecified where there is more than one.
	LocalAddr() netip.AddrPort
	Close() error
}
