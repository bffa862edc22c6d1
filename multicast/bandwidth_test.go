package multicast

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/qos/rtp"
)

func TestBandwidth(t *testing.T) {
	for _, tt := range []struct {
		name           string
		rate, channels int
		packet         time.Duration
		told, want     int
	}{
		{"PCMU", 8000, 1, 0, 0, 80},
		{"opus", 48000, 2, 0, 0, 80},
		{"GSM", 8000, 1, 0, 0, 30},
		{"DVI4", 16000, 1, 0, 0, 82},
		{"G726-24", 8000, 1, 0, 0, 40},
		{"AAL2-G726-40", 8000, 1, 0, 0, 56},
		{"L16", 44100, 2, 0, 0, 1454},
		{"L24", 48000, 2, time.Millisecond, 0, 2624},
		{"H264", 90000, 0, 0, 0, DefaultVideoBandwidth},
		{"H264", 90000, 0, 0, 384, 384},
		{"PCMU", 8000, 1, 0, 240, 240},
	} {
		m := &MediaConfig{PacketTime: tt.packet, Bandwidth: tt.told}
		if got := m.bandwidth(codecs.Format{Name: tt.name, ClockRate: tt.rate, Channels: tt.channels}); got != tt.want {
			t.Errorf("%s takes %d kbit/s, want %d", tt.name, got, tt.want)
		}
	}
}

func TestReadBandwidth(t *testing.T) {
	const (
		head  = "v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.1.1/1\r\n"
		audio = "t=0 0\r\nm=audio 5004 RTP/AVP 0\r\n"
		video = "m=video 5006 RTP/AVP 31\r\n"
	)
	for _, tt := range []struct {
		name, text string
		kbps       int
		rtcp       *rtp.RTCPBandwidth
	}{
		{"none", head + audio, 0, nil},
		{"of the medium", head + "b=AS:900\r\n" + audio + "b=AS:100\r\n" + video, 100, nil},
		{"of all media", head + "b=AS:900\r\n" + audio + video, 0, nil},
		{"above the only medium", head + "b=AS:900\r\n" + audio, 900, nil},
		{"of VLC, which hears no reports", head + audio + "b=AS:100\r\nb=RR:0\r\n", 100, &rtp.RTCPBandwidth{Senders: 1250}},
		{"of RTCP", head + "b=RS:600\r\nb=RR:2000\r\n" + audio + "b=RS:800\r\n" + video, 0, &rtp.RTCPBandwidth{Senders: 800, Receivers: 2000}},
		{"of senders alone", head + audio + "b=RS:800\r\n", 0, &rtp.RTCPBandwidth{Senders: 800, Receivers: 2400}},
		{"of an unknown kind", head + "b=X-YZ:1.5\r\nb=NEW:many\r\n" + audio + "b=TIAS:64000\r\nb=AS:100\r\n", 100, nil},
		{"beyond all bounds", head + audio + "b=AS:18446744073709551615\r\n", MaxBandwidth, nil},
	} {
		g, _, err := ParseSession([]byte(tt.text), builtin.Set())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if g.Audio.Bandwidth != tt.kbps {
			t.Errorf("%s: %d kbit/s, want %d", tt.name, g.Audio.Bandwidth, tt.kbps)
		}
		if diff := cmp.Diff(tt.rtcp, g.Audio.RTCPBandwidth); diff != "" {
			t.Errorf("%s: RTCP (-want +got):\n%s", tt.name, diff)
		}
		if err := g.Audio.validate(codecs.MediaAudio, builtin.Set()); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		var lines []string
		for _, b := range g.Audio.bandwidthLines(g.Audio.Formats[0].Format) {
			lines = append(lines, b.Type)
		}
		if want := []string{"AS", "RS", "RR"}[:len(lines)]; !slices.Equal(lines, want) || (len(lines) == 3) != (tt.rtcp != nil) {
			t.Errorf("%s: described by %q", tt.name, lines)
		}
	}
}

// RTCP of a group keeps to the bandwidth that its description says.
func TestBandwidthOfSession(t *testing.T) {
	cfg := testGroup(t, "239.255.77.70", "PCMU")
	cfg.Audio.Bandwidth = 1 // 6.25 octets a second for RTCP, of which receivers have 4.7
	h := openHouse(t, cfg)
	group := h.server.joined()[0]
	if d := group.audio.session.Stats().Members.Interval; d < 10*time.Second {
		t.Errorf("reports every %v", d)
	}
	session, err := h.server.describe(group, false)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(session.SDP), "b=AS:1\r\n") {
		t.Errorf("described as %s", session.SDP)
	}
}
