package elementary

import (
	"io"

	"parley/codecs"
)

// bits joins the payloads of H.261 (RFC 4587) and H.263 (RFC 2190), which may end
// and go on within a byte.
type bits struct {
	// header returns the length of what stands before a payload, how many bits
	// of its first byte and of its last are not of it; 0: it is malformed.
	header func(b []byte) (n int, sbit, ebit uint)

	last byte // the bits of a byte that is not complete
	open uint // how many of its bits are missing
	some bool
}

// h261Header (RFC 4587 4.1): 4 bytes, SBIT and EBIT in the first.
func h261Header(b []byte) (n int, sbit, ebit uint) {
	if len(b) <= 4 {
		return 0, 0, 0
	}
	return 4, uint(b[0] >> 5), uint(b[0]>>2) & 7
}

// h263Header (RFC 2190 5): 4, 8 or 12 bytes by its first bits F and P, then SBIT
// and EBIT.
func h263Header(b []byte) (n int, sbit, ebit uint) {
	if len(b) == 0 {
		return 0, 0, 0
	}
	n = 4
	switch b[0] & 0xc0 {
	case 0x80:
		n = 8
	case 0xc0:
		n = 12
	}
	if len(b) <= n {
		return 0, 0, 0
	}
	return n, uint(b[0]>>3) & 7, uint(b[0]) & 7
}

func (s *bits) packet(w io.Writer, p *codecs.Packet, _, gap bool) error {
	n, sbit, ebit := s.header(p.Payload)
	if n == 0 || len(p.Payload)-n == 1 && sbit+ebit >= 8 {
		return s.flush(w)
	}
	body := p.Payload[n:]
	if s.open > 0 && (gap || s.open+sbit != 8) {
		// What was to complete the byte is lost: the decoder resumes at the next
		// start code.
		if err := s.flush(w); err != nil {
			return err
		}
	}
	s.some = true
	begin := body[0] & (0xff >> sbit)
	if len(body) == 1 {
		s.last |= begin & (0xff << ebit)
		if s.open = ebit; ebit == 0 {
			return s.complete(w)
		}
		return nil
	}
	s.last |= begin
	if err := s.complete(w); err != nil {
		return err
	}
	middle, end := body[1:len(body)-1], body[len(body)-1]
	if ebit == 0 {
		_, err := w.Write(body[1:])
		return err
	}
	s.last, s.open = end&(0xff<<ebit), ebit
	_, err := w.Write(middle)
	return err
}

// complete writes the byte at hand.
func (s *bits) complete(w io.Writer) error {
	b := s.last
	s.last, s.open = 0, 0
	_, err := w.Write([]byte{b})
	return err
}

// flush writes a byte that is not complete.
func (s *bits) flush(w io.Writer) error {
	if s.open == 0 {
		return nil
	}
	return s.complete(w)
}

// end counts what came of a picture, whole or not: a decoder goes on behind a gap.
func (s *bits) end(w io.Writer, _ bool) (outcome, error) {
	some := s.some
	s.some = false
	return countedIf(some), s.flush(w)
}

func countedIf(some bool) outcome {
	if some {
		return outcomeWritten
	}
	return outcomeNone
}

// h263plus joins the payloads of RFC 4629.
type h263plus struct{ some bool }

// packet takes off the header (RFC 4629 5.1): 2 bytes, a byte where V is set, and
// PLEN bytes of a copied picture header. Where P is set, the payload begins with
// two bytes of zero that are not sent.
func (s *h263plus) packet(w io.Writer, p *codecs.Packet, _, _ bool) error {
	b := p.Payload
	if len(b) < 2 {
		return nil
	}
	starts := b[0]&0x04 != 0
	n := 2 + int(b[0]&0x02)>>1 + int(b[0]&0x01)<<5 + int(b[1]>>3)
	if len(b) <= n {
		return nil
	}
	if starts {
		if _, err := w.Write([]byte{0, 0}); err != nil {
			return err
		}
	}
	s.some = true
	_, err := w.Write(b[n:])
	return err
}

func (s *h263plus) end(io.Writer, bool) (outcome, error) {
	some := s.some
	s.some = false
	return countedIf(some), nil
}
