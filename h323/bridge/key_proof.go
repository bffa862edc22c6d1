package bridge

import (
	"errors"

	"parley/codecs"
)

// keyProof judges whether what a key has decrypted is what it should be. Nothing
// in H.235.6 tells: a packet under another key becomes noise as loud as it can
// be. What is found out is by content:
//
//   - Samples (G.711, G.722) hardly ever are spread evenly over all codes, as
//     octets under a wrong key are. Nothing is believed until one packet has
//     shown it, and no packet that is spread so.
//   - Of other media, padding and the first octet of H.264 show a wrong key
//     nearly at once. After a packet that did, so many have to be good before
//     media is taken again.
type keyProof struct {
	sampled, h264 bool
	payloadType   uint8
	trusted       bool
	good          int // in a row, while it is not trusted
}

var errWrongKey = errors.New("not of the channel's key")

const (
	// goodPackets in a row make a key trusted again. Padding of a wrong key is
	// possible in one of 16.
	goodPackets = 5
	// minSamples are judged at least: 5 ms.
	minSamples = 40
	// provenAbove is the unevenness of octets that are no cipher's: one in 10^14
	// random packets has it. Silence of 20 ms has 1000 to 2400.
	provenAbove = 100
	// evenBelow is that of one that is not taken under a proven key either, as
	// what is sent in the clear becomes: one in 10^4 random packets has more.
	// The rare packet of sound that has less is concealed as a lost one.
	evenBelow = 45
)

func newKeyProof(f codecs.Format, payloadType uint8) keyProof {
	p := keyProof{sampled: isSampled(f), h264: f.Is("H264"), payloadType: payloadType}
	p.trusted = !p.sampled
	return p
}

// failed notes a packet that could not be decrypted at all.
func (p *keyProof) failed() { p.trusted, p.good = false, 0 }

// holds reports whether the payload of a packet, which had padding or not, is to
// be taken.
func (p *keyProof) holds(payloadType uint8, padded bool, payload []byte) bool {
	switch {
	case p.h264 && payloadType == p.payloadType && !isNALUnit(payload[0]):
		p.failed()
		return false
	case p.sampled && payloadType == p.payloadType && len(payload) >= minSamples:
		u := unevenness(payload)
		p.trusted = p.trusted || u > provenAbove
		return p.trusted && u >= evenBelow
	case p.trusted, p.sampled:
		return p.trusted
	case padded:
		p.good++
		p.trusted = p.good >= goodPackets
	}
	return p.trusted
}

// isNALUnit reports whether an octet may begin a payload of H.264 (RFC 6184
// clause 5.2).
func isNALUnit(first byte) bool {
	const forbidden, kind = 0x80, 0x1f
	return first&forbidden == 0 && first&kind >= 1 && first&kind <= 29
}

// unevenness is chi squared of the upper four bits of octets, with 15 degrees of
// freedom.
func unevenness(samples []byte) int {
	var counts [16]int
	for _, s := range samples {
		counts[s>>4]++
	}
	squares := 0
	for _, c := range counts {
		squares += c * c
	}
	return 16*squares/len(samples) - len(samples)
}
