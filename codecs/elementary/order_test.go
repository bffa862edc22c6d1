package elementary

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

// vp8Stream are pictures of VP8, by their letters: k is a key frame, p refers to the
// one before, n is such a one to which none refers. Each has three packets; those of
// which a letter of lost, as in "1b" (the second of picture 1), tells are missing.
func vp8Stream(kinds, lost string) []codecs.Packet {
	var pictures [][][]byte
	for i, kind := range kinds {
		head, tag := byte(0x10), byte(1)
		switch kind {
		case 'k':
			tag = 0
		case 'n':
			head |= 0x20
		}
		first := []byte{head, tag, 0, 0, 0x9d, 0x01, 0x2a, 0x60, 0x01, 0x20, 0x01, byte(i)}
		pictures = append(pictures, [][]byte{first, {head &^ 0x10, byte(i), 'b'}, {head &^ 0x10, byte(i), 'c'}})
	}
	all := packets(pictures...)
	var left []codecs.Packet
	for i := range all {
		if !strings.Contains(lost, fmt.Sprintf("%d%c", i/3, 'a'+i%3)) {
			left = append(left, all[i])
		}
	}
	return left
}

// written are the pictures in an IVF file of a vp8Stream.
func written(file []byte) (out string) {
	for rest := file[min(len(file), 32):]; len(rest) > 12; {
		n := int(rest[0])
		out += fmt.Sprint(rest[12+10])
		rest = rest[12+n:]
	}
	return out
}

// TestKeyFrameIsAwaitedAfterALoss: nothing is in the file that refers to what is
// not.
func TestKeyFrameIsAwaitedAfterALoss(t *testing.T) {
	for _, c := range []struct {
		kinds, lost string
		want        string
		omitted     uint64
	}{
		{"kppkp", "", "01234", 0},
		{"kppkp", "1b", "034", 2},
		{"kppkp", "1a", "034", 2},
		{"kppkp", "1c", "034", 2},
		{"kppkp", "1a1b1c", "034", 1}, // nothing of it came
		{"kppkp", "3b", "012", 2},     // the key frame itself
		{"kppkpkp", "2c3a", "0156", 3},
		{"kpkp", "1c", "023", 1},     // up to the key frame
		{"knppkp", "1b", "02345", 1}, // nothing refers to it
		{"knppkp", "1c", "045", 3},   // whose the last packet was is not known
		{"knppkp", "1a1b1c", "045", 2},
		{"ppkp", "", "23", 2},
		{"kpp", "2c", "01", 1}, // cut short at the end
		{"kpp", "2b", "01", 1},
	} {
		w, got := write(t, "VP8", vp8Stream(c.kinds, c.lost))
		if pictures := written(got); pictures != c.want || w.Omitted() != c.omitted || w.Pictures() != uint64(len(c.want)) {
			t.Errorf("%s without %q: %s written, want %s; %d counted, %d omitted, want %d", c.kinds, c.lost, pictures, c.want, w.Pictures(), w.Omitted(), c.omitted)
		}
	}
}

// TestTornPicturesOfH264: no part of one is written, but parameter sets are.
func TestTornPicturesOfH264(t *testing.T) {
	const start = "\x00\x00\x00\x01"
	for name, c := range map[string]struct {
		pictures [][][]byte
		want     string
		omitted  uint64
	}{
		"a fragment": {
			[][][]byte{{{0x65, 0x81}}, {{0x41, 0x82}, {0x5c, 0x81, 7}, nil, {0x5c, 0x41, 8}}, {{0x41, 0x83}}, {{0x65, 0x84}}, {{0x41, 0x85}}},
			start + "\x65\x81" + start + "\x65\x84" + start + "\x41\x85", 2,
		},
		"the first slice of a key frame": {
			[][][]byte{{{0x65, 0x81}}, {nil, {0x65, 0x41}}, {{0x65, 0x84}}},
			start + "\x65\x81" + start + "\x65\x84", 1,
		},
		"of a picture to which none refers": {
			[][][]byte{{{0x65, 0x81}}, {{0x01, 0x82}, nil, {0x01, 0x42}}, {{0x41, 0x83}}},
			start + "\x65\x81" + start + "\x41\x83", 1,
		},
		"behind parameter sets of their own time": {
			[][][]byte{{{0x65, 0x81}}, {{0x67, 1}, {0x68, 1}}, {nil, {0x41, 0x83}}, {{0x65, 0x84}}},
			start + "\x65\x81" + start + "\x67\x01" + start + "\x68\x01" + start + "\x65\x84", 1,
		},
	} {
		if w, got := write(t, "H264", packets(c.pictures...)); string(got) != c.want || w.Omitted() != c.omitted {
			t.Errorf("%s: %x, want %x; %d omitted, want %d", name, got, c.want, w.Omitted(), c.omitted)
		}
	}
}

