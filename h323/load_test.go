package h323

import (
	"testing"
)

// BenchmarkCall is a call with fast connect and tunnelling from SETUP to RELEASE
// COMPLETE, both sides.
func BenchmarkCall(b *testing.B) {
	called := newParty(b, "called", v4)
	drain := func(p *party) {
		p.on = func(*Call, Event) {
			for len(p.events) > 100 {
				<-p.events
			}
		}
	}
	drain(called)
	e := answering(b, called, Config{SetupRate: 1e6, Incoming: func(c *Call) {
		c.SetOwner(called)
		c.Answer()
	}})
	from := started(b, Config{})
	b.ReportAllocs()
	for b.Loop() {
		p := newParty(b, "caller", v4)
		c, err := from.Dial(b.Context(), Target{Address: e.Addresses()[0]}, p)
		if err != nil {
			b.Fatal(err)
		}
		<-p.up
		c.Release(nil)
		until[Released](p, nil)
	}
}
