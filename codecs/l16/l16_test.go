package l16

import (
	"errors"
	"testing"

	"parley/codecs"

	"github.com/google/go-cmp/cmp"
)

func TestNetworkOrder(t *testing.T) {
	f := codecs.Format{Name: "L16", ClockRate: 8000, Channels: 2}
	e, err := Codec().NewEncoder(f)
	if err != nil {
		t.Fatal(err)
	}
	if e.SampleRate() != 8000 || e.Channels() != 2 {
		t.Errorf("encoder is %d/%d", e.SampleRate(), e.Channels())
	}
	pcm := []int16{0x0102, -2, 32767, -32768, 1, -1}
	got, err := e.Encode([]byte{0xAA}, pcm)
	want := []byte{0xAA, 1, 2, 0xFF, 0xFE, 0x7F, 0xFF, 0x80, 0, 0, 1, 0xFF, 0xFF}
	if err != nil || !cmp.Equal(got, want) {
		t.Fatalf("Encode = % x, %v; want % x", got, err, want)
	}
	d, err := Codec().NewDecoder(f)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, 960*2)
	n, err := d.Decode(out, want[1:])
	if n != 3 || err != nil || !cmp.Equal(out[:6], pcm) {
		t.Errorf("Decode = %v (n %d, %v); want %v", out[:6], n, err, pcm)
	}
}

func TestPayloadLimits(t *testing.T) {
	tests := []struct {
		rate, channels, octets int
		samples                int // 0: malformed
	}{
		{8000, 1, 0, 0},
		{8000, 1, 1, 0},
		{8000, 1, 320, 160},
		{8000, 1, 1920, 960},
		{8000, 1, 1922, 0},
		{8000, 2, 322, 0},
		{8000, 2, 3840, 960},
		{8000, 2, 3844, 0},
		{44100, 1, 1764, 882},
		{48000, 1, 11520, 5760},
		{48000, 1, 65506, 0},
	}
	for _, tt := range tests {
		d, err := Codec().NewDecoder(codecs.Format{Name: "L16", ClockRate: tt.rate, Channels: tt.channels})
		if err != nil {
			t.Fatal(err)
		}
		out := make([]int16, tt.rate*120/1000*tt.channels)
		n, err := d.Decode(out, make([]byte, tt.octets))
		if n != tt.samples || errors.Is(err, codecs.ErrMalformed) != (tt.samples == 0) {
			t.Errorf("%d/%d: %d octets decode to %d, %v; want %d", tt.rate, tt.channels, tt.octets, n, err, tt.samples)
		}
	}
}

func TestAccept(t *testing.T) {
	for f, want := range map[codecs.Format]bool{
		{Name: "L16", ClockRate: 44100, Channels: 1}:  true,
		{Name: "l16", ClockRate: 22050, Channels: 2}:  true,
		{Name: "L16", ClockRate: 8000, Channels: 1}:   true,
		{Name: "L16", ClockRate: 7999, Channels: 1}:   false,
		{Name: "L16", ClockRate: 11025, Channels: 1}:  true,
		{Name: "L16", ClockRate: 47999, Channels: 1}:  false,
		{Name: "L16", ClockRate: 96000, Channels: 1}:  true,
		{Name: "L16", ClockRate: 48000, Channels: 3}:  true,
		{Name: "L16", ClockRate: 48000, Channels: 65}: false,
		{Name: "L16", ClockRate: 384000, Channels: 1}: false,
		{Name: "L16", ClockRate: 48000, Channels: 0}:  false,
		{Name: "L24", ClockRate: 48000, Channels: 1}:  false,
	} {
		if got := Codec().Accept(f); got != want {
			t.Errorf("Accept(%v) = %v", f, got)
		}
		if _, err := Codec().NewEncoder(f); errors.Is(err, codecs.ErrUnsupported) == want {
			t.Errorf("NewEncoder(%v): %v", f, err)
		}
	}
}

func BenchmarkEncode48k(b *testing.B) {
	e, _ := Codec().NewEncoder(codecs.Format{Name: "L16", ClockRate: 48000, Channels: 1})
	pcm, dst := make([]int16, 960), make([]byte, 0, 1920)
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = e.Encode(dst[:0], pcm)
	}
}

func BenchmarkDecode48k(b *testing.B) {
	d, _ := Codec().NewDecoder(codecs.Format{Name: "L16", ClockRate: 48000, Channels: 1})
	payload, dst := make([]byte, 1920), make([]int16, 5760)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.Decode(dst, payload)
	}
}
