package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/codecs/wav"
	"parley/multicast"
	"parley/multicast/sap"
	"parley/qos/rtp"
	"parley/qos/rtp/srtp"
)

func TestJoinFindsItsTarget(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "talk")
	const text = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=Talk\r\nc=IN IP4 239.1.2.3/9\r\nt=0 0\r\nm=audio 5004 RTP/AVP 8\r\nm=video 5006 RTP/AVP 26\r\nm=audio 5008 RTP/AVP 13\r\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(dir, "locked.sdp")
	const secret = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=Talk\r\nc=IN IP4 239.1.2.3/9\r\nt=0 0\r\na=source-filter: incl IN IP4 239.1.2.3 192.0.2.1\r\nm=audio 5004 RTP/SAVP 0\r\n"
	if err := os.WriteFile(locked, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (&target{name: locked}).find(t.Context(), builtin.Set(), t.Logf); err == nil || !strings.Contains(err.Error(), "give it by --key") {
		t.Errorf("without the key: %v", err)
	}
	for _, c := range []struct {
		target
		want string
		ttl  int
	}{
		{target{name: "rtp://239.1.2.3:5004"}, "239.1.2.3:5004 (PCMU/8000)", 0},
		{target{name: "rtp://239.1.2.3:5004?ttl=4"}, "239.1.2.3:5004 (PCMU/8000)", 4},
		{target{name: "rtp://239.1.2.3:5004?ttl=4", ttl: 2, codec: "L16/44100/2", iface: "lo"}, "239.1.2.3:5004 (L16/44100/2) on lo", 2},
		{target{name: "rtp://239.1.2.3:5004?sources=192.0.2.1,192.0.2.2"}, "239.1.2.3:5004 (PCMU/8000), of 192.0.2.1, 192.0.2.2", 0},
		{target{name: "rtp://239.1.2.3:5004?block=192.0.2.1"}, "239.1.2.3:5004 (PCMU/8000), of all but 192.0.2.1", 0},
		{target{name: "rtp://[ff15::1]:5004", codec: "h264"}, "[ff15::1]:5004 (H264/90000)", 0},
		{target{name: "rtp://239.1.2.3:5004", key: "AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, "239.1.2.3:5004 (PCMU/8000), encrypted", 0},
		{target{name: locked, key: "AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, "239.1.2.3:5004 (PCMU/8000), encrypted, of 192.0.2.1, where only others may send", 9},
		{target{name: file}, "239.1.2.3:5004 (PCMA/8000) and 239.1.2.3:5006 (JPEG/90000)", 9},
		{target{name: file, ttl: 3}, "239.1.2.3:5004 (PCMA/8000) and 239.1.2.3:5006 (JPEG/90000)", 3},
	} {
		g, err := c.find(t.Context(), builtin.Set(), t.Logf)
		if err != nil {
			t.Errorf("%+v: %v", c.target, err)
			continue
		}
		if got := describeGroup(&g); got != c.want || g.TTL != c.ttl {
			t.Errorf("%+v: %s, TTL %d", c.target, got, g.TTL)
		}
	}
}

func TestJoinSaysWhatIsWrong(t *testing.T) {
	for args, want := range map[string]string{
		"x": "give --record",
		"rtp://239.1.2.3:5004?sources=me --duration 1s":                        "no address",
		"x --conference lobby --duration 1s":                                   "without one",
		"rtp://10.0.0.1:5004 --duration 1s":                                    "no multicast group",
		"rtp://239.1.2.3 --duration 1s":                                        "GROUP:PORT",
		"rtp://239.1.2.3:5004?ttl=x --duration 1s":                             "ttl",
		"rtp://239.1.2.3:5004 --ttl 300 --duration 1s":                         "--ttl",
		"rtp://239.1.2.3:5004 --ttl 0 --duration 1s":                           "--ttl",
		"rtp://239.1.2.3:5004?ttl=300 --duration 1s":                           "ttl must be",
		"rtp://239.1.2.3:5004?sources=192.0.2.1&block=192.0.2.2 --duration 1s": "give one",
		"rtp://239.1.2.3:5004?source=192.0.2.1 --codec G9 --duration 1s":       "Not heeded of rtp://239.1.2.3:5004?source=192.0.2.1: source;",
		"rtp://239.1.2.3:5004 --duration -1s":                                  "--duration must not",
		"rtp://239.1.2.3:5004 --record talk.mp3":                               "writes WAVE",
		"239.1.2.3:5004 --duration 1s":                                         "give it as rtp://239.1.2.3:5004",
		"rtp://[ff12::1%nowhere]:5004 --codec G9 --duration 1s":                "no codec",
		"rtp://[ff12::1%25nowhere]:5004 --codec G9 --duration 1s":              "no codec",
		"udp://239.1.2.3:5004 --duration 1s":                                   "is no SDP file",
		"./testdata --duration 1s":                                             "is no SDP file",
		"rtp://239.1.2.3:5004 --codec G9 --duration 1s":                        "no codec",
		"rtp://239.1.2.3:5004 --key x --duration 1s":                           "--key",
		"x.sdp --codec PCMU --duration 1s":                                     "--codec and --payload-type are for",
		"x.sdp --payload-type 97 --duration 1s":                                "--codec and --payload-type are for",
		"rtp://239.1.2.3:5004 --payload-type 72 --duration 1s":                 "--payload-type must be",
		"rtp://239.1.2.3:5004 --payload-type -1 --duration 1s":                 "--payload-type must be",
		"/does/not/exist.sdp --duration 1s":                                    "no such file",
		"rtp://239.1.2.3:5004 --play /does/not/exist":                          "no such file",
		"rtp://239.1.2.3:5004 --record a.wav --voices":                         "--voices needs a folder",
		"rtp://239.1.2.3:5004 --record /dev/null/x --interface lo":             "not a directory",
		"rtp://239.1.2.3:5004 --codec H264 --record x.wav --interface lo":      "give a folder",
		"rtp://239.1.2.3:5004 --codec VP8 --play main.go --interface lo":       "no sound",
		"rtp://239.1.2.3:5004 --play main.go --interface lo":                   "no RIFF WAVE file",
		"rtp://239.1.2.3:5004 --record main_test.go/a.wav --interface lo":      "not a directory",
		"rtp://239.1.2.3:5004 --interface doesnotexist --duration 1s":          "doesnotexist",
	} {
		var out, notes bytes.Buffer
		if status := run(t.Context(), append([]string{"join"}, strings.Fields(args)...), &out, &notes); status == statusOK || !strings.Contains(notes.String(), want) {
			t.Errorf("%s: status %d, %q does not say %q", args, status, notes.String(), want)
		}
	}
}

// TestGroupKeyOfTheEnvironment: the key need not stand in the list of processes;
// one that is given, or told by the description, holds before it.
func TestGroupKeyOfTheEnvironment(t *testing.T) {
	key := func(letter string) string { return "AES_CM_128_HMAC_SHA1_80 inline:" + strings.Repeat(letter, 40) }
	t.Setenv(groupKey, key("B"))
	set := builtin.Set()
	join := func(tt target) (multicast.GroupConfig, error) {
		tt.name = "rtp://239.1.2.3:5004"
		return tt.find(t.Context(), set, t.Logf)
	}
	b, err := srtp.Parse(key("B"))
	if err != nil {
		t.Fatal(err)
	}
	if g, err := join(target{}); err != nil || !reflect.DeepEqual(g.Audio.Crypto, b) {
		t.Errorf("with the key of the environment: %+v, %v", g.Audio, err)
	}
	if g, err := join(target{key: key("C")}); err != nil || reflect.DeepEqual(g.Audio.Crypto, b) {
		t.Errorf("with another key given: %+v, %v", g.Audio, err)
	}
	file := filepath.Join(t.TempDir(), "group.sdp")
	for media, want := range map[string]*srtp.Crypto{"RTP/AVP": nil, "RTP/SAVP": b} {
		text := "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.2.3/1\r\nt=0 0\r\nm=audio 5004 " + media + " 0\r\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		tt := target{name: file}
		if g, err := tt.find(t.Context(), set, t.Logf); err != nil || !reflect.DeepEqual(g.Audio.Crypto, want) {
			t.Errorf("%s: %+v, %v", media, g.Audio, err)
		}
	}
	t.Setenv(groupKey, "x")
	if _, err := join(target{}); err == nil || !strings.Contains(err.Error(), groupKey) {
		t.Errorf("a bad key in the environment: %v", err)
	}
}

// TestJoinLeavesNoEmptyFiles has the port of the group be another program's alone.
func TestJoinLeavesNoEmptyFiles(t *testing.T) {
	other, err := net.ListenPacket("udp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for name, record := range map[string]string{"sound": "a.wav", "folder": "folder"} {
		path := filepath.Join(t.TempDir(), record)
		a := attendance{
			target: target{name: fmt.Sprintf("rtp://239.255.71.32:%d", other.LocalAddr().(*net.UDPAddr).Port), iface: "lo"}, record: path,
		}
		if err := a.run(t.Context(), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(strings.Replace(path, "folder", "folder/sound.wav", 1)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a file was left: %v", name, err)
		}
	}
}

// What is wrong with files is said before an announcement is waited for.
func TestJoinLooksAtFilesFirst(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sound.wav")
	if err := os.WriteFile(file, []byte("RIFF"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"--force writes over it": {"--record", file},
		"no such file":           {"--play", file + ".not"},
	} {
		var out, notes bytes.Buffer
		status := run(t.Context(), append([]string{"join", "Board meeting"}, args...), &out, &notes)
		if status != statusFailed || !strings.Contains(notes.String(), want) || strings.Contains(notes.String(), "Waiting") {
			t.Errorf("%v: status %d, %s", args, status, notes.String())
		}
	}
}

// What is recorded would cut off what is played.
func TestJoinPlaysNotWhatItRecords(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "sound.wav")
	if err := os.WriteFile(file, []byte("RIFF"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, record := range []string{file, dir} {
		var out, notes bytes.Buffer
		status := run(t.Context(), []string{"join", "rtp://239.1.2.3:5004", "--play", file, "--record", record, "--force"}, &out, &notes)
		if text, err := os.ReadFile(file); status != statusUsage || !strings.Contains(notes.String(), "are the same file") || err != nil || string(text) != "RIFF" {
			t.Errorf("%s: status %d, %s, %q, %v", record, status, notes.String(), text, err)
		}
	}
}

// TestJoinOfAnnouncedSessions: a stranger says where it is, and not all is believed.
func TestJoinOfAnnouncedSessions(t *testing.T) {
	const text = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=x\nc=IN IP4 239.1.2.3/255\nt=0 0\nm=audio 5004 RTP/AVP 0\n"
	s := sap.Session{SDP: []byte(text), From: netip.MustParseAddr("192.0.2.1"), Interface: "eth7"}
	if g, _, err := new(target).joinable(&s, multicast.Reading{Codecs: builtin.Set()}); err != nil || g.Interface != "eth7" || g.TTL != 1 {
		t.Errorf("joined on %q with TTL %d: %v", g.Interface, g.TTL, err)
	}
	s.SDP = []byte(text + "a=rtcp:53 IN IP4 198.51.100.1\na=rtcp-unicast:reflection\n")
	if g, _, err := new(target).joinable(&s, multicast.Reading{Codecs: builtin.Set()}); !errors.Is(err, codecs.ErrUnsupported) {
		t.Errorf("a third host would be sent reports: %+v, %v", g, err)
	}
}

func TestPickOfSessions(t *testing.T) {
	all := []sap.Session{{ID: "1", Description: sap.Description{Title: "Talk"}}, {ID: "2", Description: sap.Description{Title: "Twin"}}, {ID: "3", Description: sap.Description{Title: "twin"}}}
	for name, want := range map[string]string{"talk": "1", "3": "3", "other": "", "Twin": "error"} {
		got := ""
		switch s, err := pick(all, name); {
		case err != nil:
			got = "error"
		case s != nil:
			got = s.ID
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Who leaves while it is asked who is there is told once; who left before and came
// again is told twice.
func TestLeavers(t *testing.T) {
	group := netip.MustParseAddrPort("239.255.71.31:5004")
	gone := func(ssrc uint32, packets uint64) departure {
		return departure{group, rtp.Member{SSRC: ssrc, Stats: rtp.SourceStats{Packets: packets}}}
	}
	d := departed{members: []departure{gone(7, 100), gone(7, 50), gone(8, 10)}}
	f := figures{Members: []memberFigures{{Media: "audio", SSRC: 7, Packets: 50}}}
	f.leavers(&d, 1, &multicast.GroupConfig{Audio: &multicast.MediaConfig{Addr: group}})
	var got []string
	for _, m := range f.Members {
		got = append(got, fmt.Sprint(m.SSRC, m.Packets, m.Left))
	}
	if want := []string{"7 50 false", "7 100 true", "8 10 true"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// freePort is an even port that nobody on this machine uses now: others may run the
// same test beside this one.
func freePort(t *testing.T) int {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port &^ 1
}

// toneFile writes a file of one second.
func toneFile(t *testing.T, hz float64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tone.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := wav.NewWriter(f, 16000)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, 16000)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/16000))
	}
	if err := errors.Join(w.Write(pcm), w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestJoinPlaysToWhoRecords has one attendance hear another, over a group on the
// loopback interface.
func TestJoinPlaysToWhoRecords(t *testing.T) {
	group := fmt.Sprintf("rtp://239.255.71.30:%d", freePort(t))
	key := "AES_CM_128_HMAC_SHA1_80 inline:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
	dir := filepath.Join(t.TempDir(), "new")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	joined, note := io.Pipe()
	done := make(chan error, 1)
	var heard bytes.Buffer
	go func() {
		a := attendance{target: target{name: group, codec: "L16/48000", key: key, iface: "lo"}, record: dir, voices: true, json: true, called: "ear"}
		done <- a.run(ctx, &heard, note)
		note.Close()
	}()
	line := make([]byte, 200)
	if _, err := joined.Read(line); err != nil || !bytes.HasPrefix(line, []byte("Joined ")) {
		t.Fatalf("%s, %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, joined) }() // until it is closed
	var told bytes.Buffer
	a := attendance{target: target{name: group, codec: "L16/48000", key: key, iface: "lo"}, play: toneFile(t, 700), json: true, called: "mouth"}
	if err := a.run(ctx, &told, io.Discard); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var played, f figures
	if err := errors.Join(json.Unmarshal(told.Bytes(), &played), json.Unmarshal(heard.Bytes(), &f)); err != nil {
		t.Fatal(err)
	}
	// The file lasts 1 s, and 20 ms at most are the resampler's.
	if played.Ended != endedPlayed || math.Abs(played.Played-1) > 0.021 || played.Seconds < 0.9 {
		t.Errorf("the player tells %s", told.String())
	}
	if f.Ended != endedInterrupted || len(f.Members) != 1 || len(f.Files) != 2 {
		t.Fatalf("%+v", f)
	}
	// 1 s in packets of 1340 bytes at most, and what the voice detector needs.
	if m := f.Members[0]; m.Media != "audio" || m.Lost != 0 || m.Packets < 45 || m.Packets > 200 {
		t.Errorf("%+v", m)
	}
	if v := f.Files[1]; v.Kind != "voice" || v.SSRC != f.Members[0].SSRC || v.Seconds < 0.9 || v.Path != filepath.Join(dir, "voice-1.wav") {
		t.Errorf("%+v", v)
	}
	for _, file := range f.Files {
		if hz := pitch(t, file.Path); math.Abs(hz-700) > 15 {
			t.Errorf("%s sounds at %.0f Hz", file.Path, hz)
		}
	}
}

// pitch is the frequency of most of a file's sound: what a busy machine loses or
// repeats of it does not count.
func pitch(t *testing.T, path string) float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := wav.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var last int16
	var periods []float64
	at, rose := 0, 0.0
	block := make([]int16, 1000)
	for {
		n, err := r.Read(block)
		for _, s := range block[:n] {
			if at++; last < 0 && s >= 0 {
				rise := float64(at) - float64(s)/(float64(s)-float64(last))
				periods, rose = append(periods, rise-rose), rise
			}
			last = s
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(periods) == 0 {
		return 0
	}
	slices.Sort(periods)
	return codecs.SampleRate / periods[len(periods)/2]
}

func TestJoinFigures(t *testing.T) {
	f := figures{
		Ended: endedDuration, Seconds: 5.02,
		Groups: []groupFigures{
			{Media: "audio", Group: "239.1.2.3:5004", Received: 250, Sent: 10, LossReported: 0.1, Undecrypted: 2},
			{Media: "video", Group: "239.1.2.3:5006", Received: 99, Loops: 1, Unknown: 7, Malformed: 3},
		},
		Members: []memberFigures{
			{Media: "audio", Name: "Ann", Address: "192.0.2.1:5004", Sending: true, Packets: 250, Lost: 3, Jitter: 1.25},
			{Media: "video", CNAME: "ann@host", Address: "192.0.2.1:5006", Left: true, Packets: 99},
			{Media: "audio", Address: netip.MustParseAddrPort("192.0.2.9:5005").String()},
		},
		Files: []fileFigures{
			{Path: "d/sound.wav", Kind: "sound", Seconds: 5},
			{Path: "d/voice-1.wav", Kind: "voice", Name: "Ann", Begins: 1, Seconds: 4},
			{Path: "d/picture-1.h264", Kind: "picture", Codec: "H264", Pictures: 75, Omitted: 9, Lost: 2},
		},
		Dropped: 4, Late: 0.5,
	}
	var out bytes.Buffer
	if err := f.print(&out, false); err != nil {
		t.Fatal(err)
	}
	want := `The time was over after 5s.
audio 239.1.2.3:5004: 250 packets received, 10 sent, of which a member lost 10.0 % lately, 2 not of the group's key.
video 239.1.2.3:5006: 99 packets received, 0 sent, 7 of a payload type that the session does not have, 3 not understood (encrypted, or no RTP), 1 came back in a loop.
MEMBER    MEDIA  FROM            PACKETS  LOST  JITTER  STATE
Ann       audio  192.0.2.1:5004  250      3     1.2 ms  sends
ann@host  video  192.0.2.1:5006  99       0     0.0 ms  left
-         audio  192.0.2.9:5005  0        0     0.0 ms  listens
d/sound.wav: 5s of sound
d/voice-1.wav: voice of Ann, 4s from 1s on
d/picture-1.h264: 75 pictures of H264, 2 packets lost, for which 9 pictures are left out
The disk was too slow: 4 frames and packets are missing.
The file could not be read in time: 500ms of silence were sent.
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}

// TestJoinHearsNobody: who could not be understood was there.
func TestJoinHearsNobody(t *testing.T) {
	for want, g := range map[string]groupFigures{
		"Nobody else was there.":             {},
		"Nobody else could be understood.":   {Unknown: 1},
		"Nobody else could be understood.\n": {Malformed: 1},
	} {
		var out bytes.Buffer
		f := figures{Ended: endedDuration, Groups: []groupFigures{g}}
		if err := f.print(&out, false); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%v, %q does not say %q", err, &out, want)
		}
	}
}

func TestJoinFullDisk(t *testing.T) {
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip("no ", full)
	}
	link := filepath.Join(t.TempDir(), "a.wav")
	if err := os.Symlink(full, link); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	a := attendance{target: target{name: fmt.Sprintf("rtp://239.255.71.31:%d", freePort(t)), iface: "lo"}, record: link, force: true}
	err := a.run(ctx, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "the disk is full") || !strings.Contains(err.Error(), link) {
		t.Errorf("got %v", err)
	}
}
