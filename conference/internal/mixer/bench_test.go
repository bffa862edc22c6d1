package mixer

import (
	"fmt"
	"testing"

	"parley/codecs"
)

// sinkPort takes payloads as a socket would: it copies them.
type sinkPort struct {
	format codecs.Format
	buf    [2048]byte
}

func (p *sinkPort) WriteFrame(*codecs.Frame)        {}
func (p *sinkPort) AudioFormat() codecs.Format      { return p.format }
func (p *sinkPort) WritePayload(pl *codecs.Payload) { copy(p.buf[:], pl.Data) }

// cannedVoice is a voice that costs nothing to make.
type cannedVoice struct {
	frames [10]codecs.Frame
	n      int
}

func newCannedVoice(hz float64) *cannedVoice {
	c, v := new(cannedVoice), &voice{hz: hz, amp: 3500}
	for i := range c.frames {
		v.ReadFrame(&c.frames[i])
	}
	return c
}

func (c *cannedVoice) ReadFrame(dst *codecs.Frame) bool {
	*dst = c.frames[c.n]
	c.n = (c.n + 1) % len(c.frames)
	return true
}

// benchmarkMixer returns a room of n, three of whom speak.
func benchmarkMixer(crew *Crew, n int, f codecs.Format) *Mixer {
	m := newMixer(crew)
	room := new(Room)
	for i := range n {
		o := NewOutput(&sinkPort{format: f})
		var src Source = new(voice)
		if i < 3 {
			src = newCannedVoice(400 + 100*float64(i))
		}
		room.Outputs = append(room.Outputs, o)
		room.Inputs = append(room.Inputs, NewInput(uint32(i+1), src, o))
	}
	m.Publish(room)
	return m
}

func BenchmarkTick(b *testing.B) {
	for _, name := range []string{"PCMU", "opus"} {
		for _, n := range []int{10, 100, 1000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				crew := NewCrew()
				defer crew.Close()
				m := benchmarkMixer(crew, n, find(b, name))
				ticks(m, 50)
				b.ReportAllocs()
				for b.Loop() {
					m.Tick()
				}
			})
		}
	}
}
