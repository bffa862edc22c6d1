package h460

import (
	"encoding/binary"
	"time"
)

// KeepAlive keeps the way of a channel's RTP open from the client's side
// (H.460.19): packets without payload to the server's keepAliveChannel. It is a
// machine: Next tells what to send. RTCP needs none, as reports are sent anyway.
type KeepAlive struct {
	// PayloadType is what the client announced as its keepAlivePayloadType.
	PayloadType uint8
	// SSRC is the client's, or one of its own, where it sends no media.
	SSRC uint32
	// Interval is what the server asked for.
	Interval time.Duration

	sequence uint16
	sent     int
	due      time.Time
}

const (
	// The first packets open the way, which media may already wait for: one
	// alone may be lost.
	openingPackets  = 3
	openingInterval = 100 * time.Millisecond
)

// Next appends the packet that is due at now, and tells when the next one will
// be. Where none is due yet, dst is returned as it is.
func (k *KeepAlive) Next(dst []byte, now time.Time) (packet []byte, next time.Time) {
	if now.Before(k.due) {
		return dst, k.due
	}
	k.sent++
	k.due = now.Add(max(k.Interval, minInterval))
	if k.sent < openingPackets {
		k.due = now.Add(openingInterval)
	}
	k.sequence++
	// RFC 3550 clause 5.1, with the marker as the peers have it, and a clock of
	// 8 kHz that nobody plays by.
	dst = append(dst, 0x80, 0x80|k.PayloadType)
	dst = binary.BigEndian.AppendUint16(dst, k.sequence)
	dst = binary.BigEndian.AppendUint32(dst, uint32(now.UnixMilli()*8))
	return binary.BigEndian.AppendUint32(dst, k.SSRC), k.due
}

// IsKeepAlive tells whether a packet of RTP is one: a header alone. What a
// client sends in its keepAlivePayloadType is one too.
func IsKeepAlive(packet []byte) bool { return len(packet) == 12 && packet[0] == 0x80 }
