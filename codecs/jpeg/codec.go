// Package jpeg knows the RTP payload format of JPEG pictures (RFC 2435), as far
// as forwarding needs it. It decodes nothing.
package jpeg

import (
	"encoding/binary"

	"parley/codecs"
)

// Codec returns JPEG. It is not offered in calls, which have better; groups have
// it.
func Codec() codecs.Codec {
	return codecs.Codec{
		Unoffered: []codecs.Format{{Name: "JPEG", ClockRate: 90000}},
		Accept:    func(f codecs.Format) bool { return f.Is("JPEG") && f.ClockRate == 90000 },
		Inspect:   Inspect,
	}
}

// Header is what stands before each fragment (RFC 2435 3.1):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	| Type-specific |              Fragment Offset                  |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|      Type     |       Q       |     Width     |     Height    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Of types 64 to 127 a restart marker header follows (3.1.7), then, in the first
// packet of a picture with Q above 127, the quantization tables (3.1.8).
type Header struct {
	TypeSpecific uint8
	Offset       uint32 // in octets, 24 bits
	Type         uint8
	Q            uint8
	// Width and Height are in pixels, multiples of 8; 0: 2048 or more, told
	// elsewhere.
	Width, Height int
	// RestartInterval is the MCUs between two restart markers, of types 64 to
	// 127.
	RestartInterval uint16
	// Tables are the quantization tables: none where Q is below 128 and they
	// follow from it, or where they are as they were.
	Tables []byte
}

// The lengths of the three headers, and the bounds of types and Q.
const (
	headerSize  = 8
	restartSize = 4
	tableSize   = 4

	firstRestartType = 64
	lastRestartType  = 127
	firstTableQ      = 128
)

// Unmarshal reads the headers and returns how long they are; Tables alias
// payload. The error wraps codecs.ErrMalformed.
func (h *Header) Unmarshal(payload []byte) (int, error) {
	if len(payload) < headerSize {
		return 0, errShort
	}
	*h = Header{
		TypeSpecific: payload[0],
		Offset:       binary.BigEndian.Uint32(payload) & 0xffffff,
		Type:         payload[4],
		Q:            payload[5],
		Width:        8 * int(payload[6]),
		Height:       8 * int(payload[7]),
	}
	if h.Q == 0 {
		return 0, errQuality // reserved (RFC 2435 3.1.4)
	}
	n := headerSize
	if h.Type >= firstRestartType && h.Type <= lastRestartType {
		if len(payload) < n+restartSize {
			return 0, errShort
		}
		h.RestartInterval = binary.BigEndian.Uint16(payload[n:])
		n += restartSize
	}
	if h.Q < firstTableQ || h.Offset != 0 {
		return n, nil
	}
	if len(payload) < n+tableSize {
		return 0, errShort
	}
	size := int(binary.BigEndian.Uint16(payload[n+2:]))
	if n += tableSize; len(payload) < n+size {
		return 0, errShort
	}
	h.Tables = payload[n : n+size]
	return n + size, nil
}

// Inspect tells what an RTP payload carries. Each picture needs no other; but
// one whose tables are those of a picture before it (Q above 127, no tables:
// RFC 2435 3.1.8) is none to begin with.
func Inspect(payload []byte) codecs.PayloadInfo {
	var h Header
	n, err := h.Unmarshal(payload)
	if err != nil || h.Offset != 0 || n == len(payload) {
		return codecs.PayloadInfo{}
	}
	return codecs.PayloadInfo{
		FrameStart: true,
		Keyframe:   h.Q < firstTableQ || len(h.Tables) > 0,
	}
}
