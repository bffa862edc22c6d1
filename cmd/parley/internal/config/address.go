package config

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"parley/multicast/sap"
	"parley/qos"
)

// ParseListen reads "host:port" as a listener's address. The host is an IP
// address, "localhost", or empty for all interfaces, which is the unspecified
// IPv6 address (it takes IPv4 too). Port 0 lets the system choose.
func ParseListen(text string) (netip.AddrPort, error) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		if _, err := strconv.ParseUint(text, 10, 16); err == nil {
			return netip.AddrPort{}, errors.New("has no colon; did you mean \":" + text + "\"?")
		}
		return netip.AddrPort{}, errors.New("must be HOST:PORT, such as \":5060\" or \"192.0.2.1:5060\"")
	}
	port, err := strconv.ParseUint(text[i+1:], 10, 16)
	if err != nil {
		return netip.AddrPort{}, errors.New("port must be a number from 0 to 65535, not " + quote(text[i+1:]))
	}
	host := text[:i]
	switch {
	case host == "":
		return netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(port)), nil
	case host == "localhost":
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port)), nil
	case strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]"):
		host = host[1 : len(host)-1]
	case strings.Contains(host, ":"):
		return netip.AddrPort{}, errors.New("an IPv6 address stands in brackets: \"[" + host + "]:" + text[i+1:] + "\"")
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}, errors.New("host must be an IP address of this machine, \"localhost\" or empty, not " + quote(host))
	}
	if addr.IsMulticast() {
		return netip.AddrPort{}, errors.New("a listener's address cannot be a multicast group")
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), nil
}

// ParseProxy reads an address or a network, "192.0.2.0/24".
func ParseProxy(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, errors.New("must be an IP address or a network such as 192.0.2.0/24, not " + quote(text))
	}
	return p.Masked(), nil
}

// wellKnown are groups of the network itself (IANA, multicast-addresses).
var wellKnown = map[netip.Addr]string{
	netip.MustParseAddr("224.0.0.1"): "all hosts", netip.MustParseAddr("ff02::1"): "all hosts",
	netip.MustParseAddr("224.0.0.2"): "all routers", netip.MustParseAddr("ff02::2"): "all routers",
	netip.MustParseAddr("224.0.0.22"): "IGMP", netip.MustParseAddr("ff02::16"): "MLD",
	netip.MustParseAddr("224.0.0.251"): "multicast DNS", netip.MustParseAddr("ff02::fb"): "multicast DNS",
	netip.MustParseAddr("224.0.1.41"): "H.323 gatekeepers",
}

// useOf is what a group is for whose packets would reach all others; "": nothing.
func useOf(group netip.Addr) string {
	group = group.WithZone("").Unmap()
	if slices.Contains(sap.Groups(nil), group) {
		return "session announcements (SAP)"
	}
	return wellKnown[group]
}

// ParseGroup reads "group:port".
func ParseGroup(text string) (netip.AddrPort, error) {
	group, err := netip.ParseAddrPort(text)
	switch {
	case err != nil:
		return netip.AddrPort{}, errors.New("must be GROUP:PORT, such as 239.255.42.42:5004 or [ff15::42]:5004, or auto")
	case !group.Addr().IsMulticast():
		return netip.AddrPort{}, errors.New(group.Addr().String() + " is no multicast group; those are 224.0.0.0 to 239.255.255.255 and ff00::/8")
	case useOf(group.Addr()) != "":
		return netip.AddrPort{}, fmt.Errorf("%s is the group of %s; take another, or auto", group.Addr(), useOf(group.Addr()))
	case group.Port() == 0 || group.Port() == 65535:
		// RTCP takes the next port (RFC 3550 11).
		return netip.AddrPort{}, errors.New("port must be from 1 to 65534")
	}
	return group, nil
}

// dscpNames are the code points by the names of RFC 4594.
var dscpNames = map[string]qos.DSCP{
	"CS0": 0, "DF": 0, "CS1": 8, "CS2": 16, "CS3": 24, "CS4": 32, "CS5": 40, "CS6": 48, "CS7": 56,
	"AF11": 10, "AF12": 12, "AF13": 14, "AF21": 18, "AF22": 20, "AF23": 22,
	"AF31": 26, "AF32": 28, "AF33": 30, "AF41": 34, "AF42": 36, "AF43": 38,
	"VA": 44, "EF": 46,
}

// ParseDSCP reads a code point by name or number.
func ParseDSCP(text string) (qos.DSCP, error) {
	if d, ok := dscpNames[strings.ToUpper(text)]; ok {
		return d, nil
	}
	if n, err := strconv.ParseUint(text, 10, 8); err == nil && n < 64 {
		return qos.DSCP(n), nil
	}
	return 0, errors.New("must be a name such as EF, AF41 or CS0, or a number from 0 to 63, not " + quote(text))
}
