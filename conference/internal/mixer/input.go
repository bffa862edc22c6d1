package mixer

import (
	"sync/atomic"
	"time"

	"parley/codecs"
)

const frameDuration = codecs.FrameDuration

// Source is where an Input's sound is read.
type Source interface {
	ReadFrame(dst *codecs.Frame) bool
}

// fadeSamples is how long sound takes to come or go at a cut: 5 ms, too short
// to blunt a consonant, long enough not to click.
const fadeSamples = 5 * codecs.SampleRate / 1000

// quietSample is the last sample below which a cut is not heard.
const quietSample = 64

// Input is one source of sound.
type Input struct {
	// What every tick looks at, in every member of a large room, stands
	// together: most are silent, and cost what their cache lines cost.
	source   Source
	muted    atomic.Bool
	speaking atomic.Bool
	closed   atomic.Bool
	level    atomic.Int32

	// What follows belongs to the tick.
	heard bool
	voice detector
	// last is the last sample of the last frame that was in the sum.
	last int32
	// applied is the gain at that frame's end, 0 when there was none.
	applied float32

	gain gainControl
	// power ranks who is heard, loudest first.
	power  float32
	id     uint32
	owner  *Output
	frame  codecs.Frame
	scaled [codecs.FrameSamples]int32 // what is in the sum, if heard
}

// NewInput returns an Input of src, which is named id in CSRC lists. owner
// does not hear it; it may be nil.
func NewInput(id uint32, src Source, owner *Output) *Input {
	in := &Input{id: id, source: src, owner: owner, voice: newDetector()}
	in.gain.reset()
	in.level.Store(silence)
	return in
}

// ID is the name in CSRC lists.
func (in *Input) ID() uint32 { return in.id }

// SetMuted takes the Input out of the mix, or back into it. Its Source is read
// on, so that no queue grows behind it.
func (in *Input) SetMuted(muted bool) { in.muted.Store(muted) }

// Close tells that the next Room has this Input no longer.
func (in *Input) Close() { in.closed.Store(true) }

// Speaking reports whether somebody speaks, with hangover.
func (in *Input) Speaking() bool { return in.speaking.Load() }

// Level is the level of the last frame in dBov, before gain.
func (in *Input) Level() int { return int(in.level.Load()) }

// read takes the next frame and prepares what goes into the sum. It reports
// whether Speaking changed.
func (in *Input) read() bool {
	in.heard = false
	ok := in.source.ReadFrame(&in.frame)
	muted := in.muted.Load()
	if !ok || muted {
		in.setLevel(silence)
		if muted {
			in.voice.reset()
		} else {
			in.voice.miss()
		}
		in.fadeOut()
		return in.tell()
	}
	power, peak := measure(&in.frame)
	level := dBov(power)
	in.setLevel(int32(level))
	loud := in.voice.step(level)
	in.gain.step(level, peak, in.voice.floor, loud && in.voice.settled())
	if in.voice.open() {
		in.power = power
		in.scale(in.gain.linear)
	} else {
		in.close()
	}
	return in.tell()
}

// setLevel spares those who stay silent a locked write.
func (in *Input) setLevel(dBov int32) {
	if in.level.Load() != dBov {
		in.level.Store(dBov)
	}
}

// tell publishes who speaks and reports whether that changed.
func (in *Input) tell() bool {
	if in.voice.speaking == in.speaking.Load() {
		return false
	}
	in.speaking.Store(in.voice.speaking)
	return true
}

// scale puts the frame into the sum, with the gain moving smoothly from where
// it was to g.
func (in *Input) scale(g float32) {
	in.heard = true
	from := in.applied
	in.applied = g
	switch {
	case from == g && g == 1:
		for i, s := range in.frame {
			in.scaled[i] = int32(s)
		}
	case from == g:
		for i, s := range in.frame {
			in.scaled[i] = int32(float32(s) * g)
		}
	case from == 0:
		in.ramp(0, g, fadeSamples)
	default:
		in.ramp(from, g, codecs.FrameSamples)
	}
	in.last = in.scaled[codecs.FrameSamples-1]
}

// ramp applies a gain that goes from a to b within n samples and then stays.
func (in *Input) ramp(a, b float32, n int) {
	step := (b - a) / float32(n)
	for i, s := range in.frame[:n] {
		in.scaled[i] = int32(float32(s) * (a + step*float32(i+1)))
	}
	for i, s := range in.frame[n:] {
		in.scaled[n+i] = int32(float32(s) * b)
	}
}

// close fades a frame that is there but no longer wanted.
func (in *Input) close() {
	if in.applied != 0 {
		in.ramp(in.applied, 0, fadeSamples)
		in.heard = true
	}
	in.applied, in.last = 0, 0
}

// fadeOut ends a sound whose next frame is missing, or may not be heard any
// more: its last sample is led to zero.
func (in *Input) fadeOut() {
	last := in.last
	in.heard, in.applied, in.last = false, 0, 0
	if last < quietSample && last > -quietSample {
		return
	}
	in.heard = true
	for i := range fadeSamples {
		in.scaled[i] = last * int32(fadeSamples-1-i) / fadeSamples
	}
	clear(in.scaled[fadeSamples:])
}

// frames converts a duration to ticks.
func frames(d time.Duration) int { return int(d / frameDuration) }
