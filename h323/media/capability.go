package media

import (
	"parley/codecs"
	"parley/h323/h245"
)

// Role is what a video channel shows (H.239).
type Role uint8

// The roles. Main is the first video, which needs no role.
const (
	RoleMain         Role = iota
	RolePresentation      // slides; the sender needs the token
	RoleLive              // a second camera
)

// Kind is the sort of a channel.
type Kind uint8

// The kinds.
const (
	KindAudio Kind = iota + 1
	KindVideo
	KindData  // H.224: far-end camera control (H.281)
	KindEvent // telephone-event as a capability (RFC 2833), never a channel
)

// Capability is one entry of a capability table: what can be received, or a
// channel's data type.
type Capability struct {
	Kind Kind
	// Format as SDP would say it: {"PCMU", 8000, 1}, {"H264", 90000, 0,
	// "packetization-mode=1;profile-level-id=42801f"}, {"H263", 90000, 0,
	// "CIF=1;QCIF=1"}, {"telephone-event", 8000, 1, "0-15"}. The zero Format
	// where parley knows no name for it; Raw then still tells.
	Format codecs.Format
	// Frames of audio a packet has at most: milliseconds for G.711 and G.722,
	// frames of the codec for others (H.245 clause B.2.2.6).
	Frames int
	// MaxBitRate in bit/s; 0: not said (audio).
	MaxBitRate int
	Role       Role
	// PayloadType that the capability names for telephone-event, or that a
	// channel's packets have; dynamic ones are told per channel.
	PayloadType uint8
	// Raw is the capability as received; nil for own ones.
	Raw *h245.Capability
}

// Set is a terminal capability set: what its sender can receive, best first,
// and what else it says of itself.
type Set struct {
	Capabilities []Capability
	// Alternatives are the simultaneous capabilities: of each inner list one
	// at a time; empty: everything together. Indices into Capabilities.
	Simultaneous [][][]int
	// UserInput that the peer takes.
	Signal, Alphanumeric, TelephoneEvent bool
	TelephoneEventPayloadType            uint8
	// H239 tells that the peer speaks H.239 (control capability).
	H239 bool
	// Encryption: H.235.6 algorithms offered, by OID.
	Encryption []string
	// Raw is the set as received; nil for own ones.
	Raw *h245.TerminalCapabilitySet
}

// Empty reports whether the set takes no media at all: its sender pauses what
// it receives (H.323 clause 8.4.6).
func (s *Set) Empty() bool { panic("contract") }

// ParseSet reads a terminal capability set; entries that are not understood are
// kept by Raw alone.
func ParseSet(m *h245.TerminalCapabilitySet) (*Set, error) { panic("contract") }

// Message returns the set as H.245 has it, without sequence number. The zero
// Set gives the empty capability set.
func (s *Set) Message() (*h245.TerminalCapabilitySet, error) { panic("contract") }

// ParseDataType reads the data type of a logical channel. It returns false for
// what has no Format here.
func ParseDataType(d *h245.DataType) (Capability, bool) { panic("contract") }

// DataType returns the capability as the data type of a channel.
func (c Capability) DataType() (h245.DataType, error) { panic("contract") }

// Takes reports whether a channel of data type c may carry what offered asks
// for: same codec, and no more than c's size, rate, profile and level.
func (c Capability) Takes(offered Capability) bool { panic("contract") }

// Common returns what local can send of what remote receives, for one kind and
// role, in local's order: each already cut down to the smaller of both sides
// (size, rate, profile and level, frames per packet).
func Common(local, remote *Set, kind Kind, role Role) []Capability { panic("contract") }

// SymmetricWith reports whether sending c while receiving d needs no transcoder
// in a terminal that has one codec (H.245 symmetricalCapabilities).
func (c Capability) SymmetricWith(d Capability) bool { panic("contract") }
