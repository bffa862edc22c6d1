package bridge

import (
	"parley/h323/h245"
	"parley/h323/media"
)

// orders is signalling that notes what the peer is asked.
type orders struct {
	signalling
	limits []limitOrder
	opened []media.Capability
	sent   []*h245.MultimediaSystemControlMessage
}

type limitOrder struct {
	channel h245.LogicalChannelNumber
	bitRate int
}

func (o *orders) LimitRate(n h245.LogicalChannelNumber, bitRate int) {
	o.limits = append(o.limits, limitOrder{n, bitRate})
}

func (o *orders) OpenChannel(_ media.Kind, _ media.Role, cp media.Capability) {
	o.opened = append(o.opened, cp)
}
