package g722

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"testing"

	"parley/codecs"
)

// corpus returns the folder of the Recommendation's test sequences, or skips.
func corpus(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("PARLEY_CORPORA"); dir != "" {
		return filepath.Join(dir, "g722")
	}
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		c := filepath.Join(dir, "shared", "corpora", "g722")
		if _, err := os.Stat(c); err == nil {
			return c
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("the ITU-T test sequences of G.722 Appendix II are not there (PARLEY_CORPORA)")
		}
		dir = up
	}
}

// words reads a test sequence: 16 bits each, the most significant octet first.
func words(t *testing.T, dir, name string) []uint16 {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]uint16, len(raw)/2)
	for i := range out {
		out[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	return out
}

// resetBit in a word asks for the state after a reset (Appendix II, RSS).
const resetBit = 1

// The encoder's bands, the QMF left out, against configuration 1.
func TestEncoderSequences(t *testing.T) {
	dir := corpus(t)
	for _, tt := range [][2]string{{"bt1c1.xmt", "bt2r1.cod"}, {"bt1c2.xmt", "bt2r2.cod"}} {
		in, want := words(t, dir, tt[0]), words(t, dir, tt[1])
		if len(in) != len(want) {
			t.Fatalf("%s has %d words, %s %d", tt[0], len(in), tt[1], len(want))
		}
		e, compared := newEncoder(), 0
		for i, w := range in {
			if w&resetBit != 0 {
				e = newEncoder()
				continue
			}
			x := int32(int16(w)) >> 1
			got := uint16(e.encodeHigher(x)<<6|e.encodeLower(x)) << 8
			if got != want[i] {
				t.Fatalf("%s: word %d is %#04x, want %#04x", tt[0], i, got, want[i])
			}
			compared++
		}
		if compared < len(in)*9/10 {
			t.Errorf("%s: only %d of %d words compared", tt[0], compared, len(in))
		}
	}
}

// The decoder's bands, the QMF left out, against configuration 2, in all modes.
func TestDecoderSequences(t *testing.T) {
	dir := corpus(t)
	for _, tt := range []struct {
		code, lower, higher string
		mode                mode
	}{
		{"bt2r1.cod", "bt3l1.rc1", "bt3h1.rc0", mode64},
		{"bt2r1.cod", "bt3l1.rc2", "bt3h1.rc0", mode56},
		{"bt2r1.cod", "bt3l1.rc3", "bt3h1.rc0", mode48},
		{"bt2r2.cod", "bt3l2.rc1", "bt3h2.rc0", mode64},
		{"bt2r2.cod", "bt3l2.rc2", "bt3h2.rc0", mode56},
		{"bt2r2.cod", "bt3l2.rc3", "bt3h2.rc0", mode48},
		{"bt1d3.cod", "bt3l3.rc1", "bt3h3.rc0", mode64},
		{"bt1d3.cod", "bt3l3.rc2", "bt3h3.rc0", mode56},
		{"bt1d3.cod", "bt3l3.rc3", "bt3h3.rc0", mode48},
	} {
		t.Run(tt.lower, func(t *testing.T) {
			in, lower, higher := words(t, dir, tt.code), words(t, dir, tt.lower), words(t, dir, tt.higher)
			if len(in) != len(lower) || len(in) != len(higher) {
				t.Fatalf("%d, %d and %d words", len(in), len(lower), len(higher))
			}
			d, compared := newDecoder(tt.mode), 0
			for i, w := range in {
				if w&resetBit != 0 {
					d = newDecoder(tt.mode)
					continue
				}
				rl := uint16(d.decodeLower(int32(w>>8&0x3F))) << 1
				rh := uint16(d.decodeHigher(int32(w>>14))) << 1
				if rl != lower[i] || rh != higher[i] {
					t.Fatalf("word %d is %#04x and %#04x, want %#04x and %#04x", i, rl, rh, lower[i], higher[i])
				}
				compared++
			}
			if compared < len(in)*9/10 {
				t.Errorf("only %d of %d words compared", compared, len(in))
			}
		})
	}
}

// roundTrip returns a tone's ratio of signal to noise in dB after encoding and
// decoding, the delay of the two filters (22 samples) taken out.
func roundTrip(t *testing.T, hz float64, m mode) float64 {
	t.Helper()
	const frames, frame, delay = 50, 320, 22
	in, out := make([]int16, frames*frame), make([]int16, frames*frame)
	for i := range in {
		in[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/SampleRate))
	}
	e, d := newEncoder(), newDecoder(m)
	for f := range frames {
		payload, err := e.Encode(nil, in[f*frame:][:frame])
		if err != nil || len(payload) != 160 {
			t.Fatal(len(payload), err)
		}
		if n, err := d.Decode(out[f*frame:], payload); n != frame || err != nil {
			t.Fatal(n, err)
		}
	}
	var signal, noise float64
	for i := 2000; i < len(in); i++ {
		s := float64(in[i-delay])
		signal, noise = signal+s*s, noise+(s-float64(out[i]))*(s-float64(out[i]))
	}
	return 10 * math.Log10(signal/noise)
}

