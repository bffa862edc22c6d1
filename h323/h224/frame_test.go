package h224

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The list of clients, and a command to pan, as they go over RTP.
func TestFrameOctets(t *testing.T) {
	for _, c := range []struct {
		octets string
		frame  Frame
	}{
		{"0071030000000000c001000181", Frame{HighPriority: true, Begin: true, End: true, Data: []byte{1, 0, 1, 0x81}}},
		{"0061030102030401c001c000", Frame{Destination: 0x0102, Source: 0x0304, Client: Camera(), Begin: true, End: true, Data: []byte{1, 0xc0, 0}}},
		{"006103000000007e0933aa", Frame{Client: Client{ID: ExtendedID, Extended: 9}, C1: true, C0: true, Segment: 3, Data: []byte{0xaa}}},
		{"006103000000007fb500123407c0", Frame{Client: Client{ID: NonStandardID, Country: 0xb5, Manufacturer: 0x1234, ManufacturerClient: 7}, Begin: true, End: true}},
	} {
		data := unhex(t, c.octets)
		got, err := Unmarshal(data)
		if err != nil {
			t.Errorf("%s: %v", c.octets, err)
			continue
		}
		if d := cmp.Diff(c.frame, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: %s", c.octets, d)
		}
		again, err := got.Append(nil)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s became %x: %v", c.octets, again, err)
		}
		framed, err := got.AppendHDLC(nil)
		if err != nil {
			t.Error(err)
		}
		if inside, err := Unmarshal(framed); err != nil || !cmp.Equal(inside, got, cmpopts.EquateEmpty()) {
			t.Errorf("%s in HDLC %x: %+v %v", c.octets, framed, inside, err)
		}
	}
}

// The check sequence of "123456789" is that of X.25; a frame's bits are those
// of Q.922, from the lowest, packed from the highest.
func TestHDLC(t *testing.T) {
	if got := checkSequence([]byte("123456789")); got != 0x906e {
		t.Errorf("%#x", got)
	}
	// 1f is 11111000 from the lowest bit, with a zero after five ones
	// 111110000; then the check sequence; flags are 7e either way.
	framed := appendFramed(nil, []byte{0x1f})
	if !bytes.HasPrefix(framed, []byte{0x7e, 0x7e, 0x7e, 0xf8}) {
		t.Errorf("%x", framed)
	}
}

func TestMalformedFrames(t *testing.T) {
	whole := unhex(t, "0071030000000000c001000181")
	for n := range 9 {
		if f, err := Unmarshal(whole[:n]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d octets: %+v %v", n, f, err)
		}
	}
	framed := appendFramed(nil, whole)
	for n := range len(framed) - flagsAround - 1 {
		if f, err := Unmarshal(framed[:n]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d octets of HDLC: %+v %v", n, f, err)
		}
	}
	for name, data := range map[string][]byte{
		"control":        unhex(t, "00710200000000c0c0"),
		"too long":       append(unhex(t, "007103"), make([]byte, maxInformation+1)...),
		"payload":        make([]byte, maxFramed+1),
		"flags alone":    bytes.Repeat([]byte{0x7e}, 20),
		"abort":          bytes.Repeat([]byte{0xff}, 20),
		"endless":        append([]byte{0x7e}, make([]byte, 400)...),
		"extended":       unhex(t, "006103000000007e"),
		"nonstandard":    unhex(t, "006103000000007fb500"),
		"check sequence": appendFramedBadly(whole),
	} {
		if f, err := Unmarshal(data); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v %v", name, f, err)
		}
	}
	f := Frame{Data: make([]byte, maxInformation)}
	if _, err := f.Append(nil); !errors.Is(err, ErrUnsupported) {
		t.Errorf("%v", err)
	}
}

// appendFramedBadly flips a bit within a frame of HDLC.
func appendFramedBadly(data []byte) []byte {
	framed := appendFramed(nil, data)
	framed[8] ^= 0x10
	return framed
}

