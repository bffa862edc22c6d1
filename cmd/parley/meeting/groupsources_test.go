//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
	"parley/codecs"
	"parley/multicast"
	"parley/qos/rtp"
)

// sourceGroup is a group to which two hosts send, of whom one is taken.
type sourceGroup struct {
	addr  string
	mode  rtp.FilterMode
	tones [2]float64 // of each host
}

// TestGroupSources has two hosts at a switch that snoops send to the same groups:
// the switch learns from parley whom it wants, and the other one is not heard.
func TestGroupSources(t *testing.T) {
	requirePrograms(t, "ffmpeg", "bridge")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	groups := []sourceGroup{
		{"232.97.0.1:7000", rtp.FilterInclude, [2]float64{440, 660}},
		{"[ff3e::97:1]:7010", rtp.FilterInclude, [2]float64{880, 1100}},
		{"239.255.97.2:7020", rtp.FilterExclude, [2]float64{1380, 1780}},
		{"[ff15::97:2]:7030", rtp.FilterExclude, [2]float64{2200, 2620}},
	}
	network := lab.NewSwitch(t, 2)
	for i, host := range network.Hosts {
		p := speakIn(t, host, i, groups)
		if err := p.Await(ctx, "time="); err != nil {
			t.Fatal(err)
		}
	}
	for i, right := range network.Hosts {
		wrong := network.Hosts[1-i]
		t.Run(right.Name, func(t *testing.T) { hearOnly(ctx, t, network, groups, i, right, wrong) })
	}
	t.Run("channels", func(t *testing.T) { hearChannels(ctx, t, network, groups[:2]) })
}

// hearChannels joins each source-specific group twice, for one host and for the other:
// on one port, each has its own host alone.
func hearChannels(ctx context.Context, t *testing.T, network *lab.Switch, groups []sourceGroup) {
	var configs []multicast.GroupConfig
	for _, g := range groups {
		for _, host := range network.Hosts {
			c := soundGroup(g.addr)
			c.Interface, c.Audio.ListenOnly = network.Interface, true
			source := host.Address
			if c.Audio.Addr.Addr().Is6() {
				source = host.Address6
			}
			c.Audio.Sources = rtp.SourceFilter{Mode: rtp.FilterInclude, Sources: []netip.Addr{netip.MustParseAddr(source)}}
			configs = append(configs, c)
		}
	}
	studio := openStudio(t, configs...)
	poll(ctx, t, "a channel is not heard", func() bool {
		for _, st := range studio.server.Stats() {
			if st.Audio.Received < 50 {
				return false
			}
		}
		return true
	})
	members := make(map[string]string) // by address, from where
	all, err := studio.server.Members("room", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		for _, m := range g.Audio.Members {
			if m.Sending {
				members[g.Address] += m.Addr.Addr().String()
			}
		}
	}
	for _, c := range configs {
		source := c.Audio.Sources.Sources[0].String()
		if name := c.Audio.Addr.String() + " from " + source; members[name] != source {
			t.Errorf("%s has %q", name, members[name])
		}
	}
	if len(members) != len(configs) {
		t.Errorf("channels %v", members)
	}
}

// speakIn has a host send its tone to each group.
func speakIn(t *testing.T, host *lab.Port, i int, groups []sourceGroup) *lab.Process {
	t.Helper()
	args := []string{"ffmpeg", "-hide_banner", "-nostdin", "-re"}
	for _, g := range groups {
		args = append(args, "-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=8000", g.tones[i]))
	}
	for n, g := range groups {
		args = append(args, "-map", fmt.Sprint(n), "-c:a", "pcm_mulaw", "-ac", "1", "-f", "rtp", "rtp://"+g.addr+"?ttl=4&pkt_size=172")
	}
	args = host.Command(args...)
	return lab.Start(t, nil, args[0], args[1:]...)
}

// hearOnly joins the groups with a filter for host i.
func hearOnly(ctx context.Context, t *testing.T, network *lab.Switch, groups []sourceGroup, i int, right, wrong *lab.Port) {
	var configs []multicast.GroupConfig
	var wanted, unwanted []float64
	var lines [][2]string
	for _, g := range groups {
		c := soundGroup(g.addr)
		c.Interface = network.Interface
		named := right
		if g.mode == rtp.FilterExclude {
			named = wrong
		}
		source := named.Address
		if c.Audio.Addr.Addr().Is6() {
			source = named.Address6
		}
		c.Audio.Sources = rtp.SourceFilter{Mode: g.mode, Sources: []netip.Addr{netip.MustParseAddr(source)}}
		configs = append(configs, c)
		wanted, unwanted = append(wanted, g.tones[i]), append(unwanted, g.tones[1-i])
		lines = append(lines, [2]string{"port port0 grp " + c.Audio.Addr.Addr().String() + " ", source})
	}
	studio := openStudio(t, configs...)
	ear := studio.join(t, 0)
	var table string
	poll(ctx, t, "the switch does not know whom parley wants", func() bool {
		table = network.Groups(t)
		for n := range groups {
			if !listed(table, lines[n], groups[n].mode) {
				return false
			}
		}
		return true
	})
	t.Logf("%s", table)
	var pcm []float64
	poll(ctx, t, "the right sources are not heard", func() bool {
		pcm = ear.lately(1)
		m := spectrum.Measure(pcm, codecs.SampleRate, wanted...)
		for _, f := range wanted {
			if len(pcm) < codecs.SampleRate || m.Tones[f] < m.Floor+20 {
				return false
			}
		}
		return true
	})
	m := spectrum.Measure(pcm, codecs.SampleRate, append(wanted, unwanted...)...)
	t.Logf("%v", m)
	for n := range groups {
		if m.Tones[unwanted[n]] > m.Tones[wanted[n]]-40 {
			t.Errorf("%s: %g Hz of the wrong source stands at %.1f dB", groups[n].addr, unwanted[n], m.Tones[unwanted[n]])
		}
	}
}

