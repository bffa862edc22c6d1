package multicast

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/qos/rtp"
)

func TestReadSources(t *testing.T) {
	include := func(list ...string) rtp.SourceFilter {
		f := rtp.SourceFilter{Mode: rtp.FilterInclude}
		for _, s := range list {
			f.Sources = append(f.Sources, netip.MustParseAddr(s))
		}
		return f
	}
	exclude := include("192.0.2.9")
	exclude.Mode = rtp.FilterExclude
	for _, tt := range []struct {
		name, group    string
		session, media []string
		want           rtp.SourceFilter
		failed         error
	}{
		{"none", "239.1.1.1", nil, nil, rtp.SourceFilter{}, nil},
		{"of the session", "232.1.1.1", []string{" incl IN IP4 232.1.1.1 192.0.2.1"}, nil, include("192.0.2.1"), nil},
		{"for all", "232.1.1.1", []string{" incl IN IP4 * 192.0.2.1"}, nil, include("192.0.2.1"), nil},
		{"for all of both families", "232.1.1.1", []string{"incl IN * * 192.0.2.1 2001:db8::1"}, nil, include("192.0.2.1"), nil},
		{"of IPv6", "ff3e::1:2", []string{" incl IN IP6 FF3E::1:2 2001:DB8::1"}, nil, include("2001:db8::1"), nil},
		{"of the medium before the session", "232.1.1.1", []string{" incl IN IP4 * 192.0.2.1"}, []string{" incl IN IP4 232.1.1.1 192.0.2.2"}, include("192.0.2.2"), nil},
		{"of the session where the medium's is of another", "232.1.1.1", []string{" incl IN IP4 * 192.0.2.1"}, []string{" incl IN IP4 232.1.1.9 192.0.2.2"}, include("192.0.2.1"), nil},
		{"several lines", "232.1.1.1", nil, []string{" incl IN IP4 232.1.1.1 192.0.2.1", " incl IN IP4 232.1.1.1 192.0.2.2 192.0.2.3"}, include("192.0.2.1", "192.0.2.2", "192.0.2.3"), nil},
		{"exclude", "239.1.1.1", nil, []string{" excl IN IP4 239.1.1.1 192.0.2.9"}, exclude, nil},
		{"of another group", "239.1.1.1", nil, []string{" incl IN IP4 239.1.1.2 192.0.2.1"}, rtp.SourceFilter{}, nil},
		{"of a group by name", "239.1.1.1", nil, []string{" incl IN * group.example.com 192.0.2.1"}, rtp.SourceFilter{}, nil},
		{"of no internet", "239.1.1.1", nil, []string{" incl ATM IP4 239.1.1.1 192.0.2.1"}, rtp.SourceFilter{}, nil},
		{"both", "239.1.1.1", nil, []string{" incl IN IP4 * 192.0.2.1", " excl IN IP4 239.1.1.1 192.0.2.9"}, rtp.SourceFilter{}, codecs.ErrMalformed},
		{"too short", "239.1.1.1", nil, []string{" incl IN IP4 239.1.1.1"}, rtp.SourceFilter{}, codecs.ErrMalformed},
		{"no mode", "239.1.1.1", nil, []string{" only IN IP4 239.1.1.1 192.0.2.1"}, rtp.SourceFilter{}, codecs.ErrMalformed},
		{"a source by name", "239.1.1.1", nil, []string{" incl IN IP4 239.1.1.1 studio.example.com"}, rtp.SourceFilter{}, codecs.ErrUnsupported},
		{"a group as source", "239.1.1.1", nil, []string{" incl IN IP4 239.1.1.1 239.1.1.1"}, rtp.SourceFilter{}, codecs.ErrMalformed},
		{"too many", "239.1.1.1", nil, []string{" incl IN IP4 239.1.1.1" + strings.Repeat(" 192.0.2.1", rtp.MaxFilterSources+1)}, rtp.SourceFilter{}, codecs.ErrMalformed},
		{"source-specific without", "232.1.1.1", nil, nil, rtp.SourceFilter{}, codecs.ErrUnsupported},
		{"source-specific with exclusion", "232.1.1.1", nil, []string{" excl IN IP4 232.1.1.1 192.0.2.9"}, rtp.SourceFilter{}, codecs.ErrUnsupported},
	} {
		family := "IP4"
		if strings.Contains(tt.group, ":") {
			family = "IP6"
		}
		text := "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN " + family + " " + tt.group + "\r\nt=0 0\r\n"
		for _, l := range tt.session {
			text += "a=source-filter:" + l + "\r\n"
		}
		text += "m=audio 5004 RTP/AVP 0\r\n"
		for _, l := range tt.media {
			text += "a=source-filter:" + l + "\r\n"
		}
		g, _, err := ParseSession([]byte(text), builtin.Set())
		if !errors.Is(err, tt.failed) {
			t.Errorf("%s: error %v, want %v", tt.name, err, tt.failed)
			continue
		}
		if err != nil {
			continue
		}
		got := g.Audio.Sources
		if got.Mode != tt.want.Mode || !slices.Equal(got.Sources, tt.want.Sources) || g.Audio.ListenOnly != (got.Mode == rtp.FilterInclude) {
			t.Errorf("%s: %+v, want %+v", tt.name, g.Audio, tt.want)
		}
	}
}

