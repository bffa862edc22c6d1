package video

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/codecs"
)

// Sink is who is sent pictures. All methods are safe for concurrent use.
type Sink struct {
	sw             *Switch
	owner          any
	many           bool
	forward        func(*Packet)
	missingChanged func([]Missing)
	rankedChanged  func([]codecs.Format)

	queue chan item // of live packets
	kick  chan struct{}
	done  chan struct{}
	over  chan struct{} // closed when the goroutine is over

	pending  atomic.Bool // there are commands, or a stream has refresh set
	commands struct {
		sync.Mutex
		list []command
	}

	// Guarded by Switch.mu.
	closed  bool
	formats []codecs.Format
	// presentation are the Formats of the second stream.
	presentation []codecs.Format
	streams      map[SourceID]*stream
	subscribed   map[SourceID]bool
	rates        map[SourceID]int // of streams, bit/s; none: any
	missing      []Missing
	untold       bool // MissingChanged is due
	ranked       []codecs.Format
	unranked     bool // Ranked is due

	// Of the sink's goroutine.
	active []*stream // all that ever had a source
	pace   *time.Timer
	pacing bool
}

// item is a packet on its way through a link.
type item struct {
	link   *link
	packet *packet
}

// command tells the sink's goroutine of a change; only it changes streams.
type command struct {
	kind   commandKind
	link   *link
	stream *stream
	source *source
}

type commandKind uint8

const (
	commandAttach  commandKind = iota // link is the next of its stream
	commandStarted                    // link gets packets from now on
	commandStop                       // stream ends
	commandEnded                      // source ended
)

// SetFormats replaces what the sink can take, in its second stream too.
func (k *Sink) SetFormats(formats, presentation []codecs.Format) {
	k.sw.mu.Lock()
	defer k.sw.mu.Unlock()
	k.formats, k.presentation = slices.Clone(formats), slices.Clone(presentation)
	k.chooseLocked()
}

// Subscribe asks for a source's pictures, for a sink of ManyStreams. Doing so
// again asks for a key frame. The source may be added later.
func (k *Sink) Subscribe(id SourceID) {
	k.sw.mu.Lock()
	defer k.sw.mu.Unlock()
	if !k.many || k.closed {
		return
	}
	if k.subscribed[id] {
		k.refreshLocked(id)
		return
	}
	if len(k.subscribed) >= maxSubscriptions {
		return
	}
	k.subscribed[id] = true
	k.chooseLocked()
}

// Unsubscribe ends a stream. Its numbers go on when it is subscribed again
// while the source is there.
func (k *Sink) Unsubscribe(id SourceID) {
	k.sw.mu.Lock()
	defer k.sw.mu.Unlock()
	delete(k.subscribed, id)
	k.chooseLocked()
}

// RequestKeyframe tells that the sink needs a key frame of stream (0: its
// single stream; PresentationStream).
func (k *Sink) RequestKeyframe(stream SourceID) {
	k.sw.mu.Lock()
	defer k.sw.mu.Unlock()
	k.refreshLocked(stream)
}

func (k *Sink) refreshLocked(id SourceID) {
	if st := k.streams[id]; st != nil {
		st.refresh.Store(true)
		k.post()
	}
}

// Missing returns what MissingChanged was or will be told.
func (k *Sink) Missing() []Missing {
	k.sw.mu.Lock()
	defer k.sw.mu.Unlock()
	return slices.Clone(k.missing)
}

// Close ends the sink. One call of Forward that is under way may end later;
// Switch.Close awaits it.
func (k *Sink) Close() {
	k.sw.mu.Lock()
	defer k.sw.mu.Unlock()
	delete(k.sw.sinks, k)
	k.closeLocked()
}

// Await returns after Close, once Forward is not called any more. It is not for
// Forward itself.
func (k *Sink) Await() { <-k.over }

func (k *Sink) closeLocked() {
	if k.closed {
		return
	}
	k.closed = true
	k.sw.rates.stale = true
	k.sw.wakeUp()
	for _, src := range *k.sw.sources.Load() {
		src.withdrawLocked(func(l *link) bool { return l.sink == k })
	}
	close(k.done)
}

// chooseLocked decides what each stream is to show, and what is missing.
func (k *Sink) chooseLocked() {
	if k.closed {
		return
	}
	sources := *k.sw.sources.Load()
	var missing []Missing
	if k.many {
		for id := range k.subscribed {
			src := sources[id]
			if src != nil && !k.takes(src) {
				missing = append(missing, Missing{id, src.format})
				src = nil
			}
			k.aimLocked(id, src)
		}
		for id := range k.streams {
			if !k.subscribed[id] {
				k.aimLocked(id, nil)
			}
		}
	} else {
		missing = k.chooseSinglesLocked(sources)
		k.rankLocked(sources)
	}
	slices.SortFunc(missing, func(a, b Missing) int { return cmp.Compare(a.Source, b.Source) })
	if !slices.Equal(missing, k.missing) {
		k.missing, k.untold = missing, true
		k.sw.wakeUp()
	}
}

// chooseSinglesLocked decides what a sink is to show that does not choose, and
// returns what it cannot.
func (k *Sink) chooseSinglesLocked(sources map[SourceID]*source) (missing []Missing) {
	var chosen, second *source
	if src := sources[k.sw.presenting]; src != nil && !k.owns(src) {
		switch {
		case len(k.presentation) > 0 && takes(k.presentation, src):
			second = src
		case len(k.presentation) == 0 && k.takes(src):
			chosen = src
		default:
			missing = append(missing, Missing{src.id, src.format})
		}
	}
	k.aimLocked(PresentationStream, second)
	for _, id := range k.sw.recent {
		src := sources[id]
		if chosen != nil {
			break
		}
		if k.owns(src) {
			continue
		}
		if k.takes(src) {
			chosen = src
			break
		}
		missing = append(missing, Missing{id, src.format})
	}
	k.aimLocked(0, chosen)
	return missing
}

