package multicast

import (
	"encoding/binary"
	"math"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/codecs/g711"
	"parley/qos/rtp"
)

// actress sends sound and pictures into a group by hand: her tone rises at the
// moment from which her pictures are marked, by a clock of her own, and they leave
// her later than the sound.
type actress struct {
	t            *testing.T
	sound, shown *net.UDPConn
	reports      [2]*net.UDPConn
	start        time.Time // ours
	phase        float64
	encoder      codecs.Encoder
}

const (
	actressAudio, actressVideo = 0x0a0a0a0a, 0x0b0b0b0b
	actressName                = "ann@stage"
	pictureDelay               = 200 * time.Millisecond
	actressRises               = 2 * time.Second
)

// actressClock is what her clock says at a moment of ours.
func actressClock(at time.Time) time.Time { return at.AddDate(-20, 0, 0) }

func newActress(t *testing.T, g GroupConfig) *actress {
	t.Helper()
	above := func(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr(), a.Port()+1) }
	a := &actress{t: t, sound: spout(t, g.Audio.Addr), shown: spout(t, g.Video.Addr), start: time.Now()}
	a.reports = [2]*net.UDPConn{spout(t, above(g.Audio.Addr)), spout(t, above(g.Video.Addr))}
	var err error
	if a.encoder, err = g711.MuLaw().NewEncoder(g711.MuLaw().Formats[0]); err != nil {
		t.Fatal(err)
	}
	return a
}

// tick sends the n-th 20 ms, and every second sender reports.
func (a *actress) tick(n int) {
	at := time.Duration(n) * 20 * time.Millisecond
	tone := 440.0
	if at >= actressRises {
		tone = 880
	}
	var frame [160]int16
	for i := range frame {
		a.phase += 2 * math.Pi * tone / 8000
		frame[i] = int16(8000 * math.Sin(a.phase))
	}
	payload, err := a.encoder.Encode(nil, frame[:])
	if err != nil {
		a.t.Error(err)
	}
	send(a.sound, actressAudio, 0, false, uint16(n), uint32(7000+160*n), payload)
	if n%5 == 0 && at >= pictureDelay { // 10 pictures a second
		captured := at - pictureDelay
		picture := []byte{0x65, 0x88, 0, 0, 0}
		if captured >= actressRises {
			picture[2] = 1
		}
		send(a.shown, actressVideo, 96, true, uint16(n/5), uint32(9000+90*captured.Milliseconds()), picture)
	}
	if n%25 == 0 {
		ntp := ntpOf(actressClock(a.start.Add(at)))
		ms := at.Milliseconds()
		for i, s := range []struct {
			ssrc, stamp uint32
		}{{actressAudio, uint32(7000 + 8*ms)}, {actressVideo, uint32(9000 + 90*ms)}} {
			raw, err := rtcp.Marshal([]rtcp.Packet{
				&rtcp.SenderReport{SSRC: s.ssrc, NTPTime: ntp, RTPTime: s.stamp},
				&rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: s.ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: actressName}}}}},
			})
			if err != nil {
				a.t.Error(err)
			}
			_, _ = a.reports[i].Write(raw) // fails only at the end
		}
	}
}

func ntpOf(at time.Time) uint64 {
	return uint64(at.Unix()+2208988800)<<32 | uint64(at.Nanosecond())<<32/uint64(time.Second)
}

func send(c *net.UDPConn, ssrc uint32, pt uint8, marker bool, seq uint16, stamp uint32, payload []byte) {
	b := make([]byte, 12, 12+len(payload))
	b[0], b[1] = 2<<6, pt
	if marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[4:], stamp)
	binary.BigEndian.PutUint32(b[8:], ssrc)
	_, _ = c.Write(append(b, payload...)) // fails only at the end
}

// spectator is a member of the other group, by parley's own RTP: it keeps when
// what it hears and sees was captured, by the sender reports that come with it.
type spectator struct {
	t       *testing.T
	session *rtp.Session
	marked  func(p *codecs.Packet) bool

	found chan capture // holds one
	once  bool
}

// capture is the moment that was looked for.
type capture struct {
	src   *rtp.Source
	stamp uint32
}

