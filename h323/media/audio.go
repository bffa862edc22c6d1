package media

import (
	"fmt"
	"math"
	"strconv"

	"parley/codecs"
	"parley/h323/h245"
)

// The frames that own capabilities allow in a packet. Peers send up to what
// is allowed, and some all of it: 60 ms is the most that still feels like a
// conversation, and more than any peer met sends by itself.
const (
	maxMilliseconds = 60
	maxFrames       = 3 // of 20 or 30 ms
)

// What one frame of GSM has, in octets (RFC 3551 clause 4.5.8).
const gsmFrame = 33

func defaultFrames(f codecs.Format) int {
	switch f.Name {
	case formatPCMU, formatPCMA, formatG722:
		return maxMilliseconds
	}
	return maxFrames
}

func audioFormat(name string, clock int, fmtp string) codecs.Format {
	return codecs.Format{Name: name, ClockRate: clock, Channels: 1, Fmtp: fmtp}
}

// parseAudio reads an audio capability (H.245 clause B.2.2.6).
func parseAudio(a *h245.AudioCapability) Capability {
	c := Capability{Kind: KindAudio}
	narrow := func(name string, frames uint16, bitRate int) {
		c.Format, c.Frames, c.MaxBitRate = audioFormat(name, 8000, ""), int(frames), bitRate
	}
	switch {
	case a.G711Ulaw64k != nil:
		narrow(formatPCMU, *a.G711Ulaw64k, 0)
	case a.G711Alaw64k != nil:
		narrow(formatPCMA, *a.G711Alaw64k, 0)
	case a.G711Ulaw56k != nil:
		// Seven bits of each octet count; over RTP it is PCMU all the same.
		narrow(formatPCMU, *a.G711Ulaw56k, 56000)
	case a.G711Alaw56k != nil:
		narrow(formatPCMA, *a.G711Alaw56k, 56000)
	case a.G722_64k != nil:
		// The clock is 8000 although 16 kHz are sampled (RFC 3551 clause 4.5.2).
		narrow(formatG722, *a.G722_64k, 0)
	case a.G728 != nil:
		narrow(formatG728, *a.G728, 0)
	case a.G7231 != nil:
		narrow(formatG723, a.G7231.MaxALSDUAudioFrames, 0)
	case a.G7231AnnexCCapability != nil:
		narrow(formatG723, a.G7231AnnexCCapability.MaxALSDUAudioFrames, 0)
	case a.GenericAudioCapability != nil:
		parseGenericAudio(a.GenericAudioCapability, &c)
	case a.AudioTelephonyEvent != nil:
		return eventCapability(0, a.AudioTelephonyEvent.AudioTelephoneEvent)
	default:
		parseG729(a, &c)
		parseGSM(a, &c)
	}
	if pt, ok := StaticPayloadType(c.Format); ok {
		c.PayloadType = pt
	}
	return c
}

// parseG729 reads G.729 with its annexes; without Annex B there is no silence
// suppression (RFC 4855, annexb).
func parseG729(a *h245.AudioCapability, c *Capability) {
	frames, annexB := a.G729, false
	switch {
	case a.G729 != nil:
	case a.G729AnnexA != nil:
		frames = a.G729AnnexA
	case a.G729wAnnexB != nil:
		frames, annexB = a.G729wAnnexB, true
	case a.G729AnnexAwAnnexB != nil:
		frames, annexB = a.G729AnnexAwAnnexB, true
	case a.G729Extensions != nil:
		frames, annexB = a.G729Extensions.AudioUnit, a.G729Extensions.AnnexB
	default:
		return
	}
	c.Format = audioFormat(formatG729, 8000, "annexb=no")
	if annexB {
		c.Format.Fmtp = ""
	}
	if frames != nil {
		c.Frames = int(*frames)
	}
}

func parseGSM(a *h245.AudioCapability, c *Capability) {
	switch {
	case a.GSMFullRate != nil:
		c.Format = audioFormat(formatGSM, 8000, "")
		c.Frames = int(a.GSMFullRate.AudioUnitSize) / gsmFrame
	case a.GSMHalfRate != nil:
		c.Format = audioFormat(formatGSMHR, 8000, "")
	case a.GSMEnhancedFullRate != nil:
		c.Format = audioFormat(formatGSMEFR, 8000, "")
	}
}

// parseGenericAudio reads what other Recommendations define.
func parseGenericAudio(g *h245.GenericCapability, c *Capability) {
	rate := 0
	if g.MaxBitRate != nil {
		rate = int(min(int64(*g.MaxBitRate)*h245BitRateUnit, math.MaxInt32))
	}
	switch g.CapabilityIdentifier.Standard {
	case h245.G7221OID:
		c.Format, c.MaxBitRate = g7221(g, 16000)
	case h245.G7221COID:
		c.Format, c.MaxBitRate = g7221(g, 32000)
	case h245.G7222OID:
		c.Format, c.MaxBitRate = audioFormat(formatAMRWB, 16000, ""), rate
	case h245.AMROID:
		c.Format, c.MaxBitRate = audioFormat(formatAMR, 8000, ""), rate
	case h245.ILBCOID:
		c.Format, c.MaxBitRate = audioFormat(formatILBC, 8000, ""), rate
	case h245.MPEG4AudioOID:
		// The clock is the sampling rate, which an object type does not tell.
		c.Format, c.MaxBitRate = audioFormat(formatMPEG4, 48000, ""), rate
	case h245.ComfortNoiseOID:
		c.Format, c.PayloadType = audioFormat(formatCN, 8000, ""), 13
	}
	if n, ok := genericNumber(g, g7221FramesPerPacket); ok && c.Format.Is(formatG7221) {
		c.Frames = int(min(n, 256))
	}
}

