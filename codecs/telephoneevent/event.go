package telephoneevent

import (
	"encoding/binary"
	"fmt"
	"strings"

	"parley/codecs"
)

// Event is one payload of RFC 4733 2.3.
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|     event     |E|R| volume    |          duration             |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
type Event struct {
	// Code is the event: 0 to 15 are the digits (RFC 4733 3.2).
	Code uint8
	// End is set when the event is over.
	End bool
	// Volume is the tone's power in -dBm0: 0, the loudest, to 63.
	Volume uint8
	// Duration is how long the event lasts by now, in units of the clock rate.
	Duration uint16
}

// size is the length of a payload in octets.
const size = 4

// Digits are the characters of the codes 0 to 15 (RFC 4733 3.2).
const Digits = "0123456789*#ABCD"

// errShort is made once: who sends it nothing else costs no memory.
var errShort = fmt.Errorf("telephoneevent: payload of less than %d octets: %w", size, codecs.ErrMalformed)

// Parse reads a payload. What follows the first event is ignored, as is the
// reserved bit (RFC 4733 2.3.3). A shorter payload is malformed.
func Parse(payload []byte) (Event, error) {
	if len(payload) < size {
		return Event{}, errShort
	}
	return Event{
		Code:     payload[0],
		End:      payload[1]&0x80 != 0,
		Volume:   payload[1] & 0x3F,
		Duration: binary.BigEndian.Uint16(payload[2:]),
	}, nil
}

// Append appends the payload of e to dst.
func (e Event) Append(dst []byte) []byte {
	flags := min(e.Volume, 63)
	if e.End {
		flags |= 0x80
	}
	dst = append(dst, e.Code, flags)
	return binary.BigEndian.AppendUint16(dst, e.Duration)
}

// Digit returns the character of a key, one of 0123456789*#ABCD, or false for
// events that are not keys.
func (e Event) Digit() (byte, bool) {
	if int(e.Code) >= len(Digits) {
		return 0, false
	}
	return Digits[e.Code], true
}

// codeOf returns the event of a key.
func codeOf(digit byte) (uint8, bool) {
	i := strings.IndexByte(Digits, digit)
	return uint8(max(i, 0)), i >= 0
}
