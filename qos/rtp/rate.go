package rtp

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"time"

	"github.com/pion/rtcp"
)

// RateReceiver is a Receiver whose streams can be held to a rate.
type RateReceiver interface {
	Receiver
	// RateLimited tells that the peer takes at most bitRate bit/s of ssrc, which
	// is one of ours (TMMBR, RFC 5104 3.5.4). It holds until the next.
	RateLimited(ssrc uint32, bitRate int)
}

// LimitRate asks src to send at most bitRate bit/s (TMMBR, RFC 5104 4.2.1). That
// it arrived shows in what comes: who asks repeats it.
func (s *Session) LimitRate(src uint32, bitRate int) {
	if !s.closed.Load() {
		s.sendReport(s.machine.rateRequest(src, bitRate))
	}
}

// rateRequest makes a compound of TMMBR.
func (m *machine) rateRequest(src uint32, bitRate int) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rateCompoundLocked(formatTMMBR, src, bitRate)
}

// rateCompoundLocked makes a compound of TMMBR, or of TMMBN, which has the same
// form (RFC 5104 4.2.2).
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                              SSRC                             |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	| MxTBR Exp |  MxTBR Mantissa                 |Measured Overhead|
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
func (m *machine) rateCompoundLocked(format uint8, src uint32, bitRate int) []byte {
	own := m.ssrc.Load()
	b := []byte{version | format, typeTransportFB, 0, 4}
	b = binary.BigEndian.AppendUint32(b, own)
	b = binary.BigEndian.AppendUint32(b, 0) // 4.2.1.2
	b = binary.BigEndian.AppendUint32(b, src)
	exp := max(0, bits.Len(uint(max(bitRate, 0)))-17)
	b = binary.BigEndian.AppendUint32(b, uint32(exp)<<26|uint32(bitRate>>exp)<<9|measuredOverhead)
	raw := rtcp.RawPacket(b)
	return marshalCompound([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: own}, m.descriptionLocked(nil), &raw})
}

// measuredOverhead is of IPv4, UDP and RTP, in octets a packet.
const measuredOverhead = 40

// rateLocked takes TMMBR for streams of ours, and acknowledges it by TMMBN.
func (m *machine) rateLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	if p.count != formatTMMBR || len(p.body) < 16 || m.group {
		return
	}
	sender := binary.BigEndian.Uint32(p.body)
	if _, ok := m.memberLocked(now, from, sender); !ok {
		return
	}
	for fci := p.body[8:]; len(fci) >= 8; fci = fci[8:] {
		ssrc, word := binary.BigEndian.Uint32(fci), binary.BigEndian.Uint32(fci[4:])
		if !m.isOurs(ssrc) {
			continue
		}
		rate := int(min(uint64(word>>9&0x1ffff)<<min(word>>26, 30), maxRate))
		m.actions = append(m.actions, action{kind: actRate, ssrc: ssrc, rate: rate})
		if now.Sub(m.notified) >= notifyInterval { // who misses it asks again
			m.notified = now
			m.actions = append(m.actions, action{kind: actReport, packet: m.rateCompoundLocked(formatTMMBN, sender, rate)})
		}
		return
	}
}
