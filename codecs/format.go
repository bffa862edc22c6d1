package codecs

import (
	"fmt"
	"strings"
)

// Media is the kind of a Format: what its payload is played as.
type Media uint8

// The kinds of media. MediaEvent is RFC 4733 named events, which share an
// audio session's SSRC and clock but carry no sound.
const (
	MediaAudio Media = iota + 1
	MediaVideo
	MediaEvent
)

// String returns the SDP media type (RFC 8866 5.14).
func (m Media) String() string {
	switch m {
	case MediaAudio, MediaEvent:
		return "audio"
	case MediaVideo:
		return "video"
	}
	return "unknown"
}

// Format names one encoding with everything that decides whether two senders
// of it produce interchangeable payloads. It is comparable: listeners whose
// Formats are equal share one encode. The payload type number is not part of
// it; that belongs to a session (see Mapping).
type Format struct {
	// Name is the encoding name as registered with IANA, in the registry's
	// spelling: "PCMU", "PCMA", "G722", "L16", "opus", "H264", "VP8",
	// "telephone-event". Comparison on the wire is case-insensitive
	// (RFC 4855 section 3); use Canonical to bring a foreign spelling here.
	Name string
	// ClockRate is the RTP timestamp clock in Hz. For G722 it is 8000 although
	// the codec samples at 16 kHz (RFC 3551 4.5.2).
	ClockRate int
	// Channels is the number of audio channels, at least 1; 0 for video.
	Channels int
	// Fmtp is the a=fmtp parameter list in canonical form: keys in lower case,
	// sorted, joined as "k=v;k=v". Empty when there are none.
	Fmtp string
}

// Mapping binds a Format to the payload type that one session uses for it.
type Mapping struct {
	PayloadType uint8
	Format      Format
}

// Media tells what kind of payload the Format carries.
func (f Format) Media() Media {
	switch strings.ToLower(f.Name) {
	case "telephone-event":
		return MediaEvent
	case "":
		return 0
	}
	if f.Channels == 0 {
		return MediaVideo
	}
	return MediaAudio
}

// Is reports whether f is an encoding of the given name, in any case.
func (f Format) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// IsZero reports whether f names nothing.
func (f Format) IsZero() bool { return f.Name == "" }

// String returns the Format as an rtpmap value: "opus/48000/2", "H264/90000".
func (f Format) String() string {
	if f.IsZero() {
		return "none"
	}
	if f.Channels > 1 {
		return fmt.Sprintf("%s/%d/%d", f.Name, f.ClockRate, f.Channels)
	}
	return fmt.Sprintf("%s/%d", f.Name, f.ClockRate)
}
