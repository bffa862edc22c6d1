package elementary

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

// packets are payloads of which those of one picture have one timestamp; an empty
// picture is a packet that is lost.
func packets(pictures ...[][]byte) []codecs.Packet {
	var out []codecs.Packet
	sequence := uint16(65530)
	for i, picture := range pictures {
		for j, payload := range picture {
			sequence++
			if payload != nil {
				out = append(out, codecs.Packet{
					SequenceNumber: sequence, Timestamp: uint32(3000*i) - 4000,
					Marker: j == len(picture)-1, Payload: payload,
				})
			}
		}
	}
	return out
}

func write(t testing.TB, name string, all []codecs.Packet) (*Writer, []byte) {
	t.Helper()
	var out bytes.Buffer
	w, ok := New(&out, codecs.Format{Name: name, ClockRate: 90000})
	if !ok {
		t.Fatalf("%s cannot be written", name)
	}
	for i := range all {
		if err := w.Write(&all[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w, out.Bytes()
}

func TestH264BecomesAnnexB(t *testing.T) {
	w, got := write(t, "H264", packets(
		[][]byte{{0x41, 0x81}}, // refers to what came before
		[][]byte{
			{24, 0, 2, 0x67, 1, 0, 2, 0x68, 2}, // STAP-A
			{0x7c, 0x85, 0x81, 2}, {0x7c, 0x05, 3}, {0x7c, 0x45, 4},
		},
		[][]byte{{0x41, 0x85}, {0x41, 6}},
		[][]byte{{0x41, 0x89}},
	))
	want := []byte("\x00\x00\x00\x01\x67\x01\x00\x00\x00\x01\x68\x02\x00\x00\x00\x01\x65\x81\x02\x03\x04" +
		"\x00\x00\x00\x01\x41\x85\x00\x00\x00\x01\x41\x06\x00\x00\x00\x01\x41\x89")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if w.Packets() != 8 || w.Lost() != 0 || w.Pictures() != 3 || w.Omitted() != 1 {
		t.Errorf("%d packets, %d lost, %d pictures, %d omitted", w.Packets(), w.Lost(), w.Pictures(), w.Omitted())
	}
}

func TestVP8BecomesIVF(t *testing.T) {
	key := []byte{0x10, 0, 0, 0, 0x9d, 0x01, 0x2a, 0x60, 0x01, 0x20, 0x01, 7}
	w, got := write(t, "VP8", packets(
		[][]byte{{0x10, 1, 2, 3}}, // no key frame: nothing to begin with
		[][]byte{key, {0x00, 8}},
		[][]byte{{0x10, 1, 4}, {0x00, 5}},
		[][]byte{{0x10, 1, 6}},
	))
	if w.Pictures() != 3 || w.Lost() != 0 || w.Omitted() != 1 {
		t.Errorf("%d pictures, %d lost, %d omitted", w.Pictures(), w.Lost(), w.Omitted())
	}
	le := binary.LittleEndian
	if string(got[:4]) != "DKIF" || string(got[8:12]) != "VP80" || le.Uint16(got[12:]) != 352 || le.Uint16(got[14:]) != 288 {
		t.Fatalf("header %x", got[:32])
	}
	rest := got[32:]
	for i, want := range []struct {
		time    uint64
		picture []byte
	}{{0, append(bytes.Clone(key[1:]), 8)}, {3000, []byte{1, 4, 5}}, {6000, []byte{1, 6}}} {
		n := int(le.Uint32(rest))
		if at := le.Uint64(rest[4:]); at != want.time || !bytes.Equal(rest[12:12+n], want.picture) {
			t.Errorf("picture %d at %d: %x", i, at, rest[12:12+n])
		}
		rest = rest[12+n:]
	}
	if len(rest) != 0 {
		t.Errorf("%x is left", rest)
	}
}

// TestBitsAreJoined cuts a stream within its bytes, as H.261 and H.263 may be.
func TestBitsAreJoined(t *testing.T) {
	stream := []byte{0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd}
	for name, header := range map[string]func(sbit, ebit uint) []byte{
		"H261": func(sbit, ebit uint) []byte { return []byte{byte(sbit<<5 | ebit<<2), 0, 0, 0} },
		"H263": func(sbit, ebit uint) []byte { return []byte{0x80 | byte(sbit<<3|ebit), 0, 0, 0, 0, 0, 0, 0} },
	} {
		for cut := uint(1); cut < 63; cut++ {
			for second := cut + 1; second < 64; second++ {
				picture := [][]byte{piece(header, stream, 0, cut), piece(header, stream, cut, second), piece(header, stream, second, 64)}
				if _, got := write(t, name, packets(picture)); !bytes.Equal(got, stream) {
					t.Fatalf("%s cut at %d and %d: %x", name, cut, second, got)
				}
			}
		}
	}
}

// piece is the payload of the bits from one to another of a stream. What is beside
// them in their bytes is set, and must not be taken.
func piece(header func(sbit, ebit uint) []byte, stream []byte, from, to uint) []byte {
	sbit, ebit := from%8, (8-to%8)%8
	body := bytes.Clone(stream[from/8 : (to+7)/8])
	body[0] |= ^(byte(0xff) >> sbit)
	body[len(body)-1] |= ^(byte(0xff) << ebit)
	return append(header(sbit, ebit), body...)
}

func TestLossWithinAByteHarmsNothingElse(t *testing.T) {
	_, got := write(t, "H261", packets([][]byte{
		{0, 0, 0, 0, 1, 2},
		{4 << 2, 0, 0, 0, 3, 0xff}, // its last byte has four bits
		nil,
		{0, 0, 0, 0, 4, 5},
	}))
	if want := []byte{1, 2, 3, 0xf0, 4, 5}; !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestH263PlusGetsItsZeros(t *testing.T) {
	_, got := write(t, "H263-1998", packets(
		[][]byte{{0x04, 0, 0x80, 1}, {0x00, 0, 2}},
		[][]byte{{0x06, 0x10, 0xee, 0xaa, 0xbb, 0x81, 3}}, // V, and a header of two bytes
	))
	if want := []byte{0, 0, 0x80, 1, 2, 0, 0, 0x81, 3}; !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// TestJPEGGetsItsHeaders reads what is written with another's decoder: a grey
// picture of 16 x 16, whose scan is all end-of-block codes.
func TestJPEGGetsItsHeaders(t *testing.T) {
	// Four blocks of luminance and two of colour: DC 00 and EOB 1010; DC 00 and
	// EOB 00.
	scan := []byte{0b00101000, 0b10100010, 0b10001010, 0b00000000}
	head := func(offset byte, q byte) []byte { return []byte{0, 0, 0, offset, 1, q, 2, 2} }
	first := func(q byte) []byte { return append(head(0, q), scan[:2]...) }
	tables := append([]byte{0, 0, 0, 128}, bytes.Repeat([]byte{16}, 128)...)
	w, got := write(t, "JPEG", packets(
		[][]byte{first(50), append(head(2, 50), scan[2:]...)},
		[][]byte{first(50), nil, append(head(2, 50), scan[2:]...)},
		[][]byte{append(append(head(0, 200), tables...), scan...)},
		[][]byte{append(append(head(0, 200), 0, 0, 0, 0), scan...)}, // tables as before
		[][]byte{append(append(head(0, 201), 0, 0, 0, 0), scan...)}, // none
	))
	if w.Pictures() != 3 {
		t.Fatalf("%d pictures", w.Pictures())
	}
	for i, one := range bytes.SplitAfter(got, []byte{0xff, 0xd9})[:3] {
		picture, err := jpeg.Decode(bytes.NewReader(one))
		if err != nil {
			t.Errorf("picture %d: %v", i, err)
		} else if size := picture.Bounds().Size(); size.X != 16 || size.Y != 16 {
			t.Errorf("picture %d is %v", i, size)
		}
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	if _, ok := New(nil, codecs.Format{Name: "VP9", ClockRate: 90000}); ok {
		t.Error("VP9 is written")
	}
	if ext, ok := Extension(codecs.Format{Name: "h264", ClockRate: 90000}); !ok || ext != ".h264" {
		t.Errorf("H.264 has %q, %v", ext, ok)
	}
}

func FuzzWriter(f *testing.F) {
	names := []string{"H264", "VP8", "H261", "H263", "H263-1998", "JPEG"}
	f.Add(uint8(0), []byte{3, 0, 0x7c, 0x85, 1, 4, 2, 0x7c, 0x45, 1, 1})
	f.Add(uint8(1), []byte{4, 2, 0x10, 0, 0, 0, 0x9d, 1, 2, 3})
	f.Add(uint8(2), []byte{6, 2, 4 << 2, 0, 0, 0, 1, 0xff})
	f.Add(uint8(5), []byte{9, 2, 0, 0, 0, 0, 1, 50, 2, 2, 1, 7, 3, 0, 0, 0, 1, 1, 201, 1})
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		var all []codecs.Packet
		var p codecs.Packet
		for len(raw) > 2 { // length, then flags: step, back or forth, marker, another picture
			n := min(int(raw[0]), len(raw)-2)
			p.SequenceNumber += uint16(int8(raw[1])>>2) + 1
			p.Timestamp += uint32(raw[1] & 1)
			p.Marker = raw[1]&2 != 0
			p.Payload, raw = raw[2:2+n], raw[2+n:]
			all = append(all, p)
		}
		size := 0
		for i := range all {
			size += len(all[i].Payload) + 1
		}
		// A picture of JPEG gets headers, of some 700 bytes.
		if _, got := write(t, names[int(which)%len(names)], all); len(got) > 800*size {
			t.Errorf("%d bytes out of %d", len(got), size)
		}
	})
}
