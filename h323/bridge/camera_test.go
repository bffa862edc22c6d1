package bridge

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
	"parley/h323/h224"
	"parley/h323/h225"
	"parley/h323/media"
	"parley/h323/ras"
)

// camera is a phone with H.224 alone.
type camera struct {
	phone
	socket   *net.UDPConn
	to       media.Channel // ours
	sequence uint16
}

// Local opens H.224 alone.
func (p *camera) Local(_ *h323.Call, ch *media.Channel) (media.Addresses, error) {
	if ch.Kind != media.KindData {
		return media.Addresses{}, errNoPlace
	}
	at := p.socket.LocalAddr().(*net.UDPAddr).AddrPort()
	return media.Addresses{RTP: at, RTCP: at}, nil
}

// newCamera calls s, and waits until H.224 is open both ways.
func newCamera(t *testing.T, s *site, name string) *camera {
	t.Helper()
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	p := &camera{phone: phone{t: t, events: make(chan h323.Event, 256)}, socket: socket}
	set := &media.Set{}
	h, ok := media.NewCapability(h224Formats()[0], 0)
	if !ok {
		t.Fatal("no H.224")
	}
	set.Capabilities = append(set.Capabilities, h)
	e, err := h323.New(h323.Config{Name: name, Receive: set, Send: set})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	call, err := e.Dial(t.Context(), h323.Target{
		Address: s.Addresses()[0], Aliases: []h225.AliasAddress{ras.AliasOf("a")},
	}, p)
	if err != nil {
		t.Fatal(err)
	}
	hears[h323.Capabilities](&p.phone)
	call.OpenChannel(media.KindData, media.RoleMain, media.Capability{})
	for theirs := false; p.to.Number == 0 || !theirs; {
		switch o := hears[h323.ChannelOpened](&p.phone); o.Channel.Direction {
		case media.Send:
			p.to = o.Channel
		case media.Receive:
			theirs = true
		}
	}
	return p
}

func (p *camera) send(f *h224.Frame) {
	p.t.Helper()
	p.sequence++
	packet := []byte{0x80, 0x80 | p.to.PayloadType}
	packet = binary.BigEndian.AppendUint16(packet, p.sequence)
	packet = append(packet, 0, 0, 0, 0, 1, 2, 3, 4)
	packet, err := f.Append(packet)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.socket.WriteToUDPAddrPort(packet, p.to.Remote.RTP); err != nil {
		p.t.Fatal(err)
	}
}

// receives waits for a frame of a client of which ok is true; what is sent again
// and again until then may get lost while the other side learns.
func (p *camera) receives(client h224.Client, ok func(data []byte) bool, again func()) {
	p.t.Helper()
	buf := make([]byte, 1500)
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if again != nil {
			again()
		}
		_ = p.socket.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		n, _, err := p.socket.ReadFromUDPAddrPort(buf)
		if err != nil || n < 12 || buf[1]&0x7f >= 72 && buf[1]&0x7f < 96 {
			continue
		}
		if f, err := h224.Unmarshal(buf[12:n]); err == nil && f.Client == client && ok(f.Data) {
			return
		}
	}
	p.t.Fatalf("no frame of %v", client)
}

