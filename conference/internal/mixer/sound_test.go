package mixer

import (
	"math"
	"math/rand/v2"
	"testing"

	"parley/codecs"
)

func TestSoftenNeverWrapsNorFalls(t *testing.T) {
	last := soften(math.MinInt32)
	if last < -fullScale {
		t.Errorf("soften(min) = %d", last)
	}
	for v := int32(-1 << 20); v <= 1<<20; v++ {
		s := soften(v)
		if s < last {
			t.Fatalf("soften(%d) = %d falls below %d", v, s, last)
		}
		if v >= -knee && v <= knee && int32(s) != v {
			t.Fatalf("soften(%d) = %d below the knee", v, s)
		}
		if s != -soften(-v) {
			t.Fatalf("soften(%d) is not odd", v)
		}
		last = s
	}
	if s := soften(math.MaxInt32); s < 32700 {
		t.Errorf("soften(max) = %d", s)
	}
	// No corner at the knee: 64 above it, less than 1 is lost.
	if s := soften(knee + 64); s < knee+63 {
		t.Errorf("soften(knee+64) = knee+%d", s-knee)
	}
}

// Five loud speakers at once are bent, not broken.
func TestFiveLoudVoices(t *testing.T) {
	m := newMixer(nil)
	e := new(frameEar)
	room := &Room{Outputs: []*Output{NewOutput(e)}}
	hz := []float64{300, 410, 530, 670, 790}
	for i, f := range hz {
		room.Inputs = append(room.Inputs, NewInput(uint32(i+1), &voice{hz: f, amp: 32767}, nil))
	}
	m.Publish(room)
	ticks(m, 5)
	if m.Stats().Clipped == 0 {
		t.Fatal("nothing was clipped")
	}
	for i := 1; i < len(e.heard); i++ {
		if a, b := e.heard[i-1], e.heard[i]; a > 25000 && b < -25000 || a < -25000 && b > 25000 {
			t.Fatalf("wrapped from %d to %d", a, b)
		}
	}
	e.heard = nil
	ticks(m, 150)
	pcm := e.heard[100*codecs.FrameSamples:]
	for _, f := range hz {
		if level := 20 * math.Log10(tone(pcm, f, codecs.SampleRate)/32768/math.Sqrt2); math.Abs(level+15) > 1.5 {
			t.Errorf("%.0f Hz comes out at %.1f dBov, want -15", f, level)
		}
	}
	// Products of bending would stand at 2*300-410.
	if a := tone(pcm, 190, codecs.SampleRate); a > 400 {
		t.Errorf("intermodulation of %.0f", a)
	}
}

// speech is a Source in the rhythm of speech: syllables with gaps, and a pause
// of a second after every two.
type speech struct {
	voice
	noise float64
	peak  float64
	frame int
}

func (s *speech) ReadFrame(dst *codecs.Frame) bool {
	const syllable = 10
	at := s.frame % 150
	s.frame++
	s.amp = 1
	if at < 100 && at%syllable < 7 {
		s.amp = max(1, s.peak*math.Sin(math.Pi*(float64(at%syllable)+0.5)/7))
	}
	s.voice.ReadFrame(dst)
	for i := range dst {
		dst[i] += int16(s.noise * rand.NormFloat64())
	}
	return true
}

// levelOf returns the level in dBov of an Input's sound after its gain, over
// the frames that are in the mix and not pauses.
func levelOf(in *Input, frames int) float64 {
	var sum float64
	n := 0
	for range frames {
		in.read()
		if !in.heard || in.voice.quiet > 0 {
			continue
		}
		n++
		for _, s := range in.scaled {
			sum += float64(s) * float64(s)
		}
	}
	return 10 * math.Log10(sum/float64(n*codecs.FrameSamples)/32768/32768)
}

func TestQuietAndLoudComeOutAlike(t *testing.T) {
	simulation(t)
	for name, source := range map[string]func(float64) Source{
		"tone": func(dBov float64) Source { return &voice{hz: 300, amp: amplitude(dBov)} },
		"speech": func(dBov float64) Source {
			return &speech{voice: voice{hz: 300}, peak: amplitude(dBov) * math.Sqrt2, noise: 3}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var levels []float64
			for _, dBov := range []float64{-40, -30, -21, -12} {
				in := NewInput(1, source(dBov), nil)
				levelOf(in, 150) // three seconds
				levels = append(levels, levelOf(in, 300))
			}
			t.Logf("levels %.1f", levels)
			for _, l := range levels {
				if d := math.Abs(l - levels[0]); d > 6 {
					t.Errorf("levels %.1f are more than 6 dB apart", levels)
				}
			}
		})
	}
}

