package webrtc

import (
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"parley/codecs"
	"parley/conference"
)

// camera is a Participant of no wire that sends H.264. Each key frame is a
// STAP-A of SPS and PPS and an IDR slice, each other picture one slice.
type camera struct {
	t    *testing.T
	ctx  interface{ Done() <-chan struct{} }
	seat *conference.Seat

	mu       sync.Mutex
	asked    int  // key frames asked for
	keyframe bool // the next picture is one
	sequence uint16
	stamp    uint32

	stop, ended chan struct{}
}

var cameraFormat = codecs.Format{
	Name: "H264", ClockRate: 90000,
	Fmtp: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
}

var (
	keyframeHead = []byte{0x78, 0, 8, 0x67, 0x42, 0xe0, 0x1f, 0xda, 0x02, 0x80, 0xf6, 0, 4, 0x68, 0xce, 0x38, 0x80}
	keyframeBody = []byte{0x65, 0x88, 0x84, 0x00, 0x10, 0xff}
	otherPicture = []byte{0x41, 0x9a, 0x24, 0x6c, 0x41, 0x4f}
)

func newCamera(t *testing.T, h *house, name string) *camera {
	t.Helper()
	c := &camera{t: t, ctx: h.ctx, keyframe: true, stop: make(chan struct{}), ended: make(chan struct{})}
	s, err := h.room().Join(cameraParticipant{c, name})
	if err != nil {
		t.Fatal(err)
	}
	c.seat = s
	s.UpdateSource(s.Source(), conference.SourceInfo{VideoFormat: cameraFormat})
	go c.film()
	t.Cleanup(c.end)
	return c
}

func (c *camera) end() {
	select {
	case <-c.stop:
	default:
		close(c.stop)
	}
	<-c.ended
	c.seat.Leave(conference.Cause{Code: conference.CauseLeft})
}

func (c *camera) film() {
	defer close(c.ended)
	ticker := time.NewTicker(5 * time.Millisecond) // a hasty camera, so that nobody waits
	defer ticker.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
		}
		c.mu.Lock()
		key := c.keyframe
		c.keyframe = false
		c.stamp += 450
		c.mu.Unlock()
		if key {
			c.packet(keyframeHead, false)
			c.packet(keyframeBody, true)
		} else {
			c.packet(otherPicture, true)
		}
	}
}

func (c *camera) packet(payload []byte, marker bool) {
	c.sequence++
	c.seat.Forward(c.seat.Source(), &codecs.Packet{
		SequenceNumber: c.sequence, Timestamp: c.stamp, SSRC: 1, Marker: marker,
		Payload: payload, Arrival: time.Now(),
	})
}

// awaitPictures reads from track what must be this camera's pictures without
// a gap, a key frame first.
func (c *camera) awaitPictures(track *webrtc.TrackRemote) {
	c.t.Helper()
	if got := track.Codec().MimeType; got != webrtc.MimeTypeH264 {
		c.t.Fatalf("stream of %s, payload type %d", got, track.PayloadType())
	}
	var last uint16
	for i := range 30 {
		p, _, err := track.ReadRTP()
		if err != nil {
			c.t.Fatal(err)
		}
		if i == 0 && p.Payload[0]&0x1f != 24 && p.Payload[0]&0x1f != 7 {
			c.t.Fatalf("stream begins with NAL type %d, no key frame", p.Payload[0]&0x1f)
		}
		if i > 0 && p.SequenceNumber != last+1 {
			c.t.Fatalf("packet %d follows %d", p.SequenceNumber, last)
		}
		last = p.SequenceNumber
	}
}

func (c *camera) requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// cameraParticipant keeps the methods of conference.Participant off camera.
type cameraParticipant struct {
	c    *camera
	name string
}

func (p cameraParticipant) Info() conference.Info {
	return conference.Info{Name: p.name, Wire: conference.WireInternal}
}
func (p cameraParticipant) Audio() conference.AudioPort     { return nil }
func (p cameraParticipant) Video() conference.VideoPort     { return p }
func (p cameraParticipant) Disconnect(conference.Cause)     {}
func (p cameraParticipant) Forward(*conference.VideoPacket) {}
func (p cameraParticipant) RequestKeyframe(conference.SourceID) bool {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.c.asked++
	p.c.keyframe = true
	return true
}
