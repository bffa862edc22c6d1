package video

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/codecs"
	"parley/codecs/vp8"
)

// Sinks come, go and change their minds while sources send: the race detector
// looks on, no buffer is given back twice, and each stream keeps its order.
func TestConcurrentChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		var wg sync.WaitGroup
		for id := SourceID(1); id <= 4; id++ {
			wg.Go(func() { film(sw, id) })
		}
		for n := range 8 {
			wg.Go(func() { watch(t, sw, n) })
		}
		wg.Wait()
		sw.Close()
		sw.Forward(1, &codecs.Packet{Payload: []byte{1}})
		sw.SetSource(9, SourceConfig{Format: formatVP8})
		if stats := sw.Stats(); stats.Forwarded == 0 || stats.Replays == 0 {
			t.Errorf("%+v", stats)
		}
	})
}

// film sends 300 pictures in buffers of its own; now and then it pauses.
func film(sw *Switch, id SourceID) {
	var pool codecs.Pool
	cfg := SourceConfig{Format: formatVP8, RequestKeyframe: func() bool { return id%2 == 0 }}
	d := vp8.Descriptor{Start: true, HasPictureID: true, Wide: true}
	for i := range 300 {
		if i%90 == 0 {
			sw.SetSource(id, SourceConfig{}) // the camera is off
			sw.SetSource(id, cfg)
		}
		if i%40 == 0 {
			sw.SetActive(id)
		}
		b := pool.Get()
		d.PictureID = uint16(i)
		payload := append(d.Append(b.Bytes[:0]), byte(min(1, i%10)))
		sw.Forward(id, &codecs.Packet{SequenceNumber: uint16(i), Timestamp: uint32(i) * 3000,
			Marker: true, Payload: payload, Buffer: b, Arrival: time.Now()})
		b.Release()
		pass(time.Duration(20+id) * time.Millisecond)
	}
}

// watch joins and leaves as a sink, of many streams when n is odd.
func watch(t *testing.T, sw *Switch, n int) {
	for round := range 10 {
		last := map[SourceID]uint16{}
		k := sw.AddSink(SinkConfig{Formats: []codecs.Format{formatVP8}, ManyStreams: n%2 == 1,
			Forward: func(p *Packet) {
				if seq, ok := last[p.Stream]; ok && p.SequenceNumber != seq+1 || !ok && !p.Keyframe {
					t.Errorf("sink %d, stream %d: %d after %d (%v)", n, p.Stream, p.SequenceNumber, seq, ok)
				}
				last[p.Stream] = p.SequenceNumber
			}})
		for i := range 20 {
			id := SourceID(1 + (n+i+round)%4)
			k.Subscribe(id)
			pass(time.Duration(7+n) * time.Millisecond)
			k.RequestKeyframe(0)
			k.RequestKeyframe(id)
			if i%3 == 0 {
				k.Unsubscribe(id)
			}
		}
		k.Close()
	}
}

// Whatever a source sends, nothing panics and what comes out is no longer than
// what went in and its headers.
func FuzzForward(f *testing.F) {
	f.Add([]byte{0x10, 0x00}, []byte{0x65, 0x88}, uint16(3), uint32(9000))
	f.Add([]byte{0x90, 0x80, 0xff, 0xfe, 0x00}, []byte{0x78, 0, 2, 0x67, 0x42, 0, 2, 0x65, 0x88}, uint16(65535), uint32(1))
	f.Add([]byte{0xb0, 0xf0, 0x81}, []byte{0x7c, 0x85, 0x88}, uint16(0), uint32(0))
	f.Fuzz(func(t *testing.T, first, second []byte, step uint16, tick uint32) {
		synctest.Test(t, func(t *testing.T) {
			sw := New(testSet())
			defer sw.Close()
			longest := max(len(first), len(second), maxInjected) + vp8.MaxDescriptor
			var sinks []*Sink
			for range 2 {
				sinks = append(sinks, sw.AddSink(SinkConfig{Formats: []codecs.Format{formatVP8, formatH264},
					Forward: func(p *Packet) {
						if n := len(p.Head) + len(p.Payload); n > longest {
							t.Errorf("payload of %d bytes", n)
						}
					}}))
			}
			sw.SetSource(1, SourceConfig{Format: formatVP8})
			sw.SetSource(2, SourceConfig{Format: formatH264})
			p := codecs.Packet{}
			for i := range 24 {
				p.Payload = [][]byte{first, second}[i%2]
				p.SequenceNumber += step
				p.Timestamp += tick
				p.Marker = i%5 == 0
				sw.Forward(1, &p)
				sw.Forward(2, &p)
				sw.SetActive(SourceID(1 + i/6%2))
				sinks[i%2].RequestKeyframe(0)
				synctest.Wait()
			}
		})
	})
}
