package leg

import "parley/codecs"

// Keypad reads the keys that a source presses from its telephone-event
// packets (RFC 4733 2.3): each press is one event, told by many packets that
// share a timestamp, the last three of them with the end bit.
type Keypad struct {
	ssrc      uint32
	timestamp uint32
	any       bool
}

// Keys are the events 0 to 15 (RFC 4733 3.2).
const Keys = "0123456789*#ABCD"

// Packet returns the key with whose press p is the first to tell of.
func (k *Keypad) Packet(p *codecs.Packet) (byte, bool) {
	if len(p.Payload) < 4 || int(p.Payload[0]) >= len(Keys) {
		return 0, false
	}
	if k.any && k.ssrc == p.SSRC && k.timestamp == p.Timestamp {
		return 0, false
	}
	if k.any && k.ssrc == p.SSRC && int32(p.Timestamp-k.timestamp) < 0 {
		return 0, false // a late repetition of an earlier press
	}
	k.any, k.ssrc, k.timestamp = true, p.SSRC, p.Timestamp
	return Keys[p.Payload[0]], true
}
