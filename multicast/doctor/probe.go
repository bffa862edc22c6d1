package doctor

import (
	"encoding/binary"
	"fmt"

	"parley/codecs"
)

// kind is what a packet is.
type kind uint8

const (
	kindProbe   kind = 1
	kindToGroup kind = 2 // an answer, to the group
	kindToAsker kind = 3 // an answer, to who asked
)

// packet is a probe or an answer:
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|      'P'      |      'L'      |      'Y'      |      'D'      |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|  version (1)  |     kind      |   TTL sent    |   DSCP sent   |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                          run of the asker                     |
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	| TTL received  | DSCP received | octets received, IP included   |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                     run of the answerer                       |
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|  TTL of this  | DSCP of this  |           reserved            |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// A probe is filled up with zeros to minProbe bytes at least; what is received, the
// answerer's run and the last line are of answers.
type packet struct {
	kind       kind
	ttl, dscp  uint8 // of the probe, as sent
	asker      uint64
	gotTTL     uint8
	gotDSCP    uint8
	gotSize    uint16
	answerer   uint64
	ttl2, mark uint8 // of the answer, as sent
}

const version = 1

// append appends p, size bytes long.
func (p *packet) append(b []byte, size int) []byte {
	start := len(b)
	b = append(b, 'P', 'L', 'Y', 'D', version, byte(p.kind), p.ttl, p.dscp)
	b = binary.BigEndian.AppendUint64(b, p.asker)
	b = append(b, p.gotTTL, p.gotDSCP)
	b = binary.BigEndian.AppendUint16(b, p.gotSize)
	b = binary.BigEndian.AppendUint64(b, p.answerer)
	b = append(b, p.ttl2, p.mark, 0, 0)
	for len(b)-start < size {
		b = append(b, 0)
	}
	return b
}

// unmarshal reads a packet. The error wraps codecs.ErrMalformed.
func (p *packet) unmarshal(b []byte) error {
	if len(b) < answerSize || string(b[:4]) != "PLYD" || b[4] != version {
		return fmt.Errorf("doctor: no probe: %w", codecs.ErrMalformed)
	}
	*p = packet{
		kind: kind(b[5]), ttl: b[6], dscp: b[7], asker: binary.BigEndian.Uint64(b[8:]),
		gotTTL: b[16], gotDSCP: b[17], gotSize: binary.BigEndian.Uint16(b[18:]),
		answerer: binary.BigEndian.Uint64(b[20:]), ttl2: b[28], mark: b[29],
	}
	switch {
	case p.kind < kindProbe || p.kind > kindToAsker:
		return fmt.Errorf("doctor: kind %d: %w", p.kind, codecs.ErrMalformed)
	case p.dscp > 63 || p.gotDSCP > 63 || p.mark > 63:
		return fmt.Errorf("doctor: DSCP above 63: %w", codecs.ErrMalformed)
	case p.kind == kindProbe && len(b) < minProbe:
		return fmt.Errorf("doctor: a probe of %d bytes: %w", len(b), codecs.ErrMalformed)
	}
	return nil
}
