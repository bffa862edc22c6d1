package h245

import "parley/h323/per"

// ProtocolIdentifier is the version that a TerminalCapabilitySet announces, 13.
// Later versions differ from it by additions alone.
const ProtocolIdentifier per.OID = "0.0.8.245.0.13"

// The identifiers of generic capabilities and messages.
const (
	// Video, in VideoCapability.GenericVideoCapability.
	H264OID       per.OID = "0.0.8.241.0.0.1" // H.241 clause 8.3
	MPEG4VideoOID per.OID = "0.0.8.245.1.0.0" // Annex E

	// Sound, in AudioCapability.GenericAudioCapability.
	MPEG4AudioOID   per.OID = "0.0.8.245.1.1.0"  // Annex H
	AMROID          per.OID = "0.0.8.245.1.1.1"  // Annex I
	ComfortNoiseOID per.OID = "0.0.8.245.1.1.6"  // RFC 3389
	ILBCOID         per.OID = "0.0.8.245.1.1.11" // Annex S
	G7221OID        per.OID = "0.0.7.7221.1.0"   // G.722.1 Annex A
	G7221COID       per.OID = "0.0.7.7221.1.1.0" // G.722.1 Annex C
	G7222OID        per.OID = "0.0.7.7222.1.0"   // G.722.2 Annex F

	// Payload formats of H.264, in RTPPayloadDescriptor.OID (H.241).
	H264SingleNALOID      per.OID = "0.0.8.241.0.0.0.0" // H.241 Annex A
	H264NonInterleavedOID per.OID = "0.0.8.241.0.0.0.1" // RFC 6184, packetization mode 1
	H264InterleavedOID    per.OID = "0.0.8.241.0.0.0.2" // RFC 6184, packetization mode 2

	// Data, in DataApplication.GenericDataCapability.
	H224OID per.OID = "0.0.8.224.1.0" // H.224, carries far-end camera control

	// The second video (H.239): that one has it, its role, its messages.
	H239ControlOID       per.OID = "0.0.8.239.1.1"
	H239ExtendedVideoOID per.OID = "0.0.8.239.1.2"
	H239MessageOID       per.OID = "0.0.8.239.2"

	// Information within other messages.
	H46018OID per.OID = "0.0.8.460.18.0.1" // H.460.18
	H46019OID per.OID = "0.0.8.460.19.0.1" // H.460.19, traversal parameters
)

// IdentifierName tells what the identifier stands for in plain words, for
// traces, and false where it is not known.
func IdentifierName(oid per.OID) (string, bool) {
	switch oid {
	case H264OID:
		return "H.264", true
	case MPEG4VideoOID:
		return "MPEG-4 video", true
	case MPEG4AudioOID:
		return "MPEG-4 audio", true
	case AMROID:
		return "AMR", true
	case ComfortNoiseOID:
		return "comfort noise", true
	case ILBCOID:
		return "iLBC", true
	case G7221OID:
		return "G.722.1", true
	case G7221COID:
		return "G.722.1 Annex C", true
	case G7222OID:
		return "G.722.2", true
	case H264SingleNALOID:
		return "H.264, single NAL units", true
	case H264NonInterleavedOID:
		return "H.264, not interleaved", true
	case H264InterleavedOID:
		return "H.264, interleaved", true
	case H224OID:
		return "H.224", true
	case H239ControlOID:
		return "H.239 control", true
	case H239ExtendedVideoOID:
		return "H.239 extended video", true
	case H239MessageOID:
		return "H.239 message", true
	case H46018OID:
		return "H.460.18", true
	case H46019OID:
		return "H.460.19", true
	}
	return "", false
}
