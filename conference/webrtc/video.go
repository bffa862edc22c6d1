package webrtc

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/conference"
)

// videoPort is a client's pictures. It outlives PeerConnections.
type videoPort struct {
	c      *client
	camera uplink
	screen uplink
	// screenSource is the screen's SourceID; 0: nothing is shared.
	screenSource atomic.Uint32
	pool         codecs.Pool
	lifting      int // how often it is still to be told that a bound is lifted

	mu      sync.Mutex // serializes changes of streams
	streams atomic.Pointer[map[conference.SourceID]*videoTrack]
}

// uplink is one source of the page, its camera or its screen. A source is one
// stream, and two tracks in it would be no picture at all: only the latest is
// forwarded.
type uplink struct {
	current atomic.Pointer[upstream]
	limit   atomic.Int64 // bit/s that the conference takes; 0: any

	// Of the client's goroutine.
	tracks []*upstream   // of the current connection that are read, latest last
	sent   codecs.Format // of the pictures that arrive
}

// drop forgets the tracks of a connection that ends.
func (l *uplink) drop() {
	l.tracks = nil
	l.current.Store(nil)
}

// upstream is one track of the page, and where to ask for its key frames.
type upstream struct {
	of     *uplink
	pc     *webrtc.PeerConnection
	ssrc   uint32
	format codecs.Format // of what comes; belongs to the client's goroutine
}

func newVideoPort(c *client) *videoPort {
	v := &videoPort{c: c}
	v.streams.Store(&map[conference.SourceID]*videoTrack{})
	return v
}

// Forward implements conference.VideoPort.
func (v *videoPort) Forward(p *conference.VideoPacket) {
	if t := (*v.streams.Load())[p.Stream]; t != nil {
		t.write(p)
		v.c.srv.counters.videoSent.count(len(p.Head) + len(p.Payload))
	}
}

// RequestKeyframe implements conference.VideoPort (RFC 4585 6.3.1).
func (v *videoPort) RequestKeyframe(id conference.SourceID) bool {
	link := v.uplinkOf(id)
	if u := link.current.Load(); u != nil {
		_ = u.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: u.ssrc}})
	}
	// Before there is a picture, asking is in vain but not impossible.
	return true
}

// uplinkOf returns what carries a source of the page.
func (v *videoPort) uplinkOf(id conference.SourceID) *uplink {
	if screen := v.screenSource.Load(); screen != 0 && id == conference.SourceID(screen) {
		return &v.screen
	}
	return &v.camera
}

// begin takes a track that the page began to send. screen is the MediaStream of
// the screen.
func (v *videoPort) begin(pc *webrtc.PeerConnection, t *webrtc.TrackRemote, screen string) *upstream {
	link := &v.camera
	if screen != "" && t.StreamID() == screen {
		link = &v.screen
	}
	u := &upstream{of: link, pc: pc, ssrc: uint32(t.SSRC())}
	link.tracks = append(link.tracks, u)
	link.current.Store(u)
	return u
}

func (v *videoPort) add(id conference.SourceID, t *videoTrack) {
	v.change(func(m map[conference.SourceID]*videoTrack) { m[id] = t })
}

// remove takes t from id, unless another has replaced it.
func (v *videoPort) remove(id conference.SourceID, t *videoTrack) {
	v.change(func(m map[conference.SourceID]*videoTrack) {
		if m[id] == t {
			delete(m, id)
		}
	})
}

func (v *videoPort) change(change func(map[conference.SourceID]*videoTrack)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	m := maps.Clone(*v.streams.Load())
	change(m)
	v.streams.Store(&m)
}

// videoTrack is one source's pictures on their way to one PeerConnection: a
// webrtc.TrackLocal.
type videoTrack struct {
	id     string
	format codecs.Format
	bound  atomic.Pointer[videoBinding]
}

// videoBinding is what negotiation agreed on. Header and scratch belong to
// the goroutine that forwards.
type videoBinding struct {
	writer  webrtc.TrackLocalWriter
	header  rtp.Header
	scratch [codecs.MaxPacket]byte
}

func newVideoTrack(p picture) *videoTrack {
	return &videoTrack{id: streamID(p), format: p.format}
}

// Bind implements webrtc.TrackLocal. It refuses nothing: an error would undo
// the whole answer, in which this stream is one of many.
func (t *videoTrack) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	negotiated := ctx.CodecParameters()
	c, ok := choose(negotiated, t.format)
	if !ok {
		if len(negotiated) == 0 {
			return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
		}
		return negotiated[0], nil
	}
	t.bound.Store(&videoBinding{
		writer: ctx.WriteStream(),
		header: rtp.Header{Version: 2, PayloadType: uint8(c.PayloadType), SSRC: uint32(ctx.SSRC())},
	})
	return c, nil
}

