package mixer

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"parley/codecs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMixMinusOwn(t *testing.T) {
	m := newMixer(nil)
	var room Room
	var ears []*frameEar
	hz := []float64{440, 660, 880}
	for i, f := range hz {
		e := new(frameEar)
		o := NewOutput(e)
		ears = append(ears, e)
		room.Outputs = append(room.Outputs, o)
		room.Inputs = append(room.Inputs, NewInput(uint32(i+1), &voice{hz: f, amp: 3500}, o))
	}
	m.Publish(&room)
	ticks(m, 52)
	for i, e := range ears {
		pcm := e.heard[2*codecs.FrameSamples:]
		for j, f := range hz {
			a := tone(pcm, f, codecs.SampleRate)
			if j == i && a > 1 {
				t.Errorf("%d hears itself at %.1f", i, a)
			}
			if j != i && math.Abs(a-3500) > 5 {
				t.Errorf("%d hears %d at %.1f, want 3500", i, j, a)
			}
		}
	}
}

// A group's members are left out of what the group hears, and are heard by all
// others.
func TestOutputOwnsManyInputs(t *testing.T) {
	m := newMixer(nil)
	group, other := new(frameEar), new(frameEar)
	g, o := NewOutput(group), NewOutput(other)
	m.Publish(&Room{
		Inputs: []*Input{
			NewInput(1, &voice{hz: 400, amp: 3500}, g),
			NewInput(2, &voice{hz: 500, amp: 3500}, g),
			NewInput(3, &voice{hz: 600, amp: 3500}, o),
		},
		Outputs: []*Output{g, o},
	})
	ticks(m, 52)
	for hz, want := range map[float64][2]float64{400: {0, 3500}, 500: {0, 3500}, 600: {3500, 0}} {
		for i, e := range []*frameEar{group, other} {
			if a := tone(e.heard[2*codecs.FrameSamples:], hz, codecs.SampleRate); math.Abs(a-want[i]) > 5 {
				t.Errorf("output %d hears %.0f Hz at %.1f, want %.0f", i, hz, a, want[i])
			}
		}
	}
}

func TestListenersShareOneEncode(t *testing.T) {
	m := newMixer(nil)
	speaker := NewOutput(newPayloadEar(t, pcmu))
	room := &Room{Outputs: []*Output{speaker}, Inputs: []*Input{NewInput(7, &voice{hz: 440, amp: 3500}, speaker)}}
	var ears []*payloadEar
	for i := range 20 {
		e := newPayloadEar(t, []codecs.Format{pcmu, l16}[i%2])
		o := NewOutput(e)
		ears = append(ears, e)
		room.Outputs = append(room.Outputs, o)
		room.Inputs = append(room.Inputs, NewInput(uint32(100+i), new(voice), o))
	}
	m.Publish(room)
	ticks(m, 50)
	if s := m.Stats(); s.Encodes != 50*3 || s.SharedEncodes != 50*18 {
		t.Errorf("%d encodes and %d saved, want 150 and 900", s.Encodes, s.SharedEncodes)
	}
	for i, e := range ears {
		rate, duration := 8000.0, uint32(160)
		if i%2 == 1 {
			rate, duration = 48000, 960
		}
		if a := tone(e.heard[len(e.heard)/2:], 440, rate); math.Abs(a-3500) > 60 {
			t.Errorf("listener %d hears %.1f, want 3500", i, a)
		}
		if e.payloads != 50 || e.silent || e.duration != duration || !slices.Equal(e.sources, []uint32{7}) {
			t.Errorf("listener %d got %d payloads, the last %+v", i, e.payloads, e)
		}
	}
	if e := speaker.port.(*payloadEar); !e.silent || len(e.sources) != 0 || e.payloads != 50 {
		t.Errorf("who alone speaks is told of %v, silent %v, in %d payloads", e.sources, e.silent, e.payloads)
	}
}

