package playout

import (
	"time"

	"parley/codecs"
)

// view is what the reader needs to know of the ring's side, copied under the
// lock once a frame.
type view struct {
	base     int64 // transit time of the fastest packets
	lateness int64 // how much later nearly all others come
	top      int64 // newest timestamp
	epoch    uint32
}

// reader is ReadFrame's half of a Buffer. Its times are in ns of the Buffer's
// epoch, its samples those of the voice's rate unless said otherwise.
type reader struct {
	b      *Buffer
	set    *codecs.Set
	min    int64
	max    int64
	voices map[codecs.Format]*voice

	view    view
	tick    int64 // smoothed time of this frame
	ticking bool

	playing bool
	voice   *voice
	sound   sound
	conceal concealment
	out     []int16 // at the mixer's rate, not yet handed over

	epoch  uint32
	end    int64 // timestamp behind the sound, in the sender's clock
	clock  int64
	credit int // samples invented that stand for no packet yet
	doubt  int // those of them that may have been silence
	packet int // samples of the last packet
	onset  bool

	held    packet // taken from the ring, to be played next
	holding bool
	missing int  // samples to invent before held
	late    bool // held should have been played before
	broken  bool // the last packet did not decode
	silence bool // the sender said that silence follows
	scratch []byte

	pace  pace
	stats Stats
	delta counters
}

// counters are in samples at the mixer's rate.
type counters struct{ played, concealed, fec int64 }

func (r *reader) init(b *Buffer, cfg Config) {
	r.b, r.set = b, cfg.Codecs
	r.out = make([]int16, 0, 2*codecs.FrameSamples)
	r.min, r.max = int64(cfg.MinDelay), int64(cfg.MaxDelay)
	r.voices = make(map[codecs.Format]*voice)
	r.scratch = make([]byte, 0, codecs.MaxPacket)
}

// ReadFrame implements conference.AudioSource: the next 20 ms at 48 kHz.
// False while there is nothing to play: before the first packet, in silence
// that the sender suppressed, and when concealment has faded out.
func (b *Buffer) ReadFrame(dst *codecs.Frame) bool {
	r := &b.reader
	r.keepTime(int64(b.now().Sub(b.epoch)))
	r.look()
	ok := r.readFrame(dst)
	r.publish()
	return ok
}

func (r *reader) readFrame(dst *codecs.Frame) bool {
	if r.playing && r.spent() {
		r.stop()
	}
	if !r.playing && !r.start() {
		return false
	}
	r.catchUp()
	r.fill(r.voice.frame)
	r.adapt()
	for len(r.out) < len(dst) {
		n := r.voice.frame
		if len(r.out) > 0 { // a rate without whole samples in 20 ms
			n = n/8 + 1
		}
		r.fill(n)
		r.emit(n)
	}
	n := copy(dst[:], r.out)
	r.out = r.out[:copy(r.out, r.out[n:])]
	return true
}

// keepTime smooths the clock over the jitter of the mixer's tick, so that a
// late tick is not taken for a late sender.
func (r *reader) keepTime(now int64) {
	const frame = int64(codecs.FrameDuration)
	expected := r.tick + frame
	if off := now - expected; !r.ticking || off > 5*frame || off < -5*frame {
		r.ticking = true
		r.tick = now
		return
	}
	r.tick = expected + (now-expected)/16
}

// look copies what Push measured, and drops voices that SetFormats removed.
func (r *reader) look() {
	b := r.b
	b.mu.Lock()
	defer b.mu.Unlock()
	a := &b.arrivals
	r.view = view{base: a.base, lateness: a.lateness(), top: a.top, epoch: b.ring.epoch}
	if !b.renewed {
		return
	}
	b.renewed = false
	for f := range r.voices {
		used := false
		for _, t := range b.types {
			used = used || t.format == f
		}
		if !used {
			delete(r.voices, f)
		}
	}
}

// publish adds this frame's counts to the Buffer's.
func (r *reader) publish() {
	b := r.b
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.stats
	s.Late += r.stats.Late
	s.Malformed += r.stats.Malformed
	s.Unknown += r.stats.Unknown
	s.Stretched += r.stats.Stretched
	s.Compressed += r.stats.Compressed
	s.Delay, s.Target = r.stats.Delay, r.stats.Target
	s.Played = uint64(r.delta.played) / codecs.FrameSamples
	s.Concealed = uint64(r.delta.concealed) / codecs.FrameSamples
	s.FEC = uint64(r.delta.fec) / codecs.FrameSamples
	r.stats = Stats{Delay: r.stats.Delay, Target: r.stats.Target}
}

// count adds n samples to one of the counters.
func (r *reader) count(c *int64, n int) {
	*c += int64(n) * codecs.SampleRate / r.voice.rate
}

// spent reports whether everything was played and concealment has faded out.
func (r *reader) spent() bool {
	return r.sound.pending() == 0 && r.conceal.active && r.conceal.faded() && !r.holding
}

// stop ends a talkspurt. What concealment stood for no longer matters.
func (r *reader) stop() {
	r.playing = false
	r.conceal.active = false
	r.silence, r.broken = false, false
	r.out = r.out[:0]
}

// emit hands n pending samples to the resampler.
func (r *reader) emit(n int) {
	pcm := r.sound.take(n)
	old := len(r.out)
	if r.voice.resampler == nil {
		r.out = append(r.out, pcm...)
		return
	}
	need := old + r.voice.resampler.MaxOutput(len(pcm))
	if cap(r.out) < need {
		r.out = append(make([]int16, 0, need+2*codecs.FrameSamples), r.out...)
	}
	r.out = r.out[:need]
	r.out = r.out[:old+r.voice.resampler.Process(r.out[old:], pcm)]
}

