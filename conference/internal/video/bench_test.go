package video

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/vp8"
)

// counting is a sink's Forward that allocates nothing and tells how far it is.
type counting struct{ n atomic.Uint64 }

func (c *counting) forward(*Packet) { c.n.Add(1) }

// fanOut returns a function that forwards one packet of a picture and waits
// until all sinks have it.
func fanOut(t testing.TB, sinks int, format codecs.Format) func() {
	sw := New(testSet())
	t.Cleanup(sw.Close)
	sw.SetSource(1, SourceConfig{Format: format, RequestKeyframe: func() bool { return true }})
	all := make([]counting, sinks)
	for i := range all {
		sw.AddSink(SinkConfig{Formats: []codecs.Format{format}, Forward: all[i].forward})
	}
	var pool codecs.Pool
	b := pool.Get()
	var head []byte
	if format.Is("VP8") {
		d := vp8.Descriptor{Start: true, HasPictureID: true, HasTL0PICIDX: true}
		head = append(d.Append(nil), 0)
	} else {
		head = []byte{0x65, 0x88}
	}
	copy(b.Bytes[:], head)
	p := codecs.Packet{Payload: b.Bytes[:1100], Buffer: b, Arrival: time.Now()}
	for (*sw.sources.Load())[1].kept.Load() {
		runtime.Gosched() // until it is known that it can be asked
	}
	total := func() (n uint64) {
		for i := range all {
			n += all[i].n.Load()
		}
		return n
	}
	var sent uint64
	return func() {
		p.SequenceNumber++
		p.Timestamp += 3000
		sw.Forward(1, &p)
		sent += uint64(sinks)
		for total() < sent {
			runtime.Gosched()
		}
	}
}

func TestForwardAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool forget")
	}
	for _, format := range []codecs.Format{formatVP8, formatH264} {
		forward := fanOut(t, 20, format)
		for range 100 {
			forward()
		}
		if n := testing.AllocsPerRun(200, forward); n != 0 {
			t.Errorf("%v: %v allocations per packet to 20 sinks", format, n)
		}
	}
}

func BenchmarkForward(b *testing.B) {
	for _, sinks := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("sinks=%d", sinks), func(b *testing.B) {
			forward := fanOut(b, sinks, formatVP8)
			forward()
			b.ReportAllocs()
			for b.Loop() {
				forward()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*sinks), "ns/sink")
		})
	}
}
