// Package elementary turns RTP packets of pictures into files that players know:
// H.264 as in its Annex B, VP8 as IVF, JPEG, H.261 and H.263 one picture behind
// the other. It decodes nothing.
package elementary

import (
	"io"
	"strings"

	"parley/codecs"
)

// Writer is one stream of pictures on its way to a file.
type Writer struct {
	w        io.Writer
	assemble assembler

	started   bool
	sequence  uint16 // of the last packet
	timestamp uint32

	packets, lost, pictures uint64
}

// assembler takes the packets of one stream in their order.
type assembler interface {
	// packet takes a payload. first tells that a picture begins, gap that what
	// was before this packet is missing.
	packet(w io.Writer, p *codecs.Packet, first, gap bool) error
	// end is told that nothing more of a picture comes. It reports whether a
	// whole one was written.
	end(w io.Writer) (bool, error)
}

// Extension is what names of files of a Format end with; not ok: it cannot be
// written.
func Extension(f codecs.Format) (ext string, ok bool) {
	k, ok := kindOf(f)
	return k.extension, ok
}

type kind struct {
	extension string
	assembler func() assembler
}

func kindOf(f codecs.Format) (kind, bool) {
	switch strings.ToUpper(f.Name) {
	case "H264":
		return kind{".h264", func() assembler { return new(annexB) }}, true
	case "VP8":
		return kind{".ivf", func() assembler { return new(ivf) }}, true
	case "H261":
		return kind{".h261", func() assembler { return &bits{header: h261Header} }}, true
	case "H263":
		return kind{".h263", func() assembler { return &bits{header: h263Header} }}, true
	case "H263-1998", "H263-2000":
		return kind{".h263", func() assembler { return new(h263plus) }}, true
	case "JPEG":
		return kind{".mjpeg", func() assembler { return new(motionJPEG) }}, true
	}
	return kind{}, false
}

// New returns a Writer of a Format to w, which gets whole pictures, or parts of
// H.264's and older ones that a decoder can use. ok is false when the Format
// cannot be written.
func New(w io.Writer, f codecs.Format) (_ *Writer, ok bool) {
	k, ok := kindOf(f)
	if !ok {
		return nil, false
	}
	return &Writer{w: w, assemble: k.assembler()}, true
}

// Write takes the next packet in the order of sequence numbers. What is late or
// comes twice is left out. A malformed payload is no error: it counts as lost.
// The error is w's.
func (s *Writer) Write(p *codecs.Packet) error {
	first, gap := true, false
	if s.started {
		step := p.SequenceNumber - s.sequence
		if step == 0 || step >= 1<<15 {
			return nil
		}
		gap = step > 1
		if gap {
			s.lost += uint64(step - 1)
		}
		if first = p.Timestamp != s.timestamp; first {
			// Its last packet was lost, or has no marker.
			if err := s.end(); err != nil {
				return err
			}
		}
	}
	s.started, s.sequence, s.timestamp = true, p.SequenceNumber, p.Timestamp
	s.packets++
	if err := s.assemble.packet(s.w, p, first, gap); err != nil {
		return err
	}
	if p.Marker {
		return s.end()
	}
	return nil
}

func (s *Writer) end() error {
	whole, err := s.assemble.end(s.w)
	if whole {
		s.pictures++
	}
	return err
}

// Close writes what is left. It does not close the file.
func (s *Writer) Close() error { return s.end() }

// Packets counts those that were taken.
func (s *Writer) Packets() uint64 { return s.packets }

// Lost counts the packets that were missing.
func (s *Writer) Lost() uint64 { return s.lost }

// Pictures counts those that were written.
func (s *Writer) Pictures() uint64 { return s.pictures }
