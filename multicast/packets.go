package multicast

import (
	"time"

	"parley/codecs"
)

// sampleSize is the octets of one sample of all channels of linear sound, which
// may be cut between any two (RFC 3551 4.2); 0 of other encodings.
func sampleSize(f codecs.Format) int {
	switch {
	case f.Is("L16"):
		return 2 * f.Channels
	case f.Is("L24"):
		return 3 * f.Channels
	}
	return 0
}

// packetSamples is how many samples of linear sound go into a packet at most:
// what passes any path, and lasts no longer than t, unless that is 0. Packet
// times are told rounded, 0.33 ms for 16 samples at 48 kHz (AES67 8.1).
func packetSamples(f codecs.Format, t time.Duration) int {
	most := MaxPayload / sampleSize(f)
	if t > 0 {
		most = min(most, int((int64(t)*int64(f.ClockRate)+int64(time.Second)/2)/int64(time.Second)))
	}
	return max(most, 1)
}

// packetTime is how long the packets that are sent in f last, where that was
// asked for and can be; 0: as fits, or 20 ms where sound is not linear.
func (m *MediaConfig) packetTime(f codecs.Format) time.Duration {
	if m.PacketTime <= 0 || sampleSize(f) == 0 {
		return 0
	}
	return samplesTime(packetSamples(f, m.PacketTime), f.ClockRate)
}

// samplesTime is how long n samples last.
func samplesTime(n, rate int) time.Duration {
	return time.Duration(n) * time.Second / time.Duration(rate)
}

// split returns how many bytes of a payload of n go into one packet, and how
// long they last in units of the clock: parts of one length, that pass any path.
func split(f codecs.Format, n int) (size int, duration uint32) {
	sample := sampleSize(f)
	if sample == 0 {
		return n, 0
	}
	samples, most := n/sample, packetSamples(f, 0)
	if samples <= most {
		return n, 0
	}
	packets := (samples + most - 1) / most
	each := (samples + packets - 1) / packets
	return each * sample, uint32(each)
}
