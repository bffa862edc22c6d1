package sap

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
)

var addresses = cmp.Options{
	cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
}

func hosts(texts ...string) (out []netip.Addr) {
	for _, text := range texts {
		out = append(out, netip.MustParseAddr(text))
	}
	return out
}

func TestParseDescription(t *testing.T) {
	for _, tt := range []struct {
		name, raw string
		want      Description
	}{
		{"full", sample, Description{
			Owner: "ann", SessionID: "100", Version: 7, Address: "192.0.2.1", Title: "Talk", Tool: "pen",
			Media: []Medium{
				{Kind: "audio", Group: netip.MustParseAddrPort("239.255.1.9:5006"), Groups: 1, TTL: 4, Protocol: "RTP/AVP", Formats: []string{"PCMU/8000"}},
				{Kind: "video", Group: netip.MustParseAddrPort("239.255.1.9:5008"), Groups: 1, TTL: 4, Protocol: "RTP/AVP", Formats: []string{"H264/90000"}},
			},
		}},
		{
			"layers, IPv6, an end, what is not for groups, and escapes",
			"v=0\no=- 1 2 IN IP6 2001:db8::1\ns=a\x1b[2Jb\xff\nt=0 0\nt=2208988900 2208989000\n" +
				"m=audio 0 RTP/AVP 0\nc=IN IP4 239.1.1.1\nm=audio 5004 RTP/AVP 0\nc=IN IP4 192.0.2.1\n" +
				"m=video 5006 RTP/AVP 96 nonsense\nc=IN IP4 224.2.1.1/127/3\nm=text 5008 udp t140\nc=IN IP6 ff15::1/2\n",
			Description{
				Owner: "-", SessionID: "1", Version: 2, Address: "2001:db8::1", Title: "a [2Jb\ufffd",
				Media: []Medium{
					{Kind: "video", Group: netip.MustParseAddrPort("224.2.1.1:5006"), Groups: 3, TTL: 127, Protocol: "RTP/AVP", Formats: []string{"96", "nonsense"}},
					{Kind: "text", Group: netip.MustParseAddrPort("[ff15::1]:5008"), Groups: 2, Protocol: "udp", Formats: []string{"t140"}},
				},
			},
		},
		{
			"sources, of the session and of a medium",
			"v=0\no=- 1 2 IN IP4 192.0.2.1\na=source-filter: incl IN IP4 * 192.0.2.1 192.0.2.2 192.0.2.1 2001:db8::1 name\n" +
				"c=IN IP4 232.1.1.1/4\nm=audio 5004 RTP/AVP 0\nm=audio 5006 RTP/AVP 0\na=source-filter:incl IN IP4 232.1.1.1 192.0.2.3\n" +
				"m=audio 5008 RTP/AVP 0\na=source-filter: excl IN IP4 232.1.1.1 192.0.2.3\na=source-filter: incl IN IP4 232.9.9.9 192.0.2.4\na=source-filter: incl\n",
			Description{
				Owner: "-", SessionID: "1", Version: 2, Address: "192.0.2.1",
				Media: []Medium{
					{Kind: "audio", Group: netip.MustParseAddrPort("232.1.1.1:5004"), Sources: hosts("192.0.2.1", "192.0.2.2"), Groups: 1, TTL: 4, Protocol: "RTP/AVP", Formats: []string{"PCMU/8000"}},
					{Kind: "audio", Group: netip.MustParseAddrPort("232.1.1.1:5006"), Sources: hosts("192.0.2.3"), Groups: 1, TTL: 4, Protocol: "RTP/AVP", Formats: []string{"PCMU/8000"}},
					{Kind: "audio", Group: netip.MustParseAddrPort("232.1.1.1:5008"), Sources: hosts("192.0.2.1", "192.0.2.2"), Groups: 1, TTL: 4, Protocol: "RTP/AVP", Formats: []string{"PCMU/8000"}},
				},
			},
		},
		{"over at an hour", "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\nt=2208988900 2208992400\r\n", Description{
			Owner: "-", SessionID: "1", Version: 2, Address: "192.0.2.1", Ends: time.Unix(3600, 0),
		}},
		{"every week", "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\nt=2208988900 2208992400\r\nr=7d 1h 0\r\n", Description{
			Owner: "-", SessionID: "1", Version: 2, Address: "192.0.2.1", Ends: time.Unix(3600, 0),
		}},
	} {
		got, err := ParseDescription([]byte(tt.raw))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, got, addresses); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	long, err := ParseDescription([]byte("v=0\no=- 1 2 IN IP4 192.0.2.1\ns=" + strings.Repeat("ü", maxText) + "\n"))
	if err != nil || long.Title != strings.Repeat("ü", maxText/2) {
		t.Errorf("a long title becomes %q, %v", long.Title, err)
	}
	zoned, err := ParseDescription([]byte("v=0\no=- 1 2 IN IP6 ::1\nc=IN IP6 ff15::1%\x1b[2J\nm=audio 5004 RTP/AVP 0\n" +
		"a=source-filter: incl IN IP6 * 2001:db8::1%eth0\n"))
	if err != nil || len(zoned.Media) != 1 || zoned.Media[0].Group != netip.MustParseAddrPort("[ff15::1]:5004") ||
		!slices.Equal(zoned.Media[0].Sources, []netip.Addr{netip.MustParseAddr("2001:db8::1")}) {
		t.Errorf("a group with a zone becomes %+v, %v", zoned.Media, err)
	}
	for _, raw := range []string{"", "hello", "v=0\r\ns=x\r\n", "o=too few\r\n"} {
		if _, err := ParseDescription([]byte(raw)); !errors.Is(err, codecs.ErrMalformed) {
			t.Errorf("%q: error %v", raw, err)
		}
	}
}

func FuzzParseDescription(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("v=0\no=- 1 2 IN IP6 ::1\ns=\x1b\xff\nc=IN IP6 ff0e::1/255\nm=audio 1/2 RTP/AVP 96 97\na=rtpmap:96 L16/44100/2\na=rtpmap:97\nr=1\nt=1 99999999999\n"))
	addForeign(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := ParseDescription(raw)
		if err != nil {
			return
		}
		if len(d.Media) > maxMedia {
			t.Fatalf("%d media", len(d.Media))
		}
		texts := []string{d.Owner, d.SessionID, d.Address, d.Title, d.Information, d.Tool}
		for _, m := range d.Media {
			if !m.Group.Addr().IsMulticast() || m.Groups < 1 || m.Groups > 255 || len(m.Formats) > maxFormats {
				t.Fatalf("medium %+v", m)
			}
			texts = append(append(texts, m.Kind, m.Protocol, m.Group.String()), m.Formats...)
			for _, s := range m.Sources {
				texts = append(texts, s.String())
			}
		}
		for _, text := range texts {
			for _, r := range text {
				if !unicode.IsPrint(r) {
					t.Fatalf("%q is not printable", text)
				}
			}
			if len(text) > maxText {
				t.Fatalf("text of %d bytes", len(text))
			}
		}
	})
}

// addForeign adds descriptions that others wrote, where there are some: in
// PARLEY_CORPORA, or shared/corpora beside a folder above.
func addForeign(f *testing.F) {
	root := os.Getenv("PARLEY_CORPORA")
	dir, err := os.Getwd()
	if err != nil {
		f.Fatal(err)
	}
	for ; root == "" && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		at := filepath.Join(dir, "shared", "corpora")
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			root = at
		}
	}
	files, err := filepath.Glob(filepath.Join(root, "rtp-rtcp-sdp", "sdp_fuzzer", "*", "*.sdp"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
}
