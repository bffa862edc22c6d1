//go:build meeting

package meeting

import (
	"context"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

// codecRoom is a conference with two groups: a program speaks in one, another
// listens in the other, and parley is in both.
type codecRoom struct {
	id                  string
	speakers, listeners string // addresses
	port                int    // of both
}

// newCodecRoom returns the one of a number.
func newCodecRoom(i int) codecRoom {
	return codecRoom{fmt.Sprint("room", i), fmt.Sprint("239.255.97.", 1+2*i), fmt.Sprint("239.255.97.", 2+2*i), 6500 + 10*i}
}

// config is its entry of the configuration; stream is what each group carries.
func (r codecRoom) config(stream string) string {
	return fmt.Sprintf("  - id: %s\n    multicast:\n      - {interface: meet0, ttl: 4, audio: {group: \"%s:%d\", %s}}\n      - {interface: meet0, ttl: 4, audio: {group: \"%s:%[3]d\", %[4]s}}\n",
		r.id, r.speakers, r.port, stream, r.listeners)
}

// groupKey is 30 octets: "123456789012345678901234567890".
const groupKey = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"

// gstSpeaks and gstListens are GStreamer's ends of a group.
func (r codecRoom) gstSpeaks(t *testing.T, middle string) *lab.Process {
	return onOther(t, append([]string{"gst-launch-1.0", "-e"}, strings.Fields(fmt.Sprintf(
		"audiotestsrc is-live=true freq=%g volume=0.3 ! audioconvert ! audioresample ! %s ! udpsink host=%s port=%d auto-multicast=true multicast-iface=meet1 ttl-mc=4",
		groupTone, middle, r.speakers, r.port))...)...)
}

func (r codecRoom) gstListens(t *testing.T, recording string, packets int, caps, middle string) *lab.Process {
	return onOther(t, append([]string{"gst-launch-1.0", "-e"}, strings.Fields(fmt.Sprintf(
		"udpsrc address=%s port=%d multicast-iface=meet1 caps=%s ! identity eos-after=%d ! %s ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=8000,channels=1 ! wavenc ! filesink location=%s",
		r.listeners, r.port, caps, packets, middle, recording))...)...)
}

// gstListensSRTP is gstListens of an encrypted group: GStreamer's decoder has to be
// told the SSRC with the key, in hexadecimal.
func (r codecRoom) gstListensSRTP(t *testing.T, b *bridge, recording, key, cipher, auth, rtcpAuth string) *lab.Process {
	var in struct {
		Groups []struct{ Audio struct{ SSRC uint32 } }
	}
	b.get(t, "/api/v1/conferences/"+r.id+"/groups", &in)
	caps := fmt.Sprintf("application/x-srtp,media=audio,payload=0,clock-rate=8000,encoding-name=PCMU,ssrc=(uint)%d,srtp-key=(buffer)%s,"+
		"srtp-cipher=%s,srtp-auth=%s,srtcp-cipher=%[3]s,srtcp-auth=%[5]s,roc=(uint)0", in.Groups[1].Audio.SSRC, key, cipher, auth, rtcpAuth)
	return r.gstListens(t, recording, 200, caps, "srtpdec ! rtpjitterbuffer ! rtppcmudepay ! mulawdec")
}

// ffmpegSpeaks fills packets of a size: what lasts longer than 120 ms is not
// decoded.
func (r codecRoom) ffmpegSpeaks(t *testing.T, size int, args ...string) *lab.Process {
	all := append([]string{"ffmpeg", "-hide_banner", "-nostdin", "-re", "-f", "lavfi", "-i", fmt.Sprintf("sine=%g:sample_rate=48000", groupTone),
		"-ac", "1", "-ar", "8000"}, args...)
	scheme := "rtp"
	if slices.Contains(args, "-srtp_out_suite") {
		scheme = "srtp"
	}
	return onOther(t, append(all, "-f", "rtp", fmt.Sprintf("%s://%s:%d?ttl=4&pkt_size=%d", scheme, r.speakers, r.port, size))...)
}

func (r codecRoom) ffmpegListens(t *testing.T, recording, media string) *lab.Process {
	path := filepath.Join(t.TempDir(), "listen.sdp")
	write(t, path, fmt.Sprintf("v=0\r\no=- 0 0 IN IP4 %s\r\ns=group\r\nc=IN IP4 %s/4\r\nt=0 0\r\nm=audio %d %s",
		lab.Here, r.listeners, r.port, strings.ReplaceAll(media, "\n", "\r\n")))
	return onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-y", "-protocol_whitelist", "file,udp,rtp,srtp", "-i", path,
		"-t", "4", "-c:a", "pcm_s16le", "-ar", "8000", "-ac", "1", recording)
}

