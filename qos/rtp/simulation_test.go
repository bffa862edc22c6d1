package rtp

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// crowdSession is a session of many receivers on fake time: each has a schedule
// of its own, and one is a whole machine that is fed every packet. Nobody sends
// before the last has joined, so that all know the same members: those who were
// heard, and themselves.
type crowdSession struct {
	t         *testing.T
	m         *machine
	now       time.Time
	receivers []schedule
	sent      []int // reports by receiver
	heard     int   // distinct receivers that sent
	average   float64
	due       dueQueue
	reports   []simulated
}

// simulated is one report, with UDP and IP.
type simulated struct {
	at     time.Duration
	octets int
	by     int // -1: the machine
}

type due struct {
	at time.Time
	by int
}

type dueQueue []due

func (q dueQueue) Len() int           { return len(q) }
func (q dueQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q dueQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *dueQueue) Push(x any)        { *q = append(*q, x.(due)) }
func (q *dueQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

const (
	simulatedBandwidth = 64000 // bit/s
	simulatedReport    = 72    // octets, 100 with UDP and IP
)

func newCrowdSession(t *testing.T, n int) *crowdSession {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	cfg := Config{SSRC: 1, SDES: SDES{CNAME: strings.Repeat("c", 53)}, Bandwidth: simulatedBandwidth}
	c := &crowdSession{
		t: t, m: newMachine(&cfg, true, epoch, random.Uint32),
		receivers: make([]schedule, n), sent: make([]int, n), average: initialReportSize,
	}
	heap.Push(&c.due, due{c.m.next(), -1})
	for i := range c.receivers {
		joined := epoch.Add(time.Duration(random.Int64N(int64(time.Second))))
		c.receivers[i] = newSchedule(simulatedBandwidth, nil, false, random.Float64)
		c.receivers[i].start(joined, population{members: 1})
		heap.Push(&c.due, due{c.receivers[i].next, i})
	}
	return c
}

// report is the receiver report of the i-th.
func (c *crowdSession) report(i int) []byte {
	raw, err := rtcp.Marshal(named(uint32(1000+i), strings.Repeat("c", 49)+string(rune('a'+i%26))+"xyz"))
	if err != nil || len(raw) != simulatedReport {
		c.t.Fatalf("a report of %d octets: %v", len(raw), err)
	}
	return raw
}

// run goes on until end. A receiver of whom silent is true has left the network.
func (c *crowdSession) run(end time.Duration, silent func(i int) bool) {
	for len(c.due) > 0 && c.due[0].at.Before(epoch.Add(end)) {
		d := heap.Pop(&c.due).(due)
		c.now = d.at
		if d.by < 0 {
			next := c.m.expire(c.now)
			for _, a := range c.m.actions {
				if a.kind == actReport {
					c.note(-1, len(a.packet))
				}
			}
			c.m.actions = c.m.actions[:0]
			heap.Push(&c.due, due{next, -1})
			continue
		}
		if silent != nil && silent(d.by) {
			continue
		}
		s := &c.receivers[d.by]
		s.averageLen = c.average
		members := c.heard + 1 // the machine
		if c.sent[d.by] == 0 {
			members++
		}
		if s.expire(c.now, population{members: members}) {
			if c.sent[d.by]++; c.sent[d.by] == 1 {
				c.heard++
			}
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(d.by >> 8), byte(d.by)}), 5005)
			c.m.receiveRTCP(c.now, from, c.report(d.by))
			c.note(d.by, simulatedReport)
		}
		heap.Push(&c.due, due{s.next, d.by})
	}
}

func (c *crowdSession) note(by, size int) {
	c.average += (float64(size+datagramOverhead) - c.average) / 16
	c.reports = append(c.reports, simulated{c.now.Sub(epoch), size + datagramOverhead, by})
}

// octets is what was sent in a stretch of time.
func (c *crowdSession) octets(from, to time.Duration) (n int) {
	for _, r := range c.reports {
		if r.at >= from && r.at < to {
			n += r.octets
		}
	}
	return n
}

// TestThousandReceiversConverge: 64 kb/s, 1,000 receivers and 100 octets a
// report make 1000 * 100 / (400 * 0.75) s = 333 s.
func TestThousandReceiversConverge(t *testing.T) {
	c := newCrowdSession(t, 1000)
	const settled, end = 2000 * time.Second, 12000 * time.Second
	c.run(end, nil)
	var n int
	for _, r := range c.reports {
		if r.by >= 0 && r.at >= settled {
			n++
		}
	}
	got := (end - settled).Seconds() * 1000 / float64(n)
	t.Logf("mean interval %.0f s, Td of the machine %v", got, c.m.snapshot().Members.Interval)
	if math.Abs(got-333) > 0.05*333 {
		t.Errorf("mean interval %.0f s, want 333 s", got)
	}
	if td := c.m.snapshot().Members.Interval.Seconds(); math.Abs(td-333.7) > 1 {
		t.Errorf("the machine's interval is %.1f s, want 333.7 s for 1001 members", td)
	}
}

// TestFiveThousandJoinWithinASecond: reconsideration keeps what all send within
// the 5 % from the first second on.
func TestFiveThousandJoinWithinASecond(t *testing.T) {
	const n, share = 5000, simulatedBandwidth / 8 * rtcpShare // octets a second
	c := newCrowdSession(t, n)
	const end = 6000 * time.Second
	c.run(end, nil)
	worst := 0.0
	for at := time.Duration(0); at < end; at += time.Minute {
		worst = max(worst, float64(c.octets(at, at+time.Minute))/60)
	}
	st := c.m.snapshot()
	t.Logf("worst minute: %.0f octets/s of %v; a crowd of %d takes %d octets, %.1f each",
		worst, share, st.Members.Crowd, st.Members.CrowdOctets, float64(st.Members.CrowdOctets)/float64(st.Members.Crowd))
	if worst > share {
		t.Errorf("%.0f octets/s within a minute, more than %v", worst, share)
	}
	if all := float64(c.octets(0, end)) / end.Seconds(); all < share/4 {
		t.Errorf("%.0f octets/s in all: reports are held back too much", all)
	}
	if st.Members.Members != n+1 || st.Members.Crowd != n-maxDescribed {
		t.Errorf("%+v", st.Members)
	}
	if st.Members.CrowdOctets > 64*st.Members.Crowd {
		t.Errorf("%d octets for %d members", st.Members.CrowdOctets, st.Members.Crowd)
	}

	// Reverse reconsideration: when nearly all say BYE, our report comes soon,
	// and their memory is given back.
	before := c.m.next().Sub(c.now)
	for i := range n - 10 {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 5005)
		raw, err := rtcp.Marshal(append(named(uint32(1000+i), "x"), &rtcp.Goodbye{Sources: []uint32{uint32(1000 + i)}}))
		if err != nil {
			t.Fatal(err)
		}
		c.m.receiveRTCP(c.now, from, raw)
	}
	if members := c.m.snapshot().Members.Members; members != 11 {
		t.Errorf("%d members after the BYEs", members)
	}
	if after := c.m.next().Sub(c.now); after > before/100 {
		t.Errorf("our report was due in %v and is in %v", before, after)
	}
	for range 20 {
		c.now = c.m.expire(c.now)
	}
	if st := c.m.snapshot().Members; st.CrowdOctets > 2*hostBuckets+24*tableStart {
		t.Errorf("%d octets for a crowd of %d", st.CrowdOctets, st.Crowd)
	}
}