func TestGainLeavesAFairToneAlone(t *testing.T) {
	simulation(t)
	for _, dBov := range []float64{-18, -20, -21.07, -22.9} {
		in := NewInput(1, &voice{hz: 440, amp: amplitude(dBov)}, nil)
		for i := range 3000 { // a minute
			in.read()
			if !in.heard || in.applied != 1 {
				t.Fatalf("%.1f dBov: gain %.3f in frame %d", dBov, in.applied, i)
			}
			if i > 0 && in.scaled[500] != int32(in.frame[500]) {
				t.Fatalf("%.1f dBov: the sound is changed in frame %d", dBov, i)
			}
		}
	}
}

// The gain moves without steps.
func TestGainMovesSmoothly(t *testing.T) {
	in := NewInput(1, &voice{hz: 100, amp: amplitude(-40)}, nil)
	last := int32(0)
	for i := range 200 {
		in.read()
		for j, s := range in.scaled {
			// 100 Hz at the target of -20 dBov moves by 61 a sample.
			if d := s - last; d > 75 || d < -75 {
				t.Fatalf("a step of %d in frame %d at %d", d, i, j)
			}
			last = s
		}
	}
	if g := in.gain.dB; g < 19 || g > 21 {
		t.Errorf("gain %.1f dB, want 20", g)
	}
}

func TestNoiseIsNotDrawnUp(t *testing.T) {
	in := NewInput(1, &speech{noise: 32768 * math.Pow(10, -47.0/20)}, nil)
	heard := 0
	for i := range 1500 {
		in.read()
		if i > 500 && in.heard {
			heard++
		}
	}
	if heard > 0 || in.Speaking() {
		t.Errorf("steady noise at -47 dBov is heard in %d of 1000 frames, speaking %v", heard, in.Speaking())
	}
	if in.gain.dB > 6 {
		t.Errorf("its gain is %.1f dB", in.gain.dB)
	}
}

// step feeds a detector n frames of a level.
func feed(d *detector, n int, level float32) {
	for range n {
		d.step(level)
	}
}

func TestCoughIsNoSpeaker(t *testing.T) {
	d := newDetector()
	feed(&d, 50, -70)
	for range 10 {
		for range 13 { // 260 ms
			d.step(-15)
			if d.speaking {
				t.Fatal("a cough speaks")
			}
			if !d.open() {
				t.Fatal("a cough is not heard")
			}
		}
		feed(&d, 50, -70)
		if d.open() {
			t.Error("heard a second after the cough")
		}
	}
	feed(&d, 14, -15)
	if d.speaking {
		t.Error("speaks after 280 ms")
	}
	if feed(&d, 1, -15); !d.speaking {
		t.Error("does not speak after 300 ms")
	}
	feed(&d, 30, -70)
	if !d.speaking {
		t.Error("a pause of 600 ms ends the speaker")
	}
	if feed(&d, 1, -70); d.speaking {
		t.Error("speaks after 620 ms of silence")
	}
	if feed(&d, 10, -15); d.speaking {
		t.Error("speaks again without an onset")
	}
}

func TestSteadyToneIsNeverSwallowed(t *testing.T) {
	d := newDetector()
	feed(&d, 15, -41)
	for i := range 50 * 600 { // ten minutes
		if d.step(-41); !d.speaking {
			t.Fatalf("swallowed after %d frames", i)
		}
	}
}

func TestFloorKeepsTheActiveSpeaker(t *testing.T) {
	a, b := NewInput(1, nil, nil), NewInput(2, nil, nil)
	var f floor
	set := func(in *Input, speaking bool, level float32) {
		in.voice.speaking, in.gain.level = speaking, level
	}
	elect := func(n int) (who *Input) {
		var talking []*Input
		for _, in := range []*Input{a, b} {
			if in.voice.speaking {
				talking = append(talking, in)
			}
		}
		for range n {
			who = f.elect(talking)
		}
		return who
	}
	if elect(1) != nil {
		t.Error("somebody has the floor before anybody spoke")
	}
	set(a, true, -20)
	if elect(1) != a {
		t.Error("the first to speak has not the floor")
	}
	set(b, true, -17)
	if elect(500) != a {
		t.Error("a little louder takes the floor")
	}
	set(b, true, -10)
	if elect(takeAfter) != a || elect(1) != b {
		t.Errorf("much louder does not take the floor after %d frames", takeAfter)
	}
	set(b, false, -10)
	if elect(1) != a {
		t.Error("silence does not give the floor away")
	}
	set(a, false, -20)
	if elect(500) != a {
		t.Error("silence takes the floor")
	}
	a.Close()
	if elect(1) != nil {
		t.Error("who left has the floor")
	}
}
