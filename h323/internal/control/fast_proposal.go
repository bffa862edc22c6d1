package control

import (
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// proposal is one channel that we proposed.
type proposal struct {
	media.Channel
	message *h245.OpenLogicalChannel
}

// Propose returns what the caller puts into fastStart: for each common choice
// one channel in each direction, best first.
func (m *Machine) Propose() ([]*h245.OpenLogicalChannel, error) {
	if m.ended {
		return nil, errEnded
	}
	m.proposals = nil
	for _, k := range []media.Kind{media.KindAudio, media.KindVideo} {
		if err := m.propose(k); err != nil {
			return nil, err
		}
	}
	if len(m.proposals) == 0 {
		return nil, errNothingProposed
	}
	list := make([]*h245.OpenLogicalChannel, len(m.proposals))
	for i, p := range m.proposals {
		list[i] = p.message
	}
	return list, nil
}

// propose adds the alternatives of one session. All share its addresses. A
// medium that the owner has no place for is left out.
func (m *Machine) propose(k media.Kind) error {
	receive, send := m.offered(m.receive, k), m.offered(m.send, k)
	var in, out media.Addresses
	session := sessionKey{kind: k}.primarySession()
	for i := range max(len(receive), len(send)) {
		if i < len(receive) {
			p := &proposal{Channel: media.Channel{Number: 1, Direction: media.Receive, Session: session, Capability: receive[i]}}
			if err := m.local(&p.Channel, &in); err != nil {
				return nil //nolint:nilerr // the call goes without this medium
			}
			if err := m.proposeReceive(p); err != nil {
				return err
			}
		}
		if i < len(send) {
			p := &proposal{Channel: media.Channel{Number: m.nextNumber(), Direction: media.Send, Session: session, Capability: send[i]}}
			if err := m.local(&p.Channel, &out); err != nil {
				return nil //nolint:nilerr // the call goes without this medium
			}
			if err := m.proposeSend(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// local asks the owner once for a direction of a session.
func (m *Machine) local(c *media.Channel, known *media.Addresses) error {
	if !known.RTP.IsValid() && !known.RTCP.IsValid() {
		a, err := m.cfg.Local(c)
		if err != nil {
			return err
		}
		*known = a
	}
	c.Local = *known
	return nil
}

// offered returns the first video or audio of the set that a channel can have,
// at most maxOffered: each encrypted and in the clear, as policy wants it.
func (m *Machine) offered(s *media.Set, k media.Kind) []media.Capability {
	var ways []string
	for _, a := range m.algorithms() {
		ways = append(ways, string(a))
	}
	if m.cfg.Encryption != EncryptionRequire {
		ways = append(ways, "")
	}
	var list []media.Capability
	for _, c := range s.Capabilities {
		if c.Kind != k || c.Role != media.RoleMain {
			continue
		}
		for _, c.Algorithm = range ways {
			if _, err := c.DataType(); err == nil && len(list) < maxOffered {
				list = append(list, c)
			}
		}
	}
	return list
}

func (m *Machine) proposeSend(p *proposal) error {
	if p.Kind == media.KindAudio {
		// The peer's set is not known yet. chan_ooh323 takes no channel whose
		// packets may be longer than its own, of 20 ms.
		switch p.Format.Name {
		case "PCMU", "PCMA", "G722": // counted in milliseconds
			p.Frames = min(p.Frames, sentMilliseconds)
		default:
			p.Frames = 1
		}
	}
	p.PayloadType = m.payloadType(p.Capability)
	olc, err := m.openMessage(&p.Channel)
	if err != nil {
		return err
	}
	p.message, p.Offered = olc, olc
	m.proposals = append(m.proposals, p)
	return nil
}

// proposeReceive makes the channel to us: the forward half is empty. The called
// one gives it its number (H.323 clause 8.1.7.1).
func (m *Machine) proposeReceive(p *proposal) error {
	p.PayloadType = m.payloadType(p.Capability)
	data, err := p.DataType()
	if err != nil {
		return err
	}
	rtp := rtpParameters(&p.Channel)
	rtp.MediaChannel = transport(p.Local.RTP)
	p.message = &h245.OpenLogicalChannel{
		ForwardLogicalChannelNumber: p.Number,
		ForwardLogicalChannelParameters: h245.ForwardLogicalChannelParameters{
			DataType:            h245.DataType{NullData: null},
			MultiplexParameters: h245.ForwardMultiplexParameters{None: null},
		},
		ReverseLogicalChannelParameters: &h245.ReverseLogicalChannelParameters{
			DataType:            data,
			MultiplexParameters: &h245.ReverseMultiplexParameters{H2250LogicalChannelParameters: rtp},
		},
	}
	p.Offered = p.message
	m.proposals = append(m.proposals, p)
	return nil
}

// Chosen takes the called one's answer to Propose.
func (m *Machine) Chosen(answer []*h245.OpenLogicalChannel, now time.Time) error {
	if m.ended {
		return errEnded
	}
	for _, o := range answer[:min(len(answer), maxProposals)] {
		m.chosen(o)
	}
	m.proposals = nil
	if !m.openFast(now) {
		return errNothingChosen
	}
	return nil
}

// chosen takes one element of the answer. One per session and direction counts.
func (m *Machine) chosen(o *h245.OpenLogicalChannel) {
	direction, p, ok := fastParameters(o)
	if !ok {
		return
	}
	c, ok := media.ParseChannel(offeredType(o), p)
	if !ok {
		return
	}
	at := slices.IndexFunc(m.proposals, func(x *proposal) bool {
		// Seen from us as who proposed, the directions are ours too.
		return x.Direction == direction && x.Session == media.Session(p.SessionID) && x.Format.Name == c.Format.Name &&
			x.Format.ClockRate == c.Format.ClockRate && x.Algorithm == c.Algorithm
	})
	if at < 0 || m.has(direction, c.Kind) {
		return
	}
	ch := m.proposals[at].Channel
	if ch.Algorithm != "" && !m.take(&ch, o.EncryptionSync) {
		return
	}
	m.proposals = slices.DeleteFunc(m.proposals, func(x *proposal) bool {
		return x.Direction == direction && x.Session == ch.Session
	})
	m.sessions[sessionKey{ch.Kind, ch.Role}] = ch.Session
	rtp := address(p.MediaChannel)
	if p.DynamicRTPPayloadType != nil && ch.PayloadType >= 96 {
		ch.PayloadType = *p.DynamicRTPPayloadType
	}
	if direction == media.Receive {
		ch.Number, ch.Offered = o.ForwardLogicalChannelNumber, o
		ch.Remote.RTCP = address(p.MediaControlChannel)
		m.in = append(m.in, &incoming{limit: -1, state: channelOpening, Channel: ch})
		return
	}
	if !rtp.IsValid() {
		return
	}
	ch.Remote = media.Addresses{RTP: rtp, RTCP: control(p.MediaControlChannel, rtp)}
	m.out = append(m.out, &outgoing{state: channelOpening, Channel: ch})
}

// Refused tells that the called one did not take the proposals.
func (m *Machine) Refused() { m.proposals = nil }
