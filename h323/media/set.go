package media

import "parley/h323/h245"

// Set is a terminal capability set: what its sender can receive, best first,
// and what else it says of itself.
type Set struct {
	Capabilities []Capability
	// Simultaneous are the modes of operation (H.245 clause B.1), best first: in
	// each, of each inner list one at a time, all lists at once. They are
	// indices into Capabilities. Empty: one audio, one video of each role and
	// one data at once.
	Simultaneous [][][]int
	// UserInput that the peer takes.
	Signal, Alphanumeric, TelephoneEvent bool
	TelephoneEventPayloadType            uint8
	// H239 tells that the peer speaks H.239 (control capability).
	H239 bool
	// ComfortNoise tells that packets of RFC 3389 are taken in channels of sound
	// (H.245 Annex N), by their static payload type 13.
	ComfortNoise bool
	// Encryption: H.235.6 algorithms offered, by OID, best first. In an own set
	// they go with every audio, video and data capability.
	Encryption []string
	// Raw is the set as received; nil for own ones.
	Raw *h245.TerminalCapabilitySet
}

// Empty reports whether the set takes no media at all: its sender pauses what
// it receives (H.323 clause 8.4.6).
func (s *Set) Empty() bool {
	for i := range s.Capabilities {
		if s.Capabilities[i].Kind != KindEvent {
			return false
		}
	}
	return true
}
