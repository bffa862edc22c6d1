package codecs

import (
	"sync"
	"sync/atomic"
	"time"
)

// MaxPacket is the largest RTP packet in bytes that is received and forwarded
// whole, but where a codec's senders are known for longer ones. It answers memory
// use by jumbo datagrams: what is longer is dropped and counted, since no other
// peer sends more than an Ethernet MTU.
const MaxPacket = 1600

// Buffer is a pooled, reference-counted block that holds one received packet.
// It is born with one reference, owned by who called Pool.Get. Whoever keeps
// the bytes past the call that passed them calls Retain, and Release later.
type Buffer struct {
	Bytes [MaxPacket]byte
	refs  atomic.Int32
	pool  *Pool
}

// Retain adds a reference.
func (b *Buffer) Retain() { b.refs.Add(1) }

// Release drops a reference; the last one returns the Buffer to its Pool.
func (b *Buffer) Release() {
	switch n := b.refs.Add(-1); {
	case n == 0:
		b.pool.p.Put(b)
	case n < 0:
		panic("codecs: Buffer released more often than retained")
	}
}

// Pool hands out Buffers. The zero value is ready for use.
type Pool struct{ p sync.Pool }

// Get returns a Buffer with one reference.
func (p *Pool) Get() *Buffer {
	b, _ := p.p.Get().(*Buffer)
	if b == nil {
		b = &Buffer{pool: p}
	}
	b.refs.Store(1)
	return b
}

// Packet is one received RTP packet with its header taken apart.
type Packet struct {
	PayloadType    uint8
	SequenceNumber uint16
	Timestamp      uint32
	SSRC           uint32
	Marker         bool
	// Payload points into Buffer, or into memory of its own where it is longer. It
	// is read-only.
	Payload []byte
	// Buffer owns Payload's memory. When it is nil, whoever keeps the packet
	// copies Payload.
	Buffer *Buffer
	// Arrival is when the packet was read from its socket (monotonic).
	Arrival time.Time
}

// PayloadInfo is what a video payload tells without being decoded.
type PayloadInfo struct {
	// FrameStart is set on the first packet of a picture, as far as the
	// payload itself shows it.
	FrameStart bool
	// Keyframe is set when the payload begins a picture that needs no other:
	// an H.264 IDR slice, a VP8 key frame's first partition, an H.263 INTRA
	// picture. Without FrameStart the payload is one only behind those of the
	// same picture that have ParameterSets.
	Keyframe bool
	// ParameterSets is set when the payload carries what a key frame behind it
	// in the same picture may need: an H.264 SPS, an H.261 picture header that
	// stands alone.
	ParameterSets bool
	// Discardable is set when no other picture refers to this one.
	Discardable bool
}
