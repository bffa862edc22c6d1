package rtp

import (
	"encoding/binary"
	"fmt"

	"parley/codecs"
)

// The packet types and feedback formats that are read (RFC 3550 12.1,
// RFC 4585 6.3, RFC 5104 4.3). Received RTCP is read in place, since it comes
// from anybody: no type is ever expanded to more than its octets.
const (
	typeSenderReport   = 200
	typeReceiverReport = 201
	typeSDES           = 202
	typeBye            = 203
	typeApplication    = 204
	typeTransportFB    = 205
	typePayloadFB      = 206
	typeExtended       = 207 // RFC 3611
	typeRSI            = 209 // RFC 5760

	formatPLI = 1
	formatFIR = 4

	formatTMMBR = 3
	formatTMMBN = 4
)

var errCompound = fmt.Errorf("rtp: compound RTCP: %w", codecs.ErrMalformed)

// reportPacket is one packet of a compound.
type reportPacket struct {
	kind  uint8
	count uint8  // or feedback format
	body  []byte // after the common header, without padding
}

// nextReport takes the first packet off b.
func nextReport(b []byte) (p reportPacket, rest []byte, err error) {
	if len(b) < 4 || b[0]&0xc0 != version {
		return p, nil, errCompound
	}
	size := 4 * (int(binary.BigEndian.Uint16(b[2:])) + 1)
	if size > len(b) {
		return p, nil, errCompound
	}
	p = reportPacket{kind: b[1], count: b[0] & 0x1f, body: b[4:size]}
	rest = b[size:]
	if b[0]&0x20 != 0 {
		// Only the last packet may be padded (RFC 3550 6.4.1).
		if len(rest) != 0 || len(p.body) == 0 {
			return p, nil, errCompound
		}
		pad := int(p.body[len(p.body)-1])
		if pad == 0 || pad > len(p.body) {
			return p, nil, errCompound
		}
		p.body = p.body[:len(p.body)-pad]
	}
	return p, rest, nil
}

// checkCompound makes the checks of RFC 3550 A.2 and returns the SSRC that
// speaks. Feedback may stand alone, as some peers send it without having
// negotiated so (RFC 5506).
func checkCompound(b []byte) (ssrc uint32, err error) {
	first := true
	for rest := b; first || len(rest) > 0; first = false {
		var p reportPacket
		if p, rest, err = nextReport(rest); err != nil {
			return 0, err
		}
		if !first {
			continue
		}
		switch p.kind {
		case typeSenderReport, typeReceiverReport, typeTransportFB, typePayloadFB:
		default:
			return 0, errCompound
		}
		if len(p.body) < 4 {
			return 0, errCompound
		}
		ssrc = binary.BigEndian.Uint32(p.body)
	}
	return ssrc, nil
}

// hasBye reports whether a checked compound says BYE.
func hasBye(b []byte) bool {
	for len(b) > 0 {
		var p reportPacket
		if p, b, _ = nextReport(b); p.kind == typeBye {
			return true
		}
	}
	return false
}

// receptionBlock is one report block (RFC 3550 6.4.1).
type receptionBlock struct {
	ssrc              uint32
	fraction          uint8
	lost              int32
	jitter, lsr, dlsr uint32
}

const blockSize = 24

func parseBlock(b []byte) receptionBlock {
	return receptionBlock{
		ssrc:     binary.BigEndian.Uint32(b),
		fraction: b[4],
		lost:     int32(binary.BigEndian.Uint32(b[4:])<<8) >> 8, // 24 bit, signed
		jitter:   binary.BigEndian.Uint32(b[12:]),
		lsr:      binary.BigEndian.Uint32(b[16:]),
		dlsr:     binary.BigEndian.Uint32(b[20:]),
	}
}

// nextChunk takes one SDES chunk off b (RFC 3550 6.5): its items are calls of
// item. ok is false when b is malformed.
func nextChunk(b []byte, item func(ssrc uint32, kind uint8, text []byte)) (rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, false
	}
	ssrc := binary.BigEndian.Uint32(b)
	i := 4
	for {
		if i >= len(b) {
			return nil, false
		}
		kind := b[i]
		if kind == 0 { // the end, padded to the next word
			i = (i + 4) &^ 3
			if i > len(b) {
				return nil, false
			}
			return b[i:], true
		}
		if i+2 > len(b) || i+2+int(b[i+1]) > len(b) {
			return nil, false
		}
		end := i + 2 + int(b[i+1])
		item(ssrc, kind, b[i+2:end])
		i = end
	}
}