// fill makes n samples pending, inventing what is not there.
func (r *reader) fill(n int) {
	for pulls := 0; r.sound.pending() < n; pulls++ {
		if pulls > maxPulls {
			r.invent(n - r.sound.pending())
			continue
		}
		if !r.holding {
			r.fetch(true)
		}
		switch {
		case !r.holding:
			r.invent(n - r.sound.pending())
		case r.missing > 0:
			r.bridge(n - r.sound.pending())
		default:
			r.decode()
		}
	}
}

// fetch takes the next packet from the ring to held, if there is one that
// follows what was played, and finds what is missing before it. Where it is not
// needed yet, nothing is given up for lost.
func (r *reader) fetch(needed bool) {
	b := r.b
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		p := b.ring.front()
		switch {
		case p == nil:
			return
		case p.kind.silent(p.payload):
			b.ring.take(&r.held)
			r.hush()
			continue
		case p.epoch != r.epoch || p.kind.clock != r.clock:
			r.hush()
			return
		}
		gap := ticks(p.ts-r.end, r.clock)
		lost := p.seq != b.ring.next || r.broken
		if gap > int64(maxGap) || gap > int64(minGap) && !lost || gap < -int64(maxGap) {
			r.hush()
			return
		}
		if r.conceal.active && r.conceal.faded() {
			return // the delay is chosen anew
		}
		if lost && !needed {
			return
		}
		b.ring.take(&r.held)
		r.holding, r.silence, r.broken = true, false, false
		r.missing = 0
		if lost {
			r.missing = r.voice.samples(time.Duration(gap)) - r.credit
		}
		r.late = !lost && r.credit > 0
		r.settle()
		return
	}
}

// hush notes that silence follows what is played.
func (r *reader) hush() {
	r.silence = true
	if r.conceal.active {
		r.conceal.quiet()
	}
}

// invent appends n samples while no packet is there. The timeline waits: if
// the packet is only late, it is still played, and the delay has grown.
func (r *reader) invent(n int) {
	n = r.concealed(n)
	r.credit += n
	if !r.silence {
		r.doubt += n
	}
}

// settle counts what was invented, now that a packet has shown that it was not
// silence.
func (r *reader) settle() {
	r.count(&r.delta.concealed, r.doubt)
	r.credit, r.doubt = 0, 0
}

// bridge appends what is missing before held, n samples or fewer.
func (r *reader) bridge(n int) {
	v := r.voice
	if r.missing <= r.packet || v.fec == nil {
		if pcm := v.recover(r.held.payload, min(r.missing, r.packet)); len(pcm) > 0 {
			r.append(pcm)
			r.missing -= len(pcm)
			r.end += int64(len(pcm)) * r.clock / v.rate
			r.count(&r.delta.fec, len(pcm))
			return
		}
	} else {
		n = min(n, r.missing-r.packet)
	}
	n = r.concealed(min(max(n, 1), r.missing))
	r.missing -= n
	r.end += int64(n) * r.clock / v.rate
	r.count(&r.delta.concealed, n)
}

// concealed appends about n invented samples and returns how many.
func (r *reader) concealed(n int) int {
	v, c := r.voice, &r.conceal
	if !c.active {
		c.begin(&r.sound, v, v.concealer == nil)
		if r.silence {
			c.quiet()
		}
	}
	if !c.own && !c.faded() {
		if pcm := v.conceal(n); len(pcm) > 0 {
			c.shape(pcm)
			r.sound.add(pcm)
			return len(pcm)
		}
	}
	n = min(n, v.samples(maxPacketTime))
	pcm := r.sound.room(n)
	c.write(pcm)
	r.sound.end += n
	return n
}

// prefetch makes up to n samples pending from what is there.
func (r *reader) prefetch(n int) {
	for r.sound.pending() < n {
		if !r.holding {
			r.fetch(false)
		}
		if !r.holding || r.missing > 0 {
			return
		}
		r.decode()
	}
}

// decode appends held.
func (r *reader) decode() {
	r.holding = false
	if !r.use(r.held.kind) {
		r.stats.Unknown++
		r.broken = true
		return
	}
	pcm, err := r.voice.decode(r.held.payload)
	if err != nil || len(pcm) == 0 {
		r.stats.Malformed++
		r.broken = true
		return
	}
	r.packet = len(pcm)
	r.end = r.held.ts + int64(len(pcm))*r.clock/r.voice.rate
	r.append(pcm)
	r.count(&r.delta.played, len(pcm))
}

// append adds real sound and joins it to what was invented before it.
func (r *reader) append(pcm []int16) {
	switch {
	case r.conceal.active:
		r.conceal.end(pcm, &r.sound, r.late)
		r.late = false
	case r.onset:
		fadeIn(pcm[:min(len(pcm), r.sound.seam)])
	}
	r.onset = false
	r.sound.add(pcm)
}

// use makes t's voice the current one. It returns false when there is none.
func (r *reader) use(t *payloadType) bool {
	if r.voice != nil && r.voice.format == t.format {
		return true
	}
	v, known := r.voices[t.format]
	if !known {
		var err error
		if v, err = newVoice(r.set, t.format); err != nil {
			v = nil // kept, so that it is not tried with every packet
		}
		r.voices[t.format] = v
	}
	if v == nil {
		return false
	}
	old := r.voice
	r.voice = v
	if old != nil && old.rate == v.rate && r.playing {
		if r.conceal.active {
			r.conceal.own = true
		}
		v.resampler, old.resampler = old.resampler, v.resampler
		return true
	}
	if r.playing {
		// What the old voice still has to say passes through its own filter.
		r.voice = old
		r.emit(r.sound.pending())
		r.voice = v
	}
	r.conceal.active = false
	r.sound.reset(v)
	if v.resampler != nil {
		v.resampler.Reset()
	}
	return true
}
