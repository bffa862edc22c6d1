package mixer

import (
	"log/slog"
	"math"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
)

// voice is a Source: a sine of hz at amplitude amp, or nothing while amp is 0.
type voice struct {
	hz, amp float64
	n       int
	reads   int
}

func (v *voice) ReadFrame(dst *codecs.Frame) bool {
	v.reads++
	if v.amp == 0 {
		return false
	}
	for i := range dst {
		dst[i] = int16(math.Round(v.amp * math.Sin(2*math.Pi*v.hz*float64(v.n)/codecs.SampleRate)))
		v.n++
	}
	return true
}

// amplitude returns the peak of a sine whose level is dBov.
func amplitude(dBov float64) float64 { return 32768 * math.Sqrt2 * math.Pow(10, dBov/20) }

// frameEar is a Port that keeps what it hears.
type frameEar struct{ heard []int16 }

func (e *frameEar) WriteFrame(mix *codecs.Frame) { e.heard = append(e.heard, mix[:]...) }

// payloadEar is a PayloadPort that decodes what it hears.
type payloadEar struct {
	format   codecs.Format
	decoder  codecs.Decoder
	pcm      [5760 * 2]int16
	heard    []int16
	payloads int
	silent   bool
	sources  []uint32
	duration uint32
	err      error
}

func newPayloadEar(t testing.TB, f codecs.Format) *payloadEar {
	t.Helper()
	d, err := builtin.Set().NewDecoder(f)
	if err != nil {
		t.Fatal(err)
	}
	return &payloadEar{format: f, decoder: d}
}

func (e *payloadEar) WriteFrame(*codecs.Frame) { panic("a PayloadPort got a Frame") }

func (e *payloadEar) AudioFormat() codecs.Format { return e.format }

func (e *payloadEar) WritePayload(p *codecs.Payload) {
	e.payloads++
	e.silent, e.duration = p.Silent, p.Duration
	e.sources = append(e.sources[:0], p.Sources...)
	n, err := e.decoder.Decode(e.pcm[:], p.Data)
	if err != nil {
		e.err = err
		return
	}
	for i := range n {
		e.heard = append(e.heard, e.pcm[i*e.decoder.Channels()])
	}
}

var (
	pcmu = codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}
	l16  = codecs.Format{Name: "L16", ClockRate: 48000, Channels: 1}
)

// find returns the built-in Format of a name; its absence is a failure.
func find(t testing.TB, name string) codecs.Format {
	t.Helper()
	for _, f := range builtin.Set().Formats(codecs.MediaAudio) {
		if f.Is(name) {
			return f
		}
	}
	t.Fatalf("no %s built in", name)
	return codecs.Format{}
}

func newMixer(crew *Crew) *Mixer {
	return New(Config{Codecs: builtin.Set(), Log: slog.New(slog.DiscardHandler), Crew: crew})
}

// tone returns the amplitude of hz in pcm (Goertzel).
func tone(pcm []int16, hz, rate float64) float64 {
	var re, im float64
	for i, s := range pcm {
		a := 2 * math.Pi * hz * float64(i) / rate
		re += float64(s) * math.Cos(a)
		im += float64(s) * math.Sin(a)
	}
	return 2 * math.Hypot(re, im) / float64(len(pcm))
}

func ticks(m *Mixer, n int) {
	for range n {
		m.Tick()
	}
}

// advance lets time pass in a synctest bubble.
func advance(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // time is fake in a bubble
}

// simulation marks a long test on one goroutine. A short run, as the one under
// the race detector is, leaves it out: there is nothing to race with.
func simulation(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a simulation, left out of short runs")
	}
}
