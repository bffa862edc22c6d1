package playout

import (
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
)

// line is a Buffer that is fed packet by packet, on a clock of its own that
// stands 1 ms behind the packets.
type line struct {
	t     *testing.T
	buf   *Buffer
	now   time.Time
	p     codecs.Packet
	frame codecs.Frame
}

func newLine(t *testing.T, formats map[uint8]codecs.Format) *line {
	l := &line{t: t, now: time.Unix(1e9, 0)}
	l.buf = New(Config{Codecs: builtin.Set(), Formats: formats, Now: func() time.Time { return l.now.Add(ms) }})
	l.p = codecs.Packet{SSRC: 1, SequenceNumber: 65530, Timestamp: 0xffffff00}
	return l
}

// tick passes 20 ms: a packet that was set up, when payload is not nil, and a
// frame, of which it returns whether there was one.
func (l *line) tick(payload []byte, step uint32) bool {
	if payload != nil {
		l.p.Payload, l.p.Arrival = payload, l.now
		l.buf.Push(&l.p)
		l.p.SequenceNumber++
	}
	l.p.Timestamp += step
	ok := l.buf.ReadFrame(&l.frame)
	l.now = l.now.Add(codecs.FrameDuration)
	return ok
}

// talk passes n packets of sound and returns the frames that played.
func (l *line) talk(n int, payload []byte, step uint32) int {
	played := 0
	for range n {
		if l.tick(payload, step) {
			played++
		}
	}
	return played
}

func loud(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*37) | 0x80
	}
	return b
}

// TestSilence has a phone pause, with and without comfort noise: the frames in
// the pause are none, nothing is counted as lost, and the delay stays.
func TestSilence(t *testing.T) {
	for _, noise := range []bool{true, false} {
		l := newLine(t, map[uint8]codecs.Format{0: pcmu})
		voice := loud(160)
		for spurt := range 20 {
			l.p.Marker = true
			if played := l.talk(50, voice, 160); played < 47 {
				t.Fatalf("noise %v, spurt %d: %d frames of 50", noise, spurt, played)
			}
			delay := l.buf.Stats().Delay
			if delay < 10*ms || delay > 30*ms {
				t.Fatalf("noise %v, spurt %d: delay %v", noise, spurt, delay)
			}
			silent := 0
			for i := range 50 {
				var cn []byte
				if noise && i%10 == 0 {
					cn = []byte{70}
				}
				l.p.PayloadType = 13
				if !l.tick(cn, 160) {
					silent++
				}
				l.p.PayloadType = 0
			}
			most := 46
			if noise {
				most = 48
			}
			if silent < most-3 {
				t.Errorf("noise %v: %d silent frames in the pause", noise, silent)
			}
		}
		s := l.buf.Stats()
		if s.Concealed != 0 || s.Late != 0 || s.Unknown != 0 {
			t.Errorf("noise %v: %+v", noise, s)
		}
	}
}

// TestUnknownTypesAreNotLosses has what carries no sound among what does: it
// takes sequence numbers, and nothing is missing.
func TestUnknownTypesAreNotLosses(t *testing.T) {
	l := newLine(t, map[uint8]codecs.Format{0: pcmu, 101: {Name: "telephone-event", ClockRate: 8000, Channels: 1}})
	l.talk(50, loud(160), 160)
	stamp := l.p.Timestamp
	for range 10 { // a digit, its packets all stamped with its beginning
		l.p.PayloadType, l.p.Timestamp = 101, stamp
		l.tick([]byte{1, 10, 0, 160}, 0)
	}
	l.p.PayloadType, l.p.Timestamp = 0, stamp+1600
	if played := l.talk(50, loud(160), 160); played < 47 {
		t.Errorf("%d frames of 50 after a digit", played)
	}
	s := l.buf.Stats()
	if s.Concealed != 0 || s.Unknown != 0 || s.Delay > 30*ms {
		t.Errorf("%+v", s)
	}
	l.p.PayloadType = 77
	l.tick([]byte{1, 2, 3}, 160)
	if s := l.buf.Stats(); s.Unknown != 1 || s.Received != 110 {
		t.Errorf("%+v", s)
	}
}

