package jpeg

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"parley/codecs"

	"github.com/google/go-cmp/cmp"
)

var key = codecs.PayloadInfo{FrameStart: true, Keyframe: true}

func TestInspect(t *testing.T) {
	for name, tt := range map[string]struct {
		payload []byte
		want    codecs.PayloadInfo
	}{
		"tables by their quality":       {[]byte{0, 0, 0, 0, 1, 80, 22, 18, 0xaa}, key},
		"tables":                        {[]byte{0, 0, 0, 0, 1, 255, 22, 18, 0, 0, 0, 2, 1, 2, 0xaa}, key},
		"tables as they were":           {[]byte{0, 0, 0, 0, 1, 200, 22, 18, 0, 0, 0, 0, 0xaa}, codecs.PayloadInfo{FrameStart: true}},
		"restart markers":               {[]byte{0, 0, 0, 0, 65, 80, 22, 18, 0, 1, 0xff, 0xff, 0xaa}, key},
		"restart markers and tables":    {[]byte{0, 0, 0, 0, 64, 128, 22, 18, 0, 1, 0xff, 0xff, 0, 0, 0, 1, 9, 0xaa}, key},
		"a type of its own, without":    {[]byte{0, 0, 0, 0, 128, 80, 22, 18, 0xaa}, key},
		"a later fragment":              {[]byte{0, 0, 4, 0, 1, 80, 22, 18, 0xaa}, codecs.PayloadInfo{}},
		"a later fragment, tables":      {[]byte{0, 0, 4, 0, 1, 255, 22, 18, 0xaa}, codecs.PayloadInfo{}},
		"no picture behind the headers": {[]byte{0, 0, 0, 0, 1, 80, 22, 18}, codecs.PayloadInfo{}},
		"tables cut off":                {[]byte{0, 0, 0, 0, 1, 255, 22, 18, 0, 0, 0, 128, 1}, codecs.PayloadInfo{}},
		"quality 0":                     {[]byte{0, 0, 0, 0, 1, 0, 22, 18, 0xaa}, codecs.PayloadInfo{}},
		"nothing":                       {nil, codecs.PayloadInfo{}},
	} {
		if got := Inspect(tt.payload); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

func TestHeader(t *testing.T) {
	var h Header
	n, err := h.Unmarshal([]byte{1, 0, 0, 0, 64, 255, 22, 18, 0, 7, 0xff, 0xff, 0, 0, 0, 3, 4, 5, 6, 9})
	want := Header{
		TypeSpecific: 1, Type: 64, Q: 255, Width: 176, Height: 144, RestartInterval: 7, Tables: []byte{4, 5, 6},
	}
	if diff := cmp.Diff(want, h); diff != "" || n != 19 || err != nil {
		t.Errorf("%d, %v, %s", n, err, diff)
	}
}

// packets reads RTP packets, framed as in RFC 4571.
func packets(t testing.TB, file string) (out [][]byte) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		n := int(binary.BigEndian.Uint16(b))
		out = append(out, b[2:2+n])
		b = b[2+n:]
	}
	return out
}

// Three pictures of ffmpeg 5.1 and GStreamer 1.22: each begins once, and ends
// with the marker.
func TestRecorded(t *testing.T) {
	for _, file := range []string{"ffmpeg.rtp", "gstreamer.rtp"} {
		starts, ends, begin := 0, 0, true
		for i, p := range packets(t, file) {
			info := Inspect(p[12:])
			if want := (codecs.PayloadInfo{FrameStart: begin, Keyframe: begin}); info != want {
				t.Errorf("%s: packet %d: %+v, want %+v", file, i, info, want)
			}
			if begin {
				starts++
			}
			if begin = p[1]&0x80 != 0; begin {
				ends++
			}
			var h Header
			if _, err := h.Unmarshal(p[12:]); err != nil || h.Width != 176 || h.Height != 144 {
				t.Errorf("%s: packet %d: %+v, %v", file, i, h, err)
			}
		}
		if starts != 3 || ends != 3 {
			t.Errorf("%s: %d pictures begin, %d end", file, starts, ends)
		}
	}
}

func FuzzInspect(f *testing.F) {
	for _, file := range []string{"ffmpeg.rtp", "gstreamer.rtp"} {
		for _, p := range packets(f, file) {
			f.Add(p[12:])
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		var h Header
		n, err := h.Unmarshal(payload)
		if err != nil && !errors.Is(err, codecs.ErrMalformed) || n > len(payload) {
			t.Fatalf("%d of %d, %v", n, len(payload), err)
		}
		if info := Inspect(payload); info.Keyframe && !info.FrameStart || info.FrameStart && h.Offset != 0 {
			t.Fatalf("%+v, %+v", info, h)
		}
	})
}
