package signalling

import (
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
)

// Refuse returns what answers a message for which there is no call, and shall
// be none: RELEASE COMPLETE, before it where to call instead. fromDestination is
// the message's.
func Refuse(cfg Config, fromDestination bool, elsewhere []h225.AliasAddress, r Release) []*Message {
	m := &Machine{cfg: cfg, outgoing: fromDestination, state: q931.CallPresent, tunnel: declined}
	m.cfg.Tunnelling = false
	if len(elsewhere) > 0 {
		m.facility(h225.FacilityUUIE{
			AlternativeAliasAddress: elsewhere, Reason: h225.FacilityReason{CallForwarded: &per.Null{}},
		})
		r.Reason = &h225.ReleaseCompleteReason{FacilityCallDeflection: &per.Null{}}
	}
	m.Release(r)
	var all []*Message
	for _, o := range m.Take() {
		if t, ok := o.(Transmit); ok {
			all = append(all, t.Message)
		}
	}
	return all
}

// Clip bounds foreign text and takes away what is no text.
func Clip(s string) string { return clip(s) }
