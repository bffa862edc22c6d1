package h263

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

// code makes octets of bits written as text.
func code(bits ...string) (out []byte) {
	text := strings.ReplaceAll(strings.Join(bits, ""), " ", "")
	for i, c := range text {
		if i%8 == 0 {
			out = append(out, 0)
		}
		if c == '1' {
			out[i/8] |= 0x80 >> (i % 8)
		}
	}
	return out
}

const (
	zeros = "00000000 00000000"
	psc   = "1 00000 00000111" // behind the zeros, with TR
	ptype = "10 000 "          // up to the size

	intraCIF  = psc + ptype + "011 0 0000 01000 0 0 1111"
	interQCIF = psc + ptype + "010 1 0000 01000 0 0 1111"
	plus      = psc + ptype + "111 "
	full      = "001 "
	opptype   = "010 00000000000 1000 " // QCIF
)

var (
	start = codecs.PayloadInfo{FrameStart: true}
	key   = codecs.PayloadInfo{FrameStart: true, Keyframe: true}
)

// The picture header is the same in both payload formats.
func TestPictureHeader(t *testing.T) {
	tests := []struct {
		name string
		bits string
		want codecs.PayloadInfo
		size Size
	}{
		{"INTRA", intraCIF, key, SizeCIF},
		{"INTER", interQCIF, start, SizeQCIF},
		{"PLUSPTYPE, I", plus + full + opptype + "000 000 001 1111", key, SizeQCIF},
		{"PLUSPTYPE, P", plus + full + opptype + "001 000 001 1111", start, SizeQCIF},
		{"PLUSPTYPE, improved PB", plus + full + opptype + "010 000 001 1111", start, SizeQCIF},
		{"PLUSPTYPE, B", plus + full + opptype + "011 000 001 1111", codecs.PayloadInfo{FrameStart: true, Discardable: true}, SizeQCIF},
		{"PLUSPTYPE, EI", plus + full + opptype + "100 000 001 1111", start, SizeQCIF},
		{"PLUSPTYPE, custom size", plus + full + "110 00000000000 1000 000 000 001 1111", key, SizeCustom},
		{"PLUSPTYPE, not repeated", plus + "000 000 000 001 1111", key, SizeUnknown},
		{"PLUSPTYPE, not repeated, P", plus + "000 001 000 001 1111", start, SizeUnknown},
		{"PLUSPTYPE, reserved UFEP", plus + "010 " + opptype + "000 000 001", codecs.PayloadInfo{}, 0},
		{"PLUSPTYPE, reserved size", plus + full + "111 00000000000 1000 000 000 001", codecs.PayloadInfo{}, 0},
		{"PLUSPTYPE, no marker", plus + full + "010 00000000000 0000 000 000 001", codecs.PayloadInfo{}, 0},
		{"forbidden size", psc + ptype + "000 0 0000", codecs.PayloadInfo{}, 0},
		{"reserved size", psc + ptype + "110 0 0000", codecs.PayloadInfo{}, 0},
		{"PTYPE of H.261", psc + "00 000 011 0 0000", codecs.PayloadInfo{}, 0},
		{"a GOB", "1 00101 01 01000", codecs.PayloadInfo{}, 0},
		{"an end of sequence", "1 11111 00", codecs.PayloadInfo{}, 0},
		{"no start code", "0 00000 00000111 10 000 011 0 0000", codecs.PayloadInfo{}, 0},
		{"cut off", psc + ptype, codecs.PayloadInfo{}, 0},
		{"PLUSPTYPE, cut off", plus + full + opptype[:8], codecs.PayloadInfo{}, 0},
	}
	for _, tt := range tests {
		rfc2190 := append([]byte{0, 0, 0, 0}, code(zeros, tt.bits)...)
		rfc4629 := append([]byte{0x04, 0}, code(tt.bits)...)
		if got := Codec().Inspect(rfc2190); got != tt.want {
			t.Errorf("%s, RFC 2190: %+v, want %+v", tt.name, got, tt.want)
		}
		if got := Plus().Inspect(rfc4629); got != tt.want {
			t.Errorf("%s, RFC 4629: %+v, want %+v", tt.name, got, tt.want)
		}
		p, _ := Picture2190(rfc2190)
		if q, _ := Picture4629(rfc4629); p != q || p.Size != tt.size {
			t.Errorf("%s: sizes %d and %d, want %d", tt.name, p.Size, q.Size, tt.size)
		}
	}
}

