package l24

import (
	"encoding/binary"
	"errors"
	"os"
	"testing"

	"parley/codecs"
	"parley/codecs/internal/voice"

	"github.com/google/go-cmp/cmp"
)

func TestNetworkOrder(t *testing.T) {
	f := codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}
	e, err := Codec().NewEncoder(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Encode([]byte{0xAA}, []int16{0x0102, -2, 32767, -32768})
	want := []byte{0xAA, 1, 2, 0, 0xFF, 0xFE, 0, 0x7F, 0xFF, 0, 0x80, 0, 0}
	if err != nil || !cmp.Equal(got, want) {
		t.Fatalf("Encode = % x, %v; want % x", got, err, want)
	}
	if n := e.(codecs.UnevenEncoder).Samples(); n != 2 {
		t.Errorf("%d samples per channel", n)
	}
	d, err := Codec().NewDecoder(f)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, 4)
	// The lowest octet is cut off.
	n, err := d.Decode(out, []byte{1, 2, 0xff, 0xff, 0xfe, 0x80, 0x7f, 0xff, 1, 0x80, 0, 0})
	if n != 2 || err != nil || !cmp.Equal(out, []int16{0x0102, -2, 32767, -32768}) {
		t.Errorf("Decode = %v (n %d, %v)", out, n, err)
	}
}

// Two tones of 24 bits decode to the same as by ffmpeg 5.1 in 16: both cut off
// the lowest 8.
func TestAgainstFFmpeg(t *testing.T) {
	coded, err := os.ReadFile("testdata/ffmpeg.s24be")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/ffmpeg.s16le")
	if err != nil {
		t.Fatal(err)
	}
	var packets [][]byte
	for ; len(coded) >= 288; coded = coded[288:] { // 1 ms
		packets = append(packets, coded[:288])
	}
	got := voice.Decode(t, Codec(), codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, packets)
	want := make([]int16, len(raw)/2)
	for i := range want {
		want[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	if len(got) != len(want) || len(got) != 960 {
		t.Fatalf("%d samples, not %d", len(got), len(want))
	}
	if snr := voice.SNR(want, got); snr < 200 {
		t.Errorf("SNR %.1f dB of what ffmpeg decodes", snr)
	}
}

func TestAcceptAndDuration(t *testing.T) {
	for _, tt := range []struct {
		rate, channels, octets int
		samples                int // 0: malformed
	}{
		{48000, 2, 288, 48}, // 1 ms (AES67 7.2.1)
		{48000, 8, 144, 6},  // 125 microseconds
		{48000, 64, 1152, 6},
		{96000, 2, 576, 96},
		{44100, 1, 132, 44},
		{11025, 1, 3, 1},
		{48000, 2, 287, 0},
		{48000, 2, 3, 0},
		{48000, 1, 0, 0},
		{8000, 1, 3 * 960, 960},
		{8000, 1, 3 * 961, 0},
	} {
		d, err := Codec().NewDecoder(codecs.Format{Name: "l24", ClockRate: tt.rate, Channels: tt.channels})
		if err != nil {
			t.Fatal(err)
		}
		n, err := d.Decode(make([]int16, tt.rate*120/1000*tt.channels), make([]byte, tt.octets))
		if n != tt.samples || errors.Is(err, codecs.ErrMalformed) != (tt.samples == 0) {
			t.Errorf("%d/%d: %d octets decode to %d, %v; want %d", tt.rate, tt.channels, tt.octets, n, err, tt.samples)
		}
	}
	for _, f := range []codecs.Format{
		{Name: "L24", ClockRate: 48000}, {Name: "L24", ClockRate: 48000, Channels: 65},
		{Name: "L24", ClockRate: 7999, Channels: 1}, {Name: "L24", ClockRate: 384000, Channels: 1},
		{Name: "L16", ClockRate: 48000, Channels: 1},
	} {
		if Codec().Accept(f) {
			t.Errorf("%v is accepted", f)
		}
		if _, err := Codec().NewEncoder(f); !errors.Is(err, codecs.ErrUnsupported) {
			t.Errorf("NewEncoder(%v): %v", f, err)
		}
	}
}
