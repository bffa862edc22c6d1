package sipbridge

import "parley/codecs"

// keypad reads the keys that a source presses from its telephone-event
// packets (RFC 4733 2.3): each press is one event, told by many packets that
// share a timestamp, the last three of them with the end bit.
type keypad struct {
	ssrc      uint32
	timestamp uint32
	any       bool
}

// keys are the events 0 to 15 (RFC 4733 3.2).
const keys = "0123456789*#ABCD"

// packet returns the key with whose press p is the first to tell of.
func (k *keypad) packet(p *codecs.Packet) (byte, bool) {
	if len(p.Payload) < 4 || int(p.Payload[0]) >= len(keys) {
		return 0, false
	}
	if k.any && k.ssrc == p.SSRC && k.timestamp == p.Timestamp {
		return 0, false
	}
	if k.any && k.ssrc == p.SSRC && int32(p.Timestamp-k.timestamp) < 0 {
		return 0, false // a late repetition of an earlier press
	}
	k.any, k.ssrc, k.timestamp = true, p.SSRC, p.Timestamp
	return keys[p.Payload[0]], true
}