func TestPayloadHeaders(t *testing.T) {
	body, short := code(zeros, intraCIF), code(intraCIF)
	join := func(head []byte, body []byte) []byte { return append(head, body...) }
	tests := []struct {
		name    string
		inspect func([]byte) codecs.PayloadInfo
		payload []byte
		want    codecs.PayloadInfo
	}{
		{"mode A", Inspect2190, join([]byte{0x00, 0x60, 0, 0}, body), key},
		{"mode A with its I bit wrong", Inspect2190, join([]byte{0x00, 0x70, 0, 0}, body), key},
		{"mode A with PB frames", Inspect2190, join([]byte{0x40, 0x60, 0, 0}, body), key},
		{"mode A behind three bits", Inspect2190, join([]byte{3 << 3, 0x60, 0, 0}, code("101", zeros, intraCIF)), key},
		{"mode B", Inspect2190, join([]byte{0x80, 0x60, 0, 0}, body), codecs.PayloadInfo{}},
		{"mode C", Inspect2190, join([]byte{0xc0, 0x60, 0, 0}, body), codecs.PayloadInfo{}},
		{"mode A, cut off", Inspect2190, []byte{0x00, 0x60, 0}, codecs.PayloadInfo{}},
		{"RFC 2190, nothing", Inspect2190, nil, codecs.PayloadInfo{}},

		{"P", Inspect4629, join([]byte{0x04, 0}, short), key},
		{"P and redundancy coding", Inspect4629, join([]byte{0x06, 0, 0x21}, short), key},
		{"P and a picture header of 2 octets", Inspect4629, join([]byte{0x04, 2 << 3, 0xff, 0xff}, short), key},
		{"P and one of 33 octets", Inspect4629, join(append([]byte{0x05, 1 << 3}, make([]byte, 33)...), short), key},
		{"no P", Inspect4629, join([]byte{0x00, 0}, short), codecs.PayloadInfo{}},
		{"a picture header only", Inspect4629, []byte{0x04, 2 << 3, 0xff, 0xff}, codecs.PayloadInfo{}},
		{"RFC 4629, cut off", Inspect4629, []byte{0x04}, codecs.PayloadInfo{}},
		{"RFC 4629, nothing", Inspect4629, nil, codecs.PayloadInfo{}},
	}
	for _, tt := range tests {
		if got := tt.inspect(tt.payload); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestAccept(t *testing.T) {
	for _, c := range []codecs.Codec{Codec(), Plus()} {
		for _, f := range c.Formats {
			if !c.Accept(f) {
				t.Errorf("%v is offered and not accepted", f)
			}
		}
		for _, f := range []codecs.Format{{Name: "H261", ClockRate: 90000}, {Name: "H263", ClockRate: 8000}, {Name: "H263-1998", ClockRate: 8000}} {
			if c.Accept(f) {
				t.Errorf("%v is accepted", f)
			}
		}
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

// recorded are files of packets and what reads them.
var recorded = map[string]func([]byte) codecs.PayloadInfo{
	"ffmpeg-rfc2190.rtp":    Inspect2190,
	"gstreamer-rfc2190.rtp": Inspect2190,
	"ffmpeg-rfc4629.rtp":    Inspect4629,
	"gstreamer-rfc4629.rtp": Inspect4629,
}

// What ffmpeg 5.1 and GStreamer 1.22 sent of five pictures, of which the first
// and the fourth are INTRA.
func TestRecorded(t *testing.T) {
	for file, inspect := range recorded {
		var got []codecs.PayloadInfo
		last := uint32(0)
		for _, p := range packets(t, file) {
			info := inspect(p[12:])
			if ts := binary.BigEndian.Uint32(p[4:]); ts != last {
				last, got = ts, append(got, info)
			} else if info != (codecs.PayloadInfo{}) {
				t.Errorf("%s: %+v within a picture", file, info)
			}
		}
		if diff := cmp.Diff([]codecs.PayloadInfo{key, start, start, key, start}, got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func TestInspectDoesNotAllocate(t *testing.T) {
	for file, inspect := range recorded {
		all := packets(t, file)
		if n := testing.AllocsPerRun(10, func() {
			for _, p := range all {
				inspect(p[12:])
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", file, n)
		}
	}
}

func FuzzInspect(f *testing.F) {
	for file := range recorded {
		for _, p := range packets(f, file) {
			f.Add(p[12:])
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, info := range []codecs.PayloadInfo{Inspect2190(payload), Inspect4629(payload)} {
			if (info.Keyframe || info.Discardable) && !info.FrameStart || info.Keyframe && info.Discardable || info.ParameterSets {
				t.Fatalf("%+v", info)
			}
		}
	})
}
