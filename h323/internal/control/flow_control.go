package control

import (
	"math"

	"parley/h323/h245"
	"parley/h323/media"
)

// maxRate is the largest that FlowControlRestriction holds, in 100 bit/s.
const maxRate = 1<<24 - 1

// flowControlled takes FlowControlCommand.
func (m *Machine) flowControlled(f *h245.FlowControlCommand) {
	rate := -1
	if r := f.Restriction.MaximumBitRate; r != nil {
		rate = int(min(int64(*r)*100, math.MaxInt32))
	}
	switch s := f.Scope; {
	case s.LogicalChannelNumber != nil:
		if c := m.sending(*s.LogicalChannelNumber); c != nil {
			m.emit(FlowControl{*c, rate})
		}
	case s.WholeMultiplex != nil:
		m.emit(FlowControl{BitRate: rate})
	}
}

// LimitRate asks the peer to send at most bitRate in its channel; -1: no limit.
func (m *Machine) LimitRate(n h245.LogicalChannelNumber, bitRate int) {
	i := m.incoming(n)
	if bitRate = max(bitRate, -1); i == nil || i.state != channelOpen || i.limit == bitRate {
		return
	}
	i.limit = bitRate
	m.limit(n, i.limit)
}

func (m *Machine) limit(n h245.LogicalChannelNumber, bitRate int) {
	restriction := h245.FlowControlRestriction{NoRestriction: null}
	if bitRate >= 0 {
		r := uint32(min(bitRate/100, maxRate))
		restriction = h245.FlowControlRestriction{MaximumBitRate: &r}
	}
	m.command(h245.CommandMessage{FlowControlCommand: &h245.FlowControlCommand{
		Scope:       h245.ChannelScope{LogicalChannelNumber: &n},
		Restriction: restriction,
	}})
}

// answerRate takes a rate change of one of the peer's channels (clause C.13):
// more than was agreed is refused.
func (m *Machine) answerRate(r *h245.LogicalChannelRateRequest) {
	i := m.incoming(r.LogicalChannelNumber)
	if i == nil || i.Kind == media.KindVideo && i.MaxBitRate > 0 && int64(r.MaximumBitRate)*100 > int64(i.MaxBitRate) {
		m.response(h245.ResponseMessage{LogicalChannelRateReject: &h245.LogicalChannelRateReject{
			SequenceNumber:       r.SequenceNumber,
			LogicalChannelNumber: r.LogicalChannelNumber,
			RejectReason:         h245.LogicalChannelRateRejectReason{InsufficientResources: null},
		}})
		return
	}
	m.response(h245.ResponseMessage{LogicalChannelRateAcknowledge: &h245.LogicalChannelRateAcknowledge{
		SequenceNumber:       r.SequenceNumber,
		LogicalChannelNumber: r.LogicalChannelNumber,
		MaximumBitRate:       r.MaximumBitRate,
	}})
}
