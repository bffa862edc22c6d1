// Package comfortnoise is the RTP payload for comfort noise (RFC 3389): what a
// sender without voice tells about its background.
package comfortnoise

import (
	"fmt"

	"parley/codecs"
)

// PayloadType is the static payload type of CN at 8 kHz (RFC 3551 table 4).
const PayloadType = 13

// Level returns the noise level of payload in dBov: 0, the loudest, to -127.
//
//	 0 1 2 3 4 5 6 7
//	+-+-+-+-+-+-+-+-+
//	|0|   level     |  then spectral parameters, which may be absent
//	+-+-+-+-+-+-+-+-+
//
// The upper bit, which must be 0 (RFC 3389 3.1), is ignored. An empty payload
// is malformed.
func Level(payload []byte) (int, error) {
	if len(payload) == 0 {
		return 0, fmt.Errorf("comfortnoise: empty payload: %w", codecs.ErrMalformed)
	}
	return -int(payload[0] & 0x7F), nil
}
