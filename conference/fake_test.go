package conference_test

import (
	"math"
	"sync"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
)

// party is a Participant that speaks a tone and keeps what it is told.
type party struct {
	info conference.Info
	port *port

	mu     sync.Mutex
	causes []conference.Cause
	// leave is what Disconnect calls, as a wire does when its call has ended.
	leave func(conference.Cause)
}

func newParty(name string) *party {
	return &party{info: conference.Info{Name: name, Wire: conference.WireInternal}, port: new(port)}
}

func (p *party) Info() conference.Info { return p.info }

func (p *party) Audio() conference.AudioPort {
	if p.port == nil {
		return nil
	}
	return p.port
}

func (p *party) Video() conference.VideoPort { return nil }

func (p *party) Disconnect(cause conference.Cause) {
	p.mu.Lock()
	p.causes = append(p.causes, cause)
	leave := p.leave
	p.mu.Unlock()
	if leave != nil {
		leave(cause)
	}
}

func (p *party) disconnected() []conference.Cause {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.causes
}

// port speaks a sine of Hz and counts what it hears.
type port struct {
	mu    sync.Mutex
	hz    float64
	phase float64
	reads int
	heard []int16
}

func (p *port) speak(hz float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hz = hz
}

func (p *port) ReadFrame(dst *codecs.Frame) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reads++
	if p.hz == 0 {
		return false
	}
	for i := range dst {
		p.phase += 2 * math.Pi * p.hz / codecs.SampleRate
		dst[i] = int16(4000 * math.Sin(p.phase))
	}
	return true
}

func (p *port) WriteFrame(mix *codecs.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = append(p.heard, mix[:]...)
}

// take returns what was heard since it was last asked.
func (p *port) take() []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.heard
	p.heard = nil
	return h
}

func (p *port) readCount() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads
}

// tone returns the amplitude of hz in pcm (Goertzel).
func tone(pcm []int16, hz float64) float64 {
	var re, im float64
	for i, s := range pcm {
		a := 2 * math.Pi * hz * float64(i) / codecs.SampleRate
		re += float64(s) * math.Cos(a)
		im += float64(s) * math.Sin(a)
	}
	return 2 * math.Hypot(re, im) / float64(len(pcm))
}

func newBridge(t *testing.T, cfg conference.BridgeConfig) *conference.Bridge {
	t.Helper()
	cfg.Codecs = builtin.Set()
	b, err := conference.NewBridge(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func closeBridge(t *testing.T, b *conference.Bridge) {
	t.Helper()
	if err := b.Close(t.Context()); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func open(t *testing.T, b *conference.Bridge, id string) *conference.Conference {
	t.Helper()
	c, err := b.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// join seats p, which leaves when it is disconnected.
func join(t *testing.T, c *conference.Conference, p *party) *conference.Seat {
	t.Helper()
	s, err := c.Join(p)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	p.leave = s.Leave
	p.mu.Unlock()
	return s
}

// next returns the next Event of w, of one of the kinds when any are given.
func next(t *testing.T, w *conference.Watch, kinds ...conference.EventKind) conference.Event {
	t.Helper()
	for {
		e, err := w.Next(t.Context())
		if err != nil {
			t.Fatalf("Next: %v (waiting for %v)", err, kinds)
		}
		if len(kinds) == 0 {
			return e
		}
		for _, k := range kinds {
			if e.Kind == k {
				return e
			}
		}
	}
}

// advance lets time pass in a synctest bubble.
func advance(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // time is fake in a bubble
}

const second = time.Second
