// Package conference is the core: who is in a conference, who hears whom, who
// sees whom. It knows no protocol. A wire gives it a Participant and receives
// a Seat; sound is pulled from and pushed to the Participant's AudioPort by
// the mixer's tick, video packets are pushed through the Seat and come out of
// other Participants' VideoPorts.
package conference
