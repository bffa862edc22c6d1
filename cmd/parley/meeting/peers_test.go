//go:build meeting

package meeting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// phone is what a baresip is set up with.
type phone struct {
	Host    string  // its address; lab.Here unless set
	Port    int     // its SIP port
	Codec   string  // as in audio_codecs: "PCMU/8000/1"
	Tone    float64 // Hz that it speaks; 0: silence
	Level   float64 // dB of its tone
	Video   bool    // gives and takes H.264
	Account string  // further account parameters: ";mediaenc=…"
}

// startPhone runs a baresip that dials uri, or with an empty one waits to be
// called, and returns it with its folder,
// where dump-*-dec.wav is what it heard.
func startPhone(t *testing.T, p phone, uri string) (*lab.Process, string) {
	t.Helper()
	dir := t.TempDir()
	if p.Host == "" {
		p.Host = lab.Here
	}
	if p.Level == 0 {
		p.Level = -18
	}
	level := p.Level
	if p.Tone == 0 {
		level = spectrum.Silence
	}
	rate, channels := 48000, 2
	if !strings.HasPrefix(p.Codec, "opus") {
		rate, channels = 8000, 1
	}
	if strings.HasPrefix(p.Codec, "G722") {
		rate = 16000
	}
	tone := filepath.Join(dir, "tone.wav")
	if err := spectrum.WriteTone(tone, rate, channels, p.Tone, level, 120); err != nil {
		t.Fatal(err)
	}
	modules := []string{"account.so", "menu.so", "ctrl_tcp.so", "g711.so", "g722.so", "opus.so", "aufile.so", "aubridge.so", "sndfile.so"}
	if p.Video {
		modules = append(modules, "avcodec.so", "fakevideo.so", "snapshot.so")
	}
	var config strings.Builder
	network, family := p.Host, "-4"
	if strings.Contains(p.Host, ":") { // baresip finds an IPv6 address by its interface only
		p.Host, network, family = "["+p.Host+"]", lab.Interface, "-6"
	}
	fmt.Fprintf(&config, `poll_method epoll
sip_listen %s:%d
net_interface %s
audio_player aubridge,ear
audio_source aufile,%s
audio_alert aubridge,alert
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
audio_buffer 20-160
rtp_tos 184
jitter_buffer_delay 2-10
snd_path %s
opus_bitrate 64000
ctrl_tcp_listen 127.0.0.1:%d
module_path /usr/lib/baresip/modules
`, p.Host, p.Port, network, tone, dir, p.Port)
	if p.Video {
		config.WriteString("video_source fakevideo,x\nvideo_display fakevideo,x\nvideo_size 320x240\nvideo_bitrate 300000\nvideo_fps 15\n")
	}
	for _, m := range modules {
		kind := "module"
		switch m {
		case "account.so":
			kind = "module_tmp"
		case "menu.so", "ctrl_tcp.so":
			kind = "module_app"
		}
		fmt.Fprintf(&config, "%s %s\n", kind, m)
	}
	account := fmt.Sprintf("\"phone %d\" <sip:phone%d@%s;transport=udp>;regint=0;audio_codecs=%s", p.Port, p.Port, p.Host, p.Codec)
	if p.Video {
		account += ";video_codecs=h264"
	}
	account += p.Account
	write(t, filepath.Join(dir, "config"), config.String())
	write(t, filepath.Join(dir, "accounts"), account+"\n")
	write(t, filepath.Join(dir, "contacts"), "")
	args := []string{family, "-f", dir}
	if uri != "" {
		args = append(args, "-e", "/dial "+uri)
	}
	args = append([]string{"baresip"}, args...)
	if p.Host == lab.Behind {
		args = lab.InBehind(args...)
	}
	return lab.Start(t, nil, args[0], args[1:]...), dir
}

// order gives a baresip one of its long commands, over its control connection
// (a netstring of JSON), and returns its answer.
func order(t *testing.T, port int, command, params string) string {
	t.Helper()
	var conn net.Conn
	var err error
	for until := time.Now().Add(5 * time.Second); ; {
		if conn, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			break
		}
		if time.Now().After(until) || !pause(t.Context(), 50*time.Millisecond) {
			t.Fatalf("baresip's control port: %v", err)
		}
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	body, err := json.Marshal(map[string]string{"command": command, "params": params, "token": "t"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "%d:%s,", len(body), body); err != nil {
		t.Fatal(err)
	}
	// Events may come before the answer, which repeats the token.
	var seen []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(seen, []byte(`"token":"t"`)) {
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatalf("baresip did not answer %s: %v: %q", command, err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
	return string(seen)
}

// heard returns what a baresip in dir has heard.
func heard(t *testing.T, dir string) ([]float64, int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "dump-*-dec.wav"))
	if err != nil || len(files) == 0 {
		t.Fatalf("baresip recorded nothing in %s: %v", dir, err)
	}
	pcm, rate, err := spectrum.ReadWAV(files[len(files)-1])
	if err != nil {
		t.Fatal(err)
	}
	return pcm, rate
}

// onOther runs a program on the lab's second host.
func onOther(t *testing.T, args ...string) *lab.Process {
	t.Helper()
	args = lab.InOther(args...)
	return lab.Start(t, nil, args[0], args[1:]...)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// requirePrograms fails, rather than skips, where a peer is missing: a meeting
// that did not take place has shown nothing.
func requirePrograms(t *testing.T, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, err := exec.LookPath(n); err != nil {
			t.Fatalf("%v: make deps installs it", err)
		}
	}
}
