package h224

import (
	"encoding/binary"
	"fmt"
)

// HDLC as it goes over the B channel of an ISDN (Q.922 clause 2): the bits of
// an octet from the lowest, in an octet of the payload from the highest.

const (
	flag = 0x7e
	// flagsAround is how many flags stand before and after a frame: some
	// receivers look for more than one.
	flagsAround = 3
	// maxOnes in a row are data; then a zero is inserted.
	maxOnes = 5
	fcsSize = 2
)

// checkSequence is the FCS of Q.922 clause 2.7: X.25's.
func checkSequence(data []byte) uint16 {
	fcs := uint16(0xffff)
	for _, b := range data {
		fcs ^= uint16(b)
		for range 8 {
			if fcs&1 != 0 {
				fcs = fcs>>1 ^ 0x8408
			} else {
				fcs >>= 1
			}
		}
	}
	return ^fcs
}

// bitWriter packs bits into octets.
type bitWriter struct {
	dst  []byte
	free int // bits of the last octet
}

func (w *bitWriter) bit(b byte) {
	if w.free == 0 {
		w.dst, w.free = append(w.dst, 0), 8
	}
	w.free--
	w.dst[len(w.dst)-1] |= b << w.free
}

func (w *bitWriter) flag() {
	for i := range 8 {
		w.bit(flag >> i & 1)
	}
}

// appendFramed frames data. Bits after the last flag begin a further one.
func appendFramed(dst, data []byte) []byte {
	w := bitWriter{dst: dst}
	for range flagsAround {
		w.flag()
	}
	ones := 0
	octet := func(b byte) {
		for i := range 8 {
			bit := b >> i & 1
			w.bit(bit)
			if ones++; bit == 0 {
				ones = 0
			}
			if ones == maxOnes {
				w.bit(0)
				ones = 0
			}
		}
	}
	for _, b := range data {
		octet(b)
	}
	for _, b := range binary.LittleEndian.AppendUint16(nil, checkSequence(data)) {
		octet(b)
	}
	for range flagsAround {
		w.flag()
	}
	for i := 0; w.free > 0; i++ {
		w.bit(flag >> i & 1)
	}
	return w.dst
}

// unframe returns what the first whole frame of HDLC holds.
func unframe(payload []byte) ([]byte, error) {
	var frame []byte
	var octet byte
	bits, ones, inside := 0, 0, false
	for i := range 8 * len(payload) {
		bit := payload[i/8] >> (7 - i%8) & 1
		if bit == 1 {
			ones++
			switch {
			case ones > maxOnes+1:
				inside = false // an abort: no frame until the next flag
			case ones == maxOnes+1, !inside:
				continue // part of a flag, or before the first
			}
		} else {
			run := ones
			ones = 0
			switch {
			case run == maxOnes+1:
				// A flag. Its first seven bits stand in octet.
				if inside && bits == 6 && len(frame) >= headerLength+fcsSize {
					return checked(frame)
				}
				frame, octet, bits, inside = frame[:0], 0, 0, true
				continue
			case run == maxOnes || !inside:
				continue // an inserted zero
			}
		}
		octet |= bit << bits
		if bits++; bits == 8 {
			if len(frame) == headerLength+maxInformation+fcsSize {
				return nil, fmt.Errorf("h224: frame without an end: %w", ErrMalformed)
			}
			frame, octet, bits = append(frame, octet), 0, 0
		}
	}
	return nil, fmt.Errorf("h224: no frame in HDLC: %w", ErrMalformed)
}

// checked cuts the check sequence off.
func checked(frame []byte) ([]byte, error) {
	data, fcs := frame[:len(frame)-fcsSize], frame[len(frame)-fcsSize:]
	if binary.LittleEndian.Uint16(fcs) != checkSequence(data) {
		return nil, fmt.Errorf("h224: check sequence: %w", ErrMalformed)
	}
	return data, nil
}