// listed reports whether the switch has a line of a group's, with the mode and the
// source.
func listed(table string, want [2]string, mode rtp.FilterMode) bool {
	word := map[rtp.FilterMode]string{rtp.FilterInclude: "filter_mode include", rtp.FilterExclude: "filter_mode exclude"}[mode]
	for line := range strings.Lines(table) {
		if strings.Contains(line, want[0]) && strings.Contains(line, word) && strings.Contains(line, "source_list "+want[1]+"/") {
			return true
		}
	}
	return false
}

// TestSourceSpecificSession has a host announce a session of which it is the only
// source, as its description says: joined by the command line, the switch is asked
// for that source alone, it is heard, and parley says nothing there.
func TestSourceSpecificSession(t *testing.T) {
	requirePrograms(t, "ffmpeg", "bridge")
	network := lab.NewSwitch(t, 2)
	source, guest := network.Hosts[0], network.Hosts[1]
	b := startBridge(t, `
sip: {enabled: false}
webrtc: {enabled: false}
conferences:
  - id: room
    multicast: [{audio: {group: "239.255.97.20:7200"}}]
multicast: {interface: port0}
`)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	speakIn(t, source, 0, []sourceGroup{{addr: "232.97.0.21:7210", tones: [2]float64{440, 0}}})
	speakIn(t, guest, 0, []sourceGroup{{addr: "239.255.97.20:7200", tones: [2]float64{660, 0}}})
	conn, err := source.Dial(&net.UDPAddr{IP: net.IPv4(239, 255, 255, 255), Port: 9875})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// RFC 2974 6: version 1, no authentication, a hash, the origin, a type and text.
	header := "\x20\x00\x12\x34" + string(netip.MustParseAddr(source.Address).AsSlice()) + "application/sdp\x00"
	announcement := header + "v=0\r\no=- 1 1 IN IP4 " + source.Address + "\r\ns=Lecture\r\nt=0 0\r\n" +
		"a=source-filter: incl IN IP4 232.97.0.21 " + source.Address + "\r\nm=audio 7210 RTP/AVP 0\r\nc=IN IP4 232.97.0.21/4\r\n"
	poll(ctx, t, "it is not listed", func() bool {
		if _, err := conn.Write([]byte(announcement)); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(b.text(t, "/api/v1/multicast/sessions"), "Lecture")
	})
	lab.Run(t, parleyBinary(t), "join", "lecture", "--conference", "room")
	want := [2]string{"port port0 grp 232.97.0.21 ", source.Address}
	poll(ctx, t, "the switch does not know whom parley wants", func() bool { return listed(network.Groups(t), want, rtp.FilterInclude) })
	count := func(name, group string) (n float64) {
		for line := range strings.Lines(b.text(t, "/metrics")) {
			if _, err := fmt.Sscanf(line, "parley_multicast_packets_"+name+"_total{group=\""+group+"\",media=\"audio\"} %g", &n); err == nil {
				return n
			}
		}
		t.Fatalf("no metric %s of %s", name, group)
		return 0
	}
	channel := "232.97.0.21:7210 from " + source.Address
	poll(ctx, t, "the source is not heard, or not passed on to the other group", func() bool {
		return count("received", channel) > 50 && count("received", "239.255.97.20:7200") > 50 && count("sent", "239.255.97.20:7200") > 50
	})
	if n := count("sent", channel); n != 0 {
		t.Errorf("%g packets are sent to a group that takes another's alone", n)
	}
	if n := count("filtered", channel); n != 0 {
		t.Errorf("%g packets of others come through the switch", n)
	}
}

// TestOwnSourceSpecificGroup has ffmpeg play a group in which parley alone sends, by
// parley's description: it asks the switch for parley, and hears it.
func TestOwnSourceSpecificGroup(t *testing.T) {
	requirePrograms(t, "ffmpeg", "bridge")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	network := lab.NewSwitch(t, 1)
	group := soundGroup("232.97.0.22:7220")
	group.Interface, group.Audio.Sources.Mode = network.Interface, rtp.FilterInclude
	studio := openStudio(t, group)
	studio.join(t, 440)
	described, err := studio.server.SDP("room", false)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	sdp, recording := filepath.Join(dir, "group.sdp"), filepath.Join(dir, "group.wav")
	write(t, sdp, string(described[0].SDP))
	args := network.Hosts[0].Command("ffmpeg", "-hide_banner", "-nostdin", "-y", "-protocol_whitelist", "file,udp,rtp", "-i", sdp, "-t", "2", recording)
	player := lab.Start(t, nil, args[0], args[1:]...)
	want := [2]string{"port port1 grp 232.97.0.22 ", "10.97.0.1"}
	poll(ctx, t, "ffmpeg does not ask for parley alone", func() bool { return listed(network.Groups(t), want, rtp.FilterInclude) })
	awaitExit(ctx, t, player)
	pcm, rate, err := spectrum.ReadWAV(recording)
	if err != nil {
		t.Fatal(err)
	}
	if m := spectrum.Measure(pcm, rate, 440); m.Tones[440] < m.Floor+20 {
		t.Errorf("ffmpeg hears %v", m)
	}
}
