package webrtc

import (
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/qos/rtp/playout"
)

// audioPort is a client's sound. It outlives PeerConnections; the mixer reads
// whatever playout and writes to whatever track is there.
type audioPort struct {
	c   *client
	in  atomic.Pointer[incoming]
	out atomic.Pointer[audioTrack] // nil: no connection
}

// incoming is a track that is being received.
type incoming struct {
	playout *playout.Buffer
	format  codecs.Format
}

func newAudioPort(c *client) *audioPort { return &audioPort{c: c} }

// ReadFrame implements conference.AudioSource.
func (a *audioPort) ReadFrame(dst *codecs.Frame) bool {
	in := a.in.Load()
	return in != nil && in.playout.ReadFrame(dst)
}

// WriteFrame implements conference.AudioPort. The mixer calls WritePayload
// instead.
func (a *audioPort) WriteFrame(*codecs.Frame) {}

// AudioFormat implements conference.PayloadPort.
func (a *audioPort) AudioFormat() codecs.Format {
	if t := a.out.Load(); t != nil {
		if b := t.bound.Load(); b != nil {
			return b.format
		}
	}
	return codecs.Format{}
}

// WritePayload implements conference.PayloadPort. Silence is sent too: it
// costs a few bytes and keeps the browser's jitter buffer and NAT bindings
// warm.
func (a *audioPort) WritePayload(p *codecs.Payload) {
	if t := a.out.Load(); t != nil {
		t.write(p)
		a.c.srv.counters.audioSent.count(len(p.Data))
	}
}

// received is the Format in which sound arrives.
func (a *audioPort) received() codecs.Format {
	if in := a.in.Load(); in != nil {
		return in.format
	}
	return codecs.Format{}
}

// audioTrack is the mix on its way to one PeerConnection: a
// webrtc.TrackLocal. Its numbers and CSRCs are its own (RFC 3550 7.1: a
// mixer).
type audioTrack struct {
	marks   *markedConn
	allowed []codecs.Format // best first
	bound   atomic.Pointer[audioBinding]
	id      atomic.Uint32 // SSRC; 0: not bound yet
}

// audioBinding is what negotiation agreed on. The header belongs to the
// mixer's goroutine.
type audioBinding struct {
	format codecs.Format
	writer webrtc.TrackLocalWriter
	header rtp.Header
}

func newAudioTrack(marks *markedConn, allowed []codecs.Format) *audioTrack {
	return &audioTrack{marks: marks, allowed: allowed}
}

// Bind implements webrtc.TrackLocal: the conference's best Format that the
// page takes.
func (t *audioTrack) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	t.id.Store(uint32(ctx.SSRC()))
	for _, f := range t.allowed {
		for _, c := range ctx.CodecParameters() {
			if !f.Is(formatOf(c).Name) {
				continue
			}
			t.bound.Store(&audioBinding{
				format: f,
				writer: ctx.WriteStream(),
				header: rtp.Header{
					Version:     2,
					Marker:      true, // RFC 3551 4.1: the first packet of a talkspurt
					PayloadType: uint8(c.PayloadType),
					SSRC:        uint32(ctx.SSRC()),
					// RFC 3550 5.1: both begin at random.
					SequenceNumber: uint16(rand.Uint32()),
					Timestamp:      rand.Uint32(),
					CSRC:           make([]uint32, 0, 15),
				},
			})
			return c, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind implements webrtc.TrackLocal.
func (t *audioTrack) Unbind(webrtc.TrackLocalContext) error {
	t.bound.Store(nil)
	return nil
}

// ID implements webrtc.TrackLocal.
func (t *audioTrack) ID() string { return "audio" }

// RID implements webrtc.TrackLocal.
func (t *audioTrack) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (t *audioTrack) StreamID() string { return "mix" }

// Kind implements webrtc.TrackLocal.
func (t *audioTrack) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

func (t *audioTrack) ssrc() uint32 { return t.id.Load() }

// write is called by the mixer only.
func (t *audioTrack) write(p *codecs.Payload) {
	b := t.bound.Load()
	if b == nil {
		return
	}
	b.header.CSRC = append(b.header.CSRC[:0], p.Sources[:min(len(p.Sources), 15)]...)
	// An error means that the connection is closing, of which its state tells.
	_, _ = b.writer.WriteRTP(&b.header, p.Data)
	b.header.Marker = false
	b.header.SequenceNumber++
	b.header.Timestamp += p.Duration
}

// readAudio receives one track until it ends.
func (c *client) readAudio(t *webrtc.TrackRemote, formats map[uint8]codecs.Format) {
	in := &incoming{
		playout: playout.New(playout.Config{Codecs: c.srv.deps.Codecs, Formats: formats}),
		format:  formats[uint8(t.PayloadType())],
	}
	c.audio.in.Store(in)
	c.do(c.updateSource)
	defer func() {
		if c.audio.in.CompareAndSwap(in, nil) {
			c.do(c.updateSource)
		}
	}()
	buf := make([]byte, codecs.MaxPacket)
	var packet rtp.Packet
	for {
		n, _, err := t.Read(buf)
		if err != nil {
			return
		}
		if packet.Unmarshal(buf[:n]) != nil || len(packet.Payload) == 0 {
			continue
		}
		c.srv.counters.audioReceived.count(n)
		in.playout.Push(&codecs.Packet{
			PayloadType:    packet.PayloadType,
			SequenceNumber: packet.SequenceNumber,
			Timestamp:      packet.Timestamp,
			SSRC:           packet.SSRC,
			Marker:         packet.Marker,
			Payload:        packet.Payload,
			Arrival:        time.Now(),
		})
		c.reception.count(packet.SequenceNumber)
	}
}
