package playout

import (
	"math/bits"

	"parley/codecs"
)

// packet is one packet on its way to the decoder.
type packet struct {
	kind    *payloadType
	seq     int64  // sequence number, extended
	ts      int64  // timestamp, extended; of sound only
	epoch   uint32 // timeline that ts belongs to
	arrival int64  // ns
	payload []byte
}

type slotState uint8

const (
	slotEmpty slotState = iota
	slotWaiting
	slotTaken // played; kept to know duplicates
)

type slot struct {
	packet
	state slotState
}

// ring keeps packets in the order of their sequence numbers.
type ring struct {
	slots   [ringSize]slot
	waiting int
	next    int64 // sequence number that is due
	reading bool  // next was set by the reader

	started bool
	ssrc    uint32
	highest int64  // extended, of last
	last    uint16 // highest sequence number as sent
	suspect uint32 // sequence number that would confirm a restart (RFC 3550 A.1 bad_seq)
	epoch   uint32
	free    [][]byte
}

// noSuspect is out of the range of sequence numbers.
const noSuspect = 1 << 16

type placement uint8

const (
	placeNew placement = iota
	placeRestarted
	placeDoubtful
	placeDuplicate
)

// place finds where p belongs in the sequence.
func (r *ring) place(p *codecs.Packet, in *packet) placement {
	if !r.started || p.SSRC != r.ssrc {
		r.restart(p)
		in.seq, in.epoch = r.highest, r.epoch
		return placeRestarted
	}
	delta := int64(int16(p.SequenceNumber - r.last))
	switch {
	case delta > 0 && delta < maxDropout:
		in.seq = r.highest + delta
		r.highest, r.last = in.seq, p.SequenceNumber
	case delta <= 0 && delta > -maxMisorder:
		in.seq = r.highest + delta
	case uint32(p.SequenceNumber) == r.suspect:
		r.resume(p)
		in.seq, in.epoch = r.highest, r.epoch
		return placeRestarted
	default:
		r.suspect = uint32(p.SequenceNumber + 1)
		return placeDoubtful
	}
	r.suspect = noSuspect
	in.epoch = r.epoch
	if s := &r.slots[in.seq&(ringSize-1)]; s.state != slotEmpty && s.seq == in.seq {
		return placeDuplicate
	}
	return placeNew
}

// restart begins with a new source.
func (r *ring) restart(p *codecs.Packet) {
	r.drop(r.next + ringSize)
	for i := range r.slots {
		r.slots[i].state = slotEmpty
	}
	r.started, r.reading = true, false
	r.ssrc, r.suspect = p.SSRC, noSuspect
	r.highest, r.last = r.highest+ringSize, p.SequenceNumber
	r.next = r.highest
	r.epoch++
}

// resume goes on behind what waits with a sender whose sequence number jumped.
func (r *ring) resume(p *codecs.Packet) {
	r.highest, r.last = r.highest+1, p.SequenceNumber
	r.suspect = noSuspect
	r.epoch++
}

// insert files a placed packet. It returns how many older ones it pushed out,
// or late when its time has passed.
func (r *ring) insert(in *packet, payload []byte) (dropped int, late bool) {
	if in.seq < r.next {
		if r.reading || r.highest-in.seq >= ringSize {
			return 0, true
		}
		r.next = in.seq
	}
	if in.seq-r.next >= ringSize {
		dropped = r.drop(in.seq - ringSize + 1)
	}
	s := &r.slots[in.seq&(ringSize-1)]
	in.payload = append(r.block(len(payload)), payload...)
	s.packet, s.state = *in, slotWaiting
	r.waiting++
	return dropped, false
}

// block returns an empty slice with room for n bytes.
func (r *ring) block(n int) []byte {
	if last := len(r.free) - 1; last >= 0 {
		b := r.free[last]
		r.free = r.free[:last]
		if cap(b) >= n {
			return b[:0]
		}
	}
	return make([]byte, 0, max(64, 1<<bits.Len(uint(n))))
}

// release takes a block back.
func (r *ring) release(b []byte) {
	if cap(b) > 0 {
		r.free = append(r.free, b)
	}
}

// front is the waiting packet with the lowest number, or nil. It is the ring's
// until the next call of insert, take or drop.
func (r *ring) front() *packet {
	if r.waiting == 0 {
		return nil
	}
	for seq := r.next; ; seq++ {
		if s := &r.slots[seq&(ringSize-1)]; s.state == slotWaiting && s.seq >= seq {
			return &s.packet
		}
	}
}

// take moves the front to p, whose former payload it takes back.
func (r *ring) take(p *packet) {
	f := r.front()
	r.release(p.payload)
	*p = *f
	f.payload = nil
	r.slots[f.seq&(ringSize-1)].state = slotTaken
	r.waiting--
	r.next, r.reading = p.seq+1, true
}

// drop gives up what waits before seq and returns how many those were.
func (r *ring) drop(seq int64) int {
	n := 0
	for s := r.next; s < min(seq, r.next+ringSize); s++ {
		if slot := &r.slots[s&(ringSize-1)]; slot.state == slotWaiting {
			r.release(slot.payload)
			slot.payload, slot.state = nil, slotEmpty
			r.waiting--
			n++
		}
	}
	r.next = max(r.next, seq)
	return n
}
