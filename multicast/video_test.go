package multicast

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/codecs"
	"parley/conference"
)

// camera is a person who shows H.264 pictures.
type camera struct {
	*person
	asked    atomic.Int64 // for key frames
	seen     atomic.Int64 // packets
	sequence uint16
}

func (c *camera) Info() conference.Info {
	return conference.Info{Name: c.name, Wire: conference.WireInternal, Formats: []codecs.Format{h264Formats[0].Format}}
}
func (c *camera) Video() conference.VideoPort       { return c }
func (c *camera) Forward(*conference.VideoPacket)   { c.seen.Add(1) }
func (c *camera) Disconnect(cause conference.Cause) { go c.seat.Leave(cause) }
func (c *camera) RequestKeyframe(conference.SourceID) bool {
	c.asked.Add(1)
	return true
}

func (h house) joinCamera(t *testing.T, name string) *camera {
	t.Helper()
	c := h.joinViewer(t, name)
	c.seat.UpdateSource(c.seat.Source(), conference.SourceInfo{VideoFormat: h264Formats[0].Format})
	return c
}

// joinViewer seats somebody who sees but shows nothing.
func (h house) joinViewer(t *testing.T, name string) *camera {
	t.Helper()
	c := &camera{person: newPerson(name, 0)}
	var err error
	if c.seat, err = h.conf.Join(c); err != nil {
		t.Fatal(err)
	}
	return c
}

// show sends one key frame of one packet.
func (c *camera) show() {
	c.sequence++
	c.seat.Forward(c.seat.Source(), &codecs.Packet{
		SequenceNumber: c.sequence, Timestamp: 3000 * uint32(c.sequence), Marker: true,
		Payload: []byte{0x65, 0x88, 1, 2, 3}, Arrival: time.Now(),
	})
}

// until shows pictures, one a tick, until ok.
func (c *camera) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-c.fresh:
			c.show()
		case <-deadline:
			t.Fatal(what)
		}
	}
}

func pictureGroup(t *testing.T, group string, streams VideoStreams) GroupConfig {
	t.Helper()
	return GroupConfig{
		Conference: "room", Interface: "lo", TTL: 1, VideoStreams: streams,
		Video: &MediaConfig{Addr: freeGroup(t, group), Formats: h264Formats},
	}
}

func (h house) members() (n int) {
	for _, m := range h.conf.Roster().Members {
		if m.Wire == conference.WireMulticast {
			n += len(m.Sources) - 1 // the first is the group's own
		}
	}
	return n
}

func (h house) loops() (n uint64) {
	for _, st := range h.server.Stats() {
		n += st.Loops
	}
	return n
}

func TestPicturesOfTwoBridgesDoNotCircle(t *testing.T) {
	for _, streams := range []VideoStreams{VideoAll, VideoActive} {
		t.Run(string(streams), func(t *testing.T) {
			first, second := pictureGroup(t, "239.255.77.60", streams), pictureGroup(t, "239.255.77.61", streams)
			stubborn := Config{Groups: []GroupConfig{first, second}, Bridging: BridgingAlways}
			left, right := openHouseWith(t, stubborn), openHouseWith(t, stubborn)
			ann, bob := left.joinCamera(t, "ann"), right.joinViewer(t, "bob")
			ann.until(t, "bob never saw ann, or no loop was found", func() bool {
				return bob.seen.Load() > 20 && left.loops() > 20
			})
			if n := left.members(); n != 0 {
				t.Errorf("ann's own pictures came back as %d sources", n)
			}
			if n := right.members(); n > 2 {
				t.Errorf("%d sources of one picture in two groups", n)
			}
		})
	}
}

// TestNoSSRCHasTwoStreams: numbers begin anew with each stream, and so under one
// SSRC and key two packets would have the same keystream (RFC 3711 9.1).
func TestNoSSRCHasTwoStreams(t *testing.T) {
	v := &videoLeg{streams: make(map[conference.SourceID]uint32)}
	if got := v.ssrc(1); got != 0 {
		t.Errorf("the first stream has %#x, not the session's own SSRC", got)
	}
	v.endStream(1)
	second := v.ssrc(2)
	if second == 0 || v.ssrc(2) != second {
		t.Errorf("after the first stream's end, the next one has %#x, then %#x", second, v.ssrc(2))
	}
	v.SSRCCollided(second)
	if third := v.ssrc(2); third == 0 || third == second {
		t.Errorf("after a collision at %#x: %#x", second, third)
	}
}

