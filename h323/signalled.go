package h323

import (
	"context"
	"log/slog"
	"time"

	"parley/h323/h245"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
)

func present() *per.Null { return &per.Null{} }

// hear notes that the peer lives.
func (c *Call) hear() { c.liveness.hear(time.Now()) }

// receive takes a message of call signalling. One from a connection that the
// call has left comes too late.
func (c *Call) receive(n *connection, m *signalling.Message, octets []byte) {
	if n != c.connection || c.signal == nil {
		return
	}
	c.pace.spend(1, time.Now())
	if c.guard != nil && m.Info != nil {
		if err := c.guard.Check(m.Info, octets, time.Now()); err != nil {
			c.disbelieve(m, err)
			return
		}
	}
	c.hear()
	c.liveness.answered(m.Type)
	c.signal.Receive(m, time.Now())
	if !c.incoming {
		c.answeredTraversal(c.signal.Features())
	}
}

// disbelieve says so in the log, loudly for the first message of the call alone:
// the peer chooses how many there are.
func (c *Call) disbelieve(m *signalling.Message, err error) {
	level := slog.LevelDebug
	if !c.disbelieved {
		c.disbelieved, level = true, slog.LevelWarn
	}
	c.log.Log(context.Background(), level, "h323: message not believed", "message", m.Type, "error", err)
}

// signalled does what the signalling machine wants, and tells what happened.
func (c *Call) signalled(o signalling.Output) {
	if c.incoming && !c.invited && concernsOwner(o) {
		if len(c.waiting) == maxWaiting {
			c.releaseImpatient()
			return
		}
		c.waiting = append(c.waiting, o)
		return
	}
	c.state() // who is told of an event finds it in Info
	switch o := o.(type) {
	case signalling.Transmit:
		c.connection.send(o.Message, c.guard)
	case signalling.Released:
		c.ended(o)
	case signalling.Tokens:
		c.acceptTokens(o.List)
	case signalling.FastStart:
		c.fastStart(o.Channels)
	case signalling.FastRefused:
		c.fastRefused()
	case signalling.Tunnelling:
		c.update(func(i *Info) { i.Tunnelling = o.On })
		c.tunnelDecided(o.On)
	case signalling.Control:
		c.receiveTunnelled(o.Messages)
	case signalling.ControlAddress:
		c.peerAddress(o.Addr, o.Now)
	case signalling.Services:
		c.receiveServices(o.APDUs)
	case signalling.Forwarded:
		c.forwarded(o)
	case signalling.Choice:
		c.choose(o.Conferences)
	default:
		c.told(o)
	}
	c.state()
}

// concernsOwner reports whether an output has to wait until an incoming call has
// an owner.
func concernsOwner(o signalling.Output) bool {
	switch o.(type) {
	case signalling.Transmit, signalling.Released, signalling.Tokens, signalling.FastStart, signalling.FastRefused,
		signalling.Tunnelling, signalling.Identified, signalling.ControlAddress, signalling.Services:
		return false
	}
	return true
}

// releaseImpatient ends a call that brings more than is kept for its owner.
func (c *Call) releaseImpatient() {
	c.release(&Refusal{Cause: q931.SwitchingCongestion, Text: "too many messages before an answer"})
}

// state keeps Info up to date.
func (c *Call) state() {
	s := q931.Null
	if c.signal != nil {
		s = c.signal.State()
	}
	c.update(func(i *Info) { i.State = s })
}

// told passes on what the owner alone acts on.
func (c *Call) told(o signalling.Output) {
	switch o := o.(type) {
	case signalling.Proceeding:
		c.event(Proceeding{})
		c.controlEarly()
	case signalling.Alerting:
		c.event(Alerting{})
		c.controlEarly()
	case signalling.Progressing:
		c.event(Progressing{o.Inband})
	case signalling.Connected:
		c.connected()
	case signalling.MoreDigits:
		c.event(MoreDigits{})
		c.sendDigits()
	case signalling.Dialled:
		c.digits += o.Digits
		c.event(Dialled{c.digits, o.Complete})
	case signalling.Keypad:
		c.event(UserInput{Text: o.Text})
	case signalling.Notified:
		c.event(Notified{o.Display})
	case signalling.Identified:
		p := c.signal.Peer()
		c.update(func(i *Info) { i.RemoteName, i.Vendor, i.Version = p.Name, p.Vendor, p.Version })
	}
}

