package conference_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/codecs"
	"parley/conference"
)

var (
	vp8  = codecs.Format{Name: "VP8", ClockRate: 90000}
	h264 = codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1"}
)

// screen is a VideoPort that keeps what it sees and which key frames it is
// asked for.
type screen struct {
	mu    sync.Mutex
	seen  []conference.VideoPacket
	asked []conference.SourceID
}

func (s *screen) Forward(p *conference.VideoPacket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, *p)
}

func (s *screen) RequestKeyframe(id conference.SourceID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, id)
	return true
}

// take returns the sources seen since it was last asked, each once.
func (s *screen) take() map[conference.SourceID]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[conference.SourceID]bool)
	for _, p := range s.seen {
		out[p.Source] = true
	}
	s.seen = nil
	return out
}

// viewer is a party that shows and sees.
type viewer struct {
	*party
	screen screen
}

func (v *viewer) Video() conference.VideoPort { return &v.screen }

func newViewer(name string, formats ...codecs.Format) *viewer {
	v := &viewer{party: newParty(name)}
	v.info.Formats = formats
	return v
}

func sit(t *testing.T, c *conference.Conference, v *viewer) *conference.Seat {
	t.Helper()
	s, err := c.Join(v)
	if err != nil {
		t.Fatal(err)
	}
	v.mu.Lock()
	v.leave = s.Leave
	v.mu.Unlock()
	return s
}

// camera sends one key frame of one packet.
type camera struct {
	seat *conference.Seat
	id   conference.SourceID
	n    uint16
}

func (c *camera) shoot() {
	c.n++
	c.seat.Forward(c.id, &codecs.Packet{
		SequenceNumber: c.n,
		Timestamp:      uint32(c.n) * 3000,
		Marker:         true,
		// A VP8 payload descriptor with S=1 and the frame tag of a key frame
		// (RFC 7741 4.2, RFC 6386 9.1).
		Payload: []byte{0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00},
		Arrival: time.Now(),
	})
}

func TestSingleStreamFollowsTheActiveSpeaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		phone := newViewer("phone", vp8)
		sit(t, c, phone)
		alice, bob := newViewer("alice", vp8), newViewer("bob", vp8)
		var cameras []*camera
		for _, v := range []*viewer{alice, bob} {
			s := sit(t, c, v)
			s.UpdateSource(s.Source(), conference.SourceInfo{VideoFormat: vp8})
			cameras = append(cameras, &camera{seat: s, id: s.Source()})
		}
		sees := func() map[conference.SourceID]bool {
			phone.screen.take()
			for range 5 {
				for _, cam := range cameras {
					cam.shoot()
				}
				advance(100 * time.Millisecond)
			}
			return phone.screen.take()
		}
		for i, v := range []*viewer{bob, alice, bob} {
			v.port.speak(440)
			advance(second)
			sees() // until the key frame
			want := cameras[(i+1)%2].id
			if d := cmp.Diff(map[conference.SourceID]bool{want: true}, sees()); d != "" {
				t.Errorf("while %s speaks: %s", v.info.Name, d)
			}
			v.port.speak(0)
			advance(second)
		}
	})
}

// A voice and a picture that come as two sources of one endpoint go together.
func TestPictureOfAGroupsMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		phone, group := newViewer("phone", vp8), newViewer("group", vp8)
		sit(t, c, phone)
		s := sit(t, c, group)
		var cameras []*camera
		voices := map[string]*port{"a@h": new(port), "b@h": new(port)}
		for _, cname := range []string{"a@h", "b@h"} {
			add := func(info conference.SourceInfo) conference.SourceID {
				id, err := s.AddSource(info)
				if err != nil {
					t.Fatal(err)
				}
				return id
			}
			add(conference.SourceInfo{CNAME: cname, Audio: voices[cname]})
			cameras = append(cameras, &camera{seat: s, id: add(conference.SourceInfo{CNAME: cname, VideoFormat: vp8})})
		}
		voices["b@h"].speak(440)
		advance(second)
		for range 10 {
			cameras[0].shoot()
			cameras[1].shoot()
			advance(100 * time.Millisecond)
		}
		phone.screen.take()
		cameras[0].shoot()
		cameras[1].shoot()
		advance(100 * time.Millisecond)
		if d := cmp.Diff(map[conference.SourceID]bool{cameras[1].id: true}, phone.screen.take()); d != "" {
			t.Error(d)
		}
	})
}

func TestSubscribersChoose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		browser, alice := newViewer("browser", vp8), newViewer("alice", vp8)
		browser.info.ManyStreams = true
		seat, s := sit(t, c, browser), sit(t, c, alice)
		s.UpdateSource(s.Source(), conference.SourceInfo{VideoFormat: vp8})
		cam := &camera{seat: s, id: s.Source()}
		sees := func() int {
			cam.shoot()
			advance(100 * time.Millisecond)
			return len(browser.screen.take())
		}
		if sees() != 0 {
			t.Error("sees what it did not ask for")
		}
		seat.Subscribe(cam.id)
		if sees(); sees() != 1 {
			t.Error("does not see what it asked for")
		}
		seat.Unsubscribe(cam.id)
		if sees(); sees() != 0 {
			t.Error("sees what it asked for no longer")
		}
		if b.Stats().VideoForwarded == 0 {
			t.Error("no packet was counted")
		}
	})
}

func TestMissingCodecIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBridge(t, conference.BridgeConfig{OnDemand: true})
		defer closeBridge(t, b)
		c := open(t, b, "room")
		phone, alice := newViewer("phone", h264), newViewer("alice", vp8)
		p := sit(t, c, phone)
		sit(t, c, newViewer("audio only"))
		s := sit(t, c, alice)
		_, w := c.Watch()
		defer w.Close()
		s.UpdateSource(s.Source(), conference.SourceInfo{VideoFormat: vp8})
		e := next(t, w, conference.EventMissingCodec)
		want := []conference.MissingCodec{{Source: s.Source(), Format: vp8}}
		if d := cmp.Diff(want, e.Member.Missing); d != "" || e.Participant != p.ID() {
			t.Errorf("event of %s: %s", e.Participant, d)
		}
		info := phone.info
		info.Formats = []codecs.Format{h264, vp8}
		p.Update(info)
		if e := next(t, w, conference.EventMissingCodec); len(e.Member.Missing) != 0 {
			t.Errorf("still missing %v", e.Member.Missing)
		}
		for _, m := range c.Roster().Members {
			if len(m.Missing) != 0 {
				t.Errorf("%s misses %v", m.Name, m.Missing)
			}
		}
	})
}
