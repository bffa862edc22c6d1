package leg

import (
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/codecs/telephoneevent"
	"parley/qos/rtp"
	"parley/qos/rtp/playout"
)

// AudioConfig is what an Audio works with.
type AudioConfig struct {
	Codecs *codecs.Set
	Totals *Totals
	Log    *slog.Logger
	// Ready tells whether the peer has shown that what is sent to it arrives.
	Ready func() bool
	// Described tells the peer's CNAME. It is called by the session and does
	// not block.
	Described func(cname string)
}

// Audio is a call's sound: the port towards a mixer (a
// conference.PayloadPort) and an rtp.Receiver towards the peer.
type Audio struct {
	*Leg
	cfg AudioConfig

	sending atomic.Pointer[AudioTerms] // nil: nothing is to be sent
	formats atomic.Pointer[map[uint8]codecs.Format]
	buffer  atomic.Pointer[playout.Buffer] // nil: nothing is to be heard
	events  atomic.Uint32                  // payload types of digits, 0: none; one per byte
	digits  atomic.Pointer[chan<- byte]    // where digits go

	// Of the receiving goroutine.
	ssrc      uint32
	lastHeard time.Time
	keys      telephoneevent.Receiver

	// Of who writes, one at a time.
	sequence  uint16
	timestamp uint32
	due       time.Time // when the next packet is to be sent
	dialled   [4]byte   // the payload of a key's packet

	dialMu sync.Mutex // guards dial: of who presses, and who writes
	dial   telephoneevent.Sender
}

// AudioTerms are what was agreed for sound.
type AudioTerms struct {
	Terms
	// Encode is the sound to send: the payload type that the peer wants, with
	// the Format as it is called here. The zero Mapping: none.
	Encode codecs.Mapping
	// Digits is how the peer takes keys by RTP (telephone-event); zero: not.
	Digits codecs.Mapping
	// MaxPacket is the longest packet that the peer takes; 0: not said. Those
	// of G.711 are cut for who takes none of 20 ms.
	MaxPacket time.Duration
	// Hear is set while the peer's sound is to be heard.
	Hear bool
}

// NewAudio returns an Audio without ports.
func NewAudio(cfg AudioConfig) *Audio {
	a := &Audio{cfg: cfg, sequence: uint16(randomUint32()), timestamp: randomUint32()}
	a.Leg = New(a, cfg.Totals, cfg.Log)
	return a
}

// Apply makes the port send and receive what was agreed.
func (a *Audio) Apply(t AudioTerms) error {
	if t.Bandwidth == 0 {
		t.Bandwidth = audioBandwidth
	}
	if err := a.Leg.Apply(t.Terms); err != nil {
		return err
	}
	a.sending.Store(nil)
	if t.Active && !t.Encode.Format.IsZero() {
		a.sending.Store(&t)
	}
	var events uint32
	for _, m := range t.Receive {
		if m.Format.Media() == codecs.MediaEvent {
			events = events<<8 | uint32(m.PayloadType) | 0x80
		}
	}
	a.events.Store(events)
	formats := formatsOf(t.Receive)
	a.formats.Store(&formats)
	switch b := a.buffer.Load(); {
	case !t.Active || !t.Hear:
		a.buffer.Store(nil)
	case b == nil:
		a.buffer.Store(playout.New(playout.Config{Codecs: a.cfg.Codecs, Formats: formats}))
	default:
		b.SetFormats(formats)
	}
	return nil
}

// audioBandwidth in bits per second is of G.711 with headers, from which RTCP
// takes its share.
const audioBandwidth = 80000

// formatsOf maps payload types to Formats of sound.
func formatsOf(ms []codecs.Mapping) map[uint8]codecs.Format {
	out := make(map[uint8]codecs.Format, len(ms))
	for _, m := range ms {
		if m.Format.Media() == codecs.MediaAudio {
			out[m.PayloadType] = m.Format
		}
	}
	return out
}

// ReadFrame fills dst with the next 20 ms that came, if any.
func (a *Audio) ReadFrame(dst *codecs.Frame) bool {
	b := a.buffer.Load()
	return b != nil && b.ReadFrame(dst)
}

// WriteFrame is not called, since WritePayload is there.
func (a *Audio) WriteFrame(*codecs.Frame) {}

// AudioFormat is what is to be sent; zero: nothing.
func (a *Audio) AudioFormat() codecs.Format {
	if t := a.sending.Load(); t != nil {
		return t.Encode.Format
	}
	return codecs.Format{}
}

