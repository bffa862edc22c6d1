package webrtc

import (
	"slices"
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/conference"
)

func codec(mime, fmtp string, pt webrtc.PayloadType) webrtc.RTPCodecParameters {
	c := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 90000, SDPFmtpLine: fmtp},
		PayloadType:        pt,
	}
	if mime == webrtc.MimeTypeOpus {
		c.ClockRate, c.Channels = 48000, 2
	}
	return c
}

// offered is a Chromium's list, shortened.
func offered() []webrtc.RTPCodecParameters {
	h264 := func(profile, mode string, pt webrtc.PayloadType) webrtc.RTPCodecParameters {
		return codec(webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode="+mode+";profile-level-id="+profile, pt)
	}
	return []webrtc.RTPCodecParameters{
		codec(webrtc.MimeTypeVP8, "", 96), codec(webrtc.MimeTypeRTX, "apt=96", 97),
		h264("42001f", "1", 103), codec(webrtc.MimeTypeRTX, "apt=103", 104),
		h264("42e01f", "0", 109), codec(webrtc.MimeTypeRTX, "apt=109", 114),
		h264("42e01f", "1", 108), codec(webrtc.MimeTypeRTX, "apt=108", 113),
		h264("64001f", "1", 120),
	}
}

var (
	vp8  = codecs.Format{Name: "VP8", ClockRate: 90000}
	opus = codecs.Format{Name: "opus", ClockRate: 48000, Channels: 2, Fmtp: "useinbandfec=1"}
)

func payloads(cs []webrtc.RTPCodecParameters) []webrtc.PayloadType {
	var out []webrtc.PayloadType
	for _, c := range cs {
		out = append(out, c.PayloadType)
	}
	return out
}

func TestOrdered(t *testing.T) {
	for name, c := range map[string]struct {
		formats []codecs.Format
		want    []webrtc.PayloadType
	}{
		"H264 first": {[]codecs.Format{cameraFormat, vp8}, []webrtc.PayloadType{108, 113, 103, 104, 109, 114, 120, 96, 97}},
		"VP8 only":   {[]codecs.Format{vp8}, []webrtc.PayloadType{96, 97}},
		"none":       {[]codecs.Format{opus}, nil},
	} {
		if got := payloads(ordered(offered(), c.formats)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestChoose(t *testing.T) {
	with := func(fmtp string) codecs.Format {
		return codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: fmtp}
	}
	for name, c := range map[string]struct {
		format codecs.Format
		want   webrtc.PayloadType
	}{
		"own":          {cameraFormat, 108},
		"mode 0":       {with("packetization-mode=0;profile-level-id=42e01f"), 108},
		"high":         {with("packetization-mode=1;profile-level-id=640028"), 120},
		"unknown rest": {with(""), 108},
		"VP8":          {vp8, 96},
		"not there":    {codecs.Format{Name: "H261", ClockRate: 90000}, 0},
	} {
		got, ok := choose(offered(), c.format)
		if got.PayloadType != c.want || ok != (c.want != 0) {
			t.Errorf("%s: %d (%v), want %d", name, got.PayloadType, ok, c.want)
		}
	}
}

func TestReceivable(t *testing.T) {
	all := append(offered(), codec(webrtc.MimeTypeOpus, "minptime=10", 111))
	got := receivable([]codecs.Format{opus, vp8}, all)
	if want := []codecs.Format{opus, vp8}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// Whatever profile was negotiated, a browser decodes High.
	high := codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=640028"}
	baseline := []webrtc.RTPCodecParameters{offered()[6]}
	takes := func(f codecs.Format) bool { return f.Takes(high) }
	if got := receivable([]codecs.Format{cameraFormat}, baseline); !slices.ContainsFunc(got, takes) {
		t.Errorf("High is not in %v", got)
	}
}

// wire is a webrtc.TrackLocalContext that keeps the last packet.
type wire struct {
	codecs []webrtc.RTPCodecParameters
	header rtp.Header
	data   []byte
}

func (w *wire) CodecParameters() []webrtc.RTPCodecParameters           { return w.codecs }
func (w *wire) HeaderExtensions() []webrtc.RTPHeaderExtensionParameter { return nil }
func (w *wire) SSRC() webrtc.SSRC                                      { return 77 }
func (w *wire) SSRCRetransmission() webrtc.SSRC                        { return 0 }
func (w *wire) SSRCForwardErrorCorrection() webrtc.SSRC                { return 0 }
func (w *wire) WriteStream() webrtc.TrackLocalWriter                   { return w }
func (w *wire) ID() string                                             { return "w" }
func (w *wire) RTCPReader() interceptor.RTCPReader                     { return nil }
func (w *wire) Write([]byte) (int, error)                              { return 0, nil }
func (w *wire) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	w.header, w.data = *h, append(w.data[:0], payload...)
	return len(payload), nil
}

func TestAudioTrack(t *testing.T) {
	w := &wire{codecs: []webrtc.RTPCodecParameters{codec(webrtc.MimeTypeOpus, "", 109)}}
	track := newAudioTrack(nil, []codecs.Format{opus})
	if _, err := track.Bind(w); err != nil {
		t.Fatal(err)
	}
	p := &codecs.Payload{Data: []byte{1, 2}, Duration: 960, Sources: []uint32{5, 6}}
	track.write(p)
	first := w.header
	if !first.Marker || first.PayloadType != 109 || first.SSRC != 77 || !slices.Equal(first.CSRC, p.Sources) {
		t.Errorf("header %+v", first)
	}
	track.write(&codecs.Payload{Data: []byte{3}, Duration: 960})
	if h := w.header; h.Marker || h.SequenceNumber != first.SequenceNumber+1 || h.Timestamp != first.Timestamp+960 || len(h.CSRC) != 0 {
		t.Errorf("header %+v after %+v", h, first)
	}
	if n := testing.AllocsPerRun(100, func() { track.write(p) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func TestVideoTrack(t *testing.T) {
	w := &wire{codecs: offered()}
	track := newVideoTrack(picture{source: 9, format: vp8})
	if _, err := track.Bind(w); err != nil {
		t.Fatal(err)
	}
	p := &conference.VideoPacket{SequenceNumber: 7, Timestamp: 8, Marker: true, Head: []byte{1, 2}, Payload: []byte{3, 4}}
	track.write(p)
	want := rtp.Header{Version: 2, PayloadType: 96, SSRC: 77, SequenceNumber: 7, Timestamp: 8, Marker: true}
	if h := w.header; h.PayloadType != want.PayloadType || h.SSRC != want.SSRC || h.SequenceNumber != 7 || h.Timestamp != 8 || !h.Marker {
		t.Errorf("header %+v, want %+v", h, want)
	}
	if !slices.Equal(w.data, []byte{1, 2, 3, 4}) {
		t.Errorf("payload % x", w.data)
	}
	if n := testing.AllocsPerRun(100, func() { track.write(p) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
	// What fits no packet is not sent in part.
	w.data = w.data[:0]
	track.write(&conference.VideoPacket{Head: []byte{1}, Payload: make([]byte, codecs.MaxPacket)})
	if len(w.data) != 0 {
		t.Error("an oversized packet was sent")
	}
}
