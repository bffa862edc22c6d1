package playout

import (
	"testing"

	"parley/codecs"
	"parley/codecs/builtin"
)

// opusPackets encodes n packets of speech with FEC on.
func opusPackets(t *testing.T, n int) (codecs.Format, [][]byte) {
	set := builtin.Set()
	var format codecs.Format
	for _, f := range set.Formats(codecs.MediaAudio) {
		if f.Is("opus") {
			format = f
		}
	}
	enc, err := set.NewEncoder(format)
	if err != nil {
		t.Fatal(err)
	}
	if l, ok := enc.(codecs.LossAware); ok {
		l.SetExpectedLoss(20)
	}
	signal := speech(48000)
	pcm := make([]int16, codecs.FrameSamples*enc.Channels())
	var packets [][]byte
	for i := range n {
		for j := range codecs.FrameSamples {
			for c := range enc.Channels() {
				pcm[j*enc.Channels()+c] = signal(int64(i*codecs.FrameSamples + j))
			}
		}
		p, err := enc.Encode(nil, pcm)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, p)
	}
	return format, packets
}

// TestOpusLoss loses single packets and pairs: where the next packet is there
// in time its copy is played, the rest is the codec's own concealment. Nothing
// allocates.
func TestOpusLoss(t *testing.T) {
	format, packets := opusPackets(t, 200)
	l := newLine(t, map[uint8]codecs.Format{111: format})
	l.p.PayloadType = 111
	// Jitter makes the buffer deep enough for the next packet to be there.
	i := 0
	pass := func() bool {
		p := packets[i%len(packets)]
		late := i%10 < 2 // two of ten come with the third
		if i++; late {
			p = nil
			l.p.Timestamp += 960
			l.p.SequenceNumber++
			return l.tick(p, 0)
		}
		if i%10 == 3 {
			for back := range 2 {
				q := l.p
				q.SequenceNumber -= uint16(2 - back)
				q.Timestamp -= uint32(2-back) * 960
				q.Payload, q.Arrival = packets[(i-3+back)%len(packets)], l.now
				l.buf.Push(&q)
			}
		}
		if i%10 == 7 {
			l.p.SequenceNumber++
			return l.tick(nil, 960)
		}
		return l.tick(p, 960)
	}
	for range 200 {
		pass()
	}
	before := l.buf.Stats()
	silent := 0
	if n := testing.AllocsPerRun(400, func() {
		if !pass() {
			silent++
		}
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
	s := l.buf.Stats()
	t.Logf("%+v", s)
	if lost, fec := 40, int(s.FEC-before.FEC); fec < lost-4 || fec > lost+4 {
		t.Errorf("%d frames from FEC of %d lost", fec, lost)
	}
	if n := s.Concealed - before.Concealed; n > 4 || silent > 0 {
		t.Errorf("%d frames concealed, %d silent", n, silent)
	}
}

// TestOpusSilence has a sender with DTX: packets of a byte, few and far between.
func TestOpusSilence(t *testing.T) {
	format, packets := opusPackets(t, 50)
	l := newLine(t, map[uint8]codecs.Format{111: format})
	l.p.PayloadType = 111
	for range 5 {
		for _, p := range packets {
			l.tick(p, 960)
		}
		silent := 0
		for i := range 100 {
			var p []byte
			if i%20 == 0 {
				p = packets[0][:1]
			}
			if !l.tick(p, 960) {
				silent++
			}
		}
		if silent < 96 {
			t.Errorf("%d silent frames of 100", silent)
		}
	}
	if s := l.buf.Stats(); s.Concealed != 0 || s.Delay > 32*ms || s.Malformed != 0 {
		t.Errorf("%+v", s)
	}
}
