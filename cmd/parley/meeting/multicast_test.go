//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/multicast"
)

// groupOf reads what ffmpeg wrote of the session that it sends.
func groupOf(t *testing.T, sdp string) multicast.GroupConfig {
	t.Helper()
	g, _, err := multicast.ReadSession(sdp, builtin.Set())
	if err != nil {
		t.Fatal(err)
	}
	g.Conference, g.Interface, g.VideoStreams, g.TTL = "room", lab.Interface, multicast.VideoActive, 4
	return g
}

// sender runs ffmpeg on the second host and waits for its description.
func sender(ctx context.Context, t *testing.T, args ...string) multicast.GroupConfig {
	t.Helper()
	sdp := filepath.Join(t.TempDir(), "x.sdp")
	p := onOther(t, append([]string{"ffmpeg", "-hide_banner", "-nostdin", "-re"}, append(args[:len(args)-1:len(args)-1], "-f", "rtp", "-sdp_file", sdp, args[len(args)-1])...)...)
	// Its first line of statistics follows the description.
	if err := p.Await(ctx, "time="); err != nil {
		t.Fatal(err)
	}
	return groupOf(t, sdp)
}

// TestGroupSound has ffmpeg speak every audio codec, each into a group of its
// own and one over IPv6, and an ffmpeg listen in each that knows only parley's
// description of it: all are heard in the conference, and in each group all
// but its own.
func TestGroupSound(t *testing.T) {
	requirePrograms(t, "ffmpeg", "tshark", "dumpcap")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	speakers := []struct {
		name, group string
		tone        float64
		codec       []string
	}{
		{"PCMU", "239.255.98.1:6000", 440, []string{"-c:a", "pcm_mulaw", "-ar", "8000"}},
		{"opus", "239.255.98.2:6010", 700, []string{"-c:a", "libopus", "-ar", "48000"}},
		{"L16", "239.255.98.3:6020", 1020, []string{"-c:a", "pcm_s16be", "-ar", "44100"}},
		{"G722", "239.255.98.4:6030", 1380, []string{"-c:a", "g722", "-ar", "16000"}},
		{"PCMU", "[ff15::98]:6040", 1780, []string{"-c:a", "pcm_mulaw", "-ar", "8000"}},
	}
	const guestTone = 2200.0
	var groups []multicast.GroupConfig
	all := []float64{guestTone}
	ports := []string{}
	for _, s := range speakers {
		args := append([]string{"-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=48000", s.tone)}, s.codec...)
		args = append(args, "-ac", "1", "rtp://"+s.group+"?ttl=4&pkt_size=1000")
		g := sender(ctx, t, args...)
		if got := g.Audio.Formats[0].Format.Name; got != s.name {
			t.Fatalf("ffmpeg's description of %s is read as %s", s.name, got)
		}
		groups = append(groups, g)
		all = append(all, s.tone)
		port := g.Audio.Addr.Port()
		ports = append(ports, fmt.Sprintf("%d,rtp", port), fmt.Sprintf("%d,rtcp", port+1))
	}
	file, stop := capture(ctx, t, "udp")
	studio := openStudio(t, groups...)
	guest := studio.join(t, guestTone)
	studio.await(ctx, t, "all are members", func(r conference.Roster) bool { return len(members(r)) == len(speakers) })

	var listeners []*lab.Process
	dir := t.TempDir()
	for i := range speakers {
		listeners = append(listeners, onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-y", "-protocol_whitelist", "file,udp,rtp",
			"-i", studio.description(t, i), "-t", "4", "-c:a", "pcm_s16le", filepath.Join(dir, fmt.Sprint(i, ".wav"))))
	}
	for i, p := range listeners {
		awaitExit(ctx, t, p)
		pcm, rate, err := spectrum.ReadWAV(filepath.Join(dir, fmt.Sprint(i, ".wav")))
		if err != nil {
			t.Fatal(err)
		}
		others := slices.DeleteFunc(slices.Clone(all), func(f float64) bool { return f == speakers[i].tone })
		judge(t, "group "+speakers[i].name+" "+speakers[i].group, lastSeconds(pcm, rate, 3), rate, speakers[i].tone, others...)
	}
	judge(t, "the guest", guest.lately(3), codecs.SampleRate, guestTone, all[1:]...)
	stop()

	from := "(ip.src == " + lab.Here + " || ipv6.src == fd99::1)"
	if bad := dissect(t, file, from+" && (_ws.malformed || _ws.expert.severity >= 0x00600000)", ports, "frame.number", "_ws.expert.message"); len(bad) > 0 {
		t.Errorf("tshark finds fault with %d packets: %v", len(bad), bad[:min(5, len(bad))])
	}
	marks := dissect(t, file, from+" && (rtp || rtcp)", ports, "ip.dsfield.dscp", "ipv6.tclass.dscp", "ip.ttl", "ipv6.hlim")
	if len(marks) < 1000 {
		t.Errorf("only %d packets were sent", len(marks))
	}
	for _, m := range marks {
		if m != "46\t\t4\t" && m != "\t46\t\t4" {
			t.Fatalf("a packet goes out as DSCP, TTL %q, want EF and 4", m)
		}
	}
	names := dissect(t, file, from+" && rtcp.sdes.text", ports, "rtcp.sdes.text")
	if !slices.ContainsFunc(names, func(s string) bool { return strings.Contains(s, "parley@lab") && strings.Contains(s, "Studio") }) {
		t.Errorf("RTCP says %q, not who parley is", names)
	}
	t.Logf("%d packets, all marked EF with TTL 4, none malformed", len(marks))
}

