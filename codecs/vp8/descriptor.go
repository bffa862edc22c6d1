package vp8

import (
	"fmt"

	"parley/codecs"
)

// MaxDescriptor is the longest payload descriptor in bytes.
const MaxDescriptor = 6

// Descriptor is the VP8 payload descriptor (RFC 7741 4.2):
//
//	     0 1 2 3 4 5 6 7
//	    +-+-+-+-+-+-+-+-+
//	    |X|R|N|S|R| PID | (REQUIRED)
//	    +-+-+-+-+-+-+-+-+
//	X:  |I|L|T|K| RSV   | (OPTIONAL)
//	    +-+-+-+-+-+-+-+-+
//	I:  |M| PictureID   | (OPTIONAL)
//	    +-+-+-+-+-+-+-+-+
//	    |   PictureID   |
//	    +-+-+-+-+-+-+-+-+
//	L:  |   TL0PICIDX   | (OPTIONAL)
//	    +-+-+-+-+-+-+-+-+
//	T/K:|TID|Y| KEYIDX  | (OPTIONAL)
//	    +-+-+-+-+-+-+-+-+
type Descriptor struct {
	NonReference bool  // N: no other picture refers to this one
	Start        bool  // S: a partition begins
	Partition    uint8 // PID

	HasPictureID bool
	Wide         bool   // M: PictureID has 15 bits instead of 7
	PictureID    uint16 //

	HasTL0PICIDX bool
	TL0PICIDX    uint8

	HasTID    bool
	TID       uint8
	LayerSync bool // Y

	HasKeyIndex bool
	KeyIndex    uint8 // KEYIDX, 5 bits
}

// The bits.
const (
	bitX = 0x80
	bitN = 0x20
	bitS = 0x10

	bitI = 0x80
	bitL = 0x40
	bitT = 0x20
	bitK = 0x10

	bitM = 0x80
	bitY = 0x20
)

// Unmarshal reads the descriptor at the head of an RTP payload and returns its
// length. The error wraps codecs.ErrMalformed. Reserved bits are ignored
// (RFC 7741 4.2: MUST be ignored by the receiver).
func (d *Descriptor) Unmarshal(payload []byte) (int, error) {
	*d = Descriptor{}
	if len(payload) < 1 {
		return 0, errTruncated
	}
	b := payload[0]
	d.NonReference = b&bitN != 0
	d.Start = b&bitS != 0
	d.Partition = b & 0x07
	n := 1
	if b&bitX == 0 {
		return n, nil
	}
	if len(payload) < 2 {
		return 0, errTruncated
	}
	ext := payload[1]
	n = 2
	if ext&bitI != 0 {
		if len(payload) < n+1 {
			return 0, errTruncated
		}
		d.HasPictureID = true
		d.PictureID = uint16(payload[n] & 0x7f)
		d.Wide = payload[n]&bitM != 0
		n++
		if d.Wide {
			if len(payload) < n+1 {
				return 0, errTruncated
			}
			d.PictureID = d.PictureID<<8 | uint16(payload[n])
			n++
		}
	}
	if ext&bitL != 0 {
		if len(payload) < n+1 {
			return 0, errTruncated
		}
		d.HasTL0PICIDX, d.TL0PICIDX = true, payload[n]
		n++
	}
	if ext&(bitT|bitK) != 0 {
		if len(payload) < n+1 {
			return 0, errTruncated
		}
		if ext&bitT != 0 {
			d.HasTID, d.TID, d.LayerSync = true, payload[n]>>6, payload[n]&bitY != 0
		}
		if ext&bitK != 0 {
			d.HasKeyIndex, d.KeyIndex = true, payload[n]&0x1f
		}
		n++
	}
	return n, nil
}

var errTruncated = fmt.Errorf("vp8: payload descriptor: %w", codecs.ErrMalformed)

// Append appends the descriptor to dst: at most MaxDescriptor bytes.
func (d *Descriptor) Append(dst []byte) []byte {
	b := d.Partition & 0x07
	if d.NonReference {
		b |= bitN
	}
	if d.Start {
		b |= bitS
	}
	var ext byte
	if d.HasPictureID {
		ext |= bitI
	}
	if d.HasTL0PICIDX {
		ext |= bitL
	}
	if d.HasTID {
		ext |= bitT
	}
	if d.HasKeyIndex {
		ext |= bitK
	}
	if ext == 0 {
		return append(dst, b)
	}
	dst = append(dst, b|bitX, ext)
	switch {
	case d.HasPictureID && d.Wide:
		dst = append(dst, bitM|byte(d.PictureID>>8), byte(d.PictureID))
	case d.HasPictureID:
		dst = append(dst, byte(d.PictureID)&0x7f)
	}
	if d.HasTL0PICIDX {
		dst = append(dst, d.TL0PICIDX)
	}
	if d.HasTID || d.HasKeyIndex {
		var tk byte
		if d.HasTID {
			tk = d.TID << 6
			if d.LayerSync {
				tk |= bitY
			}
		}
		if d.HasKeyIndex {
			tk |= d.KeyIndex & 0x1f
		}
		dst = append(dst, tk)
	}
	return dst
}
