package video

import "time"

// LimitRate tells that the sink takes at most bitRate bit/s in stream (0: its
// single stream; PresentationStream; a source subscribed to); 0: any rate. The
// source that is shown there is asked to send no more.
func (k *Sink) LimitRate(stream SourceID, bitRate int) {
	k.sw.mu.Lock()
	defer k.sw.mu.Unlock()
	if bitRate = max(bitRate, 0); k.rates[stream] == bitRate {
		return
	}
	if bitRate == 0 {
		delete(k.rates, stream)
	} else {
		k.rates[stream] = bitRate
	}
	k.sw.rates.stale = true
	k.sw.wakeUp()
}

// rates is where a Switch stands with the rates of its sources.
type rates struct {
	stale bool // a stream shows another source, or has another limit
	// asking is closed when no source is being asked any more; nil: none is.
	asking chan struct{}
}

// Settle returns when no source is being asked for a rate that was removed before. It
// is not for who is asked.
func (s *Switch) Settle() {
	s.mu.Lock()
	asking := s.rates.asking
	s.mu.Unlock()
	if asking != nil {
		<-asking
	}
}

// bound asks sources for the rates that are due and returns how long until the
// next one is; false: none is. What a source is asked for is the least that any
// stream takes which shows it: nothing here makes pictures smaller, so that all
// others see what the narrowest can. Below minRate nobody is asked; who takes less
// than that is left to the wire.
func (s *Switch) bound(now time.Time) (wait time.Duration, later bool) {
	type request struct {
		ask  func(int)
		rate int
	}
	var due []request
	s.mu.Lock()
	if s.rates.stale {
		s.rates.stale = false
		s.boundLocked(now)
	}
	for _, src := range *s.sources.Load() {
		r := &src.rate
		if r.due == r.asked {
			continue
		}
		if d := r.at.Sub(now); d > 0 {
			if !later || d < wait {
				wait, later = d, true
			}
			continue
		}
		r.asked = r.due
		if src.limit != nil {
			due = append(due, request{src.limit, r.asked})
		}
	}
	if len(due) > 0 {
		s.rates.asking = make(chan struct{})
	}
	s.mu.Unlock()
	for _, r := range due {
		r.ask(r.rate)
	}
	if len(due) > 0 {
		s.mu.Lock()
		close(s.rates.asking)
		s.rates.asking = nil
		s.mu.Unlock()
	}
	return wait, later
}

// rate is what a source is asked for, in bit/s; 0: anything.
type rate struct {
	asked int // last
	due   int // from at on
	at    time.Time
}

// boundLocked finds what each source may send. Less is due at once, more after
// rateHold, since who speaks may do so for a moment only.
func (s *Switch) boundLocked(now time.Time) {
	least := map[*source]int{}
	for k := range s.sinks {
		for id, st := range k.streams {
			r := k.rates[id]
			if st.target == nil || r == 0 {
				continue
			}
			r = max(r, minRate)
			if have := least[st.target]; have == 0 || r < have {
				least[st.target] = r
			}
		}
	}
	for _, src := range *s.sources.Load() {
		r, limit := &src.rate, least[src]
		if limit == r.due {
			continue
		}
		r.due, r.at = limit, now
		if limit == 0 || r.asked != 0 && limit > r.asked {
			r.at = now.Add(rateHold)
		}
	}
}
