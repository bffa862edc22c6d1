package mixer

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/codecs"
)

// staller is a Port that blocks one call.
type staller struct {
	n     int
	at    int
	stall time.Duration
	when  []time.Duration
	start time.Time
}

func (s *staller) WriteFrame(*codecs.Frame) {
	s.when = append(s.when, time.Since(s.start))
	if s.n++; s.n == s.at {
		advance(s.stall)
	}
}

// run ticks for d with a port that stalls in its tenth call.
func stalled(t *testing.T, stall, d time.Duration) (*staller, Stats) {
	t.Helper()
	m := newMixer(nil)
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.Run(stop)
	}()
	s := &staller{at: 10, stall: stall, start: time.Now()}
	m.Publish(&Room{Outputs: []*Output{NewOutput(s)}})
	advance(d)
	close(stop)
	<-done
	return s, m.Stats()
}

func TestTicksKeepTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stats := stalled(t, 15*time.Millisecond, 10*time.Second-time.Millisecond)
		if len(s.when) != 500 || stats.Ticks != 500 || stats.LateTicks != 0 {
			t.Errorf("%d ticks, %+v", len(s.when), stats)
		}
		if last := s.when[499]; last != 499*20*time.Millisecond {
			t.Errorf("the last tick at %v", last)
		}
	})
}

func TestShortStallIsMadeUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, stats := stalled(t, 90*time.Millisecond, time.Second-time.Millisecond)
		if len(s.when) != 50 || s.when[49] != 980*time.Millisecond {
			t.Errorf("%d ticks, the last at %v", len(s.when), s.when[len(s.when)-1])
		}
		if stats.LateTicks != 3 { // due 20, 40, 60 and 80 ms into the stall, of 90
			t.Errorf("%d late", stats.LateTicks)
		}
	})
}

func TestLongStallIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := stalled(t, 10*time.Second, 11*time.Second)
		burst := 0
		for _, w := range s.when {
			if w == 180*time.Millisecond+10*time.Second {
				burst++
			}
		}
		if burst != maxCatchUp+1 {
			t.Errorf("%d ticks at once after the stall", burst)
		}
		if n := len(s.when); n > 10+maxCatchUp+42 {
			t.Errorf("%d ticks", n)
		}
	})
}