// rankLocked notes what the single stream might show.
func (k *Sink) rankLocked(sources map[SourceID]*source) {
	if k.rankedChanged == nil {
		return
	}
	var ranked []codecs.Format
	rank := func(id SourceID) {
		src := sources[id]
		if src != nil && !k.owns(src) && len(ranked) < maxRanked && !slices.Contains(ranked, src.format) {
			ranked = append(ranked, src.format)
		}
	}
	if len(k.presentation) == 0 {
		rank(k.sw.presenting)
	}
	for _, id := range k.sw.recent {
		rank(id)
	}
	if !slices.Equal(ranked, k.ranked) {
		k.ranked, k.unranked = ranked, true
		k.sw.wakeUp()
	}
}

// owns reports whether src is the sink's own.
func (k *Sink) owns(src *source) bool { return src.owner != nil && src.owner == k.owner }

func (k *Sink) takes(src *source) bool { return takes(k.formats, src) }

func takes(formats []codecs.Format, src *source) bool {
	return slices.ContainsFunc(formats, func(f codecs.Format) bool { return f.Takes(src.format) })
}

// aimLocked makes a stream show src; nil: nothing.
func (k *Sink) aimLocked(id SourceID, src *source) {
	st := k.streams[id]
	if st == nil {
		if src == nil {
			return
		}
		st = &stream{id: id, sink: k}
		k.streams[id] = st
	}
	if st.target != src && len(k.rates) > 0 {
		k.sw.rates.stale = true
		k.sw.wakeUp()
	}
	switch {
	case st.target == src:
	case src == nil:
		st.target = nil
		k.post(command{kind: commandStop, stream: st})
	default:
		st.target = src
		src.wanted.Store(true)
		src.eager.Store(true)
		l := newLink(src, st)
		// The sink knows the link before packets come through it, and looks
		// for a replay when no more can pass it by.
		k.post(command{kind: commandAttach, link: l, stream: st})
		src.publishLocked(l)
		k.post(command{kind: commandStarted, link: l, stream: st})
		k.sw.wakeUp()
	}
}

// post hands commands to the sink's goroutine.
func (k *Sink) post(cs ...command) {
	k.commands.Lock()
	k.commands.list = append(k.commands.list, cs...)
	k.pending.Store(true)
	k.commands.Unlock()
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// run is the sink's goroutine.
func (k *Sink) run() {
	k.pace = time.NewTimer(time.Hour)
	k.pace.Stop()
	defer k.pace.Stop()
	for {
		select {
		case <-k.done:
			k.drain()
			return
		case <-k.kick:
			if !k.ending() {
				k.obey()
			}
		case it := <-k.queue:
			if k.ending() {
				it.packet.release()
				continue
			}
			k.obey()
			it.link.stream.receive(it.link, it.packet)
		case <-k.pace.C:
			k.pacing = false
			for _, st := range k.active {
				st.catchUp()
			}
		}
		k.keepPace()
	}
}

// ending reports whether the sink was closed; select does not prefer done.
func (k *Sink) ending() bool {
	select {
	case <-k.done:
		return true
	default:
		return false
	}
}

// keepPace sets the timer while a replay is under way.
func (k *Sink) keepPace() {
	if k.pacing {
		return
	}
	for _, st := range k.active {
		if st.cur != nil && st.cur.backlog.pending() {
			k.pacing = true
			k.pace.Reset(replayPace)
			return
		}
	}
}

// obey carries out what was posted.
func (k *Sink) obey() {
	if !k.pending.Load() {
		return
	}
	k.commands.Lock()
	list := k.commands.list
	k.commands.list = nil
	k.pending.Store(false)
	k.commands.Unlock()
	for _, c := range list {
		switch c.kind {
		case commandAttach:
			if !slices.Contains(k.active, c.stream) {
				k.active = append(k.active, c.stream)
			}
			c.stream.attach(c.link)
		case commandStarted:
			if c.stream.next == c.link {
				c.stream.replay(c.link)
			}
		case commandStop:
			c.stream.detach(&c.stream.cur)
			c.stream.detach(&c.stream.next)
		case commandEnded:
			k.ended(c.source)
		}
	}
	for _, st := range k.active {
		if st.refresh.Swap(false) {
			st.renew()
		}
	}
}

// renew gets the sink the key frame that it asked for.
func (st *stream) renew() {
	l := st.cur
	if l == nil {
		l = st.next
	}
	switch {
	case l == nil:
	case !l.src.kept.Load():
		l.src.request()
	case st.replayed.IsZero() || time.Since(st.replayed) >= replayInterval:
		st.replay(l)
	}
}

// ended forgets a source that is no more, and the stream that was subscribed
// to it.
func (k *Sink) ended(src *source) {
	for _, st := range k.active {
		for _, at := range []**link{&st.cur, &st.next} {
			if *at != nil && (*at).src == src {
				st.detach(at)
			}
		}
	}
	k.active = slices.DeleteFunc(k.active, func(st *stream) bool {
		return st.cur == nil && st.next == nil && st.gone.Load()
	})
}

// drain gives back what the sink still holds.
func (k *Sink) drain() {
	for _, st := range k.active {
		st.detach(&st.cur)
		st.detach(&st.next)
	}
	for { // what a Forward under way adds later is left to the collector
		select {
		case it := <-k.queue:
			it.packet.release()
		default:
			return
		}
	}
}