// Who is shown a participant moves that one's camera, and no other's.
func TestCamera(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, bob := newCamera(t, s, "ann"), newCamera(t, s, "bob")
	roster := await(t, s.room("a"), "both", func(r *conference.Roster) bool { return len(r.Members) == 2 })
	who := slices.IndexFunc(roster.Members, func(m conference.Member) bool { return m.Name == "bob" })

	// The conference asks who has a camera, and lists its own.
	isList := func(data []byte) bool {
		m, err := h224.ParseManagement(data)
		return err == nil && !m.Extra && !m.Command && len(m.Clients) == 1 && m.Clients[0].Client == h224.Camera()
	}
	ask := h224.Management{Command: true}
	ann.receives(h224.Client{}, isList, func() {
		ann.send(&h224.Frame{HighPriority: true, Begin: true, End: true, Data: ask.Append(nil)})
	})
	s.mu.Lock()
	r := s.rooms[s.room("a")]
	s.mu.Unlock()
	r.mu.Lock()
	r.seenLocked(roster.Members[who].ID)
	r.mu.Unlock()

	has := h224.Management{Clients: []h224.ListedClient{{Client: h224.Camera()}}}
	left := h224.CameraCommand{Action: h224.Start, Pan: h224.Back, Timeout: 800 * time.Millisecond}
	bob.receives(h224.Camera(), func(data []byte) bool {
		c, err := h224.ParseCamera(data)
		return err == nil && c.Action == h224.Start && c.Pan == h224.Back
	}, func() {
		bob.send(&h224.Frame{HighPriority: true, Begin: true, End: true, Data: has.Append(nil)})
		ann.send(&h224.Frame{Client: h224.Camera(), Begin: true, End: true, Data: left.Append(nil)})
	})
	if n := s.Stats().Data.Received; n == 0 {
		t.Error("nothing counted")
	}
}

// Who is sent somebody's picture controls that one's camera, whoever speaks; a
// presentation changes nothing, nor does a source that is not known.
func TestWhoseCamera(t *testing.T) {
	r := &room{
		active: "ann", former: "bob",
		pictured: make(map[conference.SourceID]conference.ParticipantID),
		watched:  make(map[conference.ParticipantID]conference.SourceID),
	}
	r.picturesLocked(&conference.Member{ID: "ann", Sources: []conference.SourceState{{ID: 1, HasVideo: true}, {ID: 2, HasVideo: true, Presentation: true}}})
	r.picturesLocked(&conference.Member{ID: "bob", Sources: []conference.SourceState{{ID: 3}, {ID: 4, HasVideo: true}}})
	for _, tt := range []struct {
		viewer  conference.ParticipantID
		watched conference.SourceID
		want    conference.ParticipantID
	}{
		{"cid", 0, "ann"}, {"ann", 0, "bob"}, {"cid", 1, "ann"}, {"cid", 4, "bob"}, {"ann", 4, "bob"},
		{"cid", 2, "ann"}, {"cid", 3, "ann"}, {"cid", 9, "ann"},
	} {
		r.watched[tt.viewer] = tt.watched
		if got := r.shownLocked(tt.viewer); got != tt.want {
			t.Errorf("%s, who is sent %d, controls the camera of %q, want %q", tt.viewer, tt.watched, got, tt.want)
		}
		delete(r.watched, tt.viewer)
	}
	r.picturesLocked(&conference.Member{ID: "bob", Sources: []conference.SourceState{{ID: 4}}})
	r.watched["cid"] = 4
	if got := r.shownLocked("cid"); got != "ann" {
		t.Errorf("after the picture has ended: %q", got)
	}
}

// A room learns from the pictures themselves who is sent whose.
func TestWatched(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, bob := &viewer{formats: []codecs.Format{formatH264}}, &viewer{formats: []codecs.Format{formatVP8}}
	annSeat, bobSeat := show(t, s.room("a"), ann), show(t, s.room("a"), bob)
	annSeat.UpdateSource(annSeat.Source(), conference.SourceInfo{VideoFormat: formatH264})
	bobSeat.UpdateSource(bobSeat.Source(), conference.SourceInfo{VideoFormat: formatVP8})
	film(t, annSeat, annSeat.Source(), 1)
	p := newStudio(t, s, formatH264)
	roster := await(t, s.room("a"), "the studio", func(r *conference.Roster) bool { return len(r.Members) == 3 })
	studio := roster.Members[2].ID
	s.mu.Lock()
	r := s.rooms[s.room("a")]
	s.mu.Unlock()
	shown := func() conference.ParticipantID {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.active = bobSeat.ID() // whom it cannot see
		return r.shownLocked(studio)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); shown() != annSeat.ID(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("controls the camera of %q", shown())
		}
	}
	p.call.CloseChannel(media.Receive, p.main.Number)
	for deadline := time.Now().Add(patience); shown() != bobSeat.ID(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("without a picture, controls the camera of %q", shown())
		}
	}
}