func TestSourcesLoudestFirst(t *testing.T) {
	m := newMixer(nil)
	e := newPayloadEar(t, pcmu)
	o := NewOutput(e)
	room := &Room{Outputs: []*Output{o}}
	var want []uint32
	for i := range 20 {
		v := &voice{hz: 300 + 10*float64(i), amp: amplitude(-15 - float64(i))}
		room.Inputs = append(room.Inputs, NewInput(uint32(i+1), v, nil))
		want = append(want, uint32(i+1))
	}
	room.Inputs[3].owner = o
	slices.Reverse(room.Inputs)
	m.Publish(room)
	ticks(m, 3)
	want = slices.Delete(want, 3, 4)[:maxSources]
	if !slices.Equal(e.sources, want) {
		t.Errorf("sources %v, want %v", e.sources, want)
	}
}

// Who begins and ends to speak hears the others without a seam: what they hear
// is, but for the codec's own noise, what they would have heard in silence.
func TestTransitionsAreSeamless(t *testing.T) {
	simulation(t)
	for _, c := range []struct {
		name string
		snr  float64 // dB, between the two
	}{
		{"L16", math.Inf(1)}, {"PCMU", math.Inf(1)}, {"PCMA", math.Inf(1)}, {"G722", 20}, {"opus", 18},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := l16
			if c.name != "L16" {
				f = find(t, c.name)
			}
			rate := 0
			hear := func(speaks bool) []int16 {
				m := newMixer(nil)
				e := newPayloadEar(t, f)
				rate = e.decoder.SampleRate()
				o, own := NewOutput(e), &voice{hz: 1234}
				m.Publish(&Room{
					Inputs:  []*Input{NewInput(1, &voice{hz: 440, amp: 3500}, nil), NewInput(2, own, o)},
					Outputs: []*Output{o, NewOutput(newPayloadEar(t, f))},
				})
				ticks(m, 50)
				for range 2 {
					if speaks {
						own.amp = 3500
					}
					ticks(m, 25)
					if speaks && o.stream == nil {
						t.Error("who speaks has no encoder of their own")
					}
					own.amp = 0
					ticks(m, 75)
					if speaks && o.stream != nil {
						t.Error("who fell silent still has an encoder of their own")
					}
				}
				if e.payloads != 250 || e.err != nil {
					t.Fatalf("%d payloads in 250 ticks, error %v", e.payloads, e.err)
				}
				return e.heard
			}
			quiet, spoke := hear(false), hear(true)
			if len(quiet) != len(spoke) {
				t.Fatalf("%d and %d samples", len(quiet), len(spoke))
			}
			worst := math.Inf(1)
			for i := 0; i+rate/50 <= len(quiet); i += rate / 50 {
				var signal, noise float64
				for j := i; j < i+rate/50; j++ {
					d := float64(quiet[j]) - float64(spoke[j])
					signal += float64(quiet[j]) * float64(quiet[j])
					noise += d * d
				}
				worst = min(worst, 10*math.Log10(signal/noise))
				if signal == 0 && noise == 0 {
					worst = min(worst, math.Inf(1))
				}
			}
			t.Logf("worst frame %.1f dB", worst)
			if q, s := steepest(quiet), steepest(spoke); s > q+q/5 {
				t.Errorf("a step of %d where there was none above %d", s, q)
			}
			if worst < c.snr || math.IsNaN(worst) {
				t.Errorf("the worst frame differs by %.1f dB below the signal, want %.0f", worst, c.snr)
			}
		})
	}
}

// steepest returns the largest step from one sample to the next.
func steepest(pcm []int16) (most int) {
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		most = max(most, d, -d)
	}
	return most
}

