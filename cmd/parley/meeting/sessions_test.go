//go:build meeting

package meeting

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// announced is what "parley sessions --json" says of a session.
type announced struct {
	ID, Title, Owner, From, Conference, Live string
	Own                                      bool
	Media                                    []struct {
		Kind, Group string
		TTL         int
		Codecs      []string
	}
}

// awaitSession asks a running bridge, by the command line, until it lists, or
// lists no more, a session of this title.
func awaitSession(ctx context.Context, t *testing.T, title string, there bool) announced {
	t.Helper()
	var list struct{ Sessions []announced }
	for {
		out := lab.Run(t, parleyBinary(t), "sessions", "--json")
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		var found *announced
		for i := range list.Sessions {
			if list.Sessions[i].Title == title {
				found = &list.Sessions[i]
			}
		}
		switch {
		case found != nil && there:
			return *found
		case found == nil && !there:
			return announced{}
		}
		if !pause(ctx, 200*time.Millisecond) {
			t.Fatalf("%q listed: want %v: %s", title, there, out)
		}
	}
}

// order gives an order by the API and returns the answer.
func (b *bridge) order(t *testing.T, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := host.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s: %s %v", method, path, resp.Status, answer, err)
	}
	return string(answer)
}

// TestAnnouncedSession has ffmpeg announce a session of sound and pictures, and
// "parley join" take it into a conference, where a phone hears and a browser
// sees it; when ffmpeg has ended it and the conference has left, it is listed no
// more.
func TestAnnouncedSession(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	microphone := filepath.Join(t.TempDir(), "microphone.wav")
	if err := spectrum.WriteTone(microphone, 48000, 1, browserTone, -18, 60); err != nil {
		t.Fatal(err)
	}
	b := startBridge(t, `
sip: {udp: "10.99.0.1:5060", tcp: ""}
webrtc: {udp: "127.0.0.1:8443", tcp: ""}
conferences: [{id: room}]
multicast: {interface: meet0}
`)
	announcer := onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", "smptebars=size=352x288:rate=15",
		"-re", "-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=48000", groupTone),
		"-c:v", "libx264", "-profile:v", "baseline", "-tune", "zerolatency", "-g", "15", "-bf", "0", "-pix_fmt", "yuv420p",
		"-c:a", "libopus", "-metadata", "title=Bars", "-f", "sap", "sap://239.255.99.40:5206?ttl=4")
	s := awaitSession(ctx, t, "Bars", true)
	t.Logf("ffmpeg announces %+v", s)
	if s.From != lab.There || s.Own || s.Live != "unknown" || s.Conference != "" || len(s.Media) != 2 {
		t.Errorf("listed as %+v", s)
	}
	if out := lab.Run(t, parleyBinary(t), "sessions"); !strings.Contains(out, "H264/90000") || !strings.Contains(out, "opus/48000/2") {
		t.Errorf("the table has not its codecs:\n%s", out)
	}
	var probed announced
	if err := json.Unmarshal([]byte(b.order(t, http.MethodPost, "/api/v1/multicast/sessions/"+s.ID+"/probe", "")), &probed); err != nil || probed.Live != "yes" {
		t.Errorf("probed as %+v, %v", probed, err)
	}
	lab.Run(t, parleyBinary(t), "join", "Bars", "--conference", "room")

	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{"--use-file-for-fake-audio-capture=" + microphone}})
	page := browser.Open(ctx, "browser", b.URL+"/c/room?raw")
	enter(ctx, page, "Chromium")
	call, dir := startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: 0}, "sip:room@"+lab.Here)
	page.Wait(ctx, seesBars(), 20*time.Second)
	if s := awaitSession(ctx, t, "Bars", true); s.Conference != "room" || s.Live != "yes" {
		t.Errorf("once joined, it is listed as %+v", s)
	}
	if !pause(ctx, 4*time.Second) {
		t.Fatal(ctx.Err())
	}
	call.Stop(ctx)
	pcm, rate := heard(t, dir)
	judge(t, "the phone", lastSeconds(pcm, rate, 2.5), rate, phoneTone, groupTone, browserTone)

	lab.Run(t, parleyBinary(t), "leave", s.ID)
	if s := awaitSession(ctx, t, "Bars", true); s.Conference != "" {
		t.Errorf("once left, it is listed as %+v", s)
	}
	// The page does the same by one click.
	page.Click(ctx, "#sessions-toggle")
	page.Wait(ctx, "!!document.querySelector('[data-testid=session][data-conference=\"\"] .orders .primary')", 10*time.Second)
	page.Click(ctx, "[data-testid=session] .orders .primary")
	page.Wait(ctx, "!!document.querySelector('[data-testid=session][data-conference=room][data-live=yes]')", 10*time.Second)
	if err := announcer.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	// It is ended, but listed as long as the conference has it.
	if s := awaitSession(ctx, t, "Bars", true); s.Conference != "room" {
		t.Errorf("once ended, it is listed as %+v", s)
	}
	lab.Run(t, parleyBinary(t), "leave", s.ID)
	awaitSession(ctx, t, "Bars", false)
}

