//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/codecs"
	"parley/conference"
	"parley/multicast"
	"parley/qos/rtp"
)

// soundGroup is a group of PCMU on the meetings' network.
func soundGroup(addr string) multicast.GroupConfig {
	return multicast.GroupConfig{
		Conference: "room", Interface: lab.Interface, TTL: 4,
		Audio: &multicast.MediaConfig{
			Addr:    netip.MustParseAddrPort(addr),
			Formats: []codecs.Mapping{{PayloadType: 0, Format: codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}}},
		},
	}
}

// poll looks every now and then until ok.
func poll(ctx context.Context, t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(what)
		}
	}
}

// TestGroupReports has GStreamer's rtpbin listen to a group, with every fifth
// packet lost at random on its way there: parley's loss map says what GStreamer's
// own log does, and GStreamer learns who parley is and whom it mixes.
func TestGroupReports(t *testing.T) {
	requirePrograms(t, "gst-launch-1.0", "nft")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	other := func(rules string) {
		nft := lab.InOther("nft", rules)
		lab.Run(t, nft[0], nft[1:]...)
	}
	other("table inet lossy {\nchain in {\ntype filter hook input priority 0\nudp dport 6300 numgen random mod 100 < 20 counter drop\n}\n}")
	t.Cleanup(func() { other("delete table inet lossy") })
	studio := openStudio(t, soundGroup("239.255.98.30:6300"))
	studio.join(t, 440)

	in := func(port string) string {
		return "udpsrc address=239.255.98.30 port=" + port + " multicast-iface=meet1 auto-multicast=true"
	}
	args := []string{
		"env", "GST_DEBUG_NO_COLOR=1", "GST_DEBUG=rtpsource:7,rtpsession:7", "gst-launch-1.0", "-e", "rtpbin", "name=b",
		`sdes="application/x-rtp-source-sdes,cname=(string)\"ann@studio\",name=(string)\"Ann\""`,
	}
	args = append(args, strings.Fields(in("6300")+" caps=application/x-rtp,media=audio,clock-rate=8000,encoding-name=PCMU,payload=0 ! b.recv_rtp_sink_0 "+
		in("6301")+" ! b.recv_rtcp_sink_0 b.send_rtcp_src_0 ! "+
		"udpsink host=239.255.98.30 port=6301 auto-multicast=true multicast-iface=meet1 ttl-mc=4 async=false sync=false loop=false "+
		"b. ! fakesink sync=false")...)
	peer := onOther(t, args...)

	var got rtp.Reception
	poll(ctx, t, "GStreamer never reported a loss", func() bool {
		all, err := studio.server.Members("room", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all[0].Audio.Receptions {
			if r.CNAME == "ann@studio" && r.Lost > 60 {
				got = r
			}
		}
		return got.Lost > 0
	})
	if got.Name != "Ann" || got.Fraction < 0.1 || got.Fraction > 0.3 || got.Addr.Addr().String() != lab.There {
		t.Errorf("the loss map says %+v", got)
	}
	log := peer.Output()
	for what, want := range map[string]string{
		"the same loss":    fmt.Sprintf("fraction %d, lost %d,", int(got.Fraction*256), got.Lost),
		"parley's CNAME":   "type 1, len 10, data parley@lab",
		"parley's name":    "type 2, len 6, data Studio",
		"parley's tool":    "type 6, len 6, data parley",
		"the guest's name": "type 2, len 5, data guest",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("GStreamer does not tell %s (%s)", what, want)
		}
	}
	t.Logf("%.1f %% lost, %d packets, by both", 100*got.Fraction, got.Lost)
}

// TestGroupCollision has ffmpeg send under parley's SSRC: parley says BYE and takes
// another, and in a second bridge its tone has no gap.
func TestGroupCollision(t *testing.T) {
	requirePrograms(t, "ffmpeg")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	group := soundGroup("239.255.98.31:6310")
	speaking, listening := openStudio(t, group), openStudioAs(t, "second@lab", group)
	speaking.join(t, 440)
	ear := listening.join(t, 0)
	session := func() *multicast.SessionMembers {
		all, err := speaking.server.Members("room", 10)
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Audio
	}
	listening.await(ctx, t, "parley is heard", func(r conference.Roster) bool { return len(members(r)) == 1 })
	poll(ctx, t, "the tone is not heard", func() bool {
		pcm := ear.lately(1)
		return len(pcm) >= codecs.SampleRate && gap(pcm) < 100*time.Millisecond
	})
	before := session().SSRC
	bye := awaitBye(t, "239.255.98.31:6311", before)
	onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-c:a", "pcm_mulaw",
		"-f", "rtp", "-ssrc", strconv.Itoa(int(int32(before))), "rtp://239.255.98.31:6310?ttl=4&pkt_size=172")
	poll(ctx, t, "parley keeps an SSRC that ffmpeg has", func() bool { return session().SSRC != before })
	select {
	case <-bye:
	case <-ctx.Done():
		t.Fatal("parley does not say BYE")
	}
	listening.await(ctx, t, "ffmpeg is a member, too", func(r conference.Roster) bool { return len(members(r)) == 2 })
	select {
	case <-time.After(2 * time.Second): // of sound after the change
	case <-ctx.Done():
	}
	got := gap(ear.lately(4))
	t.Logf("the longest gap is %v", got)
	if got > 100*time.Millisecond {
		t.Errorf("a gap of %v is heard", got)
	}
	if n := session().Stats.Collisions; n != 1 {
		t.Errorf("%d collisions", n)
	}
}

// awaitBye listens to a group's RTCP on the second host, and closes what it returns
// when parley's host says BYE for an SSRC.
func awaitBye(t *testing.T, group string, ssrc uint32) <-chan struct{} {
	t.Helper()
	said := make(chan struct{})
	var once sync.Once
	eachPacket(t, netip.MustParseAddrPort(group), func(from netip.Addr, b []byte) {
		packets, err := rtcp.Unmarshal(b)
		if err != nil || from.String() != lab.Here {
			return
		}
		for _, p := range packets {
			if bye, ok := p.(*rtcp.Goodbye); ok && slices.Contains(bye.Sources, ssrc) {
				once.Do(func() { close(said) })
			}
		}
	})
	return said
}

// gap is the longest silence.
func gap(pcm []float64) time.Duration {
	longest, quiet := 0, 0
	for _, v := range pcm {
		if quiet++; math.Abs(v) > 0.01 {
			quiet = 0
		}
		longest = max(longest, quiet)
	}
	return time.Duration(longest) * time.Second / codecs.SampleRate
}