func TestFormatMayChange(t *testing.T) {
	m := newMixer(nil)
	e := newPayloadEar(t, pcmu)
	o := NewOutput(e)
	m.Publish(&Room{Outputs: []*Output{o}, Inputs: []*Input{NewInput(1, &voice{hz: 440, amp: 3500}, nil)}})
	count := func(f codecs.Format) int {
		e.format = f
		before := e.payloads
		ticks(m, 5)
		if o.Format() != f {
			t.Errorf("Format() = %v, want %v", o.Format(), f)
		}
		return e.payloads - before
	}
	if n := count(pcmu); n != 5 {
		t.Errorf("%d payloads, want 5", n)
	}
	if n := count(codecs.Format{}); n != 0 {
		t.Errorf("%d payloads on hold", n)
	}
	if n := count(codecs.Format{Name: "none-such", ClockRate: 8000, Channels: 1}); n != 0 {
		t.Errorf("%d payloads in a Format that nobody can encode", n)
	}
	e.decoder, _ = m.cfg.Codecs.NewDecoder(l16)
	if n := count(l16); n != 5 || e.duration != 960 {
		t.Errorf("%d payloads of %d, want 5 of 960", n, e.duration)
	}
}

// A rate that does not divide 48 kHz, and two channels.
func TestOddRates(t *testing.T) {
	for _, f := range []codecs.Format{
		{Name: "L16", ClockRate: 44100, Channels: 1},
		{Name: "L16", ClockRate: 44100, Channels: 2},
		{Name: "L16", ClockRate: 16000, Channels: 2},
	} {
		m := newMixer(nil)
		e := newPayloadEar(t, f)
		m.Publish(&Room{Outputs: []*Output{NewOutput(e)}, Inputs: []*Input{NewInput(1, &voice{hz: 440, amp: 3500}, nil)}})
		ticks(m, 50)
		if e.duration != uint32(f.ClockRate/50) || len(e.heard) != f.ClockRate || e.err != nil {
			t.Errorf("%v: %d samples in payloads of %d, error %v", f, len(e.heard), e.duration, e.err)
			continue
		}
		if a := tone(e.heard[f.ClockRate/10:], 440, float64(f.ClockRate)); math.Abs(a-3500) > 5 {
			t.Errorf("%v: heard at %.0f, want 3500", f, a)
		}
	}
}

func TestIdleEncodersAreGivenUp(t *testing.T) {
	m := newMixer(nil)
	e := newPayloadEar(t, pcmu)
	o := NewOutput(e)
	in := []*Input{NewInput(1, &voice{hz: 440, amp: 3500}, nil), NewInput(2, &voice{hz: 550, amp: 3500}, o)}
	m.Publish(&Room{Outputs: []*Output{o}, Inputs: in})
	ticks(m, 5)
	o.Close()
	m.Publish(&Room{Inputs: in[:1]})
	ticks(m, 1)
	if m.encoders.size != 1 || len(m.encoders.idle[pcmu]) != 1 {
		t.Errorf("%d idle encoders after the speaker left, want 1", m.encoders.size)
	}
	next := NewOutput(newPayloadEar(t, pcmu))
	m.Publish(&Room{Outputs: []*Output{next}, Inputs: in[:1]})
	ticks(m, 1)
	if m.encoders.size != 0 || len(m.encoders.shared) != 1 {
		t.Errorf("%d idle, %d shared encoders, want 0 and 1", m.encoders.size, len(m.encoders.shared))
	}
	next.Close()
	m.Publish(&Room{Inputs: in[:1]})
	ticks(m, 2*sharedIdle+1)
	if len(m.encoders.shared) != 0 {
		t.Error("a shared encoder outlived its listeners")
	}
}

func TestMuteFadesAndDrains(t *testing.T) {
	m := newMixer(nil)
	e, v := new(frameEar), &voice{hz: 440, amp: 3500}
	in := NewInput(1, v, nil)
	m.Publish(&Room{Outputs: []*Output{NewOutput(e)}, Inputs: []*Input{in}})
	ticks(m, 20)
	if !in.Speaking() {
		t.Error("not speaking after 400 ms")
	}
	in.SetMuted(true)
	ticks(m, 20)
	if in.Speaking() || in.Level() != silence {
		t.Errorf("muted, yet speaking %v at %d", in.Speaking(), in.Level())
	}
	if v.reads != 40 {
		t.Errorf("read %d times in 40 ticks", v.reads)
	}
	in.SetMuted(false)
	ticks(m, 20)
	// A 440 Hz sine of 3500 moves by 202 from sample to sample at most.
	for i := 1; i < len(e.heard); i++ {
		if d := int(e.heard[i]) - int(e.heard[i-1]); d > 230 || d < -230 {
			t.Fatalf("a step of %d at sample %d of tick %d", d, i%codecs.FrameSamples, i/codecs.FrameSamples)
		}
	}
	for _, s := range e.heard[21*codecs.FrameSamples : 40*codecs.FrameSamples] {
		if s != 0 {
			t.Fatal("heard while muted")
		}
	}
	if a := tone(e.heard[45*codecs.FrameSamples:], 440, codecs.SampleRate); math.Abs(a-3500) > 20 {
		t.Errorf("heard at %.0f after the mute, want 3500", a)
	}
}

