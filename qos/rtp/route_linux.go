package rtp

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

var errNoRoute = errors.New("no route")

// routeInterface asks the kernel by which interface packets to an IPv4
// address leave (rtnetlink(7), RTM_GETROUTE).
func routeInterface(to netip.Addr) (*net.Interface, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, routeRequest(to), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, err
	}
	answer := make([]byte, 4096) // one route
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil {
		return nil, err
	}
	messages, err := syscall.ParseNetlinkMessage(answer[:n])
	if err != nil {
		return nil, err
	}
	for i := range messages {
		if messages[i].Header.Type != unix.RTM_NEWROUTE {
			continue
		}
		attributes, err := syscall.ParseNetlinkRouteAttr(&messages[i])
		if err != nil {
			return nil, err
		}
		for _, a := range attributes {
			if a.Attr.Type == unix.RTA_OIF && len(a.Value) >= 4 {
				return net.InterfaceByIndex(int(binary.NativeEndian.Uint32(a.Value)))
			}
		}
	}
	return nil, errNoRoute
}

// routeRequest is a netlink message of a header, an rtmsg and one attribute.
func routeRequest(to netip.Addr) []byte {
	addr := to.As4()
	b := make([]byte, unix.SizeofNlMsghdr+unix.SizeofRtMsg+unix.SizeofRtAttr+len(addr))
	order := binary.NativeEndian
	order.PutUint32(b[0:], uint32(len(b)))
	order.PutUint16(b[4:], unix.RTM_GETROUTE)
	order.PutUint16(b[6:], unix.NLM_F_REQUEST)
	route := b[unix.SizeofNlMsghdr:]
	route[0], route[1] = unix.AF_INET, uint8(8*len(addr)) // family, bits of the destination
	attribute := route[unix.SizeofRtMsg:]
	order.PutUint16(attribute[0:], uint16(unix.SizeofRtAttr+len(addr)))
	order.PutUint16(attribute[2:], unix.RTA_DST)
	copy(attribute[unix.SizeofRtAttr:], addr[:])
	return b
}
