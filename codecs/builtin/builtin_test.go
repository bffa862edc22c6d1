package builtin

import (
	"errors"
	"testing"

	"parley/codecs"
)

// Each decoder keeps the contract of codecs.Decoder: Duration tells what
// Decode gives, a frame of its own encoder is 20 ms, and what is empty or
// longer than 120 ms is malformed.
func TestDecodersObeyContract(t *testing.T) {
	set := Set()
	for _, f := range set.Formats(codecs.MediaAudio) {
		t.Run(f.String(), func(t *testing.T) {
			e, err := set.NewEncoder(f)
			if err != nil {
				t.Fatal(err)
			}
			d, err := set.NewDecoder(f)
			if err != nil {
				t.Fatal(err)
			}
			frame := e.SampleRate() / 50
			pcm := make([]int16, frame*e.Channels())
			for i := range pcm {
				pcm[i] = int16(i * 7919)
			}
			dst := make([]int16, d.SampleRate()*120/1000*d.Channels())
			var payload []byte
			for range 3 {
				if payload, err = e.Encode(payload[:0], pcm); err != nil {
					t.Fatal(err)
				}
				want := d.SampleRate() / 50
				if n, err := d.Duration(payload); n != want || err != nil {
					t.Errorf("Duration = %d, %v; want %d", n, err, want)
				}
				if n, err := d.Decode(dst, payload); n != want || err != nil {
					t.Errorf("Decode = %d, %v; want %d", n, err, want)
				}
			}
			for _, bad := range [][]byte{nil, tooLong(d)} {
				if n, err := d.Duration(bad); n != 0 || !errors.Is(err, codecs.ErrMalformed) {
					t.Errorf("Duration of %d octets = %d, %v; want ErrMalformed", len(bad), n, err)
				}
				if n, err := d.Decode(dst, bad); n != 0 || !errors.Is(err, codecs.ErrMalformed) {
					t.Errorf("Decode of %d octets = %d, %v; want ErrMalformed", len(bad), n, err)
				}
			}
		})
	}
}

// tooLong returns a payload of more than 120 ms: the largest UDP datagram. For
// Opus its first octets say code 3 with 48 frames of 20 ms (RFC 6716 3.2.5).
func tooLong(codecs.Decoder) []byte {
	p := make([]byte, 65507)
	p[0], p[1] = 31<<3|3, 48
	return p
}

// A tick's worth of encoding and decoding takes no memory.
func TestNoAllocation(t *testing.T) {
	set := Set()
	for _, f := range set.Formats(codecs.MediaAudio) {
		e, err := set.NewEncoder(f)
		if err != nil {
			t.Fatal(err)
		}
		d, err := set.NewDecoder(f)
		if err != nil {
			t.Fatal(err)
		}
		if l, ok := e.(codecs.LossAware); ok {
			l.SetExpectedLoss(0) // see codecs/opus for what copies cost
		}
		pcm := make([]int16, e.SampleRate()/50*e.Channels())
		for i := range pcm {
			pcm[i] = int16(i * 7919)
		}
		dst := make([]int16, d.SampleRate()*120/1000*d.Channels())
		payload := make([]byte, 0, 4000)
		var failed error
		for range 20 { // scratch memory grows to its size
			payload, _ = e.Encode(payload[:0], pcm)
			_, _ = d.Decode(dst, payload)
		}
		if n := testing.AllocsPerRun(100, func() {
			if payload, failed = e.Encode(payload[:0], pcm); failed == nil {
				_, failed = d.Decode(dst, payload)
			}
		}); n != 0 || failed != nil {
			t.Errorf("%v: %v allocations a frame, %v", f, n, failed)
		}
	}
}

// The order of preference in offers.
func TestOrder(t *testing.T) {
	want := []string{"opus", "G722", "PCMU", "PCMA", "L16", "L16", "L16"}
	got := Set().Formats(codecs.MediaAudio)
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i, f := range got {
		if f.Name != want[i] {
			t.Errorf("format %d is %v, want %s", i, f, want[i])
		}
		if Set().Lookup(f) == nil {
			t.Errorf("offered but not accepted: %v", f)
		}
	}
}
