package video

import (
	"bytes"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/codecs"
	"parley/codecs/h264"
	"parley/codecs/vp8"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	formatVP8  = vp8.Codec().Formats[0]
	formatH264 = h264.Codec().Formats[0]
	testSPS    = []byte{0x67, 0x42, 0xc0, 0x1e, 0xd9}
	testPPS    = []byte{0x68, 0xcb, 0x83, 0xcb}
)

func testSet() *codecs.Set { return codecs.NewSet(vp8.Codec(), h264.Codec()) }

// Several switches among H.264 and VP8 sources leave one stream that a strict
// receiver decodes.
func TestSwitchesAtKeyframes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		a := &camera{sw: sw, id: 1, format: formatVP8, seq: 65530, ts: 0xffffff00, pic: 0x7ffe, tl0: 254}
		b := &camera{sw: sw, id: 2, format: formatH264, inBand: true, seq: 100, ts: 5}
		c := &camera{sw: sw, id: 3, format: formatH264, seq: 7000, ts: 1 << 31}
		e := &camera{sw: sw, id: 4, format: formatVP8, seq: 1, ts: 900, pic: 120, narrow: true}
		sw.SetSource(1, a.config(true))
		sw.SetSource(2, b.config(true))
		sw.SetSource(3, c.config(true, testSPS, testPPS))
		sw.SetSource(4, e.config(true))
		var s screen
		sw.AddSink(s.config(formatVP8, formatH264))
		synctest.Wait()
		var d decoder
		a.shoot(false)
		if n := len(s.take()); n != 0 {
			t.Fatalf("%d packets before a key frame", n)
		}
		a.shoot(true)
		a.shoot(false)
		shown := a
		for i, next := range []*camera{b, c, e, a, c, e, b, a} {
			sw.SetActive(next.id)
			synctest.Wait()
			shown.shoot(false)
			next.shoot(false)
			ps := s.take()
			d.feed(t, ps)
			if last := ps[len(ps)-1]; last.Source != shown.id {
				t.Fatalf("switch %d: source %d without a key frame", i, last.Source)
			}
			before := d.last
			next.shoot(true)
			ps = s.take()
			d.feed(t, ps)
			if last := ps[len(ps)-1]; last.Source != next.id {
				t.Fatalf("switch %d: source %d after the key frame of %d", i, last.Source, next.id)
			}
			// 80 ms passed since the picture before began.
			if adv := ps[0].Timestamp - before.Timestamp; adv != 7200 {
				t.Errorf("switch %d: timestamp advance %d", i, adv)
			}
			for range 3 {
				next.shoot(false)
			}
			shown = next
		}
		d.feed(t, s.take())
		if d.changes != 9 {
			t.Errorf("%d changes of source", d.changes)
		}
	})
}

// Loss at the source stays visible, what comes late keeps its place, and
// injected parameter sets take numbers of their own.
func TestGapsStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatH264, seq: 10}
		sw.SetSource(1, c.config(true, testSPS, testPPS))
		var s screen
		sw.AddSink(s.config(formatH264))
		synctest.Wait()
		c.shoot(true) // STAP-A, 10, 11
		send := func(seq uint16, head ...byte) {
			c.seq = seq
			c.packet(head, false)
		}
		send(13, 0x41, 0x9a)
		send(15, 0x65, 0x88) // an IDR picture: sets ahead of it
		send(14, 0x41, 0x9a)
		send(9, 0x41, 0x9a) // from before the stream began
		send(16, 0x41, 0x9a)
		var out []int
		ps := s.take()
		for _, p := range ps {
			out = append(out, int(p.SequenceNumber-ps[0].SequenceNumber))
		}
		want := []int{0, 1, 2, 4, 6, 7, 5, 8}
		if len(out) != len(want) {
			t.Fatalf("%v, want %v", out, want)
		}
		for i := range out {
			if out[i] != want[i] {
				t.Fatalf("%v, want %v", out, want)
			}
		}
	})
}

