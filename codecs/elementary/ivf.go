package elementary

import (
	"encoding/binary"
	"io"

	"parley/codecs"
	"parley/codecs/vp8"
)

// ivf writes VP8 pictures into an IVF file: a header of 32 bytes, and one of 12
// before each picture, both little-endian. The file begins with a key frame, whose
// size stands in the header (RFC 6386 9.1).
type ivf struct {
	picture []byte
	whole   bool

	begun     bool
	timestamp uint32 // of the packet
	base      uint32 // of the first picture
	since     uint64 // in units of the clock, before base
}

func (v *ivf) packet(_ io.Writer, p *codecs.Packet, first, _ bool) error {
	if first {
		v.picture, v.whole = v.picture[:0], true
	}
	var d vp8.Descriptor
	n, err := d.Unmarshal(p.Payload)
	switch {
	case err != nil, len(v.picture)+len(p.Payload) > maxPicture:
		v.whole = false
	case first && !(d.Start && d.Partition == 0):
		v.whole = false // it began with what was lost
	default:
		v.picture = append(v.picture, p.Payload[n:]...)
	}
	v.timestamp = p.Timestamp
	return nil
}

// The beginning of a key frame (RFC 6386 9.1): a frame tag of 3 bytes whose
// lowest bit is 0, a start code, and the sizes of 14 bits.
const keyHeader = 10

func (v *ivf) end(w io.Writer, wanted bool) (outcome, error) {
	b := v.picture
	whole := v.whole && len(b) > 0
	v.whole, v.picture = false, v.picture[:0]
	if !whole || !wanted {
		return outcomeOmitted, nil
	}
	if !v.begun {
		if len(b) < keyHeader || b[0]&1 != 0 || b[3] != 0x9d || b[4] != 0x01 || b[5] != 0x2a {
			return outcomeOmitted, nil
		}
		if err := v.begin(w, b); err != nil {
			return outcomeNone, err
		}
	}
	v.since += uint64(v.timestamp - v.base)
	v.base = v.timestamp
	head := binary.LittleEndian.AppendUint32(make([]byte, 0, 12), uint32(len(b)))
	head = binary.LittleEndian.AppendUint64(head, v.since)
	if _, err := w.Write(head); err != nil {
		return outcomeNone, err
	}
	if _, err := w.Write(b); err != nil {
		return outcomeNone, err
	}
	return outcomeWritten, nil
}

// begin writes the file's header. Its number of pictures stays 0: unknown.
func (v *ivf) begin(w io.Writer, key []byte) error {
	le := binary.LittleEndian
	b := le.AppendUint16([]byte("DKIF\x00\x00"), 32)
	b = append(b, "VP80"...)
	b = le.AppendUint16(b, le.Uint16(key[6:])&0x3fff)
	b = le.AppendUint16(b, le.Uint16(key[8:])&0x3fff)
	b = le.AppendUint32(le.AppendUint32(b, 90000), 1)
	b = le.AppendUint64(b, 0)
	_, err := w.Write(b)
	v.begun, v.base = err == nil, v.timestamp
	return err
}
