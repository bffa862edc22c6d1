package bridge

import (
	"parley/codecs"
	"parley/codecs/h264"
	"parley/qos/rtp/leg"
)

// singleNAL sends H.264 to who takes packetization mode 0 only, which is what
// H.241 annex A asks of every terminal: each packet is one NAL unit. Fragments
// are put together and aggregates taken apart; a unit longer than an Ethernet
// frame is left to IP to fragment. Other streams pass as they are.
type singleNAL struct {
	active   bool
	sequence uint16
	unit     []byte
	broken   bool // a fragment is missing: the unit is dropped
	last     uint16
	format   codecs.Format
	terms    uint32 // of the channel, for which single is right
	single   bool
}

// send sends a packet in a channel under the terms of that number.
func (s *singleNAL) send(l *leg.Video, p *leg.Picture, terms uint32) {
	if p.Format != s.format || terms != s.terms {
		s.format, s.terms, s.single = p.Format, terms, needsSingle(l.Formats(), p.Format)
	}
	if !s.single {
		l.Send(p)
		return
	}
	payload := p.Payload
	if len(payload) == 0 {
		return
	}
	lost := s.active && p.SequenceNumber != s.last+1
	s.last = p.SequenceNumber
	if !s.active {
		s.active, s.sequence = true, p.SequenceNumber
	}
	if lost {
		s.sequence++ // the receiver is to see that something is missing
		s.broken, s.unit = true, s.unit[:0]
	}
	marker := p.Marker
	switch h264.TypeOf(payload) {
	case h264.NALFUA:
		if unit := s.fragment(payload); unit != nil {
			s.emit(l, p, unit, marker)
		}
	case h264.NALSTAPA:
		units := split(payload)
		for i, unit := range units {
			s.emit(l, p, unit, marker && i == len(units)-1)
		}
	default:
		s.emit(l, p, payload, marker)
	}
}

// needsSingle reports whether f has to be repacked for who takes formats.
func needsSingle(formats []codecs.Format, f codecs.Format) bool {
	if !f.Is("H264") || len(formats) == 0 {
		return false
	}
	mode, _ := formats[0].Param("packetization-mode")
	return mode == "" || mode == "0"
}

// fragment takes one FU-A (RFC 6184 5.8) and returns the NAL unit that it
// completes, or nil.
func (s *singleNAL) fragment(payload []byte) []byte {
	if len(payload) < 2 {
		return nil
	}
	indicator, header := payload[0], payload[1]
	const start, end = 0x80, 0x40
	if header&start != 0 {
		s.broken = false
		s.unit = append(s.unit[:0], indicator&0xe0|header&0x1f)
	}
	switch {
	case s.broken, len(s.unit) == 0:
		return nil
	case len(s.unit)+len(payload) > maxReassembled:
		s.sequence++ // the receiver is to see that something is missing
		s.broken = true
		return nil
	}
	s.unit = append(s.unit, payload[2:]...)
	if header&end == 0 {
		return nil
	}
	s.broken = true // until the next start
	return s.unit
}

// split takes a STAP-A apart (RFC 6184 5.7.1).
func split(payload []byte) [][]byte {
	var out [][]byte
	for rest := payload[1:]; len(rest) >= 2; {
		n := int(rest[0])<<8 | int(rest[1])
		if n == 0 || n > len(rest)-2 {
			return out
		}
		out, rest = append(out, rest[2:2+n]), rest[2+n:]
	}
	return out
}

func (s *singleNAL) emit(l *leg.Video, p *leg.Picture, unit []byte, marker bool) {
	q := *p
	q.SequenceNumber, q.Marker, q.Long, q.Head, q.Payload = s.sequence, marker, true, nil, unit
	s.sequence++
	l.Send(&q)
}
