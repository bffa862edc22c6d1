package bridge

import (
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
)

var formatH264 = codecs.Format{Name: "H264", ClockRate: 90000, Fmtp: "packetization-mode=1;profile-level-id=42e01f"}

// viewer is a participant here that shows pictures and sees others'.
type viewer struct {
	formats []codecs.Format
	many    bool

	mu    sync.Mutex
	seen  map[conference.SourceID]map[byte]int // by stream, the marks of what came
	asked int
}

func (v *viewer) Info() conference.Info {
	return conference.Info{Name: "viewer", Wire: conference.WireInternal, Formats: v.formats, ManyStreams: v.many}
}
func (v *viewer) Audio() conference.AudioPort { return nil }
func (v *viewer) Video() conference.VideoPort { return v }
func (v *viewer) Disconnect(conference.Cause) {}

func (v *viewer) RequestKeyframe(conference.SourceID) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked++
	return true
}

func (v *viewer) Forward(p *conference.VideoPacket) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen == nil {
		v.seen = make(map[conference.SourceID]map[byte]int)
	}
	if v.seen[p.Stream] == nil {
		v.seen[p.Stream] = make(map[byte]int)
	}
	if n := len(p.Payload); n > 0 && p.Payload[0]&0x1f == 5 {
		v.seen[p.Stream][p.Payload[n-1]]++
	}
}

// marks are those seen in a stream since the last call.
func (v *viewer) marks(stream conference.SourceID) map[byte]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	m := v.seen[stream]
	delete(v.seen, stream)
	return m
}

// units are the NAL units of a key frame of a mark.
func units(mark byte) [][]byte {
	return [][]byte{
		{0x67, 0x42, 0xe0, 0x1f, 0xda, 0x02, 0x80, 0xf6},
		{0x68, 0xce, 0x38, 0x80},
		{0x65, 0x88, 0x84, 0x00, 0x10, mark},
	}
}

// film sends key frames of a mark until the test ends: SPS, PPS and an IDR
// slice, packets of their own.
func film(t *testing.T, seat *conference.Seat, id conference.SourceID, mark byte) (stop func()) {
	units := units(mark)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var sequence uint16
		var timestamp uint32
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			timestamp += 1800
			for i, u := range units {
				sequence++
				seat.Forward(id, &codecs.Packet{
					SequenceNumber: sequence, Timestamp: timestamp, SSRC: uint32(mark), Marker: i == len(units)-1,
					Payload: u, Arrival: time.Now(),
				})
			}
		}
	}()
	stop = sync.OnceFunc(func() { close(done); <-ended })
	t.Cleanup(stop)
	return stop
}

func show(t *testing.T, c *conference.Conference, v *viewer) *conference.Seat {
	t.Helper()
	seat, err := c.Join(v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { seat.Leave(conference.Cause{Code: conference.CauseLeft}) })
	return seat
}

// sees waits until a stream shows a mark and no other.
func (v *viewer) sees(t *testing.T, stream conference.SourceID, mark byte) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var got map[byte]int
	for {
		select {
		case <-tick.C:
			if got = v.marks(stream); len(got) == 1 && got[mark] > 2 {
				return
			}
		case <-deadline.C:
			t.Fatalf("stream %d shows %v, want %d", stream, got, mark)
		}
	}
}

// Pictures go both ways; what one side presents goes through H.239 and is a
// presentation on the other, beside who speaks; when it ends, all is as before.
func TestPicturesAndSlides(t *testing.T) {
	for name, policy := range map[string]h323.EncryptionPolicy{"in the clear": h323.EncryptionOff, "encrypted": h323.EncryptionRequire} {
		here, there := Config{Name: "here", Encryption: policy}, Config{Name: "there", Encryption: policy}
		t.Run(name, func(t *testing.T) { picturesAndSlides(t, here, there) })
		here.Firewalled = true
		there.Traversal, there.Multiplex = &indicating{}, netip.MustParseAddrPort("127.0.0.1:0")
		t.Run(name+", multiplexed", func(t *testing.T) { picturesAndSlides(t, here, there) })
	}
}

func picturesAndSlides(t *testing.T, one, other Config) {
	here := newSite(t, one, conference.Settings{ID: "a"})
	there := newSite(t, other, conference.Settings{ID: "b"})
	ann, bob := &viewer{formats: []codecs.Format{formatH264}}, &viewer{formats: []codecs.Format{formatH264}, many: true}
	annSeat, bobSeat := show(t, here.room("a"), ann), show(t, there.room("b"), bob)
	for seat, mark := range map[*conference.Seat]byte{annSeat: 1, bobSeat: 2} {
		seat.UpdateSource(seat.Source(), conference.SourceInfo{VideoFormat: formatH264})
		film(t, seat, seat.Source(), mark)
	}
	if _, err := here.Dial(t.Context(), there.url("b"), "a"); err != nil {
		t.Fatal(err)
	}
	ann.sees(t, 0, 2)
	r := await(t, there.room("b"), "the caller's picture", func(r *conference.Roster) bool {
		return len(r.Members) == 2 && r.Members[1].Sources[0].HasVideo
	})
	face := r.Members[1].Sources[0].ID
	bobSeat.Subscribe(face)
	bob.sees(t, face, 1)

	// Ann's slides, to Bob.
	slides := conference.SourceInfo{Name: "screen", VideoFormat: formatH264, Presentation: true}
	id, err := annSeat.AddSource(slides)
	if err != nil {
		t.Fatal(err)
	}
	stop := film(t, annSeat, id, 3)
	r = await(t, there.room("b"), "the caller presents", func(r *conference.Roster) bool { return r.Presenting != 0 })
	caller := r.Members[1]
	i := slices.IndexFunc(caller.Sources, func(s conference.SourceState) bool { return s.ID == r.Presenting })
	if i < 0 || !caller.Sources[i].Presentation {
		t.Fatalf("presenting %d, of the caller %+v", r.Presenting, caller.Sources)
	}
	bobSeat.Subscribe(r.Presenting)
	bob.sees(t, r.Presenting, 3)
	bob.sees(t, face, 1)
	stop()
	annSeat.RemoveSource(id)
	await(t, there.room("b"), "the caller presents no more", func(r *conference.Roster) bool { return r.Presenting == 0 && len(r.Members[1].Sources) == 1 })

	// Bob's, to Ann, who takes one picture.
	if id, err = bobSeat.AddSource(slides); err != nil {
		t.Fatal(err)
	}
	stop = film(t, bobSeat, id, 4)
	ann.sees(t, 0, 4)
	stop()
	bobSeat.RemoveSource(id)
	ann.sees(t, 0, 2)
	ann.mu.Lock()
	defer ann.mu.Unlock()
	if ann.asked == 0 {
		t.Error("nobody asked for a key frame")
	}
	if n := there.Stats().Multiplexed.Sessions; other.Multiplex.IsValid() != (n >= 3) {
		t.Errorf("%d sessions share ports", n)
	}
}