// TestFormatChange has a phone change its codec in mid-stream, again and
// again, and break its promise of what it sends.
func TestFormatChange(t *testing.T) {
	formats := map[uint8]codecs.Format{
		0:  pcmu,
		8:  {Name: "PCMA", ClockRate: 8000, Channels: 1},
		9:  {Name: "G722", ClockRate: 8000, Channels: 1},
		97: {Name: "nonsense", ClockRate: 8000, Channels: 1},
	}
	l := newLine(t, formats)
	for _, pt := range []uint8{0, 8, 9, 0, 9, 8, 0} {
		l.p.PayloadType = pt
		if played := l.talk(20, loud(160), 160); played < 18 {
			t.Errorf("payload type %d: %d frames of 20", pt, played)
		}
	}
	if s := l.buf.Stats(); s.Concealed != 0 || s.Delay < 8*ms || s.Delay > 32*ms {
		t.Errorf("%+v", s)
	}
	l.p.PayloadType = 97
	l.talk(20, loud(160), 160)
	if s := l.buf.Stats(); s.Unknown < 15 {
		t.Errorf("no decoder: %+v", s)
	}
	// A renegotiation takes a codec away and brings one of another clock.
	l.buf.SetFormats(map[uint8]codecs.Format{96: {Name: "L16", ClockRate: 44100, Channels: 1}})
	l.p.PayloadType = 96
	if played := l.talk(50, loud(1764), 882); played < 45 {
		t.Errorf("L16: %d frames of 50", played)
	}
	if n := len(l.buf.reader.voices); n > 1 {
		t.Errorf("%d decoders kept", n)
	}
}

// TestRestart has the sender jump in sequence, timestamps and SSRC.
func TestRestart(t *testing.T) {
	for name, jump := range map[string]func(p *codecs.Packet){
		"SSRC":               func(p *codecs.Packet) { p.SSRC++ },
		"all":                func(p *codecs.Packet) { p.SSRC++; p.SequenceNumber += 31000; p.Timestamp -= 77777777 },
		"sequence":           func(p *codecs.Packet) { p.SequenceNumber += 20000 },
		"sequence, backward": func(p *codecs.Packet) { p.SequenceNumber -= 200 },
		"timestamp":          func(p *codecs.Packet) { p.Timestamp += 1 << 30 },
		"timestamp, back":    func(p *codecs.Packet) { p.Timestamp -= 1 << 30 },
		"timestamp, 1 s":     func(p *codecs.Packet) { p.Timestamp += 8000 },
		"timestamp, -1 s":    func(p *codecs.Packet) { p.Timestamp -= 8000 },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t, map[uint8]codecs.Format{0: pcmu})
			l.talk(200, loud(160), 160)
			jump(&l.p)
			l.talk(5, loud(160), 160)
			if played := l.talk(200, loud(160), 160); played < 199 {
				t.Errorf("%d frames of 200", played)
			}
			s := l.buf.Stats()
			if s.Delay < 8*ms || s.Delay > 32*ms || s.Concealed > 5 || s.Late > 1 {
				t.Errorf("%+v", s)
			}
		})
	}
	// One packet that does not fit moves nothing.
	l := newLine(t, map[uint8]codecs.Format{0: pcmu})
	l.talk(50, loud(160), 160)
	forged := l.p
	forged.SequenceNumber += 30000
	forged.Payload, forged.Arrival = loud(160), l.now
	l.buf.Push(&forged)
	if played := l.talk(50, loud(160), 160); played != 50 {
		t.Errorf("%d frames of 50 after a forged packet", played)
	}
}

// TestMalformed has packets that do not decode: they count as lost.
func TestMalformed(t *testing.T) {
	l := newLine(t, map[uint8]codecs.Format{96: {Name: "L16", ClockRate: 48000, Channels: 1}})
	l.p.PayloadType = 96
	for i := range 200 {
		payload := loud(1920)
		if i%20 == 19 {
			payload = payload[:1919]
		}
		if ok := l.tick(payload, 960); !ok && i > 3 {
			t.Errorf("silence at packet %d", i)
		}
	}
	if s := l.buf.Stats(); s.Malformed < 9 || s.Malformed > 10 || s.Concealed < 9 || s.Concealed > 10 {
		t.Errorf("%+v", s)
	}
}
