//go:build meeting

package meeting

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"parley/cmd/parley/internal/api"
	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// witness is a member of a group on the second host that only listens: it keeps
// what each SSRC sends, apart, and whom each says to carry.
type witness struct {
	mu   sync.Mutex
	ssrc map[uint32]*carried
}

// carried is what came under one SSRC.
type carried struct {
	pcm   []float64
	csrc  map[uint32]time.Time // last heard in it
	first time.Time
	last  time.Time
}

func listenTo(t *testing.T, group string) *witness {
	t.Helper()
	w := &witness{ssrc: make(map[uint32]*carried)}
	eachPacket(t, netip.MustParseAddrPort(group), func(_ netip.Addr, b []byte) { w.hear(t, b, time.Now()) })
	return w
}

func (w *witness) hear(t *testing.T, b []byte, now time.Time) {
	if len(b) < 12 || b[1]&0x7f != 0 || len(b) < 12+4*int(b[0]&15) {
		t.Errorf("the group got what is no PCMU: % x", b[:min(len(b), 12)])
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	ssrc := binary.BigEndian.Uint32(b[8:])
	c := w.ssrc[ssrc]
	if c == nil {
		c = &carried{csrc: make(map[uint32]time.Time), first: now}
		w.ssrc[ssrc] = c
	}
	rest := b[12:]
	for range b[0] & 15 {
		c.csrc[binary.BigEndian.Uint32(rest)] = now
		rest = rest[4:]
	}
	c.pcm, c.last = append(c.pcm, muLaw(t, rest)...), now
}

// twice are those that came by two ways since a time: under two SSRCs, or under
// their own and in a mix.
func (w *witness) twice(since time.Time) (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ways := make(map[uint32][]uint32)
	for ssrc, c := range w.ssrc {
		if c.last.After(since) {
			ways[ssrc] = append(ways[ssrc], ssrc)
		}
		for id, at := range c.csrc {
			if at.After(since) {
				ways[id] = append(ways[id], ssrc)
			}
		}
	}
	for id, ssrcs := range ways {
		if len(ssrcs) > 1 {
			out = append(out, fmt.Sprintf("%08x by %08x", id, ssrcs))
		}
	}
	return out
}

// streams are those that were sent lately.
func (w *witness) streams(since time.Time) (out []uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ssrc, c := range w.ssrc {
		if c.last.After(since) {
			out = append(out, ssrc)
		}
	}
	return out
}

// meetingLevel is that of all tones, in dB, and meetingGain how far the automatic
// gain of a bridge may move it: by some 4.5 dB where two come in one call; what
// comes twice is moved by 6 dB or more.
const (
	meetingLevel = -18.0
	meetingGain  = 5.5
)

// judge finds each tone in the last seconds of one stream, at its level, and in one
// alone.
func (w *witness) judge(t *testing.T, where string, seconds float64, tones ...float64) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	found := make(map[float64][]string)
	for ssrc, c := range w.ssrc {
		if time.Since(c.last) > time.Second || len(c.pcm) < earRate {
			continue
		}
		m := spectrum.Measure(lastSeconds(c.pcm, earRate, seconds), earRate, tones...)
		t.Logf("%s, SSRC %08x: %v", where, ssrc, m)
		for f, level := range m.Tones {
			if level > -45 {
				if math.Abs(level-meetingLevel) > meetingGain {
					t.Errorf("%s: %g Hz at %.1f dB in SSRC %08x", where, f, level, ssrc)
				}
				found[f] = append(found[f], fmt.Sprintf("%08x", ssrc))
			}
		}
	}
	for _, f := range tones {
		if len(found[f]) != 1 {
			t.Errorf("%s: %g Hz is heard in %v, want in one stream", where, f, found[f])
		}
	}
}

// openBridges starts two parleys, one on each host, with the same conferences.
func openBridges(ctx context.Context, t *testing.T, conferences string) (a, b *bridge) {
	t.Helper()
	calls := func(host string) string {
		return fmt.Sprintf("sip: {udp: \"%s:5060\", tcp: \"\"}\nh323: {listen: [\"%s:1720\"]}\n", host, host)
	}
	a = startBridge(t, calls(lab.Here)+"multicast: {interface: meet0, ttl: 4, bridging_priority: 1}\n"+conferences)
	path := filepath.Join(t.TempDir(), "parley.yaml")
	write(t, path, "http: {listen: \"127.0.0.1:8080\"}\n"+calls(lab.There)+"multicast: {interface: meet1, ttl: 4}\n"+conferences)
	transport := &http.Transport{DialContext: func(_ context.Context, network, addr string) (conn net.Conn, err error) {
		err = lab.OnOther(func() (err error) {
			conn, err = net.Dial(network, addr)
			return err
		})
		return conn, err
	}}
	t.Cleanup(transport.CloseIdleConnections)
	b = &bridge{
		URL: "http://127.0.0.1:8080", client: &http.Client{Transport: transport},
		Process: onOther(t, parleyBinary(t), "serve", "--config", path),
	}
	if err := b.Await(ctx, b.URL); err != nil {
		t.Fatal(err)
	}
	return a, b
}

