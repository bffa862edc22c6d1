//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/codecs/g711"
)

// loadCallers is the load; speakers are those of them that speak, all others
// send silence as phones do.
const (
	loadCallers = 200
	speakers    = 3
)

// loadSeconds is how long the load lasts: PARLEY_LOAD_SECONDS, which "make
// load" sets. Without it a short one is held, in which only what does not
// depend on the machine's other work is judged: that nothing is lost and
// everything is heard.
func loadSeconds(t *testing.T, short int) (seconds int, timed bool) {
	t.Helper()
	value, ok := os.LookupEnv("PARLEY_LOAD_SECONDS")
	if !ok {
		return short, false
	}
	seconds, err := strconv.Atoi(value)
	if err != nil || seconds < 4 || seconds > 3600 {
		t.Fatalf("PARLEY_LOAD_SECONDS=%q is not a number from 4 to 3600", value)
	}
	return seconds, true
}

// TestLoad holds a conference of 200 PCMU phones, 3 of them speaking, and
// reports what each heard, what it cost, and how long a sound took from mouth
// to ear.
func TestLoad(t *testing.T) {
	seconds, timed := loadSeconds(t, 8)
	b := startBridge(t, `
sip: {udp: "10.99.0.1:5060", tcp: ""}
conferences: [{id: load, max_participants: 400}]
multicast: {enabled: false}
log: {level: warn}
`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second+2*time.Minute)
	defer cancel()
	d := newDialer(t, lab.Here, 5099)
	var callers []*caller
	var listeners sync.WaitGroup
	// One source may make 50 new calls a second.
	pace := time.NewTicker(25 * time.Millisecond)
	defer pace.Stop()
	for i := range loadCallers {
		<-pace.C
		c, err := d.call(ctx, i, lab.Here, "sip:load@"+lab.Here+":5060")
		if err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
		callers = append(callers, c)
		listeners.Go(c.listen)
	}
	t.Logf("%d calls are up", len(callers))

	spoken := talk(t, ctx, b, callers, seconds)
	for _, c := range callers {
		_ = c.conn.SetReadDeadline(time.Now())
	}
	listeners.Wait()
	report(t, callers, spoken, seconds, timed)
	for _, c := range callers {
		if err := c.dialog.Bye(ctx); err != nil {
			t.Errorf("call %d: BYE: %v", c.index, err)
		}
	}
}

// talk runs the load and returns when each burst was spoken: when the first
// of its samples was, 20 ms before its packet could be sent.
func talk(t *testing.T, ctx context.Context, b *bridge, callers []*caller, seconds int) []time.Time {
	t.Helper()
	silence := make([]byte, slotSamples)
	for i := range silence {
		silence[i] = 0xff
	}
	var sounds [speakers][burstPeriod * 2][]byte
	for s := range sounds {
		for n := range sounds[s] {
			sounds[s][n] = speech(s, n)
		}
	}
	for _, c := range callers {
		c.forget()
	}
	var spoken []time.Time
	before, start := cpuTime(t, b.PID()), time.Now()
	for n := range seconds * 50 {
		due := start.Add(time.Duration(n) * slot)
		timer := time.NewTimer(time.Until(due))
		select {
		case <-timer.C:
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
		if n%burstPeriod == 0 {
			spoken = append(spoken, time.Now().Add(-slot))
		}
		for i, c := range callers {
			if i < speakers {
				c.send(n, sounds[i][n%(burstPeriod*2)])
			} else {
				c.send(n, silence)
			}
		}
	}
	elapsed := time.Since(start)
	used := cpuTime(t, b.PID()) - before
	t.Logf("cpu: %.1f %% of one core for %d participants, %.3f %% each (%d cores, shared with the load itself)",
		100*used.Seconds()/elapsed.Seconds(), len(callers), 100*used.Seconds()/elapsed.Seconds()/float64(len(callers)), runtime.NumCPU())
	return spoken
}

func report(t *testing.T, callers []*caller, spoken []time.Time, seconds int, timed bool) {
	t.Helper()
	worst, total := 0.0, 0
	var latencies []time.Duration
	for _, c := range callers {
		late, lost, n := c.gaps()
		total += n
		worst = max(worst, late)
		if timed && late > 0.01 {
			t.Errorf("caller %d had %.2f %% gaps, more than 1 %%", c.index, 100*late)
		}
		if lost > 0.01 || n < seconds*50*95/100 {
			t.Errorf("caller %d was sent %d packets in %d s, of which %.2f %% were lost", c.index, n, seconds, 100*lost)
		}
		if c.index == 0 {
			continue // the speaker of the bursts does not hear them
		}
		dec, err := g711.MuLaw().NewDecoder(g711.MuLaw().Formats[0])
		if err != nil {
			t.Fatal(err)
		}
		heard := c.onsets(dec)
		if len(heard) < len(spoken)*9/10 {
			t.Errorf("caller %d heard %d of %d bursts", c.index, len(heard), len(spoken))
		}
		for _, at := range heard {
			i, _ := slices.BinarySearchFunc(spoken, at, time.Time.Compare)
			if i > 0 {
				latencies = append(latencies, at.Sub(spoken[i-1]))
			}
		}
	}
	if len(latencies) == 0 {
		t.Fatal("nobody heard a burst")
	}
	slices.Sort(latencies)
	t.Logf("%d s; gaps: worst %.3f %% of 20 ms slots; %d packets heard", seconds, 100*worst, total)
	t.Logf("mouth to ear (20 ms of packet included, the listener's own buffer not): p50 %v, p99 %v, n %d",
		latencies[len(latencies)/2].Round(100*time.Microsecond), latencies[len(latencies)*99/100].Round(100*time.Microsecond), len(latencies))
}

// cpuTime is what a process has used so far, of /proc/PID/stat in clock ticks
// of 10 ms.
func cpuTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
