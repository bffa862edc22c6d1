package gatekeeper

import (
	"net/netip"
	"time"

	"parley/h323/h225"
)

// unasked tells whether an endpoint may call without asking. One behind a firewall
// has to hear who carries its calls.
func (z *zone) unasked(e *endpoint) bool {
	return !e.traverses && (z.cfg.PreGranted == PreGrantedAll || z.cfg.PreGranted == PreGrantedUsers && e.user != nil)
}

// preGranted tells an endpoint what it need not ask; nil: it asks. Whom strangers
// may call is asked about, unless their calls come through us.
func (z *zone) preGranted(e *endpoint) *h225.PreGrantedARQ {
	if !z.unasked(e) {
		return nil
	}
	answer := z.cfg.Routed || z.cfg.Unregistered != UnregisteredRefuse
	return &h225.PreGrantedARQ{
		MakeCall: true, UseGKCallSignalAddressToMakeCall: z.cfg.Routed,
		AnswerCall: answer, UseGKCallSignalAddressToAnswer: answer && z.cfg.Routed,
		IRRFrequencyInCall: z.reportEvery(),
	}
}

// unaskedFrom tells whether an endpoint on a host may call without asking.
func (z *zone) unaskedFrom(host netip.Addr) bool {
	if z.cfg.PreGranted == PreGrantedNone {
		return false
	}
	for _, e := range z.endpoints {
		if z.unasked(e) && e.sendsFrom(host) {
			return true
		}
	}
	return false
}

// reportEvery is for irrFrequency, in seconds; nil: no reports are asked for.
func (z *zone) reportEvery() *uint16 {
	if z.cfg.ReportEvery == 0 {
		return nil
	}
	every := uint16(z.cfg.ReportEvery / time.Second)
	return &every
}

// silence is how long nothing may be heard of a call.
func (z *zone) silence(c *call) time.Duration {
	if c.reported && z.cfg.ReportEvery > 0 {
		return 3*z.cfg.ReportEvery + grace
	}
	return callLife
}
