package h261

import (
	"fmt"

	"parley/codecs"
)

// HeaderSize is the size of the payload header in bytes.
const HeaderSize = 4

// Header is the H.261 payload header (RFC 4587 4.1):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|SBIT |EBIT |I|V| GOBN  |   MBAP  |  QUANT  |  HMVD   |  VMVD   |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// GOBN and MBAP are where the first macroblock of the payload continues from;
// all four last fields are 0 when a GOB begins with it.
type Header struct {
	SkipStart    uint8 // SBIT: bits to ignore in the first octet
	SkipEnd      uint8 // EBIT: and in the last
	Intra        bool  // I: the stream has INTRA blocks only
	MotionVector bool  // V: motion vectors may be used
	GOB          uint8 // GOBN
	Macroblock   uint8 // MBAP
	Quantizer    uint8 // QUANT
	// HMVD and VMVD are the motion vector that the first macroblock's is
	// coded against, from -15 to 15.
	HMVD, VMVD int8
}

// Unmarshal reads the header at the head of an RTP payload and returns its
// length. The error wraps codecs.ErrMalformed.
func (h *Header) Unmarshal(payload []byte) (int, error) {
	*h = Header{}
	if len(payload) < HeaderSize {
		return 0, fmt.Errorf("h261: payload header of %d bytes: %w", len(payload), codecs.ErrMalformed)
	}
	word := uint32(payload[0])<<24 | uint32(payload[1])<<16 | uint32(payload[2])<<8 | uint32(payload[3])
	h.SkipStart = uint8(word >> 29)
	h.SkipEnd = uint8(word >> 26 & 0x07)
	h.Intra = word>>25&1 != 0
	h.MotionVector = word>>24&1 != 0
	h.GOB = uint8(word >> 20 & 0x0f)
	h.Macroblock = uint8(word >> 15 & 0x1f)
	h.Quantizer = uint8(word >> 10 & 0x1f)
	h.HMVD = vector(word >> 5)
	h.VMVD = vector(word)
	return HeaderSize, nil
}

// vector reads a 5 bit two's complement number. -16 is forbidden, and stands
// as it is: nothing here depends on it.
func vector(field uint32) int8 { return int8(field<<3) >> 3 }

// Append appends the header to dst.
func (h *Header) Append(dst []byte) []byte {
	word := uint32(h.SkipStart&0x07)<<29 | uint32(h.SkipEnd&0x07)<<26 |
		uint32(h.GOB&0x0f)<<20 | uint32(h.Macroblock&0x1f)<<15 | uint32(h.Quantizer&0x1f)<<10 |
		uint32(h.HMVD&0x1f)<<5 | uint32(h.VMVD&0x1f)
	if h.Intra {
		word |= 1 << 25
	}
	if h.MotionVector {
		word |= 1 << 24
	}
	return append(dst, byte(word>>24), byte(word>>16), byte(word>>8), byte(word))
}
