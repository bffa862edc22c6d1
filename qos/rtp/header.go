package rtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"parley/codecs"
)

// Header is what a sender decides of an RTP header.
type Header struct {
	PayloadType    uint8
	Marker         bool
	SequenceNumber uint16
	Timestamp      uint32
	SSRC           uint32   // 0: the session's own
	CSRC           []uint32 // at most 15
	// Relayed is how many of CSRC, the last ones, are not ours but members of
	// other sessions: that another mixer tells of them too is no loop.
	Relayed int
	// Sampled is when what Timestamp stands for was sampled, on the clock by which
	// all that we send is aligned; zero: now. Sender reports tell it.
	Sampled time.Time
}

// The fixed header (RFC 3550 5.1).
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|V=2|P|X|  CC   |M|     PT      |       sequence number         |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                           timestamp                           |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|           synchronization source (SSRC) identifier            |
//	+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//	|            contributing source (CSRC) identifiers             |
//	|                             ....                              |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
const (
	headerSize = 12
	maxCSRC    = 15
	version    = 2 << 6
)

// ErrTooLong is returned by Send for what does not fit codecs.MaxPacket, or
// has more than 15 CSRCs.
var ErrTooLong = errors.New("rtp: packet too long")

// marshal writes h, for ssrc, and the payload parts to dst and returns the
// length.
func (h *Header) marshal(dst []byte, ssrc uint32, parts [][]byte) (int, error) {
	n := headerSize + 4*len(h.CSRC)
	size := n
	for _, p := range parts {
		size += len(p)
	}
	if len(h.CSRC) > maxCSRC || size > len(dst) {
		return 0, ErrTooLong
	}
	dst[0] = version | byte(len(h.CSRC))
	dst[1] = h.PayloadType & 0x7f
	if h.Marker {
		dst[1] |= 0x80
	}
	binary.BigEndian.PutUint16(dst[2:], h.SequenceNumber)
	binary.BigEndian.PutUint32(dst[4:], h.Timestamp)
	binary.BigEndian.PutUint32(dst[8:], ssrc)
	for i, c := range h.CSRC {
		binary.BigEndian.PutUint32(dst[headerSize+4*i:], c)
	}
	for _, p := range parts {
		n += copy(dst[n:], p)
	}
	return n, nil
}

// unmarshal takes b apart into p and returns the CSRC list as it stands in b.
// The payload points into b; of a sealed packet, padding is part of it. The error
// wraps codecs.ErrMalformed.
func unmarshal(p *codecs.Packet, b []byte, sealed bool) (csrc []byte, err error) {
	if len(b) < headerSize || b[0]&0xc0 != version {
		return nil, errHeader
	}
	end := headerSize + 4*int(b[0]&0x0f)
	if len(b) < end {
		return nil, errHeader
	}
	csrc = b[headerSize:end]
	if b[0]&0x10 != 0 { // RFC 3550 5.3.1
		if len(b) < end+4 {
			return nil, errHeader
		}
		end += 4 + 4*int(binary.BigEndian.Uint16(b[end+2:]))
		if len(b) < end {
			return nil, errHeader
		}
	}
	payload := b[end:]
	if b[0]&0x20 != 0 && !sealed { // padding; its last octet counts itself
		if len(payload) == 0 {
			return nil, errHeader
		}
		pad := int(payload[len(payload)-1])
		if pad == 0 || pad > len(payload) {
			return nil, errHeader
		}
		payload = payload[:len(payload)-pad]
	}
	p.Marker = b[1]&0x80 != 0
	p.PayloadType = b[1] & 0x7f
	p.SequenceNumber = binary.BigEndian.Uint16(b[2:])
	p.Timestamp = binary.BigEndian.Uint32(b[4:])
	p.SSRC = binary.BigEndian.Uint32(b[8:])
	p.Payload = payload
	return csrc, nil
}

// errHeader is one value, since a storm of garbage must not cost an
// allocation each.
var errHeader = fmt.Errorf("rtp: header: %w", codecs.ErrMalformed)

// isRTCP tells RTCP from RTP on one port by the octet that holds the RTCP
// packet type or the RTP marker and payload type (RFC 5761 4).
func isRTCP(b []byte) bool {
	return len(b) >= 2 && b[1]&0x7f >= 64 && b[1]&0x7f <= 95
}
