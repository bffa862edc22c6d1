//go:build linux

package lab

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const beyondNetwork = "parley-beyond"

// Routed is a group that a Router passes on, from the host that sends it.
type Routed struct{ Group, Source string }

// Router is a host at a Switch that passes groups on to a host beyond it, with
// smcrouted.
type Router struct {
	near *Port
}

// Route makes a host a router of groups until the test ends.
func (p *Port) Route(t *testing.T, groups ...Routed) *Router {
	t.Helper()
	const in, out = "beyond0", "beyond1" // of the router, and of who is beyond
	Run(t, "ip", "netns", "add", beyondNetwork)
	t.Cleanup(func() { Run(t, "ip", "netns", "delete", beyondNetwork) })
	for _, args := range [][]string{
		{"-n", p.Name, "link", "add", in, "type", "veth", "peer", "name", out, "netns", beyondNetwork},
		{"-n", p.Name, "addr", "add", "10.96.0.1/24", "dev", in},
		{"-n", p.Name, "-6", "addr", "add", "fd96::1/64", "dev", in, "nodad"},
		{"-n", p.Name, "link", "set", in, "up"},
		{"-n", beyondNetwork, "link", "set", "lo", "up"},
		{"-n", beyondNetwork, "addr", "add", "10.96.0.2/24", "dev", out},
		{"-n", beyondNetwork, "-6", "addr", "add", "fd96::2/64", "dev", out, "nodad"},
		{"-n", beyondNetwork, "link", "set", out, "up"},
	} {
		Run(t, "ip", args...)
	}
	// What is beyond goes by no route of its own back to who sends.
	for _, key := range []string{"all", "default", out} {
		Run(t, "ip", "netns", "exec", beyondNetwork, "sysctl", "-q", "-w", "net.ipv4.conf."+key+".rp_filter=0")
	}
	t.Cleanup(func() { Run(t, "ip", "-n", p.Name, "link", "delete", in) })
	var text strings.Builder
	fmt.Fprintf(&text, "phyint %s enable\nphyint %s enable\n", p.Interface, in)
	for _, g := range groups {
		fmt.Fprintf(&text, "mgroup from %s group %s\nmroute from %s source %s group %s to %s\n", p.Interface, g.Group, p.Interface, g.Source, g.Group, in)
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "smcroute.conf")
	if err := os.WriteFile(conf, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	args := p.Command("smcrouted", "-n", "-N", "-l", "debug", "-i", "parley", "-f", conf, "-P", filepath.Join(dir, "pid"), "-u", filepath.Join(dir, "sock"))
	daemon := Start(t, nil, args[0], args[1:]...)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := daemon.Await(ctx, "Ready"); err != nil {
		t.Fatal(err)
	}
	return &Router{near: p}
}

// JoinNear opens a socket on the router that receives a group as it arrives there.
func (r *Router) JoinNear(group *net.UDPAddr) (*net.UDPConn, error) {
	return joinIn(r.near.Name, r.near.Interface, group)
}

// JoinBeyond opens one on the host beyond it.
func (r *Router) JoinBeyond(group *net.UDPAddr) (*net.UDPConn, error) {
	return joinIn(beyondNetwork, "beyond1", group)
}
