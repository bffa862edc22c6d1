package leg

import (
	"encoding/binary"
	"strings"

	"parley/qos/rtp"
)

// dialler sends keys as telephone-events in the place of sound (RFC 4733 2.5). It
// is used by two: who presses, and who writes, once in 20 ms.
type dialler struct {
	waiting chan byte

	// Of who writes.
	event     byte   // of the key that is down
	tick      int    // of it, or of the pause after it; 0: no key
	timestamp uint32 // at which it went down
}

const (
	keyTicks   = 8  // a key is down for 160 ms: exchanges want 40 to 100
	endTicks   = 3  // the end is told three times (RFC 4733 2.5.1.4)
	pauseTicks = 5  // and 100 ms of sound follow
	keyVolume  = 10 // -10 dBm0
)

func newDialler() dialler { return dialler{waiting: make(chan byte, maxDialled)} }

// Dial presses keys (Keys) one after the other, while what is heard here is not
// sent. It reports false where the peer takes none by RTP, a key is none, or too
// many wait.
func (a *Audio) Dial(keys string) bool {
	t := a.sending.Load()
	if t == nil || t.Digits.Format.IsZero() || strings.Trim(keys, Keys) != "" || len(keys) > cap(a.dial.waiting)-len(a.dial.waiting) {
		return false
	}
	for i := range len(keys) {
		select {
		case a.dial.waiting <- keys[i]:
		default:
			return false
		}
	}
	return true
}

// next moves on by a tick and reports whether a key is down.
func (d *dialler) next(now uint32) bool {
	if d.tick == 0 {
		select {
		case key := <-d.waiting:
			d.event, d.timestamp = byte(strings.IndexByte(Keys, key)), now
		default:
			return false
		}
	}
	if d.tick++; d.tick > keyTicks+endTicks+pauseTicks {
		d.tick = 0
		return false
	}
	return d.tick <= keyTicks+endTicks
}

// payload is what a packet of this tick says (RFC 4733 2.3).
func (d *dialler) payload(clockRate int) [4]byte {
	p := [4]byte{d.event, keyVolume}
	if d.tick > keyTicks {
		p[1] |= 0x80 // the end
	}
	binary.BigEndian.PutUint16(p[2:], uint16(min(d.tick, keyTicks)*clockRate/framesPerSecond))
	return p
}

// sendKey sends what a tick has of a key, in the place of sound; false: no key is
// down.
func (a *Audio) sendKey(s *rtp.Session, t *AudioTerms, duration uint32) bool {
	d := &a.dial
	if t.Digits.Format.IsZero() || !d.next(a.timestamp) {
		return false
	}
	payload := d.payload(t.Digits.Format.ClockRate)
	h := rtp.Header{
		PayloadType: t.Digits.PayloadType, Marker: d.tick == 1, // RFC 4733 2.5.1.1
		SequenceNumber: a.sequence, Timestamp: d.timestamp,
	}
	a.sequence++
	a.timestamp += duration
	_ = s.Send(h, payload[:]) // the session counts what fails
	return true
}

const framesPerSecond = 50
