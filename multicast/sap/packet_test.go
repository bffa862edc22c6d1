package sap

import (
	"bytes"
	"compress/zlib"
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

const sample = "v=0\r\no=ann 100 7 IN IP4 192.0.2.1\r\ns=Talk\r\nc=IN IP4 239.255.1.9/4\r\nt=0 0\r\na=tool:pen\r\n" +
	"m=audio 5006 RTP/AVP 0\r\nm=video 5008 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"

func header(first byte, auth byte, rest ...string) []byte {
	b := []byte{first, auth, 0x12, 0x34, 192, 0, 2, 1}
	if first&bitIPv6 != 0 {
		b = append([]byte{first, auth, 0x12, 0x34}, netip.MustParseAddr("2001:db8::1").AsSlice()...)
	}
	return append(b, strings.Join(rest, "")...)
}

func deflate(parts ...string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(strings.Join(parts, "")))
	_ = z.Close()
	return b.String()
}

func TestParse(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	want := Packet{Hash: 0x1234, Origin: v4, Payload: []byte(sample)}
	for _, tt := range []struct {
		name string
		raw  []byte
		want Packet
		err  error
	}{
		{"bare description", header(0x20, 0, sample), want, nil},
		{"payload type", header(0x20, 0, "application/sdp\x00", sample), want, nil},
		{"payload type in capitals", header(0x20, 0, "Application/SDP\x00", sample), want, nil},
		{"empty payload type", header(0x20, 0, "\x00", sample), want, nil},
		{"version 0", header(0x00, 0, sample), want, nil},
		{"reserved bit", header(0x28, 0, sample), want, nil},
		{"authenticated", header(0x20, 2, "12345678", sample), want, nil},
		{"IPv6", header(0x30, 0, sample), Packet{Hash: 0x1234, Origin: v6, Payload: []byte(sample)}, nil},
		{"compressed", header(0x21, 0, deflate(sample)), want, nil},
		{"compressed with its type", header(0x21, 0, deflate("application/sdp\x00", sample)), want, nil},
		{"compressed behind its type", header(0x21, 0, "application/sdp\x00", deflate(sample)), want, nil},
		{"deletion", header(0x24, 0, "application/sdp\x00o=ann"), Packet{Deletion: true, Hash: 0x1234, Origin: v4, Payload: []byte("o=ann")}, nil},
		{"deletion of nothing", header(0x24, 0), Packet{Deletion: true, Hash: 0x1234, Origin: v4, Payload: []byte{}}, nil},
		{"short", header(0x20, 0)[:7], Packet{}, codecs.ErrMalformed},
		{"short IPv6", header(0x30, 0)[:19], Packet{}, codecs.ErrMalformed},
		{"short authentication", header(0x20, 200, sample), Packet{}, codecs.ErrMalformed},
		{"nothing", header(0x20, 0), Packet{}, codecs.ErrMalformed},
		{"no type", header(0x20, 0, strings.Repeat("x", 300)), Packet{}, codecs.ErrMalformed},
		{"other type", header(0x20, 0, "text/plain\x00hello"), Packet{}, codecs.ErrUnsupported},
		{"version 2", header(0x40, 0, sample), Packet{}, codecs.ErrUnsupported},
		{"encrypted", header(0x22, 0, "secret"), Packet{}, ErrEncrypted},
		{"cut compression", header(0x21, 0, deflate(sample)[:20]), Packet{}, codecs.ErrMalformed},
		{"no compression", header(0x21, 0, sample), Packet{}, codecs.ErrMalformed},
		{"bomb", header(0x21, 0, deflate("v=0", strings.Repeat("a", 8<<20))), Packet{}, codecs.ErrUnsupported},
		{"typed bomb", header(0x21, 0, deflate("application/sdp\x00v=0", strings.Repeat("a", 8<<20))), Packet{}, codecs.ErrUnsupported},
	} {
		got, err := Parse(tt.raw)
		if !errors.Is(err, tt.err) || (tt.err == nil && err != nil) {
			t.Errorf("%s: error %v, want %v", tt.name, err, tt.err)
		}
		if err == nil && !cmp.Equal(got, tt.want, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestInflaterIsUsedAgain: nothing is left in it of what was there before.
func TestInflaterIsUsedAgain(t *testing.T) {
	var z inflater
	for _, title := range []string{"first", "second"} {
		want := describe("a", 1, 1, title)
		if p, err := parse(header(0x21, 0, deflate(want)), &z); err != nil || string(p.Payload) != want {
			t.Errorf("%q, %v", p.Payload, err)
		}
		if _, err := parse(header(0x21, 0, deflate(want)[:10]), &z); !errors.Is(err, codecs.ErrMalformed) {
			t.Errorf("cut off: %v", err)
		}
	}
}

// TestBombCostsLittle: what swells 1,000 times is not followed.
func TestBombCostsLittle(t *testing.T) {
	raw := header(0x21, 0, deflate("v=0", strings.Repeat("a", 8<<20)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Parse(raw)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 256<<10 || !errors.Is(err, codecs.ErrUnsupported) {
		t.Errorf("%d bytes inflated take %d: %v", len(raw), took, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(header(0x20, 0, sample))
	f.Add(header(0x30, 1, "1234application/sdp\x00", sample))
	f.Add(header(0x21, 0, deflate(sample)))
	f.Add(header(0x24, 0, "o=ann 1 1 IN IP4 192.0.2.1\r\n"))
	f.Add(header(0x22, 255, sample))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Parse(raw)
		if err != nil {
			return
		}
		if len(p.Payload) > MaxDescription {
			t.Fatalf("a payload of %d bytes", len(p.Payload))
		}
		again, err := p.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(again)
		if err != nil || back.Deletion != p.Deletion || back.Hash != p.Hash || back.Origin != p.Origin || !bytes.Equal(back.Payload, p.Payload) {
			t.Fatalf("%+v comes back as %+v, %v", p, back, err)
		}
	})
}
