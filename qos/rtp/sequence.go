package rtp

import "time"

// sequence validates and counts the sequence numbers of one source (RFC 3550
// A.1, A.3).
type sequence struct {
	max      uint16
	cycles   uint32 // shifted, as in A.1
	base     uint32
	bad      uint32
	received uint64

	expectedPrior, receivedPrior uint64
	fraction                     uint8
}

const sequenceMod = 1 << 16

// start begins a sequence at seq.
func (s *sequence) start(seq uint16) {
	*s = sequence{max: seq, base: uint32(seq), bad: sequenceMod + 1}
}

// update takes the next number and reports whether its packet is to be used.
func (s *sequence) update(seq uint16) bool {
	delta := seq - s.max
	switch {
	case delta < maxDropout:
		if seq < s.max {
			s.cycles += sequenceMod
		}
		s.max = seq
	case delta <= sequenceMod-maxMisorder: // a very large jump
		if uint32(seq) != s.bad {
			s.bad = (uint32(seq) + 1) & (sequenceMod - 1)
			return false
		}
		// Two in sequence after the jump: the other side restarted.
		s.start(seq)
	}
	s.received++
	return true
}

// extended is the highest sequence number with its cycles.
func (s *sequence) extended() uint32 { return s.cycles + uint32(s.max) }

func (s *sequence) expected() uint64 {
	if s.received == 0 {
		return 0
	}
	return uint64(s.extended()-s.base) + 1
}

// lost is expected minus received.
func (s *sequence) lost() int64 { return int64(s.expected()) - int64(s.received) }

// closeInterval returns the fraction lost, in 1/256, since its last call (A.3).
func (s *sequence) closeInterval() uint8 {
	expected := int64(s.expected()) - int64(s.expectedPrior)
	received := int64(s.received) - int64(s.receivedPrior)
	s.expectedPrior, s.receivedPrior = s.expected(), s.received
	lost := expected - received
	s.fraction = 0
	if expected > 0 && lost > 0 {
		s.fraction = uint8(min(lost<<8/expected, 255))
	}
	return s.fraction
}

// jitter estimates the variance of the transit time (RFC 3550 A.8).
type jitter struct {
	epoch    time.Time
	rate     int
	transit  int32
	stamp    uint32
	estimate float64 // in units of rate
}

// update takes a packet with timestamp stamp of a clock of rate Hz.
func (j *jitter) update(now time.Time, stamp uint32, rate int) {
	if rate != j.rate { // units of another clock: begin anew
		*j = jitter{epoch: now, rate: rate, stamp: stamp}
		j.transit = -int32(stamp)
		return
	}
	if stamp == j.stamp {
		// Later packets of one picture and repeated events (RFC 4733 2.5.1.2)
		// are spread by their sender, which is no jitter of the network.
		return
	}
	j.stamp = stamp
	transit := int32(uint32(ticks(now.Sub(j.epoch), rate)) - stamp)
	d := float64(transit - j.transit)
	j.transit = transit
	if d < 0 {
		d = -d
	}
	j.estimate += (d - j.estimate) / 16
}

// duration is the estimate as time.
func (j *jitter) duration() time.Duration {
	if j.rate == 0 {
		return 0
	}
	return time.Duration(j.estimate / float64(j.rate) * float64(time.Second))
}

// ticks converts d to units of a clock of rate Hz, without overflow for days.
func ticks(d time.Duration, rate int) int64 {
	s, ns := int64(d/time.Second), int64(d%time.Second)
	return s*int64(rate) + ns*int64(rate)/int64(time.Second)
}
