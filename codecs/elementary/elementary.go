// Package elementary turns RTP packets of pictures into files that players know:
// H.264 as in its Annex B, VP8 as IVF, JPEG, H.261 and H.263 one picture behind
// the other. It decodes nothing.
package elementary

import (
	"io"
	"strings"

	"parley/codecs"
	"parley/codecs/h264"
	"parley/codecs/vp8"
)

// Writer is one stream of pictures on its way to a file.
type Writer struct {
	w        io.Writer
	kind     kind
	assemble assembler
	order    order

	missing   bool // what was before the next packet is lost
	started   bool
	timestamp uint32 // of the last packet
	marks     bool   // the last packets of pictures have the marker
	picture   picture
	// broken: the next picture refers to one that is not in the file. None is
	// written before a key frame.
	broken bool

	packets, lost, pictures, omitted uint64
}

// picture is what is known of the one at hand.
type picture struct {
	open       bool // packets came
	torn       bool // of which some are missing
	key        bool // it refers to no other,
	disposable bool // or none to it
}

// assembler takes the packets of one stream in their order.
type assembler interface {
	// packet takes a payload. first tells that a picture begins, gap that what
	// was before this packet is missing.
	packet(w io.Writer, p *codecs.Packet, first, gap bool) error
	// end is told that nothing more of a picture comes, and whether it is wanted:
	// whole, and with all that it refers to.
	end(w io.Writer, wanted bool) (outcome, error)
}

// outcome is what became of a picture.
type outcome uint8

const (
	outcomeNone outcome = iota // there was none: parameter sets, say
	outcomeWritten
	outcomeOmitted
)

// Extension is what names of files of a Format end with; not ok: it cannot be
// written.
func Extension(f codecs.Format) (ext string, ok bool) {
	k, ok := kindOf(f)
	return k.extension, ok
}

type kind struct {
	extension string
	assembler func() assembler
	// inspect is set where pictures do not mend without a key frame.
	inspect func(payload []byte) codecs.PayloadInfo
}

func kindOf(f codecs.Format) (kind, bool) {
	switch strings.ToUpper(f.Name) {
	case "H264":
		return kind{".h264", func() assembler { return new(annexB) }, h264.Inspect}, true
	case "VP8":
		return kind{".ivf", func() assembler { return new(ivf) }, vp8.Inspect}, true
	case "H261":
		return kind{".h261", func() assembler { return &bits{header: h261Header} }, nil}, true
	case "H263":
		return kind{".h263", func() assembler { return &bits{header: h263Header} }, nil}, true
	case "H263-1998", "H263-2000":
		return kind{".h263", func() assembler { return new(h263plus) }, nil}, true
	case "JPEG":
		return kind{".mjpeg", func() assembler { return new(motionJPEG) }, nil}, true
	}
	return kind{}, false
}

// New returns a Writer of a Format to w, which gets whole pictures; of H.261 and
// H.263 also parts, which a decoder can use. H.264 and VP8 begin with a key frame,
// and after a loss go on with one. ok is false when the Format cannot be written.
func New(w io.Writer, f codecs.Format) (_ *Writer, ok bool) {
	k, ok := kindOf(f)
	if !ok {
		return nil, false
	}
	return &Writer{w: w, kind: k, assemble: k.assembler(), broken: k.inspect != nil}, true
}

// Write takes the next packet as it came. It is kept while those before it are
// missing, as long as they can be expected; what is late or comes twice is left
// out. Payload need not outlive the call: its Buffer is retained, or it is copied.
// A malformed payload is no error: its picture is left out. The error is w's.
func (s *Writer) Write(p *codecs.Packet) error {
	if s.order.anew(p) {
		if err := s.advance(true); err != nil {
			return err
		}
		s.order.restart(p)
		s.missing = true
	}
	s.order.put(p)
	return s.advance(false)
}

// advance writes what is next; at the end, all.
func (s *Writer) advance(end bool) error {
	for {
		p, lost, ok := s.order.take(end)
		if !ok {
			return nil
		}
		err := s.take(&p, lost)
		if p.Buffer != nil {
			p.Buffer.Release()
		}
		if err != nil {
			return err
		}
	}
}

// take takes the next packet in order, before which so many are lost.
func (s *Writer) take(p *codecs.Packet, lost uint16) error {
	s.packets++
	s.lost += uint64(lost)
	s.missing = s.missing || lost > 0
	if len(p.Payload) == 0 {
		return nil // padding alone
	}
	gap, first := s.missing, !s.started || p.Timestamp != s.timestamp
	s.missing = false
	if first {
		// Its last packet was lost, or has no marker.
		if err := s.end(!s.marks && !gap); err != nil {
			return err
		}
		s.picture = picture{disposable: true}
	}
	s.started, s.timestamp, s.picture.open = true, p.Timestamp, true
	s.look(p.Payload, first, gap)
	if err := s.assemble.packet(s.w, p, first, gap); err != nil {
		return err
	}
	if p.Marker {
		s.marks = true
		return s.end(true)
	}
	return nil
}

// look finds what a payload tells of its picture, and what a gap before it does.
func (s *Writer) look(payload []byte, first, gap bool) {
	c := &s.picture
	c.torn = c.torn || gap && !first
	if s.kind.inspect == nil {
		return
	}
	info := s.kind.inspect(payload)
	c.key = c.key || info.Keyframe
	c.disposable = c.disposable && info.Discardable
	// What is lost within a picture is of that one alone.
	if gap && (first || !c.disposable) {
		s.broken = true
	}
}

// end ends the picture at hand. complete tells whether its last packet came.
func (s *Writer) end(complete bool) error {
	c := &s.picture
	if !c.open {
		return nil
	}
	c.open = false
	became, err := s.assemble.end(s.w, complete && !c.torn && (c.key || !s.broken))
	switch became {
	case outcomeWritten:
		s.pictures++
		s.broken = false
	case outcomeOmitted:
		s.omitted++
		s.broken = s.broken || s.kind.inspect != nil && !c.disposable
	}
	return err
}

// Close writes what is left. It does not close the file.
func (s *Writer) Close() error {
	if err := s.advance(true); err != nil {
		return err
	}
	return s.end(!s.marks)
}

// Packets counts those that were taken.
func (s *Writer) Packets() uint64 { return s.packets }

// Lost counts the packets that were missing.
func (s *Writer) Lost() uint64 { return s.lost }

// Pictures counts those that were written.
func (s *Writer) Pictures() uint64 { return s.pictures }

// Omitted counts pictures that came and were left out: parts of them were lost, or
// what they refer to.
func (s *Writer) Omitted() uint64 { return s.omitted }
