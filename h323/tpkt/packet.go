package tpkt

import (
	"errors"
	"fmt"
)

// RFC 1006 clause 6:
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|      vrsn     |    reserved   |          packet length        |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
const (
	version    = 3
	headerSize = 4
)

var (
	// ErrMalformed: the octets are no TPKT. The stream cannot be read on, since
	// nothing tells where the next packet begins.
	ErrMalformed = errors.New("malformed TPKT")
	// ErrTooLong: the payload does not fit in a TPKT.
	ErrTooLong = fmt.Errorf("longer than the %d octets of a TPKT", MaxPayload)
)

// Append appends the TPKT of payload to dst. An empty payload makes the
// keep-alive that endpoints send to hold a connection open through firewalls.
// Its error is ErrTooLong.
func Append(dst, payload []byte) ([]byte, error) {
	if len(payload) > MaxPayload {
		return dst, ErrTooLong
	}
	n := headerSize + len(payload)
	dst = append(dst, version, 0, byte(n>>8), byte(n))
	return append(dst, payload...), nil
}

// payloadSize returns the number of octets after the header.
func payloadSize(header [headerSize]byte) (int, error) {
	if header[0] != version {
		return 0, fmt.Errorf("%w: version %d", ErrMalformed, header[0])
	}
	n := int(header[2])<<8 | int(header[3])
	if n < headerSize {
		return 0, fmt.Errorf("%w: length %d", ErrMalformed, n)
	}
	return n - headerSize, nil
}