// metric adds up what a bridge says of one metric.
func (b *bridge) metricSum(t *testing.T, name string) (sum float64) {
	t.Helper()
	for line := range strings.SplitSeq(b.text(t, "/metrics"), "\n") {
		if rest, ok := strings.CutPrefix(line, name); ok && strings.HasPrefix(rest, "{") {
			v, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
			if err != nil {
				t.Fatal(err)
			}
			sum += v
		}
	}
	return sum
}

func (b *bridge) bridging(t *testing.T, conference string, group int) api.GroupBridging {
	t.Helper()
	var got struct{ Groups []api.Group }
	b.get(t, "/api/v1/conferences/"+conference+"/groups", &got)
	return got.Groups[group].Audio.Bridging
}

// TestTwoBridges has two parleys on two hosts join one group by a conference and
// two others by a second one, with a phone on each in each, and an ffmpeg in each
// group, of which one sends pictures, too: everybody is heard and seen once by
// everybody, nothing comes round, and when the one that carries is killed, the other
// does within 5 s.
func TestTwoBridges(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip")
	parleyBinary(t) // which takes its time
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	groups := []string{"239.255.98.60:6600", "239.255.98.61:6610", "239.255.98.62:6620"}
	var witnesses []*witness
	for _, g := range groups {
		witnesses = append(witnesses, listenTo(t, g))
	}
	pictures := []string{"", "239.255.98.61:6612", "239.255.98.62:6622"}
	views := []*viewer{nil, viewGroup(t, pictures[1]), viewGroup(t, pictures[2])}
	group := func(i int) string {
		video := ""
		if i > 0 {
			video = fmt.Sprintf(", video: {group: \"%s\", codec: H264, payload_type: 96}", pictures[i])
		}
		return fmt.Sprintf("{audio: {group: \"%s\", codec: PCMU, payload_type: 0}%s}", groups[i], video)
	}
	a, b := openBridges(ctx, t, fmt.Sprintf("conferences:\n  - {id: one, multicast: [%s]}\n  - {id: two, multicast: [%s, %s]}\n", group(0), group(1), group(2)))
	began := time.Now()

	type speaker struct {
		tone float64
		dir  string
		*lab.Process
	}
	one := []float64{440, 660, 880}        // the member of the group, and a phone on each bridge
	two := []float64{520, 760, 1000, 1300} // a member of each group, and a phone on each bridge
	for i, tone := range []float64{440, 520, 760} {
		onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=8000", tone),
			"-c:a", "pcm_mulaw", "-f", "rtp", "rtp://"+groups[i]+"?ttl=4&pkt_size=172")
	}
	onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", "smptebars=size=352x288:rate=15", "-c:v", "libx264",
		"-profile:v", "baseline", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "60", "-pix_fmt", "yuv420p", "-payload_type", "96",
		"-f", "rtp", "rtp://"+pictures[1]+"?ttl=4&pkt_size=1200")
	var phones []speaker
	for i, p := range []struct {
		uri  string
		tone float64
	}{{"one@" + lab.Here, 660}, {"one@" + lab.There, 880}, {"two@" + lab.Here, 1000}, {"two@" + lab.There, 1300}} {
		process, dir := startPhone(t, phone{Port: 5200 + 10*i, Codec: "PCMU/8000/1", Tone: p.tone}, "sip:"+p.uri)
		phones = append(phones, speaker{p.tone, dir, process})
	}
	// In each group its member and both bridges speak; in the second of two, one
	// bridge alone.
	for i, want := range []int{3, 3, 2} {
		poll(ctx, t, "not all speak in group "+groups[i], func() bool {
			return len(witnesses[i].streams(time.Now().Add(-300*time.Millisecond))) == want
		})
	}
	settled := time.Until(began.Add(5 * time.Second))
	pauseFor(ctx, settled)
	loops := a.metricSum(t, "parley_multicast_loops_total") + b.metricSum(t, "parley_multicast_loops_total")
	from := time.Now()
	pauseFor(ctx, 3*time.Second)
	if after := a.metricSum(t, "parley_multicast_loops_total") + b.metricSum(t, "parley_multicast_loops_total"); after != loops {
		t.Errorf("%v packets came round in 3 s, 5 s after the start", after-loops)
	}
	for i, tones := range [][]float64{one, two, two} {
		witnesses[i].judge(t, groups[i], 2.5, tones...)
		if twice := witnesses[i].twice(from); len(twice) > 0 {
			t.Errorf("%s: these came twice: %v", groups[i], twice)
		}
	}
	for i, v := range views[1:] {
		if got := v.streams(from); len(got) != 1 {
			t.Fatalf("%s: the pictures come as %08x, want one stream", pictures[1+i], got)
		}
	}
	judgeStandby(t, a, b)
	carried := views[2].streams(from)[0]

	ending := time.Now()
	for _, i := range []int{0, 1, 2} {
		phones[i].Stop(ctx)
	}
	killed := takeover(ctx, t, a, b, witnesses[2])
	heardAgain := time.Now()
	next, first := views[2].awaitAnother(ctx, t, carried, 10)
	t.Logf("pictures again after %v", first.Sub(killed))
	if first.Sub(killed) > 5*time.Second {
		t.Errorf("pictures came again after %v", first.Sub(killed))
	}
	pauseFor(ctx, time.Until(heardAgain.Add(1500*time.Millisecond)))
	since := time.Since(ending)
	phones[3].Stop(ctx)
	for _, ssrc := range []uint32{carried, next} {
		views[2].judge(ctx, t, ssrc)
	}
	for i, p := range phones {
		pcm, rate := heard(t, p.dir)
		others := one
		if i > 1 {
			others = two
		}
		others = slices.DeleteFunc(slices.Clone(others), func(f float64) bool { return f == p.tone })
		before := pcm
		if i == 3 { // which stayed on
			before = pcm[:max(0, len(pcm)-int(since.Seconds()*float64(rate)))]
		}
		judgeLevels(t, fmt.Sprintf("phone %d", i), lastSeconds(before, rate, 2.5), rate, p.tone, others...)
		if i < 3 {
			continue
		}
		// The last one heard the second group's member by its own bridge at last.
		m := spectrum.Measure(lastSeconds(pcm, rate, 1), rate, 520, 760, 1300)
		t.Logf("after the takeover phone 3 hears: %v", m)
		if m.Tones[520] < m.Floor+20 || m.Tones[760] < m.Floor+20 {
			t.Error("after the takeover not both groups are heard")
		}
	}
}

