package voice

import (
	"testing"

	"parley/codecs"
)

// Code encodes sound in frames of 20 ms, decodes each packet, and returns both.
// It fails where a payload does not last as long as its decoder says.
func Code(t testing.TB, c codecs.Codec, f codecs.Format, pcm []int16) (packets [][]byte, decoded []int16) {
	t.Helper()
	e, err := c.NewEncoder(f)
	if err != nil {
		t.Fatal(err)
	}
	frame := f.ClockRate / 50 * f.Channels
	for ; len(pcm) >= frame; pcm = pcm[frame:] {
		p, err := e.Encode(nil, pcm[:frame])
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, p)
	}
	return packets, Decode(t, c, f, packets)
}

// Decode decodes packets.
func Decode(t testing.TB, c codecs.Codec, f codecs.Format, packets [][]byte) (decoded []int16) {
	t.Helper()
	d, err := c.NewDecoder(f)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]int16, d.SampleRate()*120/1000*d.Channels())
	for _, p := range packets {
		want, err := d.Duration(p)
		if err != nil {
			t.Fatal(err)
		}
		n, err := d.Decode(dst, p)
		if n != want || err != nil {
			t.Fatalf("Decode = %d, %v; Duration said %d", n, err, want)
		}
		decoded = append(decoded, dst[:n*d.Channels()]...)
	}
	return decoded
}

// Bytes returns samples in the order of files: the lower octet first.
func Bytes(pcm []int16) []byte {
	out := make([]byte, 0, 2*len(pcm))
	for _, v := range pcm {
		out = append(out, byte(v), byte(v>>8))
	}
	return out
}