// The old source ends its picture before the new one's key frame is shown,
// however their packets interleave, and when its last packet is lost.
func TestPictureEndsBeforeSwitch(t *testing.T) {
	for _, lost := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			sw := New(testSet())
			defer sw.Close()
			a := &camera{sw: sw, id: 1, format: formatH264, inBand: true}
			b := &camera{sw: sw, id: 2, format: formatH264, seq: 77, ts: 5000}
			sw.SetSource(1, a.config(true))
			sw.SetSource(2, b.config(true))
			var s screen
			sw.AddSink(s.config(formatH264))
			a.shoot(true)
			a.packet([]byte{0x41, 0x9a}, false)
			sw.SetActive(2)
			synctest.Wait()
			b.packet(append([]byte(nil), testSPS...), false)
			b.packet(append([]byte(nil), testPPS...), false)
			b.packet([]byte{0x65, 0x88}, true)
			b.ts += 3600
			synctest.Wait()
			if lost {
				a.ts += 3600
			}
			a.packet([]byte{0x41, 0x1a}, !lost)
			synctest.Wait()
			b.packet([]byte{0x41, 0x9a}, true)
			ps := s.take()
			var sources []SourceID
			for i, p := range ps {
				sources = append(sources, p.Source)
				if i > 0 && p.SequenceNumber != ps[i-1].SequenceNumber+1 {
					t.Errorf("sequence number %d after %d", p.SequenceNumber, ps[i-1].SequenceNumber)
				}
			}
			want := []SourceID{1, 1, 1, 1, 1, 2, 2, 2, 2}
			if lost {
				want = []SourceID{1, 1, 1, 1, 2, 2, 2, 2}
			}
			if !slices.Equal(sources, want) {
				t.Errorf("lost %v: packets of %v, want %v", lost, sources, want)
			}
		})
	}
}

// Parameter sets that a source sent once go ahead of later key frames, also
// after what is known of it was told again; newer ones take their place.
func TestSetsSeenInStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatH264}
		sw.SetSource(1, c.config(true, testSPS, testPPS))
		newPPS := []byte{0x68, 0xcb, 0x83, 0xcc}
		c.packet(slices.Clone(newPPS), true)
		c.ts += 3600
		sw.SetSource(1, c.config(true, testSPS, testPPS))
		var s screen
		sw.AddSink(s.config(formatH264))
		c.shoot(true)
		ps := s.take()
		if len(ps) != 3 {
			t.Fatalf("%d packets", len(ps))
		}
		// The camera's packets end with four bytes that tell them apart.
		sets := h264.AppendParameterSets(nil, ps[0].payload)
		if len(sets) != 2 || !bytes.Equal(sets[0], testSPS) || !bytes.HasPrefix(sets[1], newPPS) {
			t.Errorf("sets ahead of the key frame: % x", sets)
		}
		if !ps[0].Keyframe || ps[1].Keyframe || ps[1].SequenceNumber != ps[0].SequenceNumber+1 {
			t.Errorf("%+v", ps)
		}
		sw.SetSource(1, c.config(true, testSPS))
		c.shoot(true)
		if sets := h264.AppendParameterSets(nil, s.take()[0].payload); len(sets) != 1 {
			t.Errorf("sets told anew: % x", sets)
		}
	})
}

