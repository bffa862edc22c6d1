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
	some    bool // something of this picture was written
}

// The bits of a FU header (RFC 6184 5.8).
const (
	fuStart = 0x80
	fuEnd   = 0x40
	nalType = 0x1f
)

func (a *annexB) packet(w io.Writer, p *codecs.Packet, _, gap bool) error {
	b := p.Payload
	if gap {
		a.partial = false // what is missing of a unit spoils it
	}
	switch t := h264.TypeOf(b); {
	case t >= 1 && t < h264.NALSTAPA:
		return a.write(w, b)
	case t == h264.NALSTAPA:
		for rest := b[1:]; len(rest) > 2; {
			n := int(rest[0])<<8 | int(rest[1])
			if n == 0 || n > len(rest)-2 {
				return nil
			}
			if err := a.write(w, rest[2:2+n]); err != nil {
				return err
			}
			rest = rest[2+n:]
		}
	case t == h264.NALFUA && len(b) > 2:
		return a.fragment(w, b)
	}
	return nil
}

// fragment takes a FU-A.
func (a *annexB) fragment(w io.Writer, b []byte) error {
	if b[1]&fuStart != 0 {
		a.unit = append(a.unit[:0], b[0]&^nalType|b[1]&nalType)
		a.partial = true
	}
	if !a.partial {
		return nil
	}
	if a.unit = append(a.unit, b[2:]...); len(a.unit) > maxPicture {
		a.partial = false
		return nil
	}
	if b[1]&fuEnd == 0 {
		return nil
	}
	a.partial = false
	return a.write(w, a.unit)
}

func (a *annexB) write(w io.Writer, unit []byte) error {
	if t := h264.TypeOf(unit); t >= h264.NALSlice && t <= h264.NALIDR {
		a.some = true
	}
	if _, err := w.Write([]byte{0, 0, 0, 1}); err != nil {
		return err
	}
	_, err := w.Write(unit)
	return err
}

func (a *annexB) end(io.Writer) (bool, error) {
	some := a.some
	a.partial, a.some = false, false
	return some, nil
}