// connected is the answer, of either side.
func (c *Call) connected() {
	c.endpoint.answered.Add(1)
	c.log.Info("h323: connected", "remote", c.connection.stream.remote)
	c.liveness.connected(time.Now())
	if c.mustEncrypt() {
		c.release(noEncryption())
		return
	}
	c.event(Connected{})
	c.controlConnected()
}

// ended is the end of the call's signalling. What H.245 has still to say goes
// out where it can.
func (c *Call) ended(o signalling.Released) {
	c.endControl()
	c.link.finish()
	c.disengage(o.Release)
	if c.connection != nil {
		c.connection.detach(c.key, o.Local)
	}
	c.over = true
	c.state()
	c.log.Info("h323: released", "local", o.Local, "cause", o.Cause, "text", o.Text)
	if !c.liveness.up {
		c.endpoint.failed.Add(1)
	}
	c.serve(c.services.entity.End())
	c.event(Released{Refusal: newRefusal(o.Release), Local: o.Local && !c.byPeer})
}

// lost tells that the connection is gone.
func (c *Call) lost(n *connection) {
	if n != c.connection || c.signal == nil {
		return
	}
	c.signal.Lost(signalling.Release{Cause: connectionLost, Text: "the connection was lost"})
}

// release ends the call; all its H.245 goes with, or before, the last message.
func (c *Call) release(r *Refusal) {
	if c.releasing || c.over {
		return
	}
	c.releasing = true
	if r == nil {
		r = &Refusal{Text: "ended here"}
	}
	if c.signal == nil { // nobody was called yet
		c.ended(signalling.Released{Release: r.signalling(), Local: true})
		return
	}
	if len(r.Alternative) > 0 {
		c.signal.Forward(r.Alternative, noAddress, false)
	}
	c.endControl()
	c.answerServices()
	c.signal.Release(r.signalling())
}

// fastStart takes proposals, or the answer to ours.
func (c *Call) fastStart(channels [][]byte) {
	if c.incoming {
		c.proposals = channels
		return
	}
	now := time.Now()
	if err := c.machine().Chosen(openRequests(channels), now); err != nil {
		c.log.Warn("h323: unusable answer to fast connect", "error", err)
		c.machine().Refused()
		return
	}
	c.update(func(i *Info) { i.FastStart = true })
}

func (c *Call) fastRefused() {
	if c.incoming {
		c.proposals = nil
		return
	}
	c.machine().Refused()
}

// answerFast answers the caller's proposals, once.
func (c *Call) answerFast() {
	if c.proposals == nil {
		return
	}
	proposals := openRequests(c.proposals)
	c.proposals = nil
	if c.modes.NoFastStart {
		c.signal.RefuseFast()
		return
	}
	answer, err := c.machine().Choose(proposals, time.Now())
	var octets [][]byte
	if err == nil {
		octets, err = marshalRequests(answer)
	}
	if err != nil {
		c.log.Debug("h323: fast connect refused", "error", err)
	}
	if err != nil || len(octets) == 0 {
		c.signal.RefuseFast()
		return
	}
	c.signal.AnswerFast(octets)
	// The owner knows the channels before the caller does, and misses nothing.
	c.takeControl()
	c.update(func(i *Info) { i.FastStart = true })
}

// openRequests decodes fastStart. A proposal that cannot be read is one less.
func openRequests(octets [][]byte) []*h245.OpenLogicalChannel {
	var all []*h245.OpenLogicalChannel
	for _, o := range octets {
		if r, err := h245.UnmarshalOpenLogicalChannel(o); err == nil {
			all = append(all, r)
		}
	}
	return all
}

func marshalRequests(all []*h245.OpenLogicalChannel) ([][]byte, error) {
	var octets [][]byte
	for _, r := range all {
		o, err := r.Marshal()
		if err != nil {
			return nil, err
		}
		octets = append(octets, o)
	}
	return octets, nil
}
