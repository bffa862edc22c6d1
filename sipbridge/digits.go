package sipbridge

import (
	"fmt"

	"github.com/emiago/sipgo/sip"

	"parley/conference"
)

// Dial implements conference.Keypad: within the sound (RFC 4733) where the peer
// takes that, else by INFO, of which telephones of old know application/dtmf-relay.
func (c *call) Dial(keys string) error {
	if c.audio.Dial(keys) {
		return nil
	}
	if !c.post(func() { c.sendInfo(keys) }) {
		return conference.ErrClosed
	}
	return nil
}

// sendInfo sends keys by INFO, each when the one before was answered.
func (c *call) sendInfo(keys string) {
	if keys == "" || c.ended {
		return
	}
	req := c.dialog.request(sip.INFO)
	req.AppendHeader(sip.NewHeader("Content-Type", "application/dtmf-relay"))
	req.SetBody(fmt.Appendf(nil, "Signal=%c\r\nDuration=160\r\n", keys[0]))
	c.goRequest(req, func(res *sip.Response, err error) {
		if err != nil || !res.IsSuccess() {
			c.logger().Info("SIP digits not taken", "error", err)
			return
		}
		c.sendInfo(keys[1:])
	})
}

var _ conference.Keypad = (*call)(nil)
