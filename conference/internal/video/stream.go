package video

import (
	"sync/atomic"
	"time"

	"parley/codecs/vp8"
)

// stream is one sequence of packets to a sink: the source that it shows, the
// one that it is about to show, and the numbers that go on across both.
type stream struct {
	id   SourceID // 0: the single stream
	sink *Sink

	target *source // guarded by Switch.mu: what it is to show

	refresh atomic.Bool // the sink needs a key frame
	gone    atomic.Bool // its source was removed; the stream is not used again

	// Of the sink's goroutine.
	cur, next *link
	numbers   numbering
	setsSeen  bool   // parameter sets were sent in the picture
	setsTS    uint32 // of this timestamp
	sentTS    uint32 // the source's timestamp of the last packet sent
	keyTold   bool   // a Keyframe was flagged in the picture
	keyTS     uint32 // of this timestamp
	replayed  time.Time
	out       Packet
	head      [vp8.MaxDescriptor]byte
}

// backlog is what a link sends at its own pace before it goes live: a replay
// and what arrived meanwhile.
type backlog struct {
	packets []*packet
	sent    int    // of them
	last    uint64 // ordinal of the newest that the replay covers; older live ones are duplicates
	base    uint32 // timestamp of the replay's first picture
	step    uint32 // between its pictures
	index   uint32 // of the picture being sent
	ts      uint32 // the source's timestamp of it
}

func (b *backlog) pending() bool { return b.sent < len(b.packets) }

func (b *backlog) clear() {
	for _, p := range b.packets[b.sent:] {
		p.release()
	}
	b.packets, b.sent = nil, 0
}

// attach makes l the next source, to be shown from its next key frame on.
func (st *stream) attach(l *link) {
	st.detach(&st.next)
	if st.cur != nil && st.cur.src == l.src {
		st.detach(&l) // back to what is still shown
		return
	}
	st.next = l
}

// detach ends a link, if there is one.
func (st *stream) detach(at **link) {
	l := *at
	if l == nil {
		return
	}
	*at = nil
	l.clear()
	sw := l.src.sw
	sw.mu.Lock()
	l.src.withdrawLocked(func(x *link) bool { return x == l })
	sw.mu.Unlock()
}

// promote shows next from here on.
func (st *stream) promote(l *link) {
	if st.cur != l {
		st.detach(&st.cur)
		st.cur, st.next = l, nil
	}
	l.hold, l.since = false, time.Time{}
	l.arrived()
	st.setsSeen, st.keyTold = false, false
}

// receive takes one live packet of l, with its reference.
func (st *stream) receive(l *link, p *packet) {
	defer p.release()
	if p.run > l.run && (l == st.cur || l == st.next) {
		l.restart(p.run)
	}
	switch {
	case l != st.cur && l != st.next:
	case l.backlog.last >= p.ordinal:
		// The replay had it.
	case l == st.next || l.hold && !l.backlog.pending():
		st.await(l, p)
	case l.hold:
	case l.backlog.pending():
		if len(l.backlog.packets)-l.backlog.sent >= 2*MaxReplayPackets {
			l.hold = true
			l.src.sw.dropped.Add(1)
			return
		}
		p.retain()
		l.backlog.packets = append(l.backlog.packets, p)
	default:
		st.show(l, p)
	}
}

// await begins to show l when p begins a key frame. What is shown finishes its
// picture first: half a picture is an error to strict decoders.
func (st *stream) await(l *link, p *packet) {
	if len(l.held) == 0 {
		if !l.begins(p) {
			l.lead.add(p)
			return
		}
		l.held = l.lead.take(p.ts)
	}
	p.retain()
	l.held = append(l.held, p)
	if l == st.cur || !st.midPicture() || len(l.held) >= maxHeld {
		st.cutOver(l)
	}
}

// midPicture reports whether the last packet sent did not end its picture.
func (st *stream) midPicture() bool { return st.cur != nil && !st.cur.hold && !st.out.Marker }

// cutOver shows l from the key frame that it holds.
func (st *stream) cutOver(l *link) {
	st.promote(l)
	held := l.held
	l.held = nil
	st.numbers.begin(held[0], st.numbers.timestamp(held[0].arrival, l.src.clock))
	for _, p := range held {
		st.send(l, p, p.ts+st.numbers.tsOffset)
		p.release()
	}
}

// show sends a live packet of cur, and cuts over to a key frame that waits for
// the end of the picture.
func (st *stream) show(l *link, p *packet) {
	waiting := st.next != nil && len(st.next.held) > 0
	if waiting && p.ts != st.sentTS {
		st.cutOver(st.next) // the packet with the marker was lost
		return
	}
	st.send(l, p, p.ts+st.numbers.tsOffset)
	if waiting && p.marker {
		st.cutOver(st.next)
	}
}