// A source is asked at most once per KeyframeInterval, what was asked meanwhile
// is remembered unless a key frame came, and a sink that waits has it asked again,
// ever more rarely.
func TestKeyframeRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatVP8}
		sw.SetSource(1, c.config(true))
		synctest.Wait()
		var s screen
		k := sw.AddSink(s.config(formatVP8))
		for range 40 { // 1.6 s without a key frame
			c.shoot(false)
		}
		if n := c.requests(); n != 3 { // at 0, 0.5, 1.5 s
			t.Errorf("%d requests in 1.6 s of waiting", n)
		}
		c.shoot(true)
		for range 50 {
			c.shoot(false)
		}
		n := c.requests()
		if n > 3 {
			t.Errorf("%d requests after the key frame came", n)
		}
		for range 30 { // 1.2 s
			k.RequestKeyframe(0)
			c.shoot(false)
		}
		pass(time.Minute)
		if more := c.requests() - n; more != 2+1 { // at 0, 0.5 s, and the one remembered
			t.Errorf("%d requests in 1.2 s of asking", more)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for i := 1; i < len(c.asked); i++ {
			if d := c.asked[i].Sub(c.asked[i-1]); d < KeyframeInterval {
				t.Errorf("requests %v apart", d)
			}
		}
		if got := sw.Stats().KeyframeRequests; got != uint64(len(c.asked)) {
			t.Errorf("Stats: %d requests of %d", got, len(c.asked))
		}
	})
}

// A source of which nothing comes is asked ever more rarely, up to keyframePatience
// apart, and again soon when it begins to send, or somebody joins who waits for it.
func TestKeyframePatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatVP8}
		sw.SetSource(1, c.config(true))
		var s screen
		k := sw.AddSink(s.config(formatVP8))
		soon := func(what string) {
			t.Helper()
			pass(time.Second)
			n := c.requests()
			for range 600 { // as if the other end asked for what it is to send
				k.RequestKeyframe(0)
				pass(100 * time.Millisecond)
			}
			if more := c.requests() - n; more < 7 || more > 9 { // 1, 3, 7, 15, 25, 35, 45, 55 s, and the first at most
				t.Errorf("%s: %d requests in a minute after the first second", what, more)
			}
			n = c.requests()
			pass(time.Minute)
			if more := c.requests() - n; more != 6 {
				t.Errorf("%s: %d requests in a further minute", what, more)
			}
		}
		soon("added")
		n := c.requests()
		c.shoot(false)
		pass(time.Second)
		if more := c.requests() - n; more == 0 || more > 2 {
			t.Errorf("%d requests in the second after it began to send", more)
		}
		soon("began to send")
		var other screen
		n = c.requests()
		sw.AddSink(other.config(formatVP8))
		pass(time.Second)
		if more := c.requests() - n; more == 0 || more > 2 {
			t.Errorf("%d requests in the second after somebody joined", more)
		}
		soon("joined")
	})
}

// Who joins a source that cannot be asked gets its last key frame and all that
// followed, at once, and then the live stream without gap or duplicate.
func TestReplay(t *testing.T) {
	for _, format := range []codecs.Format{formatH264, formatVP8} {
		t.Run(format.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sw := New(testSet())
				defer sw.Close()
				c := &camera{sw: sw, id: 1, format: format, inBand: true}
				sw.SetSource(1, c.config(false))
				c.shoot(true)
				c.shoot(true)
				first := c.serial - 1
				for range 70 {
					c.shoot(false)
				}
				var s screen
				began := time.Now()
				k := sw.AddSink(s.config(formatVP8, formatH264))
				synctest.Wait()
				newest := 71*2 - 1
				if format == formatH264 {
					newest++ // the parameter sets
				}
				for range 10 {
					c.shoot(false)
				}
				ps := s.take()
				var d decoder
				d.feed(t, ps)
				check := func(ps []got) {
					t.Helper()
					list := serials(ps)
					if list[0] != first || list[len(list)-1] != c.serial {
						t.Errorf("packets %d to %d, want %d to %d", list[0], list[len(list)-1], first, c.serial)
					}
					for i := range list {
						if list[i] != list[0]+uint32(i) {
							t.Fatalf("packet %d after %d", list[i], list[i-1])
						}
					}
				}
				check(ps)
				if late := ps[newest].at.Sub(began); late > 100*time.Millisecond {
					t.Errorf("caught up after %v", late)
				}
				if span := ps[newest].Timestamp - ps[0].Timestamp; span > 71*replayStep {
					t.Errorf("replay spans %d ticks", span)
				}
				// Asked for again, it comes again, once a second.
				k.RequestKeyframe(0)
				k.RequestKeyframe(0)
				pass(200 * time.Millisecond)
				ps = s.take()
				if len(ps) > 0 {
					t.Errorf("replayed twice in a second")
				}
				pass(time.Second)
				k.RequestKeyframe(0)
				c.shoot(false)
				ps = s.take()
				d.feed(t, ps)
				check(ps)
				if got := sw.Stats(); got.Replays != 2 || got.KeyframeRequests != 0 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// Beyond its limits, a replay is the key frame as a still, until the next one.
func TestReplayStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatVP8}
		sw.SetSource(1, c.config(false))
		c.shoot(true)
		first := c.serial - 1
		for range MaxReplayPackets / 2 {
			c.shoot(false)
		}
		var s screen
		sw.AddSink(s.config(formatVP8))
		c.shoot(false)
		ps := s.take()
		if list := serials(ps); len(list) != 2 || list[0] != first {
			t.Fatalf("packets %v", list)
		}
		c.shoot(true)
		c.shoot(false)
		if list := serials(s.take()); len(list) != 4 || list[3] != c.serial {
			t.Errorf("packets %v after the next key frame", list)
		}
	})
}

