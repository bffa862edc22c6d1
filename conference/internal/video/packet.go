package video

import (
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/codecs/vp8"
)

// packet is a received packet, shared by all sinks and reference-counted. All
// but refs is read-only once it is distributed.
type packet struct {
	seq      uint16
	ts       uint32
	marker   bool
	payload  []byte
	arrival  time.Time
	info     codecs.PayloadInfo
	ordinal  uint64         // position in the order of arrival at its source
	run      uint64         // which unbroken run of numbers of its source it is in
	vp8      vp8.Descriptor // of a VP8 payload,
	vp8Bytes int            // and its length; 0: none

	refs   atomic.Int32
	buffer *codecs.Buffer
	pool   *sync.Pool
}

func (p *packet) retain() { p.refs.Add(1) }

func (p *packet) release() {
	if p.refs.Add(-1) > 0 {
		return
	}
	p.buffer.Release()
	p.buffer, p.payload = nil, nil
	p.pool.Put(p)
}

// lead holds the packets of one picture from its parameter sets on, until it
// is known whether an IDR slice follows: an SPS also stands ahead of pictures
// that are none (recovery points).
type lead struct {
	packets []*packet
}

// add holds p when it belongs to a picture that began with parameter sets.
func (l *lead) add(p *packet) {
	if !l.has(p.ts) {
		l.clear()
	}
	if len(l.packets) == maxLead || len(l.packets) == 0 && !p.info.ParameterSets {
		return
	}
	p.retain()
	l.packets = append(l.packets, p)
}

// has reports whether packets that lead the picture of timestamp ts are held.
func (l *lead) has(ts uint32) bool { return len(l.packets) > 0 && l.packets[0].ts == ts }

// begins reports whether p begins a key frame, by itself or behind what is
// held.
func (l *lead) begins(p *packet) bool {
	return p.info.Keyframe && (p.info.FrameStart || l.has(p.ts))
}

// take gives up the packets that lead the picture of timestamp ts, with their
// references.
func (l *lead) take(ts uint32) []*packet {
	if !l.has(ts) {
		l.clear()
	}
	out := l.packets
	l.packets = nil
	return out
}

func (l *lead) clear() {
	for _, p := range l.packets {
		p.release()
	}
	l.packets = l.packets[:0]
}
