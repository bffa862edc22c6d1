//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/codecs"
	"parley/h323"
	"parley/h323/media"
)

// terminals is an H.323 endpoint that makes many calls, by fast connect and
// with tunnelled H.245, PCMU alone.
type terminals struct{ *h323.Endpoint }

func newTerminals(t *testing.T) terminals {
	t.Helper()
	sound, ok := media.NewCapability(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0)
	if !ok {
		t.Fatal("PCMU is unknown")
	}
	e, err := h323.New(h323.Config{
		Name: "load", TerminalType: 50, MaxCalls: 10_000,
		Receive: &media.Set{Capabilities: []media.Capability{sound}, Signal: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Errorf("calls do not end: %v", err)
		}
	})
	return terminals{e}
}

// line is one call of them.
type line struct {
	*h323.Call
	local media.Addresses
	up    chan netip.AddrPort // where the bridge takes media: the call is up
	end   chan *h323.Refusal

	mu        sync.Mutex
	remote    netip.AddrPort
	hears     bool
	connected bool
}

// dial calls a name at an address of the bridge; its sound is to go to local.
func (e terminals) dial(name string, at netip.Addr, local netip.AddrPort) (*line, error) {
	l := &line{
		local: media.Addresses{RTP: local, RTCP: netip.AddrPortFrom(local.Addr(), local.Port()+1)},
		up:    make(chan netip.AddrPort, 1), end: make(chan *h323.Refusal, 1),
	}
	c, err := e.Dial(context.Background(), h323.Target{Text: fmt.Sprintf("h323:%s@%v", name, at)}, l)
	l.Call = c
	return l, err
}

// Local implements h323.Owner.
func (l *line) Local(*h323.Call, *media.Channel) (media.Addresses, error) { return l.local, nil }

// Event implements h323.Owner.
func (l *line) Event(_ *h323.Call, e h323.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := e.(type) {
	case h323.Connected:
		l.connected = true
	case h323.ChannelOpened:
		if e.Channel.Kind == media.KindAudio && e.Channel.Direction&media.Send != 0 {
			l.remote = e.Channel.Remote.RTP
		}
		if e.Channel.Kind == media.KindAudio && e.Channel.Direction&media.Receive != 0 {
			l.hears = true
		}
	case h323.Released:
		l.end <- e.Refusal
		return
	default:
		return
	}
	if l.connected && l.hears && l.remote.IsValid() {
		select {
		case l.up <- l.remote:
		default: // it was told
		}
	}
}

// answered waits until sound can flow both ways.
func (l *line) answered(ctx context.Context) (netip.AddrPort, error) {
	select {
	case at := <-l.up:
		return at, nil
	case r := <-l.end:
		return netip.AddrPort{}, fmt.Errorf("the call ended: %w", r)
	case <-ctx.Done():
		return netip.AddrPort{}, ctx.Err()
	}
}

// hangUp ends the call and waits for its end.
func (l *line) hangUp(ctx context.Context) error {
	l.Release(nil)
	select {
	case <-l.end:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// telephone is a caller of the load by H.323.
func (e terminals) telephone(ctx context.Context, index int, name string, at netip.Addr) (*caller, *line, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(at, 0)))
	if err != nil {
		return nil, nil, err
	}
	_ = conn.SetReadBuffer(1 << 20)
	l, err := e.dial(name, at, conn.LocalAddr().(*net.UDPAddr).AddrPort())
	if err != nil {
		return nil, nil, err
	}
	remote, err := l.answered(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &caller{index: index, conn: conn, remote: net.UDPAddrFromAddrPort(remote), ssrc: uint32(0x20000 + index)}, l, nil
}

// moreAddresses gives the bridge's host n further addresses. Who calls one of
// them comes from it, as from a host of its own: limits count sources.
func moreAddresses(t *testing.T, n int) []netip.Addr {
	t.Helper()
	var all []netip.Addr
	for i := range n {
		a := netip.AddrFrom4([4]byte{10, 98, byte(i >> 8), byte(i)})
		all = append(all, a)
		lab.Run(t, "ip", "addr", "add", a.String()+"/32", "dev", "lo")
		t.Cleanup(func() { lab.Run(t, "ip", "addr", "del", a.String()+"/32", "dev", "lo") })
	}
	return all
}
