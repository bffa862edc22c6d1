package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"parley/cmd/parley/internal/config"
)

// listenText is an address for package net. All interfaces are the empty host,
// with which net takes IPv4 alone on a machine that has no IPv6.
func listenText(a netip.AddrPort) string {
	if a.Addr() == netip.IPv6Unspecified() {
		return fmt.Sprintf(":%d", a.Port())
	}
	return a.String()
}

// listenBoth is an address for those who open a socket for each of IPv4 and
// IPv6: all interfaces are two.
func listenBoth(text string) []netip.AddrPort {
	at := listen(text)
	if at.Addr() != netip.IPv6Unspecified() {
		return []netip.AddrPort{at}
	}
	both := []netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port())}
	if hasIPv6() {
		both = append(both, at)
	}
	return both
}

// hasIPv6 reports whether this machine can open an IPv6 socket.
func hasIPv6() bool {
	c, err := net.ListenUDP("udp6", nil)
	if err != nil {
		return false
	}
	_ = c.Close() // it was opened for the question
	return true
}

// explainListen says what to do when a port cannot be opened: which key, by
// network, and which flag change it.
func explainListen(err error, keys map[string]string) error {
	var op *net.OpError
	if !errors.As(err, &op) {
		return err
	}
	key := keys[strings.TrimRight(op.Net, "46")]
	if key == "" {
		return err
	}
	how := "choose another with " + key
	if flag := config.FlagFor(key); flag != "" {
		how = fmt.Sprintf("choose another with %s HOST:PORT or %s", flag, key)
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w: another program has this port; %s", err, how)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%w: ports below 1024 need privileges; %s", err, how)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%w: this machine has no such address; %s", err, how)
	}
	return fmt.Errorf("%w; %s", err, how)
}
