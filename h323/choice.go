package h323

import (
	"reflect"

	"parley/h323/h225"
	"parley/h323/internal/signalling"
)

// choose answers an MCU that has several conferences and asks which it is to be
// (conferenceListChoice, H.323 clause 8.4.3): the one that was dialled, or else the
// first. The call is made anew, to join it.
func (c *Call) choose(list []h225.ConferenceList) {
	chosen := -1
	for i := range list {
		if list[i].ConferenceID == nil && list[i].ConferenceAlias == nil {
			continue
		}
		if chosen < 0 {
			chosen = i
		}
		if a := list[i].ConferenceAlias; a != nil && c.dials(a) {
			chosen = i
			break
		}
	}
	if chosen < 0 {
		return
	}
	to := signalling.Forwarded{Conference: list[chosen].ConferenceID}
	if a := list[chosen].ConferenceAlias; a != nil {
		to.To = []h225.AliasAddress{*a}
	}
	if !c.routed && c.traversal != sideServer {
		to.Addr = c.connection.stream.remote // it is that MCU's name for it
	}
	c.target.Goal = GoalJoin
	c.update(func(i *Info) { i.Invitation.Goal = GoalJoin })
	c.forwarded(to)
}

// dials reports whether an alias is among those that were dialled.
func (c *Call) dials(a *h225.AliasAddress) bool {
	for i := range c.info.Invitation.Called {
		if reflect.DeepEqual(c.info.Invitation.Called[i], *a) {
			return true
		}
	}
	return false
}
