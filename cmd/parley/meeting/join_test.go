//go:build meeting

package meeting

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// attended is what "parley join --json" ends with.
type attended struct {
	Ended   string
	Seconds float64
	Played  float64
	Members []struct {
		Media, Name, CNAME, Address string
		SSRC                        uint32
		Sending, Left               bool
		Packets, Lost               int64
	}
	Files []struct {
		Path, Kind, Codec string
		Seconds           float64
		Pictures, Omitted int
		Lost              int
	}
}

// attendedBy reads the figures off the output of a program that has ended.
func attendedBy(t *testing.T, p *lab.Process) (a attended) {
	t.Helper()
	_, text, _ := strings.Cut(p.Output(), "{\n")
	if err := json.NewDecoder(strings.NewReader("{\n" + text)).Decode(&a); err != nil {
		t.Fatalf("%v: %s", err, p.Output())
	}
	return a
}

// soundOf reads a WAVE file.
func soundOf(t *testing.T, path string) ([]float64, int) {
	t.Helper()
	pcm, rate, err := spectrum.ReadWAV(path)
	if err != nil {
		t.Fatal(err)
	}
	return pcm, rate
}

// TestJoinRecords has ffmpeg announce and send a tone and the bars, of which every
// eleventh packet of sound is lost on the way: "parley join --record" finds it by its
// title, records both, and counts as many packets, and as many lost, as passed.
func TestJoinRecords(t *testing.T) {
	requirePrograms(t, "ffmpeg", "nft")
	parleyBinary(t) // may take its time
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	lab.Run(t, "nft", `table ip parley_join {
	counter sound { }
	counter dropped { }
	counter pictures { }
	chain in {
		type filter hook prerouting priority -200;
		ip daddr 239.255.99.60 udp dport 5306 counter name pictures
		ip daddr 239.255.99.60 udp dport 5308 counter name sound numgen inc mod 11 0 counter name dropped drop
	}
}`)
	t.Cleanup(func() { lab.Run(t, "nft", "delete table ip parley_join") })
	passed := func(name string) (n int64) {
		text := lab.Run(t, "nft", "list counter ip parley_join "+name)
		if _, err := fmt.Sscanf(text[strings.Index(text, "packets"):], "packets %d", &n); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return n
	}
	dir := filepath.Join(t.TempDir(), "new")
	join := lab.Start(t, nil, parleyBinary(t), "join", "Recorded", "--interface", lab.Interface, "--record", dir, "--voices", "--json")
	if err := join.Await(ctx, "Waiting"); err != nil {
		t.Fatal(err)
	}
	sent := onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", "smptebars=size=352x288:rate=15",
		"-re", "-f", "lavfi", "-i", "sine=700:sample_rate=48000", "-t", "3500ms",
		"-c:v", "libx264", "-profile:v", "high", "-tune", "zerolatency", "-g", "15", "-pix_fmt", "yuv420p",
		"-c:a", "libopus", "-metadata", "title=Recorded", "-f", "sap", "sap://239.255.99.60:5306?ttl=4")
	if err := join.Await(ctx, "Joined"); err != nil {
		t.Fatal(err)
	}
	awaitExit(ctx, t, sent)
	if err := join.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	awaitExit(ctx, t, join)
	a := attendedBy(t, join)
	t.Logf("%+v", a)
	if a.Ended != "interrupted" || len(a.Members) != 2 || len(a.Files) != 3 {
		t.Fatal("one sender of sound and one of pictures, and three files of them, were to be told of")
	}
	for _, m := range a.Members {
		all, lost := passed("pictures"), int64(0)
		if m.Media == "audio" {
			all, lost = passed("sound"), passed("dropped")
		}
		// What came before it joined is not counted.
		if got := m.Packets + m.Lost; got > all || got < all-15 || m.Lost > lost || m.Lost < lost-2 {
			t.Errorf("%s: %d packets, %d lost; %d passed, of which %d were dropped", m.Media, m.Packets, m.Lost, all, lost)
		}
	}
	for _, f := range a.Files[:2] {
		pcm, rate := soundOf(t, f.Path)
		if got := float64(len(pcm)) / float64(rate); math.Abs(got-f.Seconds) > 0.01 || got < 2.5 {
			t.Errorf("%s lasts %.2f s, and is said to last %.2f", f.Path, got, f.Seconds)
		}
		from := rate / 2
		if m := spectrum.Measure(pcm[from:from+2*rate], rate, 700); m.Tones[700] < -30 || m.Floor > m.Tones[700]-15 {
			t.Errorf("%s: %v", f.Path, m)
		}
	}
	checkPictures(ctx, t, a, false)
}

