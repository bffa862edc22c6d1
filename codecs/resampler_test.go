package codecs

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The pairs that every conference meets.
var resamplerPairs = [][2]int{
	{8000, 48000}, {16000, 48000}, {24000, 48000}, {32000, 48000}, {44100, 48000}, {48000, 48000},
	{48000, 8000}, {48000, 16000}, {48000, 24000}, {48000, 32000}, {48000, 44100},
	{22050, 48000}, {48000, 12000}, {8000, 16000}, {16000, 8000},
}

// edges returns the pass-band's and the stop-band's edge in Hz, as documented.
func edges(from, to int) (pass, stop float64) {
	low := float64(min(from, to))
	if max(from, to) == 6*min(from, to) {
		return 0.42 * low, 0.58 * low
	}
	return 0.435 * low, 0.565 * low
}

func resampleTone(t *testing.T, from, to int, hz float64) []int16 {
	t.Helper()
	r, err := NewResampler(from, to)
	if err != nil {
		t.Fatal(err)
	}
	const frames = 20
	in, out := make([]int16, from/50), make([]int16, 0, frames*to/50)
	for f := range frames {
		for i := range in {
			in[i] = int16(math.Round(16000 * math.Sin(2*math.Pi*hz*float64(f*len(in)+i)/float64(from))))
		}
		n := r.Process(out[len(out):][:to/50], in)
		if n != to/50 {
			t.Fatalf("20 ms at %d Hz give %d samples at %d Hz, want %d", from, n, to, to/50)
		}
		out = out[:len(out)+n]
	}
	return out[to/10:] // past the filter's start
}

// split fits a tone of hz to pcm and returns its power and the power of what
// is left, in dB against the tone of resampleTone.
func split(pcm []int16, rate int, hz float64) (tone, rest float64) {
	// Least squares on sine and cosine.
	var ss, sc, cc, ys, yc, yy float64
	for i, v := range pcm {
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		y := float64(v)
		ss, sc, cc = ss+s*s, sc+s*c, cc+c*c
		ys, yc, yy = ys+y*s, yc+y*c, yy+y*y
	}
	det := ss*cc - sc*sc
	a, b := (ys*cc-yc*sc)/det, (yc*ss-ys*sc)/det
	fit := a*ys + b*yc
	full := 16000.0 * 16000 / 2 * float64(len(pcm))
	return 10 * math.Log10(fit/full), 10 * math.Log10(math.Max(yy-fit, 1e-9)/full)
}

// Tones in the pass-band keep their level within 0.01 dB, and all that stands
// beside them, images and rounding, lies 80 dB below.
func TestResamplerPassBand(t *testing.T) {
	for _, p := range resamplerPairs {
		from, to := p[0], p[1]
		pass, _ := edges(from, to)
		for _, part := range []float64{0.05, 0.11, 0.31, 0.5, 0.73, 0.9, 1} {
			hz := math.Round(pass * part)
			tone, rest := split(resampleTone(t, from, to, hz), to, hz)
			if math.Abs(tone) > 0.01 {
				t.Errorf("%d to %d: %v Hz at %.4f dB", from, to, hz, tone)
			}
			if rest > -80 {
				t.Errorf("%d to %d: %v Hz is accompanied by %.1f dB", from, to, hz, rest)
			}
		}
	}
}

// Tones in the stop-band vanish when the rate is lowered: 80 dB down.
func TestResamplerStopBand(t *testing.T) {
	for _, p := range resamplerPairs {
		from, to := p[0], p[1]
		_, stop := edges(from, to)
		if stop >= float64(from)/2 {
			continue // nothing comes in that could alias
		}
		for _, part := range []float64{0, 0.03, 0.1, 0.2, 0.33, 0.5, 0.7, 0.9, 0.99} {
			hz := math.Round(stop + part*(float64(from)/2-stop))
			out := resampleTone(t, from, to, hz)
			var power float64
			for _, v := range out {
				power += float64(v) * float64(v)
			}
			db := 10 * math.Log10(math.Max(power, 1e-9)/float64(len(out))/(16000.0*16000/2))
			if db > -80 {
				t.Errorf("%d to %d: %v Hz leaves %.1f dB", from, to, hz, db)
			}
		}
	}
}

// The sound of an impulse is symmetric around the stated group delay.
func TestResamplerDelay(t *testing.T) {
	for _, p := range [][2]int{{8000, 48000}, {16000, 48000}, {24000, 48000}, {48000, 8000}, {48000, 16000}} {
		from, to := p[0], p[1]
		t.Run(fmt.Sprintf("%d_%d", from, to), func(t *testing.T) {
			r, err := NewResampler(from, to)
			if err != nil {
				t.Fatal(err)
			}
			in, out := make([]int16, from/50), make([]int16, to/50)
			in[0] = math.MaxInt16
			r.Process(out, in)
			var sum, moment float64
			for i, v := range out {
				sum += float64(v)
				moment += float64(v) * float64(i)
			}
			delay := moment / sum / float64(to)
			if want := 20 / float64(min(from, to)); math.Abs(delay-want) > 0.5/48000 {
				t.Errorf("delay %.3f ms, want %.3f", delay*1000, want*1000)
			}
		})
	}
}

