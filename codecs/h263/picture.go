package h263

import (
	"parley/codecs"
	"parley/codecs/internal/bits"
)

// Size is the source format of a picture (H.263 5.1.3).
type Size uint8

// The sizes. Those of custom pictures stand elsewhere in the header.
const (
	SizeUnknown Size = 0
	SizeSQCIF   Size = 1 // 128 by 96
	SizeQCIF    Size = 2 // 176 by 144
	SizeCIF     Size = 3 // 352 by 288
	Size4CIF    Size = 4 // 704 by 576
	Size16CIF   Size = 5 // 1408 by 1152
	SizeCustom  Size = 6
)

// Picture is the head of a picture (H.263 5.1), as far as it matters here.
type Picture struct {
	Size Size // SizeUnknown where this picture does not repeat it
	// Intra is set on a picture that needs no other.
	Intra bool
	// Discardable is set on a B picture, which no other picture refers to
	// (H.263 annex O).
	Discardable bool
}

// The fields of the picture header.
const (
	// The start code is 22 bits, 0000 0000 0000 0000 1 00000. It begins with an
	// octet. RFC 4629 leaves its first 16 bits out.
	zeroBits                 = 16
	startRest, startRestBits = 0b1_00000, 6

	temporalReferenceBits = 8

	sizeExtended = 7 // PLUSPTYPE follows

	extendedNone, extendedFull = 0, 1 // UFEP

	typeI, typeB = 0, 3 // of MPPTYPE
)

// parsePicture reads a picture header from behind the zeros of its start code;
// false when none is there.
func parsePicture(r bits.Reader) (Picture, bool) {
	if r.Read(startRestBits) != startRest {
		return Picture{}, false
	}
	r.Skip(temporalReferenceBits)
	// PTYPE: 1, 0, split screen, document camera, freeze picture release, and
	// three bits of size. The first two keep it from looking like H.261's.
	if r.Read(2) != 0b10 {
		return Picture{}, false
	}
	r.Skip(3)
	size := Size(r.Read(3))
	if size == sizeExtended {
		return parsePlus(r)
	}
	intra := r.Read(1) == 0
	if size == SizeUnknown || size > Size16CIF || r.Overrun() {
		return Picture{}, false
	}
	return Picture{Size: size, Intra: intra}, true
}

// parsePlus reads PLUSPTYPE (H.263 5.1.4).
func parsePlus(r bits.Reader) (Picture, bool) {
	var p Picture
	switch r.Read(3) {
	case extendedNone:
	case extendedFull:
		p.Size = Size(r.Read(3))
		if p.Size == SizeUnknown || p.Size > SizeCustom {
			return Picture{}, false
		}
		// The rest of OPPTYPE's 18 bits: modes, and 1000 at the end.
		r.Skip(11)
		if r.Read(4) != 0b1000 {
			return Picture{}, false
		}
	default:
		return Picture{}, false
	}
	kind := r.Read(3)
	// An EI picture (5) is INTRA too, but of an enhancement layer, which is
	// nothing without its base.
	p.Intra, p.Discardable = kind == typeI, kind == typeB
	return p, !r.Overrun()
}

func (p Picture) info() codecs.PayloadInfo {
	return codecs.PayloadInfo{FrameStart: true, Keyframe: p.Intra, Discardable: p.Discardable}
}