func TestReceiveOnly(t *testing.T) {
	const head, media = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.1.1\r\nt=0 0\r\n", "m=audio 5004 RTP/AVP 0\r\n"
	for text, want := range map[string]bool{
		head + media:                                       false,
		head + "a=recvonly\r\n" + media:                    true,
		head + media + "a=recvonly\r\n":                    true,
		head + media + "a=sendrecv\r\n":                    false,
		head + "a=recvonly\r\n" + media + "a=sendrecv\r\n": false,
	} {
		g, _, err := ParseSession([]byte(text), builtin.Set())
		if err != nil || g.Audio.ListenOnly != want {
			t.Errorf("%q: %+v, %v", text, g.Audio, err)
		}
	}
}

// What is described of a group's sources is read back as what others have to take.
func TestDescribeSources(t *testing.T) {
	other := netip.MustParseAddr("192.0.2.1")
	own := netip.MustParseAddr("127.0.0.1")
	for _, tt := range []struct {
		name, group string
		filter      rtp.SourceFilter
		listenOnly  bool
		bridgeOnly  bool
		want        string
	}{
		{"any", "239.1.1.1", rtp.SourceFilter{}, false, false, ""},
		{"the bridge only", "239.1.1.1", rtp.SourceFilter{}, false, true, "incl IN IP4 239.1.1.1 127.0.0.1"},
		{"source-specific, of ours", "232.1.1.1", rtp.SourceFilter{Mode: rtp.FilterInclude}, false, false, "incl IN IP4 232.1.1.1 127.0.0.1"},
		{"source-specific, of others, too", "232.1.1.1", rtp.SourceFilter{Mode: rtp.FilterInclude, Sources: []netip.Addr{other}}, false, false, "incl IN IP4 232.1.1.1 127.0.0.1 192.0.2.1"},
		{"the same with ours named", "232.1.1.1", rtp.SourceFilter{Mode: rtp.FilterInclude, Sources: []netip.Addr{own, other}}, false, false, "incl IN IP4 232.1.1.1 127.0.0.1 192.0.2.1"},
		{"only of others", "232.1.1.1", rtp.SourceFilter{Mode: rtp.FilterInclude, Sources: []netip.Addr{other}}, true, false, "incl IN IP4 232.1.1.1 192.0.2.1"},
		{"only of others, though the bridge is wanted", "232.1.1.1", rtp.SourceFilter{Mode: rtp.FilterInclude, Sources: []netip.Addr{other}}, true, true, "incl IN IP4 232.1.1.1 192.0.2.1"},
		{"a description that names us", "232.1.1.1", rtp.SourceFilter{Mode: rtp.FilterInclude, Sources: []netip.Addr{other, own}}, true, false, "incl IN IP4 232.1.1.1 127.0.0.1 192.0.2.1"},
		{"exclude", "239.1.1.1", rtp.SourceFilter{Mode: rtp.FilterExclude, Sources: []netip.Addr{other}}, false, false, "excl IN IP4 239.1.1.1 192.0.2.1"},
	} {
		g := testGroup(t, tt.group, "PCMU")
		g.Audio.Sources, g.Audio.ListenOnly = tt.filter, tt.listenOnly
		d := g.describe(codecs.MediaAudio, g.Audio, builtin.Set(), tt.bridgeOnly)
		got, _ := d.Attribute("source-filter")
		if strings.TrimSpace(got) != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A member that knows only the description of a source-specific group hears its
// source, says nothing itself, and does not hear who else sends there.
func TestSourceSpecificGroup(t *testing.T) {
	g := testGroup(t, "232.7.7.70", "PCMU")
	g.Audio.Sources.Mode = rtp.FilterInclude
	left := openHouse(t, g)
	described, err := left.server.SDP("room", false)
	if err != nil {
		t.Fatal(err)
	}
	member, _, err := ParseSession(described[0].SDP, builtin.Set())
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprint([]netip.Addr{netip.MustParseAddr("127.0.0.1")}); fmt.Sprint(member.Audio.Sources.Sources) != want {
		t.Fatalf("described as %s", described[0].SDP)
	}
	member.Conference, member.Interface = "room", "lo"
	right := openHouse(t, member)
	ann, bob := newPerson("ann", 440), newPerson("bob", 660)
	left.join(t, ann)
	right.join(t, bob)
	bob.await(t, "ann", func(l []float64) bool { return l[0] > 0.9 }, 440)
	if st := left.server.Stats()[0]; st.Audio.Received != 0 || st.Audio.Sent == 0 {
		t.Errorf("the source heard %+v", st.Audio)
	}
}
