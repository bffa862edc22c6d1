package h263

import (
	"parley/codecs"
	"parley/codecs/internal/bits"
)

// The payload header of RFC 4629 5.1:
//
//	 0                   1
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|   RR    |P|V|   PLEN    |PEBIT|
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// With V an octet of redundancy coding follows (5.2), then PLEN octets of a
// repeated picture header. With P the body is a picture, GOB, slice or end
// that has lost the two zero octets at its head.
const (
	sizeOfHeader     = 2
	sizeOfRedundancy = 1

	flagStart      = 0x04 // P
	flagRedundancy = 0x02 // V
)

// Inspect4629 tells what an RTP payload of RFC 4629 carries.
func Inspect4629(payload []byte) codecs.PayloadInfo {
	if p, ok := Picture4629(payload); ok {
		return p.info()
	}
	return codecs.PayloadInfo{}
}

// Picture4629 returns the head of the picture that a payload of RFC 4629
// begins with; false when it begins with none.
func Picture4629(payload []byte) (Picture, bool) {
	if len(payload) < sizeOfHeader || payload[0]&flagStart == 0 {
		return Picture{}, false
	}
	n := sizeOfHeader + int(payload[0]&0x01)<<5 + int(payload[1]>>3) // PLEN
	if payload[0]&flagRedundancy != 0 {
		n += sizeOfRedundancy
	}
	if n >= len(payload) {
		return Picture{}, false
	}
	return parsePicture(bits.NewReader(payload[n:], 0, 0))
}
