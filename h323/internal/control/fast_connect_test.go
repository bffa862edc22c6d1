package control

import (
	"errors"
	"testing"

	"parley/h323/h245"
	"parley/h323/media"
)

// travel encodes and decodes a fastStart.
func travel(t testing.TB, list []*h245.OpenLogicalChannel) []*h245.OpenLogicalChannel {
	t.Helper()
	var out []*h245.OpenLogicalChannel
	for _, o := range list {
		b, err := o.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		c, err := h245.UnmarshalOpenLogicalChannel(b)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// fastConnect lets a propose and b choose.
func fastConnect(t testing.TB, p *pair) []*h245.OpenLogicalChannel {
	t.Helper()
	offer, err := p.a.Propose()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.b.Choose(travel(t, offer), p.now)
	if err != nil {
		t.Fatal(err)
	}
	if answer == nil {
		p.a.Refused()
	} else if err := p.a.Chosen(travel(t, answer), p.now); err != nil {
		t.Fatal(err)
	}
	p.run()
	return answer
}

func TestFastConnect(t *testing.T) {
	p := newPair(t, newSide(t, "a", 50, nil), newSide(t, "b", 190, func(c *Config) {
		c.Receive, c.Send = setOf(t, pcmu, h261), setOf(t, pcmu, pcma, h261)
	}))
	if answer := fastConnect(t, p); len(answer) != 4 {
		t.Fatalf("%d channels", len(answer))
	}
	p.connected(media.KindAudio, media.RoleMain)
	p.connected(media.KindVideo, media.RoleMain)
	if p.a.asked != 4 || p.b.asked != 4 {
		t.Errorf("places asked for: %d, %d", p.a.asked, p.b.asked)
	}
	if c := p.b.find(t, media.Send, media.KindAudio, media.RoleMain); c.Format.Name != "PCMU" {
		t.Errorf("what is sent is unlike what is received: %v", c.Format)
	}
	// H.245 comes later, and opens nothing again.
	before := len(all[Opened](p.a))
	p.start()
	if n := len(all[Opened](p.a)); n != before || n != 4 {
		t.Errorf("%d channels, then %d", before, n)
	}
	// It can close what fast connect has opened.
	p.forget()
	c := p.a.find(t, media.Send, media.KindVideo, media.RoleMain)
	p.a.Close(media.Send, c.Number, p.now)
	c = p.a.find(t, media.Receive, media.KindAudio, media.RoleMain)
	p.a.Close(media.Receive, c.Number, p.now)
	p.run()
	if len(all[Closed](p.a)) != 2 || len(all[Closed](p.b)) != 2 || len(p.a.Channels()) != 2 || len(p.b.Channels()) != 2 {
		t.Errorf("%v and %v", p.a.Channels(), p.b.Channels())
	}
}

func TestFastConnectRefused(t *testing.T) {
	p := newPair(t, newSide(t, "a", 50, func(c *Config) { c.Receive, c.Send = setOf(t, g722, h261), setOf(t, g722, h261) }),
		newSide(t, "b", 50, func(c *Config) { c.Receive, c.Send = setOf(t, pcmu, pcma, h261), setOf(t, pcmu, h261) }))
	if answer := fastConnect(t, p); answer != nil {
		t.Fatalf("%d channels without sound", len(answer))
	}
	if n := len(p.a.Channels()) + len(p.b.Channels()) + len(p.b.in) + len(p.b.out); n != 0 {
		t.Errorf("%d channels are left", n)
	}
	p.start()
	p.connected(media.KindVideo, media.RoleMain)
}

func TestFastConnectNothing(t *testing.T) {
	none := newSide(t, "a", 50, func(c *Config) { c.Receive, c.Send = nil, nil })
	if _, err := none.Propose(); !errors.Is(err, errNothingProposed) {
		t.Errorf("%v", err)
	}
	b := newSide(t, "b", 50, nil)
	if err := b.Chosen(nil, epoch); !errors.Is(err, errNothingChosen) {
		t.Errorf("%v", err)
	}
	if answer, err := b.Choose(nil, epoch); answer != nil || err != nil {
		t.Errorf("%v, %v", answer, err)
	}
}

// The offer is small: some stacks close the connection on a large SETUP.
func TestProposalSize(t *testing.T) {
	list, err := newSide(t, "a", 50, nil).Propose()
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, o := range list {
		b, err := o.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		size += len(b)
	}
	if len(list) != 12 || size > 800 {
		t.Errorf("%d channels in %d octets", len(list), size)
	}
}