// A slow sink loses whole ends of frames, has a key frame asked for, and
// delays nobody.
func TestSlowSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatVP8}
		sw.SetSource(1, c.config(true))
		slow, fast := screen{gate: make(chan struct{})}, screen{}
		sw.AddSink(slow.config(formatVP8))
		sw.AddSink(fast.config(formatVP8))
		pass(time.Second)
		synctest.Wait()
		before := c.requests()
		c.shoot(true)
		const frames = queuePackets
		for range frames - 1 {
			c.shoot(false)
		}
		fastGot := fast.take()
		var d decoder
		d.feed(t, fastGot)
		if len(fastGot) != 2*frames {
			t.Errorf("the fast sink got %d of %d", len(fastGot), 2*frames)
		}
		close(slow.gate)
		slowGot := slow.take()
		if dropped := sw.Stats().Dropped; len(slowGot)+int(dropped) != 2*frames || dropped == 0 {
			t.Errorf("the slow sink got %d, dropped %d, of %d", len(slowGot), dropped, 2*frames)
		}
		if c.requests() == before {
			t.Error("no key frame was asked for")
		}
		// Afterwards it gets whole frames again, and sees the gap.
		last := slowGot[len(slowGot)-1]
		c.shoot(true)
		ps := slow.take()
		if len(ps) != 2 || !ps[0].Keyframe || ps[0].SequenceNumber == last.SequenceNumber+1 {
			t.Errorf("%d packets after the jam", len(ps))
		}
	})
}

// Once a packet is dropped, so is the rest of its frame, though there is room
// again; the next frame comes whole.
func TestDropsToEndOfFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatH264, inBand: true}
		sw.SetSource(1, c.config(true))
		s := screen{gate: make(chan struct{}, 2*queuePackets)}
		sw.AddSink(s.config(formatH264))
		synctest.Wait()
		c.shoot(true)
		c.ts += 3600
		for range queuePackets + 10 {
			c.packet([]byte{0x41, 0x1a}, false)
		}
		full := sw.Stats().Dropped
		for range queuePackets + 10 {
			s.gate <- struct{}{}
		}
		s.take()
		c.packet([]byte{0x41, 0x1a}, true)
		if n := len(s.take()); n != 0 || sw.Stats().Dropped != full+1 {
			t.Errorf("%d packets of a frame that was cut", n)
		}
		c.ts += 3600
		c.packet([]byte{0x41, 0x9a}, true)
		if n := len(s.take()); n != 1 {
			t.Errorf("%d packets of the next frame", n)
		}
		close(s.gate)
	})
}

