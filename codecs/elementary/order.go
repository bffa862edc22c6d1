package elementary

import (
	"bytes"
	"cmp"
	"slices"

	"parley/codecs"
)

// order puts the packets of one stream in the order of their sequence numbers.
// What is written to a file is not late by waiting, so it is the number of packets
// that bounds it, and not time.
type order struct {
	started bool
	due     uint16          // number of the packet that is next
	waiting []codecs.Packet // by number, from due on
	late    int             // packets one after another
}

// anew reports whether a packet shows that the sender has begun anew: with it, more
// came late one after another than can be on their way.
func (o *order) anew(p *codecs.Packet) bool {
	if !o.started || p.SequenceNumber-o.due < 1<<15 {
		o.late = 0
		return false
	}
	o.late++
	return o.late > maxWaiting
}

// restart begins at a packet's number; nothing waits.
func (o *order) restart(p *codecs.Packet) { o.due, o.late = p.SequenceNumber, 0 }

// put takes a packet, which is kept until take. What is late or comes twice is
// left out.
func (o *order) put(p *codecs.Packet) {
	if !o.started {
		o.started, o.due = true, p.SequenceNumber
	}
	ahead := p.SequenceNumber - o.due
	if ahead >= 1<<15 {
		return
	}
	at, twice := slices.BinarySearchFunc(o.waiting, ahead, func(w codecs.Packet, ahead uint16) int {
		return cmp.Compare(w.SequenceNumber-o.due, ahead)
	})
	if twice {
		return
	}
	kept := *p
	if kept.Buffer != nil {
		kept.Buffer.Retain()
	} else {
		kept.Payload = bytes.Clone(p.Payload)
	}
	o.waiting = slices.Insert(o.waiting, at, kept)
}

// take returns the next packet, whose Buffer is the caller's to release, and how
// many are lost before it; not ok: it is still waited for. At the end nothing is.
func (o *order) take(end bool) (p codecs.Packet, lost uint16, ok bool) {
	if len(o.waiting) == 0 {
		return p, 0, false
	}
	p = o.waiting[0]
	lost = p.SequenceNumber - o.due
	if lost > 0 && len(o.waiting) <= maxWaiting && !end {
		return p, 0, false
	}
	o.waiting = slices.Delete(o.waiting, 0, 1)
	o.due = p.SequenceNumber + 1
	return p, lost, true
}
