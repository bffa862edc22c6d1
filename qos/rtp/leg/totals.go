package leg

import (
	"sync"

	"parley/qos/rtp"
)

// Stats are the RTP of one medium in all calls since the start.
type Stats struct {
	Sent, SentOctets         uint64
	SendErrors               uint64
	Received, ReceivedOctets uint64
	Lost                     int64  // may fall (RFC 3550 6.4.1)
	Malformed, Unknown       uint64 // no RTP; a payload type that was not agreed
	Foreign                  uint64 // from elsewhere than the peer's address
	Undecrypted              uint64 // not of the key that was agreed
}

func (m *Stats) add(s *rtp.Stats) {
	m.Sent += s.Sent
	m.SentOctets += s.SentOctets
	m.SendErrors += s.SendErrors
	m.Received += s.Received
	m.ReceivedOctets += s.ReceivedOctets
	m.Lost += s.Lost
	m.Malformed += s.Malformed
	m.Unknown += s.UnknownPayload
	m.Foreign += s.Foreign
	m.Undecrypted += s.Undecrypted
}

// Totals adds up the sessions of one medium. What a session counted stays
// in the sum when it ends.
type Totals struct {
	mu   sync.Mutex
	live map[*rtp.Session]struct{}
	past Stats
}

func (t *Totals) begin(s *rtp.Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live == nil {
		t.live = make(map[*rtp.Session]struct{})
	}
	t.live[s] = struct{}{}
}

// end is called once s is closed.
func (t *Totals) end(s *rtp.Session) {
	last := s.Stats()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.past.add(&last)
	delete(t.live, s)
}

func (t *Totals) Snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := t.past
	for s := range t.live {
		now := s.Stats()
		sum.add(&now)
	}
	return sum
}
