package lobby

import (
	"math"
	"time"
)

// beep is a stretch of tone; hertz 0 is a pause.
type beep struct {
	hertz  float64
	length time.Duration
}

// pinTone asks for a PIN: two rising beeps, then room to type.
func pinTone() []beep {
	return []beep{{660, 150 * time.Millisecond}, {0, 80 * time.Millisecond}, {880, 200 * time.Millisecond}, {0, 3 * time.Second}}
}

// numberTone asks for the number of a conference: three beeps of one height.
func numberTone() []beep {
	return []beep{
		{660, 120 * time.Millisecond}, {0, 80 * time.Millisecond}, {660, 120 * time.Millisecond}, {0, 80 * time.Millisecond},
		{660, 120 * time.Millisecond}, {0, 3 * time.Second},
	}
}

// wrongTone says that the answer was wrong.
func wrongTone() []beep {
	return []beep{{0, 100 * time.Millisecond}, {300, 500 * time.Millisecond}, {0, 400 * time.Millisecond}}
}

// toneLevel is the amplitude: -12 dBov, which nobody takes for a shout.
const toneLevel = 32767 / 4

// edge is how long a beep swells and fades, so that it does not click.
const edge = 5 * time.Millisecond

// tonePlayer plays beeps one after the other and then the prompt over and over.
type tonePlayer struct {
	prompt   []beep
	queue    []beep
	position time.Duration // within queue[0]
	phase    float64
}

// play replaces what is being played.
func (p *tonePlayer) play(beeps []beep) { p.queue, p.position = beeps, 0 }

// fill writes the next len(pcm)/channels samples at rate.
func (p *tonePlayer) fill(pcm []int16, rate, channels int) {
	step := time.Second / time.Duration(rate)
	for i := 0; i < len(pcm); i += channels {
		for len(p.queue) == 0 || p.position >= p.queue[0].length {
			if len(p.queue) > 0 {
				p.queue = p.queue[1:]
			}
			if len(p.queue) == 0 {
				p.queue = p.prompt
			}
			p.position, p.phase = 0, 0
		}
		b := p.queue[0]
		var v int16
		if b.hertz > 0 {
			gain := min(1, float64(p.position)/float64(edge), float64(b.length-p.position)/float64(edge))
			v = int16(toneLevel * gain * math.Sin(p.phase))
			p.phase += 2 * math.Pi * b.hertz / float64(rate)
		}
		for c := range channels {
			pcm[i+c] = v
		}
		p.position += step
	}
}
