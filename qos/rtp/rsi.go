package rtp

import (
	"encoding/binary"
	"time"
)

// The sub-report blocks of an RSI packet that are written or read (RFC 5760
// 7.1.2).
const (
	rsiLoss       = 4
	rsiJitter     = 5
	rsiCollision  = 8
	rsiGeneral    = 10
	rsiGroupSize  = 12
	rsiBuckets    = 16 // of 16 bits each
	rsiHeaderSize = 16 // after the common header
)

// distribution counts values in rsiBuckets equal parts of 0 to top.
type distribution struct {
	counts [rsiBuckets]int
	top    uint32
}

func (d *distribution) add(value uint32) {
	d.counts[min(uint64(value)*rsiBuckets/uint64(max(d.top, 1)), rsiBuckets-1)]++
}

// append writes it as a generic sub-report block (RFC 5760 7.1.3). What does not
// fit 16 bits is scaled down by the multiplicative factor.
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|     SRBT      |    Length     |        NDB            |   MF  |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                   Minimum Distribution Value                  |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                   Maximum Distribution Value                  |
//	+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//	|                      Distribution Buckets                     |
func (d *distribution) append(b []byte, kind byte) []byte {
	factor := 0
	for _, n := range d.counts {
		for n>>factor > 0xffff {
			factor++
		}
	}
	b = append(b, kind, 3+rsiBuckets/2, rsiBuckets>>4, byte(rsiBuckets&0xf<<4|factor))
	b = binary.BigEndian.AppendUint32(b, 0)
	b = binary.BigEndian.AppendUint32(b, d.top)
	for _, n := range d.counts {
		b = binary.BigEndian.AppendUint16(b, uint16(n>>factor))
	}
	return b
}

// summaryLocked makes the RSI packet: what all receivers tell of the session's
// own stream, how many they are, and who of them have one SSRC (RFC 5760 7.1.1).
//
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|V=2|P|reserved |   PT=RSI=209  |             length            |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                           SSRC                                |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                       Summarized SSRC                         |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                        NTP Timestamp                          |
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	:                       Sub-report blocks                       :
func (m *machine) summaryLocked(now time.Time) []byte {
	own := m.ssrc.Load()
	rate := 0
	if s, sent := m.own.sent(own); sent {
		rate = s.rate
	}
	lost := distribution{top: 255} // the most that 7.1.4 lets it be
	spread := distribution{top: 1} // more than the least, which is 0
	var highest int32
	units := func(e *loss) uint32 {
		return uint32(ticks(time.Duration(e.jitter)*time.Microsecond, rate))
	}
	about := func(key uint64) bool { return uint32(key) == own && m.thereLocked(uint32(key>>32)) }
	m.losses.entries.each(func(key uint64, e *loss) {
		if about(key) {
			spread.top = max(spread.top, units(e))
		}
	})
	var fractions [256]int
	n := 0
	m.losses.entries.each(func(key uint64, e *loss) {
		if !about(key) {
			return
		}
		n++
		fractions[e.fraction]++
		lost.add(uint32(e.fraction))
		spread.add(units(e))
		highest = max(highest, e.lost)
	})
	b := []byte{version, typeRSI, 0, 0}
	b = binary.BigEndian.AppendUint32(b, own)
	b = binary.BigEndian.AppendUint32(b, own)
	b = binary.BigEndian.AppendUint64(b, m.ntp(now))
	if n > 0 {
		b = lost.append(b, rsiLoss)
		b = spread.append(b, rsiJitter)
		b = append(b, rsiGeneral, 3, 0, 0) // 7.1.10: median loss, highest lost, median jitter
		b = binary.BigEndian.AppendUint32(b, uint32(median(fractions[:], n))<<24|uint32(highest)&0xffffff)
		b = binary.BigEndian.AppendUint32(b, uint32(uint64(median(spread.counts[:], n))*uint64(spread.top)/rsiBuckets))
	}
	b = m.feedback.appendCollisions(b)
	// 7.1.12: what members make their interval of. Those who send, they see.
	b = append(b, rsiGroupSize, 2)
	b = binary.BigEndian.AppendUint16(b, uint16(min(m.schedule.averageLen, 0xffff)))
	b = binary.BigEndian.AppendUint32(b, uint32(max(m.membersLocked()-1-m.othersSendingLocked(), 0)))
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)/4-1))
	return b
}

// median is the place of the middle one of n that are counted.
func median(counts []int, n int) int {
	rank := (n + 1) / 2
	for i, c := range counts {
		if rank -= c; rank <= 0 {
			return i
		}
	}
	return 0
}

// summary is what is read of an RSI packet.
type summary struct {
	told       bool // the next two are
	receivers  int
	average    uint16 // octets of a report
	collisions []byte // SSRCs
}

// parseSummary reads the body of an RSI packet. What is malformed ends it.
func parseSummary(body []byte) (s summary) {
	if len(body) < rsiHeaderSize {
		return s
	}
	for b := body[rsiHeaderSize:]; len(b) >= 4; {
		size := 4 * int(b[1])
		if size < 4 || size > len(b) {
			return s
		}
		switch {
		case b[0] == rsiGroupSize && size == 8:
			s.told, s.receivers, s.average = true, int(binary.BigEndian.Uint32(b[4:])), binary.BigEndian.Uint16(b[2:])
		case b[0] == rsiCollision:
			s.collisions = b[4:size]
		}
		b = b[size:]
	}
	return s
}
