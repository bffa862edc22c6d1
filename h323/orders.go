package h323

import (
	"net/netip"
	"time"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/internal/control"
	"parley/h323/media"
	"parley/h323/q931"
)

const connectionLost = q931.NetworkOutOfOrder

var noAddress netip.AddrPort

// SetOwner gives an incoming call its owner; it is called in Incoming, before
// anything else.
func (c *Call) SetOwner(o Owner) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owner = o
}

// SetCapabilities says what can be received and sent, first in Incoming or
// later; nil leaves it.
func (c *Call) SetCapabilities(receive, send *media.Set) {
	c.do(func() {
		c.capable = true
		if receive != nil {
			c.receives = receive
		}
		if send != nil {
			c.sends = send
		}
		if c.control == nil {
			return
		}
		now := time.Now()
		if receive != nil {
			c.control.SetCapabilities(receive, now)
		}
		if send != nil {
			c.control.SetSending(send, now)
		}
	})
}

// SetConference says which conference an incoming call is part of, before
// Answer, which tells it: an MCU has conferences of its own, whatever identifier
// the caller made up (H.323 clause 8.4.3).
func (c *Call) SetConference(id h225.ConferenceIdentifier) {
	c.answering(func() {
		c.conference = id
		c.signal.SetConference(id)
		c.update(func(i *Info) { i.Conference = id })
	})
}

// Proceed moves an incoming call on, as do Alert and Answer. Proposals of fast
// connect are answered at once where SetCapabilities was called.
func (c *Call) Proceed() {
	c.answering(func() {
		if c.capable {
			c.answerFast()
		}
		c.signal.Proceed()
	})
}

// Collect asks the caller of an incoming call for more digits, which come as
// Dialled. It is for an Invitation with Overlap.
func (c *Call) Collect() { c.answering(func() { c.signal.Collect(time.Now()) }) }

// Alert tells that the called user is alerted.
func (c *Call) Alert() {
	c.answering(func() {
		c.answerFast()
		c.answerServices()
		c.signal.Alert()
	})
}

// Progress tells of inband tones before an answer.
func (c *Call) Progress() {
	c.answering(func() {
		c.answerFast()
		c.signal.Progress()
	})
}

// Answer answers the call.
func (c *Call) Answer() {
	c.answering(func() {
		c.answerFast()
		if c.signal.State() != q931.Active {
			c.offerControl()
		}
		c.answerServices()
		c.signal.Answer()
	})
}

// answering has f run for an incoming call that is not over.
func (c *Call) answering(f func()) {
	c.do(func() {
		if c.incoming && c.signal != nil && !c.over && !c.releasing {
			f()
			c.controlEarly()
		}
	})
}

// Release ends the call, at any time; nil is normal clearing.
func (c *Call) Release(r *Refusal) { c.do(func() { c.release(r) }) }

// Forward sends the caller elsewhere: Facility callForwarded, or routeCallToMC
// where the call is up.
func (c *Call) Forward(to []h225.AliasAddress, addr netip.AddrPort) {
	c.do(func() {
		if c.signal != nil && c.incoming {
			c.signal.Forward(to, addr, c.signal.State() == q931.Active)
		}
	})
}

// Digits dials more digits, of overlap sending.
func (c *Call) Digits(text string) {
	c.do(func() {
		c.digits += text
		c.sendDigits()
	})
}

// SendUserInput sends digits within the call.
func (c *Call) SendUserInput(text string, duration time.Duration) {
	c.ordering(func(m *control.Machine) {
		if err := m.UserInput(text, duration); err != nil {
			c.log.Debug("h323: digits not sent", "error", err)
		}
	})
}

// RequestKeyframe asks for a key frame in a Receive channel.
func (c *Call) RequestKeyframe(n h245.LogicalChannelNumber) {
	c.ordering(func(m *control.Machine) { m.FastUpdate(n) })
}

// LimitRate bounds what the peer sends in a Receive channel, bit/s; -1: lifts it.
func (c *Call) LimitRate(n h245.LogicalChannelNumber, bitRate int) {
	c.ordering(func(m *control.Machine) { m.LimitRate(n, bitRate) })
}

// OpenChannel opens a channel beside those that open by themselves.
func (c *Call) OpenChannel(k media.Kind, r media.Role, cp media.Capability) {
	c.ordering(func(m *control.Machine) {
		if err := m.Open(k, r, cp, time.Now()); err != nil {
			c.log.Debug("h323: channel not opened", "error", err)
		}
	})
}

// CloseChannel closes a channel of ours or asks the peer to close its own.
func (c *Call) CloseChannel(d media.Direction, n h245.LogicalChannelNumber) {
	c.ordering(func(m *control.Machine) { m.Close(d, n, time.Now()) })
}

// RequestPresentation and ReleasePresentation are for the token of H.239.
func (c *Call) RequestPresentation() {
	c.ordering(func(m *control.Machine) { m.RequestPresentation(time.Now()) })
}

// ReleasePresentation gives the token back.
func (c *Call) ReleasePresentation() {
	c.ordering(func(m *control.Machine) { m.ReleasePresentation(time.Now()) })
}

// ForcePresentation gives the token to whom the owner wants, where that is for
// this side to say.
func (c *Call) ForcePresentation(h PresentationHolder) {
	c.ordering(func(m *control.Machine) { m.ForcePresentation(h) })
}

// SendControl sends a message of H.245 (H.243 and the like).
func (c *Call) SendControl(msg *h245.MultimediaSystemControlMessage) {
	c.ordering(func(m *control.Machine) { m.Transmit(msg) })
}

// ordering has f run on the H.245 of a call that is not over.
func (c *Call) ordering(f func(*control.Machine)) {
	c.do(func() {
		if !c.over && !c.releasing && (!c.incoming || c.invited) {
			f(c.machine())
		}
	})
}

// SendService sends an H.450 APDU of the owner's own in a Facility, or in the
// next message that goes anyway. Answers to its operations come as Service.
func (c *Call) SendService(apdu []byte) {
	c.do(func() {
		if c.signal != nil {
			c.signal.Service(apdu)
		}
	})
}
