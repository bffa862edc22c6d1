package h323

import (
	"errors"
	"net/netip"
	"testing"

	"parley/h323/media"
)

// Calls leave from an address that is listened on, of the kind that is called.
func TestLeaveFrom(t *testing.T) {
	e := &Endpoint{cfg: Config{Listen: []netip.AddrPort{
		netip.MustParseAddrPort("192.0.2.1:1720"), netip.MustParseAddrPort("127.0.0.9:1720"), netip.MustParseAddrPort("[::]:1720"),
	}}}
	for to, want := range map[string]netip.Addr{
		"198.51.100.7":        netip.MustParseAddr("192.0.2.1"),
		"::ffff:198.51.100.7": netip.MustParseAddr("192.0.2.1"),
		"127.0.0.1":           netip.MustParseAddr("127.0.0.9"),
		"2001:db8::1":         {},
		"169.254.0.1":         {},
	} {
		if got := e.leaveFrom(netip.MustParseAddr(to)); got != want {
			t.Errorf("to %s from %v, want %v", to, got, want)
		}
	}
}

// Who is called sees the address that the caller listens on.
func TestCalledFromListenAddress(t *testing.T) {
	from := make(chan netip.Addr, 1)
	called, err := New(Config{
		Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Incoming: func(c *Call) { c.Release(nil) },
		Admit: func(i *Invitation) error { from <- i.Remote.Addr(); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := New(Config{Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.9:0")}, Incoming: func(c *Call) { c.Release(nil) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []*Endpoint{called, caller} {
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := e.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}()
	}
	if _, err := caller.Dial(t.Context(), Target{Address: called.Addresses()[0]}, silent{}); err != nil {
		t.Fatal(err)
	}
	if a := <-from; a != netip.MustParseAddr("127.0.0.9") {
		t.Errorf("called from %v", a)
	}
}

// silent is an Owner that takes no part.
type silent struct{}

func (silent) Local(*Call, *media.Channel) (media.Addresses, error) {
	return media.Addresses{}, errors.New("no media")
}
func (silent) Event(*Call, Event) {}
