package elementary

import (
	"encoding/binary"
	"io"

	"parley/codecs"
	"parley/codecs/jpeg"
)

// motionJPEG writes JPEG pictures one behind the other, each a file of its own
// (JFIF), out of the packets of RFC 2435, which leave out the headers.
type motionJPEG struct {
	header jpeg.Header
	scan   []byte
	whole  bool
	tables map[uint8][]byte // by Q above 127, that are not sent with each picture
}

func (m *motionJPEG) packet(_ io.Writer, p *codecs.Packet, first, _ bool) error {
	if first {
		m.scan, m.whole = m.scan[:0], true
	}
	var h jpeg.Header
	n, err := h.Unmarshal(p.Payload)
	if ok := err == nil; !ok || int(h.Offset) != len(m.scan) || len(m.scan)+len(p.Payload) > maxPicture {
		m.whole = false
		return nil
	}
	if first {
		m.header = h
		m.header.Tables = nil
		if len(h.Tables) > 0 {
			m.keep(h.Q, h.Tables)
		}
	}
	m.scan = append(m.scan, p.Payload[n:]...)
	return nil
}

func (m *motionJPEG) keep(q uint8, tables []byte) {
	if m.tables == nil {
		m.tables = make(map[uint8][]byte)
	}
	m.tables[q] = append(m.tables[q][:0], tables...)
}

func (m *motionJPEG) end(w io.Writer, wanted bool) (outcome, error) {
	whole := m.whole && len(m.scan) > 0
	m.whole = false
	if !whole || !wanted {
		return outcomeOmitted, nil
	}
	h := &m.header
	var tables []byte
	if h.Q < 128 {
		tables = defaultTables(int(h.Q))
	} else {
		tables = m.tables[h.Q]
	}
	// Types 0 and 1 (RFC 2435 4.1), with restarts or not, in 8 bits.
	if h.Type&^0x41 != 0 || len(tables) != 128 || h.Width == 0 || h.Height == 0 {
		return outcomeOmitted, nil
	}
	if n := len(m.scan); n < 2 || m.scan[n-2] != 0xff || m.scan[n-1] != 0xd9 {
		m.scan = append(m.scan, 0xff, 0xd9) // EOI
	}
	if _, err := w.Write(appendHeaders(nil, h, tables)); err != nil {
		return outcomeNone, err
	}
	if _, err := w.Write(m.scan); err != nil {
		return outcomeNone, err
	}
	return outcomeWritten, nil
}

// appendHeaders appends what stands before the scan (RFC 2435 appendix B).
func appendHeaders(b []byte, h *jpeg.Header, tables []byte) []byte {
	segment := func(marker byte, body ...[]byte) {
		n := 2
		for _, part := range body {
			n += len(part)
		}
		b = binary.BigEndian.AppendUint16(append(b, 0xff, marker), uint16(n))
		for _, part := range body {
			b = append(b, part...)
		}
	}
	b = append(b, 0xff, 0xd8) // SOI
	segment(0xdb, []byte{0}, tables[:64])
	segment(0xdb, []byte{1}, tables[64:])
	if h.RestartInterval != 0 {
		segment(0xdd, binary.BigEndian.AppendUint16(nil, h.RestartInterval))
	}
	sampling := byte(0x21) // type 0: 4:2:2
	if h.Type&1 != 0 {
		sampling = 0x22 // 4:2:0
	}
	segment(0xc0, []byte{8, byte(h.Height >> 8), byte(h.Height), byte(h.Width >> 8), byte(h.Width), 3,
		1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1})
	for _, t := range huffmanTables() {
		segment(0xc4, []byte{t.class}, t.lengths[:], t.values)
	}
	segment(0xda, []byte{3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0})
	return b
}
