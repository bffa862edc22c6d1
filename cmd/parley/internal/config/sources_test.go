package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/qos/rtp"
)

func TestSources(t *testing.T) {
	text := func(group string, more ...string) string {
		return "conferences:\n- id: a\n  multicast:\n  - audio: {group: \"" + group + "\"}\n    " + strings.Join(more, "\n    ") + "\n"
	}
	c, err := loadText(t, text("232.1.1.1:5004", "sources: {include: [192.0.2.1, 192.0.2.2]}", "hop_floor: 254", "interface: lo", "more_interfaces: []"))
	if err != nil {
		t.Fatal(err)
	}
	g := c.Conferences[0].Multicast[0]
	f, err := g.Sources.Filter(netip.MustParseAddr("232.1.1.1"))
	if err != nil || f.Mode != rtp.FilterInclude || !slices.Equal(f.Sources, []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}) || g.HopFloor != 254 {
		t.Errorf("%+v %+v %v", g, f, err)
	}
	for _, text := range []string{
		text("232.1.1.1:5004"), // parley alone sends there
		text("[ff12::1%lo]:5004"), text("[ff12::1]:5004", "interface: lo"), text("[ff12::1]:5004") + "multicast: {interface: lo}\n",
		text("[ff12::1%lo]:5004", "interface: lo"), text("224.0.0.99:5004"),
	} {
		if _, err := loadText(t, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{text("239.1.1.1:5004", "sources: {include: [192.0.2.1], exclude: [192.0.2.2]}"), "sources: has both include and exclude"},
		{text("232.1.1.1:5004", "sources: {exclude: [192.0.2.1]}"), "source-specific"},
		{text("239.1.1.1:5004", "sources: {exclude: [studio]}"), "sources.exclude[0]: must be the address of a host"},
		{text("239.1.1.1:5004", "sources: {exclude: [239.1.1.2]}"), "sources.exclude[0]: must be the address of a host"},
		{text("239.1.1.1:5004", "sources: {exclude: [\"2001:db8::1\"]}"), "is not of the family of the groups"},
		{text("239.1.1.1:5004", "video: {group: \"[ff15::1]:5006\"}", "sources: {include: [192.0.2.1]}"), "no source is of the family of group ff15::1"},
		{text("239.1.1.1:5004\", packet_time: \"1ms"), "packet_time: is for L16 and L24"},
		{text("239.1.1.1:5004\", codec: \"FOO"), "no codec \"FOO\"; there are opus, "},
		{text("232.1.1.1:5004", "listen_only: true"), "nobody is heard in the source-specific group 232.1.1.1"},
		{text("239.1.1.1:5004\", feedback: {listen: \"192.0.2.1:5007\"}, codec: \"PCMU", "listen_only: true"), "feedback.listen: is for a group in which parley alone sends"},
		{text("224.0.0.1:5004"), "audio.group: 224.0.0.1 is the group of all hosts"},
		{text("[ff02::1%lo]:5004"), "is the group of all hosts"},
		{text("239.195.255.255:5004"), "is the group of session announcements (SAP)"},
		{text("[ff05::2:7ffe]:5004"), "is the group of session announcements (SAP)"},
		{text("224.2.127.254:5004"), "is the group of session announcements"},
		{text("239.1.1.1:5004", "hop_floor: 256"), "hop_floor: must be from 1 to 255"},
		{text("239.1.1.1:5004", "more_interfaces: [lo]"), "more_interfaces: need a first one"},
		{text("239.1.1.1:5004", "interface: lo", "more_interfaces: [lo]"), "is empty or named twice"},
		{text("239.1.1.1:5004", "interface: lo", "more_interfaces: [eth77]"), "there is no interface"},
		{text("[ff12::1]:5004"), "is of link scope: give its interface, as in [ff12::1%eth0]:5004"},
		{text("[ff12::1%lo]:5004", "interface: eth77"), "is on the interface \"lo\" by its zone"},
		{text("[ff12::1%eth77]:5004"), "there is no interface"},
		{text("[ff12::1]:5004") + "multicast: {interface: lo, more_interfaces: [eth77]}\n", "take more_interfaces away"},
		{"multicast: {more_interfaces: [lo]}\n", "multicast.more_interfaces: need a first one"},
	} {
		if _, err := loadText(t, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
}

// Channels of one group are taken by SDP files, in which parley only listens.
func TestChannelsOfOneGroup(t *testing.T) {
	folder := t.TempDir()
	file := func(name, source string) string {
		text := "v=0\no=- 1 1 IN IP4 " + source + "\ns=x\nc=IN IP4 232.1.1.1/1\nt=0 0\na=source-filter: incl IN IP4 * " + source + "\nm=audio 5004 RTP/AVP 0\n"
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one, again, other := file("one", "203.0.113.1"), file("again", "203.0.113.1"), file("other", "203.0.113.2")
	text := func(a, b string) string {
		return "conferences:\n- {id: a, multicast: [{" + a + "}]}\n- {id: b, multicast: [{" + b + "}]}\n"
	}
	sent := func(source string) string {
		return "audio: {group: \"232.1.1.1:5004\"}, sources: {include: [" + source + "]}"
	}
	for _, tt := range []struct{ text, want string }{
		{text("sdp: "+one, "sdp: "+other), ""},
		{text("sdp: "+one, sent("203.0.113.2")), ""},
		{text("sdp: "+one, "sdp: "+again), "go round"},
		{text(sent("203.0.113.1"), sent("203.0.113.2")), "have it only listen to one"},
	} {
		if _, err := loadText(t, tt.text); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.text, err, tt.want)
		}
	}
}

func TestLayers(t *testing.T) {
	text := func(audio, video string) string {
		return "conferences:\n- id: a\n  multicast:\n  - {audio: {group: \"239.1.1.1:5004\"" + audio + "}, video: {group: \"" + video + "\"}}\n"
	}
	if _, err := loadText(t, text(", layers: 3", "239.1.1.4:5004")); err != nil {
		t.Error(err)
	}
	const key = ", crypto: \"AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\""
	for _, tt := range []struct{ text, want string }{
		{text(", layers: 9", "239.1.1.9:5004"), "layers: must be from 1 to 8"},
		{text(", layers: -1", "239.1.1.9:5004"), "layers: must be from 1 to 8"},
		{text(", layers: 3", "239.1.1.3:5004"), "239.1.1.3:5004 is already that of"},
		{strings.Replace(text(", layers: 3", "239.1.1.9:5004"), "239.1.1.1:5004", "auto", 1), "layers: need a group that is named"},
		{text(", layers: 2"+key, "239.1.1.9:5004"), "layers: cannot be encrypted under one key"},
	} {
		if _, err := loadText(t, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
}
