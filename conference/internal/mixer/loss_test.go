package mixer

import (
	"bytes"
	"log/slog"
	"testing"

	"parley/codecs"
	"parley/codecs/builtin"
)

// resilient is an encoder of L16 that keeps what loss it was told of.
type resilient struct {
	codecs.Encoder
	told int
}

func (r *resilient) SetExpectedLoss(percent int) { r.told = percent }

// An encoder works against the loss of who hears it: its own listener's, or the
// worst of those that share it, within bounds.
func TestEncodersHeedLoss(t *testing.T) {
	codec := codecs.Codec{Formats: []codecs.Format{l16}, NewDecoder: builtin.Set().NewDecoder}
	var made []*resilient
	codec.NewEncoder = func(f codecs.Format) (codecs.Encoder, error) {
		e, err := builtin.Set().NewEncoder(f)
		made = append(made, &resilient{Encoder: e})
		return made[len(made)-1], err
	}
	m := New(Config{Codecs: codecs.NewSet(codec), Log: slog.New(slog.DiscardHandler)})
	room := new(Room)
	own := &voice{hz: 440, amp: 3500}
	for i := range 4 {
		room.Outputs = append(room.Outputs, NewOutput(newPayloadEar(t, l16)))
		if i == 0 {
			room.Inputs = []*Input{NewInput(1, own, room.Outputs[0])}
		}
	}
	m.Publish(room)
	for i, c := range []struct {
		losses      [4]int
		own, shared int
	}{
		{[4]int{0, 0, 0, 0}, 0, 0},
		{[4]int{30, 3, 7, 1}, 30, 7},
		{[4]int{30, 3, 90, 1}, 30, maxSharedLoss},
		{[4]int{2, 0, 0, 0}, 2, 0},
	} {
		for j, o := range room.Outputs {
			o.SetLoss(c.losses[j])
		}
		ticks(m, lossEvery)
		if len(made) != 2 {
			t.Fatalf("%d encoders", len(made))
		}
		if made[0].told != c.own || made[1].told != c.shared {
			t.Errorf("case %d: own %d, shared %d; want %d and %d", i, made[0].told, made[1].told, c.own, c.shared)
		}
	}
}

// An encoder that changes hands carries nothing over of what its last owner
// alone heard.
func TestReleasedEncoderForgets(t *testing.T) {
	m := newMixer(nil)
	o := NewOutput(newPayloadEar(t, pcmu))
	m.Publish(&Room{Inputs: []*Input{NewInput(1, &voice{hz: 440, amp: 3500}, nil)}, Outputs: []*Output{o}})
	ticks(m, 50)
	used, err := newStream(m.cfg.Codecs, pcmu)
	if err != nil {
		t.Fatal(err)
	}
	var loud codecs.Frame
	(&voice{hz: 1234, amp: 20000}).ReadFrame(&loud)
	if _, err := used.encode(&loud); err != nil {
		t.Fatal(err)
	}
	used.last = m.tick // as of an owner that leaves while speaking
	m.encoders.release(used)
	fresh, err := newStream(m.cfg.Codecs, pcmu)
	if err != nil {
		t.Fatal(err)
	}
	m.tick++
	*m.past(m.tick) = *m.past(m.tick - 1)
	var heard [2][]byte
	for i, s := range []*stream{m.encoders.take(pcmu), fresh} {
		s.catchUp(m)
		data, err := s.encode(m.mix())
		if err != nil {
			t.Fatal(err)
		}
		heard[i] = bytes.Clone(data)
	}
	if !bytes.Equal(heard[0], heard[1]) {
		t.Error("what the last owner heard is heard in what the next one gets")
	}
}