// The pieces in which sound comes change nothing, and Reset begins anew.
func TestResamplerPieces(t *testing.T) {
	for _, p := range resamplerPairs {
		r, err := NewResampler(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		in := make([]int16, p[0]/10)
		for i := range in {
			in[i] = int16(i * i * 7919)
		}
		whole := make([]int16, r.MaxOutput(len(in)))
		if n := r.Process(whole, in); n != len(whole) || n != p[1]/10 {
			t.Fatalf("%v: %d samples of %d", p, n, len(whole))
		}
		r.Reset()
		var pieces []int16
		for rest, size := in, 1; len(rest) > 0; size = size*5%977 + 1 {
			size := min(size, len(rest))
			out := make([]int16, r.MaxOutput(size))
			pieces = append(pieces, out[:r.Process(out, rest[:size])]...)
			rest = rest[size:]
		}
		if diff := cmp.Diff(whole, pieces); diff != "" {
			t.Errorf("%v: whole and in pieces differ:\n%s", p, diff)
		}
	}
}

// Full-scale noise clips and does not wrap: what comes out has the sign of
// what went in.
func TestResamplerClips(t *testing.T) {
	r, err := NewResampler(8000, 48000)
	if err != nil {
		t.Fatal(err)
	}
	in, out := make([]int16, 160), make([]int16, 960)
	for i := range in {
		in[i] = math.MaxInt16
		if i/20%2 == 1 {
			in[i] = math.MinInt16
		}
	}
	r.Process(out, in)
	r.Process(out, in)
	const delay = 120
	for i := 160; i < 960; i++ {
		at := i - delay
		if edge := at / 6 % 20; edge < 2 || edge > 17 {
			continue // the filter crosses zero here
		}
		if positive := at/6/20%2 == 0; (out[i] > 0) != positive {
			t.Fatalf("sample %d is %d", i, out[i])
		}
	}
}

func TestResamplerUnsupported(t *testing.T) {
	for _, p := range [][2]int{{0, 48000}, {-8000, 8000}, {7999, 48000}, {48000, 192001}, {47999, 48000}, {48000, 44101}} {
		if _, err := NewResampler(p[0], p[1]); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%v: %v, want ErrUnsupported", p, err)
		}
	}
}

func TestResamplerDoesNotAllocate(t *testing.T) {
	for _, p := range resamplerPairs {
		r, err := NewResampler(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		in, out := make([]int16, p[0]/50), make([]int16, p[1]/50)
		in[0] = 1000 // silence may take a short way
		if n := testing.AllocsPerRun(20, func() { r.Process(out, in) }); n != 0 {
			t.Errorf("%v: %v allocations", p, n)
		}
	}
}

// The short way that silence takes gives the same samples as the long one.
func TestSilenceIsExact(t *testing.T) {
	for _, p := range resamplerPairs {
		short, err := NewResampler(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		long, err := NewResampler(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		long.memory = 0
		n, skipped := 0, false
		a, b := make([]int16, p[1]/50+1), make([]int16, p[1]/50+1)
		for _, size := range []int{0, 3, 17, p[0] / 50, p[0]/100 + 1} {
			for i := range 60 {
				in := make([]int16, size)
				for j := range in {
					if i%12 < 3 && (i != 2 || j < 5) { // silence also begins within a piece
						in[j] = int16(n * n * 7919)
						n++
					}
				}
				got, want := short.Process(a, in), long.Process(b, in)
				if !slices.Equal(a[:got], b[:want]) {
					t.Fatalf("%v, pieces of %d: piece %d differs", p, size, i)
				}
				skipped = skipped || short.memory > 0 && short.still == short.memory
			}
		}
		if rises := p[1]%p[0] == 0 && p[0] != p[1]; skipped != rises {
			t.Errorf("%v: the short way was taken: %v", p, skipped)
		}
	}
}

func BenchmarkSilence(b *testing.B) {
	r, err := NewResampler(8000, 48000)
	if err != nil {
		b.Fatal(err)
	}
	in, out := make([]int16, 160), make([]int16, 960)
	b.ReportAllocs()
	for b.Loop() {
		r.Process(out, in)
	}
}

func BenchmarkResampler(b *testing.B) {
	for _, p := range resamplerPairs {
		b.Run(fmt.Sprintf("%d_%d", p[0], p[1]), func(b *testing.B) {
			r, err := NewResampler(p[0], p[1])
			if err != nil {
				b.Fatal(err)
			}
			in, out := make([]int16, p[0]/50), make([]int16, p[1]/50)
			for i := range in {
				in[i] = int16(i * i * 7919)
			}
			b.ReportAllocs()
			for b.Loop() {
				r.Process(out, in)
			}
		})
	}
}
