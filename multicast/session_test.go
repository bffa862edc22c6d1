package multicast

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/qos/rtp"
)

var h264Formats = []codecs.Mapping{{PayloadType: 96, Format: codecs.Format{
	Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=42e01f",
}}}

func TestDescriptionReadsBack(t *testing.T) {
	pcmu := codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}
	opus := codecs.Format{Name: "opus", ClockRate: 48000, Channels: 2, Fmtp: "useinbandfec=1"}
	for _, tc := range []struct {
		name   string
		group  GroupConfig
		want   []string
		unwant []string
	}{
		{"v4", GroupConfig{
			TTL: 7, Interface: "lo",
			Audio: &MediaConfig{Addr: netip.MustParseAddrPort("239.255.77.50:5004"), Formats: []codecs.Mapping{{PayloadType: 97, Format: opus}, {PayloadType: 0, Format: pcmu}}},
			Video: &MediaConfig{Addr: netip.MustParseAddrPort("239.255.77.51:5006"), Formats: h264Formats},
		}, []string{
			"o=- ", " IN IP4 127.0.0.1\r\n", "s=The room\r\n", "t=0 0\r\n", "a=tool:test\r\n",
			"m=audio 5004 RTP/AVP 97 0\r\nc=IN IP4 239.255.77.50/7\r\n", "b=AS:80\r\na=rtpmap:97 opus/48000/2\r\n", "a=fmtp:97 useinbandfec=1\r\n",
			"m=video 5006 RTP/AVP 96\r\nc=IN IP4 239.255.77.51/7\r\nb=AS:2000\r\n", "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f\r\n",
		}, []string{"a=rtcp", "source-filter"}},
		{"v6 with odd ports", GroupConfig{
			TTL: 7, Interface: "lo",
			Audio: &MediaConfig{Addr: netip.MustParseAddrPort("[ff15::50]:5005"), Formats: []codecs.Mapping{{PayloadType: 0, Format: pcmu}}},
			Video: &MediaConfig{Addr: netip.MustParseAddrPort("[ff15::51]:5010"), RTCP: netip.MustParseAddrPort("[ff15::52]:6000"), Formats: h264Formats},
		}, []string{"c=IN IP6 ff15::50\r\n", "a=rtcp:5006\r\n", "a=rtcp:6000 IN IP6 ff15::52\r\n", "IN IP6 ::1\r\n"}, []string{"/7"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &Server{cfg: Config{Tool: "test"}, editions: newEditions()}
			h := openHouse(t)
			group := &Group{cfg: tc.group, deps: Deps{Codecs: builtin.Set()}, conf: h.conf}
			for _, bridgeOnly := range []bool{false, true} {
				d, err := s.describe(group, bridgeOnly)
				if err != nil {
					t.Fatal(err)
				}
				text := string(d.SDP)
				for _, w := range tc.want {
					if !strings.Contains(text, w) {
						t.Errorf("no %q in:\n%s", w, text)
					}
				}
				for _, w := range tc.unwant {
					if strings.Contains(text, w) && (!bridgeOnly || w != "source-filter") {
						t.Errorf("%q in:\n%s", w, text)
					}
				}
				if bridgeOnly && !strings.Contains(text, "a=source-filter: incl IN IP") {
					t.Errorf("no source-filter in:\n%s", text)
				}
				back, _, err := ParseSession(d.SDP, builtin.Set())
				if err != nil {
					t.Fatal(err)
				}
				want := tc.group // of which the description says what they take
				want.Audio, want.Video = taking(want.Audio), taking(want.Video)
				want.Name, want.Interface = "The room", ""
				if strings.Contains(tc.name, "v6") {
					want.TTL = 0
					want.Audio.RTCP = netip.MustParseAddrPort("[ff15::50]:5006")
				}
				if bridgeOnly { // who reads it takes parley alone, and does not speak
					for _, m := range []*MediaConfig{want.Audio, want.Video} {
						m.Sources = rtp.SourceFilter{Mode: rtp.FilterInclude, Sources: tc.group.ownSources(m)}
						m.ListenOnly = true
					}
				}
				if diff := cmp.Diff(want, back, cmpopts.EquateComparable(netip.AddrPort{}, netip.Addr{})); diff != "" {
					t.Errorf("read back (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// taking is m with what it takes.
func taking(m *MediaConfig) *MediaConfig {
	out := *m
	out.Bandwidth = m.bandwidth(m.Formats[0].Format)
	return &out
}

func TestParseSessionNamesFaults(t *testing.T) {
	head := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\n"
	for _, tc := range []struct {
		name, text string
		want       error
	}{
		{"no SDP", "hello", codecs.ErrMalformed},
		{"unicast", head + "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n", codecs.ErrUnsupported},
		{"no address", head + "t=0 0\r\nm=audio 5004 RTP/AVP 0\r\n", codecs.ErrMalformed},
		{"SRTP", head + "c=IN IP4 239.1.1.1/1\r\nt=0 0\r\nm=audio 5004 RTP/SAVP 0\r\n", codecs.ErrUnsupported},
		{"TTL", head + "c=IN IP4 239.1.1.1/256\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n", codecs.ErrMalformed},
		{"codec", head + "c=IN IP4 239.1.1.1/1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 99\r\n", codecs.ErrUnsupported},
		{"nothing", head + "t=0 0\r\n", codecs.ErrUnsupported},
		{"RTCP", head + "c=IN IP4 239.1.1.1/1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\na=rtcp:x\r\n", codecs.ErrMalformed},
	} {
		if _, _, err := ParseSession([]byte(tc.text), builtin.Set()); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
}

// What ffmpeg prints is read as it is; a medium that cannot be taken costs only
// itself; errors name the line.
func TestSessionOfOthers(t *testing.T) {
	head := "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=No Name\nc=IN IP4 239.1.1.1/1\nt=0 0\n"
	h265 := "m=video 5006 RTP/AVP 96\na=rtpmap:96 H265/90000\n"
	for _, tc := range []struct {
		name, text   string
		audio, video bool
		left, err    string
	}{
		{"printed by ffmpeg", "SDP:\n" + head + "m=audio 5004 RTP/AVP 0\n\n", true, false, "", ""},
		{"without line end", "\r\n" + head + "m=audio 5004 RTP/AVP 0", true, false, "", ""},
		{"H265 beside sound", head + "m=audio 5004 RTP/AVP 0\n" + h265, true, false, `line 7, "m=video 5006 RTP/AVP 96": no codec that parley knows among H265/90000`, ""},
		{"H265 alone", "SDP:\n" + head + h265, false, false, "", `line 7, "m=video 5006 RTP/AVP 96": no codec that parley knows among H265/90000`},
		{"H265 before H264", head + h265 + "m=video 5008 RTP/AVP 97\na=rtpmap:97 H264/90000\n", false, true, `line 6, "m=video 5006`, ""},
		{"wrong line", head + "m=audio 5004 RTP/AVP 0\nhello world\na=x\n", false, false, "", `line 7, "hello world" is no line of a session description there`},
		{"wrong first line", "#!SDP\n" + head, false, false, "", `line 1, "#!SDP"`},
		{"wrong last line", head + "m=audio", false, false, "", `line 6, "m=audio"`},
		{"nothing", " \n\n", false, false, "", "no session description"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g, left, err := ParseSession([]byte(tc.text), builtin.Set())
			got := ""
			if err != nil {
				got = err.Error()
			}
			if (tc.err == "") != (err == nil) || !strings.Contains(got, tc.err) {
				t.Errorf("error %q, want %q", got, tc.err)
			}
			if (g.Audio != nil) != tc.audio || (g.Video != nil) != tc.video {
				t.Errorf("group %+v", g)
			}
			got = ""
			for _, l := range left {
				got += l.Error()
			}
			if (tc.left == "") != (len(left) == 0) || !strings.Contains(got, tc.left) {
				t.Errorf("left out %q, want %q", got, tc.left)
			}
		})
	}
}

func TestProfileOfUntoldH264(t *testing.T) {
	// As ffmpeg writes it.
	text := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=No Name\r\nc=IN IP4 239.1.1.1/1\r\nt=0 0\r\nm=video 5004 RTP/AVP 96\r\n" +
		"a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==\r\n"
	g, _, err := ParseSession([]byte(text), builtin.Set())
	if err != nil {
		t.Fatal(err)
	}
	if id, _ := g.Video.Formats[0].Format.Param("profile-level-id"); id != "42c01e" || g.Name != "" {
		t.Errorf("profile-level-id %q, name %q", id, g.Name)
	}
}

func TestUnknownCodecsAreLeftOut(t *testing.T) {
	m := &MediaConfig{Addr: netip.MustParseAddrPort("239.1.1.1:5004"), Formats: []codecs.Mapping{
		{PayloadType: 101, Format: codecs.Format{Name: "telephone-event", ClockRate: 8000, Channels: 1}},
		{PayloadType: 97, Format: codecs.Format{Name: "speex", ClockRate: 8000, Channels: 1}},
		{PayloadType: 0, Format: codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}},
	}}
	if err := m.validate(codecs.MediaAudio, builtin.Set()); err != nil {
		t.Error(err)
	}
	var got []uint8
	for _, f := range m.usable(codecs.MediaAudio, builtin.Set()) {
		got = append(got, f.PayloadType)
	}
	if !slices.Equal(got, []uint8{0, 101}) {
		t.Errorf("payload types %v: what is sent comes first", got)
	}
}

// The first medium of a kind that can be had counts, and its TTL: none that is left
// out has the bridge send further.
func TestFirstMediaCount(t *testing.T) {
	text := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n" +
		"m=audio 5002 RTP/AVP 97\r\nc=IN IP4 239.255.1.1/90\r\na=rtpmap:97 speex/8000\r\n" +
		"m=audio 5004 RTP/AVP 0\r\nc=IN IP4 239.255.1.2/3\r\n" +
		"m=audio 5006 RTP/AVP 8\r\nc=IN IP4 239.255.1.3/60\r\n" +
		"m=video 5004 RTP/AVP 26\r\nc=IN IP4 239.255.1.2/70\r\n" + // where the sound is
		"m=video 5010 RTP/AVP 26\r\nc=IN IP4 239.255.1.5/2\r\n"
	g, left, err := ParseSession([]byte(text), builtin.Set())
	if err != nil {
		t.Fatal(err)
	}
	if g.Audio.Addr.Port() != 5004 || g.Video.Addr.Port() != 5010 || g.TTL != 3 || len(left) != 2 {
		t.Errorf("%v %v with TTL %d; left out: %v", g.Audio.Addr, g.Video.Addr, g.TTL, left)
	}
}

// corpus returns foreign samples: in PARLEY_CORPORA, or in shared/corpora
// beside a folder above this one.
func corpus(name string) []string {
	roots := []string{os.Getenv("PARLEY_CORPORA")}
	if dir, err := os.Getwd(); err == nil && roots[0] == "" {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			roots = append(roots, filepath.Join(dir, "shared", "corpora"))
		}
	}
	for _, root := range roots {
		if files, err := filepath.Glob(filepath.Join(root, name, "*", "*")); err == nil && root != "" && len(files) > 0 {
			return files
		}
	}
	return nil
}

// FuzzParseSession: what is read as a group is one, and its description reads
// as the same.
func FuzzParseSession(f *testing.F) {
	f.Add([]byte("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nt=0 0\na=recvonly\na=source-filter: incl IN IP4 * 192.0.2.1 192.0.2.2\nm=audio 5004/3 RTP/AVP 0\nc=IN IP4 232.1.1.1/4/3\nm=video 5006 RTP/AVP 31\nc=IN IP6 ff3e::1/2\na=source-filter: incl IN IP6 ff3e::1 2001:db8::1\n"))
	f.Add([]byte("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 239.1.1.1/4/2\r\nt=0 0\r\nm=audio 5004/2 RTP/AVP 0 97 101\r\n" +
		"a=rtpmap:97 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:53020 IN IP4 239.1.1.2\r\n"))
	f.Add([]byte("v=0\no=- 0 0 IN IP6 ::1\ns= \nc=IN IP6 ff15::1/3\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n" +
		"a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg=="))
	f.Add([]byte("v=0\no=- 0 0 IN IP6 ::1\ns=x\nc=IN IP6 ff15::1%eth0\nt=0 0\nm=audio 5004 RTP/AVP 0\na=rtcp:5006 IN IP6 ff15::2%eth0\na=source-filter: incl IN IP6 * 2001:db8::1%eth0\n"))
	f.Add([]byte("v=0\r\n"))
	f.Add([]byte("m=audio 65535 RTP/AVP 0"))
	for _, name := range corpus(filepath.Join("rtp-rtcp-sdp", "sdp_fuzzer")) {
		if b, err := os.ReadFile(name); err == nil {
			f.Add(b)
		}
	}
	set := builtin.Set()
	f.Fuzz(func(t *testing.T, raw []byte) {
		g, _, err := ParseSession(raw, set)
		if err != nil {
			if !errors.Is(err, codecs.ErrMalformed) && !errors.Is(err, codecs.ErrUnsupported) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		g.Conference = "room"
		if g.Validate(set) != nil {
			return
		}
		for kind, m := range map[codecs.Media]*MediaConfig{codecs.MediaAudio: g.Audio, codecs.MediaVideo: g.Video} {
			if m == nil {
				continue
			}
			for _, a := range append([]netip.Addr{m.Addr.Addr(), m.RTCP.Addr()}, m.Sources.Sources...) {
				if a.Zone() != "" {
					t.Errorf("%v names an interface of this host", a)
				}
			}
			d := g.describe(kind, m, set, false)
			back, _, err := parseMedia(new(sdp.SessionDescription), d, kind, nil)
			if err != nil {
				t.Fatalf("described as %v: %v", d, err)
			}
			if back.Addr.Addr() != m.Addr.Addr().Unmap().WithZone("") || back.Addr.Port() != m.Addr.Port() || len(back.Formats) == 0 {
				t.Errorf("%v became %v", m, back)
			}
		}
	})
}

// A filter of 0.0.0.0 would admit nobody: without a source there is none.
func TestNoFilterWithoutSource(t *testing.T) {
	g := testGroup(t, "239.255.77.40", "PCMU")
	for name, want := range map[string]bool{"lo": true, "no such interface": false} {
		g.Interface = name
		d := g.describe(codecs.MediaAudio, g.Audio, builtin.Set(), true)
		if _, ok := d.Attribute("source-filter"); ok != want {
			t.Errorf("interface %q: source-filter %v, want %v", name, ok, want)
		}
	}
}

func TestPacketTime(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"1": time.Millisecond, "0.125": 125 * time.Microsecond, "0.12": MinPacketTime, " 4": 4 * time.Millisecond, "20": 0,
		"0": 0, "-1": 0, "200": 0, "NaN": 0, "x": 0, "": 0,
	} {
		if got := packetTime(value); got != want {
			t.Errorf("a=ptime:%s: %v, want %v", value, got, want)
		}
	}
}
