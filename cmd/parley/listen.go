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
	how := fmt.Sprintf("choose another with %s HOST:PORT or %s", config.FlagFor(key), key)
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
