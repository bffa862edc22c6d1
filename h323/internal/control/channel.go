package control

import (
	"slices"
	"time"

	"parley/h323/h245"
	"parley/h323/media"
)

// channelState is that of an LCSE (clause C.4) or B-LCSE (C.5). Released ones
// are not kept.
type channelState uint8

const (
	channelOpening channelState = iota // awaiting establishment, or confirmation
	channelOpen
	channelClosing // awaiting release
)

// sessionKey is what has an RTP session of its own.
type sessionKey struct {
	kind media.Kind
	role media.Role
}

// primarySession is that of the first audio, video and data (H.323 clause
// 6.2.8.2), 0 for others.
func (k sessionKey) primarySession() media.Session {
	if k.role != media.RoleMain {
		return 0
	}
	switch k.kind {
	case media.KindAudio:
		return media.SessionAudio
	case media.KindVideo:
		return media.SessionVideo
	case media.KindData:
		return media.SessionData
	}
	return 0
}

// session returns the session for a channel of ours: where the master has not
// told yet, a slave gets 0, which asks for it.
func (m *Machine) session(k sessionKey) media.Session {
	if s := m.sessions[k]; s != 0 {
		return s
	}
	if s := k.primarySession(); s != 0 {
		return s
	}
	if m.role != master {
		return 0
	}
	return m.assign(k)
}

// assign gives a session its number, as the master does.
func (m *Machine) assign(k sessionKey) media.Session {
	if s := m.sessions[k]; s != 0 {
		return s
	}
	s := k.primarySession()
	if s == 0 || m.sessionUsed(s, k) {
		for s = media.SessionData + 1; m.sessionUsed(s, k); s++ {
		}
	}
	m.sessions[k] = s
	return s
}

// sessionUsed reports whether something else has the session.
func (m *Machine) sessionUsed(s media.Session, except sessionKey) bool {
	for k, other := range m.sessions {
		if other == s && k != except {
			return true
		}
	}
	return false
}

// nextNumber returns a channel number that none of our channels has.
func (m *Machine) nextNumber() h245.LogicalChannelNumber {
	for {
		m.number++
		if m.number != 0 && m.outgoing(m.number) == nil &&
			!slices.ContainsFunc(m.in, func(i *incoming) bool { return i.reverse == m.number }) {
			return m.number
		}
	}
}

// outgoing finds a channel of ours.
func (m *Machine) outgoing(n h245.LogicalChannelNumber) *outgoing {
	for _, o := range m.out {
		if o.Number == n {
			return o
		}
	}
	return nil
}

// sending finds the channel in which the peer's message n is about what we
// send: one of ours, or the way back of a bidirectional one of its own.
func (m *Machine) sending(n h245.LogicalChannelNumber) *media.Channel {
	if o := m.outgoing(n); o != nil && o.state == channelOpen {
		return &o.Channel
	}
	for _, i := range m.in {
		if i.reverse == n && n != 0 && i.state == channelOpen {
			return &i.Channel
		}
	}
	return nil
}

// incoming finds a channel of the peer's.
func (m *Machine) incoming(n h245.LogicalChannelNumber) *incoming {
	for _, i := range m.in {
		if i.Number == n {
			return i
		}
	}
	return nil
}

// Close closes a channel of ours, or asks the peer to close its own.
func (m *Machine) Close(direction media.Direction, n h245.LogicalChannelNumber, now time.Time) {
	if m.ended {
		return
	}
	if direction&media.Send != 0 {
		if o := m.outgoing(n); o != nil {
			if o.want != nil {
				o.want.off = true
			}
			m.giveUp(o.want)
			m.release(o, now)
			m.update(now)
			return
		}
	}
	i := m.incoming(n)
	if i == nil || i.closing.running {
		return
	}
	i.closing.start(now, t108)
	m.request(h245.RequestMessage{RequestChannelClose: &h245.RequestChannelClose{
		ForwardLogicalChannelNumber: n,
		Reason:                      &h245.RequestChannelCloseReason{Normal: null},
	}})
}