// Parameters of G.722.1 Annex A.
const g7221FramesPerPacket = 1

// g7221 reads the rate of G.722.1, which some say in bit/s and some in the
// 100 bit/s of H.245.
func g7221(g *h245.GenericCapability, clock int) (codecs.Format, int) {
	f := audioFormat(formatG7221, clock, "")
	if g.MaxBitRate == nil {
		return f, 0
	}
	rate := *g.MaxBitRate
	if rate < 1000 {
		rate *= h245BitRateUnit
	}
	switch rate {
	case 24000, 32000, 48000:
		f.Fmtp = "bitrate=" + strconv.Itoa(int(rate))
		return f, int(rate)
	}
	return f, 0
}

// genericNumber returns the first parameter of that number in either list.
func genericNumber(g *h245.GenericCapability, number uint8) (uint32, bool) {
	for _, list := range [][]h245.GenericParameter{g.Collapsing, g.NonCollapsing} {
		for i := range list {
			if id := list[i].ParameterIdentifier.Standard; id != nil && *id == number {
				if n, ok := list[i].ParameterValue.Unsigned(); ok {
					return n, true
				}
			}
		}
	}
	return 0, false
}

// eventCapability is RFC 2833's telephone-event; events is foreign text.
func eventCapability(payloadType uint8, events string) Capability {
	f := audioFormat(formatEvent, 8000, "")
	if len(events) <= maxEvents {
		if list, err := codecs.CanonicalFmtp(events); err == nil {
			f.Fmtp = list
		}
	}
	return Capability{Kind: KindEvent, Format: f, PayloadType: payloadType}
}

// audio returns the capability as H.245 has it.
func (c Capability) audio() (*h245.AudioCapability, error) {
	frames := uint16(min(max(c.Frames, 1), 256))
	if c.Frames == 0 {
		frames = uint16(defaultFrames(c.Format))
	}
	only56k := c.MaxBitRate == 56000
	switch {
	case c.Format.Is(formatG7221) && c.Format.Channels == 1:
		return c.genericG7221(frames)
	case c.Format.Channels != 1 || c.Format.ClockRate != 8000: // no word of H.245
	case c.Format.Is(formatPCMU) && only56k:
		return &h245.AudioCapability{G711Ulaw56k: &frames}, nil
	case c.Format.Is(formatPCMU):
		return &h245.AudioCapability{G711Ulaw64k: &frames}, nil
	case c.Format.Is(formatPCMA) && only56k:
		return &h245.AudioCapability{G711Alaw56k: &frames}, nil
	case c.Format.Is(formatPCMA):
		return &h245.AudioCapability{G711Alaw64k: &frames}, nil
	case c.Format.Is(formatG722):
		return &h245.AudioCapability{G722_64k: &frames}, nil
	case c.Format.Is(formatG728):
		return &h245.AudioCapability{G728: &frames}, nil
	case c.Format.Is(formatG723):
		return &h245.AudioCapability{G7231: &h245.G7231Capability{MaxALSDUAudioFrames: frames}}, nil
	case c.Format.Is(formatG729):
		if annexB, _ := c.Format.Param("annexb"); annexB == "no" {
			return &h245.AudioCapability{G729AnnexA: &frames}, nil
		}
		return &h245.AudioCapability{G729AnnexAwAnnexB: &frames}, nil
	case c.Format.Is(formatGSM):
		return &h245.AudioCapability{GSMFullRate: &h245.GSMAudioCapability{AudioUnitSize: min(frames*gsmFrame, 256)}}, nil
	}
	return nil, fmt.Errorf("media: %v as an H.245 capability: %w", c.Format, codecs.ErrUnsupported)
}

// genericG7221 is G.722.1 Annex A, the rate in bit/s as peers have it.
func (c Capability) genericG7221(frames uint16) (*h245.AudioCapability, error) {
	text, _ := c.Format.Param("bitrate")
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("media: G7221 without bitrate: %w", codecs.ErrUnsupported)
	}
	rate, number := uint32(n), uint8(g7221FramesPerPacket)
	g := &h245.GenericCapability{
		CapabilityIdentifier: h245.CapabilityIdentifier{Standard: h245.G7221OID},
		MaxBitRate:           &rate,
		Collapsing: []h245.GenericParameter{{
			ParameterIdentifier: h245.ParameterIdentifier{Standard: &number},
			ParameterValue:      h245.ParameterValue{UnsignedMin: &frames},
		}},
	}
	switch c.Format.ClockRate {
	case 16000:
	case 32000:
		g.CapabilityIdentifier.Standard = h245.G7221COID
	default:
		return nil, fmt.Errorf("media: %v as an H.245 capability: %w", c.Format, codecs.ErrUnsupported)
	}
	return &h245.AudioCapability{GenericAudioCapability: g}, nil
}
