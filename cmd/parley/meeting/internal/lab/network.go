//go:build linux

package lab

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// inside marks the process that already runs in a network of its own.
const inside = "PARLEY_MEETING_NETWORK"

// Addresses of the meetings' network: the bridge's own host, and a second one
// in a namespace behind a veth pair.
const (
	Here           = "10.99.0.1"
	There          = "10.99.0.2"
	Here6          = "fd99::1"
	There6         = "fd99::2"
	Interface      = "meet0"
	otherNetwork   = "parley-meeting"
	otherInterface = "meet1"
)

// Enter runs the calling test binary again in network and mount namespaces of
// its own, where loopback carries multicast and a second host is reached over
// a veth pair, and returns its exit status. In that second run it sets the
// network up and returns ok. Nothing that a meeting sends leaves the machine.
func Enter() (status int, ok bool) {
	if os.Getenv(inside) != "" {
		if err := arrange(); err != nil {
			fmt.Fprintln(os.Stderr, "meeting network:", err)
			return 1, false
		}
		return 0, true
	}
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	if err := cmd.Run(); err != nil {
		if cmd.ProcessState != nil {
			return cmd.ProcessState.ExitCode(), false
		}
		fmt.Fprintln(os.Stderr, "meeting network: needs root or user namespaces:", err)
		return 1, false
	}
	return 0, false
}

// InOther is the command prefix that runs a program on the second host.
func InOther(args ...string) []string {
	return append([]string{"ip", "netns", "exec", otherNetwork}, args...)
}

func arrange() error {
	// A private /run/netns, so that names cannot meet those of the machine.
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	if err := syscall.Mount("tmpfs", "/run", "tmpfs", 0, ""); err != nil {
		return fmt.Errorf("private /run: %w", err)
	}
	for _, line := range [][]string{
		{"ip", "link", "set", "lo", "up"},
		{"ip", "link", "set", "lo", "multicast", "on"},
		{"ip", "netns", "add", otherNetwork},
		{"ip", "link", "add", Interface, "type", "veth", "peer", "name", otherInterface, "netns", otherNetwork},
		{"ip", "addr", "add", Here + "/24", "dev", Interface},
		{"ip", "-6", "addr", "add", Here6 + "/64", "dev", Interface, "nodad"},
		{"ip", "link", "set", Interface, "up"},
		{"ip", "route", "add", "224.0.0.0/4", "dev", Interface},
		{"ip", "-n", otherNetwork, "link", "set", "lo", "up"},
		{"ip", "-n", otherNetwork, "addr", "add", There + "/24", "dev", otherInterface},
		{"ip", "-n", otherNetwork, "-6", "addr", "add", There6 + "/64", "dev", otherInterface, "nodad"},
		{"ip", "-n", otherNetwork, "link", "set", otherInterface, "up"},
		{"ip", "-n", otherNetwork, "route", "add", "224.0.0.0/4", "dev", otherInterface},
	} {
		if out, err := exec.Command(line[0], line[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w: %s", line, err, out)
		}
	}
	return nil
}
