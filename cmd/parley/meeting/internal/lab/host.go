//go:build linux

package lab

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Host is a further machine of the meetings' network, in a namespace of its
// own behind a veth pair. It reaches the bridge's own host and the other Hosts.
type Host struct {
	Name      string
	Address   string // its own
	Gateway   string // the bridge's host, as this one sees it
	Interface string // on the bridge's host, towards this one
}

// NewHost sets up machine n (1 to 254 but 99, each once at a time) until the
// test ends.
func NewHost(t *testing.T, n int) *Host {
	t.Helper()
	h := &Host{
		Name:      fmt.Sprintf("parley-host%d", n),
		Address:   fmt.Sprintf("10.99.%d.2", n),
		Gateway:   fmt.Sprintf("10.99.%d.1", n),
		Interface: fmt.Sprintf("near%d", n),
	}
	near, far := h.Interface, fmt.Sprintf("far%d", n)
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1\n"), 0o644); err != nil {
		t.Fatalf("hosts cannot reach each other: %v", err)
	}
	Run(t, "ip", "netns", "add", h.Name)
	t.Cleanup(func() { Run(t, "ip", "netns", "delete", h.Name) })
	for _, args := range [][]string{
		{"link", "add", near, "type", "veth", "peer", "name", far, "netns", h.Name},
		{"addr", "add", h.Gateway + "/24", "dev", near},
		{"link", "set", near, "up"},
		{"-n", h.Name, "link", "set", "lo", "up"},
		{"-n", h.Name, "addr", "add", h.Address + "/24", "dev", far},
		{"-n", h.Name, "link", "set", far, "up"},
		{"-n", h.Name, "route", "add", "default", "via", h.Gateway},
	} {
		Run(t, "ip", args...)
	}
	// A namespace lives on while its last process ends: its wire goes now, so
	// that the next test can lay the same.
	t.Cleanup(func() { Run(t, "ip", "link", "delete", near) })
	return h
}

// Network is what this host's address is of.
func (h *Host) Network() string { return strings.TrimSuffix(h.Gateway, "1") + "0/24" }

// Command is the command prefix that runs a program on this host.
func (h *Host) Command(args ...string) []string {
	return append([]string{"ip", "netns", "exec", h.Name}, args...)
}
