//go:build meeting

package meeting

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/asterisk"
	"parley/cmd/parley/meeting/internal/lab"
	"parley/codecs"
	"parley/h323"
	"parley/h323/media"
)

// TestAsteriskDigits has package h323 alone call both Asterisks and press keys.
func TestAsteriskDigits(t *testing.T) {
	for i, suite := range asterisk.Suites() {
		t.Run(suite, func(t *testing.T) {
			t.Parallel()
			host := lab.NewHost(t, 18+i)
			a := asterisk.Start(t, asterisk.Config{Suite: suite, Host: host, Remotes: []asterisk.Remote{{Name: "near", Address: host.Gateway, FastStart: true, Tunnelling: true}}})
			for _, m := range modes {
				t.Run(m.String(), func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
					defer cancel()
					pressKeys(ctx, t, a, host, m)
				})
			}
		})
	}
}

func pressKeys(ctx context.Context, t *testing.T, a *asterisk.Asterisk, host *lab.Host, m mode) {
	sound := &media.Set{Alphanumeric: true}
	g711, ok := media.NewCapability(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0)
	if !ok {
		t.Fatal("no capability of PCMU")
	}
	sound.Capabilities = append(sound.Capabilities, g711)
	endpoint, err := h323.New(h323.Config{Name: "keys", Receive: sound, Modes: h323.Modes{NoFastStart: !m.fast, NoTunnelling: !m.tunnelled}})
	if err != nil {
		t.Fatal(err)
	}
	if err := endpoint.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := endpoint.Close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}()
	rtp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(host.Gateway)})
	if err != nil {
		t.Fatal(err)
	}
	defer rtp.Close()
	known := a.Calls(asterisk.Meet)
	owner := &keyOwner{rtp: rtp.LocalAddr().(*net.UDPAddr).AddrPort(), events: make(chan h323.Event, 64)}
	call, err := endpoint.Dial(ctx, h323.Target{Text: fmt.Sprintf("h323:%s@%s", asterisk.Meet, host.Address)}, owner)
	if err != nil {
		t.Fatal(err)
	}
	in, err := a.Met(ctx, asterisk.Meet, known...)
	if err != nil {
		t.Fatal(err)
	}
	// Keys are understood once the peer's capabilities have come, and pass
	// through Asterisk's channel at the pace of the sound that it hears.
	owner.await(ctx, t, func(h323.Event) bool { return owner.capable && owner.speaksTo.IsValid() })
	quiet := make(chan struct{})
	var speaking sync.WaitGroup
	speaking.Go(func() { speakSilence(rtp, owner.speaksTo, quiet) })
	defer speaking.Wait()
	defer close(quiet)
	const keys = "1590#"
	for i, key := range keys {
		call.SendUserInput(string(key), 100*time.Millisecond)
		// It plays each key for a while, and drops those that come much faster
		// than a hand presses them.
		if got, err := in.Digits(ctx, i+1); err != nil || got != keys[:i+1] {
			t.Fatalf("Asterisk got %q of %q: %v", got, keys, err)
		}
	}
	call.Release(nil)
	owner.await(ctx, t, func(e h323.Event) bool { _, is := e.(h323.Released); return is })
	if cause, err := in.Ended(ctx); err != nil || !clears(cause, 16, m) {
		t.Errorf("Asterisk tells cause %d, want 16: %v", cause, err)
	}
}

// keyOwner owns a call whose sound nobody listens to.
type keyOwner struct {
	rtp    netip.AddrPort
	events chan h323.Event

	// What await has seen.
	capable  bool
	speaksTo netip.AddrPort
}

// Local implements h323.Owner.
func (o *keyOwner) Local(*h323.Call, *media.Channel) (media.Addresses, error) {
	return media.Addresses{RTP: o.rtp, RTCP: netip.AddrPortFrom(o.rtp.Addr(), o.rtp.Port()+1)}, nil
}

// Event implements h323.Owner.
func (o *keyOwner) Event(_ *h323.Call, e h323.Event) {
	select {
	case o.events <- e:
	default: // the test has what it waits for
	}
}

func (o *keyOwner) await(ctx context.Context, t *testing.T, is func(h323.Event) bool) {
	t.Helper()
	for {
		select {
		case e := <-o.events:
			switch e := e.(type) {
			case h323.Capabilities:
				o.capable = true
			case h323.ChannelOpened:
				if e.Channel.Direction == media.Send {
					o.speaksTo = e.Channel.Remote.RTP
				}
			}
			if is(e) {
				return
			}
			if r, over := e.(h323.Released); over {
				t.Fatalf("the call was released: %+v", r.Refusal)
			}
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
	}
}

// speakSilence sends 20 ms of PCMU at a time (RFC 3550 5.1) until stop.
func speakSilence(conn *net.UDPConn, to netip.AddrPort, stop <-chan struct{}) {
	packet := make([]byte, 12+160)
	packet[0] = 2 << 6
	binary.BigEndian.PutUint32(packet[8:], 0x6b657973)
	for i := range packet[12:] {
		packet[12+i] = 0xff
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := uint32(0); ; n++ {
		binary.BigEndian.PutUint16(packet[2:], uint16(n))
		binary.BigEndian.PutUint32(packet[4:], 160*n)
		_, _ = conn.WriteToUDPAddrPort(packet, to) // a lost packet is as good
		select {
		case <-tick.C:
		case <-stop:
			return
		}
	}
}
