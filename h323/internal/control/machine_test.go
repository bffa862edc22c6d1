package control

import (
	"testing"
	"time"

	"parley/h323/media"
)

func TestCall(t *testing.T) {
	for name, kinds := range map[string][2]uint8{
		"first is master":  {190, 50},
		"second is master": {50, 190},
		"by number":        {60, 60},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, newSide(t, "a", kinds[0], nil), newSide(t, "b", kinds[1], nil)).start()
			x, ok := p.a.IsMaster()
			y, ok2 := p.b.IsMaster()
			if !ok || !ok2 || x == y {
				t.Fatalf("masters %v %v, known %v %v", x, y, ok, ok2)
			}
			if kinds[0] != kinds[1] && x != (kinds[0] > kinds[1]) {
				t.Errorf("the first is master: %v", x)
			}
			p.connected(media.KindAudio, media.RoleMain)
			p.connected(media.KindVideo, media.RoleMain)
			for _, s := range []*side{p.a, p.b} {
				if n := len(all[Opened](s)); n != 4 {
					t.Errorf("%s has %d channels", s.name, n)
				}
				if c := s.find(t, media.Send, media.KindVideo, media.RoleMain); c.Format.Name != "H264" {
					t.Errorf("%s sends %v", s.name, c.Format)
				}
				if len(all[Capabilities](s)) != 1 || len(all[Determined](s)) != 1 {
					t.Errorf("%s: %v", s.name, s.events)
				}
				if at, ok := s.Deadline(); ok {
					t.Errorf("%s waits until %v", s.name, at)
				}
			}
			p.forget()
			p.a.End(p.now)
			p.run()
			for _, s := range []*side{p.a, p.b} {
				if n := len(all[Closed](s)); n != 4 {
					t.Errorf("%s closed %d channels", s.name, n)
				}
				if len(s.Channels()) != 0 || len(s.in)+len(s.out)+len(s.wants) != 0 {
					t.Errorf("%s keeps %v", s.name, s.Channels())
				}
			}
			if len(all[SessionEnded](p.b)) != 1 {
				t.Error("the end was not told")
			}
		})
	}
}

// One side begins, the other answers before it begins itself.
func TestOneAfterTheOther(t *testing.T) {
	p := newPair(t, newSide(t, "a", 50, nil), newSide(t, "b", 50, nil))
	p.a.Start(p.now)
	p.run()
	if _, ok := p.b.IsMaster(); !ok {
		t.Error("determination needs no start of the second")
	}
	p.b.Start(p.now.Add(time.Second))
	p.b.Start(p.now.Add(time.Second))
	p.run()
	p.connected(media.KindAudio, media.RoleMain)
	if n := len(all[Capabilities](p.a)); n != 1 {
		t.Errorf("%d capability sets", n)
	}
}

func TestManual(t *testing.T) {
	manual := func(c *Config) { c.Manual = true }
	p := newPair(t, newSide(t, "a", 50, manual), newSide(t, "b", 50, manual))
	if err := p.a.Open(media.KindAudio, media.RoleMain, media.Capability{}, p.now); err != nil {
		t.Fatal(err)
	}
	p.start()
	if n := len(p.b.Channels()); n != 1 {
		t.Fatalf("%d channels", n)
	}
	p.oneWay(p.a, p.b, media.KindAudio, media.RoleMain)
	p.forget()
	c := capabilityOf(t, pcma, 0, media.RoleMain)
	if err := p.a.Open(media.KindAudio, media.RoleMain, c, p.now); err != nil {
		t.Fatal(err)
	}
	p.run()
	if got := p.a.find(t, media.Send, media.KindAudio, media.RoleMain); got.Format.Name != "PCMA" {
		t.Errorf("%v", got.Format)
	}
	if len(all[Closed](p.a)) != 1 || len(all[Closed](p.b)) != 1 {
		t.Errorf("closed: %v, %v", p.a.events, p.b.events)
	}
	// What nobody takes.
	p.forget()
	if err := p.a.Open(media.KindVideo, media.RoleLive, media.Capability{}, p.now); err != nil {
		t.Fatal(err)
	}
	p.run()
	if len(all[OpenRefused](p.a)) != 1 {
		t.Errorf("%v", p.a.events)
	}
}
