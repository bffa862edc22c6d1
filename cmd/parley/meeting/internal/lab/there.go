package lab

import (
	"fmt"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// OnOther calls f with the calling thread in the second host's network, and
// returns f's error. A socket that f opens stays in that network.
func OnOther(f func() error) error { return on(otherNetwork, f) }

// on is OnOther for any network.
func on(network string, f func() error) error {
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer here.Close()
	there, err := os.Open("/run/netns/" + network)
	if err != nil {
		return err
	}
	defer there.Close()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("network %s: %w", network, err)
	}
	err = f()
	// The thread has to come back: it may not end either, since programs that
	// were started from it would end with it (Pdeathsig).
	if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
		panic(fmt.Sprintf("back from network %s: %v", network, back))
	}
	return err
}

// ListenThere opens a UDP socket on the second host.
func ListenThere(network string, addr *net.UDPAddr) (conn *net.UDPConn, err error) {
	err = OnOther(func() (err error) {
		conn, err = net.ListenUDP(network, addr)
		return err
	})
	return conn, err
}

// JoinThere opens a socket on the second host that receives a multicast group.
func JoinThere(group *net.UDPAddr) (*net.UDPConn, error) {
	return joinIn(otherNetwork, otherInterface, group)
}

// joinIn opens one in a network, on one of its interfaces.
func joinIn(network, ifname string, group *net.UDPAddr) (conn *net.UDPConn, err error) {
	err = on(network, func() error {
		ifi, err := net.InterfaceByName(ifname)
		if err != nil {
			return err
		}
		family := "udp4"
		if group.IP.To4() == nil {
			family = "udp6"
		}
		conn, err = net.ListenMulticastUDP(family, ifi, group)
		if err != nil {
			return err
		}
		return conn.SetReadBuffer(1 << 20)
	})
	return conn, err
}
