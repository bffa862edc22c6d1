package multicast

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/qos/rtp"
)

func TestReadLayers(t *testing.T) {
	for _, tt := range []struct {
		c, port string
		want    string
		failed  error
	}{
		{"IN IP4 239.1.1.1/4", "5004", "[]", nil},
		{"IN IP4 239.1.1.1/4/1", "5004", "[]", nil},
		{"IN IP4 239.1.1.1/4/3", "5004", "[239.1.1.2:5004 239.1.1.3:5004]", nil},
		{"IN IP4 239.1.1.1/4/3", "5004/3", "[239.1.1.2:5006 239.1.1.3:5008]", nil},
		{"IN IP4 239.1.1.255/4/2", "5004", "[239.1.2.0:5004]", nil},
		{"IN IP6 ff15::1/2", "5004", "[[ff15::2]:5004]", nil},
		{"IN IP4 239.1.1.1/4", "5004/2", "[]", nil}, // ports alone: the first
		{"IN IP4 239.1.1.1/4/255", "5004", "seven", nil},
		{"IN IP4 239.255.255.254/4/3", "5004", "", codecs.ErrMalformed},
		{"IN IP4 239.1.1.1/4/3", "65532/3", "", codecs.ErrMalformed},
		{"IN IP4 239.1.1.1/4/3", "5004/2", "", codecs.ErrMalformed},
		{"IN IP4 239.1.1.1/4/0", "5004", "", codecs.ErrMalformed},
		{"IN IP4 239.1.1.1/4/256", "5004", "", codecs.ErrMalformed},
		{"IN IP4 239.1.1.1/4/2/2", "5004", "", codecs.ErrMalformed},
		{"IN IP4 239.1.1.1/x/2", "5004", "", codecs.ErrMalformed},
		{"IN IP6 ff15::1/4/2", "5004", "", codecs.ErrMalformed},
	} {
		text := "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nt=0 0\r\nm=audio " + tt.port + " RTP/AVP 0\r\nc=" + tt.c + "\r\n"
		g, _, err := ParseSession([]byte(text), builtin.Set())
		if !errors.Is(err, tt.failed) {
			t.Errorf("%s %s: error %v, want %v", tt.c, tt.port, err, tt.failed)
		}
		if err != nil {
			continue
		}
		got := fmt.Sprint(g.Audio.Layers)
		if len(g.Audio.Layers) == rtp.MaxLayers-1 {
			got = "seven"
		}
		if got != tt.want {
			t.Errorf("%s %s: layers %v, want %s", tt.c, tt.port, got, tt.want)
		}
		if err := g.Audio.checkLayers(codecs.MediaAudio); err != nil {
			t.Error(err)
		}
	}
}

func TestDescribeLayers(t *testing.T) {
	for _, tt := range []struct {
		ports     bool
		has, line string
	}{
		{false, "c=IN IP4 239.1.1.1/1/3", "m=audio 5004 RTP/AVP 0"},
		{true, "c=IN IP4 239.1.1.1/1/3", "m=audio 5004/3 RTP/AVP 0"},
	} {
		g := testGroup(t, "239.1.1.1", "PCMU")
		g.Audio.Addr = netip.MustParseAddrPort("239.1.1.1:5004")
		var err error
		if g.Audio.Layers, err = Layers(g.Audio.Addr, 3, tt.ports); err != nil {
			t.Fatal(err)
		}
		d := sdp.SessionDescription{MediaDescriptions: []*sdp.MediaDescription{g.describe(codecs.MediaAudio, g.Audio, builtin.Set(), true)}}
		text, err := d.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{tt.has, tt.line, "source-filter: incl IN IP4 * "} {
			if !strings.Contains(string(text), want) {
				t.Errorf("no %q in %s", want, text)
			}
		}
	}
}

func TestCheckLayers(t *testing.T) {
	base := netip.MustParseAddrPort("239.1.1.1:5004")
	for name, m := range map[string]*MediaConfig{
		"elsewhere": {Addr: base, Layers: []netip.AddrPort{netip.MustParseAddrPort("239.1.1.3:5004")}},
		"too many":  {Addr: base, Layers: make([]netip.AddrPort, rtp.MaxLayers)},
	} {
		if m.checkLayers(codecs.MediaAudio) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	// All are claimed.
	one := GroupConfig{Audio: &MediaConfig{Addr: base, Layers: []netip.AddrPort{netip.MustParseAddrPort("239.1.1.2:5004")}}}
	if got := fmt.Sprint(one.Addresses()); got != "[239.1.1.1:5004 239.1.1.2:5004 239.1.1.1:5005 239.1.1.2:5005]" {
		t.Errorf("%s", got)
	}
}

// A member that sends in the second group alone is heard.
func TestLayerIsHeard(t *testing.T) {
	lower := testGroup(t, "239.255.77.95", "PCMU")
	upper := testGroup(t, "239.255.77.96", "PCMU")
	upper.Audio.Addr = netip.AddrPortFrom(upper.Audio.Addr.Addr(), lower.Audio.Addr.Port())
	lower.Audio.Layers = []netip.AddrPort{upper.Audio.Addr}
	left, right := openHouse(t, lower), openHouse(t, upper)
	ann, bob := newPerson("ann", 0), newPerson("bob", 660)
	left.join(t, ann)
	right.join(t, bob)
	ann.await(t, "bob", func(l []float64) bool { return l[0] > 0.9 }, 660)
}
