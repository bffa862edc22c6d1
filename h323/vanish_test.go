package h323

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// goneWithin is how long after a peer's vanishing nothing may be left of it.
const goneWithin = 35 * time.Second

// noMedia is how long an owner waits for media.
const noMedia = 20 * time.Second

// stages are messages after which a peer may vanish.
var stages = []string{
	"setup", "callProceeding", "alerting", "connect",
	"terminalCapabilitySet", "masterSlaveDetermination", "openLogicalChannel", "openLogicalChannelAck",
	"nothing", "endSessionCommand", "releaseComplete",
}

// TestVanish has a peer vanish after each message of a call, and while media
// flow: in calls from and to it, set up in every way, with the message sent to
// it lost or not. 35 s later nothing is left of the call. That a program has
// frozen shows in the media alone, to the owner, who ends the call then.
func TestVanish(t *testing.T) {
	reached := make(map[string]int)
	for _, how := range []vanishing{resets, unreachable, frozen} {
		for name, modes := range map[string]Modes{
			"fast, tunnelled": {}, "fast, separate": {NoTunnelling: true},
			"slow, tunnelled": {NoFastStart: true}, "slow, separate": {NoFastStart: true, NoTunnelling: true},
		} {
			for _, dials := range []bool{true, false} {
				for _, stage := range stages {
					for _, sent := range []bool{true, false} {
						v := &vanish{how: how, modes: modes, dials: dials, stage: stage, sent: sent}
						t.Run(fmt.Sprintf("%v/%s/%s", how, name, v), func(t *testing.T) {
							if in(t, v.run); v.met {
								reached[stage]++
							}
						})
					}
				}
			}
		}
	}
	for _, s := range stages {
		if reached[s] == 0 {
			t.Errorf("no call came to %s", s)
		}
	}
}

// vanish is one call whose peer vanishes.
type vanish struct {
	how   vanishing
	modes Modes
	dials bool   // the side that stays made the call
	stage string // the message at which the peer vanishes
	sent  bool   // by the side that stays, so that it is lost
	met   bool
}

func (v *vanish) String() string {
	who, way := "called", "received"
	if v.dials {
		who = "caller"
	}
	if v.sent {
		way = "sent"
	}
	return who + "/" + v.stage + " " + way
}

func (v *vanish) run(t *testing.T) {
	network := &severable{memory: newMemory(), how: v.how}
	stays, goes := newParty(t, "stays", v4), newParty(t, "goes", v4)
	var told, released int
	stays.on = func(_ *Call, e Event) {
		told++
		if _, ok := e.(Released); ok {
			released++
		}
	}
	here := Config{Modes: v.modes, Trace: func(m *Traced) {
		name := m.Name[strings.LastIndexByte(m.Name, '.')+1:]
		if m.Sent == v.sent && name == v.stage {
			v.met = true
			network.sever()
		}
	}}
	there := Config{Modes: v.modes}
	from, to := &there, &here
	caller, called := goes, stays
	if v.dials {
		from, to, caller, called = &here, &there, stays, goes
	}
	answers := func(c *Call) {
		c.SetOwner(called)
		called.mu.Lock()
		called.call = c
		called.mu.Unlock()
		c.Proceed()
		time.AfterFunc(time.Second, c.Alert)
		time.AfterFunc(2*time.Second, c.Answer)
	}
	to.Incoming, to.Listen = answers, []netip.AddrPort{port1720}
	answerer, dialler := inMemory(t, severableSide{network, !v.dials}, *to), inMemory(t, severableSide{network, v.dials}, *from)
	c, err := dialler.Dial(context.Background(), Target{Address: port1720}, caller)
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(5 * time.Second)
	ends := c
	if v.dials != v.sent { // who stays hangs up where what it sends is to be lost
		ends = called.first()
	}
	if v.stage == "nothing" {
		v.met = true
		network.sever()
	} else if ends != nil {
		ends.Release(nil)
	}
	stayed := c
	if !v.dials {
		stayed = called.first()
	}
	if v.how == frozen && stayed != nil {
		time.AfterFunc(noMedia, func() { stayed.Release(nil) })
	}
	<-time.After(goneWithin)
	synctest.Wait()
	e := answerer
	if v.dials {
		e = dialler
	}
	if s := e.Stats(); s.Active != 0 || s.Connections != 0 {
		t.Errorf("left behind: %+v", s)
	}
	network.memory.mu.Lock()
	for a := range network.listeners {
		if a != port1720 {
			t.Errorf("%v is still listened on", a)
		}
	}
	network.memory.mu.Unlock()
	if told > 0 && released != 1 {
		t.Errorf("of %d events %d tell the end", told, released)
	}
	network.sever() // where the stage was not reached
	closed(t, answerer, dialler)
	<-time.After(time.Minute)
	network.work.Wait()
}

// first is the call that came to p; nil: none.
func (p *party) first() *Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.call
}
