// Package media describes the media of an H.323 call in terms of
// codecs.Format: what an endpoint can receive and send, and the logical
// channels through which it does. It maps them to the capabilities and data
// types of H.245 and back: H.245 clause B.2.2 for audio, video, data and user
// input, H.241 clause 8.3 for H.264, H.239 for a second video, H.235.6 for
// media under a cipher, H.224 for far-end camera control.
//
// # Names
//
// A Capability is an entry of a table of what is received (ParseSet, Common,
// Set.Message), or the type of a channel (ParseChannel, Capability.DataType
// and Describe). Its Format is spelled as SDP would:
//
//	g711Ulaw64k, g711Ulaw56k    PCMU/8000
//	g711Alaw64k, g711Alaw56k    PCMA/8000
//	g722-64k                    G722/8000
//	G.722.1, its Annex C        G7221/16000, G7221/32000;bitrate=...
//	g7231, g728, g729...        G723, G728, G729;annexb=no
//	gsmFullRate...              GSM, GSM-HR-08, GSM-EFR
//	AMR, G.722.2, iLBC          AMR, AMR-WB, iLBC: read only
//	h261VideoCapability         H261;cif=1;qcif=1
//	h263VideoCapability         H263 (RFC 2190); H263-1998 or H263-2000 (RFC
//	                            4629) with h263Options, where the receiver has
//	                            that payload format
//	H.264 (H.241)               H264;packetization-mode=1;profile-level-id=...
//	                            with max-mbps, max-fs and so on
//	H.224 (H.323 Annex Q)       H224/4800
//	h224 hdlcFrameTunnelling    H224/4800;framing=hdlc
//
// Two that SDP has are missing here. Opus has no identifier in H.245 or its
// companions, and what single makers put into nonStandard is not guessed at.
// Comfort noise (RFC 3389, payload type 13) is read where its generic
// capability is there, but never announced: a sender may use payload type 13
// beside G.711 without.
//
// # Sizes, levels
//
// A picture format that is not named is decoded all the same if a larger one
// is. A decoder of H.264 is its limits, not its level: H.241's custom values
// and SDP's max-mbps and max-fs count as the level that has them.
package media
