package h323

import (
	"fmt"
	"net/netip"
	"testing"

	"parley/h323/q931"
)

// Every way to set up a call brings sound both ways, and its end comes to both.
func TestCall(t *testing.T) {
	for _, local := range []netip.Addr{v4, v6} {
		for bits := range 32 {
			modes := Modes{
				NoFastStart: bits&1 != 0, NoTunnelling: bits&2 != 0,
				Parallel: bits&4 != 0, EarlyH245: bits&8 != 0,
			}
			answerer := modes
			if bits&16 != 0 { // the answering side will have it otherwise
				answerer = Modes{NoFastStart: !modes.NoFastStart, NoTunnelling: !modes.NoTunnelling, EarlyH245: !modes.EarlyH245}
			}
			t.Run(fmt.Sprintf("%v %+v %+v", local, modes, answerer), func(t *testing.T) {
				called := newParty(t, "called", local)
				e := answering(t, called, Config{Name: "called", Modes: answerer})
				caller := newParty(t, "caller", local)
				c, err := started(t, Config{Name: "caller", Modes: modes}).
					Dial(t.Context(), Target{Address: e.Addresses()[0]}, caller)
				if err != nil {
					t.Fatal(err)
				}
				fast := !modes.NoFastStart && !answerer.NoFastStart
				ai, ao := caller.channels()
				bi, bo := called.channels()
				if ai.Format.Name != "PCMU" || ai.Format.Name != bo.Format.Name || ao.Format.Name != bi.Format.Name {
					t.Errorf("%v, %v; %v, %v", &ai, &ao, &bi, &bo)
				}
				if ao.Remote.RTP != bi.Local.RTP || bo.Remote.RTP != ai.Local.RTP {
					t.Errorf("%v to %v, %v to %v", ao.Remote, bi.Local, bo.Remote, ai.Local)
				}
				c.SendUserInput("5", 0)
				if in := until[UserInput](called, nil); in.Text != "5" {
					t.Errorf("digits %q", in.Text)
				}
				<-caller.up
				info := c.Info()
				if info.FastStart != fast || info.Tunnelling == (modes.NoTunnelling || answerer.NoTunnelling) ||
					info.State != q931.Active || info.RemoteName != "called" || info.Version != 7 {
					t.Errorf("%+v", info)
				}
				c.Release(nil)
				if r := until[Released](called, func(Released) bool { return true }); r.Refusal.Cause != q931.NormalClearing || r.Local {
					t.Errorf("called: %+v %+v", r, r.Refusal)
				}
				if r := until[Released](caller, nil); r.Refusal.Cause != q931.NormalClearing || !r.Local {
					t.Errorf("caller: %+v %+v", r, r.Refusal)
				}
			})
		}
	}
}