// TestGroupCodecs has programs that others wrote speak into a group in each of
// the codecs that are a group's alone, encrypted ones among them: a telephone
// hears them, and another program, in another group of the codec, hears both.
func TestGroupCodecs(t *testing.T) {
	requirePrograms(t, "ffmpeg", "gst-launch-1.0", "baresip")
	parleyBinary(t) // which takes its time
	const rtp = "application/x-rtp,media=audio,payload=%d,clock-rate=%d,encoding-name=%s"
	key := hex.EncodeToString([]byte("123456789012345678901234567890"))
	meetings := []struct {
		name, stream string  // as in the configuration
		clear        float64 // dB that tones stand above the rest
		speak        func(*testing.T, codecRoom)
		listen       func(*testing.T, codecRoom, *bridge, string) *lab.Process
	}{
		{"GSM", "codec: GSM", 8, func(t *testing.T, r codecRoom) {
			r.gstSpeaks(t, "audio/x-raw,rate=8000,channels=1 ! gsmenc ! rtpgsmpay pt=3")
		}, func(t *testing.T, r codecRoom, _ *bridge, file string) *lab.Process {
			return r.gstListens(t, file, 200, fmt.Sprintf(rtp, 3, 8000, "GSM"), "rtpjitterbuffer ! rtpgsmdepay ! gsmdec")
		}},
		{"G726-32", "codec: G726-32, payload_type: 97", 20, func(t *testing.T, r codecRoom) {
			r.ffmpegSpeaks(t, 92, "-c:a", "g726le", "-b:a", "32k", "-payload_type", "97")
		}, func(t *testing.T, r codecRoom, _ *bridge, file string) *lab.Process {
			return r.ffmpegListens(t, file, "RTP/AVP 97\na=rtpmap:97 G726-32/8000\n")
		}},
		{"AAL2-G726-24", "codec: AAL2-G726-24, payload_type: 97", 15, func(t *testing.T, r codecRoom) {
			r.ffmpegSpeaks(t, 72, "-c:a", "g726", "-b:a", "24k", "-payload_type", "97")
		}, func(t *testing.T, r codecRoom, _ *bridge, file string) *lab.Process {
			return r.ffmpegListens(t, file, "RTP/AVP 97\na=rtpmap:97 AAL2-G726-24/8000\n")
		}},
		{"L24", "codec: L24/48000/2, payload_type: 98, packet_time: 1ms", 20, func(t *testing.T, r codecRoom) {
			r.gstSpeaks(t, "audio/x-raw,rate=48000,channels=2 ! audioconvert ! rtpL24pay pt=98 min-ptime=1000000 max-ptime=1000000")
		}, func(t *testing.T, r codecRoom, _ *bridge, file string) *lab.Process {
			return r.gstListens(t, file, 4000, fmt.Sprintf(rtp, 98, 48000, "L24")+",channels=2", "rtpjitterbuffer ! rtpL24depay")
		}},
		{"SRTP ffmpeg", "codec: PCMU, crypto: \"AES_CM_128_HMAC_SHA1_80 inline:" + groupKey + "\"", 20, func(t *testing.T, r codecRoom) {
			r.ffmpegSpeaks(t, 172, "-c:a", "pcm_mulaw", "-srtp_out_suite", "AES_CM_128_HMAC_SHA1_80", "-srtp_out_params", groupKey)
		}, func(t *testing.T, r codecRoom, _ *bridge, file string) *lab.Process {
			return r.ffmpegListens(t, file, "RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+groupKey+"\n")
		}},
		{"SRTP GStreamer", "codec: PCMU, crypto: \"AES_CM_128_HMAC_SHA1_32 inline:" + groupKey + "\"", 20, func(t *testing.T, r codecRoom) {
			r.gstSpeaks(t, "audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay max-ptime=20000000 ! srtpenc key="+key+
				" rtp-cipher=aes-128-icm rtp-auth=hmac-sha1-32 rtcp-cipher=aes-128-icm rtcp-auth=hmac-sha1-80")
		}, func(t *testing.T, r codecRoom, b *bridge, file string) *lab.Process {
			return r.gstListensSRTP(t, b, file, key, "aes-128-icm", "hmac-sha1-32", "hmac-sha1-80")
		}},
		{"SRTP GCM", "codec: PCMU, crypto: \"AEAD_AES_128_GCM inline:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3OA==\"", 20, func(t *testing.T, r codecRoom) {
			r.gstSpeaks(t, "audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay max-ptime=20000000 ! srtpenc key="+key[:2*28]+
				" rtp-cipher=aes-128-gcm rtp-auth=null rtcp-cipher=aes-128-gcm rtcp-auth=null")
		}, func(t *testing.T, r codecRoom, b *bridge, file string) *lab.Process { // ffmpeg has no GCM
			return r.gstListensSRTP(t, b, file, key[:2*28], "aes-128-gcm", "null", "null")
		}},
	}
	config := "conferences:\n"
	for i, tt := range meetings {
		config += newCodecRoom(i).config(tt.stream)
	}
	b := startBridge(t, config)
	for i, tt := range meetings {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			room := newCodecRoom(i)
			tt.speak(t, room)
			phoneProcess, phoneDir := startPhone(t, phone{Port: 5170 + 10*i, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:"+room.id+"@"+lab.Here)
			poll(ctx, t, "not both speak", func() bool {
				return strings.Count(b.text(t, "/api/v1/conferences/"+room.id+"/participants"), `"speaking":true`) >= 2
			})
			recording := filepath.Join(t.TempDir(), "heard.wav")
			awaitExit(ctx, t, tt.listen(t, room, b, recording))
			phoneProcess.Stop(ctx)

			check := func(who string, pcm []float64, rate int, tones ...float64) {
				m := spectrum.Measure(lastSeconds(pcm, rate, 3), rate, tones...)
				t.Logf("%s hears: %v", who, m)
				for _, f := range tones {
					if m.Duration < 2 || m.Tones[f] < m.Floor+tt.clear {
						t.Errorf("%s: %.1f s, %g Hz at %.1f dB is not %g dB above the rest of %.1f dB (at %.0f Hz)",
							who, m.Duration, f, m.Tones[f], tt.clear, m.Floor, m.FloorAt)
					}
				}
			}
			pcm, rate, err := spectrum.ReadWAV(recording)
			if err != nil {
				t.Fatal(err)
			}
			check("the listener", pcm, rate, groupTone, phoneTone)
			pcm, rate = heard(t, phoneDir)
			check("the telephone", pcm, rate, groupTone)
		})
	}
}

// TestGroupOfAnotherKey has an ffmpeg that has another key, and one that has
// none, speak into an encrypted group: nothing of theirs is heard, and both stand
// in the log, the roster and the metrics.
func TestGroupOfAnotherKey(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	const otherKey = "OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEw"
	room := codecRoom{"room", "239.255.97.1", "239.255.97.2", 6500}
	b := startBridge(t, "conferences:\n"+room.config("codec: PCMU, crypto: \"AES_CM_128_HMAC_SHA1_80 inline:"+groupKey+"\""))
	room.ffmpegSpeaks(t, 172, "-c:a", "pcm_mulaw", "-srtp_out_suite", "AES_CM_128_HMAC_SHA1_80", "-srtp_out_params", otherKey)
	room.ffmpegSpeaks(t, 172, "-c:a", "pcm_mulaw")
	phoneProcess, phoneDir := startPhone(t, phone{Port: 5270, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@"+lab.Here)
	if err := b.Await(ctx, "not of the group's key"); err != nil {
		t.Fatal(err)
	}
	listener := filepath.Join(t.TempDir(), "nothing.wav")
	_ = lab.Run(t, "ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", "anullsrc", "-t", "4", listener) // four seconds pass
	roster := b.text(t, "/api/v1/conferences/room/participants")
	if !regexp.MustCompile(`"` + regexp.QuoteMeta(lab.There) + `, SSRC \d+(, \d+)? \(not of the group's key\)"`).MatchString(roster) {
		t.Errorf("the roster does not name %s and its SSRC: %s", lab.There, roster)
	}
	if metrics := b.text(t, "/metrics"); strings.Contains(metrics, "parley_multicast_packets_undecrypted_total{group=\""+room.speakers+":6500\",media=\"audio\"} 0\n") ||
		!strings.Contains(metrics, "parley_multicast_packets_undecrypted_total") {
		t.Error("the metrics count no packets of another key")
	}
	if log := b.Output(); strings.Contains(log, groupKey[:8]) || strings.Contains(log, otherKey[:8]) {
		t.Error("the log tells a key")
	}
	phoneProcess.Stop(ctx)
	pcm, rate := heard(t, phoneDir)
	m := spectrum.Measure(lastSeconds(pcm, rate, 3), rate, groupTone)
	t.Logf("the telephone hears: %v", m)
	if m.Tones[groupTone] > -80 || m.Floor > -80 {
		t.Errorf("the telephone hears something: %v", m)
	}
}
