package gsm

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"testing"

	"parley/codecs"
	"parley/codecs/internal/voice"
)

// recorded is what libgsm makes of voice.Samples(4000), and the SHA-256
// of what it, and ffmpeg 5.1's own decoder, make of that again.
func recorded(t testing.TB) (frames []byte, decoded string) {
	t.Helper()
	b, err := os.ReadFile("testdata/libgsm.gsm")
	if err != nil {
		t.Fatal(err)
	}
	return b, "d621472a2e738e3f485015420a54764b9d44113120f6fded704bf123efb6607d"
}

// The standard's arithmetic leaves no choice: both directions are the same to
// the bit.
func TestBitExact(t *testing.T) {
	want, sum := recorded(t)
	packets, decoded := voice.Code(t, Codec(), format, voice.Samples(4000))
	if got := bytes.Join(packets, nil); !bytes.Equal(got, want) {
		t.Errorf("encoded otherwise than by libgsm")
	}
	got := sha256.Sum256(voice.Bytes(decoded))
	if hex.EncodeToString(got[:]) != sum {
		t.Errorf("decoded otherwise than by libgsm and ffmpeg: %x", got)
	}
}

// extremes are what speech seldom is: noise, squares and single pulses of each
// amplitude up to full scale, and silence between.
func extremes() (pcm []int16) {
	random := uint32(1)
	for bit := range 16 {
		top := int16(1<<bit - 1)
		for kind := range 5 {
			for i := range 4 * FrameSamples {
				random = random*1664525 + 1013904223
				v := int16(0)
				switch {
				case kind == 0:
					v = int16(random>>16) >> (15 - bit)
				case kind == 1 && i&1 == 0, kind == 2 && i/20&1 == 0, kind == 3 && i%97 == 0:
					v = top
				case kind == 1, kind == 2:
					v = -1 - top
				}
				pcm = append(pcm, v)
			}
		}
	}
	return pcm
}

// The same for sounds that bring each branch and each saturation about: the sums
// are those of what libgsm makes of them.
func TestExtremes(t *testing.T) {
	packets, decoded := voice.Code(t, Codec(), format, extremes())
	coded := sha256.Sum256(bytes.Join(packets, nil))
	back := sha256.Sum256(voice.Bytes(decoded))
	if got := hex.EncodeToString(coded[:8]); got != "e8f4b85b8984760a" {
		t.Errorf("encoded to %s", got)
	}
	if got := hex.EncodeToString(back[:8]); got != "2d7b7a6171d2a434" {
		t.Errorf("decoded to %s", got)
	}
}

func TestFramesOfAPacket(t *testing.T) {
	b, _ := recorded(t)
	one := voice.Decode(t, Codec(), format, [][]byte{b[:33], b[33:66], b[66:99]})
	all := voice.Decode(t, Codec(), format, [][]byte{b[:99]})
	if !bytes.Equal(voice.Bytes(one), voice.Bytes(all)) {
		t.Error("three frames in one packet decode otherwise than in three")
	}
}

func TestMalformed(t *testing.T) {
	d := newDecoder()
	good, _ := recorded(t)
	dst := make([]int16, 960)
	for name, p := range map[string][]byte{
		"nothing":       {},
		"cut off":       good[:32],
		"too long":      good[:33*7],
		"no signature":  make([]byte, 33),
		"no second one": append(bytes.Clone(good[:33]), make([]byte, 33)...),
		"one too many":  good[:34],
	} {
		if n, err := d.Decode(dst, p); n != 0 || !errors.Is(err, codecs.ErrMalformed) {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	if _, err := new(encoder).Encode(nil, make([]int16, 159)); !errors.Is(err, codecs.ErrUnsupported) {
		t.Errorf("159 samples: %v", err)
	}
}

func TestAccept(t *testing.T) {
	for f, want := range map[codecs.Format]bool{
		{Name: "gsm", ClockRate: 8000, Channels: 1}:     true,
		{Name: "GSM", ClockRate: 16000, Channels: 1}:    false,
		{Name: "GSM", ClockRate: 8000, Channels: 2}:     false,
		{Name: "GSM-EFR", ClockRate: 8000, Channels: 1}: false,
	} {
		if Codec().Accept(f) != want {
			t.Errorf("%v: not %v", f, want)
		}
	}
}

// FuzzDecode: any bits behind a signature are sound.
func FuzzDecode(f *testing.F) {
	b, _ := recorded(f)
	f.Add(b[:66])
	f.Add(bytes.Repeat([]byte{0xdf}, 33))
	f.Fuzz(func(t *testing.T, payload []byte) {
		d := newDecoder()
		n, err := d.Decode(make([]int16, 960), payload)
		if (err == nil) != (n > 0) || err != nil && !errors.Is(err, codecs.ErrMalformed) {
			t.Fatalf("%d, %v", n, err)
		}
		if err != nil {
			return
		}
		// What was read is written the same.
		var p parameters
		p.read((*[FrameSize]byte)(payload))
		if got := p.append(nil); !bytes.Equal(got, payload[:FrameSize]) {
			t.Fatalf("% x, was % x", got, payload[:FrameSize])
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	e, pcm, dst := new(encoder), voice.Samples(160), make([]byte, 0, 33)
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = e.Encode(dst[:0], pcm)
	}
}

func BenchmarkDecode(b *testing.B) {
	p, _ := recorded(b)
	d, dst := newDecoder(), make([]int16, 160)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.Decode(dst, p[:33])
	}
}
