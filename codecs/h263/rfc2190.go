package h263

import (
	"parley/codecs"
	"parley/codecs/internal/bits"
)

// The payload header of RFC 2190 5. Mode A, for payloads that begin with a
// picture or a GOB:
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|F|P|SBIT |EBIT | SRC |I|U|S|A|R      |DBQ| TRB |    TR         |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Modes B (F is 1, P is 0; 8 octets) and C (both 1; 12 octets) are for payloads
// that begin with a macroblock.
//
// I, U, S and A repeat bits of the picture header; a sender that makes them up
// is not believed against the picture itself.
const (
	sizeOfModeA = 4

	flagF       = 0x80
	maskSkip    = 0x38 // SBIT, shifted by 3
	maskSkipEnd = 0x07 // EBIT
)

// Inspect2190 tells what an RTP payload of RFC 2190 carries. Pictures begin in
// mode A only.
func Inspect2190(payload []byte) codecs.PayloadInfo {
	if p, ok := Picture2190(payload); ok {
		return p.info()
	}
	return codecs.PayloadInfo{}
}

// Picture2190 returns the head of the picture that a payload of RFC 2190
// begins with; false when it begins with none.
func Picture2190(payload []byte) (Picture, bool) {
	if len(payload) < sizeOfModeA || payload[0]&flagF != 0 {
		return Picture{}, false
	}
	r := bits.NewReader(payload[sizeOfModeA:], int(payload[0]&maskSkip>>3), int(payload[0]&maskSkipEnd))
	if r.Read(zeroBits) != 0 {
		return Picture{}, false
	}
	return parsePicture(r)
}
