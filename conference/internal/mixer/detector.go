package mixer

import "time"

// Voice detection: energy over an adaptive noise floor.
const (
	// voiceMargin is how far above the floor a frame counts as sound, in dB.
	voiceMargin = 8
	// maxFloor bounds the floor in dBov, so that what is at least
	// maxFloor+voiceMargin always counts: a steady tone, held music, somebody
	// who does not pause.
	maxFloor = -50
	minFloor = -75
	// gatedFloor is the lowest that digital silence takes the floor to. It may
	// be a gate's or a mute's and tells nothing of the noise behind it; yet who
	// is as quiet as the gain can raise has to be heard.
	gatedFloor = -56
	// startFloor is assumed of a source that was never heard. It is high, so
	// that the noise of a line whose pauses were not heard yet is not speech.
	startFloor = maxFloor
	// floorRise and floorFall are how fast the floor follows, in dB a frame.
	// It rises by 3 dB/s: slower than the pauses of speech come, fast enough
	// to swallow a fan within seconds.
	floorRise = 0.06
	floorFall = 1.5
)

var (
	// onset is how much speech it takes to be a speaker; a cough is shorter.
	onset = frames(300 * time.Millisecond)
	// settle is how much sound it takes to be worth measuring for the gain.
	settle = frames(80 * time.Millisecond)
	// hangover is how much silence ends a speaker; pauses in a sentence are
	// shorter.
	hangover = frames(600 * time.Millisecond)
	// tail is for how long who made a sound, but did not speak, is still in
	// the mix.
	tail = frames(200 * time.Millisecond)
)

// detector decides for one source, frame by frame, whether it is heard and
// whether somebody speaks.
type detector struct {
	floor    float32
	score    int // frames of sound, less those of silence between
	quiet    int // frames since the last sound
	speaking bool
}

func newDetector() detector { return detector{floor: startFloor, quiet: hangover + 1} }

// reset ends speech at once. The floor stays.
func (d *detector) reset() {
	d.score, d.quiet, d.speaking = 0, hangover+1, false
}

// step takes the level of the next frame and reports whether it is sound.
func (d *detector) step(level float32) bool {
	loud := level >= d.floor+voiceMargin
	d.follow(level)
	d.count(loud)
	return loud
}

// miss takes a frame that is missing, which tells nothing of the noise.
func (d *detector) miss() { d.count(false) }

func (d *detector) count(loud bool) {
	if loud {
		d.quiet = 0
		d.score = min(d.score+1, onset)
		d.speaking = d.speaking || d.score == onset
		return
	}
	d.quiet++
	if d.quiet > hangover {
		d.quiet = hangover + 1
		if d.speaking {
			d.speaking, d.score = false, 0
		}
	}
	if !d.speaking {
		d.score = max(d.score-1, 0)
	}
}

func (d *detector) follow(level float32) {
	switch {
	case level > d.floor:
		d.floor = min(d.floor+floorRise, level, maxFloor)
	case level > silence:
		d.floor = max(d.floor-floorFall, level, minFloor)
	default:
		d.floor = max(d.floor-floorFall, min(d.floor, gatedFloor))
	}
}

// settled reports that the sound lasts long enough to set the gain by it.
func (d *detector) settled() bool { return d.speaking || d.score >= settle }

// open reports whether the source is in the mix.
func (d *detector) open() bool {
	if d.speaking {
		return true
	}
	return d.quiet <= tail
}
