package h261

import (
	"encoding/binary"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

func TestHeader(t *testing.T) {
	tests := []struct {
		bytes [HeaderSize]byte
		want  Header
	}{
		{[4]byte{0x01}, Header{MotionVector: true}},
		{[4]byte{0x02}, Header{Intra: true}},
		{[4]byte{0xad, 0xae, 0x20, 0x00}, Header{SkipStart: 5, SkipEnd: 3, MotionVector: true, GOB: 10, Macroblock: 28, Quantizer: 8}},
		{[4]byte{0x01, 0x00, 0x03, 0xf1}, Header{MotionVector: true, HMVD: -1, VMVD: -15}},
		{[4]byte{0xff, 0xff, 0xfd, 0xef}, Header{SkipStart: 7, SkipEnd: 7, Intra: true, MotionVector: true, GOB: 15, Macroblock: 31, Quantizer: 31, HMVD: 15, VMVD: 15}},
	}
	for _, tt := range tests {
		var h Header
		if n, err := h.Unmarshal(append(tt.bytes[:], 0xee)); n != HeaderSize || err != nil || h != tt.want {
			t.Errorf("% x: %+v, %d, %v; want %+v", tt.bytes, h, n, err, tt.want)
		}
		if got := [HeaderSize]byte(tt.want.Append(nil)); got != tt.bytes {
			t.Errorf("written % x, want % x", got, tt.bytes)
		}
		for cut := range HeaderSize {
			if _, err := h.Unmarshal(tt.bytes[:cut]); !errors.Is(err, codecs.ErrMalformed) {
				t.Errorf("cut to %d: %v", cut, err)
			}
		}
	}
}

// writer writes bit strings.
type writer struct {
	bytes []byte
	free  int // bits of the last octet
}

func (w *writer) put(codes ...string) {
	for _, code := range codes {
		for _, c := range code {
			if c == ' ' {
				continue
			}
			if w.free == 0 {
				w.bytes, w.free = append(w.bytes, 0), 8
			}
			w.free--
			if c == '1' {
				w.bytes[len(w.bytes)-1] |= 1 << w.free
			}
		}
	}
}

// payload returns what was written behind a payload header.
func (w *writer) payload(h Header) []byte {
	h.SkipEnd = uint8(w.free)
	return append(h.Append(nil), w.bytes...)
}

const (
	pscQCIF = "0000000000000001 0000 00101 000000 0"
	pscCIF  = "0000000000000001 0000 00101 000111 1 10101010 0"
	gob1    = "0000000000000001 0001 01000 0"
	gob2    = "0000000000000001 0010 01000 0"
	gob3    = "0000000000000001 0011 01000 1 11111111 0"
	gob5    = "0000000000000001 0101 01000 0"

	dc    = "01000000"
	eob   = "10"
	block = dc + eob
	// Every length of TCOEFF.
	rich   = dc + "110" + "0111" + "01001" + "001011" + "001111" + "001001101" + "0001110" + "00001010" + "000001 000011 00000011" + "00000010001" + "0000000110001" + "00000000100011" + eob
	plain  = block + block + block + block + block + block
	intra  = "1 0001 " + plain
	quant  = "1 0000001 01010 " + rich + block + block + block + block + block
	inter  = "1 1 111100 " + block
	skips  = "011 0001 " + plain // MBA 2
	filler = "00000001111"
)

func repeat(code string, n int) (out string) {
	for range n {
		out += code
	}
	return out
}

func TestInspect(t *testing.T) {
	none := codecs.PayloadInfo{}
	start := codecs.PayloadInfo{FrameStart: true}
	key := codecs.PayloadInfo{FrameStart: true, Keyframe: true}
	whole := repeat(intra, 33)
	tests := []struct {
		name   string
		header Header
		codes  []string
		want   codecs.PayloadInfo
	}{
		{"a whole QCIF picture", Header{}, []string{pscQCIF, gob1, whole, gob3, whole, gob5, whole}, key},
		{"its first GOB", Header{}, []string{pscCIF, gob1, whole}, key},
		{"two GOBs of CIF", Header{}, []string{pscCIF, gob1, whole, gob2, intra}, key},
		{"all lengths of codes", Header{}, []string{pscCIF, gob1, quant, quant, intra}, key},
		{"stuffing", Header{}, []string{pscCIF, gob1, filler, filler, whole, filler, gob2, intra, filler}, key},
		{"a macroblock cut off", Header{}, []string{pscCIF, gob1, intra, intra[:30]}, key},
		{"an INTER macroblock first", Header{}, []string{pscCIF, gob1, inter, intra}, start},
		{"an INTER macroblock later", Header{}, []string{pscCIF, gob1, intra, intra, inter}, start},
		{"a macroblock left out", Header{}, []string{pscCIF, gob1, intra, skips}, start},
		{"macroblocks left out at the end of a GOB", Header{}, []string{pscCIF, gob1, intra, gob2, whole}, start},
		{"a GOB left out", Header{}, []string{pscCIF, gob1, whole, gob3, whole}, start},
		{"a GOB that QCIF does not have", Header{}, []string{pscQCIF, gob1, whole, gob2, whole}, start},
		{"no macroblock", Header{}, []string{pscCIF, gob1}, start},
		{"half a macroblock", Header{}, []string{pscCIF, gob1, intra[:40]}, start},
		{"an impossible coefficient", Header{}, []string{pscCIF, gob1, "1 0001" + dc + "0000 0000 0111 1111", intra}, start},
		{"INTRA blocks only, some left out", Header{Intra: true}, []string{pscCIF, gob1, skips}, key},
		{"INTRA blocks only, header alone", Header{Intra: true}, []string{pscCIF}, key},
		{"a picture header alone", Header{}, []string{pscCIF}, codecs.PayloadInfo{FrameStart: true, ParameterSets: true}},
		{"GOB 1 behind it", Header{}, []string{gob1, whole, gob2, intra}, codecs.PayloadInfo{Keyframe: true}},
		{"GOB 1 of QCIF behind it", Header{}, []string{gob1, whole, gob3, whole, gob5, whole}, codecs.PayloadInfo{Keyframe: true}},
		{"GOB 1 with an INTER macroblock", Header{}, []string{gob1, intra, inter}, none},
		{"GOB 1 and a GOB too far", Header{}, []string{gob1, whole, gob5, whole}, none},
		{"another GOB", Header{}, []string{gob2, whole}, none},
		{"a picture header cut off", Header{}, []string{pscCIF[:24]}, none},
		{"within a GOB", Header{GOB: 1, Macroblock: 3, Quantizer: 8}, []string{intra, intra}, none},
		{"nothing", Header{}, nil, none},
	}
	for _, tt := range tests {
		var w writer
		w.put(tt.codes...)
		if got := Codec().Inspect(w.payload(tt.header)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
		// The same behind bits of the packet before.
		var shifted writer
		tt.header.SkipStart = 5
		shifted.put("11111")
		shifted.put(tt.codes...)
		if got := Inspect(shifted.payload(tt.header)); got != tt.want {
			t.Errorf("%s, shifted: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if got := Inspect([]byte{1, 2, 3}); got != none {
		t.Errorf("a header cut off: %+v", got)
	}
}

func TestCIF(t *testing.T) {
	for code, want := range map[string][2]bool{pscCIF: {true, true}, pscQCIF: {false, true}, gob1: {}} {
		var w writer
		w.put(code)
		if cif, ok := CIF(w.payload(Header{})); [2]bool{cif, ok} != want {
			t.Errorf("%s: %v, %v, want %v", code, cif, ok, want)
		}
	}
}

func TestAccept(t *testing.T) {
	c := Codec()
	if !c.Accept(c.Formats[0]) || !c.Accept(codecs.Format{Name: "h261", ClockRate: 90000}) || c.Accept(codecs.Format{Name: "H261", ClockRate: 8000}) {
		t.Error("Accept")
	}
}

// packets reads RTP packets, framed as in RFC 4571.
func packets(t testing.TB, file string) (out [][]byte) {
	t.Helper()
	b, err := os.ReadFile(file)
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

// What encoders sent of five pictures, of which the first and the fourth are
// INTRA, in few packets: by ffmpeg 5.1, which gives some picture headers a packet of
// their own, and by GStreamer 1.22, whose packets begin at any bit.
func TestRecorded(t *testing.T) {
	for file, wantFirst := range map[string]bool{"testdata/ffmpeg.rtp": true, "testdata/gstreamer.rtp": false} {
		var got []bool // of each picture: is it a key frame?
		last, led := uint32(0), false
		for _, p := range packets(t, file) {
			info := Inspect(p[12:])
			if ts := binary.BigEndian.Uint32(p[4:]); ts != last {
				last, led = ts, info.ParameterSets
				if !info.FrameStart {
					t.Errorf("%s: a picture begins, and is not recognised: % x", file, p[:24])
				}
				if cif, ok := CIF(p[12:]); cif || !ok {
					t.Errorf("%s: a picture of QCIF is CIF %v, %v", file, cif, ok)
				}
				if len(got) == 0 && led != wantFirst {
					t.Errorf("%s: the first header stands alone: %v", file, led)
				}
				got = append(got, info.Keyframe)
				continue
			}
			if info.FrameStart || info.Keyframe && !led {
				t.Errorf("%s: %+v within a picture", file, info)
			}
			if info.Keyframe {
				got[len(got)-1] = true
			}
		}
		if diff := cmp.Diff([]bool{true, false, false, true, false}, got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func TestInspectDoesNotAllocate(t *testing.T) {
	all := packets(t, "testdata/gstreamer.rtp")
	if n := testing.AllocsPerRun(10, func() {
		for _, p := range all {
			Inspect(p[12:])
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzInspect(f *testing.F) {
	for _, file := range []string{"testdata/ffmpeg.rtp", "testdata/gstreamer.rtp"} {
		for _, p := range packets(f, file) {
			f.Add(p[12:])
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		info := Inspect(payload)
		if _, ok := CIF(payload); ok != info.FrameStart {
			t.Fatalf("a size %v, and %+v", ok, info)
		}
		if info.ParameterSets && (!info.FrameStart || info.Keyframe) || info.Discardable {
			t.Fatalf("%+v", info)
		}
		var h, again Header
		n, err := h.Unmarshal(payload)
		if err != nil {
			return
		}
		if _, err := again.Unmarshal(h.Append(nil)); err != nil || again != h || n != HeaderSize {
			t.Fatalf("%+v, written and read %+v, %v", h, again, err)
		}
	})
}
