package builtin

import (
	"errors"
	"strings"
	"testing"

	"parley/codecs"

	"github.com/google/go-cmp/cmp"
)

// known are the Formats of sound that a Set knows, offered or not.
func known(set *codecs.Set) []codecs.Format {
	return append(set.Formats(codecs.MediaAudio), set.Unoffered(codecs.MediaAudio)...)
}

// Each decoder keeps the contract of codecs.Decoder: Duration tells what
// Decode gives, a frame of its own encoder is 20 ms, and what is empty or
// longer than 120 ms is malformed.
func TestDecodersObeyContract(t *testing.T) {
	set := Set()
	for _, f := range known(set) {
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
			uneven, _ := e.(codecs.UnevenEncoder)
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
				want := frame
				if uneven != nil {
					want = uneven.Samples()
				}
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
	set, long := Set(), tooLong(nil)
	for _, f := range known(set) {
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
		// Nor does what is malformed.
		for _, bad := range [][]byte{{}, long} {
			if n := testing.AllocsPerRun(10, func() { _, failed = d.Duration(bad) }); n != 0 || failed == nil {
				t.Errorf("%v: %v allocations for %d octets, %v", f, n, len(bad), failed)
			}
		}
	}
}

// BenchmarkCodecs is what 20 ms of each Format of sound take.
func BenchmarkCodecs(b *testing.B) {
	set := Set()
	for _, f := range known(set) {
		e, err := set.NewEncoder(f)
		if err != nil {
			b.Fatal(err)
		}
		d, err := set.NewDecoder(f)
		if err != nil {
			b.Fatal(err)
		}
		pcm := make([]int16, e.SampleRate()/50*e.Channels())
		for i := range pcm {
			pcm[i] = int16(i * 7919)
		}
		payload, err := e.Encode(make([]byte, 0, 20000), pcm)
		if err != nil {
			b.Fatal(err)
		}
		dst := make([]int16, d.SampleRate()*120/1000*d.Channels())
		name := strings.ReplaceAll(f.String(), "/", "-")
		b.Run("encode/"+name, func(b *testing.B) {
			b.ReportAllocs()
			out := make([]byte, 0, 20000)
			for b.Loop() {
				out, _ = e.Encode(out[:0], pcm)
			}
		})
		b.Run("decode/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = d.Decode(dst, payload)
			}
		})
	}
}

// The order of preference in offers.
func TestOrder(t *testing.T) {
	for m, want := range map[codecs.Media][]string{
		codecs.MediaAudio: {"opus/48000/2", "G722/8000", "PCMU/8000", "PCMA/8000", "L16/44100", "L16/48000", "L16/16000"},
		codecs.MediaVideo: {"H264/90000", "H264/90000", "VP8/90000", "H263-1998/90000", "H263-2000/90000", "H263/90000", "H261/90000"},
		codecs.MediaEvent: {"telephone-event/48000", "telephone-event/8000"},
	} {
		var got []string
		for _, f := range append(Set().Formats(m), Set().Unoffered(m)...) {
			if Set().Lookup(f) == nil {
				t.Errorf("known but not accepted: %v", f)
			}
		}
		for _, f := range Set().Formats(m) {
			got = append(got, f.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := Set().NewDecoder(codecs.Format{Name: "G729", ClockRate: 8000, Channels: 1}); !errors.Is(err, codecs.ErrUnsupported) {
		t.Errorf("G729: %v, want ErrUnsupported", err)
	}
}

// FuzzDecode feeds whatever to all decoders: what they give lasts what
// Duration says, within the room of 120 ms, and errors are ErrMalformed.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0xFB, 0x06, 1, 2, 3})
	f.Add(make([]byte, 320))
	f.Add(make([]byte, 11522))
	set := Set()
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, format := range known(set) {
			d, err := set.NewDecoder(format)
			if err != nil {
				t.Fatal(err)
			}
			room := d.SampleRate() * 120 / 1000 * d.Channels()
			dst := make([]int16, room)
			want, werr := d.Duration(payload)
			n, err := d.Decode(dst, payload)
			switch {
			case err != nil && !errors.Is(err, codecs.ErrMalformed):
				t.Fatalf("%v: %v", format, err)
			case err == nil && (werr != nil || n != want || n*d.Channels() > room):
				t.Fatalf("%v: Decode = %d, Duration = %d, %v", format, n, want, werr)
			}
		}
	})
}
