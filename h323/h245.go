package h323

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"parley/h323/h245"
	"parley/h323/internal/control"
)

// machine returns the call's H.245, which is made when it is first needed: the
// owner's capabilities are known then.
func (c *Call) machine() *control.Machine {
	if c.control == nil {
		rate := c.target.MaxBitRate
		c.control = control.New(control.Config{
			TerminalType: c.endpoint.cfg.TerminalType, Random: rand.Uint32,
			Receive: c.receives, Send: c.sends, Local: c.local,
			Encryption: c.endpoint.cfg.Encryption, MaxBitRate: rate,
		})
		c.control.SetSecret(c.exchange.secret)
		c.control.SetSide(c.mediaSide(), c.multiplexes)
	}
	return c.control
}

// startControl begins H.245: there is a way for it, or will be.
func (c *Call) startControl() {
	if c.started || c.releasing || c.over {
		return
	}
	c.started = true
	c.liveness.control(time.Now())
	c.machine().Start(time.Now())
}

// tunnelDecided goes on where the caller waited to know.
func (c *Call) tunnelDecided(on bool) {
	if on || c.incoming {
		return
	}
	if c.started { // in parallel to SETUP, to a peer that did not read it
		c.parallel.repeat(c)
	}
	if c.link.peer.IsValid() {
		c.peerAddress(c.link.peer, false)
	}
}

// controlEarly begins H.245 before the answer where that is wanted.
func (c *Call) controlEarly() {
	if !c.modes.EarlyH245 || c.signal.FastPending() {
		return
	}
	switch on, known := c.signal.Tunnels(); {
	case on:
		c.startControl()
	case known && c.incoming:
		c.offerControl()
	}
}

// controlConnected begins H.245 at the latest.
func (c *Call) controlConnected() {
	if c.Info().Invitation.Goal == GoalService {
		return // such a call has no channels (H.225.0 clause 7.3.10)
	}
	c.parallel.check(c)
	on, _ := c.signal.Tunnels()
	switch {
	case on:
		c.startControl()
	case c.connection.secured():
		if !c.signal.FastStarted() {
			c.release(noTLS("the call is over TLS, and the peer does not tunnel H.245"))
		}
		return
	case c.incoming:
		// The address was told in CONNECT, or the caller's is known.
		if c.link.peer.IsValid() {
			c.dialLink()
		}
	case c.link.peer.IsValid():
		c.peerAddress(c.link.peer, false)
	case !c.link.active():
		// Nobody told an address: ours is told now, by startH245 (H.323 clause
		// 8.2.3), unless CONNECT itself brings one, which is read next.
		c.link.offer = true
	}
	if !c.signal.FastStarted() {
		c.link.await(time.Now().Add(controlTimeout))
	}
}

// receiveTunnelled takes H.245 that came in call signalling.
func (c *Call) receiveTunnelled(messages [][]byte) {
	// Who is asked answers, and asks himself.
	c.startControl()
	left := maxTogether
	for _, m := range messages {
		left = c.receiveSome(nil, m, left)
	}
	c.pace.spend(max(maxTogether-left-1, 0), time.Now()) // what carries them counts as one
}

// receiveOctets takes H.245; several messages may stand in one packet.
func (c *Call) receiveOctets(s *stream, octets []byte) {
	left := c.receiveSome(s, octets, maxTogether)
	c.pace.spend(maxTogether-left, time.Now())
}

// receiveSome takes no more than a number of messages, and returns what is left of
// that.
func (c *Call) receiveSome(s *stream, octets []byte, left int) int {
	tunnelled := s == nil
	if tunnelled && c.connection != nil {
		s = c.connection.stream
	}
	now := time.Now()
	for ; len(octets) > 0 && !c.over; left-- {
		if left == 0 {
			c.endpoint.malformed.Add(1)
			c.log.Debug("h323: too much H.245 in one packet")
			return 0
		}
		m, rest, err := h245.Unmarshal(octets)
		if err != nil {
			c.endpoint.malformed.Add(1)
			c.log.Debug("h323: unreadable H.245", "error", err)
			return left
		}
		c.endpoint.messages.Add(1)
		c.endpoint.traceControl(s, c.id, &unsent{octets[:len(octets)-len(rest)], m}, tunnelled, false)
		c.parallel.received(c, m)
		c.machine().Receive(m, now)
		octets = rest
	}
	return left
}

// transmit keeps a message until there is a way for it.
func (c *Call) transmit(m *h245.MultimediaSystemControlMessage) {
	octets, err := m.Marshal()
	if err != nil {
		c.log.Error("h323: message not sent", "message", m.Name(), "error", err)
		return
	}
	c.endpoint.messages.Add(1)
	if len(c.pending) < maxPendingControl {
		c.pending = append(c.pending, unsent{octets, m})
	}
}

