package control

import (
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// Choose takes the caller's proposals and returns what the called one puts into
// fastStart: one channel per session and direction; nil: fast connect is
// refused.
func (m *Machine) Choose(proposals []*h245.OpenLogicalChannel, now time.Time) ([]*h245.OpenLogicalChannel, error) {
	if m.ended {
		return nil, errEnded
	}
	type slot struct {
		direction media.Direction
		session   media.Session
	}
	taken := map[slot]bool{}
	audio := false
	var answer []*h245.OpenLogicalChannel
	// What we receive comes first, so that what we send can be like it.
	for _, direction := range []media.Direction{media.Send, media.Receive} {
		for _, o := range m.ordered(proposals, direction) {
			_, p, _ := fastParameters(o)
			c, ok := media.ParseChannel(offeredType(o), p)
			c = settled(c)
			s := slot{direction, media.Session(p.SessionID)}
			if !ok || !m.admits(&c) || c.Role != media.RoleMain || s.session != (sessionKey{kind: c.Kind}).primarySession() || taken[s] {
				continue
			}
			var a *h245.OpenLogicalChannel
			if direction == media.Send {
				a = m.chooseReceive(o, c, p)
			} else {
				a = m.chooseSend(o, c, p)
			}
			if a != nil {
				taken[s] = true
				audio = audio || c.Kind == media.KindAudio
				answer = append(answer, a)
			}
		}
	}
	if len(answer) == 0 || !audio && proposesAudio(proposals) {
		m.dropFast()
		return nil, nil
	}
	m.openFast(now)
	return answer, nil
}

// ordered returns the proposals of one direction, the caller's best first; for
// what we send, those like what we receive before.
func (m *Machine) ordered(proposals []*h245.OpenLogicalChannel, direction media.Direction) []*h245.OpenLogicalChannel {
	var list []*h245.OpenLogicalChannel
	for _, o := range proposals[:min(len(proposals), maxProposals)] {
		if d, _, ok := fastParameters(o); ok && d == direction {
			list = append(list, o)
		}
	}
	if m.secret != nil && m.cfg.Encryption != EncryptionOff {
		slices.SortStableFunc(list, func(a, b *h245.OpenLogicalChannel) int {
			return preference(offeredType(b).H235Media != nil) - preference(offeredType(a).H235Media != nil)
		})
	}
	if direction == media.Receive {
		slices.SortStableFunc(list, func(a, b *h245.OpenLogicalChannel) int {
			return preference(m.likeReceived(b)) - preference(m.likeReceived(a))
		})
	}
	return list
}

func (m *Machine) likeReceived(o *h245.OpenLogicalChannel) bool {
	c, ok := media.ParseDataType(offeredType(o))
	return ok && slices.ContainsFunc(m.in, func(i *incoming) bool {
		return i.Kind == c.Kind && i.SymmetricWith(c)
	})
}

func proposesAudio(proposals []*h245.OpenLogicalChannel) bool {
	return slices.ContainsFunc(proposals, func(o *h245.OpenLogicalChannel) bool { return offeredType(o).AudioData != nil })
}

// chooseReceive accepts a channel of the caller's to us; nil: it is not taken.
func (m *Machine) chooseReceive(o *h245.OpenLogicalChannel, c media.Capability, p *h245.H2250LogicalChannelParameters) *h245.OpenLogicalChannel {
	i := &incoming{limit: -1, state: channelOpening, Channel: media.Channel{
		Number: o.ForwardLogicalChannelNumber, Direction: media.Receive, Session: media.Session(p.SessionID),
		Capability: c, Offered: o,
	}}
	if !m.receives(c) || m.incoming(i.Number) != nil || m.has(media.Receive, c.Kind) {
		return nil
	}
	if !m.handFast(&i.Channel, &i.sync) {
		return nil
	}
	i.Remote.RTCP = address(p.MediaControlChannel)
	local, err := m.cfg.Local(&i.Channel)
	if err != nil {
		return nil
	}
	i.Local = local
	m.sessions[sessionKey{i.Kind, i.Role}] = i.Session
	m.in = append(m.in, i)
	a := *p
	answerParameters(&a, local)
	a.MediaChannel = transport(local.RTP)
	return &h245.OpenLogicalChannel{
		ForwardLogicalChannelNumber: i.Number,
		EncryptionSync:              i.sync,
		ForwardLogicalChannelParameters: h245.ForwardLogicalChannelParameters{
			DataType:            o.ForwardLogicalChannelParameters.DataType,
			MultiplexParameters: h245.ForwardMultiplexParameters{H2250LogicalChannelParameters: &a},
		},
	}
}

// chooseSend accepts a channel from us to the caller, under a number of ours.
func (m *Machine) chooseSend(o *h245.OpenLogicalChannel, c media.Capability, p *h245.H2250LogicalChannelParameters) *h245.OpenLogicalChannel {
	theirs := &media.Set{Capabilities: []media.Capability{c}}
	if c.Algorithm != "" {
		theirs.Encryption = []string{c.Algorithm}
	}
	list := media.Common(m.sendable(), theirs, c.Kind, c.Role)
	rtp := address(p.MediaChannel)
	if len(list) == 0 || !rtp.IsValid() || m.has(media.Send, c.Kind) {
		return nil
	}
	s := &outgoing{state: channelOpening, Channel: media.Channel{
		Number: m.nextNumber(), Direction: media.Send, Session: media.Session(p.SessionID),
		Capability: list[0], Offered: o,
		Remote: media.Addresses{RTP: rtp, RTCP: control(p.MediaControlChannel, rtp)},
	}}
	s.PayloadType, s.Algorithm, s.EncryptedOnly = c.PayloadType, c.Algorithm, c.EncryptedOnly
	var sync *h245.EncryptionSync
	if !m.handFast(&s.Channel, &sync) {
		return nil
	}
	local, err := m.cfg.Local(&s.Channel)
	if err != nil {
		return nil
	}
	s.Local = local
	m.sessions[sessionKey{s.Kind, s.Role}] = s.Session
	m.out = append(m.out, s)
	a := *p
	answerParameters(&a, local)
	a.MediaChannel = nil
	return &h245.OpenLogicalChannel{
		ForwardLogicalChannelNumber:     s.Number,
		EncryptionSync:                  sync,
		ForwardLogicalChannelParameters: o.ForwardLogicalChannelParameters,
		ReverseLogicalChannelParameters: &h245.ReverseLogicalChannelParameters{
			DataType:            o.ReverseLogicalChannelParameters.DataType,
			MultiplexParameters: &h245.ReverseMultiplexParameters{H2250LogicalChannelParameters: &a},
		},
	}
}

// handFast makes the key of a channel that is chosen, which is the called one's
// to do: there is no master yet. False: it cannot be encrypted as wanted.
func (m *Machine) handFast(c *media.Channel, sync **h245.EncryptionSync) bool {
	if c.Algorithm == "" {
		return true
	}
	if c.PayloadType < 96 {
		return false
	}
	var err error
	*sync, err = m.hand(c)
	return err == nil
}

// answerParameters turns the caller's into ours. What some stacks cannot read
// in a fastStart is left out.
func answerParameters(p *h245.H2250LogicalChannelParameters, local media.Addresses) {
	p.NonStandard, p.TransportCapability, p.Extension = nil, nil, nil
	p.MediaControlChannel = transport(local.RTCP)
}

// dropFast undoes a choice that came to nothing.
func (m *Machine) dropFast() {
	m.in = slices.DeleteFunc(m.in, func(i *incoming) bool { return i.state == channelOpening && i.reverse == 0 })
	m.out = slices.DeleteFunc(m.out, func(o *outgoing) bool { return o.state == channelOpening && !o.timer.running })
}
