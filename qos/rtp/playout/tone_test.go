package playout

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
	"time"

	"parley/codecs"
)

// purity returns how far above everything else, in dB, the tone of hz stands
// in x, and its level: what is left when the best fitting sine is taken out.
func purity(x []int16, hz float64) (dB, level float64) {
	var re, im, power float64
	step := cmplx.Rect(1, 2*math.Pi*hz/codecs.SampleRate)
	w := complex(1, 0)
	for _, s := range x {
		re += float64(s) * real(w)
		im += float64(s) * imag(w)
		w *= step
		power += float64(s) * float64(s)
	}
	n := float64(len(x))
	tone := 2 * (re*re + im*im) / n // its energy
	rest := max(power-tone, 1e-9*power)
	return 10 * math.Log10(tone/rest), 2 * math.Hypot(re, im) / n
}

// worst returns the lowest purity of all pieces of 100 ms, and the mean one.
// Pieces are short because stretching may move a tone's phase.
func worst(x []int16, hz float64) (least, mean float64) {
	const piece = codecs.SampleRate / 10
	least = math.Inf(1)
	n := 0
	for ; len(x) >= piece; x = x[piece:] {
		dB, _ := purity(x[:piece], hz)
		least = min(least, dB)
		mean += dB
		n++
	}
	return least, mean / float64(n)
}

// TestTone plays tones over several paths: a tone goes in, and nothing but
// that tone comes out.
func TestTone(t *testing.T) {
	simulation(t)
	for name, c := range map[string]struct {
		path        func(int) time.Duration
		rate        float64
		least, mean float64 // dB
	}{
		"clean":       {path: between(0, ms), rate: 1, least: 50, mean: 55},
		"jitter":      {path: between(0, 40*ms), rate: 1, least: 30, mean: 50},
		"fast sender": {path: between(0, ms), rate: 1 + 1000e-6, least: 16, mean: 70},
		"slow sender": {path: between(0, ms), rate: 1 - 1000e-6, least: 16, mean: 70},
		"loss":        {path: lossy(.05), rate: 1, least: 12, mean: 35},
	} {
		t.Run(name, func(t *testing.T) {
			for _, rate := range []int{8000, 48000} {
				for _, hz := range []float64{440, 880} {
					b := linearRig(rate)
					b.signal, b.path, b.rate, b.keep = tone(hz, 8000, rate), c.path, c.rate, true
					b.run(2 * time.Second)
					b.out = b.out[:0]
					b.run(20 * time.Second)
					least, mean := worst(b.out, hz)
					s := b.buf.Stats()
					t.Logf("%d Hz at %d: %.1f dB at least, %.1f in the mean; concealed %d, stretched %d, compressed %d",
						int(hz), rate, least, mean, s.Concealed, s.Stretched, s.Compressed)
					if least < c.least || mean < c.mean {
						t.Errorf("%v Hz at %d Hz: %.1f dB at least, %.1f in the mean, want %v and %v", hz, rate, least, mean, c.least, c.mean)
					}
					if c.rate != 1 && s.Stretched+s.Compressed == 0 {
						t.Error("nothing was stretched")
					}
				}
			}
		})
	}
}

// speech is like it: about 130 Hz with harmonics that a formant shapes, in
// syllables, and hiss between them.
func speech(rate int) func(int64) int16 {
	r := rand.New(rand.NewPCG(7, 8))
	noise := make([]float64, 1<<14)
	for i := range noise {
		noise[i] = r.NormFloat64()
	}
	// Two seconds, which repeat without a seam.
	pcm := make([]int16, 2*rate)
	for n := range pcm {
		at := float64(n) / float64(rate)
		syllable := math.Pow(math.Sin(math.Pi*3*at), 2)
		sum := 300 * noise[n&(len(noise)-1)] * (1 - syllable)
		phase := 2*math.Pi*130*at + 8*math.Sin(2*math.Pi*at)
		for h := 1.; h <= 12; h++ {
			formant := 1 + (h-4)*(h-4)/4
			sum += syllable * 3000 / formant * math.Sin(phase*h)
		}
		pcm[n] = int16(max(min(sum, 32767), -32768))
	}
	return func(n int64) int16 { return pcm[n%int64(len(pcm))] }
}

// steepest returns the largest second difference: a click is a step in the
// sound or its slope.
func steepest(x []int16) int {
	most := 0
	for i := 2; i < len(x); i++ {
		d := int(x[i]) - 2*int(x[i-1]) + int(x[i-2])
		most = max(most, d, -d)
	}
	return most
}

func rms(x []int16) float64 {
	sum := 0.0
	for _, s := range x {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(x)))
}

// TestNoClicks compares speech and hiss that were stretched with what went in:
// no step in it that was not there, and the same level.
func TestNoClicks(t *testing.T) {
	simulation(t)
	r := rand.New(rand.NewPCG(9, 10))
	hiss := make([]int16, 1<<16)
	for i := range hiss {
		hiss[i] = int16(1000 * r.NormFloat64())
	}
	for name, signal := range map[string]func(int64) int16{
		"speech": speech(16000),
		"hiss":   func(n int64) int16 { return hiss[n&(1<<16-1)] },
	} {
		play := func(rate float64) ([]int16, Stats) {
			b := linearRig(16000)
			b.signal, b.rate, b.keep = signal, rate, true
			b.run(time.Second)
			b.out = b.out[:0]
			b.run(20 * time.Second)
			return b.out, b.buf.Stats()
		}
		want, _ := play(1)
		for way, rate := range map[string]float64{"fast": 1 + 1500e-6, "slow": 1 - 1500e-6} {
			t.Run(name+", "+way+" sender", func(t *testing.T) {
				got, s := play(rate)
				if s.Stretched+s.Compressed < 700 {
					t.Fatalf("hardly stretched: %+v", s)
				}
				if s.Concealed != 0 {
					t.Errorf("%d frames concealed", s.Concealed)
				}
				t.Logf("steepest %d, was %d; rms %.0f, was %.0f; %+v", steepest(got), steepest(want), rms(got), rms(want), s)
				if steepest(got) > steepest(want)*5/4 {
					t.Errorf("steepest change %d, without stretching %d", steepest(got), steepest(want))
				}
				if ratio := rms(got) / rms(want); ratio < .95 || ratio > 1.05 {
					t.Errorf("level changed by a factor of %.3f", ratio)
				}
			})
		}
	}
}

// TestLateJoint has the path stall for 60 ms now and then: what is invented
// until then goes over into the packets where it fits.
func TestLateJoint(t *testing.T) {
	for _, rate := range []int{8000, 48000} {
		for _, hz := range []float64{210, 440, 890} {
			b := linearRig(rate)
			b.signal, b.keep = tone(hz, 8000, rate), true
			b.path = func(n int) time.Duration {
				return max(0, 62*ms-time.Duration((n+50)%150)*20*ms)
			}
			b.run(2 * time.Second)
			b.out = b.out[:0]
			b.run(9 * time.Second)
			least, mean := worst(b.out, hz)
			s := b.buf.Stats()
			t.Logf("%v Hz at %d: %.1f dB at least, %.1f in the mean; %+v", hz, rate, least, mean, s)
			if s.Concealed < 3 {
				t.Errorf("%d frames concealed", s.Concealed)
			}
			if least < 12 {
				t.Errorf("%v Hz at %d Hz: %.1f dB at least", hz, rate, least)
			}
		}
	}
}