// unsent is H.245 on its way out.
type unsent struct {
	octets  []byte
	message *h245.MultimediaSystemControlMessage
}

func octetsOf(all []unsent) [][]byte {
	var out [][]byte
	for _, u := range all {
		out = append(out, u.octets)
	}
	return out
}

// flushControl gives H.245 on its way. It reports whether there was any.
func (c *Call) flushControl() bool {
	if len(c.pending) == 0 || c.signal == nil {
		return false
	}
	on, _ := c.signal.Tunnels()
	switch {
	case c.link.stream != nil:
		for _, o := range c.pending {
			c.endpoint.traceControl(c.link.stream, c.id, &o, false, true)
			c.link.stream.send(o.octets)
		}
	case on:
		for _, o := range c.pending {
			c.endpoint.traceControl(c.connection.stream, c.id, &o, true, true)
			c.signal.Tunnel(o.octets)
		}
	default:
		return false
	}
	c.pending = nil
	return true
}

// endControl closes all channels and ends the session.
func (c *Call) endControl() {
	if c.control == nil {
		return
	}
	if c.started {
		c.control.End(time.Now())
	}
	c.takeControl()
	c.flushControl()
}

// takeControl does what H.245 wants, ahead of call signalling.
func (c *Call) takeControl() {
	for _, o := range c.control.Take() {
		c.controlled(o)
	}
}

// controlled does what H.245 wants, and tells what happened.
func (c *Call) controlled(o control.Output) {
	switch o := o.(type) {
	case control.Transmit:
		c.transmit(o.Message)
	case control.Failed:
		c.release(&Refusal{Cause: controlFailed, Text: o.Err.Error()})
	case control.SessionEnded:
		c.byPeer = true
		c.release(&Refusal{Text: "ended by the peer"})
	case control.RoundTrip:
		if o.Delay >= 0 {
			c.liveness.alive()
		}
	default:
		switch o.(type) {
		case control.Opened, control.Closed:
			if c.admission != nil {
				c.bandwidth.changed(time.Now())
			}
		}
		if e := eventOf(o); e != nil {
			if d, ok := e.(Determined); ok {
				c.update(func(i *Info) { i.Master = d.Master })
			}
			c.event(e)
		}
	}
}

// eventOf returns what an output of H.245 is to the owner.
func eventOf(o control.Output) Event {
	switch o := o.(type) {
	case control.Determined:
		return Determined{o.Master}
	case control.Capabilities:
		return Capabilities{o.Set}
	case control.Opened:
		return ChannelOpened{o.Channel}
	case control.Rekeyed:
		return ChannelRekeyed{o.Channel}
	case control.Closed:
		return ChannelClosed{o.Channel}
	case control.OpenRefused:
		return ChannelRefused{o.Channel, o.Cause}
	case control.UserInput:
		return UserInput{o.Text, o.Duration}
	case control.FastUpdate:
		return KeyframeRequested{o.Channel}
	case control.FlowControl:
		return FlowControlled{o.Channel, o.BitRate}
	case control.ModeSet:
		return ModeChanged{o.Modes}
	case control.Presentation:
		return Presentation{o.Holder}
	case control.Activity:
		return Activity{o.Channel, o.Active}
	case control.Other:
		return Control{o.Message}
	}
	return nil
}

// parallelControl is H.245 that went out in parallelH245Control of SETUP (H.323
// clause 8.2.4). A peer that does not know it leaves it unanswered, and gets it
// again.
type parallelControl struct {
	messages []unsent
}

// received looks at the first answer: who read ours, acknowledges it.
func (p *parallelControl) received(c *Call, m *h245.MultimediaSystemControlMessage) {
	if p.messages == nil {
		return
	}
	if r := m.Response; r != nil && (r.TerminalCapabilitySetAck != nil || r.TerminalCapabilitySetReject != nil ||
		r.MasterSlaveDeterminationAck != nil || r.MasterSlaveDeterminationReject != nil) {
		p.messages = nil
	}
}

// check sends again what nobody answered before the call was.
func (p *parallelControl) check(c *Call) {
	if p.messages != nil {
		p.repeat(c)
	}
}

func (p *parallelControl) repeat(c *Call) {
	c.pending = append(p.messages, c.pending...)
	p.messages = nil
}

// mayReach reports whether a connection, for H.245 or a forwarded call, may go to
// an address that the peer told: its own host, or one that a stranger cannot misuse us to
// reach.
func mayReach(a, peer netip.Addr) bool {
	a, peer = a.Unmap(), peer.Unmap()
	if a == peer {
		return true
	}
	return a.IsValid() && !a.IsLoopback() && !a.IsUnspecified() && !a.IsMulticast() &&
		!a.IsLinkLocalUnicast() && !a.IsInterfaceLocalMulticast()
}
