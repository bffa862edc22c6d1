package h261

import (
	"math/bits"

	bitstream "parley/codecs/internal/bits"
)

// The fixed-length codes of H.261 4.2, and how many bits they have.
const (
	startCode, startCodeBits   = 0x0001, 16 // of PSC and GBSC, ahead of GN
	groupNumberBits            = 4
	pictureStart               = startCode << groupNumberBits // PSC: a GBSC with GN 0
	pictureStartBits           = startCodeBits + groupNumberBits
	temporalReferenceBits      = 5
	pictureTypeBits            = 6    // PTYPE
	pictureTypeCIF             = 0x04 // its fourth bit
	quantizerBits              = 5    // GQUANT, MQUANT
	spareBits                  = 8    // PSPARE, GSPARE
	stuffing, stuffingBits     = 0x00f, 11
	intraDCBits                = 8
	endOfBlock, endOfBlockBits = 0b10, 2
	blocksPerMacroblock        = 6
	macroblocksPerGroup        = 33
	prefixBits                 = 10 // of TCOEFF: enough to know how long it is
	lastGroup, lastGroupOfQCIF = 12, 5
)

// picture is the part of a picture that one packet has, from the first GOB on.
type picture struct {
	bits bitstream.Reader
	cif  bool
	// step is from one GOB's number to the next: 1 in CIF, 2 in QCIF, which
	// has GOBs 1, 3 and 5; 0 while it is not known.
	step int
}

// newPicture reads the picture layer (H.261 4.2.1) at the head of a payload's
// body; false when none is there.
func newPicture(h *Header, body []byte) (picture, bool) {
	r := bitstream.NewReader(body, int(h.SkipStart), int(h.SkipEnd))
	if r.Read(pictureStartBits) != pictureStart {
		return picture{}, false
	}
	r.Skip(temporalReferenceBits)
	ptype := r.Read(pictureTypeBits)
	skipSpare(&r)
	p := picture{bits: r, cif: ptype&pictureTypeCIF != 0, step: 2}
	if p.cif {
		p.step = 1
	}
	return p, !r.Overrun()
}

// skipSpare skips PEI and PSPARE, or GEI and GSPARE: octets each announced by
// a 1.
func skipSpare(r *bitstream.Reader) {
	for r.Read(1) == 1 {
		r.Skip(spareBits)
	}
}

// newGroups stands before a body that begins with a GOB, the picture header
// being in the packet before.
func newGroups(h *Header, body []byte) picture {
	return picture{bits: bitstream.NewReader(body, int(h.SkipStart), int(h.SkipEnd))}
}

// intra reports whether the packet begins with GOB 1 and its macroblocks are
// all INTRA with none left out, as far as the packet goes. It is a reader of
// that syntax only: at a code that it does not know there is another kind of
// macroblock.
func (p picture) intra() bool {
	r := &p.bits
	seen := 0
	for group := 0; group < lastGroup && !p.ended(); {
		if r.Read(startCodeBits) != startCode {
			return false
		}
		if group = p.next(group, int(r.Read(groupNumberBits))); group == 0 {
			return false
		}
		r.Skip(quantizerBits)
		skipSpare(r)
		for range macroblocksPerGroup {
			if p.ended() {
				break
			}
			switch intraMacroblock(r) {
			case whole:
				seen++
			case cut:
				// RFC 4587 3.2 has a packet end with a macroblock; ffmpeg ends
				// it anywhere.
				return seen > 0
			case other:
				return false
			}
		}
		skipStuffing(r)
		if p.step == 2 && group == lastGroupOfQCIF {
			break
		}
	}
	return seen > 0
}

// next returns number if that GOB may follow group, which is 0 ahead of the
// first; otherwise 0.
func (p *picture) next(group, number int) int {
	switch {
	case group == 0 && number == 1:
		return 1
	case group == 1 && p.step == 0 && (number == 2 || number == 3):
		p.step = number - group
	}
	if group == 0 || p.step == 0 || number != group+p.step {
		return 0
	}
	return number
}

// ended reports whether nothing but the padding of a last octet is left.
func (p picture) ended() bool { return p.bits.Left() < 8 && p.bits.Peek(8) == 0 }

func skipStuffing(r *bitstream.Reader) {
	for r.Left() > 0 && r.Peek(stuffingBits) == stuffing {
		r.Skip(stuffingBits)
	}
}

// reading is what comes of reading an INTRA macroblock or block.
type reading uint8

const (
	whole reading = iota
	cut           // the packet ends within it
	other         // it is none
)

// intraMacroblock skips an INTRA macroblock right behind the one before it
// (H.261 4.2.3).
func intraMacroblock(r *bitstream.Reader) reading {
	skipStuffing(r)
	switch {
	case r.Peek(1+4) == 0b1_0001: // MBA 1, MTYPE INTRA
		r.Skip(1 + 4)
	case r.Peek(1+7) == 0b1_0000001: // with MQUANT
		r.Skip(1 + 7 + quantizerBits)
	case r.Left() < 1+7:
		return cut
	default:
		return other
	}
	for range blocksPerMacroblock {
		if got := intraBlock(r); got != whole {
			return got
		}
	}
	return whole
}

// intraBlock skips the coefficients of an INTRA block (H.261 4.2.4).
func intraBlock(r *bitstream.Reader) reading {
	r.Skip(intraDCBits)
	for r.Left() > 0 {
		if r.Peek(endOfBlockBits) == endOfBlock {
			r.Skip(endOfBlockBits)
			return whole
		}
		n := coefficientBits(r.Peek(prefixBits))
		if n == 0 && r.Left() >= prefixBits {
			return other
		}
		r.Skip(max(1, n))
	}
	return cut
}

// coefficientBits returns how long the TCOEFF is whose first ten bits are
// next, sign included; 0 when there is no such code. In H.261 table 5 the
// number of leading zeros decides that, but for those with two: 00100 begins
// longer ones.
func coefficientBits(next uint32) int {
	switch bits.LeadingZeros16(uint16(next << (16 - prefixBits))) {
	case 0:
		return 3
	case 1:
		if next>>7 == 0b011 {
			return 4
		}
		return 5
	case 2:
		if next>>5 == 0b00100 {
			return 9
		}
		return 6
	case 3:
		return 7
	case 4:
		return 8
	case 5:
		return 6 + 6 + 8 // escape, run, level
	case 6:
		return 11
	case 7:
		return 13
	case 8:
		return 14
	}
	return 0
}