// TestOwnAnnouncement has ffmpeg find parley's own session by SAP alone, and
// play from it what a phone and a browser say; it is taken back when the
// conference is public no more.
func TestOwnAnnouncement(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "chromium", "node", "tshark", "dumpcap")
	parleyBinary(t) // which takes its time
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	dir := t.TempDir()
	microphone := filepath.Join(dir, "microphone.wav")
	if err := spectrum.WriteTone(microphone, 48000, 1, browserTone, -18, 60); err != nil {
		t.Fatal(err)
	}
	file, stop := capture(ctx, t, "udp port 9875")
	b := startBridge(t, `
sip: {udp: "10.99.0.1:5060", tcp: ""}
webrtc: {udp: "127.0.0.1:8443", tcp: ""}
conferences:
  - id: room
    title: Open house
    public: true
    multicast:
      - {name: Lab, audio: {group: "239.255.99.1:5004", codec: PCMU, payload_type: 0}, interface: meet0, ttl: 4}
multicast: {interface: meet0, announce: {profile: fast}}
`)
	if s := awaitSession(ctx, t, "Open house", true); !s.Own || s.Conference != "room" || s.Media[0].TTL != 4 {
		t.Errorf("its own announcement is listed as %+v", s)
	}
	call, _ := startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@"+lab.Here)
	// It waits for the next announcement, and then for something to hear, while the
	// browser starts.
	recording := filepath.Join(dir, "sap.wav")
	listener := onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-y", "-stats_period", "0.2", "-f", "sap", "-i", "sap://239.255.255.255", "-ar", "8000", "-ac", "1", recording)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{"--use-file-for-fake-audio-capture=" + microphone}})
	page := browser.Open(ctx, "browser", b.URL+"/c/room?raw")
	enter(ctx, page, "Chromium")
	awaitSpeakers(ctx, t, page, 2)
	both := played(listener)
	poll(ctx, t, "ffmpeg plays nothing of it", func() bool { return played(listener) > both+3500*time.Millisecond })
	if err := listener.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if _, err := listener.Wait(ctx); err != nil { // it calls an interruption an error
		t.Fatal(err)
	}
	call.Stop(ctx)
	pcm, rate, err := spectrum.ReadWAV(recording)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, "ffmpeg by SAP", lastSeconds(pcm, rate, 3), rate, groupTone, phoneTone, browserTone)

	b.order(t, http.MethodPut, "/api/v1/conferences/room/announcement", `{"public":false}`)
	awaitSession(ctx, t, "Open house", false)
	pause(ctx, time.Second) // in which the capture is written
	stop()
	const from = "sap && ip.src == " + lab.Here
	if bad := dissect(t, file, from+" && (_ws.malformed || _ws.expert.severity >= 0x00600000)", nil, "frame.number", "_ws.expert.message"); len(bad) > 0 {
		t.Errorf("tshark finds fault with: %v", bad)
	}
	packets := dissect(t, file, from, nil, "ip.dst", "ip.ttl", "sap.flags.t", "sap.payload_type", "sdp.session_name")
	t.Logf("announced: %q", packets)
	if len(packets) < 3 || !strings.HasPrefix(packets[0], "239.255.255.255\t4\t0\tapplication/sdp\tOpen house") ||
		!strings.HasPrefix(packets[len(packets)-1], "239.255.255.255\t4\t1\t") {
		t.Errorf("announced and taken back as %q", packets)
	}
}

