package video

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// asked are the rates that a source was asked for.
type asked struct {
	mu   sync.Mutex
	list []int
}

func (a *asked) limit(rate int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, rate)
}

func (a *asked) take() []int {
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.list
	a.list = nil
	return out
}

// A source is asked for the least that anybody takes who sees it: at once for
// less, after a while for more, and never for what shows nothing.
func TestRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		var of [3]asked
		for i := range of {
			c := &camera{sw: sw, id: SourceID(i + 1), format: formatH264}
			cfg := c.config(true)
			cfg.LimitRate = of[i].limit
			sw.SetSource(c.id, cfg)
		}
		sw.SetActive(1)
		want := func(what string, rates ...[]int) {
			t.Helper()
			for i := range of {
				var w []int
				if i < len(rates) {
					w = rates[i]
				}
				if got := of[i].take(); !slices.Equal(got, w) {
					t.Errorf("%s: source %d is asked for %v, want %v", what, i+1, got, w)
				}
			}
		}
		var a, b screen
		wide, narrow := sw.AddSink(a.config(formatH264)), sw.AddSink(b.config(formatH264))
		want("no limit")
		wide.LimitRate(0, 2_000_000)
		want("one limit", []int{2_000_000})
		narrow.LimitRate(0, 384_000)
		want("the lesser of two", []int{384_000})
		narrow.LimitRate(PresentationStream, 64_000)
		want("nothing is presented")
		sw.SetActive(2)
		want("another speaks", nil, []int{384_000})
		pass(rateHold)
		want("the former is free", []int{0})
		narrow.LimitRate(0, 1)
		want("less than is of use", nil, []int{minRate})
		narrow.Close()
		want("more is not due yet")
		pass(rateHold)
		want("the narrow one is gone", nil, []int{2_000_000})
		wide.LimitRate(0, 0)
		pass(rateHold - time.Millisecond)
		wide.LimitRate(0, 2_000_000)
		pass(time.Minute)
		want("lifted for a moment")

		// A new Format of the same source does not know that it is free before it is told.
		cfg := (&camera{sw: sw, id: 2, format: formatVP8}).config(true)
		cfg.LimitRate = of[1].limit
		sw.SetSource(2, cfg)
		pass(time.Minute)
		got := of[1].take()
		if !slices.Equal(got, []int{0}) {
			t.Errorf("of another codec, that nobody sees: asked for %v", got)
		}
	})
}