// judgeLevels is judge, and that all others are heard at their level: what comes
// twice is 6 dB louder, or almost gone.
func judgeLevels(t *testing.T, who string, pcm []float64, rate int, own float64, others ...float64) {
	t.Helper()
	judge(t, who, pcm, rate, own, others...)
	m := spectrum.Measure(pcm, rate, others...)
	for _, f := range others {
		if math.Abs(m.Tones[f]-meetingLevel) > meetingGain {
			t.Errorf("%s: %g Hz at %.1f dB, want %g dB", who, f, m.Tones[f], meetingLevel)
		}
	}
}

// judgeStandby looks at what API, metrics and roster tell of it.
func judgeStandby(t *testing.T, a, b *bridge) {
	t.Helper()
	winner := a.bridging(t, "two", 0).Identity
	for _, tc := range []struct {
		bridge     *bridge
		conference string
		group      int
		want       bool
	}{
		{a, "one", 0, false}, {b, "one", 0, false},
		{a, "two", 0, false}, {b, "two", 0, false},
		{a, "two", 1, false}, {b, "two", 1, true},
	} {
		got := tc.bridge.bridging(t, tc.conference, tc.group)
		if got.Standby != tc.want || tc.want && !strings.Contains(got.Reason, winner) {
			t.Errorf("%s, %s %d: %+v, want standby %v", tc.bridge.URL, tc.conference, tc.group, got, tc.want)
		}
		if len(got.Others) != 1 {
			t.Errorf("%s, %s %d: other bridges are %+v, want one", tc.bridge.URL, tc.conference, tc.group, got.Others)
		}
	}
	if n := b.metricSum(t, "parley_multicast_standby"); n != 2 { // sound and pictures
		t.Errorf("parley_multicast_standby is %v in all", n)
	}
	for _, x := range []*bridge{a, b} {
		if text := x.text(t, "/api/v1/conferences/two/participants"); !strings.Contains(text, "stands by") {
			t.Errorf("%s: no alarm in the roster", x.URL)
		}
		if text := x.text(t, "/api/v1/conferences/one/participants"); strings.Contains(text, "stands by") {
			t.Errorf("%s: an alarm in a single group", x.URL)
		}
	}
}

