//go:build !linux

package rtp

import (
	"errors"
	"net"
	"net/netip"
)

// inlet reads datagrams.
type inlet struct{ conn *net.UDPConn }

func newInlet(c *net.UDPConn, _ *groupAddrs) *inlet { return &inlet{c} }

// read reads one. Nobody tells where it arrived here.
func (in *inlet) read(b []byte) (n int, from netip.AddrPort, at whence, err error) {
	n, from, err = in.conn.ReadFromUDPAddrPort(b)
	return n, from, whence{ttl: 255}, err
}

// reportInterface does nothing: nobody tells it here.
func reportInterface(*net.UDPConn) (needed bool, err error) { return false, nil }

// reportHops cannot be had here.
func reportHops(*net.UDPConn) error { return errors.ErrUnsupported }
