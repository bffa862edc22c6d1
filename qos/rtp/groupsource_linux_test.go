package rtp

import (
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inNetwork marks the process that runs a test in a network of its own.
const inNetwork = "PARLEY_TEST_NETWORK"

// A host without any network sends to groups by its loopback interface, once
// the usual route is there. What it sends must come from an address, which is
// known when it comes back.
func TestGroupOnHostWithoutNetwork(t *testing.T) {
	if os.Getenv(inNetwork) == "" {
		again(t)
		return
	}
	for _, args := range [][]string{
		{"link", "set", "lo", "up"},
		{"link", "set", "lo", "multicast", "on"},
		{"route", "replace", "224.0.0.0/4", "dev", "lo"},
	} {
		if out, err := exec.CommandContext(t.Context(), "ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v: %s", args, err, out)
		}
	}
	group := netip.MustParseAddrPort("239.255.76.9:5004")
	loopback := netip.MustParseAddr("127.0.0.1")
	check(t, "source", GroupSource(group.Addr(), ""), loopback)
	check(t, "source on lo", GroupSource(group.Addr(), "lo"), loopback)

	listen := func() *Transport {
		tr, err := Listen(ListenConfig{Group: &GroupConfig{RTP: group, TTL: 1}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tr.Close() })
		return tr
	}
	ours, other := listen(), listen()
	if _, err := ours.rtp.out.WriteToUDPAddrPort([]byte("hello"), group); err != nil {
		t.Fatal(err)
	}
	for _, at := range []*Transport{ours, other} {
		_, from, err := at.rtp.in.ReadFromUDPAddrPort(make([]byte, 16))
		if err != nil {
			t.Fatal(err)
		}
		from = unmapped(from)
		check(t, "from", from.Addr(), loopback)
		check(t, "own", at.group.isOwn(from), at == ours)
	}
}

// again runs the test in a network of its own.
func again(t *testing.T) {
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inNetwork+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	if id := os.Getuid(); id != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: id, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, os.ErrPermission):
		t.Skip("no network of its own: ", err)
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	}
}

// Where no interface has an address, packets come from 0.0.0.0.
func TestGroupKnowsItselfWithoutAddress(t *testing.T) {
	g := &groupAddrs{rtpPort: 4000, rtcpPort: 4001}
	g.refresh()
	for from, want := range map[string]bool{"0.0.0.0:4000": true, "0.0.0.0:4001": true, "0.0.0.0:4002": false, "192.0.2.77:4000": false} {
		check(t, from, g.isOwn(netip.MustParseAddrPort(from)), want)
	}
}

func check[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
