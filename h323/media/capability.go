package media

import (
	"fmt"

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
// channel's data type. It is comparable.
type Capability struct {
	Kind Kind
	// Format as SDP would say it, in the canonical form of package codecs:
	// {"PCMU", 8000, 1}, {"H264", 90000, 0,
	// "packetization-mode=1;profile-level-id=42801f"}, {"H263", 90000, 0,
	// "cif=1;qcif=1"}, {"telephone-event", 8000, 1, "0-15"}. The zero Format
	// where parley knows no name for it; Raw then still tells.
	Format codecs.Format
	// Frames of audio a packet has at most: milliseconds for G.711 and G.722,
	// frames of the codec for others (H.245 clause B.2.2.6). 0: not said.
	Frames int
	// MaxBitRate in bit/s; 0: not said (audio).
	MaxBitRate int
	Role       Role
	// PayloadType is the static one of Format (RFC 3551), the one that a
	// telephone-event capability names, or the one that a channel was opened
	// with; 0 for dynamic ones that are not told yet.
	PayloadType uint8
	// Algorithm is the cipher of H.235.6 by its object identifier: a channel's,
	// or the first of those that a capability is offered with. "" is in the
	// clear. EncryptedOnly tells that a capability is not offered in the clear.
	Algorithm     string
	EncryptedOnly bool
	// Raw is the capability as received; nil for own ones.
	Raw *h245.Capability
}

// NewCapability returns the capability to receive f, a Format of any spelling,
// with what is usual for its codec; bitRate, in bit/s, bounds video and is not
// used for audio. It returns false where H.245 has no word for f, opus, VP8
// and L16 among others, and for comfort noise (RFC 3389), which is no channel: see
// Set.
func NewCapability(f codecs.Format, bitRate int) (Capability, bool) {
	f = f.Canonical()
	c := Capability{Format: f}
	switch {
	case f.IsZero():
		return Capability{}, false
	case f.Media() == codecs.MediaEvent:
		c.Kind, c.PayloadType = KindEvent, defaultEventPayloadType
	case f.Is(formatH224):
		c.Kind, c.MaxBitRate = KindData, h224BitRate
	case f.Media() == codecs.MediaAudio:
		c.Kind, c.Frames = KindAudio, defaultFrames(f)
	default:
		c.Kind, c.MaxBitRate = KindVideo, bitRate
		c.Format = completeVideo(f)
	}
	if pt, ok := StaticPayloadType(c.Format); ok {
		c.PayloadType = pt
	}
	_, err := c.entry()
	return c, err == nil
}

// String names the capability in logs: "video H264/90000 up to 1920000 bit/s".
func (c Capability) String() string {
	text := fmt.Sprintf("%v %v", c.Kind, c.Format)
	if c.Format.Fmtp != "" {
		text += " " + c.Format.Fmtp
	}
	if c.MaxBitRate != 0 {
		text += fmt.Sprintf(" up to %d bit/s", c.MaxBitRate)
	}
	if c.Role != RoleMain {
		text += " (" + c.Role.String() + ")"
	}
	return text
}

// StaticPayloadType returns the payload type that RFC 3551 gives to f, as far
// as H.245 has a word for f.
func StaticPayloadType(f codecs.Format) (uint8, bool) {
	switch f.Name {
	case formatPCMU:
		return 0, true
	case formatGSM:
		return 3, true
	case formatG723:
		return 4, true
	case formatPCMA:
		return 8, true
	case formatG722:
		return 9, true
	case formatG728:
		return 15, true
	case formatG729:
		return 18, true
	case formatH261:
		return 31, true
	case formatMPV:
		return 32, true
	case formatH263:
		return 34, true
	}
	return 0, false
}
