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
