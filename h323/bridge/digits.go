package bridge

import (
	"time"

	"parley/codecs"
	"parley/conference"
)

// keyDuration is how long a key is pressed, as a telephone does it.
const keyDuration = 160 * time.Millisecond

// Dial implements conference.Keypad. Keys go as the peer takes them: as
// UserInputIndication (H.245), which all do, or within the sound where the peer
// only reads them there.
func (c *call) Dial(keys string) error {
	if !c.post(func() {
		if r := c.remote; r != nil && r.TelephoneEvent && !r.Signal && !r.Alphanumeric && c.audio.Dial(keys) {
			return
		}
		c.line.SendUserInput(keys, keyDuration)
		c.logger().Info("H.323 digits sent", "count", len(keys))
	}) {
		return conference.ErrClosed
	}
	return nil
}

// digits is how the peer takes keys within the sound; zero: not.
func (c *call) digits() codecs.Mapping {
	if c.remote == nil || !c.remote.TelephoneEvent {
		return codecs.Mapping{}
	}
	return codecs.Mapping{PayloadType: c.remote.TelephoneEventPayloadType, Format: telephoneEvent}
}

var _ conference.Keypad = (*call)(nil)
