package bridge

import (
	"crypto/rand"
	"fmt"
	"math"
	"testing"

	"parley/codecs"
	"parley/codecs/builtin"
)

func sampledFormat(name string) codecs.Format {
	return codecs.Format{Name: name, ClockRate: 8000, Channels: 1}
}

// Samples of anything prove a key with the first packet, random octets never.
func TestKeyProofOfSamples(t *testing.T) {
	set := builtin.Set()
	sounds := map[string]func(i int, rate float64) float64{
		"silence": func(int, float64) float64 { return 0 },
		"hum":     func(i int, rate float64) float64 { return 30 * math.Sin(2*math.Pi*50*float64(i)/rate) },
		"tone":    func(i int, rate float64) float64 { return 8000 * math.Sin(2*math.Pi*440*float64(i)/rate) },
		"loud":    func(i int, rate float64) float64 { return 32000 * math.Sin(2*math.Pi*1000*float64(i)/rate) },
		"two tones": func(i int, rate float64) float64 {
			x := float64(i) / rate
			return 9000*math.Sin(4379*x) + 9000*math.Sin(8394*x)
		},
		"full scale": func(i int, _ float64) float64 { return 32000 * float64(1-2*(i/20%2)) },
	}
	for _, name := range []string{"PCMU", "PCMA", "G722"} {
		for sound, f := range sounds {
			e, err := set.NewEncoder(sampledFormat(name))
			if err != nil {
				t.Fatal(err)
			}
			n := e.SampleRate() / 50
			first := -1
			for packet := range 10 {
				pcm := make([]int16, n)
				for i := range pcm {
					pcm[i] = int16(f(packet*n+i, float64(e.SampleRate())))
				}
				payload, err := e.Encode(nil, pcm)
				if err != nil {
					t.Fatal(err)
				}
				p := newKeyProof(sampledFormat(name), 96)
				if first < 0 && p.holds(96, false, payload) {
					first = packet
				}
			}
			if first < 0 || first > 1 {
				t.Errorf("%s in %s: proven by packet %d", sound, name, first)
			}
		}
		t.Run(fmt.Sprintf("%s, wrong key", name), func(t *testing.T) {
			p := newKeyProof(sampledFormat(name), 96)
			payload := make([]byte, 160)
			for i := range 5000 {
				_, _ = rand.Read(payload)
				if p.holds(96, false, payload[:40+i%121]) {
					t.Fatalf("packet %d is believed", i)
				}
			}
		})
	}
}

// Pictures are taken at once; a packet that cannot be one ends that, until a
// row of good ones.
func TestKeyProofOfPictures(t *testing.T) {
	p := newKeyProof(formatH264, 97)
	good, bad := []byte{0x65, 1, 2, 3}, []byte{0xe5, 1, 2, 3}
	if !p.holds(97, true, good) {
		t.Error("a good packet is not taken")
	}
	if p.holds(97, true, bad) {
		t.Error("a bad packet is taken")
	}
	for i := range goodPackets {
		if got := p.holds(97, true, good); got != (i == goodPackets-1) {
			t.Errorf("packet %d after a bad one: %v", i, got)
		}
	}
	p.failed()
	if p.holds(97, false, good) {
		t.Error("taken after one that was no ciphertext")
	}
}
