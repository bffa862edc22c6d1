package h460

import "encoding/binary"

// MultiplexSize is the length of what stands before a multiplexed packet of RTP
// or RTCP (H.460.19):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                          multiplexID                          |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                     RTP or RTCP packet ...                    |
const MultiplexSize = 4

// AppendMultiplex appends the identifier that the receiver gave the channel. The
// packet follows.
func AppendMultiplex(dst []byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32(dst, id)
}

// CutMultiplex returns the identifier of a multiplexed packet, and the packet
// itself, which aliases data. Not ok: nothing follows the identifier.
func CutMultiplex(data []byte) (id uint32, packet []byte, ok bool) {
	if len(data) <= MultiplexSize {
		return 0, nil, false
	}
	return binary.BigEndian.Uint32(data), data[MultiplexSize:], true
}
