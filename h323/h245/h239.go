package h245

import "math"

// H239SubMessage is what a message of H.239 is about.
type H239SubMessage uint8

// The messages, and how they travel.
const (
	FlowControlReleaseRequest      H239SubMessage = 1 // genericRequest
	FlowControlReleaseResponse     H239SubMessage = 2 // genericResponse
	PresentationTokenRequest       H239SubMessage = 3 // genericRequest
	PresentationTokenResponse      H239SubMessage = 4 // genericResponse
	PresentationTokenRelease       H239SubMessage = 5 // genericCommand
	PresentationTokenIndicateOwner H239SubMessage = 6 // genericIndication
)

// The parameters' numbers.
const (
	h239RoleLabel        = 1
	h239BitRate          = 41
	h239ChannelID        = 42
	h239SymmetryBreaking = 43
	h239TerminalLabel    = 44
	h239Acknowledge      = 126
	h239Reject           = 127
)

// H239Message is one of H.239's: who may send the second video.
type H239Message struct {
	SubMessage H239SubMessage
	// BitRate is in 100 bit/s, of FlowControlReleaseRequest.
	BitRate uint16
	// ChannelID is the logical channel of the second video; 0 where it is not
	// open yet.
	ChannelID uint16
	// SymmetryBreaking is random, 1 to 127, in PresentationTokenRequest: the
	// higher wins where two ask at once; 0 for the one who has the token.
	SymmetryBreaking uint8
	// TerminalLabel is the MCU's number times 256, plus the terminal's; 0 in a
	// call of two.
	TerminalLabel uint16
	// Acknowledge tells of a response whether it grants; else it rejects.
	Acknowledge bool
}

// H239 reads a generic message as H.239's; false if it is another one.
func (m *GenericMessage) H239() (H239Message, bool) {
	if m == nil || m.MessageIdentifier.Standard != H239MessageOID || m.SubMessageIdentifier == nil {
		return H239Message{}, false
	}
	var rate, channel, symmetry, label uint32
	unsigned(m.MessageContent, map[uint8]*uint32{
		h239BitRate:          &rate,
		h239ChannelID:        &channel,
		h239SymmetryBreaking: &symmetry,
		h239TerminalLabel:    &label,
	})
	return H239Message{
		SubMessage:       H239SubMessage(*m.SubMessageIdentifier),
		BitRate:          uint16(min(rate, math.MaxUint16)),
		ChannelID:        uint16(min(channel, math.MaxUint16)),
		SymmetryBreaking: uint8(min(symmetry, math.MaxUint8)),
		TerminalLabel:    uint16(min(label, math.MaxUint16)),
		Acknowledge:      has(m.MessageContent, h239Acknowledge) && !has(m.MessageContent, h239Reject),
	}, true
}

// Generic returns the generic message, with the parameters that its kind has.
func (h H239Message) Generic() *GenericMessage {
	var list []GenericParameter
	switch h.SubMessage {
	case FlowControlReleaseResponse, PresentationTokenResponse:
		if h.Acknowledge {
			list = append(list, logical(h239Acknowledge))
		} else {
			list = append(list, logical(h239Reject))
		}
	}
	switch h.SubMessage {
	case FlowControlReleaseRequest:
		list = append(list, unsignedMin(h239ChannelID, h.ChannelID), unsignedMin(h239BitRate, h.BitRate))
	case FlowControlReleaseResponse:
		list = append(list, unsignedMin(h239ChannelID, h.ChannelID))
	default:
		list = append(list, unsignedMin(h239TerminalLabel, h.TerminalLabel), unsignedMin(h239ChannelID, h.ChannelID))
	}
	if h.SubMessage == PresentationTokenRequest {
		list = append(list, unsignedMin(h239SymmetryBreaking, uint16(h.SymmetryBreaking)))
	}
	sub := uint8(h.SubMessage)
	return &GenericMessage{
		MessageIdentifier:    CapabilityIdentifier{Standard: H239MessageOID},
		SubMessageIdentifier: &sub,
		MessageContent:       list,
	}
}

// H239Role is the set of roles of an extended video capability (H.239): what a stream of it may show.
type H239Role uint8

const (
	// H239Presentation is a stream that needs the token, such as slides.
	H239Presentation H239Role = 1
	// H239Live is a second camera.
	H239Live H239Role = 2
)

// H239 returns the role of an extended video capability, and false where it is
// not one of H.239.
func (v *ExtendedVideoCapability) H239() (H239Role, bool) {
	if v == nil {
		return 0, false
	}
	for i := range v.VideoCapabilityExtension {
		g := &v.VideoCapabilityExtension[i]
		if g.CapabilityIdentifier.Standard != H239ExtendedVideoOID {
			continue
		}
		var role uint32
		into := map[uint8]*uint32{h239RoleLabel: &role}
		unsigned(g.NonCollapsing, into)
		unsigned(g.Collapsing, into)
		return H239Role(role & math.MaxUint8), true
	}
	return 0, false
}

// NewH239Video makes the extended video capability of H.239 for streams of that
// role, coded as one of the capabilities.
func NewH239Video(role H239Role, video ...VideoCapability) *ExtendedVideoCapability {
	return &ExtendedVideoCapability{
		VideoCapability: video,
		VideoCapabilityExtension: []GenericCapability{{
			CapabilityIdentifier: CapabilityIdentifier{Standard: H239ExtendedVideoOID},
			// Collapsing as peers have it, but read from either list.
			Collapsing: []GenericParameter{booleanArray(h239RoleLabel, uint8(role))},
		}},
	}
}
