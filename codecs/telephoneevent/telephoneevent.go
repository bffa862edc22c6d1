// Package telephoneevent is the RTP payload for DTMF digits (RFC 4733): reading
// and writing it, a Receiver that makes one digit of an event's many packets,
// and a Sender that does the reverse.
package telephoneevent

import "parley/codecs"

// Codec returns the Codec of telephone-event. It neither encodes nor decodes
// sound; it is offered beside audio at both clock rates of the built-in codecs,
// since an event shares its audio's clock (RFC 4733 2.1).
func Codec() codecs.Codec {
	return codecs.Codec{
		Formats: []codecs.Format{
			{Name: "telephone-event", ClockRate: 48000, Channels: 1, Fmtp: "0-15"},
			{Name: "telephone-event", ClockRate: 8000, Channels: 1, Fmtp: "0-15"},
		},
		Accept: accept,
	}
}

func accept(f codecs.Format) bool {
	return f.Is("telephone-event") && f.Channels <= 1 &&
		f.ClockRate >= minClockRate && f.ClockRate <= maxClockRate
}
