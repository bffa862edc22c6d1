package doctor

import (
	"bufio"
	"bytes"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// System is what the system's own tables tell of an interface and a group. What
// cannot be read is 0, -1 or empty.
type System struct {
	// IGMP is the version that the system speaks there, as it has learned from
	// queriers: 1 to 3; 0: not known, as with IPv6.
	IGMP int `json:"igmp,omitempty"`
	// Joined tells that the group stands among those of the interface.
	Joined bool `json:"joined"`
	// Memberships are the groups that are joined there.
	Memberships int `json:"memberships"`
	// MaxMemberships is the most groups of one socket, MaxSources the most sources
	// of one group; -1: not known.
	MaxMemberships int `json:"maxMemberships"`
	MaxSources     int `json:"maxSources"`
	// ReversePath is rp_filter of the interface: 0 none, 1 strict, 2 loose; -1: not
	// known, as with IPv6.
	ReversePath int `json:"rpFilter"`
	// EchoIgnored is 1 where pings to groups are not answered; -1: not known.
	EchoIgnored int `json:"echoIgnored"`
	// Bridge is the bridge that the interface is or belongs to, if any.
	Bridge Bridge `json:"bridge,omitzero"`
}

// Bridge is one of this machine.
type Bridge struct {
	Name     string `json:"name,omitempty"`
	Snooping bool   `json:"snooping,omitempty"`
	Querier  bool   `json:"querier,omitempty"`
}

// readSystem reads the tables below root, of "proc" and "sys".
func readSystem(root fs.FS, iface string, group netip.Addr) System {
	s := System{MaxMemberships: -1, MaxSources: -1, ReversePath: -1, EchoIgnored: -1}
	if group.Is4() {
		s.readIGMP(readTable(root, "proc/net/igmp"), iface, group)
		s.MaxMemberships = number(root, "proc/sys/net/ipv4/igmp_max_memberships")
		s.MaxSources = number(root, "proc/sys/net/ipv4/igmp_max_msf")
		s.EchoIgnored = number(root, "proc/sys/net/ipv4/icmp_echo_ignore_broadcasts")
		// The stricter of both counts (ip-sysctl: the maximum).
		s.ReversePath = max(number(root, "proc/sys/net/ipv4/conf/all/rp_filter"), number(root, "proc/sys/net/ipv4/conf/"+iface+"/rp_filter"))
	} else {
		s.readMLD(readTable(root, "proc/net/igmp6"), iface, group)
		s.MaxSources = number(root, "proc/sys/net/ipv6/mld_max_msf")
		s.EchoIgnored = number(root, "proc/sys/net/ipv6/icmp/echo_ignore_multicast")
	}
	s.Bridge = readBridge(root, iface)
	return s
}

// readIGMP reads lines of interfaces, "2 eth0 : 1 V3", each with lines of its
// groups, "\t\t\t010000E0 1 ...", in the machine's order of bytes.
func (s *System) readIGMP(table []byte, iface string, group netip.Addr) {
	lines := bufio.NewScanner(bytes.NewReader(table))
	within := false
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 0:
		case lines.Text()[0] != '\t':
			within = len(fields) >= 2 && strings.TrimSuffix(fields[1], ":") == iface
			if version := fields[len(fields)-1]; within && strings.HasPrefix(version, "V") {
				s.IGMP, _ = strconv.Atoi(version[1:]) // 0: not known
			}
		case within:
			s.Memberships++
			n, err := strconv.ParseUint(fields[0], 16, 32)
			if err == nil && netip.AddrFrom4([4]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}) == group {
				s.Joined = true
			}
		}
	}
}

// readMLD reads lines "2 eth0 ff0200000000000000000000000000fb 1 ...".
func (s *System) readMLD(table []byte, iface string, group netip.Addr) {
	want := strings.ReplaceAll(group.WithZone("").StringExpanded(), ":", "")
	lines := bufio.NewScanner(bytes.NewReader(table))
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) >= 3 && fields[1] == iface {
			s.Memberships++
			s.Joined = s.Joined || fields[2] == want
		}
	}
}

// readBridge reads sysfs of a bridge, or of a port of one.
func readBridge(root fs.FS, iface string) Bridge {
	dir := "sys/class/net/" + iface
	name := iface
	if number(root, dir+"/bridge/multicast_snooping") < 0 {
		dir += "/brport"
		if number(root, dir+"/bridge/bridge/multicast_snooping") < 0 {
			return Bridge{}
		}
		dir += "/bridge"
		name = masterOf(iface)
	}
	return Bridge{
		Name:     name,
		Snooping: number(root, dir+"/bridge/multicast_snooping") > 0,
		Querier:  number(root, dir+"/bridge/multicast_querier") > 0,
	}
}

// masterOf is the name of the bridge of a port.
func masterOf(iface string) string {
	target, err := os.Readlink("/sys/class/net/" + iface + "/master")
	if err != nil {
		return "its bridge"
	}
	return target[strings.LastIndexByte(target, '/')+1:]
}

// number reads one; -1: it cannot be read.
func number(root fs.FS, path string) int {
	n, err := strconv.Atoi(strings.TrimSpace(string(readTable(root, path))))
	if err != nil {
		return -1
	}
	return n
}

// readTable reads a file of bounded length; nil: it cannot be read.
func readTable(root fs.FS, path string) []byte {
	f, err := root.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxTable))
	if err != nil {
		return nil
	}
	return b
}
