package multicast

import (
	"errors"
	"testing"

	"parley/conference"
)

// A group that takes the place of another has its seat's name, and what cannot
// take it leaves the other there.
func TestReplace(t *testing.T) {
	first, second := testGroup(t, "239.255.77.63", "PCMU"), testGroup(t, "239.255.77.64", "PCMU")
	first.Name = "Studio"
	h := openHouse(t, first, second)
	names := func() map[string]string {
		out := make(map[string]string)
		for _, m := range h.conf.Roster().Members {
			if m.Wire == conference.WireMulticast {
				out[m.Name] = m.Address
			}
		}
		return out
	}
	at := first.Channel()
	moved := testGroup(t, "239.255.77.65", "opus")
	if err := h.server.Replace(moved.Channel(), moved); !errors.Is(err, ErrNoGroup) {
		t.Errorf("what nobody joined is replaced: %v", err)
	}
	if err := h.server.Replace(at, second); !errors.Is(err, ErrJoined) {
		t.Errorf("replaced by a group that takes part: %v", err)
	}
	none := moved
	none.Interface = "none"
	if err := h.server.Replace(at, none); err == nil {
		t.Error("replaced by a group on no interface")
	}
	if got := names(); got["Studio"] != first.address() {
		t.Errorf("after refusals there are %v", got)
	}
	if err := h.server.Replace(at, moved); err != nil {
		t.Fatal(err)
	}
	if got := names(); len(got) != 2 || got["Studio"] != moved.address() {
		t.Errorf("replaced, there are %v", got)
	}
	if m, ok := h.server.Membership(moved.Channel()); !ok || m.Conference != "room" {
		t.Errorf("it takes part as %+v, %v", m, ok)
	}
	if _, ok := h.server.Membership(at); ok {
		t.Error("the old one still takes part")
	}
	keyed := moved
	audio := *moved.Audio
	audio.Crypto = mustKey(t, testKey)
	keyed.Audio = &audio
	if err := h.server.Replace(moved.Channel(), keyed); err != nil {
		t.Errorf("another key at the same address: %v", err)
	}
	for _, m := range h.conf.Roster().Members {
		if m.Name == "Studio" && !m.Encrypted {
			t.Error("the key did not come into force")
		}
	}
}
