package video

import (
	"slices"
	"time"
)

// wakeUp makes run look for what is due. It never blocks.
func (s *Switch) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run is the Switch's own goroutine: it asks sources for key frames and tells
// sinks what they miss.
func (s *Switch) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		s.tell()
		timer.Stop()
		if wait, ok := s.ask(time.Now()); ok {
			timer.Reset(wait)
		}
		select {
		case <-s.done:
			return
		case <-s.wake:
		case <-timer.C:
		}
	}
}

// tell calls MissingChanged where it is due.
func (s *Switch) tell() {
	for {
		var sink *Sink
		var missing []Missing
		s.mu.Lock()
		for k := range s.sinks {
			if k.untold {
				k.untold = false
				sink, missing = k, slices.Clone(k.missing)
				break
			}
		}
		s.mu.Unlock()
		if sink == nil {
			return
		}
		if sink.missingChanged != nil {
			sink.missingChanged(missing)
		}
	}
}

// ask requests the key frames that are due and returns how long until the next
// one is; false: none is wanted.
func (s *Switch) ask(now time.Time) (wait time.Duration, later bool) {
	type request struct {
		src *source
		ask func() bool
	}
	var due []request
	s.mu.Lock()
	for _, src := range *s.sources.Load() {
		at, ok := src.dueLocked()
		switch d := at.Sub(now); {
		case !ok:
		case d <= 0:
			src.asked, src.askedAt, src.askedCnt = true, now, src.count.Load()
			src.wanted.Store(false)
			due = append(due, request{src, src.ask})
		default:
			if src.waiting.Load() > 0 {
				d = min(d, KeyframeInterval) // it may begin to send
			}
			if !later || d < wait {
				wait, later = d, true
			}
		}
	}
	s.mu.Unlock()
	for _, r := range due {
		can := r.ask != nil && r.ask()
		if can {
			s.requests.Add(1)
		}
		r.src.keep(!can)
	}
	if len(due) > 0 && (!later || wait > KeyframeInterval) {
		wait, later = KeyframeInterval, true // look whether they are waited for again
	}
	return wait, later
}

// dueLocked returns when the source is to be asked; false: nobody waits.
func (src *source) dueLocked() (time.Time, bool) {
	switch {
	case !src.asked:
		return time.Time{}, true
	case src.wanted.Load():
		return src.askedAt.Add(KeyframeInterval), true
	case src.waiting.Load() > 0 && src.count.Load() != src.askedCnt:
		return src.askedAt.Add(KeyframeInterval), true
	case src.waiting.Load() > 0:
		return src.askedAt.Add(keyframeIdle), true
	}
	return time.Time{}, false
}
