package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

// file composes a file of one format chunk and one of sound, whose size is told
// as size; below 0: as it is.
func file(format uint16, channels, rate, bits int, size int64, sound []byte) []byte {
	le := binary.LittleEndian
	b := []byte("RIFF\xff\xff\xff\xffWAVELIST\x03\x00\x00\x00abc\x00fmt ")
	align := channels * ((bits + 7) / 8)
	b = le.AppendUint32(b, 18)
	b = le.AppendUint16(le.AppendUint16(b, format), uint16(channels))
	b = le.AppendUint32(le.AppendUint32(b, uint32(rate)), uint32(rate*align))
	b = le.AppendUint16(le.AppendUint16(b, uint16(align)), uint16(bits))
	b = le.AppendUint16(b, 0)
	if size < 0 {
		size = int64(len(sound))
	}
	b = le.AppendUint32(append(b, "data"...), uint32(size))
	return append(b, sound...)
}

// extended composes a file whose format chunk is of size bytes, and tells format in
// its subformat (WAVE_FORMAT_EXTENSIBLE).
func extended(format uint16, bits, size int, sound []byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF\xff\xff\xff\xffWAVEfmt "), uint32(size))
	b = le.AppendUint16(le.AppendUint16(b, formatExtensible), 1)
	b = le.AppendUint32(le.AppendUint32(b, 48000), uint32(48000*bits/8))
	b = le.AppendUint16(le.AppendUint16(b, uint16(bits/8)), uint16(bits))
	b = le.AppendUint32(le.AppendUint16(le.AppendUint16(b, 22), uint16(bits)), 0)
	b = append(le.AppendUint16(b, format), make([]byte, 64)...)[:20+size+size&1]
	return append(le.AppendUint32(append(b, "data"...), uint32(len(sound))), sound...)
}

