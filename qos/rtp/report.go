package rtp

import (
	"slices"
	"strings"
	"time"

	"github.com/pion/rtcp"
)

// expire is called when the time of next has come. It returns when to call it
// again.
func (m *machine) expire(now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beginLocked(now)
	if now.Before(m.schedule.next) {
		if end := m.feedback.outdated(); !end.IsZero() && !now.Before(end) {
			m.feedback.toldAt = time.Time{}
			m.schedule.reverse(now, m.sizeLocked(now))
		}
		return m.nextLocked()
	}
	m.sweepLocked(now)
	p := m.populationLocked(now)
	m.sender = p.weSent
	since := m.sendingSinceLocked(now) // the interval of the report, not of the next
	if m.schedule.expire(now, p) {
		if packet := m.compoundLocked(now, since); packet != nil {
			m.schedule.observe(len(packet))
			m.actions = append(m.actions, action{kind: actReport, packet: packet})
		}
		m.reportLayersLocked(now)
		m.turns++
	}
	return m.nextLocked()
}

// beginLocked has a member that began to send report as a sender. RFC 3550 would
// have it wait for the receiver's interval that was drawn before, 6 minutes among
// 1,000, in which nobody who joins could play sound and pictures in time.
func (m *machine) beginLocked(now time.Time) {
	if m.group && !m.sender && m.own.sentSince(m.sendingSinceLocked(now)) {
		m.sender = true
		m.schedule.hasten(now, m.populationLocked(now))
	}
}

// next is when expire is due.
func (m *machine) next() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.nextLocked()
}

// nextLocked is when the next report is due, or when the group's size that it
// was put off for counts no more.
func (m *machine) nextLocked() time.Time {
	if end := m.feedback.outdated(); !end.IsZero() && end.Before(m.schedule.next) {
		return end
	}
	return m.schedule.next
}

// compoundLocked makes the regular report: a sender report for each stream
// lately sent, or a receiver report, then SDES (RFC 3550 6.1).
func (m *machine) compoundLocked(now, since time.Time) []byte {
	streams := m.own.active(now, since, maxReportedStreams)
	d := m.descriptionLocked(streams)
	var last []rtcp.Packet
	if answer := m.references.answer(now, m.ssrc.Load()); answer != nil {
		last = append(last, (*rtcp.RawPacket)(&answer))
	}
	if m.feedback.on && m.feedback.Distribute && m.feedback.Model == FeedbackSummary {
		summary := m.summaryLocked(now)
		last = append(last, (*rtcp.RawPacket)(&summary))
	}
	// What all this leaves is for report blocks, and then for contributors: who
	// is left out has its turn in the next (RFC 3550 6.1).
	room := maxCompound - d.MarshalSize() - maxSenderReport*(1+len(streams))
	for _, p := range last {
		room -= p.MarshalSize()
	}
	packets := m.senderReportsLocked(now, streams, min(maxReports, max(1, room/blockSize)))
	room += maxSenderReport * (1 + len(streams))
	for _, p := range packets {
		room -= p.MarshalSize()
	}
	d.Chunks = append(d.Chunks, m.own.chunks(now, min(maxContributorChunks, maxReports-len(d.Chunks)), room)...)
	return marshalCompound(append(append(packets, d), last...))
}

// senderReportsLocked makes the SR or RR packets. The session's own SSRC
// comes first and carries the report blocks, at most limit, sending or not.
func (m *machine) senderReportsLocked(now time.Time, streams []ownStream, limit int) []rtcp.Packet {
	own := m.ssrc.Load()
	blocks := m.blocksLocked(now, 0, limit)
	var packets []rtcp.Packet
	for i := range streams {
		if streams[i].ssrc == own {
			packets = append(packets, m.senderReport(now, &streams[i], blocks))
		}
	}
	if len(packets) == 0 {
		packets = append(packets, &rtcp.ReceiverReport{SSRC: own, Reports: blocks})
	}
	for i := range streams {
		if streams[i].ssrc != own {
			packets = append(packets, m.senderReport(now, &streams[i], nil))
		}
	}
	return packets
}

func (m *machine) senderReport(now time.Time, s *ownStream, blocks []rtcp.ReceptionReport) *rtcp.SenderReport {
	return &rtcp.SenderReport{
		SSRC:        s.ssrc,
		NTPTime:     m.ntp(now),
		RTPTime:     s.stampNow(now),
		PacketCount: s.packets,
		OctetCount:  s.octets,
		Reports:     blocks,
	}
}

