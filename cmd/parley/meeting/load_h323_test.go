//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// callRate is how many calls are made each second, from setupSources hosts
	// (of one, 50 a second are let in).
	callRate     = 100
	setupSources = 4
	// callLasts is how long each of them is up: its H.245 is through by then.
	callLasts = 250 * time.Millisecond
	// h323Callers are in one conference at a time.
	h323Callers = 100
)

const loadH323Config = `
sip: {enabled: false}
gatekeeper: {enabled: false}
conferences: [{id: load, max_participants: 400}]
multicast: {enabled: false}
log: {level: warn}
`

// TestLoadH323Setup makes and ends 100 calls a second, and reports what they
// cost the bridge; when they are over it holds what it held before them.
func TestLoadH323Setup(t *testing.T) {
	seconds, timed := loadSeconds(t, 5)
	addresses := moreAddresses(t, setupSources)
	b := startBridge(t, loadH323Config)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second+time.Minute)
	defer cancel()
	e := newTerminals(t)
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: addresses[0].AsSlice()})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	before := holding(t, b.PID())

	var calls sync.WaitGroup
	s := &setups{t: t}
	one := func(n int) {
		began := time.Now()
		at := addresses[n%len(addresses)]
		l, err := e.dial("load", at, sink.LocalAddr().(*net.UDPAddr).AddrPort())
		if err == nil {
			_, err = l.answered(ctx)
		}
		took := time.Since(began)
		if err == nil {
			hold := time.NewTimer(callLasts)
			select {
			case <-hold.C:
			case <-ctx.Done():
			}
			err = l.hangUp(ctx)
		}
		s.add(n, took, err)
	}
	used, start := cpuTime(t, b.PID()), time.Now()
	var early int // octets after a quarter: what the first calls need is there
	for n := range seconds * callRate {
		timer := time.NewTimer(time.Until(start.Add(time.Duration(n) * time.Second / callRate)))
		select {
		case <-timer.C:
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
		if n == seconds*callRate/4 {
			early = resident(t, b.PID())
		}
		calls.Go(func() { one(n) })
	}
	elapsed, late := time.Since(start), resident(t, b.PID())
	used = cpuTime(t, b.PID()) - used
	calls.Wait()
	share := used.Seconds() / elapsed.Seconds()
	t.Logf("%d calls in %v: %.1f calls/s; %.1f %% of one core, %v a call (%d cores, shared with the load itself); memory %d kB after a quarter, %d kB at the end",
		seconds*callRate, elapsed.Round(time.Millisecond), float64(seconds*callRate)/elapsed.Seconds(), 100*share,
		(used / time.Duration(seconds*callRate)).Round(10*time.Microsecond), runtime.NumCPU(), early/1024, late/1024)
	s.report()
	if timed && share > 1 {
		t.Errorf("the calls took %.1f %% of one core", 100*share)
	}
	if late > early*5/4+16<<20 {
		t.Errorf("memory grew from %d kB to %d kB", early/1024, late/1024)
	}
	b.letGo(ctx, t, before)
	if answered := b.metric(t, "parley_h323_answered_total"); answered != seconds*callRate {
		t.Errorf("%d calls were answered, want %d", answered, seconds*callRate)
	}
}

// setups are how calls went.
type setups struct {
	t *testing.T

	mu     sync.Mutex
	took   []time.Duration
	failed int
}

func (s *setups) add(n int, took time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.took = append(s.took, took)
		return
	}
	if s.failed++; s.failed <= 5 {
		s.t.Errorf("call %d: %v", n, err)
	}
}

func (s *setups) report() {
	if s.failed > 0 {
		s.t.Errorf("%d calls failed", s.failed)
	}
	if len(s.took) == 0 {
		s.t.Fatal("no call was answered")
	}
	slices.Sort(s.took)
	s.t.Logf("from dialling to sound both ways: p50 %v, p99 %v", s.took[len(s.took)/2].Round(100*time.Microsecond), s.took[len(s.took)*99/100].Round(100*time.Microsecond))
}

// TestLoadH323 holds a conference of 100 telephones by H.323, 3 of them
// speaking, as TestLoad does by SIP.
func TestLoadH323(t *testing.T) {
	seconds, timed := loadSeconds(t, 5)
	at := moreAddresses(t, 1)[0]
	b := startBridge(t, loadH323Config)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second+2*time.Minute)
	defer cancel()
	before := holding(t, b.PID())
	e := newTerminals(t)
	var callers []*caller
	var lines []*line
	var listeners sync.WaitGroup
	pace := time.NewTicker(25 * time.Millisecond) // of one source, 50 a second are let in
	defer pace.Stop()
	for i := range h323Callers {
		<-pace.C
		c, l, err := e.telephone(ctx, i, "load", at)
		if err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
		callers, lines = append(callers, c), append(lines, l)
		listeners.Go(c.listen)
	}
	t.Logf("%d calls are up", len(callers))
	spoken := talk(t, ctx, b, callers, seconds)
	for _, c := range callers {
		_ = c.conn.SetReadDeadline(time.Now())
	}
	listeners.Wait()
	report(t, callers, spoken, seconds, timed)
	for i, l := range lines {
		if err := l.hangUp(ctx); err != nil {
			t.Errorf("call %d: %v", i, err)
		}
		_ = callers[i].conn.Close()
	}
	b.letGo(ctx, t, before)
}

// holding is how many file descriptors a process has open.
func holding(t *testing.T, pid int) int {
	t.Helper()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

// resident is a process's memory in octets.
func resident(t *testing.T, pid int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(raw))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// letGo waits until the bridge holds no call, participant, connection or socket
// beyond those that it held before; connections of the API do not count.
func (b *bridge) letGo(ctx context.Context, t *testing.T, before int) {
	t.Helper()
	const apiConnections = 4
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		calls, connections := b.metric(t, "parley_h323_calls"), b.metric(t, "parley_h323_connections")
		seats, open := len(b.participants(t, "load")), holding(t, b.PID())
		if calls == 0 && connections == 0 && seats == 0 && open <= before+apiConnections {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("left behind: %d calls, %d connections, %d participants, %d file descriptors of %d", calls, connections, seats, open, before)
		}
	}
}

// metric reads a counter of the bridge.
func (b *bridge) metric(t *testing.T, name string) int {
	t.Helper()
	for l := range strings.Lines(b.text(t, "/metrics")) {
		if value, ok := strings.CutPrefix(l, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				t.Fatal(err)
			}
			return int(n)
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
