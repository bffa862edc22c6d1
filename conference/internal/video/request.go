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

// run is the Switch's own goroutine: it asks sources for key frames and rates, and
// tells sinks what they miss.
func (s *Switch) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		s.tell()
		timer.Stop()
		now := time.Now()
		ask, asks := s.ask(now)
		bound, bounds := s.bound(now)
		switch {
		case asks && bounds:
			timer.Reset(min(ask, bound))
		case asks:
			timer.Reset(ask)
		case bounds:
			timer.Reset(bound)
		}
		select {
		case <-s.done:
			return
		case <-s.wake:
		case <-timer.C:
		}
	}
}

// tell calls MissingChanged and Ranked where it is due.
func (s *Switch) tell() {
	for {
		var tell func()
		s.mu.Lock()
		for k := range s.sinks {
			if tell = k.untoldLocked(); tell != nil {
				break
			}
		}
		s.mu.Unlock()
		if tell == nil {
			return
		}
		tell()
	}
}

// untoldLocked returns what the sink is to be told; nil: nothing.
func (k *Sink) untoldLocked() func() {
	missing, ranked := k.untold && k.missingChanged != nil, k.unranked
	k.untold = false
	switch {
	case missing:
		list := slices.Clone(k.missing)
		return func() { k.missingChanged(list) }
	case ranked:
		k.unranked = false
		list := slices.Clone(k.ranked)
		return func() { k.rankedChanged(list) }
	}
	return nil
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
			src.askedLocked(now)
			due = append(due, request{src, src.ask})
		default:
			if src.idle {
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

// askedLocked notes a request, after which the source is given longer than after
// the one before.
func (src *source) askedLocked(now time.Time) {
	count := src.count.Load()
	src.idle = src.asked && count == src.askedCnt
	src.patience = min(max(2*src.patience, KeyframeInterval), keyframePatience)
	src.asked, src.askedAt, src.askedCnt = true, now, count
	src.wanted.Store(false)
}

// dueLocked returns when the source is to be asked; false: nobody waits.
func (src *source) dueLocked() (time.Time, bool) {
	began := src.idle && src.count.Load() != src.askedCnt
	if src.eager.Swap(false) || began {
		src.idle, src.patience = false, 0
	}
	switch {
	case !src.asked:
		return time.Time{}, true
	case src.wanted.Load(), src.waiting.Load() > 0:
		return src.askedAt.Add(max(src.patience, KeyframeInterval)), true
	}
	return time.Time{}, false
}
