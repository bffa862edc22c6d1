package opus

import (
	"strconv"
	"strings"

	"github.com/thesyncim/gopus"
)

// parameters are the peer's wishes about what it receives (RFC 7587 6.1).
type parameters struct {
	bitrate   int // of the payload, in bit/s
	bandwidth gopus.Bandwidth
	fec       bool
	dtx       bool
	constant  bool // bit rate
}

// defaultBitrate is good full-band speech: RFC 7587 3.1.1 gives 28 to 40 kb/s.
const defaultBitrate = 32000

// widebandBitrate is the rate up to which the bandwidth is held at wide-band:
// below it the hybrid mode overshoots its rate to little audible gain.
const widebandBitrate = 20000

// parseParameters reads an a=fmtp parameter list. What it does not know or
// what has no value in range leaves the default, as RFC 4855 clause 3 wants
// unknown parameters ignored.
func parseParameters(fmtp string) parameters {
	p := parameters{bitrate: defaultBitrate, bandwidth: gopus.BandwidthFullband}
	for pair := range strings.SplitSeq(fmtp, ";") {
		key, value, _ := strings.Cut(pair, "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "maxaveragebitrate":
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				p.bitrate = min(max(n, minBitrate), maxBitrate)
			}
		case "maxplaybackrate":
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				p.bandwidth = bandwidthOf(n)
			}
		case "useinbandfec":
			p.fec = value == "1"
		case "usedtx":
			p.dtx = value == "1"
		case "cbr":
			p.constant = value == "1"
		}
	}
	if p.bitrate <= widebandBitrate {
		p.bandwidth = min(p.bandwidth, gopus.BandwidthWideband)
	}
	return p
}

// bandwidthOf returns the widest bandwidth that a player with samples of rate
// Hz can render (RFC 7587 table 1).
func bandwidthOf(rate int) gopus.Bandwidth {
	switch {
	case rate < 12000:
		return gopus.BandwidthNarrowband
	case rate < 16000:
		return gopus.BandwidthMediumband
	case rate < 24000:
		return gopus.BandwidthWideband
	case rate < 48000:
		return gopus.BandwidthSuperwideband
	}
	return gopus.BandwidthFullband
}
