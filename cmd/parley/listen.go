package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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

// tryListeners tries all addresses that are to be listened on, so that all that cannot be
// had are told at once.
func tryListeners(ctx context.Context, cfg *config.Config) error {
	var errs []error
	for _, l := range cfg.Listeners() {
		if l.At.Port() == 0 {
			continue
		}
		err := try(ctx, l)
		if err == nil || l.Key == "h323.multiplex" && errors.Is(err, syscall.EADDRNOTAVAIL) && listen(cfg.H323.Multiplex).Addr().IsUnspecified() {
			continue // the latter is told of h323.listen, whose address that is
		}
		key, _, _ := strings.Cut(l.Key, "[")
		errs = append(errs, explainListen(err, map[string]string{strings.ToLower(l.Network): key}))
	}
	return errors.Join(errs...)
}

// try opens a port and closes it.
func try(ctx context.Context, l config.Listener) error {
	var socket io.Closer
	var err error
	if l.Network == "TCP" {
		socket, err = new(net.ListenConfig).Listen(ctx, "tcp", listenText(l.At))
	} else {
		socket, err = new(net.ListenConfig).ListenPacket(ctx, "udp", listenText(l.At))
	}
	if err != nil {
		return err
	}
	return socket.Close()
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
	if key == "multicast.madcap.enabled" { // its port is that of the standard
		how = "end that one, or set " + key + ": false"
	} else if flag := config.FlagFor(key); flag != "" {
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
