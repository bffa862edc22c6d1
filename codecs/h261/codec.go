// Package h261 knows the RTP payload format of H.261 (RFC 4587), as far as
// forwarding needs it: where pictures begin, how large they are, and which of
// them need no other. It decodes nothing.
package h261

import "parley/codecs"

// Codec returns H.261 in both its sizes, each up to 30 pictures a second. What
// is accepted goes further: it is forwarded, not decoded. Still images (D,
// H.261 annex D) are not asked for: they come as four pictures of a larger
// one, of which a receiver without annex D makes nothing.
func Codec() codecs.Codec {
	return codecs.Codec{
		Formats: []codecs.Format{{Name: "H261", ClockRate: 90000, Fmtp: "cif=1;qcif=1"}},
		Accept:  func(f codecs.Format) bool { return f.Is("H261") && f.ClockRate == 90000 },
		Inspect: Inspect,
	}
}

// Inspect tells what an RTP payload carries.
//
// H.261 has no picture coding type: a picture that needs no other is one whose
// macroblocks are all there and all INTRA. Keyframe is set where that holds
// for as much of the picture as its first packet has; the rest is in other
// packets. Some senders (ffmpeg) give the picture header a packet of its own:
// that is what a key frame is led by, as by parameter sets, and the key frame
// begins with GOB 1 in the packet behind it.
//
// Keyframe is set too at each picture of a stream that says of itself, by the
// I bit, that it has INTRA blocks only (RFC 4587 4.1): such senders (vic)
// repeat only what moved, and the remainder in the background, so that a
// receiver may begin anywhere and has all of the picture a little later.
//
// The "freeze picture release" of PTYPE is no sign of a key frame: encoders
// set it always, never, or after a request.
func Inspect(payload []byte) codecs.PayloadInfo {
	var h Header
	n, err := h.Unmarshal(payload)
	if err != nil {
		return codecs.PayloadInfo{}
	}
	if p, ok := newPicture(&h, payload[n:]); ok {
		alone := p.ended()
		return codecs.PayloadInfo{
			FrameStart:    true,
			Keyframe:      h.Intra || !alone && p.intra(),
			ParameterSets: alone && !h.Intra,
		}
	}
	g := newGroups(&h, payload[n:])
	return codecs.PayloadInfo{Keyframe: g.intra()}
}

// CIF reports whether the picture that begins in a payload is CIF, 352 by 288
// pixels; otherwise it is QCIF, 176 by 144. ok is false when none begins.
func CIF(payload []byte) (cif, ok bool) {
	var h Header
	n, err := h.Unmarshal(payload)
	if err != nil {
		return false, false
	}
	p, ok := newPicture(&h, payload[n:])
	return ok && p.cif, ok
}
