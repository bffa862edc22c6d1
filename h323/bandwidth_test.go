package h323

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// The gatekeeper is asked once for what the channels take, when they have settled,
// and the owner is told what it gives.
func TestBandwidth(t *testing.T) {
	for name, tt := range map[string]struct {
		admitted, most int
		granted        int  // 0: as is used
		asked          bool // at all
	}{
		"more than admitted":        {admitted: 100_000, asked: true},
		"some of it":                {admitted: 100_000, most: 110_000, granted: 110_000, asked: true},
		"nothing more":              {admitted: 100_000, most: -1, granted: 100_000, asked: true},
		"far less than admitted":    {admitted: 100_000_000, asked: true},
		"what was admitted, nearly": {},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				g := &gatekeeper{admitted: Admitted{Signal: port1720, BitRate: tt.admitted}, most: tt.most}
				e, a, b := both(t, Config{Gatekeeper: g}, Config{})
				c := dial(t, e, Target{Text: "4711", MaxBitRate: 64_000}, a)
				a.channels()
				b.channels()
				<-time.After(time.Minute)
				synctest.Wait()
				const used = 2 * soundRate
				g.mu.Lock()
				rates := slices.Clone(g.rates)
				g.mu.Unlock()
				if !tt.asked {
					if len(rates) != 0 {
						t.Errorf("asked for %v of %d", rates, g.asked[0].BitRate)
					}
					return
				}
				if !slices.Equal(rates, []int{used}) {
					t.Errorf("asked for %v, uses %d", rates, used)
				}
				want := BandwidthGranted{tt.granted, used}
				if tt.granted == 0 {
					want.BitRate = used
				}
				if got := until[BandwidthGranted](a, nil); got != want {
					t.Errorf("told %+v, want %+v", got, want)
				}
				c.Release(nil)
				_ = b.released()
			})
		})
	}
}

// What the gatekeeper takes away the owner hears of, and it is not asked for again.
func TestBandwidthOrdered(t *testing.T) {
	in(t, func(t *testing.T) {
		g := &gatekeeper{admitted: Admitted{Signal: port1720, BitRate: 2 * soundRate}}
		e, a, b := both(t, Config{Gatekeeper: g}, Config{})
		c := dial(t, e, Target{Text: "4711", MaxBitRate: 64_000}, a)
		a.channels()
		b.channels()
		<-time.After(time.Minute)
		g.mu.Lock()
		order := g.asked[0].OnBandwidth
		g.mu.Unlock()
		order(100_000)
		if got, want := until[BandwidthGranted](a, nil), (BandwidthGranted{100_000, 2 * soundRate}); got != want {
			t.Errorf("told %+v, want %+v", got, want)
		}
		<-time.After(time.Minute)
		synctest.Wait()
		g.mu.Lock()
		if len(g.rates) != 0 {
			t.Errorf("asked for %v", g.rates)
		}
		g.mu.Unlock()
		c.Release(nil)
		_ = b.released()
		order(50_000) // which has crossed the end
	})
}
