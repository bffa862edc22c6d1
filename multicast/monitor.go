package multicast

import (
	"net/netip"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
	"parley/qos/rtp/playout"
)

// Monitor hears the members of groups one by one, beside the conference, which
// hears them mixed, and is told the last of those that leave.
type Monitor interface {
	// HearMember gets 20 ms of a member's voice in each tick in which there is
	// any. It is called by the mixer and does not wait; of different members it
	// may be called at once. frame is valid until the call returns.
	HearMember(ssrc uint32, frame *codecs.Frame)
	// MemberLeft tells of a member that sent to group, and said BYE or timed out.
	MemberLeft(group netip.AddrPort, m rtp.Member)
}

// monitored is a member's voice that a Monitor hears too.
type monitored struct {
	*playout.Buffer
	ssrc    uint32
	monitor Monitor
}

// ReadFrame implements conference.AudioSource.
func (m *monitored) ReadFrame(dst *codecs.Frame) bool {
	ok := m.Buffer.ReadFrame(dst)
	if ok {
		m.monitor.HearMember(m.ssrc, dst)
	}
	return ok
}

// sound is what the conference reads of a member.
func (l *leg) sound(ssrc uint32, b *playout.Buffer) conference.AudioSource {
	if l.group.deps.Monitor == nil {
		return b
	}
	return &monitored{b, ssrc, l.group.deps.Monitor}
}

// tellLeft tells the Monitor of a member that is no more.
func (l *leg) tellLeft(src *rtp.Source) {
	if l.group.deps.Monitor == nil {
		return
	}
	m := l.group.cfg.Audio
	if l.media == codecs.MediaVideo {
		m = l.group.cfg.Video
	}
	l.group.deps.Monitor.MemberLeft(m.Addr, rtp.Member{
		SSRC: src.SSRC(), Addr: src.Addr(), SDES: src.SDES(), Sending: true, Stats: src.Stats(),
	})
}
