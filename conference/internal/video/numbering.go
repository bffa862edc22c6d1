package video

import (
	"math/rand/v2"
	"time"

	"parley/codecs/vp8"
)

// numbering maps the numbers of one source after another to those of one
// stream, in which nothing shows where the source changed: that is what an
// RFC 3550 mixer does (section 7.3). Within one source, gaps stay gaps, so
// that loss stays visible, and packets out of order stay so.
type numbering struct {
	started bool
	seq     uint16    // the highest sent
	ts      uint32    // the highest sent,
	at      time.Time // and when its packet arrived

	// The source's sequence numbers, extended (RFC 3550 A.1).
	high, first int64
	offset      int64
	split       int64 // below it, inserted counts fewer
	inserted    int64 // packets put ahead of split
	tsOffset    uint32

	picture  counter // PictureID, 15 bits
	tl0      counter // TL0PICIDX
	keyIndex counter // KEYIDX
}

// counter continues a number of a few bits across sources.
type counter struct {
	bits    uint // of the stream's numbers
	started bool
	last    int // the highest sent
	mapped  bool
	high    int // the source's highest, extended
	offset  int
}

// next maps v, a number of width bits, and keeps it as received for the first
// source.
func (c *counter) next(v int, width uint) int {
	switch {
	case !c.mapped && c.started:
		c.offset = c.last + 1 - v
		c.high = v
	case !c.mapped:
		c.offset, c.high, c.last = 0, v, v
	}
	c.mapped, c.started = true, true
	ext := c.high + signed(v-c.high, width)
	if ext >= c.high {
		c.high = ext
		c.last = ext + c.offset
	}
	return (ext + c.offset) & (1<<c.bits - 1)
}

// signed takes the low bits of d as a two's complement number.
func signed(d int, bits uint) int {
	shift := 64 - bits
	return int(int64(d) << shift >> shift)
}

// begin maps a new source, or a new place in the same one, whose first packet
// is p. ts is what its timestamp becomes.
func (n *numbering) begin(p *packet, ts uint32) {
	if !n.started {
		n.started = true
		// RFC 3550 5.1: SHOULD be random; below 2^15 for SRTP (RFC 3711 3.3.1).
		n.seq = uint16(rand.Uint32() & 0x7fff)
		n.ts, n.at = ts, p.arrival
		n.picture.bits, n.tl0.bits, n.keyIndex.bits = 15, 8, 5
	}
	n.high, n.first = int64(p.seq), int64(p.seq)
	n.offset = int64(n.seq) + 1 - int64(p.seq)
	n.split, n.inserted = n.first, 0
	n.tsOffset = ts - p.ts
	n.picture.mapped, n.tl0.mapped, n.keyIndex.mapped = false, false, false
}

// timestamp is where the stream stands at a time: the highest timestamp sent
// plus what passed since, and at least one tick.
func (n *numbering) timestamp(at time.Time, clock int64) uint32 {
	if !n.started {
		return rand.Uint32()
	}
	ticks := at.Sub(n.at).Microseconds() * clock / 1e6
	return n.ts + uint32(max(1, ticks))
}

// extend returns the extended sequence number of p, false when p is older than
// the first packet of its source in this stream.
func (n *numbering) extend(seq uint16) (int64, bool) {
	ext := n.high + int64(int16(seq-uint16(n.high)))
	if ext < n.first {
		return 0, false
	}
	n.high = max(n.high, ext)
	return ext, true
}

// insert makes room for count packets ahead of the one at ext, and returns the
// number of the first.
func (n *numbering) insert(ext int64, count int) uint16 {
	first := n.sequence(ext)
	n.offset += int64(count)
	n.split, n.inserted = ext, int64(count)
	return first
}

// sequence maps an extended sequence number.
func (n *numbering) sequence(ext int64) uint16 {
	out := ext + n.offset
	if ext < n.split {
		out -= n.inserted
	}
	return uint16(out)
}

// sent notes what was sent.
func (n *numbering) sent(seq uint16, ts uint32, at time.Time) {
	if int16(seq-n.seq) > 0 {
		n.seq = seq
	}
	if int32(ts-n.ts) > 0 {
		n.ts, n.at = ts, at
	}
}

// descriptor maps the numbers of a VP8 payload descriptor. Picture ids are
// written with 15 bits, whatever the source's width.
func (n *numbering) descriptor(d *vp8.Descriptor) {
	if d.HasPictureID {
		width := uint(7)
		if d.Wide {
			width = 15
		}
		d.PictureID = uint16(n.picture.next(int(d.PictureID), width))
		d.Wide = true
	}
	if d.HasTL0PICIDX {
		d.TL0PICIDX = uint8(n.tl0.next(int(d.TL0PICIDX), 8))
	}
	if d.HasKeyIndex {
		d.KeyIndex = uint8(n.keyIndex.next(int(d.KeyIndex), 5))
	}
}
