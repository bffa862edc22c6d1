// Package player is a Participant that plays a sound into a conference, once.
package player

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference"
)

// Sound is what is played, mono: a wav.Reader.
type Sound interface {
	// SampleRate is the rate in Hz.
	SampleRate() int
	// Read reads up to len(dst) samples; 0 and io.EOF at the end.
	Read(dst []int16) (int, error)
}

// Player implements conference.Participant. All methods are safe for concurrent
// use.
type Player struct {
	name   string
	sound  Sound
	sample *codecs.Resampler
	seat   *conference.Seat

	frames  chan *codecs.Frame // closed at the sound's end
	free    chan *codecs.Frame
	stop    chan struct{} // closed by Close
	done    chan struct{} // closed when all was heard
	ended   bool          // of the mixer's tick
	running sync.WaitGroup
	played  atomic.Int64
	late    atomic.Int64

	err error // of reading; set before frames is closed
}

// New returns a Player of a sound, which the roster shows under a name. The error
// wraps codecs.ErrUnsupported when its rate cannot be brought to the mixer's.
func New(name string, sound Sound) (*Player, error) {
	r, err := codecs.NewResampler(sound.SampleRate(), codecs.SampleRate)
	if err != nil {
		return nil, fmt.Errorf("player: %w", err)
	}
	return &Player{
		name: name, sound: sound, sample: r,
		frames: make(chan *codecs.Frame, backlog), free: make(chan *codecs.Frame, backlog),
		stop: make(chan struct{}), done: make(chan struct{}),
	}, nil
}

// Join takes a seat in c and plays.
func (p *Player) Join(c *conference.Conference) error {
	p.running.Go(p.read)
	seat, err := c.Join(p)
	if err != nil {
		close(p.stop)
		p.running.Wait()
		return fmt.Errorf("player: %w", err)
	}
	p.seat = seat
	return nil
}

// Done is closed when all was heard, or the sound cannot be read on.
func (p *Player) Done() <-chan struct{} { return p.done }

// Close leaves. It is called once, after Join. The error is the sound's.
func (p *Player) Close() error {
	p.seat.Leave(conference.Cause{Code: conference.CauseLeft})
	close(p.stop)
	p.running.Wait()
	return p.err
}

// Played is how much was heard.
func (p *Player) Played() time.Duration {
	return time.Duration(p.played.Load()) * codecs.FrameDuration
}

// Late is how much silence was heard within the sound for want of it.
func (p *Player) Late() time.Duration { return time.Duration(p.late.Load()) * codecs.FrameDuration }

// read brings the sound to frames until its end.
func (p *Player) read() {
	defer close(p.frames)
	in := make([]int16, p.sound.SampleRate()/50)
	out := make([]int16, p.sample.MaxOutput(len(in))+1)
	frame, filled := p.next(), 0
	for {
		n, err := p.sound.Read(in)
		rest := out[:p.sample.Process(out, in[:n])]
		for len(rest) > 0 {
			m := copy(frame[filled:], rest)
			rest = rest[m:]
			if filled += m; filled < len(frame) {
				continue
			}
			if !p.queue(frame) {
				return
			}
			frame, filled = p.next(), 0
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, io.EOF) {
			p.err = err
		}
		if filled > 0 {
			clear(frame[filled:])
			p.queue(frame)
		}
		return
	}
}

func (p *Player) next() *codecs.Frame {
	select {
	case f := <-p.free:
		return f
	default:
		return new(codecs.Frame)
	}
}

// queue reports false when nobody waits for it any more.
func (p *Player) queue(f *codecs.Frame) bool {
	select {
	case p.frames <- f:
		return true
	case <-p.stop:
		return false
	}
}

// Info implements conference.Participant.
func (p *Player) Info() conference.Info {
	return conference.Info{Name: p.name, Wire: conference.WireInternal}
}

// Audio implements conference.Participant.
func (p *Player) Audio() conference.AudioPort { return (*port)(p) }

// Video implements conference.Participant: there are no pictures.
func (p *Player) Video() conference.VideoPort { return nil }

// Disconnect implements conference.Participant. A Player stays until Close.
func (p *Player) Disconnect(conference.Cause) {}

// port is a Player as the mixer sees it.
type port Player

// ReadFrame implements conference.AudioSource.
func (t *port) ReadFrame(dst *codecs.Frame) bool {
	if t.ended {
		return false
	}
	select {
	case f, ok := <-t.frames:
		if !ok {
			// The tick that mixed the last frame is over.
			t.ended = true
			close(t.done)
			return false
		}
		*dst = *f
		t.played.Add(1)
		select {
		case t.free <- f:
		default:
		}
		return true
	default:
		if t.played.Load() > 0 { // else it has not begun, which cuts nothing
			t.late.Add(1)
		}
		return false
	}
}

// WriteFrame implements conference.AudioPort: it listens to nobody.
func (*port) WriteFrame(*codecs.Frame) {}

var _ conference.Participant = (*Player)(nil)