// TestStreamsOfAGroup looks at what a group is sent: many pictures under an
// SSRC each, of which one that ends says BYE, or the active one alone; key
// frames now and then without anybody asking.
func TestStreamsOfAGroup(t *testing.T) {
	for _, tc := range []struct {
		streams VideoStreams
		want    int
	}{{VideoAll, 2}, {VideoActive, 1}} {
		t.Run(string(tc.streams), func(t *testing.T) {
			g := pictureGroup(t, "239.255.77.62", tc.streams)
			h := openHouseWith(t, Config{Groups: []GroupConfig{g}, KeyframeInterval: 10 * time.Millisecond})
			packets := make(chan rtp.Packet)
			c := tap(t, g.Video.Addr)
			go receive(c, packets)
			ann, bob := h.joinCamera(t, "ann"), h.joinCamera(t, "bob")
			ssrcs := make(map[uint32]conference.SourceID)
			received := 0
			ann.until(t, "the group is sent too little", func() bool {
				bob.show()
				select {
				case p := <-packets:
					if received++; p.PayloadType != 96 || len(p.CSRC) != 1 {
						t.Fatalf("the group is sent %v", p)
					}
					ssrcs[p.SSRC] = conference.SourceID(p.CSRC[0])
				default:
				}
				return received >= 60
			})
			c.Close()
			for range packets { // until the reader has ended
			}
			if len(ssrcs) != tc.want {
				t.Errorf("%d streams, want %d", len(ssrcs), tc.want)
			}
			ann.until(t, "nobody is asked for key frames", func() bool { return ann.asked.Load()+bob.asked.Load() >= 4 })
			if tc.streams == VideoAll {
				awaitBye(t, g, ssrcs, bob, h)
			}
		})
	}
}

// receive passes on RTP packets until c is closed.
func receive(c *net.UDPConn, packets chan<- rtp.Packet) {
	defer close(packets)
	for {
		buf := make([]byte, 2048)
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		var p rtp.Packet
		if p.Unmarshal(buf[:n]) == nil {
			packets <- p
		}
	}
}

// awaitBye has who leave, and waits until the group is told.
func awaitBye(t *testing.T, g GroupConfig, ssrcs map[uint32]conference.SourceID, who *camera, h house) {
	t.Helper()
	own := h.server.joined()[0].video.session.SSRC()
	for ssrc, id := range ssrcs {
		if ssrc == own && id == who.seat.Source() {
			return // the session's own stream ends with the session
		}
	}
	c := tap(t, netip.AddrPortFrom(g.Video.Addr.Addr(), g.Video.Addr.Port()+1))
	defer c.Close()
	who.seat.Leave(conference.Cause{Code: conference.CauseLeft})
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for {
		var buf [2048]byte
		n, err := c.Read(buf[:])
		if err != nil {
			t.Fatal("no BYE:", err)
		}
		for b := buf[:n]; len(b) >= 8; b = b[4*(int(binary.BigEndian.Uint16(b[2:]))+1):] {
			if b[1] == 203 && ssrcs[binary.BigEndian.Uint32(b[4:])] == who.seat.Source() {
				return
			}
		}
	}
}

func TestPictureThatAGroupCannotTakeIsNamed(t *testing.T) {
	h := openHouse(t, pictureGroup(t, "239.255.77.63", VideoAll))
	ann := h.joinViewer(t, "ann")
	_, watch := h.conf.Watch()
	defer watch.Close()
	vp8 := codecs.Format{Name: "VP8", ClockRate: 90000}
	ann.seat.UpdateSource(ann.seat.Source(), conference.SourceInfo{VideoFormat: vp8})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		event, err := watch.Next(ctx)
		if err != nil {
			t.Fatal("nothing is named:", err)
		}
		if event.Kind == conference.EventMissingCodec && event.Member.Wire == conference.WireMulticast {
			want := []conference.MissingCodec{{Source: ann.seat.Source(), Format: vp8}}
			if !slices.Equal(event.Member.Missing, want) {
				t.Errorf("missing %v, want %v", event.Member.Missing, want)
			}
			return
		}
	}
}
