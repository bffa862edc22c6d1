package video

import (
	"encoding/binary"
	"sync"
	"testing/synctest"
	"time"

	"parley/codecs"
	"parley/codecs/vp8"
)

// camera makes the packets of one source: pictures of two packets, 40 ms
// apart. The last four bytes of each payload tell which packet it is.
type camera struct {
	sw     *Switch
	id     SourceID
	format codecs.Format
	inBand bool // H.264: SPS and PPS ahead of key frames
	narrow bool // VP8: picture ids of 7 bits
	ssrc   uint32
	seq    uint16
	ts     uint32
	pic    uint16
	tl0    uint8
	serial uint32
	asked  []time.Time
	mu     sync.Mutex
}

func (c *camera) config(askable bool, sets ...[]byte) SourceConfig {
	return SourceConfig{Format: c.format, ParameterSets: sets, RequestKeyframe: func() bool {
		if askable {
			c.mu.Lock()
			c.asked = append(c.asked, time.Now())
			c.mu.Unlock()
		}
		return askable
	}}
}

func (c *camera) requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.asked)
}

func (c *camera) packet(head []byte, marker bool) {
	c.serial++
	payload := binary.BigEndian.AppendUint32(head, c.serial)
	c.sw.Forward(c.id, &codecs.Packet{
		SSRC: c.ssrc, SequenceNumber: c.seq, Timestamp: c.ts, Marker: marker, Payload: payload, Arrival: time.Now(),
	})
	c.seq++
}

// pass lets time pass in a synctest bubble.
func pass(d time.Duration) { <-time.After(d) }

// shoot sends one picture and lets its 40 ms pass.
func (c *camera) shoot(key bool) {
	if c.format.Is("VP8") {
		d := vp8.Descriptor{Start: true, HasPictureID: true, Wide: !c.narrow, PictureID: c.pic,
			HasTL0PICIDX: true, TL0PICIDX: c.tl0, HasTID: true}
		if c.narrow {
			d.PictureID &= 0x7f
		}
		flag := byte(1)
		if key {
			flag = 0
		}
		c.packet(append(d.Append(nil), flag), false)
		d.Start = false
		c.packet(append(d.Append(nil), 1), true)
		c.pic = (c.pic + 1) & 0x7fff
		c.tl0++
	} else {
		header := byte(0x41)
		if key {
			header = 0x65
			if c.inBand {
				c.packet([]byte{0x78, 0, 5, 0x67, 0x42, 0xc0, 0x1e, 0xd9, 0, 4, 0x68, 0xcb, 0x83, 0xcb}, false)
			}
		}
		c.packet([]byte{0x7c&0x60 | 28, 0x80 | header&0x1f, 0x88}, false)
		c.packet([]byte{0x7c&0x60 | 28, 0x40 | header&0x1f, 0x88}, true)
	}
	c.ts += 3600
	pass(40 * time.Millisecond)
	synctest.Wait()
}
