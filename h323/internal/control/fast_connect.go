package control

import (
	"errors"
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// Fast connect (H.323 clause 8.1.7). Its channels live on in the machine, so
// that H.245 can close them.

// Errors of fast connect.
var (
	errNothingProposed = errors.New("h245: nothing to propose in fast connect")
	errNothingChosen   = errors.New("h245: the answer to fast connect has none of the proposed channels")
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

// fastParameters returns the direction of an element of fastStart, seen from
// the one who made the proposal, with its RTP parameters; false: neither.
func fastParameters(o *h245.OpenLogicalChannel) (media.Direction, *h245.H2250LogicalChannelParameters, bool) {
	f := &o.ForwardLogicalChannelParameters
	r := o.ReverseLogicalChannelParameters
	if r != nil && f.DataType.NullData != nil {
		if r.MultiplexParameters == nil || r.MultiplexParameters.H2250LogicalChannelParameters == nil {
			return 0, nil, false
		}
		return media.Receive, r.MultiplexParameters.H2250LogicalChannelParameters, true
	}
	p := f.MultiplexParameters.H2250LogicalChannelParameters
	return media.Send, p, r == nil && p != nil
}

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

// has reports whether a first channel of that kind is there already: who does
// fast connect twice gets no second.
func (m *Machine) has(d media.Direction, k media.Kind) bool {
	if d == media.Receive {
		return slices.ContainsFunc(m.in, func(i *incoming) bool { return i.Kind == k && i.Role == media.RoleMain })
	}
	w := m.wanted(k, media.RoleMain)
	return w != nil && w.channel != nil || len(m.out) >= maxOutgoing ||
		slices.ContainsFunc(m.out, func(o *outgoing) bool { return o.Kind == k && o.state == channelOpening })
}

// answerParameters turns the caller's into ours. What some stacks cannot read
// in a fastStart is left out.
func answerParameters(p *h245.H2250LogicalChannelParameters, local media.Addresses) {
	p.NonStandard, p.TransportCapability, p.Extension = nil, nil, nil
	p.MediaControlChannel = transport(local.RTCP)
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

// openFast opens what fast connect has settled, and links it to what is wanted,
// so that it is not opened once more.
func (m *Machine) openFast(now time.Time) bool {
	opened := false
	for _, i := range m.in {
		if i.state == channelOpening && i.reverse == 0 {
			m.establish(i, now)
			opened = true
		}
	}
	for _, o := range m.out {
		if o.state != channelOpening || o.timer.running {
			continue
		}
		w := m.wanted(o.Kind, o.Role)
		if w == nil {
			w = &want{kind: o.Kind, role: o.Role}
			m.wants = append(m.wants, w)
		}
		o.want, w.channel, o.state = w, o, channelOpen
		m.emit(Opened{o.Channel})
		opened = true
	}
	return opened
}

// dropFast undoes a choice that came to nothing.
func (m *Machine) dropFast() {
	m.in = slices.DeleteFunc(m.in, func(i *incoming) bool { return i.state == channelOpening && i.reverse == 0 })
	m.out = slices.DeleteFunc(m.out, func(o *outgoing) bool { return o.state == channelOpening && !o.timer.running })
}

// Refused tells that the called one did not take the proposals.
func (m *Machine) Refused() { m.proposals = nil }