// takeover kills a, and waits until b carries the sound of the group.
func takeover(ctx context.Context, t *testing.T, a, b *bridge, w *witness) (killed time.Time) {
	t.Helper()
	before := w.streams(time.Now().Add(-time.Second))
	if err := a.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	killed = time.Now()
	poll(ctx, t, "nobody took over", func() bool {
		return slices.ContainsFunc(w.streams(killed), func(ssrc uint32) bool { return !slices.Contains(before, ssrc) })
	})
	took := time.Since(killed)
	t.Logf("takeover after %v", took)
	if took > 5*time.Second {
		t.Errorf("takeover took %v", took)
	}
	if got := b.bridging(t, "two", 1); got.Standby || got.Changes != 2 {
		t.Errorf("afterwards it is %+v", got)
	}
	return killed
}

// pauseFor lets real programs speak for a while.
func pauseFor(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// TestBridgesInACall has two parleys in one group for each way of calling, with a
// phone on each, and has one call the other by SIP and by H.323: what a call carries
// does not come by the group as well, and nothing goes round.
func TestBridgesInACall(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "chromium", "node")
	parleyBinary(t) // which takes its time
	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	links := []*link{
		{name: "sip", uri: "sip:sip@" + lab.There + ":5060", group: "239.255.98.63:6630"},
		{name: "h323", uri: "h323:h323@" + lab.There, group: "239.255.98.64:6640"},
	}
	conferences := "conferences:\n"
	for _, l := range links {
		conferences += fmt.Sprintf("  - {id: %s, multicast: [{audio: {group: \"%s\", codec: PCMU, payload_type: 0}}]}\n", l.name, l.group)
		l.witness = listenTo(t, l.group)
		onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", "sine=440:sample_rate=8000",
			"-c:a", "pcm_mulaw", "-f", "rtp", "rtp://"+l.group+"?ttl=4&pkt_size=172")
	}
	a, b := openBridges(ctx, t, conferences)
	for i, l := range links {
		call := lab.Start(t, nil, parleyBinary(t), "dial", l.uri, "--conference", l.name, "--url", a.URL)
		if status, err := call.Wait(ctx); err != nil || status != 0 {
			t.Fatalf("dialling the other: %d, %v: %s", status, err, call.Output())
		}
		l.first, l.firstDir = startPhone(t, phone{Port: 5200 + 20*i, Codec: "PCMU/8000/1", Tone: 660}, "sip:"+l.name+"@"+lab.Here)
		l.second, l.secondDir = startPhone(t, phone{Port: 5210 + 20*i, Codec: "PCMU/8000/1", Tone: 880}, "sip:"+l.name+"@"+lab.There)
	}
	for _, l := range links {
		// The one that was called tells its CNAME with its first report.
		poll(ctx, t, l.name+": nobody stands by", func() bool { return b.bridging(t, l.name, 0).Standby })
		poll(ctx, t, l.name+": the phones are not heard", func() bool {
			roster := a.text(t, "/api/v1/conferences/"+l.name+"/participants")
			return strings.Count(roster, `"speaking":true`) >= 3 && strings.Contains(roster, "stands by")
		})
	}
	loops := a.metricSum(t, "parley_multicast_loops_total") + b.metricSum(t, "parley_multicast_loops_total")
	from := time.Now()
	pauseFor(ctx, 3*time.Second)
	if after := a.metricSum(t, "parley_multicast_loops_total") + b.metricSum(t, "parley_multicast_loops_total"); after != loops {
		t.Errorf("%v packets came round", after-loops)
	}
	for _, l := range links {
		l.witness.judge(t, l.name, 2, 440, 660, 880)
		if twice := l.witness.twice(from); len(twice) > 0 {
			t.Errorf("%s: these came twice: %v", l.name, twice)
		}
		for _, x := range []*bridge{a, b} {
			if !strings.Contains(x.text(t, "/api/v1/conferences/"+l.name+"/participants"), "stands by") {
				t.Errorf("%s: %s: no alarm in the roster", x.URL, l.name)
			}
		}
		l.first.Stop(ctx)
		l.second.Stop(ctx)
	}
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{})
	page := browser.Open(ctx, "browser", a.URL+"/c/sip")
	enter(ctx, page, "Chromium")
	page.Wait(ctx, `document.querySelector("[data-testid=alarm]")?.textContent.includes("stands by")`, 5*time.Second)
	for _, l := range links {
		pcm, rate := heard(t, l.firstDir)
		judgeLevels(t, l.name+": the first phone", lastSeconds(pcm, rate, 2), rate, 660, 440, 880)
		pcm, rate = heard(t, l.secondDir)
		judgeLevels(t, l.name+": the second phone", lastSeconds(pcm, rate, 2), rate, 880, 440, 660)
	}
}

// link is a call between two bridges that are in one group, and a phone on each.
type link struct {
	name, uri, group    string
	witness             *witness
	first, second       *lab.Process
	firstDir, secondDir string
}
