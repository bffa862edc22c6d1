//go:build linux

package lab

import (
	"fmt"
	"os/exec"
	"testing"
)

// Behind is the address of a third host, in a network of its own behind the second
// one, which translates its addresses (NAT, by address and port): from Here it
// seems to be There, and nothing reaches it that it did not ask for.
const Behind = "192.168.99.2"

const (
	behindNetwork = "parley-behind"
	translation   = `table ip meeting {
	chain leaving {
		type nat hook postrouting priority 100;
		oifname "meet1" ip saddr 192.168.99.0/24 masquerade random
	}
	chain passing {
		type filter hook forward priority 0;
		iifname "meet1" ct state new drop
	}
}`
)

// ArrangeBehind sets up the third host for the time of a test, which is skipped
// where the system cannot translate addresses.
func ArrangeBehind(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("nft is not installed")
	}
	run := func(args ...string) error {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w: %s", args, err, out)
		}
		return nil
	}
	if err := run(InOther("nft", translation)...); err != nil {
		t.Skip("addresses cannot be translated here: ", err)
	}
	t.Cleanup(func() {
		if err := run(InOther("nft", "delete table ip meeting")...); err != nil {
			t.Error(err)
		}
		if err := run("ip", "netns", "del", behindNetwork); err != nil {
			t.Error(err)
		}
	})
	for _, line := range [][]string{
		{"ip", "netns", "add", behindNetwork},
		{"ip", "-n", otherNetwork, "link", "add", "meet2", "type", "veth", "peer", "name", "meet3", "netns", behindNetwork},
		{"ip", "-n", otherNetwork, "addr", "add", "192.168.99.1/24", "dev", "meet2"},
		{"ip", "-n", otherNetwork, "link", "set", "meet2", "up"},
		{"ip", "-n", behindNetwork, "link", "set", "lo", "up"},
		{"ip", "-n", behindNetwork, "addr", "add", Behind + "/24", "dev", "meet3"},
		{"ip", "-n", behindNetwork, "link", "set", "meet3", "up"},
		{"ip", "-n", behindNetwork, "route", "add", "default", "via", "192.168.99.1"},
		InOther("sysctl", "-q", "-w", "net.ipv4.ip_forward=1"),
	} {
		if err := run(line...); err != nil {
			t.Fatal(err)
		}
	}
}

// BehindHost is the third host, of which the gateway is what it reaches through the
// translation: Here.
func BehindHost() *Host {
	return &Host{Name: behindNetwork, Address: Behind, Gateway: Here, Interface: Interface}
}

// InBehind is the command prefix that runs a program on the third host.
func InBehind(args ...string) []string {
	return append([]string{"ip", "netns", "exec", behindNetwork}, args...)
}
