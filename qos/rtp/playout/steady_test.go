package playout

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
)

var pcmu = codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}

// phone pushes 20 ms of PCMU at a time and reads frames, in step.
type phone struct {
	buf   *Buffer
	now   time.Time
	p     codecs.Packet
	frame codecs.Frame
}

func newPhone() *phone {
	ph := &phone{now: time.Unix(1e9, 0)}
	ph.buf = New(Config{
		Codecs:  builtin.Set(),
		Formats: map[uint8]codecs.Format{0: pcmu},
		Now:     func() time.Time { return ph.now },
	})
	ph.p.Payload = make([]byte, 160)
	r := rand.New(rand.NewPCG(5, 6))
	for i := range ph.p.Payload {
		ph.p.Payload[i] = byte(r.Uint32())
	}
	return ph
}

func (ph *phone) push() {
	ph.p.SequenceNumber++
	ph.p.Timestamp += 160
	ph.p.Arrival = ph.now
	ph.buf.Push(&ph.p)
}

func (ph *phone) read() bool {
	ph.now = ph.now.Add(codecs.FrameDuration)
	return ph.buf.ReadFrame(&ph.frame)
}

func TestNoAllocation(t *testing.T) {
	ph := newPhone()
	for range 2 * ringSize {
		ph.push()
		ph.read()
	}
	if n := testing.AllocsPerRun(500, func() { ph.push(); ph.read() }); n != 0 {
		t.Errorf("%v allocations a packet and frame", n)
	}
	// Losses, late and double packets and changes of delay take none either.
	i := 0
	if n := testing.AllocsPerRun(2000, func() {
		switch i++; {
		case i%7 == 0:
			ph.p.SequenceNumber++
			ph.p.Timestamp += 160
		case i%11 == 0:
		case i%12 == 0:
			ph.push()
			ph.push()
		default:
			ph.push()
			ph.buf.Push(&ph.p)
		}
		ph.read()
	}); n != 0 {
		t.Errorf("%v allocations a packet and frame with losses", n)
	}
	s := ph.buf.Stats()
	if s.Concealed == 0 || s.Duplicate == 0 {
		t.Errorf("the test lost nothing: %+v", s)
	}
}

// TestConcurrentUse is for the race detector.
func TestConcurrentUse(t *testing.T) {
	ph := newPhone()
	start := ph.now
	var frame codecs.Frame
	buf := New(Config{Codecs: builtin.Set(), Formats: map[uint8]codecs.Format{0: pcmu}})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 2000 {
			p := ph.p
			p.SequenceNumber, p.Timestamp = uint16(i), uint32(i*160)
			p.Arrival = start.Add(time.Duration(i) * codecs.FrameDuration)
			buf.Push(&p)
		}
	})
	wg.Go(func() {
		for range 2000 {
			buf.ReadFrame(&frame)
		}
	})
	wg.Go(func() {
		for range 100 {
			buf.SetFormats(map[uint8]codecs.Format{0: pcmu})
			buf.Stats()
		}
	})
	wg.Wait()
	if s := buf.Stats(); s.Received != 2000 {
		t.Errorf("received %d packets, want 2000", s.Received)
	}
}

func BenchmarkPCMU(b *testing.B) {
	ph := newPhone()
	b.ReportAllocs()
	for b.Loop() {
		ph.push()
		if !ph.read() && ph.buf.Stats().Received > 10 {
			b.Fatal("silence")
		}
	}
}

func BenchmarkIdle(b *testing.B) {
	ph := newPhone()
	b.ReportAllocs()
	for b.Loop() {
		if ph.read() {
			b.Fatal("sound")
		}
	}
}
