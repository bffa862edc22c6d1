package mixer

import (
	"math/rand/v2"
	"testing"

	"parley/codecs"
)

// gated is a line whose pauses are digital silence.
type gated struct {
	sound Source
	open  bool
}

func (g *gated) ReadFrame(dst *codecs.Frame) bool {
	if g.open {
		return g.sound.ReadFrame(dst)
	}
	*dst = codecs.Frame{}
	return true
}

// hiss is noise.
type hiss struct {
	amp float64
	r   *rand.Rand
}

func (h *hiss) ReadFrame(dst *codecs.Frame) bool {
	for i := range dst {
		dst[i] = int16(h.amp * h.r.NormFloat64())
	}
	return true
}

// Who is as quiet as the gain can raise is heard on a line without any noise.
func TestQuietVoiceOnAGatedLine(t *testing.T) {
	m := newMixer(nil)
	line := &gated{sound: &voice{hz: 440, amp: amplitude(targetLevel - maxGain)}}
	in := NewInput(1, line, nil)
	m.Publish(&Room{Inputs: []*Input{in}})
	ticks(m, 100)
	for range 3 { // syllables
		line.open = true
		ticks(m, 15)
		line.open = false
		ticks(m, 5)
	}
	if !in.Speaking() {
		t.Errorf("a voice of %v dBov is not heard", targetLevel-maxGain)
	}
}

// The noise of a room behind a mute is no speech when the mute is taken away.
func TestNoiseBehindAMute(t *testing.T) {
	m := newMixer(nil)
	line := &gated{sound: &hiss{amp: 32768 * 0.0020, r: rand.New(rand.NewPCG(1, 2))}} // -54 dBov
	in := NewInput(1, line, nil)
	m.Publish(&Room{Inputs: []*Input{in}})
	for range 3 {
		line.open = false
		ticks(m, 200)
		line.open = true
		for i := range 200 {
			if ticks(m, 1); in.Speaking() {
				t.Fatalf("noise of %d dBov is speech after %d frames", in.Level(), i)
			}
		}
	}
}