// blocksLocked reports on the sources heard since the last block on them,
// those first that wait for longest: when there are more than fit, all have
// their turn (RFC 3550 6.4.2). They are for the session of a layer: of those heard
// there or, in the base, of all whose layer has none of its own.
func (m *machine) blocksLocked(now time.Time, layer, limit int) []rtcp.ReceptionReport {
	var heard []*Source
	for _, s := range m.sources {
		if of := s.layer; of != layer && of <= m.layers {
			continue
		}
		if s.announced && s.left.IsZero() && !s.looped && s.lastPacket.After(s.blockAt) {
			heard = append(heard, s)
		}
	}
	slices.SortFunc(heard, func(a, b *Source) int { return a.blockAt.Compare(b.blockAt) })
	var blocks []rtcp.ReceptionReport
	for _, s := range heard[:min(len(heard), limit)] {
		s.blockAt = now
		b := rtcp.ReceptionReport{
			SSRC:               s.ssrc,
			FractionLost:       s.seq.closeInterval(),
			TotalLost:          uint32(max(-1<<23, min(s.seq.lost(), 1<<23-1))) & 0xffffff,
			LastSequenceNumber: s.seq.extended(),
			Jitter:             uint32(s.jitter.estimate),
		}
		if !s.reportAt.IsZero() {
			b.LastSenderReport = s.reportStamp
			b.Delay = uint32(ticks(now.Sub(s.reportAt), 1<<16))
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// descriptionLocked makes the SDES packet: a chunk for the session's own SSRC,
// and one for each other stream, which are all one participant's.
func (m *machine) descriptionLocked(streams []ownStream) *rtcp.SourceDescription {
	own := m.ssrc.Load()
	full := items(&m.sdes, m.turns)
	d := &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: own, Items: full}}}
	for i := range streams {
		if streams[i].ssrc != own {
			d.Chunks = append(d.Chunks, rtcp.SourceDescriptionChunk{Source: streams[i].ssrc, Items: full[:1]})
		}
	}
	return d
}

// cut bounds our own text, between characters.
func cut(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxOwnItem)], "")
}

// byeCompoundLocked makes the last report, for ssrcs. Nil where nothing was
// ever sent: then BYE must not be either (RFC 3550 6.3.7).
func (m *machine) byeCompoundLocked(now time.Time, ssrcs []uint32, reason string) []byte {
	if m.turns == 0 && !m.applied && !m.own.sentSince(time.Time{}) {
		return nil
	}
	packets := m.senderReportsLocked(now, m.own.active(now, now.Add(-ownStreamIdle), maxReportedStreams), maxReports)
	packets = append(packets, m.descriptionLocked(nil), &rtcp.Goodbye{Sources: ssrcs, Reason: cut(reason)})
	return marshalCompound(packets)
}

// endStream makes the BYE of one stream, and forgets it. Nil: it is none, or
// the session's own.
func (m *machine) endStream(now time.Time, ssrc uint32, reason string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, sent := m.own.sent(ssrc); !sent || ssrc == m.ssrc.Load() {
		return nil
	}
	m.own.forget(ssrc)
	return m.byeCompoundLocked(now, []uint32{ssrc}, reason)
}

// leave makes the BYE of all SSRCs. When at is not zero, the session is so
// large that it has to wait until then (RFC 3550 6.3.7), and ask byeDue.
func (m *machine) leave(now time.Time, reason string) (packet []byte, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ssrcs := []uint32{m.ssrc.Load()}
	for _, s := range m.own.active(now, time.Time{}, maxReports) {
		if s.ssrc != ssrcs[0] && len(ssrcs) < maxReports {
			ssrcs = append(ssrcs, s.ssrc)
		}
	}
	packet = m.byeCompoundLocked(now, ssrcs, reason)
	if packet == nil || m.populationLocked(now).members <= byeMembers {
		return packet, time.Time{}
	}
	m.leaving = true
	m.schedule.leave(now, len(packet))
	return packet, m.schedule.next
}

// byeDue reports whether the BYE may be sent now; if not, when to ask again.
func (m *machine) byeDue(now time.Time) (bool, time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	due := m.schedule.expire(now, population{members: 1 + m.byes})
	return due, m.schedule.next
}

// keyframeRequest makes PLI or FIR for src, as a compound since the peer may
// not know reduced-size RTCP (RFC 4585 3.1, RFC 5506).
func (m *machine) keyframeRequest(src uint32, fir bool) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := m.ssrc.Load()
	var request rtcp.Packet = &rtcp.PictureLossIndication{SenderSSRC: own, MediaSSRC: src}
	if fir {
		entry := rtcp.FIREntry{SSRC: src}
		if s := m.sources[src]; s != nil {
			s.firSequence++ // a new number is a new request (RFC 5104 4.3.1.1)
			entry.SequenceNumber = s.firSequence
		}
		request = &rtcp.FullIntraRequest{SenderSSRC: own, FIR: []rtcp.FIREntry{entry}}
	}
	return marshalCompound([]rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: own},
		m.descriptionLocked(nil),
		request,
	})
}

// marshalCompound returns the octets, or nil when they cannot be: all lengths
// are bounded before, so that is never.
func marshalCompound(packets []rtcp.Packet) []byte {
	b, err := rtcp.Marshal(packets)
	if err != nil {
		return nil
	}
	return b
}