// replay shows l from its kept key frame on, if there is one. The kept
// pictures are placed right before the present, so that the receiver catches
// up at once; what is live follows at its own timestamps.
func (st *stream) replay(l *link) {
	if !l.src.kept.Load() || l.backlog.pending() {
		return
	}
	packets, last, whole := l.src.replay.snapshot()
	if len(packets) == 0 {
		return
	}
	frames, newest := uint32(1), packets[0].ts
	for i, p := range packets[1:] {
		if p.ts != packets[i].ts {
			frames++
		}
		if int32(p.ts-newest) > 0 {
			newest = p.ts
		}
	}
	n := &st.numbers
	end := n.timestamp(packets[len(packets)-1].arrival, l.src.clock) // of the newest picture
	step := uint32(replayStep)
	if n.started {
		room := end - n.ts // at least 1
		step = min(step, max(1, room/frames))
		end = n.ts + max(room, step*frames)
	}
	st.promote(l)
	base := end - (frames-1)*step
	n.begin(packets[0], base)
	n.tsOffset = end - newest
	l.hold = !whole
	l.run = packets[0].run
	l.backlog = backlog{packets: packets, last: last, base: base, step: step, ts: packets[0].ts}
	st.replayed = time.Now()
	l.src.sw.replays.Add(1)
	st.catchUp()
}

// catchUp sends the next burst of a backlog.
func (st *stream) catchUp() {
	l := st.cur
	if l == nil || !l.backlog.pending() {
		return
	}
	b := &l.backlog
	for range replayBurst {
		if !b.pending() {
			break
		}
		p := b.packets[b.sent]
		b.packets[b.sent] = nil
		b.sent++
		ts := p.ts + st.numbers.tsOffset
		if p.ordinal <= b.last {
			if p.ts != b.ts {
				b.ts = p.ts
				b.index++
			}
			ts = b.base + b.index*b.step
		}
		st.send(l, p, ts)
		p.release()
	}
	if !b.pending() {
		b.packets, b.sent = nil, 0
	}
}

// send forwards p under the timestamp ts.
func (st *stream) send(l *link, p *packet, ts uint32) {
	ext, ok := st.numbers.extend(p.seq)
	if !ok {
		return
	}
	if p.info.ParameterSets {
		st.setsSeen, st.setsTS = true, p.ts
	}
	first := ext == st.numbers.first && !st.keyTold
	if l.src.isH264 && p.info.Keyframe && (!st.setsSeen || st.setsTS != p.ts) {
		st.inject(l, p, ext, ts)
	}
	o := &st.out
	o.SequenceNumber, o.Timestamp, o.Marker = st.numbers.sequence(ext), ts, p.marker
	o.Head, o.Payload = nil, p.payload
	o.Keyframe = (first || p.info.Keyframe) && (!st.keyTold || st.keyTS != p.ts)
	if p.vp8Bytes > 0 {
		d := p.vp8
		st.numbers.descriptor(&d)
		o.Head, o.Payload = d.Append(st.head[:0]), p.payload[p.vp8Bytes:]
	}
	st.emit(l, p)
}

// inject sends the parameter sets ahead of a key frame that comes without
// (RFC 6184 8.4: they may be told in the session description; a receiver of
// this stream knows another one).
func (st *stream) inject(l *link, p *packet, ext int64, ts uint32) {
	payloads := l.src.sets.Load().payloads
	if len(payloads) == 0 {
		return
	}
	st.setsSeen, st.setsTS = true, p.ts
	seq := st.numbers.insert(ext, len(payloads))
	o := &st.out
	for i, payload := range payloads {
		o.SequenceNumber, o.Timestamp, o.Marker = seq+uint16(i), ts, false
		o.Head, o.Payload = nil, payload
		o.Keyframe = i == 0
		st.emit(l, p)
	}
}

// emit hands st.out, made of p, to the sink.
func (st *stream) emit(l *link, p *packet) {
	o := &st.out
	if o.Keyframe {
		st.keyTold, st.keyTS = true, p.ts
	}
	st.sentTS = p.ts
	o.Stream, o.Source, o.Format = st.id, l.src.id, l.src.format
	st.numbers.sent(o.SequenceNumber, o.Timestamp, p.arrival)
	l.src.sw.forwarded.Add(1)
	st.sink.forward(o)
	o.Payload = nil
}
