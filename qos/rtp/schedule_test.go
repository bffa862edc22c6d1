package rtp

import (
	"testing"
	"time"
)

func half() float64 { return 0.5 }

func TestScheduleIntervals(t *testing.T) {
	// With a random number of 0.5, T is Td divided by e-1.5.
	scale := func(d time.Duration) time.Duration { return time.Duration(float64(d) / compensation) }
	for name, test := range map[string]struct {
		bandwidth int
		unicast   bool
		initial   bool
		average   float64
		p         population
		want      time.Duration // Td
	}{
		"minimum":               {64000, false, false, 100, population{members: 2}, 5 * time.Second},
		"half at first":         {64000, false, true, 100, population{members: 2}, 2500 * time.Millisecond},
		"reduced for a fat one": {180000, true, false, 100, population{members: 2}, 2 * time.Second},
		"reduced to a second":   {1440000, true, false, 100, population{members: 2}, time.Second},
		"not reduced for a group": {1440000, false, false, 100, population{members: 2},
			5 * time.Second},
		// 400 octets/s; few senders share a quarter of it, the others the rest.
		"receiver of 1000": {64000, false, false, 100, population{members: 1000, senders: 10},
			time.Duration(100 * 990 / 300.0 * float64(time.Second))},
		"sender of 1000": {64000, false, false, 100, population{members: 1000, senders: 10, weSent: true},
			10 * time.Second},
		"all send": {64000, false, false, 100, population{members: 100, senders: 100, weSent: true},
			25 * time.Second},
	} {
		s := newSchedule(test.bandwidth, nil, test.unicast, half)
		s.initial, s.averageLen, s.told = test.initial, test.average, test.p.members
		if got, want := s.interval(test.p), scale(test.want); (got - want).Abs() > time.Millisecond {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestScheduleIsRandom(t *testing.T) {
	for _, r := range []float64{0, 0.999} {
		s := newSchedule(64000, nil, false, func() float64 { return r })
		want := time.Duration((r + 0.5) * float64(5*time.Second) / compensation)
		if got := s.interval(population{members: 2}); got != want {
			t.Errorf("random %v: %v, want %v", r, got, want)
		}
	}
}

// When many join at once, a report that was due is put off (RFC 3550 6.3.6).
func TestScheduleReconsiders(t *testing.T) {
	s := newSchedule(64000, nil, false, half)
	s.start(epoch, population{members: 1})
	due := s.next
	if s.expire(due, population{members: 1000}) {
		t.Fatal("sent although the session grew")
	}
	if !s.next.After(due) {
		t.Fatalf("next %v is not after %v", s.next, due)
	}
	if !s.expire(s.next, population{members: 1000}) {
		t.Fatal("not sent in the end")
	}
	if s.initial {
		t.Fatal("still initial")
	}
}

// When most leave, the next report comes sooner (RFC 3550 6.3.4).
func TestScheduleReverses(t *testing.T) {
	s := newSchedule(64000, nil, false, half)
	s.last, s.next, s.pmembers = epoch.Add(-100*time.Second), epoch.Add(100*time.Second), 100
	s.reverse(epoch, 10)
	if s.next != epoch.Add(10*time.Second) || s.last != epoch.Add(-10*time.Second) || s.pmembers != 10 {
		t.Fatalf("last %v next %v", s.last.Sub(epoch), s.next.Sub(epoch))
	}
	s.reverse(epoch, 20)
	if s.next != epoch.Add(10*time.Second) {
		t.Fatal("reversed although the session grew")
	}
}

func TestScheduleTimeoutIgnoresOurRhythm(t *testing.T) {
	s := newSchedule(10_000_000, nil, true, half)
	if got := s.timeout(population{members: 2, senders: 2, weSent: true}); got != 25*time.Second {
		t.Fatalf("timeout %v", got)
	}
	if got := s.senderTimeout(); got != 10*time.Second {
		t.Fatalf("sender timeout %v", got)
	}
}

func TestScheduleAveragesSizes(t *testing.T) {
	s := newSchedule(64000, nil, false, half)
	s.start(epoch, population{members: 1})
	s.observe(initialReportSize - datagramOverhead)
	if s.averageLen != initialReportSize {
		t.Fatalf("average %v", s.averageLen)
	}
	s.observe(initialReportSize - datagramOverhead + 16)
	if s.averageLen != initialReportSize+1 {
		t.Fatalf("average %v", s.averageLen)
	}
}

// What RTCP may take can be told for senders and all others apart (RFC 3556 2).
func TestScheduleToldBandwidth(t *testing.T) {
	for name, test := range map[string]struct {
		told RTCPBandwidth
		p    population
		mute bool
		want time.Duration // Td
	}{
		"receiver":                      {RTCPBandwidth{800, 1600}, population{members: 200, senders: 10}, false, 95 * time.Second},
		"sender":                        {RTCPBandwidth{800, 1600}, population{members: 200, senders: 10, weSent: true}, false, 10 * time.Second},
		"many send":                     {RTCPBandwidth{800, 1600}, population{members: 90, senders: 60, weSent: true}, false, 30 * time.Second},
		"receivers say nothing":         {RTCPBandwidth{800, 0}, population{members: 200, senders: 10}, true, 5 * time.Second},
		"senders alone":                 {RTCPBandwidth{800, 0}, population{members: 200, senders: 10, weSent: true}, false, 10 * time.Second},
		"senders as all others":         {RTCPBandwidth{0, 1600}, population{members: 100, senders: 10, weSent: true}, false, 50 * time.Second},
		"nobody says anything":          {RTCPBandwidth{0, 0}, population{members: 100, senders: 10, weSent: true}, true, 5 * time.Second},
		"next to nothing, of very many": {RTCPBandwidth{0, 1}, population{members: maxGroupSize}, false, maximumInterval},
	} {
		s := newSchedule(64000, &test.told, false, half)
		s.averageLen = 100
		if got := s.deterministic(test.p, s.minimum); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
		s.start(epoch, test.p)
		sent := false
		for range 3 {
			sent = sent || s.expire(s.next, test.p)
		}
		if s.mute(test.p) != test.mute || sent == test.mute {
			t.Errorf("%s: mute %v, sent %v, want mute %v", name, s.mute(test.p), sent, test.mute)
		}
	}
}

// Who has begun to send reports soon, though receivers may not report; and says
// when it goes.
func TestScheduleMuteReceiverBeginsToSend(t *testing.T) {
	s := newSchedule(64000, &RTCPBandwidth{Senders: 800}, false, half)
	s.start(epoch, population{members: 2})
	if s.expire(s.next, population{members: 2}) {
		t.Fatal("a receiver reports")
	}
	at := s.next
	if !s.expire(at, population{members: 2, senders: 1, weSent: true}) {
		t.Fatal("the sender does not report")
	}
	if d := at.Sub(epoch); d > 2*minimumInterval {
		t.Errorf("only after %v", d)
	}
	if got := s.timeout(population{members: 2, senders: 1}); got != timeoutIntervals*minimumInterval {
		t.Errorf("members are forgotten after %v", got)
	}
	s.leave(at, 100)
	if !s.expire(s.next, population{members: 1}) {
		t.Error("no BYE")
	}
}
