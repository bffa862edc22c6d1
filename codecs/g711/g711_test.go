package g711

import (
	"errors"
	"math"
	"testing"

	"parley/codecs"
)

func pair(t testing.TB, c codecs.Codec) (codecs.Encoder, codecs.Decoder) {
	t.Helper()
	e, err := c.NewEncoder(c.Formats[0])
	if err != nil {
		t.Fatal(err)
	}
	d, err := c.NewDecoder(c.Formats[0])
	if err != nil {
		t.Fatal(err)
	}
	return e, d
}

// The samples and codes that G.711's tables state: both zeros, the decision
// values of the first and last segments, and overload.
func TestKnownCodes(t *testing.T) {
	tests := []struct {
		name    string
		codec   codecs.Codec
		sample  int16
		code    byte
		decoded int16
	}{
		{"mu +0", MuLaw(), 0, 0xFF, 0},
		{"mu -0", MuLaw(), -1, 0x7F, 0},
		{"mu first step", MuLaw(), 4, 0xFE, 8},
		{"mu end of segment 1", MuLaw(), 31 * 4, 0xEF, 132},
		{"mu last step", MuLaw(), 7903 * 4, 0x80, 32124},
		{"mu overload +", MuLaw(), math.MaxInt16, 0x80, 32124},
		{"mu overload -", MuLaw(), math.MinInt16, 0x00, -32124},
		{"a +0", ALaw(), 0, 0xD5, 8},
		{"a -0", ALaw(), -1, 0x55, -8},
		{"a second step", ALaw(), 16, 0xD4, 24},
		{"a segment 2", ALaw(), 32 * 16, 0xF5, 528},
		{"a last step", ALaw(), 3968 * 8, 0xAA, 32256},
		{"a overload +", ALaw(), math.MaxInt16, 0xAA, 32256},
		{"a overload -", ALaw(), math.MinInt16, 0x2A, -32256},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, d := pair(t, tt.codec)
			got, err := e.Encode(nil, []int16{tt.sample})
			if err != nil || len(got) != 1 || got[0] != tt.code {
				t.Errorf("Encode(%d) = %#02x, %v; want %#02x", tt.sample, got, err, tt.code)
			}
			var pcm [960]int16
			if n, err := d.Decode(pcm[:], []byte{tt.code}); n != 1 || err != nil || pcm[0] != tt.decoded {
				t.Errorf("Decode(%#02x) = %d (n %d, %v); want %d", tt.code, pcm[0], n, err, tt.decoded)
			}
		})
	}
}

// Every code stands for itself: decoding and encoding again changes nothing,
// but for mu-law's negative zero, whose value is that of the positive one.
func TestCodesAreStable(t *testing.T) {
	for _, c := range []codecs.Codec{MuLaw(), ALaw()} {
		e, d := pair(t, c)
		for code := range 256 {
			var pcm [960]int16
			if _, err := d.Decode(pcm[:], []byte{byte(code)}); err != nil {
				t.Fatal(err)
			}
			got, _ := e.Encode(nil, pcm[:1])
			if want := byte(code); got[0] != want && (!c.Formats[0].Is("PCMU") || want != 0x7F) {
				t.Errorf("%v: code %#02x -> %d -> %#02x", c.Formats[0], want, pcm[0], got[0])
			}
		}
	}
}

// A sine of -10 dBm0 or so comes back with the 33 dB or more that G.712 asks
// of a pair of converters.
func TestSineToNoise(t *testing.T) {
	for _, c := range []codecs.Codec{MuLaw(), ALaw()} {
		e, d := pair(t, c)
		var signal, noise float64
		in, out := make([]int16, 160), make([]int16, 960)
		for frame := range 50 {
			for i := range in {
				in[i] = int16(10000 * math.Sin(2*math.Pi*1020*float64(frame*160+i)/SampleRate))
			}
			payload, _ := e.Encode(nil, in)
			if n, err := d.Decode(out, payload); n != 160 || err != nil {
				t.Fatal(n, err)
			}
			for i, s := range in {
				signal += float64(s) * float64(s)
				noise += (float64(s) - float64(out[i])) * (float64(s) - float64(out[i]))
			}
		}
		if snr := 10 * math.Log10(signal/noise); snr < 36 {
			t.Errorf("%v: %.1f dB, want 36", c.Formats[0], snr)
		}
	}
}

func TestPayloadLimits(t *testing.T) {
	_, d := pair(t, MuLaw())
	out := make([]int16, 960)
	for _, n := range []int{0, 961, 65507} {
		if _, err := d.Decode(out, make([]byte, n)); !errors.Is(err, codecs.ErrMalformed) {
			t.Errorf("Decode of %d octets: %v, want ErrMalformed", n, err)
		}
	}
	if n, err := d.Decode(out, make([]byte, 960)); n != 960 || err != nil {
		t.Errorf("Decode of 960 octets = %d, %v", n, err)
	}
}

func TestForeignFormats(t *testing.T) {
	for _, f := range []codecs.Format{
		{Name: "PCMU", ClockRate: 16000, Channels: 1},
		{Name: "PCMU", ClockRate: 8000, Channels: 2},
		{Name: "PCMA", ClockRate: 8000, Channels: 1},
	} {
		if _, err := MuLaw().NewEncoder(f); !errors.Is(err, codecs.ErrUnsupported) {
			t.Errorf("NewEncoder(%v): %v, want ErrUnsupported", f, err)
		}
		if _, err := MuLaw().NewDecoder(f); !errors.Is(err, codecs.ErrUnsupported) {
			t.Errorf("NewDecoder(%v): %v, want ErrUnsupported", f, err)
		}
	}
	if !MuLaw().Accept(codecs.Format{Name: "pcmu", ClockRate: 8000, Channels: 1}) {
		t.Error("the name in lower case is not accepted")
	}
}

func BenchmarkEncode(b *testing.B) {
	e, _ := pair(b, MuLaw())
	pcm, dst := make([]int16, 160), make([]byte, 0, 160)
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = e.Encode(dst[:0], pcm)
	}
}

func BenchmarkDecode(b *testing.B) {
	_, d := pair(b, MuLaw())
	payload, dst := make([]byte, 160), make([]int16, 960)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.Decode(dst, payload)
	}
}
