package video

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/codecs/h264"
)

// source is one source in one Format; a change of Format makes a new one.
type source struct {
	sw     *Switch
	id     SourceID
	owner  any
	format codecs.Format
	// presentation: see SourceConfig.
	presentation bool

	clock  int64
	codec  *codecs.Codec // nil: nothing is known of its payloads
	isH264 bool
	isVP8  bool
	mends  bool // its pictures mend without a key frame; see mendingTime

	links  atomic.Pointer[[]*link] // to all sinks; copied to be changed, under Switch.mu
	sets   atomic.Pointer[parameterSets]
	count  atomic.Uint64 // packets so far
	replay replay
	kept   atomic.Bool // packets go into replay: it cannot be asked, as far as is known

	waiting atomic.Int32 // links that wait for a key frame
	wanted  atomic.Bool  // a key frame was asked for since the last request, and since the last came
	eager   atomic.Bool  // a key frame came, or who waits for one: patience begins anew

	// Guarded by Switch.mu.
	told     [][]byte // parameter sets out of band
	ask      func() bool
	limit    func(int) // nil: it cannot be asked
	rate     rate
	asked    bool
	askedAt  time.Time
	askedCnt uint64        // count at that time
	idle     bool          // nothing had come since the request before
	patience time.Duration // until it may be asked again

	// forwarding is held by Forward. Nobody else takes it: it is there for a
	// sender that opens two tracks for one source, or comes back on a new
	// connection while the old one is still read.
	forwarding sync.Mutex
	// Guarded by forwarding.
	units   [][]byte // for learn
	run     uint64   // see packet; the first is 1
	ssrc    uint32   // of this run,
	highest uint16   // and its highest sequence number
}

func newSource(sw *Switch, id SourceID, cfg SourceConfig) *source {
	src := &source{
		sw: sw, id: id, owner: cfg.Owner, format: cfg.Format, presentation: cfg.Presentation,
		ask: cfg.RequestKeyframe, limit: cfg.LimitRate,
		clock:  int64(cfg.Format.ClockRate),
		codec:  sw.set.Lookup(cfg.Format),
		isH264: cfg.Format.Is("H264"),
		isVP8:  cfg.Format.Is("VP8"),
		mends:  mends(cfg.Format),
	}
	src.links.Store(new([]*link))
	src.sets.Store(newParameterSets(cfg.Format, nil))
	src.tellLocked(cfg.ParameterSets)
	src.keep(true) // until it is known whether it can be asked
	return src
}

// tellLocked takes over parameter sets told out of band. What was seen in the
// stream is forgotten only when they change.
func (src *source) tellLocked(units [][]byte) {
	if !slices.EqualFunc(units, src.told, bytes.Equal) {
		sets := newParameterSets(src.format, units)
		src.told = sets.units
		src.sets.Store(sets)
	}
}

// keep says whether the source's last key frame is kept.
func (src *source) keep(on bool) {
	src.replay.keep(on)
	src.kept.Store(on)
}

// forward distributes one packet. It runs on the source's socket goroutine.
func (src *source) forward(p *codecs.Packet) {
	src.forwarding.Lock()
	defer src.forwarding.Unlock()
	pk := src.take(p)
	if pk == nil {
		src.sw.oversized.Add(1)
		return
	}
	if src.isH264 {
		src.learn(pk.payload)
	}
	// The order is what makes a replay join the live stream without a gap: a
	// link that is published before a snapshot of replay is taken gets every
	// packet after that snapshot.
	if src.kept.Load() {
		src.replay.add(pk)
	}
	if pk.info.Keyframe {
		// It is the answer to all requests until now. Who loses it asks anew.
		src.wanted.Store(false)
		src.eager.Store(true)
	}
	for _, l := range *src.links.Load() {
		l.push(pk)
	}
	pk.release()
}

// take makes a shared packet of p; nil when it fits no buffer.
func (src *source) take(p *codecs.Packet) *packet {
	sw := src.sw
	if p.Buffer == nil && len(p.Payload) > codecs.MaxPacket {
		return nil
	}
	pk, _ := sw.packets.Get().(*packet)
	if pk == nil {
		pk = &packet{pool: &sw.packets}
	}
	pk.refs.Store(1)
	pk.seq, pk.ts, pk.marker, pk.arrival = p.SequenceNumber, p.Timestamp, p.Marker, p.Arrival
	if pk.arrival.IsZero() {
		pk.arrival = time.Now()
	}
	if p.Buffer != nil {
		p.Buffer.Retain()
		pk.buffer, pk.payload = p.Buffer, p.Payload
	} else {
		pk.buffer = sw.buffers.Get()
		pk.payload = pk.buffer.Bytes[:copy(pk.buffer.Bytes[:], p.Payload)]
	}
	pk.info, pk.vp8Bytes = codecs.PayloadInfo{}, 0
	switch {
	case src.isVP8:
		if n, err := pk.vp8.Unmarshal(pk.payload); err == nil {
			pk.vp8Bytes = n
			pk.info = pk.vp8.Inspect(pk.payload[n:])
		}
	case src.codec != nil && src.codec.Inspect != nil:
		pk.info = src.codec.Inspect(pk.payload)
	}
	pk.ordinal = src.count.Add(1)
	src.follow(p)
	pk.run = src.run
	return pk
}

