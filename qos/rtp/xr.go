package rtp

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// The extended report blocks that are read (RFC 3611 4).
const (
	xrReferenceTime = 4
	xrDLRR          = 5
	xrStatistics    = 6
	xrVoIP          = 7
)

// StatisticsSummary is what a receiver tells of a span of packets (RFC 3611 4.6).
// What it does not tell is zero. Jitter is in units of the RTP clock.
type StatisticsSummary struct {
	Stream                                      uint32 // SSRC of ours
	First, Last                                 uint16 // sequence numbers; Last is the first that is not in it
	Lost, Duplicates                            uint32
	JitterMin, JitterMax, JitterMean, JitterDev uint32
	TTLMin, TTLMax, TTLMean, TTLDev             uint8 // or hop limit
}

// VoIPMetrics is what a receiver tells of a call's quality (RFC 3611 4.7).
type VoIPMetrics struct {
	Stream                     uint32  // SSRC of ours
	Lost, Discarded            float64 // 0 to 1
	BurstDensity, GapDensity   float64 // 0 to 1
	BurstDuration, GapDuration time.Duration
	RoundTrip, EndSystemDelay  time.Duration
	SignalLevel, NoiseLevel    int8    // dBm0; 127: unknown
	RFactor                    int     // 0 to 100; 127: unknown
	MOSListening, MOSConvers   float64 // 1 to 5; 0: unknown
	JitterBuffer               time.Duration
}

// ExtendedReport is the latest of what a source tells by RTCP XR about streams
// of ours.
type ExtendedReport struct {
	At         time.Time
	Statistics *StatisticsSummary // nil: not told
	VoIP       *VoIPMetrics       // nil: not told
}

// extendedLocked takes an XR packet (RFC 3611 2). Blocks that are not known are
// passed over by their length.
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|      BT       | type-specific |         block length          |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	:             type-specific block contents                      :
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
func (m *machine) extendedLocked(now time.Time, from netip.AddrPort, src *Source, ssrc uint32, body []byte) {
	for len(body) >= 4 {
		kind, flags := body[0], body[1]
		size := 4 + 4*int(binary.BigEndian.Uint16(body[2:]))
		if size > len(body) {
			return
		}
		block := body[4:size]
		body = body[size:]
		switch kind {
		case xrReferenceTime:
			if len(block) == 8 {
				m.references.hear(now, m.crowd.hash(from.Addr()), ssrc, uint32(binary.BigEndian.Uint64(block)>>16))
			}
		case xrDLRR:
			m.delayLocked(now, src, block)
		case xrStatistics:
			if s := parseStatistics(flags, block); s != nil && src != nil && m.isOurs(s.Stream) {
				src.extended.At, src.extended.Statistics = now, s
			}
		case xrVoIP:
			if v := parseVoIP(block); v != nil && src != nil && m.isOurs(v.Stream) {
				src.extended.At, src.extended.VoIP = now, v
			}
		}
	}
}

// delayLocked takes what answers a reference time of ours (RFC 3611 4.5).
func (m *machine) delayLocked(now time.Time, src *Source, block []byte) {
	for ; len(block) >= 12 && src != nil; block = block[12:] {
		lrr, dlrr := binary.BigEndian.Uint32(block[4:]), binary.BigEndian.Uint32(block[8:])
		if binary.BigEndian.Uint32(block) != m.ssrc.Load() || lrr == 0 {
			continue
		}
		if rtt := int32(uint32(m.ntp(now)>>16) - lrr - dlrr); rtt >= 0 {
			src.roundTrip = max(1, time.Duration(rtt)*time.Second>>16)
		}
	}
}

// parseStatistics reads a block of 36 octets; nil: it is none.
func parseStatistics(flags byte, b []byte) *StatisticsSummary {
	if len(b) != 36 {
		return nil
	}
	s := &StatisticsSummary{
		Stream: binary.BigEndian.Uint32(b), First: binary.BigEndian.Uint16(b[4:]), Last: binary.BigEndian.Uint16(b[6:]),
	}
	if flags&0x80 != 0 {
		s.Lost = binary.BigEndian.Uint32(b[8:])
	}
	if flags&0x40 != 0 {
		s.Duplicates = binary.BigEndian.Uint32(b[12:])
	}
	if flags&0x20 != 0 {
		s.JitterMin, s.JitterMax = binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:])
		s.JitterMean, s.JitterDev = binary.BigEndian.Uint32(b[24:]), binary.BigEndian.Uint32(b[28:])
	}
	if flags&0x18 != 0 {
		s.TTLMin, s.TTLMax, s.TTLMean, s.TTLDev = b[32], b[33], b[34], b[35]
	}
	return s
}

// parseVoIP reads a block of 32 octets; nil: it is none.
func parseVoIP(b []byte) *VoIPMetrics {
	if len(b) != 32 {
		return nil
	}
	share := func(i int) float64 { return float64(b[i]) / 256 }
	millis := func(i int) time.Duration { return time.Duration(binary.BigEndian.Uint16(b[i:])) * time.Millisecond }
	score := func(i int) float64 {
		if b[i] < 10 || b[i] > 50 {
			return 0
		}
		return float64(b[i]) / 10
	}
	return &VoIPMetrics{
		Stream: binary.BigEndian.Uint32(b), Lost: share(4), Discarded: share(5),
		BurstDensity: share(6), GapDensity: share(7), BurstDuration: millis(8), GapDuration: millis(10),
		RoundTrip: millis(12), EndSystemDelay: millis(14),
		SignalLevel: int8(b[16]), NoiseLevel: int8(b[17]),
		RFactor: int(b[20]), MOSListening: score(22), MOSConvers: score(23),
		JitterBuffer: millis(26),
	}
}

// reference is a time that a receiver asks back (RFC 3611 4.4). It holds no pointer.
type reference struct {
	host  uint32 // of the receiver: see crowd.hash
	seen  uint32 // in tenths of a second since the epoch
	stamp uint32
	at    time.Duration // since the epoch
}

func (r *reference) tenure() (host, seen uint32, vacant bool) { return r.host, r.seen, false }

// references are the latest of them that are not answered, by SSRC.
type references struct {
	epoch   time.Time
	entries shared[reference, *reference]
}

func newReferences(now time.Time) references {
	return references{epoch: now, entries: shared[reference, *reference]{limit: maxReferences}}
}

// hear takes one of a receiver of a host. Who has no place asks again.
func (r *references) hear(now time.Time, host, ssrc, stamp uint32) {
	r.entries.enter(crowdKey(ssrc), host, reference{host: host, seen: tenths(r.epoch, now), stamp: stamp, at: now.Sub(r.epoch)})
}

// answer makes the XR packet with a DLRR block that answers them all; nil:
// there are none.
func (r *references) answer(now time.Time, own uint32) []byte {
	n := r.entries.len()
	if n == 0 {
		return nil
	}
	words := 3 * n
	b := []byte{version, typeExtended, 0, byte(2 + words)}
	b = binary.BigEndian.AppendUint32(b, own)
	b = append(b, xrDLRR, 0, 0, byte(words))
	r.entries.each(func(key uint64, e *reference) {
		b = binary.BigEndian.AppendUint32(b, uint32(key))
		b = binary.BigEndian.AppendUint32(b, e.stamp)
		b = binary.BigEndian.AppendUint32(b, uint32(ticks(now.Sub(r.epoch)-e.at, 1<<16)))
	})
	r.entries.clear()
	return b
}