// Unbind implements webrtc.TrackLocal.
func (t *videoTrack) Unbind(webrtc.TrackLocalContext) error {
	t.bound.Store(nil)
	return nil
}

// ID implements webrtc.TrackLocal.
func (t *videoTrack) ID() string { return "t" + t.id }

// RID implements webrtc.TrackLocal.
func (t *videoTrack) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (t *videoTrack) StreamID() string { return t.id }

// Kind implements webrtc.TrackLocal.
func (t *videoTrack) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeVideo }

func (t *videoTrack) write(p *conference.VideoPacket) {
	b := t.bound.Load()
	if b == nil {
		return
	}
	payload := p.Payload
	if len(p.Head) > 0 {
		if len(p.Head)+len(p.Payload) > len(b.scratch) {
			return
		}
		n := copy(b.scratch[:], p.Head)
		n += copy(b.scratch[n:], p.Payload)
		payload = b.scratch[:n]
	}
	b.header.Marker = p.Marker
	b.header.SequenceNumber = p.SequenceNumber
	b.header.Timestamp = p.Timestamp
	_, _ = b.writer.WriteRTP(&b.header, payload)
}

// readVideo receives one track until it ends.
func (c *client) readVideo(p *peer, u *upstream, t *webrtc.TrackRemote, formats map[uint8]codecs.Format) {
	defer c.do(func() { c.ends(p, u) })
	var packet rtp.Packet
	last := -1
	for {
		buffer := c.video.pool.Get()
		n, _, err := t.Read(buffer.Bytes[:])
		if err != nil {
			buffer.Release()
			return
		}
		if packet.Unmarshal(buffer.Bytes[:n]) == nil && len(packet.Payload) > 0 {
			if pt := int(packet.PayloadType); pt != last {
				last = pt
				format := formats[packet.PayloadType]
				c.do(func() { c.sends(u, format) })
			}
			c.srv.counters.videoReceived.count(n)
			if source := c.sourceOf(u); source != 0 {
				c.seat.Forward(source, &codecs.Packet{
					PayloadType:    packet.PayloadType,
					SequenceNumber: packet.SequenceNumber,
					Timestamp:      packet.Timestamp,
					SSRC:           packet.SSRC,
					Marker:         packet.Marker,
					Payload:        packet.Payload,
					Buffer:         buffer,
					Arrival:        time.Now(),
				})
			}
		}
		buffer.Release()
	}
}

// sourceOf is the source whose pictures u carries now; 0: of none.
func (c *client) sourceOf(u *upstream) conference.SourceID {
	switch {
	case u.of.current.Load() != u:
		return 0
	case u.of == &c.video.screen:
		return conference.SourceID(c.video.screenSource.Load())
	}
	return c.seat.Source()
}

// sends tells in which format the pictures of u come.
func (c *client) sends(u *upstream, format codecs.Format) {
	u.format = format
	if u.of.current.Load() == u {
		u.of.sent = format
		c.updatePictures(u.of)
	}
}

func (c *client) updatePictures(l *uplink) {
	if l == &c.video.screen {
		c.updateScreen()
		return
	}
	c.updateSource()
}

// updateScreen adds the shared screen as a source of its own, or takes it
// away.
func (c *client) updateScreen() {
	info := conference.SourceInfo{Name: screenName, VideoFormat: c.video.screen.sent, Presentation: true}
	if c.screen == "" {
		info.VideoFormat = codecs.Format{}
	}
	id := conference.SourceID(c.video.screenSource.Load())
	switch {
	case info.VideoFormat.IsZero() && id != 0:
		c.video.screenSource.Store(0)
		c.video.screen.limit.Store(0)
		c.seat.RemoveSource(id)
	case info.VideoFormat.IsZero():
	case id != 0:
		c.seat.UpdateSource(id, info)
	default:
		id, err := c.seat.AddSource(conference.SourceInfo{Name: screenName, Presentation: true})
		if err != nil {
			c.log.Warn("screen not shared", "err", err)
			return
		}
		c.video.screenSource.Store(uint32(id)) // known before it is asked for
		c.seat.UpdateSource(id, info)
	}
}

// screenName is what the roster calls a shared screen.
const screenName = "screen"

// ends tells that u sends no more. An earlier track that goes on takes its
// place.
func (c *client) ends(p *peer, u *upstream) {
	l := u.of
	l.tracks = slices.DeleteFunc(l.tracks, func(o *upstream) bool { return o == u })
	current := l.current.Load()
	if c.peer != p && c.peer != nil || current != nil && current != u {
		return // of an earlier connection or track
	}
	l.sent = codecs.Format{}
	l.current.Store(nil)
	if n := len(l.tracks); n > 0 && c.peer == p {
		l.sent = l.tracks[n-1].format
		l.current.Store(l.tracks[n-1])
		c.video.RequestKeyframe(c.sourceOf(l.tracks[n-1]))
	}
	c.updatePictures(l)
}