// follow finds where the sender's numbers break off: under another SSRC, or
// after a restart (RFC 3550 8, A.1). What comes then is joined to what was
// before as another source would be.
func (src *source) follow(p *codecs.Packet) {
	ahead := p.SequenceNumber - src.highest
	switch {
	case src.run == 0, p.SSRC != src.ssrc, ahead >= maxDropout && -ahead > maxMisorder:
		if src.run++; src.run > 1 {
			src.request()
		}
		src.ssrc, src.highest = p.SSRC, p.SequenceNumber
	case ahead < maxDropout:
		src.highest = p.SequenceNumber
	}
}

// learn remembers parameter sets in the stream: some senders send them once.
func (src *source) learn(payload []byte) {
	switch h264.TypeOf(payload) {
	case h264.NALSPS, h264.NALPPS, h264.NALSTAPA:
	default:
		return
	}
	src.units = h264.AppendParameterSets(src.units[:0], payload)
	for _, u := range src.units {
		if sets := src.sets.Load(); !sets.has(u) {
			src.sets.Store(sets.with(src.format, u))
		}
	}
}

// request asks for a key frame, soon. It never blocks.
func (src *source) request() {
	if !src.wanted.Swap(true) {
		src.sw.wakeUp()
	}
}

// publishLocked and withdrawLocked change links under Switch.mu.
func (src *source) publishLocked(l *link) {
	links := append(slices.Clone(*src.links.Load()), l)
	src.links.Store(&links)
}

func (src *source) withdrawLocked(drop func(*link) bool) {
	links := slices.DeleteFunc(slices.Clone(*src.links.Load()), func(l *link) bool {
		if !drop(l) {
			return false
		}
		l.arrived()
		return true
	})
	src.links.Store(&links)
}

// link is the way of one source's packets to one stream of a sink.
type link struct {
	src    *source
	sink   *Sink
	stream *stream

	waits atomic.Bool // for a key frame; counted in src.waiting

	// Guarded by src.forwarding: what is dropped up to the end of the frame.
	dropping bool
	dropTS   uint32

	// Of the sink's goroutine.
	lead    lead
	held    []*packet // from a key frame on, until what is shown ends its picture
	backlog backlog
	hold    bool      // it shows a still until the next key frame
	since   time.Time // when the first packet came that was of no use without a key frame
	run     uint64
}

func newLink(src *source, st *stream) *link {
	l := &link{src: src, sink: st.sink, stream: st}
	l.waits.Store(true)
	src.waiting.Add(1)
	return l
}

// mends reports whether pictures of f come right without a key frame: H.261
// 3.4 and H.263 4.4 have each macroblock sent INTRA at least once in 132 times.
func mends(f codecs.Format) bool {
	return f.Is("H261") || f.Is("H263") || f.Is("H263-1998") || f.Is("H263-2000")
}

// begins reports whether the link may be shown from p on: a key frame, or any
// picture where none came for long and what is lacking comes by and by.
func (l *link) begins(p *packet) bool {
	if l.lead.begins(p) {
		return true
	}
	if l.since.IsZero() {
		l.since = p.arrival
	}
	return l.src.mends && p.info.FrameStart && p.arrival.Sub(l.since) >= mendingTime
}

// arrived ends waiting for a key frame.
func (l *link) arrived() {
	if l.waits.CompareAndSwap(true, false) {
		l.src.waiting.Add(-1)
	}
}

// restart begins a new run of the source's numbers: nothing of the old one goes
// on, and a key frame is waited for. It runs on the sink's goroutine.
func (l *link) restart(run uint64) {
	first := l.run == 0
	l.run = run
	if first {
		return
	}
	l.clear()
	l.hold, l.since = true, time.Time{}
	if l.waits.Load() {
		return
	}
	sw := l.src.sw
	sw.mu.Lock()
	defer sw.mu.Unlock()
	// A link that was withdrawn meanwhile waits for nothing.
	if slices.Contains(*l.src.links.Load(), l) && l.waits.CompareAndSwap(false, true) {
		l.src.waiting.Add(1)
		sw.wakeUp()
	}
}

// clear gives back what is held.
func (l *link) clear() {
	l.lead.clear()
	for _, p := range l.held {
		p.release()
	}
	l.held = nil
	l.backlog.clear()
}

// push queues p at the sink, or drops it and the rest of its frame when the
// sink is slow. It never blocks.
func (l *link) push(p *packet) {
	if l.dropping && p.ts == l.dropTS {
		l.drop(p)
		return
	}
	l.dropping = false
	p.retain()
	select {
	case l.sink.queue <- item{l, p}:
	default:
		p.release()
		l.dropping, l.dropTS = true, p.ts
		l.drop(p)
	}
}

func (l *link) drop(p *packet) {
	l.src.sw.dropped.Add(1)
	if !p.info.Discardable {
		l.src.request()
	}
}