// played is how far an ffmpeg says it has come.
func played(ffmpeg *lab.Process) time.Duration {
	all := strings.Split(ffmpeg.Output(), "time=")
	var h, m int
	var s float64
	if _, err := fmt.Sscanf(all[len(all)-1], "%d:%d:%f", &h, &m, &s); err != nil {
		return 0 // nothing yet
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s*float64(time.Second))
}

// TestFilmOfVLC has VLC announce a film that it sends, and a conference that
// joined it hear and see it, while another has what GStreamer's rtpbin sends into
// a group: in each, a phone hears the tone and a browser sees the bars.
func TestFilmOfVLC(t *testing.T) {
	requirePrograms(t, "cvlc", "ffmpeg", "setpriv", "gst-launch-1.0", "baresip", "chromium", "node")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	dir, err := os.MkdirTemp("", "parley-film-") // which another user can read
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	microphone := filepath.Join(dir, "microphone.wav")
	if err := spectrum.WriteTone(microphone, 48000, 1, browserTone, -18, 60); err != nil {
		t.Fatal(err)
	}
	film := filepath.Join(dir, "film.mkv")
	lab.Run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "smptebars=size=352x288:rate=15",
		"-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=48000", groupTone), "-t", "40",
		"-c:v", "libx264", "-profile:v", "baseline", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p", "-c:a", "libopus", film)
	b := startBridge(t, `
sip: {udp: "10.99.0.1:5060", tcp: ""}
webrtc: {udp: "127.0.0.1:8443", tcp: ""}
conferences:
  - id: film
  - id: studio
    multicast:
      - audio: {group: "239.255.99.42:5220", codec: opus, payload_type: 97}
        video: {group: "239.255.99.42:5222", codec: VP8}
multicast: {interface: meet0}
`)
	// It does not run as root.
	onOther(t, "setpriv", "--reuid", "65534", "--clear-groups", "env", "HOME=/tmp", "cvlc", "-I", "dummy", "--ttl", "4", film,
		"--sout", "#rtp{dst=239.255.99.41,port=5210,sap,name=Film}")
	rtpbinSends(t, "239.255.99.42", 5220, 5222)
	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{"--use-file-for-fake-audio-capture=" + microphone}})

	s := awaitSession(ctx, t, "Film", true)
	t.Logf("VLC announces %+v", s)
	if s.From != lab.There || len(s.Media) != 2 || !strings.HasPrefix(s.Media[0].Group, "239.255.99.41:") {
		t.Errorf("listed as %+v", s)
	}
	lab.Run(t, parleyBinary(t), "join", "film", "--conference", "film")
	b.await(ctx, t, "studio", "GStreamer by the name that its rtpbin tells", func(p participant) bool {
		for _, s := range p.Sources {
			if s.Name == "Ann" {
				return true
			}
		}
		return false
	})
	rooms := []string{"film", "studio"}
	phones, dirs := make([]*lab.Process, len(rooms)), make([]string, len(rooms))
	pages := make([]*lab.Page, len(rooms))
	for i, room := range rooms {
		phones[i], dirs[i] = startPhone(t, phone{Port: 5070 + 10*i, Codec: "PCMU/8000/1"}, "sip:"+room+"@"+lab.Here)
		pages[i] = browser.Open(ctx, room, b.URL+"/c/"+room+"?raw")
		enter(ctx, pages[i], "Chromium")
	}
	for _, page := range pages {
		page.Wait(ctx, seesBars(), 20*time.Second)
	}
	// What Ann receives stands on the page.
	pages[1].Click(ctx, "#sessions-toggle")
	pages[1].Wait(ctx, "[...document.querySelectorAll('[data-testid=group-audio] [data-testid=reception]')].some((r) => r.textContent.startsWith('Ann: loss 0 %'))", 15*time.Second)
	if s := awaitSession(ctx, t, "Film", true); s.Conference != "film" || s.Live != "yes" {
		t.Errorf("once joined, it is listed as %+v", s)
	}
	pause(ctx, time.Second) // of sound
	for i, room := range rooms {
		phones[i].Stop(ctx)
		pcm, rate := heard(t, dirs[i])
		judge(t, "the phone in "+room, lastSeconds(pcm, rate, 2.5), rate, phoneTone, groupTone, browserTone)
	}
}

