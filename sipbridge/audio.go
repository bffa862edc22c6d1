package sipbridge

import (
	"net/netip"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
	"parley/qos/rtp/playout"
	"parley/sipbridge/internal/negotiation"
)

// audioPort is a call's sound: a conference.PayloadPort towards the mixer and
// an rtp.Receiver towards the peer.
type audioPort struct {
	call *call
	leg  leg

	sending atomic.Pointer[codecs.Mapping] // nil: nothing is to be sent
	formats atomic.Pointer[map[uint8]codecs.Format]
	buffer  atomic.Pointer[playout.Buffer] // nil: nothing is to be heard
	events  atomic.Uint32                  // payload types of digits, 0: none; one per byte
	digits  atomic.Pointer[chan byte]      // where digits go, in the lobby

	// Of the receiving goroutine.
	ssrc      uint32
	lastHeard time.Time
	keys      keypad

	// Of who writes: first the lobby, then the mixer, never both.
	sequence  uint16
	timestamp uint32
	due       time.Time // when the next packet is to be sent
}

func newAudioPort(c *call) *audioPort {
	a := &audioPort{call: c, sequence: randomUint16(), timestamp: randomUint32()}
	a.leg.receiver, a.leg.totals, a.leg.log = a, &c.server.audio, c.log
	return a
}

// apply makes the port send and receive what was agreed.
func (a *audioPort) apply(agreed negotiation.Leg, cname string) error {
	if err := a.leg.apply(agreed, audioBandwidth, cname); err != nil {
		return err
	}
	a.sending.Store(nil)
	if agreed.Active && agreed.Direction.Sends() {
		encode := agreed.Encode
		a.sending.Store(&encode)
	}
	var events uint32
	for _, m := range agreed.Receive {
		if m.Format.Media() == codecs.MediaEvent {
			events = events<<8 | uint32(m.PayloadType) | 0x80
		}
	}
	a.events.Store(events)
	formats := formatsOf(agreed.Receive)
	a.formats.Store(&formats)
	switch b := a.buffer.Load(); {
	case !agreed.Active || !agreed.Direction.Receives() || agreed.Held:
		a.buffer.Store(nil)
	case b == nil:
		a.buffer.Store(playout.New(playout.Config{Codecs: a.call.server.codecs, Formats: formats}))
	default:
		b.SetFormats(formats)
	}
	return nil
}

// audioBandwidth in bits per second is of G.711 with headers, from which RTCP
// takes its share.
const audioBandwidth = 80000

// ReadFrame implements conference.AudioSource.
func (a *audioPort) ReadFrame(dst *codecs.Frame) bool {
	b := a.buffer.Load()
	return b != nil && b.ReadFrame(dst)
}

// WriteFrame implements conference.AudioPort; it is not called, since
// WritePayload is there.
func (a *audioPort) WriteFrame(*codecs.Frame) {}

// AudioFormat implements conference.PayloadPort.
func (a *audioPort) AudioFormat() codecs.Format {
	if m := a.sending.Load(); m != nil {
		return m.Format
	}
	return codecs.Format{}
}

// WritePayload implements conference.PayloadPort. Silence is sent too: it
// keeps the way through a NAT open and tells the peer that the call lives.
func (a *audioPort) WritePayload(p *codecs.Payload) {
	m, s := a.sending.Load(), a.leg.session.Load()
	if m == nil || s == nil || !a.call.reached.Load() {
		return
	}
	marker := a.keepTime(time.Now(), p.Duration)
	h := rtp.Header{
		PayloadType:    m.PayloadType,
		Marker:         marker, // the first after a pause (RFC 3551 4.1)
		SequenceNumber: a.sequence,
		Timestamp:      a.timestamp,
		CSRC:           p.Sources,
	}
	a.sequence++
	a.timestamp += p.Duration
	_ = s.Send(h, p.Data) // the session counts what fails
}

// keepTime lets the timestamp follow the clock over ticks that were not sent
// (RFC 3550 5.1), on hold or in a stall, and reports whether this is the first
// packet after such a pause. What the mixer makes up for in a burst is none.
func (a *audioPort) keepTime(now time.Time, duration uint32) (first bool) {
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

// pause is what is longer than the mixer makes up for in a burst.
const pause = 200 * time.Millisecond

// ReceiveRTP implements rtp.Receiver.
func (a *audioPort) ReceiveRTP(src *rtp.Source, p *codecs.Packet) {
	if a.isEvent(p.PayloadType) {
		if key, ok := a.keys.packet(p); ok {
			a.press(key)
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
			b = playout.New(playout.Config{Codecs: a.call.server.codecs, Formats: *a.formats.Load()})
			a.buffer.Store(b)
		}
		a.ssrc = ssrc
	}
	a.lastHeard = p.Arrival
	b.Push(p)
}

// sourceSilence is how long a source must be silent before another takes its
// place.
const sourceSilence = 100 * time.Millisecond

func (a *audioPort) isEvent(pt uint8) bool {
	for e := a.events.Load(); e != 0; e >>= 8 {
		if uint8(e) == pt|0x80 {
			return true
		}
	}
	return false
}

// press passes a key to the lobby, if the call is there.
func (a *audioPort) press(key byte) {
	if ch := a.digits.Load(); ch != nil {
		select {
		case *ch <- key:
		default: // a flood of keys; the lobby takes its time
		}
	}
}

// SourceChanged implements rtp.Receiver.
func (a *audioPort) SourceChanged(src *rtp.Source, change rtp.SourceChange) {
	if change == rtp.SourceDescribed {
		cname := src.SDES().CNAME
		a.call.post(func() { a.call.describe(cname) })
	}
}

// KeyframeRequested implements rtp.Receiver; sound has none.
func (a *audioPort) KeyframeRequested(uint32) {}

// LoopDetected implements rtp.Receiver.
func (a *audioPort) LoopDetected(addr netip.AddrPort, what string) {
	a.leg.log.Warn("own sound comes back", "address", addr, "what", what)
}

var (
	_ conference.PayloadPort = (*audioPort)(nil)
	_ rtp.Receiver           = (*audioPort)(nil)
)