// Who leaves in the middle of a word does not click.
func TestLeavingFades(t *testing.T) {
	m := newMixer(nil)
	e := new(frameEar)
	o, in := NewOutput(e), NewInput(1, &voice{hz: 456, amp: 3500}, nil)
	m.Publish(&Room{Outputs: []*Output{o}, Inputs: []*Input{in}})
	ticks(m, 10)
	if s := e.heard[len(e.heard)-1]; s < 1000 && s > -1000 {
		t.Fatalf("ends at %d: no click to be heard", s)
	}
	in.Close()
	m.Publish(&Room{Outputs: []*Output{o}})
	ticks(m, 5)
	if s := steepest(e.heard); s > 230 {
		t.Errorf("a step of %d", s)
	}
	if s := e.heard[11*codecs.FrameSamples]; s != 0 {
		t.Errorf("%d is heard after the fade", s)
	}
}

func TestIdleEncodersAreBounded(t *testing.T) {
	e := newEncoders()
	for i := range 2 * maxIdleStreams {
		e.release(&stream{format: codecs.Format{Name: "opus", Fmtp: fmt.Sprint("maxaveragebitrate=", 6000+i)}})
	}
	if e.size != maxIdleStreams || len(e.idle) != maxIdleStreams {
		t.Errorf("%d idle encoders of %d Formats, want %d", e.size, len(e.idle), maxIdleStreams)
	}
	for f := range e.idle {
		if s := e.take(f); s == nil || s.format != f {
			t.Errorf("%v: got %v", f, s)
		}
	}
	if e.size != 0 || len(e.idle) != 0 {
		t.Errorf("%d left of %d Formats", e.size, len(e.idle))
	}
}

// What a large room hears does not depend on how many cores mix it.
func TestCrewMixesTheSame(t *testing.T) {
	hear := func(crew *Crew) [][]int16 {
		m := newMixer(crew)
		m.spreadAbove = -1
		room := new(Room)
		var ears []*payloadEar
		for i := range 3 * crewThreshold {
			e := newPayloadEar(t, pcmu)
			o, v := NewOutput(e), new(voice)
			if i%10 == 0 {
				v.hz, v.amp = 300+float64(10*i), 3500
			}
			ears = append(ears, e)
			room.Outputs = append(room.Outputs, o)
			room.Inputs = append(room.Inputs, NewInput(uint32(i+1), v, o))
		}
		m.Publish(room)
		ticks(m, 20)
		var out [][]int16
		for _, e := range ears {
			out = append(out, e.heard)
		}
		return out
	}
	crew := NewCrew()
	defer crew.Close()
	one, many := hear(nil), hear(crew)
	for i := range one {
		if !slices.Equal(one[i], many[i]) {
			t.Fatalf("listener %d hears something else", i)
		}
	}
}

func TestTickDoesNotAllocate(t *testing.T) {
	crew := NewCrew()
	defer crew.Close()
	for name, c := range map[string]*Crew{"one core": nil, "crew": crew} {
		m := benchmarkMixer(c, 100, pcmu)
		m.spreadAbove = -1
		ticks(m, 2*ownHangover)
		if n := testing.AllocsPerRun(200, m.Tick); n != 0 {
			t.Errorf("%s: %.1f allocations a tick", name, n)
		}
	}
}