func TestManagement(t *testing.T) {
	for _, c := range []struct {
		octets string
		want   Management
	}{
		{"01000181", Management{Clients: []ListedClient{{Camera(), true}}}},
		{"010002027e09", Management{Clients: []ListedClient{{Client{ID: 2}, false}, {Client{ID: ExtendedID, Extended: 9}, false}}}},
		{"01ff", Management{Command: true}},
		{"02ff81", Management{Extra: true, Command: true, Clients: []ListedClient{{Camera(), true}}}},
		{"0200810014f0", Management{Extra: true, Clients: []ListedClient{{Camera(), true}}, Capabilities: []byte{0, 0x14, 0xf0}}},
	} {
		data := unhex(t, c.octets)
		got, err := ParseManagement(data)
		if d := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); d != "" || err != nil {
			t.Errorf("%s: %v %s", c.octets, err, d)
		}
		if again := got.Append(nil); !bytes.Equal(again, data) {
			t.Errorf("%s became %x", c.octets, again)
		}
	}
	for octets, want := range map[string]error{
		"": ErrMalformed, "01": ErrMalformed, "0100": ErrMalformed, "010002": ErrMalformed, "01000181ff00": nil,
		"0200": ErrMalformed, "0300": ErrUnsupported, "0177": ErrUnsupported, "02ff": nil,
	} {
		if m, err := ParseManagement(unhex(t, octets)); !errors.Is(err, want) {
			t.Errorf("%s: %+v %v", octets, m, err)
		}
	}
}

func TestCamera(t *testing.T) {
	for _, c := range []struct {
		octets string
		want   CameraCommand
	}{
		{"018000", CameraCommand{Action: Start, Pan: Back, Timeout: longestTimeout}},
		{"01f004", CameraCommand{Action: Start, Pan: Forth, Tilt: Forth, Timeout: 4 * timeoutUnit}},
		{"022e", CameraCommand{Action: Continue, Tilt: Back, Zoom: Forth, Focus: Back}},
		{"030b", CameraCommand{Action: Stop, Zoom: Back, Focus: Forth}},
		{"0424", CameraCommand{Action: Select, Number: 2, Mode: 4}},
		{"0514", CameraCommand{Action: Switched, Number: 1, Mode: 4}},
		{"0630", CameraCommand{Action: StorePreset, Number: 3}},
		{"07f0", CameraCommand{Action: ActivatePreset, Number: 15}},
	} {
		data := unhex(t, c.octets)
		got, err := ParseCamera(data)
		if got != c.want || err != nil {
			t.Errorf("%s: %+v %v", c.octets, got, err)
		}
		if again := got.Append(nil); !bytes.Equal(again, data) {
			t.Errorf("%v %s became %x", got.Action, c.octets, again)
		}
	}
	for octets, want := range map[string]error{
		"": ErrMalformed, "02": ErrMalformed, "01c0": ErrMalformed, "0000": ErrUnsupported, "0800": ErrUnsupported,
	} {
		if c, err := ParseCamera(unhex(t, octets)); !errors.Is(err, want) {
			t.Errorf("%s: %+v %v", octets, c, err)
		}
	}
}

// FuzzUnmarshal: no payload panics, and what is read is written the same.
func FuzzUnmarshal(f *testing.F) {
	for _, octets := range []string{
		"0071030000000000c001000181", "0061030102030401c001c000", "006103000000007fb500123407c0", "0071030000000000c00200810014f0",
	} {
		data := unhex(f, octets)
		f.Add(data)
		f.Add(appendFramed(nil, data))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		frame, err := Unmarshal(payload)
		if err != nil {
			return
		}
		data, err := frame.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Unmarshal(data)
		if err != nil || !cmp.Equal(frame, again) {
			t.Fatalf("%+v became %+v: %v", frame, again, err)
		}
		if framed, err := unframe(appendFramed(nil, data)); err != nil || !bytes.Equal(framed, data) {
			t.Fatalf("%x in HDLC became %x: %v", data, framed, err)
		}
		if m, err := ParseManagement(frame.Data); err == nil {
			m.Append(nil)
		}
		if c, err := ParseCamera(frame.Data); err == nil {
			if again, err := ParseCamera(c.Append(nil)); err != nil || again != c {
				t.Fatalf("%+v became %+v: %v", c, again, err)
			}
		}
	})
}
