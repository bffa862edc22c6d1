package sipbridge

import (
	"errors"
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
		return errBusy
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
	c.goRequest(req, func(res *sip.Response, err error) { c.infoAnswered(res, err, keys) })
}

// infoAnswered goes on with the next of keys, whose first the peer has taken or not.
func (c *call) infoAnswered(res *sip.Response, err error, keys string) {
	switch {
	case err != nil:
		c.logger().Info("SIP digits not taken", "error", err, "left", len(keys))
	case !res.IsSuccess():
		c.logger().Info("SIP digits not taken", "status", res.StatusCode, "reason", res.Reason, "left", len(keys))
	default:
		c.sendInfo(keys[1:])
	}
}

// errBusy is of orders for which a call has no room.
var errBusy = errors.New("the call has too much to do")

var _ conference.Keypad = (*call)(nil)