// TestPicturesWithoutMarkers end where the next begins.
func TestPicturesWithoutMarkers(t *testing.T) {
	all := vp8Stream("kpp", "")
	for i := range all {
		all[i].Marker = false
	}
	if w, got := write(t, "VP8", all); written(got) != "012" || w.Omitted() != 0 {
		t.Errorf("%s written, %d omitted", written(got), w.Omitted())
	}
}

// TestPaddingIsNoPicture: packets without a payload stand between pictures.
func TestPaddingIsNoPicture(t *testing.T) {
	var all []codecs.Packet
	for i, p := range vp8Stream("kpp", "") {
		p.SequenceNumber += uint16(i / 3)
		all = append(all, p)
		if p.Marker {
			p.SequenceNumber++
			p.Marker, p.Payload = false, nil
			all = append(all, p)
		}
	}
	if w, got := write(t, "VP8", all); written(got) != "012" || w.Omitted() != 0 || w.Lost() != 0 {
		t.Errorf("%s written, %d omitted, %d lost", written(got), w.Omitted(), w.Lost())
	}
}

// TestOrderIsRestored: what overtakes within the bound leaves the same file, for
// every format.
func TestOrderIsRestored(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	all := vp8Stream(strings.Repeat("kpppnppppp", 30), "")
	_, want := write(t, "VP8", all)
	for round := range 20 {
		reach := 1 + random.IntN(maxWaiting)
		moved := slices.Clone(all)
		// The first stays: before it nothing is expected.
		for i := 1; i+reach <= len(moved); i += reach {
			part := moved[i : i+reach]
			random.Shuffle(len(part), func(x, y int) { part[x], part[y] = part[y], part[x] })
		}
		moved = append(moved, moved[len(moved)/2]) // and one twice
		w, got := write(t, "VP8", moved)
		if !bytes.Equal(got, want) || w.Lost() != 0 || w.Omitted() != 0 || w.Packets() != uint64(len(all)) {
			t.Fatalf("round %d, within %d: %d bytes of %d, %d lost, %d omitted, %d packets of %d", round, reach, len(got), len(want), w.Lost(), w.Omitted(), w.Packets(), len(all))
		}
	}
}

// TestLateIsLost: what comes behind more packets than are kept is not waited for,
// and its late coming changes nothing.
func TestLateIsLost(t *testing.T) {
	const late = 7 // the second packet of picture 2
	all := vp8Stream(strings.Repeat("kppp", 50), "")
	for behind, want := range map[int]uint64{maxWaiting: 0, maxWaiting + 1: 1} {
		moved := slices.Clone(all)
		copy(moved[late:], moved[late+1:late+1+behind])
		moved[late+behind] = all[late]
		w, got := write(t, "VP8", moved)
		if w.Lost() != want || w.Packets() != uint64(len(all))-want || w.Omitted() != 2*want {
			t.Errorf("%d behind: %d lost, %d packets of %d, %d omitted", behind, w.Lost(), w.Packets(), len(all), w.Omitted())
		}
		if d := cmp.Diff(len(all)/3-int(2*want), strings.Count(string(got), "\x9d\x01\x2a")); d != "" {
			t.Errorf("%d behind: pictures %s", behind, d)
		}
	}
}

// TestSenderBeginsAnew: numbers that go on far behind are a sender that began anew,
// whose pictures follow from its next key frame on.
func TestSenderBeginsAnew(t *testing.T) {
	all := vp8Stream(strings.Repeat("kppp", 50), "")
	for i := range all {
		all[i].SequenceNumber += 40000
		if i >= len(all)/2 {
			all[i].SequenceNumber -= 20000
		}
	}
	w, got := write(t, "VP8", all)
	if w.Packets() != uint64(len(all)-maxWaiting) || w.Lost() != 0 {
		t.Errorf("%d packets of %d, %d lost", w.Packets(), len(all), w.Lost())
	}
	// 64 packets are 21 pictures and the first of the next; the key frames are 4 apart.
	if pictures := strings.Count(string(got), "\x9d\x01\x2a"); pictures != len(all)/3-24 {
		t.Errorf("%d pictures of %d", pictures, len(all)/3)
	}
}

// TestBuffersGoBack: what is kept is retained, and released once.
func TestBuffersGoBack(t *testing.T) {
	var pool codecs.Pool
	w, ok := New(new(bytes.Buffer), codecs.Format{Name: "VP8", ClockRate: 90000})
	if !ok {
		t.Fatal("VP8 cannot be written")
	}
	var buffers []*codecs.Buffer
	for _, p := range vp8Stream("kpppp", "1a3b") {
		p.Buffer = pool.Get()
		p.Payload = p.Buffer.Bytes[:copy(p.Buffer.Bytes[:], p.Payload)]
		buffers = append(buffers, p.Buffer)
		if err := w.Write(&p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for i, b := range buffers {
		released := func() (twice bool) {
			defer func() { twice = recover() != nil }()
			b.Release() // ours
			b.Release()
			return false
		}
		if !released() {
			t.Errorf("packet %d is still held", i)
		}
	}
}
