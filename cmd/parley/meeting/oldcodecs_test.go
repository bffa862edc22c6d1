//go:build meeting

package meeting

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/codecs"
	"parley/conference"
	"parley/multicast"
)

// TestGroupPictureOldCodecs has an ffmpeg send the bars as H.261 and H.263, in
// both payload formats, into a group, and an ffmpeg that knows only parley's
// description of another group decode them. Key frames are two seconds apart,
// and nobody can be asked for one.
func TestGroupPictureOldCodecs(t *testing.T) {
	requirePrograms(t, "ffmpeg")
	for _, tt := range []struct {
		name, from, to string
		audience       codecs.Mapping
		encoder        []string
	}{
		{"H261", "239.255.98.30:6300", "239.255.98.31:6310",
			codecs.Mapping{PayloadType: 31, Format: codecs.Format{Name: "H261", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}},
			[]string{"-c:v", "h261", "-strict", "experimental"}},
		{"H263", "239.255.98.32:6320", "239.255.98.33:6330",
			codecs.Mapping{PayloadType: 34, Format: codecs.Format{Name: "H263", ClockRate: 90000, Fmtp: "cif=1"}},
			[]string{"-c:v", "h263", "-mb_info", "900", "-rtpflags", "rfc2190"}},
		{"H263-1998", "239.255.98.34:6340", "239.255.98.35:6350",
			codecs.Mapping{PayloadType: 96, Format: codecs.Format{Name: "H263-1998", ClockRate: 90000}},
			[]string{"-c:v", "h263p"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			args := append([]string{"-f", "lavfi", "-i", "smptebars=size=352x288:rate=15", "-g", "30", "-b:v", "400k"}, tt.encoder...)
			camera := sender(ctx, t, append(args, "rtp://"+tt.from+"?ttl=4&pkt_size=1000")...)
			audience := multicast.GroupConfig{
				Conference: "room", Interface: lab.Interface, TTL: 4, VideoStreams: multicast.VideoActive,
				Video: &multicast.MediaConfig{Addr: netip.MustParseAddrPort(tt.to), Formats: []codecs.Mapping{tt.audience}},
			}
			studio := openStudio(t, camera, audience)
			dir := t.TempDir()
			player := onOther(t, "ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "level+info", "-protocol_whitelist", "file,udp,rtp",
				"-i", studio.description(t, 1), "-t", "3", "-vf", "fps=5", filepath.Join(dir, "picture-%03d.png"))
			awaitExit(ctx, t, player)
			// Its decoder takes all pictures of H.261, which have no type, for
			// others than key frames, even those of a file of its own making.
			log := strings.ReplaceAll(player.Output(), "[error] warning: first frame is no keyframe", "")
			checkDecoded(t, log, dir)
		})
	}
}

// TestGStreamerPictures has GStreamer, whose packets of H.261 begin and end
// within octets as RFC 4587 has it, send the bars into one group and decode them
// from another, in each format of old. By RFC 2190 it divides pictures within
// GOBs (modes B and C); where its encoder makes no GOB headers, it sends each
// undivided, in one datagram of some kilobytes.
func TestGStreamerPictures(t *testing.T) {
	requirePrograms(t, "gst-launch-1.0")
	for i, tt := range []struct {
		name           string
		stream         codecs.Mapping
		send, receive  string
		encoding, size string
	}{
		{"H261", codecs.Mapping{PayloadType: 31, Format: codecs.Format{Name: "H261", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}},
			"avenc_h261 bitrate=400000 gop-size=30 ! rtph261pay", "rtph261depay ! avdec_h261", "H261", "width=352,height=288"},
		{"H263-1998", codecs.Mapping{PayloadType: 96, Format: codecs.Format{Name: "H263-1998", ClockRate: 90000}},
			"avenc_h263p bitrate=400000 gop-size=30 ! rtph263ppay", "rtph263pdepay ! avdec_h263", "H263-1998", "width=352,height=288"},
		{"H263", codecs.Mapping{PayloadType: 34, Format: codecs.Format{Name: "H263", ClockRate: 90000, Fmtp: "cif=1"}},
			"avenc_h263 bitrate=400000 gop-size=30 ps=900 ! rtph263pay", "rtph263depay ! avdec_h263", "H263", "width=352,height=288"},
		{"H263 undivided", codecs.Mapping{PayloadType: 34, Format: codecs.Format{Name: "H263", ClockRate: 90000, Fmtp: "cif=1"}},
			"avenc_h263 bitrate=400000 gop-size=30 ! rtph263pay", "rtph263depay ! avdec_h263", "H263", "width=352,height=288"},
		{"JPEG", codecs.Mapping{PayloadType: 26, Format: codecs.Format{Name: "JPEG", ClockRate: 90000}},
			"jpegenc quality=85 ! rtpjpegpay", "rtpjpegdepay ! jpegdec", "JPEG", "format=I420,width=352,height=288"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			from, to := fmt.Sprintf("239.255.98.%d", 36+2*i), fmt.Sprintf("239.255.98.%d", 37+2*i)
			fromPort, toPort := 6360+20*i, 6370+20*i
			group := func(addr string, port int) multicast.GroupConfig {
				return multicast.GroupConfig{
					Conference: "room", Interface: lab.Interface, TTL: 4, VideoStreams: multicast.VideoActive,
					Video: &multicast.MediaConfig{
						Addr:    netip.AddrPortFrom(netip.MustParseAddr(addr), uint16(port)),
						Formats: []codecs.Mapping{tt.stream},
					},
				}
			}
			studio := openStudio(t, group(from, fromPort), group(to, toPort))
			pipeline := func(text string) *lab.Process {
				return onOther(t, append([]string{"gst-launch-1.0", "-e"}, strings.Fields(text)...)...)
			}
			pipeline(fmt.Sprintf("videotestsrc is-live=true pattern=smpte75 ! video/x-raw,%s,framerate=15/1 ! %s mtu=1000 pt=%d ! "+
				"udpsink host=%s port=%d auto-multicast=true multicast-iface=meet1 ttl-mc=4", tt.size, tt.send, tt.stream.PayloadType, from, fromPort))
			studio.await(ctx, t, "the sender is a member", func(r conference.Roster) bool { return len(members(r)) == 1 })
			dir := t.TempDir()
			player := pipeline(fmt.Sprintf("udpsrc address=%s port=%d multicast-iface=meet1 caps=application/x-rtp,media=video,clock-rate=90000,encoding-name=%s,payload=%d ! "+
				"rtpjitterbuffer ! %s ! videorate ! video/x-raw,framerate=5/1 ! videoconvert ! pngenc ! identity eos-after=25 ! multifilesink location=%s",
				to, toPort, tt.encoding, tt.stream.PayloadType, tt.receive, filepath.Join(dir, "picture-%03d.png")))
			awaitExit(ctx, t, player)
			if log := player.Output(); strings.Contains(log, "WARNING") || strings.Contains(log, "ERROR") {
				t.Errorf("the player complains: %s", log)
			}
			files, err := filepath.Glob(filepath.Join(dir, "picture-*.png"))
			if err != nil || len(files) < 20 {
				t.Fatalf("GStreamer decoded %d pictures, %v", len(files), err)
			}
			if err := matchPicture(files[len(files)-1]); err != nil {
				t.Error(err)
			}
		})
	}
}