func (s *spectator) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	if !s.once && s.marked(p) {
		s.once = true
		s.found <- capture{src, p.Timestamp}
	}
}
func (s *spectator) SourceChanged(*rtp.Source, rtp.SourceChange) {}
func (s *spectator) KeyframeRequested(uint32)                    {}
func (s *spectator) LoopDetected(from netip.AddrPort, what string) {
	s.t.Errorf("%v: a loop of %s", from, what)
}

func watchGroup(t *testing.T, group netip.AddrPort, rates map[uint8]int, marked func(p *codecs.Packet) bool) *spectator {
	t.Helper()
	transport, err := rtp.Listen(rtp.ListenConfig{Group: &rtp.GroupConfig{RTP: group, Interface: "lo", TTL: 1}})
	if err != nil {
		t.Fatal(err)
	}
	s := &spectator{t: t, marked: marked, found: make(chan capture, 1)}
	if s.session, err = rtp.NewSession(rtp.Config{Transport: transport, ClockRates: rates, Receiver: s}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.session.Close(t.Context(), ""); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestLipSyncSurvives has one person's sound and pictures cross from group to
// group. There, sender reports under one CNAME say of both when they belong
// together, though the pictures were sent a fifth of a second after the sound and
// the sound waits to be played; and the CSRCs of both have the person's CNAME.
func TestLipSyncSurvives(t *testing.T) {
	stage, hall := pictureGroup(t, "239.255.77.80", VideoAll), pictureGroup(t, "239.255.77.81", VideoAll)
	stage.Audio, hall.Audio = testGroup(t, "239.255.77.82", "PCMU").Audio, testGroup(t, "239.255.77.83", "PCMU").Audio
	openHouse(t, stage, hall)
	heard := watchGroup(t, hall.Audio.Addr, map[uint8]int{0: 8000}, risen(t))
	seen := watchGroup(t, hall.Video.Addr, map[uint8]int{96: 90000}, func(p *codecs.Packet) bool {
		return len(p.Payload) == 5 && p.Payload[2] == 1
	})
	ann := newActress(t, stage)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	captured := func(s *spectator, c *capture, rate int) (at time.Time, ok bool) {
		if c.src == nil {
			select {
			case *c = <-s.found:
			default:
				return at, false
			}
		}
		return c.src.Captured(c.stamp, rate)
	}
	var sound, picture capture
	for n := 0; ; n++ {
		<-ticker.C
		ann.tick(n)
		a, heardIt := captured(heard, &sound, 8000)
		v, sawIt := captured(seen, &picture, 90000)
		if heardIt && sawIt && credited(heard, actressAudio) && credited(seen, actressVideo) {
			t.Logf("the picture is %v after the sound; they were sent %v apart", v.Sub(a), pictureDelay)
			if d := v.Sub(a); d.Abs() > 60*time.Millisecond {
				t.Errorf("the picture is %v after the sound that belongs to it", d)
			}
			if a, b := sound.src.SDES().CNAME, picture.src.SDES().CNAME; a == "" || a != b {
				t.Errorf("sound and pictures have the CNAMEs %q and %q: nobody aligns them", a, b)
			}
			return
		}
		if n > 1500 {
			t.Fatalf("heard %v, seen %v, credited %v and %v", heardIt, sawIt, credited(heard, actressAudio), credited(seen, actressVideo))
		}
	}
}

// credited reports whether a group was told who a CSRC is.
func credited(s *spectator, csrc uint32) bool {
	for _, m := range s.session.Members() {
		if m.SSRC == csrc {
			return m.SDES.CNAME == actressName
		}
	}
	return false
}

// risen recognises the first packet in which the higher tone is the louder.
func risen(t *testing.T) func(*codecs.Packet) bool {
	t.Helper()
	decoder, err := builtin.Set().Lookup(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}).NewDecoder(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1})
	if err != nil {
		t.Fatal(err)
	}
	return func(p *codecs.Packet) bool {
		var pcm [960]int16
		n, err := decoder.Decode(pcm[:], p.Payload)
		if err != nil {
			return false
		}
		power := func(f float64) float64 {
			var re, im float64
			for i, v := range pcm[:n] {
				s, c := math.Sincos(2 * math.Pi * f * float64(i) / 8000)
				re, im = re+float64(v)*c, im+float64(v)*s
			}
			return re*re + im*im
		}
		return power(880) > power(440) && power(880) > 1e8
	}
}
