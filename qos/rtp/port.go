package rtp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
)

// PortRange is the range of UDP ports that sessions may take, both ends
// included. RTP takes the even port of a pair, RTCP the odd one above it
// (RFC 3550 11).
type PortRange struct{ Low, High uint16 }

// ErrNoPorts is wrapped by Listen when all pairs of its range are taken.
var ErrNoPorts = errors.New("no free pair of UDP ports")

// listenPair opens an even port and the odd one above.
func listenPair(addr netip.Addr, r PortRange) (rtp, rtcp *net.UDPConn, err error) {
	if r == (PortRange{}) {
		return listenAnyPair(addr)
	}
	first := (int(r.Low) + 1) &^ 1
	pairs := (int(r.High) - first + 1) / 2
	if first == 0 || pairs <= 0 {
		return nil, nil, fmt.Errorf("rtp: port range %d-%d holds no pair of an even port and the next", r.Low, r.High)
	}
	// A random start spreads sessions, so that stragglers of the last session
	// rarely meet the next, and strangers do not know the port.
	start := rand.IntN(pairs)
	for i := range pairs {
		port := uint16(first + 2*((start+i)%pairs))
		if rtp, rtcp, err = openPair(addr, port); err == nil {
			return rtp, rtcp, nil
		}
		if !isAddrInUse(err) {
			return nil, nil, fmt.Errorf("rtp: listen on %v port %d: %w", addr, port, err)
		}
	}
	return nil, nil, fmt.Errorf("rtp: %w in %d-%d on %v (%d pairs, all taken): widen the range or end sessions",
		ErrNoPorts, r.Low, r.High, addr, pairs)
}

// listenAnyPair takes a pair of the system's choice.
func listenAnyPair(addr netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	for range pairAttempts {
		probe, err := listenUDP(addr, 0)
		if err != nil {
			return nil, nil, fmt.Errorf("rtp: listen on %v: %w", addr, err)
		}
		port := probe.LocalAddr().(*net.UDPAddr).AddrPort().Port()
		if port%2 == 0 {
			if rtcp, err = listenUDP(addr, port+1); err == nil {
				return probe, rtcp, nil
			}
			probe.Close()
			continue
		}
		// The system prefers one parity: take the even port below.
		if rtp, err = listenUDP(addr, port-1); err == nil {
			return rtp, probe, nil
		}
		probe.Close()
	}
	return nil, nil, fmt.Errorf("rtp: %w on %v after %d attempts", ErrNoPorts, addr, pairAttempts)
}

func openPair(addr netip.Addr, port uint16) (rtp, rtcp *net.UDPConn, err error) {
	if rtp, err = listenUDP(addr, port); err != nil {
		return nil, nil, err
	}
	if rtcp, err = listenUDP(addr, port+1); err != nil {
		rtp.Close()
		return nil, nil, err
	}
	return rtp, rtcp, nil
}

// listenUDP opens one socket. The unspecified IPv6 address takes IPv4 too.
func listenUDP(addr netip.Addr, port uint16) (*net.UDPConn, error) {
	network := "udp"
	switch {
	case addr.Is4():
		network = "udp4"
	case !addr.IsUnspecified():
		network = "udp6"
	}
	return net.ListenUDP(network, net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, port)))
}
