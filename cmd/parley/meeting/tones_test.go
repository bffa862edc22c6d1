//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// What each world speaks in the tone meetings.
const (
	groupTone   = 440.0
	phoneTone   = 660.0
	browserTone = 880.0
)

// groupAddress is that of the sound of meetingConfig's group.
const groupAddress = "239.255.99.1:5004"

// The conference of the tone and picture meetings.
const meetingConfig = `
sip: {udp: "10.99.0.1:5060", tcp: "10.99.0.1:5060"}
webrtc: {udp: "127.0.0.1:8443", tcp: "127.0.0.1:8443"}
conferences:
  - id: room
    title: Meeting
    multicast:
      - name: Lab
        audio: {group: "239.255.99.1:5004", codec: PCMU, payload_type: 0}
        video: {group: "239.255.99.1:5006", codec: H264, payload_type: 96}
        interface: meet0
        ttl: 4
`

// TestTones has ffmpeg in a group, a baresip and a Chromium speak a tone each,
// and judges what each of them hears: the others stand 20 dB above the floor,
// its own 30 dB below the others.
func TestTones(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip", "chromium", "node")
	for i, codec := range []string{"PCMU/8000/1", "opus/48000/2", "G722/16000/1"} {
		t.Run(codec, func(t *testing.T) { tones(t, codec, 5070+10*i) })
	}
}

func tones(t *testing.T, codec string, port int) {
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	dir := t.TempDir()
	microphone := filepath.Join(dir, "microphone.wav")
	if err := spectrum.WriteTone(microphone, 48000, 1, browserTone, -18, 60); err != nil {
		t.Fatal(err)
	}
	b := startBridge(t, meetingConfig)

	browser := lab.StartBrowser(t, "browser", lab.BrowserOptions{Args: []string{
		"--use-file-for-fake-audio-capture=" + microphone,
	}})
	page := browser.Open(ctx, "browser", b.URL+"/c/room?raw")
	enter(ctx, page, "Chromium")
	groupSpeaks(t, groupTone)
	phoneProcess, phoneDir := startPhone(t, phone{Port: port, Codec: codec, Tone: phoneTone}, "sip:room@"+lab.Here)

	awaitSpeakers(ctx, t, page, 3)
	recording := filepath.Join(dir, "group.wav")
	listener := groupListener(t, dir, recording, "PCMU/8000", 0)
	var inBrowser hearing
	inBrowser.record(ctx, page, 5)
	awaitExit(ctx, t, listener)
	phoneProcess.Stop(ctx)

	pcm, rate, err := spectrum.ReadWAV(recording)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, "the group", pcm, rate, groupTone, phoneTone, browserTone)
	pcm, rate = heard(t, phoneDir)
	judge(t, "the phone", lastSeconds(pcm, rate, 4), rate, phoneTone, groupTone, browserTone)
	judge(t, "the browser", inBrowser.pcm, inBrowser.rate, browserTone, groupTone, phoneTone)
}

// groupSpeaks has an ffmpeg on the second host speak a tone into the group; more
// are options of its RTP.
func groupSpeaks(t *testing.T, tone float64, more ...string) *lab.Process {
	t.Helper()
	args := append([]string{"ffmpeg", "-hide_banner", "-re", "-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=48000", tone),
		"-af", "volume=0dB", "-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"}, more...)
	return onOther(t, append(args, "-f", "rtp", "rtp://"+groupAddress+"?ttl=4&pkt_size=172")...)
}

// judge measures what who heard.
func judge(t *testing.T, who string, pcm []float64, rate int, own float64, others ...float64) {
	t.Helper()
	m := spectrum.Measure(pcm, rate, append(others, own)...)
	t.Logf("%s hears: %v", who, m)
	if m.Duration < 2 {
		t.Errorf("%s heard only %.1f s", who, m.Duration)
	}
	for _, f := range others {
		if m.Tones[f] < m.Floor+20 {
			t.Errorf("%s: %g Hz at %.1f dB is not 20 dB above the floor of %.1f dB (at %.0f Hz)", who, f, m.Tones[f], m.Floor, m.FloorAt)
		}
		if m.Tones[own] > m.Tones[f]-30 {
			t.Errorf("%s: its own %g Hz at %.1f dB is not 30 dB below %g Hz at %.1f dB", who, own, m.Tones[own], f, m.Tones[f])
		}
	}
}

// groupListener records 5 s of what parley sends to the group, on the second
// host, where a source filter keeps out who else sends.
func groupListener(t *testing.T, dir, recording, rtpmap string, payloadType int) *lab.Process {
	t.Helper()
	path := filepath.Join(dir, "group.sdp")
	write(t, path, fmt.Sprintf("v=0\r\no=- 0 0 IN IP4 %s\r\ns=group\r\nc=IN IP4 239.255.99.1/4\r\nt=0 0\r\n"+
		"a=source-filter: incl IN IP4 239.255.99.1 %s\r\nm=audio 5004 RTP/AVP %d\r\na=rtpmap:%d %s\r\n",
		lab.Here, lab.Here, payloadType, payloadType, rtpmap))
	return onOther(t, "ffmpeg", "-hide_banner", "-y", "-protocol_whitelist", "file,udp,rtp", "-i", path, "-t", "5", "-ar", "8000", "-ac", "1", recording)
}

func lastSeconds(pcm []float64, rate int, seconds float64) []float64 {
	return pcm[max(0, len(pcm)-int(seconds*float64(rate))):]
}

func awaitExit(ctx context.Context, t *testing.T, p *lab.Process) {
	t.Helper()
	status, err := p.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if status != 0 {
		t.Fatalf("%s ended with status %d:\n%s", p.Name, status, p.Output())
	}
}
