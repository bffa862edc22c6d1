//go:build linux

package lab

import (
	"fmt"
	"net"
	"testing"
)

const switchNetwork = "parley-switch"

// Switch is an Ethernet switch that snoops: it sends a group only to ports on which
// IGMPv3 or MLDv2 asked for it, and asks itself (RFC 4541). The bridge's host is at
// its first port.
type Switch struct {
	Interface string // of the bridge's host
	Hosts     []*Port
}

// Port is a further host at a switch, in a namespace of its own.
type Port struct {
	Name      string
	Interface string // its own
	Address   string
	Address6  string
}

// NewSwitch sets up a switch with n hosts beside the bridge's until the test ends.
func NewSwitch(t *testing.T, n int) *Switch {
	t.Helper()
	s := &Switch{Interface: "port0"}
	Run(t, "ip", "netns", "add", switchNetwork)
	t.Cleanup(func() { Run(t, "ip", "netns", "delete", switchNetwork) })
	for _, args := range [][]string{
		{"-n", switchNetwork, "link", "add", "switch", "type", "bridge", "mcast_snooping", "1", "mcast_querier", "1",
			"mcast_igmp_version", "3", "mcast_mld_version", "2", "mcast_query_response_interval", "100"},
		{"-n", switchNetwork, "link", "set", "switch", "up"},
		{"link", "add", s.Interface, "type", "veth", "peer", "name", s.Interface, "netns", switchNetwork},
		{"addr", "add", "10.97.0.1/24", "dev", s.Interface},
		{"-6", "addr", "add", "fd97::1/64", "dev", s.Interface, "nodad"},
		{"link", "set", s.Interface, "up"},
		{"-n", switchNetwork, "link", "set", s.Interface, "master", "switch"},
		{"-n", switchNetwork, "link", "set", s.Interface, "up"},
	} {
		Run(t, "ip", args...)
	}
	t.Cleanup(func() { Run(t, "ip", "link", "delete", s.Interface) })
	for i := 1; i <= n; i++ {
		s.Hosts = append(s.Hosts, newPort(t, i))
	}
	return s
}

func newPort(t *testing.T, i int) *Port {
	t.Helper()
	name := fmt.Sprintf("port%d", i)
	p := &Port{Name: "parley-" + name, Interface: name, Address: fmt.Sprintf("10.97.0.%d", i+1), Address6: fmt.Sprintf("fd97::%d", i+1)}
	Run(t, "ip", "netns", "add", p.Name)
	t.Cleanup(func() { Run(t, "ip", "netns", "delete", p.Name) })
	for _, args := range [][]string{
		{"-n", p.Name, "link", "set", "lo", "up"},
		{"-n", p.Name, "link", "add", name, "type", "veth", "peer", "name", name, "netns", switchNetwork},
		{"-n", p.Name, "addr", "add", p.Address + "/24", "dev", name},
		{"-n", p.Name, "-6", "addr", "add", p.Address6 + "/64", "dev", name, "nodad"},
		{"-n", p.Name, "link", "set", name, "up"},
		{"-n", p.Name, "route", "add", "224.0.0.0/4", "dev", name},
		{"-n", switchNetwork, "link", "set", name, "master", "switch"},
		{"-n", switchNetwork, "link", "set", name, "up"},
	} {
		Run(t, "ip", args...)
	}
	// A namespace lives on while its last process ends: its wire goes now.
	t.Cleanup(func() { Run(t, "ip", "-n", p.Name, "link", "delete", name) })
	return p
}

// Groups is the switch's table of groups, as "bridge mdb" prints it.
func (s *Switch) Groups(t *testing.T) string {
	t.Helper()
	return Run(t, "ip", "netns", "exec", switchNetwork, "bridge", "-d", "mdb", "show")
}

// Command is the command prefix that runs a program on this host.
func (p *Port) Command(args ...string) []string {
	return append([]string{"ip", "netns", "exec", p.Name}, args...)
}

// Dial opens a socket on this host that sends to a group.
func (p *Port) Dial(group *net.UDPAddr) (conn *net.UDPConn, err error) {
	err = on(p.Name, func() (err error) {
		conn, err = net.DialUDP("udp4", nil, group)
		return err
	})
	return conn, err
}