// TestGroupPicture has ffmpeg send H.264 whose parameter sets stand only in
// its description, with a key frame in ten seconds: a guest, one that comes
// late, and an ffmpeg in a second group decode it.
func TestGroupPicture(t *testing.T) {
	requirePrograms(t, "ffmpeg")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	camera := sender(ctx, t, "-f", "lavfi", "-i", "testsrc=size=352x288:rate=15", "-c:v", "libx264", "-profile:v", "baseline",
		"-tune", "zerolatency", "-g", "150", "-bf", "0", "-pix_fmt", "yuv420p", "-flags", "+global_header",
		"-x264-params", "repeat-headers=0:keyint=150:scenecut=0", "rtp://239.255.98.10:6100?ttl=4&pkt_size=1200")
	if len(camera.Video.ParameterSets) != 2 {
		t.Fatalf("%d parameter sets in ffmpeg's description", len(camera.Video.ParameterSets))
	}
	audience := multicast.GroupConfig{
		Conference: "room", Interface: lab.Interface, TTL: 4, VideoStreams: multicast.VideoActive,
		Video: &multicast.MediaConfig{Addr: netip.MustParseAddrPort("239.255.98.11:6110"), Formats: []codecs.Mapping{{
			PayloadType: 96, Format: codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=42e01f"},
		}}},
	}
	studio := openStudio(t, camera, audience)
	first := studio.join(t, 0)
	player := onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-v", "warning", "-protocol_whitelist", "file,udp,rtp",
		"-i", studio.description(t, 1), "-frames:v", "30", "-f", "framemd5", "-")
	checkH264(t, first.pictures(ctx, t, 15))

	late := studio.join(t, 0)
	checkH264(t, late.pictures(ctx, t, 15))
	took := late.seen.Sub(late.joined)
	t.Logf("the late guest had a key frame after %v", took)
	if took > time.Second {
		t.Errorf("the late guest had its first key frame only after %v", took)
	}
	awaitExit(ctx, t, player)
	if out := player.Output(); strings.Contains(out, "error") {
		t.Errorf("the player in the group complains: %s", out)
	}
}

// checkH264 decodes a file without tolerance.
func checkH264(t *testing.T, path string) {
	t.Helper()
	out := lab.Run(t, "ffmpeg", "-hide_banner", "-v", "error", "-xerror", "-err_detect", "explode", "-f", "h264", "-i", path, "-f", "framemd5", "-")
	if n := strings.Count(out, "\n0,"); n < 10 || strings.Contains(out, "error") {
		t.Errorf("%d pictures decoded: %s", n, out)
	}
}

// TestGroupMemberComesAndGoes has a GStreamer session with RTCP of its own
// join, say its name, and leave with BYE.
func TestGroupMemberComesAndGoes(t *testing.T) {
	requirePrograms(t, "gst-launch-1.0")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	studio := openStudio(t, multicast.GroupConfig{
		Conference: "room", Interface: lab.Interface, TTL: 4,
		Audio: &multicast.MediaConfig{
			Addr:    netip.MustParseAddrPort("239.255.98.20:6200"),
			Formats: []codecs.Mapping{{PayloadType: 0, Format: codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}}},
		},
	})
	out := func(port string) string {
		return "udpsink host=239.255.98.20 port=" + port + " auto-multicast=true multicast-iface=meet1 ttl-mc=4 async=false sync=false"
	}
	args := []string{"gst-launch-1.0", "-e", "rtpbin", "name=b", `sdes="application/x-rtp-source-sdes,cname=(string)\"ann@studio\",name=(string)\"Ann\""`}
	args = append(args, strings.Fields("audiotestsrc is-live=true freq=440 ! audioconvert ! audioresample ! mulawenc ! rtppcmupay ! b.send_rtp_sink_0 "+
		"b.send_rtp_src_0 ! "+out("6200")+" b.send_rtcp_src_0 ! "+out("6201")+
		" udpsrc address=239.255.98.20 port=6201 multicast-iface=meet1 auto-multicast=true ! b.recv_rtcp_sink_0")...)
	peer := onOther(t, args...)
	studio.await(ctx, t, "Ann is a member by name", func(r conference.Roster) bool {
		return slices.ContainsFunc(members(r), func(s conference.SourceState) bool {
			return s.Name == "Ann" && s.CNAME == "ann@studio" && strings.HasPrefix(s.Address, lab.There+":")
		})
	})
	// At the end of the stream rtpbin says BYE.
	if err := peer.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	studio.await(ctx, t, "Ann has left", func(r conference.Roster) bool { return len(members(r)) == 0 })
}
