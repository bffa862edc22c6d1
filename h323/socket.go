package h323

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"parley/qos"
)

// keepAlive has a vanished peer noticed while nothing is sent.
func keepAlive() net.KeepAliveConfig {
	return net.KeepAliveConfig{Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount}
}

// network is TCP, or what tests have in its place.
type network interface {
	listen(ctx context.Context, a netip.AddrPort) (net.Listener, error)
	connect(ctx context.Context, local netip.Addr, a netip.AddrPort) (net.Conn, error)
}

// tcp marks its connections, and has them notice a peer's vanishing.
type tcp struct{ dscp qos.DSCP }

func (t tcp) listen(ctx context.Context, a netip.AddrPort) (net.Listener, error) {
	lc := net.ListenConfig{KeepAliveConfig: keepAlive(), Control: options(t.dscp)}
	lc.SetMultipathTCP(false)
	return lc.Listen(ctx, family(a.Addr()), a.String())
}

// family keeps an IPv6 socket from taking IPv4: both are listened on by their
// own names.
func family(a netip.Addr) string {
	if a.Is4() {
		return "tcp4"
	}
	return "tcp6"
}

func (t tcp) connect(ctx context.Context, local netip.Addr, a netip.AddrPort) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	d := net.Dialer{KeepAliveConfig: keepAlive(), Control: options(t.dscp)}
	if local.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	}
	return d.DialContext(ctx, "tcp", a.String())
}

// options sets the options of a socket before it is used; accepted ones inherit
// them.
func options(dscp qos.DSCP) func(network, address string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) error {
		v6 := strings.HasSuffix(network, "6")
		var err error
		if e := c.Control(func(fd uintptr) { err = setOptions(fd, v6, int(dscp)<<2) }); e != nil {
			return e
		}
		return err
	}
}
