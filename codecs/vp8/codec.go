// Package vp8 knows the RTP payload format of VP8 (RFC 7741), as far as
// forwarding needs it: where pictures begin, which of them are key frames, and
// the payload descriptor, which is rewritten when a stream changes its source.
// It decodes nothing.
package vp8

import "parley/codecs"

// Codec returns VP8.
func Codec() codecs.Codec {
	return codecs.Codec{
		Formats: []codecs.Format{{Name: "VP8", ClockRate: 90000}},
		Accept:  func(f codecs.Format) bool { return f.Is("VP8") && f.ClockRate == 90000 },
		Inspect: Inspect,
	}
}

// Inspect tells what an RTP payload carries.
func Inspect(payload []byte) codecs.PayloadInfo {
	var d Descriptor
	n, err := d.Unmarshal(payload)
	if err != nil {
		return codecs.PayloadInfo{}
	}
	return d.Inspect(payload[n:])
}

// Inspect tells what a payload carries whose descriptor is d and whose rest,
// after the descriptor, is body.
func (d *Descriptor) Inspect(body []byte) codecs.PayloadInfo {
	start := d.Start && d.Partition == 0
	return codecs.PayloadInfo{
		FrameStart: start,
		// RFC 7741 4.3: the P bit is the inverse of the key frame flag.
		Keyframe:    start && len(body) > 0 && body[0]&0x01 == 0,
		Discardable: d.NonReference,
	}
}
