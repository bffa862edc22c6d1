package telephoneevent

import (
	"fmt"

	"parley/codecs"
)

// How a digit is sent, in ticks of 20 ms: 160 ms of tone, its end three times
// (RFC 4733 2.5.1.4), and 140 ms until the next, of which at least 40 are to be
// silence where a gateway makes tones of it (ITU-T Q.24).
const (
	toneTicks    = 8
	endTicks     = 3
	silenceTicks = 4
)

// volume is the tones' power in -dBm0, a usual telephone's.
const volume = 10

// Sender sends digits, one packet each tick of 20 ms. It holds no clock: who
// sends the audio asks it before each packet. The zero value is ready for use.
type Sender struct {
	queue []byte // digits that wait
	event Event
	start uint32
	step  int // ticks since the beginning of the digit; 0 between digits
}

// Packet is what is to be sent in place of a tick's audio, with the audio's
// SSRC and next sequence number.
type Packet struct {
	Event     Event
	Timestamp uint32
	Marker    bool // on the first packet of each digit
}

// Queue appends digits, of 0123456789*#ABCD, to what is sent. Nothing is sent
// when one of them is not a digit (codecs.ErrMalformed) or when too many wait
// (codecs.ErrUnsupported).
func (s *Sender) Queue(keys string) error {
	for i := range len(keys) {
		if _, ok := codeOf(keys[i]); !ok {
			return fmt.Errorf("telephoneevent: %q is no digit: %w", keys[i], codecs.ErrMalformed)
		}
	}
	if len(s.queue)+len(keys) > maxQueue {
		return fmt.Errorf("telephoneevent: more than %d digits: %w", maxQueue, codecs.ErrUnsupported)
	}
	s.queue = append(s.queue, keys...)
	return nil
}

// Next is called once a tick with the RTP timestamp of the tick's audio and the
// clock rate in Hz. It returns false when the audio is to be sent.
func (s *Sender) Next(timestamp uint32, clockRate int) (Packet, bool) {
	if s.step == 0 {
		if len(s.queue) == 0 {
			return Packet{}, false
		}
		code, _ := codeOf(s.queue[0])
		s.queue = append(s.queue[:0], s.queue[1:]...)
		s.event, s.start = Event{Code: code, Volume: volume}, timestamp
	}
	s.step++
	switch {
	case s.step <= toneTicks:
		s.event.Duration = uint16(s.step * clockRate / 50)
		s.event.End = s.step == toneTicks
	case s.step < toneTicks+endTicks:
		// The end once more, unchanged.
	case s.step < toneTicks+endTicks+silenceTicks:
		return Packet{}, false
	default:
		s.step = 0
		return Packet{}, false
	}
	return Packet{Event: s.event, Timestamp: s.start, Marker: s.step == 1}, true
}
