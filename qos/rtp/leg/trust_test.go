package leg

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"parley/codecs"
	"parley/qos/rtp"
)

// nobody is an rtp.Receiver.
type nobody struct{}

func (nobody) ReceiveRTP(*rtp.Source, *codecs.Packet)      {}
func (nobody) SourceChanged(*rtp.Source, rtp.SourceChange) {}
func (nobody) KeyframeRequested(uint32)                    {}
func (nobody) LoopDetected(netip.AddrPort, string)         {}

func newLeg(t *testing.T) *Leg {
	t.Helper()
	l := New(nobody{}, new(Totals), slog.New(slog.DiscardHandler))
	if _, _, err := l.Open(netip.MustParseAddr("127.0.0.1"), rtp.PortRange{}, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(context.Background()) })
	return l
}

func TestTrust(t *testing.T) {
	here, there := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.9")
	trust := &Trust{Host: here, Window: time.Hour}
	terms := func(to netip.Addr, port uint16) *Terms {
		return &Terms{Active: true, Remote: netip.AddrPortFrom(to, port), CNAME: "x", Trust: trust}
	}
	sound, pictures := newLeg(t), newLeg(t)
	pictures.patient = true
	apply := func(l *Leg, terms *Terms) {
		t.Helper()
		if err := l.Apply(*terms); err != nil {
			t.Fatal(err)
		}
	}
	apply(sound, terms(here, 9000))
	apply(pictures, terms(here, 9002))
	if !sound.mayPass() || !pictures.mayPass() {
		t.Error("the host of signalling gets nothing")
	}
	apply(sound, terms(there, 9000))
	apply(pictures, terms(there, 9002))
	if !sound.mayPass() || pictures.mayPass() {
		t.Error("another gets no sound for a while, or pictures at once")
	}
	sound.aim.Load().until = time.Now().Add(-time.Second)
	if sound.mayPass() {
		t.Error("sound goes on without an answer")
	}
	apply(sound, terms(there, 9000))
	if sound.mayPass() {
		t.Error("the window opens anew with the same host")
	}
	for i := range byte(maxForeign) {
		apply(sound, terms(netip.AddrFrom4([4]byte{127, 0, 1, i}), 9000))
	}
	if sound.mayPass() {
		t.Error("a host after many others gets sound")
	}
	trust.proven.Store(&there) // it has answered
	apply(sound, terms(there, 9000))
	if !sound.mayPass() || !pictures.mayPass() {
		t.Error("who has answered gets nothing")
	}
}

func TestIsAimable(t *testing.T) {
	for _, tt := range []struct {
		to, host string
		want     bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"203.0.113.7", "203.0.113.8", true}, // a gateway's media may be another host
		{"::ffff:192.0.2.1", "192.0.2.1", true},
		{"127.0.0.1", "192.0.2.1", false},
		{"127.0.0.2", "127.0.0.1", true},
		{"::1", "192.0.2.1", false},
		{"169.254.1.1", "192.0.2.1", false},
		{"fe80::1", "2001:db8::1", false},
		{"fe80::1", "fe80::2", true},
		{"224.0.0.1", "192.0.2.1", false},
		{"0.0.0.0", "192.0.2.1", false},
	} {
		if got := IsAimable(netip.MustParseAddr(tt.to), netip.MustParseAddr(tt.host)); got != tt.want {
			t.Errorf("to %s for %s: %v", tt.to, tt.host, got)
		}
	}
}