// WritePayload sends one tick. Silence is sent too: it keeps the way through a
// NAT open and tells the peer that the call lives.
func (a *Audio) WritePayload(p *codecs.Payload) {
	t, s := a.sending.Load(), a.Session()
	if t == nil || s == nil || !a.cfg.Ready() || !a.mayPass() {
		return
	}
	h := rtp.Header{
		PayloadType: t.Encode.PayloadType,
		Marker:      a.keepTime(time.Now(), p.Duration), // the first after a pause (RFC 3551 4.1)
		CSRC:        p.Sources,
	}
	if a.sendKey(s, t, p.Duration) {
		return
	}
	parts := t.parts(len(p.Data))
	size, duration := len(p.Data)/parts, p.Duration/uint32(parts)
	for i := range parts {
		h.SequenceNumber, h.Timestamp = a.sequence, a.timestamp
		a.sequence++
		a.timestamp += duration
		_ = s.Send(h, p.Data[i*size:(i+1)*size]) // the session counts what fails
		h.Marker = false
	}
}

// parts is into how many packets 20 ms of size octets are cut, so that none is
// longer than the peer takes. Only samples can be cut, not coded frames.
func (t *AudioTerms) parts(size int) int {
	f := t.Encode.Format
	if t.MaxPacket <= 0 || t.MaxPacket >= codecs.FrameDuration || !(f.Is("PCMU") || f.Is("PCMA") || f.Is("G722")) {
		return 1
	}
	n := int((codecs.FrameDuration + t.MaxPacket - 1) / t.MaxPacket)
	for n > 1 && size%n != 0 {
		n--
	}
	return min(n, maxParts)
}

// keepTime lets the timestamp follow the clock over ticks that were not sent
// (RFC 3550 5.1), on hold or in a stall, and reports whether this is the first
// packet after such a pause. What the mixer makes up for in a burst is none.
func (a *Audio) keepTime(now time.Time, duration uint32) (first bool) {
	behind := now.Sub(a.due)
	switch {
	case a.due.IsZero():
		first = true
		a.due = now
	case behind > pause:
		first = true
		missed := behind / codecs.FrameDuration
		a.timestamp += uint32(missed) * duration
		a.due = a.due.Add(missed * codecs.FrameDuration)
	case behind < -pause:
		a.due = now // ahead of the clock: it never catches up otherwise
	}
	a.due = a.due.Add(codecs.FrameDuration)
	return first
}

// ReceiveRTP implements rtp.Receiver.
func (a *Audio) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	if a.isEvent(p.PayloadType) {
		if key, ok, err := a.keys.Receive(p); ok && err == nil {
			a.Press(key)
		}
		return
	}
	b := a.buffer.Load()
	if b == nil {
		return
	}
	if ssrc := src.SSRC(); ssrc != a.ssrc {
		// A gateway that moves a call changes the source in mid-stream. Two at
		// once would be heard as one torn stream, so the first one stays until
		// it is silent.
		if a.ssrc != 0 && p.Arrival.Sub(a.lastHeard) < sourceSilence {
			return
		}
		if a.ssrc != 0 {
			b = playout.New(playout.Config{Codecs: a.cfg.Codecs, Formats: *a.formats.Load()})
			a.buffer.Store(b)
		}
		a.ssrc = ssrc
	}
	a.lastHeard = p.Arrival
	b.Push(p)
}

func (a *Audio) isEvent(pt uint8) bool {
	for e := a.events.Load(); e != 0; e >>= 8 {
		if uint8(e) == pt|0x80 {
			return true
		}
	}
	return false
}

// HasEvents reports whether the peer may press keys by telephone-event.
func (a *Audio) HasEvents() bool { return a.events.Load() != 0 }

// SetKeys says where keys go; nil: nowhere. The channel is never waited for.
func (a *Audio) SetKeys(keys chan<- byte) {
	if keys == nil {
		a.digits.Store(nil)
		return
	}
	a.digits.Store(&keys)
}

// Press passes a key on that came by signalling, or as an event.
func (a *Audio) Press(key byte) {
	if ch := a.digits.Load(); ch != nil {
		select {
		case *ch <- key:
		default: // a flood of keys; the reader takes its time
		}
	}
}

// SourceChanged implements rtp.Receiver.
func (a *Audio) SourceChanged(src *rtp.Source, change rtp.SourceChange) {
	if change == rtp.SourceDescribed && a.cfg.Described != nil {
		a.cfg.Described(src.SDES().CNAME)
	}
}

// KeyframeRequested implements rtp.Receiver; sound has none.
func (a *Audio) KeyframeRequested(uint32) {}

// LoopDetected implements rtp.Receiver.
func (a *Audio) LoopDetected(addr netip.AddrPort, what string) {
	a.cfg.Log.Warn("own sound comes back", "address", addr, "what", what)
}

var _ rtp.Receiver = (*Audio)(nil)

func randomUint32() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return binary.BigEndian.Uint32(b[:])
}
