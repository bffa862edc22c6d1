package rtp

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/pion/rtcp"
)

// Application is an APP packet (RFC 3550 6.7).
type Application struct {
	Name    string // four ASCII characters
	Subtype uint8  // 0 to 31
	Data    []byte // a multiple of four octets
}

// ApplicationReceiver is a Receiver that is told of APP packets, and when who
// sent one has left. src may be one from which no RTP was received.
type ApplicationReceiver interface {
	ReceiveApplication(src *Source, p Application)
	ApplicantLeft(src *Source)
}

// MixLoopReceiver is a Receiver that is told whose packets have a CSRC of ours,
// at most once per 5 s; cname is what is known of it, or empty.
type MixLoopReceiver interface {
	MixLooped(ssrc uint32, cname string)
}

// SendApplication sends an APP packet at once, behind who we are (RFC 3550 6.1).
// How often is the caller's to bound: it is on top of the session's reports.
func (s *Session) SendApplication(p Application) {
	if !s.closed.Load() {
		s.sendReport(s.machine.application(p))
	}
}

// Rest tells that nothing is sent for now but RTCP, and that another mixer stands
// for what was sent: that it says so is no loop.
func (s *Session) Rest(resting bool) {
	s.machine.resting.Store(resting)
	s.machine.own.forgetContributors()
}

func (m *machine) application(p Application) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leaving {
		return nil
	}
	own := m.ssrc.Load()
	d := &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: own, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: cut(m.sdes.CNAME)}},
	}}}
	m.applied = true
	packet := marshalCompound([]rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: own}, d,
		&rtcp.ApplicationDefined{SSRC: own, SubType: p.Subtype & 31, Name: p.Name, Data: p.Data},
	})
	if packet != nil {
		m.schedule.observe(len(packet))
	}
	return packet
}

// applicationLocked takes an APP packet.
func (m *machine) applicationLocked(now time.Time, from netip.AddrPort, p reportPacket) {
	if len(p.body) < 8 || len(p.body) > maxApplication {
		return
	}
	ssrc := binary.BigEndian.Uint32(p.body)
	src, ok := m.memberLocked(now, from, ssrc)
	if !ok {
		return
	}
	if src == nil { // who has more to say than that it is there is not one of the crowd
		if !m.roomLocked(from.Addr()) {
			return
		}
		src = m.newSourceLocked(now, ssrc)
		src.rtcpAddr = from
	}
	src.applied = true
	m.actions = append(m.actions, action{
		kind: actApplication, source: src, ssrc: uint32(p.count), what: string(p.body[4:8]),
		packet: append([]byte(nil), p.body[8:]...),
	})
}

func (o *ownStreams) forgetContributors() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.contributors)
}
