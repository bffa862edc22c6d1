package dvi4

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"testing"

	"parley/codecs"
	"parley/codecs/internal/voice"
)

var narrow = codecs.Format{Name: "DVI4", ClockRate: 8000, Channels: 1}

// The packets of 4000 samples, their header and halves of octets put in the
// order of a WAV file, are decoded to the same by SoX 14.4.2.
func TestRoundTrip(t *testing.T) {
	pcm := voice.Samples(4000)
	packets, decoded := voice.Code(t, Codec(), narrow, pcm)
	sum := sha256.Sum256(voice.Bytes(decoded))
	if got := hex.EncodeToString(sum[:]); got != "baf6b1906daaf32e24505264c6918c2a3413661328d6a69496e4a01a725ab4a8" {
		t.Errorf("decoded otherwise than by SoX: %s", got)
	}
	if snr := voice.SNR(pcm, decoded); snr < 17 {
		t.Errorf("SNR %.1f dB", snr)
	}
	// Each packet stands for itself.
	alone := voice.Decode(t, Codec(), narrow, packets[10:11])
	for i, v := range alone {
		if v != decoded[1600+i] {
			t.Fatalf("packet 10 alone differs at %d", i)
		}
	}
}

// What ffmpeg 5.1 encoded, as blocks of a WAV file, decodes to nearly what it
// makes of that: it multiplies where the standard shifts.
func TestAgainstFFmpeg(t *testing.T) {
	coded, err := os.ReadFile("testdata/ffmpeg.ima")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/ffmpeg.s16")
	if err != nil {
		t.Fatal(err)
	}
	const block, samples = 128, 249 // of which the first is the header's
	var packets [][]byte
	var want []int16
	for ; len(coded) >= block; coded, raw = coded[block:], raw[2*samples:] {
		p := []byte{coded[1], coded[0], coded[2], 0}
		for _, b := range coded[headerSize:block] {
			p = append(p, b<<4|b>>4)
		}
		packets = append(packets, p)
		for i := 1; i < samples; i++ {
			want = append(want, int16(binary.LittleEndian.Uint16(raw[2*i:])))
		}
	}
	got := voice.Decode(t, Codec(), codecs.Format{Name: "DVI4", ClockRate: 11025, Channels: 1}, packets)
	if len(got) != 16*(samples-1) {
		t.Fatalf("%d samples", len(got))
	}
	snr := voice.SNR(want, got)
	t.Logf("SNR %.1f dB", snr)
	if snr < 60 {
		t.Errorf("SNR %.1f dB of what ffmpeg decodes", snr)
	}
}

// 20 ms of 22.05 kHz are 441 samples, but packets have an even number: no sample
// is lost or doubled.
func TestOddFrames(t *testing.T) {
	f := narrow
	f.ClockRate = 22050
	e, err := Codec().NewEncoder(f)
	if err != nil {
		t.Fatal(err)
	}
	pcm := voice.Samples(441 * 4)
	var packets [][]byte
	for i, want := range []int{440, 442, 440, 442} {
		p, err := e.Encode(nil, pcm[441*i:][:441])
		if got := e.(codecs.UnevenEncoder).Samples(); got != want || err != nil {
			t.Errorf("packet %d: %d samples, %v; want %d", i, got, err, want)
		}
		packets = append(packets, p)
	}
	decoded := voice.Decode(t, Codec(), f, packets)
	if len(decoded) != len(pcm) || voice.SNR(pcm, decoded) < 15 {
		t.Errorf("%d samples, SNR %.1f dB", len(decoded), voice.SNR(pcm[:len(decoded)], decoded))
	}
}

func TestMalformed(t *testing.T) {
	d := &decoder{rate: 8000}
	dst := make([]int16, 960)
	for name, tt := range map[string]struct {
		payload []byte
		samples int // 0: malformed
	}{
		"nothing":          {nil, 0},
		"a header":         {make([]byte, 4), 0},
		"two samples":      {make([]byte, 5), 2},
		"120 ms":           {make([]byte, 484), 960},
		"more":             {make([]byte, 485), 0},
		"the last step":    {[]byte{0, 0, 88, 0, 0}, 2},
		"a step behind it": {[]byte{0, 0, 89, 0, 0}, 0},
	} {
		n, err := d.Decode(dst, tt.payload)
		if n != tt.samples || errors.Is(err, codecs.ErrMalformed) != (tt.samples == 0) {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x7f, 0xff, 88, 0, 0x77, 0x77})
	f.Add([]byte{0x80, 0x00, 88, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, payload []byte) {
		d := &decoder{rate: 8000}
		n, err := d.Decode(make([]int16, 960), payload)
		if err == nil && n != 2*(len(payload)-4) || err != nil && (n != 0 || !errors.Is(err, codecs.ErrMalformed)) {
			t.Fatalf("%d, %v", n, err)
		}
	})
}
