package elementary

import (
	"io"

	"parley/codecs"
	"parley/codecs/h264"
)

// annexB writes NAL units behind start codes (H.264 Annex B), out of the packets
// of RFC 6184: single units, STAP-A and FU-A.
type annexB struct {
	unit    []byte // a unit of which fragments came
	partial bool

	picture []byte // its units so far, as they are written
	some    bool   // of which some are slices
	spoiled bool   // it is too large
}

// The bits of a FU header (RFC 6184 5.8).
const (
	fuStart = 0x80
	fuEnd   = 0x40
	nalType = 0x1f
)

func (a *annexB) packet(_ io.Writer, p *codecs.Packet, _, _ bool) error {
	b := p.Payload
	switch t := h264.TypeOf(b); {
	case t >= 1 && t < h264.NALSTAPA:
		a.add(b)
	case t == h264.NALSTAPA:
		for rest := b[1:]; len(rest) > 2; {
			n := int(rest[0])<<8 | int(rest[1])
			if n == 0 || n > len(rest)-2 {
				return nil
			}
			a.add(rest[2 : 2+n])
			rest = rest[2+n:]
		}
	case t == h264.NALFUA && len(b) > 2:
		a.fragment(b)
	}
	return nil
}

// fragment takes a FU-A.
func (a *annexB) fragment(b []byte) {
	if b[1]&fuStart != 0 {
		a.unit = append(a.unit[:0], b[0]&^nalType|b[1]&nalType)
		a.partial = true
	}
	if !a.partial {
		return
	}
	if a.unit = append(a.unit, b[2:]...); len(a.unit) > maxPicture {
		a.partial, a.spoiled = false, true
		return
	}
	if b[1]&fuEnd != 0 {
		a.partial = false
		a.add(a.unit)
	}
}

// add appends a unit to the picture.
func (a *annexB) add(unit []byte) {
	if t := h264.TypeOf(unit); t >= h264.NALSlice && t <= h264.NALIDR {
		a.some = true
	}
	if len(a.picture)+len(unit) > maxPicture {
		a.spoiled = true
		return
	}
	a.picture = append(append(a.picture, 0, 0, 0, 1), unit...)
}

// end writes what is no picture, such as parameter sets that have a timestamp of
// their own, in any case: pictures to come may need it.
func (a *annexB) end(w io.Writer, wanted bool) (outcome, error) {
	units, some, spoiled := a.picture, a.some, a.spoiled
	a.partial, a.some, a.spoiled, a.picture = false, false, false, a.picture[:0]
	if some && !wanted || spoiled {
		return outcomeOmitted, nil
	}
	if _, err := w.Write(units); err != nil || !some {
		return outcomeNone, err
	}
	return outcomeWritten, nil
}