// checkPictures has ffmpeg decode the last file, which is of the bars; lossy:
// packets of it were lost.
func checkPictures(ctx context.Context, t *testing.T, a attended, lossy bool) {
	t.Helper()
	f := a.Files[len(a.Files)-1]
	t.Logf("%+v", f)
	if f.Kind != "picture" || f.Pictures < 15 && !lossy || (f.Lost > 0) != lossy || (f.Omitted > 0) != lossy {
		t.Errorf("%+v", f)
	}
	dir := t.TempDir()
	player := lab.Start(t, nil, "ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "level+info", "-i", f.Path, "-fps_mode", "passthrough", filepath.Join(dir, "picture-%03d.png"))
	awaitExit(ctx, t, player)
	checkDecoded(t, strings.ReplaceAll(player.Output(), "[error] warning: first frame is no keyframe", ""), dir)
}

// TestJoinRecordsPictures records the bars in each other format that files can be
// written of, by ffmpeg's descriptions. Of the first two packets are lost on the way:
// what is recorded decodes without an error all the same.
func TestJoinRecordsPictures(t *testing.T) {
	requirePrograms(t, "ffmpeg", "nft")
	parleyBinary(t) // may take its time
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	lab.Run(t, "nft", `table ip parley_pictures {
	chain in {
		type filter hook prerouting priority -200;
		ip daddr 239.255.99.61 udp dport 5310 numgen inc mod 70 69 drop
		ip daddr 239.255.99.62 udp dport 5314 numgen inc mod 70 69 drop
	}
}`)
	t.Cleanup(func() { lab.Run(t, "nft", "delete table ip parley_pictures") })
	senders, joins := make(map[string]*lab.Process), make(map[string]*lab.Process)
	dir := t.TempDir()
	const source = "smptebars=size=352x288:rate=15"
	for i, c := range []struct{ name, source, encoder string }{
		{"VP8", source + ",noise=alls=30:allf=t", "libvpx -deadline realtime -cpu-used 8 -g 5"},
		{"H264", source + ",noise=alls=30:allf=t", "libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 5"},
		{"H261", source, "h261 -strict experimental -g 10"},
		{"H263", source, "h263 -mb_info 900 -rtpflags rfc2190 -g 10"},
		{"H263-1998", source, "h263p -g 10"},
		{"JPEG", source, "mjpeg -huffman default -force_duplicated_matrix 1 -pix_fmt yuvj420p"},
	} {
		sdp := filepath.Join(dir, c.name+".sdp")
		args := append([]string{"ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", c.source, "-b:v", "400k", "-c:v"}, strings.Fields(c.encoder)...)
		senders[c.name] = onOther(t, append(args, "-f", "rtp", "-sdp_file", sdp, fmt.Sprintf("rtp://239.255.99.%d:%d?ttl=4&pkt_size=1000", 61+i, 5310+4*i))...)
	}
	for name, sender := range senders {
		if err := sender.Await(ctx, "time="); err != nil { // its description is there
			t.Fatal(err)
		}
		joins[name] = lab.Start(t, nil, parleyBinary(t), "join", filepath.Join(dir, name+".sdp"), "--interface", lab.Interface, "--record", filepath.Join(dir, name), "--json", "--duration", "2s")
	}
	for name, join := range joins {
		awaitExit(ctx, t, join)
		t.Run(name, func(t *testing.T) {
			a := attendedBy(t, join)
			if a.Ended != "duration" || a.Seconds < 2 || len(a.Files) != 1 {
				t.Fatalf("%+v", a)
			}
			checkPictures(ctx, t, a, name == "VP8" || name == "H264")
		})
	}
}

// TestJoinPlays plays a tone into an encrypted group, in which ffmpeg listens by a
// description, and into one of IPv6, in which GStreamer does.
func TestJoinPlays(t *testing.T) {
	requirePrograms(t, "ffmpeg", "gst-launch-1.0", "tshark")
	parleyBinary(t) // may take its time
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	dir := t.TempDir()
	tone, other := filepath.Join(dir, "tone.wav"), filepath.Join(dir, "other.wav")
	for path, err := range map[string]error{
		tone:  spectrum.WriteTone(tone, 44100, 2, 900, -12, 3),
		other: spectrum.WriteTone(other, 8000, 1, 1300, -12, 3),
	} {
		if err != nil {
			t.Fatal(path, err)
		}
	}
	const key = "AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQgbm90aWNlIGlzIHNlbnQgdG8gdGhlIHBu"
	sdp := filepath.Join(dir, "secret.sdp")
	write(t, sdp, "v=0\r\no=- 1 1 IN IP4 "+lab.Here+"\r\ns=Secret\r\nc=IN IP4 239.255.99.66/4\r\nt=0 0\r\nm=audio 5340 RTP/SAVP 97\r\na=rtpmap:97 opus/48000/2\r\na=crypto:1 "+key+"\r\n")
	heard, heard6 := filepath.Join(dir, "heard.wav"), filepath.Join(dir, "heard6.wav")
	listener := onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-y", "-loglevel", "info", "-protocol_whitelist", "file,udp,rtp,srtp", "-analyzeduration", "500k",
		"-i", sdp, "-t", "2", "-c:a", "pcm_s16le", heard)
	listener6 := onOther(t, "gst-launch-1.0", "-e", "udpsrc", "address=ff15::99:66", "port=5350", "multicast-iface=meet1",
		"caps=application/x-rtp,media=audio,clock-rate=8000,encoding-name=PCMA,payload=8", "!", "rtpjitterbuffer", "!", "rtppcmadepay", "!", "alawdec", "!",
		"audio/x-raw,rate=8000", "!", "identity", "eos-after=100", "!", "wavenc", "!", "filesink", "location="+heard6)
	if err := listener6.Await(ctx, "PLAYING"); err != nil {
		t.Fatal(err)
	}
	reports := lab.Start(t, nil, "tshark", "-l", "-i", lab.Interface, "-f", "udp port 5351 and src host "+lab.Here6, "-d", "udp.port==5351,rtcp",
		"-Y", "rtcp.pt == 203", "-T", "fields", "-e", "rtcp.pt", "-e", "rtcp.sdes.text")
	if err := reports.Await(ctx, "Capturing on"); err != nil {
		t.Fatal(err)
	}
	players := []*lab.Process{
		lab.Start(t, nil, parleyBinary(t), "join", sdp, "--interface", lab.Interface, "--play", tone, "--json"),
		lab.Start(t, nil, parleyBinary(t), "join", "rtp://[ff15::99:66]:5350?ttl=4", "--codec", "PCMA", "--interface", lab.Interface, "--play", other, "--json"),
	}
	for i, p := range []*lab.Process{listener, listener6} {
		awaitExit(ctx, t, p)
		pcm, rate := soundOf(t, []string{heard, heard6}[i])
		want := []float64{900, 1300}[i]
		if m := spectrum.Measure(lastSeconds(pcm, rate, 1), rate, want); m.Tones[want] < -30 || m.Floor > m.Tones[want]-25 {
			t.Errorf("%s heard %v", p.Name, m)
		}
	}
	for _, p := range players {
		awaitExit(ctx, t, p)
		if a := attendedBy(t, p); a.Ended != "played" || math.Abs(a.Played-3) > 0.05 || a.Seconds < 2.9 {
			t.Errorf("%+v", a)
		}
	}
	// A report, who it is, and BYE (RFC 3550 6.1).
	if err := reports.Await(ctx, "200,202,203\t"); err != nil {
		t.Error(err)
	}
}
