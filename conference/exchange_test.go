package conference_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"

	"parley/conference"
)

// phones is a Directory whose phones answer at once.
type phones struct {
	t      *testing.T
	bridge *conference.Bridge
	called *party
	seat   *conference.Seat
	err    error
}

func (p *phones) Locate(dialled string, _ netip.Addr) (string, bool) {
	return "sip:" + dialled + "@pbx", dialled == "200" || dialled == "201"
}

func (p *phones) Dial(_ context.Context, address, id string) (conference.ParticipantID, error) {
	if p.err != nil {
		return "", p.err
	}
	if address != "sip:200@pbx" {
		p.t.Errorf("calls %q", address)
	}
	c, err := p.bridge.Open(id)
	if err != nil {
		return "", err
	}
	p.called = newParty("called")
	p.seat = join(p.t, c, p.called)
	p.called.leave = p.seat.Leave
	return p.seat.ID(), nil
}

// exchange runs f in a bubble, in a bridge whose directory has one phone, 200.
func exchange(t *testing.T, f func(*testing.T, *conference.Bridge, *phones)) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{})
		defer closeBridge(t, b)
		d := &phones{t: t, bridge: b}
		b.SetDirectory(d)
		f(t, b, d)
	})
}

func TestLocate(t *testing.T) {
	b := newBridge(t, conference.BridgeConfig{Conferences: []conference.Settings{{ID: "201"}}})
	defer closeBridge(t, b)
	if _, ok := b.Locate("200", netip.Addr{}); ok {
		t.Error("located without a directory")
	}
	if _, err := b.Call(t.Context(), "sip:200@pbx", conference.Caller{}); !errors.Is(err, conference.ErrUnknownConference) {
		t.Errorf("called without a directory: %v", err)
	}
	b.SetDirectory(&phones{t: t, bridge: b})
	if address, ok := b.Locate("200", netip.Addr{}); !ok || address != "sip:200@pbx" {
		t.Errorf("located %q, %v", address, ok)
	}
	for _, nobody := range []string{"", "201", "300"} {
		if _, ok := b.Locate(nobody, netip.Addr{}); ok {
			t.Errorf("located %q", nobody)
		}
	}
}

func TestCallEndsWhenOneLeaves(t *testing.T) {
	exchange(t, func(t *testing.T, b *conference.Bridge, d *phones) {
		c, err := b.Call(t.Context(), "sip:200@pbx", conference.Caller{Name: "Ann\r\nFrom: x", Number: "7"})
		if err != nil {
			t.Fatal(err)
		}
		want := conference.Caller{Name: "Ann  From: x", Number: "7"}
		if got, private := c.Caller(); got != want || !private {
			t.Errorf("the called one is told of %v", got)
		}
		caller := newParty("caller")
		caller.leave = join(t, c, caller).Leave
		advance(2 * conference.AnswerWindow)
		if got := caller.disconnected(); len(got) != 0 {
			t.Fatalf("disconnected while talking: %v", got)
		}
		d.seat.Leave(conference.Cause{Code: conference.CauseLeft})
		synctest.Wait()
		if got := caller.disconnected(); len(got) != 1 || got[0].Code != conference.CauseLeft {
			t.Errorf("caller was told %v", got)
		}
		if n := len(b.Conferences()); n != 0 {
			t.Errorf("%d conferences are left", n)
		}
	})
}

func TestCallWithoutCallerEnds(t *testing.T) {
	exchange(t, func(t *testing.T, b *conference.Bridge, d *phones) {
		if _, err := b.Call(t.Context(), "sip:200@pbx", conference.Caller{}); err != nil {
			t.Fatal(err)
		}
		advance(conference.AnswerWindow - second)
		if got := d.called.disconnected(); len(got) != 0 {
			t.Fatalf("disconnected too early: %v", got)
		}
		advance(2 * second)
		if got := d.called.disconnected(); len(got) != 1 {
			t.Errorf("the called one was told %v", got)
		}
	})
}

func TestCallRefused(t *testing.T) {
	exchange(t, func(t *testing.T, b *conference.Bridge, d *phones) {
		d.err = errors.New("busy")
		if _, err := b.Call(t.Context(), "sip:200@pbx", conference.Caller{}); !errors.Is(err, d.err) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if n := len(b.Conferences()); n != 0 {
			t.Errorf("%d conferences are left", n)
		}
	})
}
