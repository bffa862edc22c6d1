package control

import (
	"errors"
	"slices"
	"time"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/media"
)

// Errors of Open.
var (
	errEnded    = errors.New("h245: the session is over")
	errTooMany  = errors.New("h245: too many channels")
	errNoMedium = errors.New("h245: not a medium that has channels")
)

// want is a channel that shall be open whenever it can be.
type want struct {
	kind media.Kind
	role media.Role
	// capability is what to open; zero: the best common one.
	capability media.Capability
	// mode is what the peer asked for (RequestMode); nil: nothing.
	mode *media.Capability
	// standing is one that comes back after a pause, not an order.
	standing bool
	off      bool // the owner closed it, and opens it again or not
	failed   bool // nothing is tried until things change
	attempts int
	refused  []codecs.Format
	channel  *outgoing // nil: none, or it is being closed
}

// Open opens a channel to the peer. With Capability zero the best common one. A
// presentation is opened when its token is there, and asks for it.
func (m *Machine) Open(kind media.Kind, role media.Role, c media.Capability, now time.Time) error {
	switch {
	case m.ended:
		return errEnded
	case kind != media.KindAudio && kind != media.KindVideo && kind != media.KindData:
		return errNoMedium
	}
	w := m.wanted(kind, role)
	if w == nil {
		if len(m.wants) >= maxOutgoing {
			return errTooMany
		}
		w = &want{kind: kind, role: role}
		m.wants = append(m.wants, w)
	}
	if w.channel != nil && c.Kind != 0 && w.channel.Format != c.Format {
		m.release(w.channel, now)
	}
	w.capability, w.off = c, false
	w.reset()
	if role == media.RolePresentation && m.presentation.holder != PresentationHere {
		m.RequestPresentation(now)
	}
	m.update(now)
	return nil
}

func (m *Machine) wanted(kind media.Kind, role media.Role) *want {
	for _, w := range m.wants {
		if w.kind == kind && w.role == role {
			return w
		}
	}
	return nil
}

// reset lets a want be tried again: something has changed.
func (w *want) reset() { w.failed, w.attempts, w.refused = false, 0, nil }

// giveUp ends a want, until capabilities change where it is a standing one.
func (m *Machine) giveUp(w *want) {
	switch {
	case w == nil:
	case w.standing:
		w.failed = true
	default:
		m.unwant(w)
	}
}

func (m *Machine) unwant(w *want) {
	m.wants = slices.DeleteFunc(m.wants, func(x *want) bool { return x == w })
}

// ready reports whether channels may be opened: capabilities are known to both
// sides, and the roles are.
func (m *Machine) ready() bool {
	return m.started && !m.ended && m.remote != nil && !m.remote.Empty() && m.set.accepted && m.role != indeterminate
}

// update opens what is wanted and can be.
func (m *Machine) update(now time.Time) {
	if m.started && !m.ended && m.remote != nil {
		m.flushInput() // who takes no media for now takes digits
	}
	if !m.ready() {
		return
	}
	m.askToken(now)
	for _, w := range slices.Clone(m.wants) {
		if w.channel != nil || w.off || w.failed || m.closingLike(w) {
			continue
		}
		if w.role == media.RolePresentation && m.presentation.holder != PresentationHere {
			continue
		}
		list := m.candidates(w)
		switch {
		case len(list) > 0 && w.attempts < maxAttempts && len(m.out) < maxOutgoing:
			m.open(w, list[0], now)
			if w.failed {
				m.giveUp(w)
			}
		case w.standing:
			w.failed = true
		default:
			m.emit(OpenRefused{
				media.Channel{Direction: media.Send, Capability: media.Capability{Kind: w.kind, Role: w.role}},
				h245.OpenLogicalChannelRejectCause{DataTypeNotSupported: null},
			})
			m.unwant(w)
		}
	}
}

// closingLike reports whether the channel before is still being closed: peers
// differ in what they make of two in one session.
func (m *Machine) closingLike(w *want) bool {
	return slices.ContainsFunc(m.out, func(o *outgoing) bool {
		return o.state == channelClosing && o.Kind == w.kind && o.Role == w.role
	})
}

// candidates returns what can be opened for w, best first: of what the peer asked
// for, where there is any.
func (m *Machine) candidates(w *want) []media.Capability {
	list := m.reachable(w)
	if w.mode != nil {
		if asked := within(list, *w.mode); len(asked) > 0 {
			return asked
		}
	}
	return list
}

// reachable returns what can be opened for w whatever the peer asked for.
func (m *Machine) reachable(w *want) []media.Capability {
	local := m.sendable()
	if w.capability.Kind != 0 {
		own := w.capability
		own.Kind, own.Role = w.kind, w.role
		own.EncryptedOnly = m.cfg.Encryption == EncryptionRequire
		local.Capabilities = []media.Capability{own}
	}
	list := media.Common(local, m.remote, w.kind, w.role)
	list = slices.DeleteFunc(list, func(c media.Capability) bool { return slices.Contains(w.refused, c.Format) })
	for i := range list {
		list[i].Kind, list[i].Role = w.kind, w.role
		if r := m.cfg.MaxBitRate; w.kind == media.KindVideo && r > 0 && (list[i].MaxBitRate == 0 || list[i].MaxBitRate > r) {
			list[i].MaxBitRate = r
		}
	}
	m.symmetric(list, w)
	return list
}

// symmetric brings to the front what the peer sends already: a slave follows
// the master in audio, and who was refused tries what terminals with one codec
// can do.
func (m *Machine) symmetric(list []media.Capability, w *want) {
	if len(w.refused) == 0 && (m.role != slave || w.kind != media.KindAudio) {
		return
	}
	for _, i := range m.in {
		if i.state != channelOpen || i.Kind != w.kind || i.Role != w.role {
			continue
		}
		slices.SortStableFunc(list, func(a, b media.Capability) int {
			return preference(b.SymmetricWith(i.Capability)) - preference(a.SymmetricWith(i.Capability))
		})
	}
}

func preference(b bool) int {
	if b {
		return 1
	}
	return 0
}

// keep closes the channels that are not possible any more. With best it closes
// those for which something better is, with exactly those whose size, rate or
// level is too much now: a channel of fast connect was agreed without a set, and
// stays when the first one says less.
func (m *Machine) keep(best, exactly bool, now time.Time) {
	for _, o := range slices.Clone(m.out) {
		if o.want == nil || o.state == channelClosing {
			continue
		}
		list := m.candidates(o.want)
		at := slices.IndexFunc(list, func(c media.Capability) bool {
			return c.Format.Name == o.Format.Name && c.Format.ClockRate == o.Format.ClockRate &&
				(!exactly || c.Takes(o.Capability) && (c.MaxBitRate == 0 || o.MaxBitRate <= c.MaxBitRate))
		})
		if at < 0 || best && at > 0 {
			m.release(o, now)
		}
	}
}