// A stream begins at the parameter sets of an IDR picture: not at what is
// ahead of them, and not at those of a picture that is none.
func TestBeginsAtParameterSets(t *testing.T) {
	for _, askable := range []bool{true, false} { // live, and replayed
		synctest.Test(t, func(t *testing.T) {
			sw := New(testSet())
			defer sw.Close()
			c := &camera{sw: sw, id: 1, format: formatH264}
			sw.SetSource(1, c.config(askable))
			synctest.Wait()
			var s screen
			if askable {
				sw.AddSink(s.config(formatH264))
			}
			picture := func(slice byte) {
				c.packet([]byte{0x09, 0x10}, false) // access unit delimiter
				c.packet(append([]byte(nil), testSPS...), false)
				c.packet(append([]byte(nil), testPPS...), false)
				c.packet([]byte{slice, 0x88}, true)
				c.ts += 3600
			}
			picture(0x41) // a recovery point
			picture(0x65)
			if !askable {
				sw.AddSink(s.config(formatH264))
			}
			ps := s.take()
			if list := serials(ps); !slices.Equal(list, []uint32{6, 7, 8}) {
				t.Errorf("askable %v: packets %v", askable, list)
			}
			if len(ps) == 0 || !ps[0].Keyframe || ps[1].Keyframe || ps[2].Keyframe {
				t.Errorf("askable %v: key frame flags of %v", askable, ps)
			}
		})
	}
}

// A codec that a sink cannot take is named once and when it is cured.
func TestMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		a := &camera{sw: sw, id: 1, format: formatVP8}
		b := &camera{sw: sw, id: 2, format: formatH264, inBand: true}
		sw.SetSource(1, a.config(true))
		sw.SetSource(2, b.config(true))
		var one, many screen
		k := sw.AddSink(one.config(formatH264))
		cfg := many.config(formatVP8)
		cfg.ManyStreams = true
		m := sw.AddSink(cfg)
		m.Subscribe(1)
		m.Subscribe(2)
		a.shoot(true)
		b.shoot(true)
		for _, p := range one.take() {
			if p.Source != 2 || p.Stream != 0 {
				t.Errorf("single stream: %+v", p.Packet)
			}
		}
		for _, p := range many.take() {
			if p.Source != 1 || p.Stream != 1 {
				t.Errorf("many streams: %+v", p.Packet)
			}
		}
		if got := k.Missing(); len(got) != 1 || got[0] != (Missing{1, formatVP8}) {
			t.Errorf("single stream misses %v", got)
		}
		if len(one.missing) != 1 || len(many.missing) != 1 || many.missing[0][0] != (Missing{2, formatH264}) {
			t.Errorf("told %v and %v", one.missing, many.missing)
		}
		k.SetFormats([]codecs.Format{formatH264, formatVP8}, nil)
		m.Unsubscribe(2)
		synctest.Wait()
		if len(one.missing) != 2 || len(one.missing[1]) != 0 || len(many.missing) != 2 || len(many.missing[1]) != 0 {
			t.Errorf("cured: %v and %v", one.missing, many.missing)
		}
	})
}