// rtpbinSends has GStreamer's rtpbin send a tone as Opus and the bars as VP8, with
// RTCP in which it is called Ann, and report what it hears.
func rtpbinSends(t *testing.T, group string, audio, video int) *lab.Process {
	t.Helper()
	to := func(port int) string {
		return fmt.Sprintf("udpsink host=%s port=%d auto-multicast=true multicast-iface=meet1 ttl-mc=4 async=false sync=false loop=false", group, port)
	}
	args := []string{"gst-launch-1.0", "-e", "rtpbin", "name=b", `sdes="application/x-rtp-source-sdes,cname=(string)\"ann@studio\",name=(string)\"Ann\""`}
	return onOther(t, append(args, strings.Fields(fmt.Sprintf(
		"audiotestsrc is-live=true freq=%g volume=0.3 ! audioconvert ! audioresample ! opusenc ! rtpopuspay pt=97 ! b.send_rtp_sink_0 "+
			"b.send_rtp_src_0 ! %s b.send_rtcp_src_0 ! %s "+
			"videotestsrc is-live=true pattern=smpte75 ! video/x-raw,width=352,height=288,framerate=15/1 ! vp8enc deadline=1 keyframe-max-dist=15 ! rtpvp8pay ! b.send_rtp_sink_1 "+
			"b.send_rtp_src_1 ! %s b.send_rtcp_src_1 ! %s "+
			"udpsrc address=%[6]s port=%[7]d multicast-iface=meet1 caps=application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=97 ! b.recv_rtp_sink_0 "+
			"udpsrc address=%[6]s port=%[8]d multicast-iface=meet1 ! b.recv_rtcp_sink_0 b. ! fakesink sync=false",
		groupTone, to(audio), to(audio+1), to(video), to(video+1), group, audio, audio+1))...)...)
}

// TestAnnouncementIPv6 has parley announce a session of IPv6, which another
// host finds without a bridge of its own, and which is taken back when the
// bridge ends.
func TestAnnouncementIPv6(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	watch := onOther(t, parleyBinary(t), "sessions", "--listen", "--watch", "--interface", "meet1")
	b := startBridge(t, `
sip: {enabled: false}
webrtc: {enabled: false}
conferences:
  - id: room
    title: Sixth floor
    public: true
    multicast:
      - {name: Lab, audio: {group: "[ff15::99:2]:5004", codec: PCMU, payload_type: 0}, interface: meet0, ttl: 4}
multicast: {interface: meet0, announce: {profile: fast}}
`)
	const line = "Sixth floor  -  audio [ff15::99:2]:5004 PCMU/8000  -  "
	if err := watch.Await(ctx, line); err != nil {
		t.Fatal(err)
	}
	b.Stop(ctx)
	for gone := false; !gone; {
		for l := range strings.Lines(watch.Output()) {
			gone = gone || strings.HasPrefix(l, "- ") && strings.Contains(l, line)
		}
		if !gone && !pause(ctx, 100*time.Millisecond) {
			t.Fatalf("it is not taken back:\n%s", watch.Output())
		}
	}
}

// TestAnnouncedElsewhere has ffmpeg announce sessions on a host that is reached
// by another interface than the system's choice for groups: they are joined there.
func TestAnnouncedElsewhere(t *testing.T) {
	requirePrograms(t, "ffmpeg")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	h := lab.NewHost(t, 8)
	for _, args := range [][]string{
		{"-6", "addr", "add", "fd98::1/64", "dev", h.Interface, "nodad"},
		{"-n", h.Name, "-6", "addr", "add", "fd98::2/64", "dev", "far8", "nodad"},
	} {
		lab.Run(t, "ip", args...)
	}
	startBridge(t, `
sip: {enabled: false}
webrtc: {enabled: false}
conferences: [{id: room}]
`)
	for title, group := range map[string]string{"Fourth": "239.255.99.45:5230", "Sixth": "[ff15::99:45]:5232"} {
		args := h.Command("ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", "sine=440:sample_rate=8000", "-c:a", "pcm_mulaw", "-ac", "1",
			"-metadata", "title="+title, "-f", "sap", "sap://"+group+"?ttl=4")
		lab.Start(t, nil, args[0], args[1:]...)
	}
	for _, title := range []string{"Fourth", "Sixth"} {
		awaitSession(ctx, t, title, true)
		lab.Run(t, parleyBinary(t), "join", title, "--conference", "room")
		for awaitSession(ctx, t, title, true).Live != "yes" {
			if !pause(ctx, 100*time.Millisecond) {
				t.Fatalf("nothing is heard of %s", title)
			}
		}
	}
}
