package webrtc

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pion/webrtc/v4"

	"parley/codecs"
)

// feedback is what RTCP may say of video (RFC 4585, RFC 5104). Transport-cc
// and nack are added with the interceptors that speak them.
func feedback() []webrtc.RTCPFeedback {
	return []webrtc.RTCPFeedback{{Type: "ccm", Parameter: "fir"}, {Type: "goog-remb"}}
}

// h264Variants are the H.264 configurations that browsers offer. Profile and
// packetization mode must match exactly (RFC 6184 8.2.2), and Chromium offers
// each as a payload type of its own. Mode 1 comes first: it is what SIP and
// multicast peers take, and it needs no fragment below the path's MTU.
var h264Variants = [...]string{
	"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
	"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
	"level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f",
	"level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f",
	"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f",
	"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f",
}

// h264Decodable is added to what a browser takes: its decoder knows the High
// profile whatever profile was negotiated, which only binds what it sends.
var h264Decodable = [...]codecs.Format{
	{Name: "H264", ClockRate: 90000, Fmtp: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f"},
	{Name: "H264", ClockRate: 90000, Fmtp: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f"},
}

// payload types that are proposed where the page has not chosen its own.
const (
	firstVideoPayload = 96  // each with its rtx right above it
	opusPayload       = 111 // Chromium's
)

// registerCodecs lets m negotiate what browsers have of formats, in the
// formats' order.
func registerCodecs(m *webrtc.MediaEngine, formats []codecs.Format) error {
	next := webrtc.PayloadType(firstVideoPayload)
	seen := map[string]bool{}
	for _, f := range formats {
		name := strings.ToLower(f.Name)
		if seen[name] {
			continue
		}
		seen[name] = true
		var err error
		switch name {
		case "opus":
			err = registerAudio(m, webrtc.MimeTypeOpus, 48000, 2, "minptime=10;useinbandfec=1", opusPayload)
		case "g722":
			err = registerAudio(m, webrtc.MimeTypeG722, 8000, 0, "", 9)
		case "pcmu":
			err = registerAudio(m, webrtc.MimeTypePCMU, 8000, 0, "", 0)
		case "pcma":
			err = registerAudio(m, webrtc.MimeTypePCMA, 8000, 0, "", 8)
		case "h264":
			for _, fmtp := range h264Variants {
				if err = registerVideo(m, webrtc.MimeTypeH264, fmtp, &next); err != nil {
					break
				}
			}
		case "vp8":
			err = registerVideo(m, webrtc.MimeTypeVP8, "", &next)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func registerAudio(m *webrtc.MediaEngine, mime string, rate uint32, channels uint16, fmtp string, pt webrtc.PayloadType) error {
	return m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: mime, ClockRate: rate, Channels: channels, SDPFmtpLine: fmtp,
		},
		PayloadType: pt,
	}, webrtc.RTPCodecTypeAudio)
}

// registerVideo registers a codec and its retransmissions (RFC 4588). Chromium
// probes the path's capacity on the rtx stream where there is one, and
// otherwise with padding that would tear holes into the picture's numbers.
func registerVideo(m *webrtc.MediaEngine, mime, fmtp string, next *webrtc.PayloadType) error {
	pt := *next
	*next += 2
	err := m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: mime, ClockRate: 90000, SDPFmtpLine: fmtp, RTCPFeedback: feedback(),
		},
		PayloadType: pt,
	}, webrtc.RTPCodecTypeVideo)
	if err != nil {
		return err
	}
	return m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=" + itoa(pt),
		},
		PayloadType: pt + 1,
	}, webrtc.RTPCodecTypeVideo)
}

// formatOf is the Format that a negotiated codec stands for.
func formatOf(c webrtc.RTPCodecParameters) codecs.Format {
	_, name, _ := strings.Cut(c.MimeType, "/")
	f := codecs.Format{
		Name:      name,
		ClockRate: int(c.ClockRate),
		Channels:  int(c.Channels),
		Fmtp:      c.SDPFmtpLine,
	}
	if strings.HasPrefix(c.MimeType, "audio/") {
		f.Channels = max(1, f.Channels)
	}
	return f.Canonical()
}

// ordered returns negotiated in the order of formats, each video codec with
// its rtx behind it, and without what is in none of them. A browser sends the
// first codec of the answer.
func ordered(negotiated []webrtc.RTPCodecParameters, formats []codecs.Format) []webrtc.RTPCodecParameters {
	var out []webrtc.RTPCodecParameters
	taken := map[webrtc.PayloadType]bool{}
	for _, f := range formats {
		for _, c := range preferMode1(negotiated) {
			if taken[c.PayloadType] || !f.Is(formatOf(c).Name) {
				continue
			}
			taken[c.PayloadType] = true
			out = append(out, c)
			apt := "apt=" + itoa(c.PayloadType)
			for _, r := range negotiated {
				if strings.EqualFold(r.MimeType, webrtc.MimeTypeRTX) && r.SDPFmtpLine == apt {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// preferMode1 puts H.264's constrained baseline in packetization mode 1, which
// the most peers decode, before its other configurations.
func preferMode1(in []webrtc.RTPCodecParameters) []webrtc.RTPCodecParameters {
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b webrtc.RTPCodecParameters) int { return rank(a) - rank(b) })
	return out
}

func rank(c webrtc.RTPCodecParameters) int {
	if !strings.EqualFold(c.MimeType, webrtc.MimeTypeH264) {
		return 0
	}
	fmtp := formatOf(c).Fmtp
	for i, v := range h264Variants {
		if fmtp == v {
			return i
		}
	}
	return len(h264Variants)
}

// receivable lists what a browser takes of allowed: allowed's own Formats for
// sound, so that all browsers share one encode, and what was negotiated for
// pictures.
func receivable(allowed []codecs.Format, negotiated []webrtc.RTPCodecParameters) []codecs.Format {
	var out []codecs.Format
	add := func(f codecs.Format) {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for _, a := range allowed {
		for _, c := range negotiated {
			f := formatOf(c)
			switch {
			case !a.Is(f.Name):
			case a.Media() == codecs.MediaAudio:
				add(a)
			case f.Is("H264"):
				add(f)
				for _, d := range h264Decodable {
					add(d)
				}
			default:
				add(f)
			}
		}
	}
	return out
}

// choose returns the negotiated codec in which to send pictures of format.
func choose(negotiated []webrtc.RTPCodecParameters, format codecs.Format) (webrtc.RTPCodecParameters, bool) {
	var second webrtc.RTPCodecParameters
	for _, c := range preferMode1(negotiated) {
		f := formatOf(c)
		switch {
		case !f.Is(format.Name):
		case f.Takes(format):
			return c, true
		case second.MimeType == "":
			second = c
		}
	}
	// The browser's decoder reads the profile from the stream itself.
	return second, second.MimeType != ""
}

func itoa(pt webrtc.PayloadType) string { return strconv.Itoa(int(pt)) }