// A sink is told in which codecs what it might show comes, who speaks first, its own
// pictures and those of a stream of their own left out.
func TestRanked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		formatH261 := codecs.Format{Name: "H261", ClockRate: 90000}
		for id, f := range []codecs.Format{formatVP8, formatH264, formatH264, formatH261} {
			c := &camera{sw: sw, id: SourceID(id + 1), format: f}
			cfg := c.config(true)
			if id == 0 {
				cfg.Owner = "a"
			}
			cfg.Presentation = f == formatH261
			sw.SetSource(c.id, cfg)
		}
		var told [][]codecs.Format
		var s screen
		cfg := s.config(formatVP8)
		cfg.Ranked = func(f []codecs.Format) { told = append(told, f) }
		k := sw.AddSink(cfg)
		want := func(what string, formats ...codecs.Format) {
			t.Helper()
			synctest.Wait()
			if len(told) == 0 || !slices.Equal(told[len(told)-1], formats) {
				t.Errorf("%s: told %v, want %v", what, told, formats)
			}
			told = nil
		}
		want("at first", formatVP8, formatH264)
		sw.SetActive(3)
		want("another speaks", formatH264, formatVP8)
		sw.SetActive(2)
		synctest.Wait()
		if len(told) != 0 {
			t.Errorf("told %v of the same codecs", told)
		}
		sw.SetPresenting(4)
		want("slides", formatH261, formatH264, formatVP8)
		k.SetFormats([]codecs.Format{formatVP8}, []codecs.Format{formatH261})
		want("slides of their own", formatH264, formatVP8)
		own := s.config(formatVP8)
		own.Owner = "a"
		own.Ranked = cfg.Ranked
		sw.AddSink(own)
		want("without its own", formatH261, formatH264)
	})
}

// Nobody's single stream shows their own picture; what ends is replaced by
// what was active before, and numbers go on.
func TestOwnAndEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		a := &camera{sw: sw, id: 1, format: formatVP8}
		b := &camera{sw: sw, id: 2, format: formatVP8, seq: 999}
		ca, cb := a.config(true), b.config(true)
		ca.Owner, cb.Owner = "a", "b"
		sw.SetSource(1, ca)
		sw.SetSource(2, cb)
		var s screen
		cfg := s.config(formatVP8)
		cfg.Owner = "b"
		k := sw.AddSink(cfg)
		var third screen
		sw.AddSink(third.config(formatVP8))
		sw.SetActive(2)
		synctest.Wait()
		a.shoot(true)
		b.shoot(true)
		var d, e decoder
		d.feed(t, s.take())
		if d.source != 1 {
			t.Fatalf("b sees %d", d.source)
		}
		e.feed(t, third.take())
		if e.source != 2 {
			t.Fatalf("the third sees %d", e.source)
		}
		sw.RemoveSource(2)
		synctest.Wait()
		b.shoot(true) // too late
		a.shoot(false)
		if n := len(third.take()); n != 0 {
			t.Errorf("%d packets while waiting for a key frame", n)
		}
		a.shoot(true)
		e.feed(t, third.take())
		if e.source != 1 || e.changes != 2 {
			t.Errorf("the third sees %d after %d changes", e.source, e.changes)
		}
		k.Close()
		s.take()
		a.shoot(true)
		if n := len(s.take()); n != 0 {
			t.Errorf("%d packets after Close", n)
		}
		// A new format of the same source begins anew in the same stream.
		a.format, a.inBand = formatH264, true
		sw.SetSource(1, a.config(true))
		third.take()
		a.shoot(true)
		if n := len(third.take()); n != 0 {
			t.Errorf("%d packets of a format that the sink lacks", n)
		}
	})
}

// A many-stream sink that comes back to a source goes on in its numbers.
func TestResubscribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := New(testSet())
		defer sw.Close()
		c := &camera{sw: sw, id: 1, format: formatVP8}
		sw.SetSource(1, c.config(true))
		var s screen
		cfg := s.config(formatVP8)
		cfg.ManyStreams = true
		k := sw.AddSink(cfg)
		c.shoot(true)
		if n := len(s.take()); n != 0 {
			t.Errorf("%d packets without a subscription", n)
		}
		k.Subscribe(1)
		c.shoot(true)
		var d decoder
		d.feed(t, s.take())
		k.Unsubscribe(1)
		c.shoot(true)
		if n := len(s.take()); n != 0 {
			t.Errorf("%d packets after Unsubscribe", n)
		}
		k.Subscribe(1)
		c.shoot(true)
		d.feed(t, s.take())
		if d.last.Source != 1 {
			t.Error("nothing after subscribing again")
		}
	})
}