func float32s(v ...float32) (b []byte) {
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func readAll(t testing.TB, raw []byte) ([]int16, error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	var out []int16
	block := make([]int16, 700)
	for {
		n, err := r.Read(block)
		out = append(out, block[:n]...)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}

func TestReadsEachFormatAsMono(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		want []int16
	}{
		"16 bits":            {file(formatPCM, 1, 48000, 16, -1, []byte{1, 0, 0xff, 0xff}), []int16{1, -1}},
		"stereo":             {file(formatPCM, 2, 44100, 16, -1, []byte{100, 0, 50, 0, 0, 0x80, 0xff, 0x7f}), []int16{75, 0}},
		"8 bits":             {file(formatPCM, 1, 8000, 8, -1, []byte{0, 128, 255}), []int16{-32768, 0, 127 << 8}},
		"24 bits":            {file(formatPCM, 1, 96000, 24, -1, []byte{9, 0x34, 0x12, 0, 0, 0x80}), []int16{0x1234, -32768}},
		"32 bits":            {file(formatPCM, 1, 48000, 32, -1, []byte{0, 0, 0x34, 0x12}), []int16{0x1234}},
		"float":              {file(formatFloat, 1, 48000, 32, -1, float32s(0, 1, -1, 2, float32(math.NaN()))), []int16{0, 32767, -32768, 32767, -32768}},
		"double":             {file(formatFloat, 1, 48000, 64, -1, binary.LittleEndian.AppendUint64(nil, math.Float64bits(-0.5))), []int16{-16384}},
		"extensible":         {extended(formatPCM, 24, 40, []byte{9, 0x34, 0x12}), []int16{0x1234}},
		"extensible float":   {extended(formatFloat, 32, 40, float32s(1)), []int16{32767}},
		"shortest extension": {extended(formatPCM, 16, 26, []byte{1, 0}), []int16{1}},
		"odd extension":      {extended(formatPCM, 16, 43, []byte{1, 0}), []int16{1}},
		"64 channels":        {file(formatPCM, 64, 8000, 8, -1, bytes.Repeat([]byte{255}, 64)), []int16{127 << 8}},
		"no size":            {file(formatPCM, 1, 48000, 16, 0, []byte{1, 0, 2, 0}), []int16{1, 2}},
		"open with a header": {file(formatPCM, 1, 48000, 16, math.MaxUint32-headerSize, []byte{1, 0, 2, 0}), []int16{1, 2}},
		"mu-law":             {file(formatMuLaw, 1, 8000, 8, -1, []byte{0xff, 0x80}), []int16{0, 32124}},
		"A-law":              {file(formatALaw, 1, 8000, 8, -1, []byte{0xd5}), []int16{8}},
		"open end":           {file(formatPCM, 1, 48000, 16, math.MaxUint32, []byte{1, 0, 2, 0}), []int16{1, 2}},
		"cut off":            {file(formatPCM, 1, 48000, 16, 4000, []byte{1, 0, 2}), []int16{1}},
		"more than sound is": {append(file(formatPCM, 1, 48000, 16, 2, []byte{1, 0}), "LIST"...), []int16{1}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(t, c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRefusesWhatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"empty":              {nil, codecs.ErrMalformed},
		"no file of sound":   {bytes.Repeat([]byte("OggS"), 10), codecs.ErrMalformed},
		"no sound":           {file(formatPCM, 1, 8000, 16, 0, nil)[:50], codecs.ErrMalformed},
		"no channels":        {file(formatPCM, 0, 8000, 16, -1, nil), codecs.ErrMalformed},
		"wrong block":        {file(formatPCM, 65535, 8000, 16, -1, nil), codecs.ErrMalformed},
		"no sound file":      {append([]byte("RIFF....AVI "), file(formatPCM, 1, 8000, 16, -1, nil)[12:]...), codecs.ErrMalformed},
		"no RIFF":            {append([]byte("RIFX"), file(formatPCM, 1, 8000, 16, -1, nil)[4:]...), codecs.ErrMalformed},
		"65 channels":        {file(formatPCM, 65, 8000, 8, -1, make([]byte, 65)), codecs.ErrMalformed},
		"float of 16 bits":   {file(formatFloat, 1, 8000, 16, -1, make([]byte, 2)), codecs.ErrUnsupported},
		"short extension":    {extended(formatPCM, 16, 24, []byte{1, 0}), codecs.ErrMalformed},
		"GSM":                {file(0x31, 1, 8000, 8, -1, nil), codecs.ErrUnsupported},
		"too slow":           {file(formatPCM, 1, 4000, 16, -1, nil), codecs.ErrUnsupported},
		"a very large chunk": {[]byte("RIFF....WAVEjunk\xff\xff\xff\xff"), codecs.ErrMalformed},
		"too large":          {[]byte("RF64\xff\xff\xff\xffWAVE"), codecs.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := readAll(t, c.raw); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestWritesWhatItReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(f, 48000)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]int16, 3000)
	for i := range want {
		want[i] = int16(11 * i)
	}
	if err := errors.Join(w.Write(want[:1000]), w.Skip(500), w.Write(want[1500:])); err != nil {
		t.Fatal(err)
	}
	clear(want[1000:1500])
	open, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(t, open); err != nil || !cmp.Equal(want, got) {
		t.Errorf("a file that was not closed is read as %d samples, %v", len(got), err)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	closed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(t, closed); err != nil || !cmp.Equal(want, got) || w.Samples() != 3000 {
		t.Errorf("the file is read as %d samples, %v", len(got), err)
	}
	if size := binary.LittleEndian.Uint32(closed[4:]); int(size) != len(closed)-8 {
		t.Errorf("the file says that it is %d bytes long, and is %d", size+8, len(closed))
	}
}

// A file that is too large for its header is read to its end.
func TestHeaderOfALargeFile(t *testing.T) {
	b := new(Writer).header(5 << 30)
	riff, data := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[headerSize-4:])
	if riff != math.MaxUint32-8 || data != math.MaxUint32-headerSize {
		t.Errorf("it says %d and %d", riff, data)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(file(formatPCM, 2, 44100, 24, -1, make([]byte, 600)))
	f.Add(file(formatFloat, 1, 8000, 64, -1, make([]byte, 160)))
	f.Add(extended(formatPCM, 24, 40, make([]byte, 30)))
	f.Add(file(formatMuLaw, 3, 16000, 8, 0, make([]byte, 33)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readAll(t, raw)
		if err != nil && !errors.Is(err, codecs.ErrMalformed) && !errors.Is(err, codecs.ErrUnsupported) {
			t.Errorf("neither malformed nor unsupported: %v", err)
		}
		if len(got) > len(raw) {
			t.Errorf("%d samples out of %d bytes", len(got), len(raw))
		}
	})
}