func TestRoundTrip(t *testing.T) {
	for _, tt := range []struct {
		hz   float64
		mode mode
		want float64
	}{
		{300, mode64, 55}, {1000, mode64, 44}, {3000, mode64, 38}, {6000, mode64, 24},
		{1000, mode56, 38}, {1000, mode48, 32},
	} {
		got := roundTrip(t, tt.hz, tt.mode)
		if got < tt.want {
			t.Errorf("%v Hz in mode %d: %.1f dB, want %v", tt.hz, tt.mode, got, tt.want)
		}
	}
}

// Codes and sound of a fixed signal, filters included, as they were when the
// test sequences and ffmpeg agreed with them. This holds where the sequences
// are not at hand.
func TestFixedSignal(t *testing.T) {
	in, x := make([]int16, 1920), uint32(1)
	for i := range in {
		x = x*1664525 + 1013904223
		in[i] = int16(x>>16) >> (i / 240) // from full-scale noise to a murmur
	}
	payload, err := newEncoder().Encode(nil, in)
	if err != nil {
		t.Fatal(err)
	}
	for m, want := range map[mode]uint32{mode64: 0x1263563d, mode56: 0xe964e282, mode48: 0xd15c1ea4} {
		out := make([]int16, 1920)
		if _, err := newDecoder(m).Decode(out, payload); err != nil {
			t.Fatal(err)
		}
		sum := crc32.NewIEEE()
		_, _ = sum.Write(payload)
		if err := binary.Write(sum, binary.BigEndian, out); err != nil {
			t.Fatal(err)
		}
		if got := sum.Sum32(); got != want {
			t.Errorf("mode %d: CRC %#08x, want %#08x", m, got, want)
		}
	}
}

// Frames of any even size do the same as one.
func TestPieces(t *testing.T) {
	in := make([]int16, 2000)
	for i := range in {
		in[i] = int16(i * i * 7919)
	}
	whole, err := newEncoder().Encode(nil, in)
	if err != nil {
		t.Fatal(err)
	}
	e, d, dw := newEncoder(), newDecoder(mode64), newDecoder(mode64)
	var pieces []byte
	for rest, size := in, 2; len(rest) > 0; size = size*3%322 + 2 {
		size := min(size, len(rest)) &^ 1
		if pieces, err = e.Encode(pieces, rest[:size]); err != nil {
			t.Fatal(err)
		}
		rest = rest[size:]
	}
	if string(whole) != string(pieces) {
		t.Error("the codes depend on the pieces' sizes")
	}
	want, got, buf := make([]int16, 0, 2000), make([]int16, 0, 2000), make([]int16, 1920)
	for rest := whole; len(rest) > 0; rest = rest[min(len(rest), 500):] {
		n, _ := dw.Decode(buf, rest[:min(len(rest), 500)])
		want = append(want, buf[:n]...)
	}
	for rest := whole; len(rest) > 0; rest = rest[min(len(rest), 37):] {
		n, _ := d.Decode(buf, rest[:min(len(rest), 37)])
		got = append(got, buf[:n]...)
	}
	for i := range want {
		if want[i] != got[i] {
			t.Fatalf("sample %d depends on the pieces' sizes", i)
		}
	}
	if _, err := e.Encode(nil, in[:3]); err == nil {
		t.Error("an odd number of samples is encoded")
	}
}

func TestPayloadLimits(t *testing.T) {
	d := newDecoder(mode64)
	for _, n := range []int{0, 961, 65507} {
		if _, err := d.Decode(make([]int16, 1920), make([]byte, n)); !errors.Is(err, codecs.ErrMalformed) {
			t.Errorf("Decode of %d octets: %v, want ErrMalformed", n, err)
		}
	}
	if n, err := d.Decode(make([]int16, 1920), make([]byte, 960)); n != 1920 || err != nil {
		t.Errorf("Decode of 960 octets = %d, %v", n, err)
	}
}

func TestForeignFormats(t *testing.T) {
	f := codecs.Format{Name: "G722", ClockRate: 16000, Channels: 1}
	if _, err := Codec().NewEncoder(f); !errors.Is(err, codecs.ErrUnsupported) {
		t.Errorf("NewEncoder(%v): %v", f, err)
	}
	if _, err := Codec().NewDecoder(f); !errors.Is(err, codecs.ErrUnsupported) {
		t.Errorf("NewDecoder(%v): %v", f, err)
	}
}

// FuzzDecode feeds whatever: the state never leaves its bounds.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{0xFF, 0x00, 0x20, 0x1F})
	f.Add(make([]byte, 160))
	f.Fuzz(func(t *testing.T, payload []byte) {
		d, out := newDecoder(mode64), make([]int16, 1920)
		n, err := d.Decode(out, payload)
		want, werr := d.Duration(payload)
		if n != want || (err == nil) != (werr == nil) {
			t.Fatalf("Decode = %d, %v; Duration = %d, %v", n, err, want, werr)
		}
		for _, b := range []band{d.lower, d.higher} {
			if b.det <= 0 || b.det > 32767 || b.a2 > 12288 || b.a2 < -12288 {
				t.Fatalf("state out of bounds: %+v", b)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	e, pcm, dst := newEncoder(), make([]int16, 320), make([]byte, 0, 160)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(float64(i)/7))
	}
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = e.Encode(dst[:0], pcm)
	}
}

func BenchmarkDecode(b *testing.B) {
	pcm := make([]int16, 320)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(float64(i)/7))
	}
	payload, _ := newEncoder().Encode(nil, pcm)
	d, out := newDecoder(mode64), make([]int16, 1920)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.Decode(out, payload)
	}
}
