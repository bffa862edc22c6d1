package madcap

import (
	"encoding/binary"
	"net/netip"
	"time"

	"parley/multicast/allocation"
)

// term is when and for how long addresses are wanted or given.
type term struct {
	start time.Time // zero: from now on
	lease time.Duration
}

// end is when it is over.
func (t term) end(now time.Time) time.Time {
	if t.start.IsZero() {
		return now.Add(t.lease)
	}
	return t.start.Add(t.lease)
}

// term finds what may be given of what a DISCOVER, REQUEST or RENEW wants (RFC
// 2730 2.2.2).
func (s *Server) term(m *Message, now time.Time) (term, error) {
	if err := s.checkClock(m, now); err != nil {
		return term{}, err
	}
	var t term
	lease, timed, err := m.uint32(OptionLeaseTime)
	if err != nil || timed && lease == 0 {
		return t, invalid(OptionLeaseTime)
	}
	t.lease = s.cfg.MaxLease
	if timed {
		t.lease = min(t.lease, time.Duration(lease)*time.Second)
	}
	least, bounded, err := m.uint32(OptionMinimumLeaseTime)
	if err != nil || bounded && timed && least > lease {
		return t, invalid(OptionMinimumLeaseTime)
	}
	if bounded && time.Duration(least)*time.Second > t.lease {
		return t, notCompleted(OptionMinimumLeaseTime)
	}
	start, ahead, err := m.uint32(OptionStartTime)
	if err != nil {
		return t, err
	}
	if at := time.Unix(int64(start), 0); ahead && at.After(now) {
		t.start = at
	}
	latest, bounded, err := m.uint32(OptionMaximumStartTime)
	if err != nil || bounded && ahead && latest < start {
		return t, invalid(OptionMaximumStartTime)
	}
	if bounded && t.start.IsZero() && time.Unix(int64(latest), 0).Before(now.Add(-s.cfg.Skew)) {
		return t, notCompleted(OptionMaximumStartTime)
	}
	if t.start.After(now.Add(maxAhead)) {
		return t, notCompleted(OptionStartTime)
	}
	return t, nil
}

// checkClock compares the client's clock with ours (RFC 2730 2.12).
func (s *Server) checkClock(m *Message, now time.Time) error {
	current, told, err := m.uint32(OptionCurrentTime)
	if err != nil {
		return err
	}
	_, start := m.find(OptionStartTime)
	_, latest := m.find(OptionMaximumStartTime)
	if !told && (start || latest) {
		return invalid(OptionCurrentTime)
	}
	if off := time.Unix(int64(current), 0).Sub(now).Abs(); told && off > s.cfg.Skew {
		return skewed(now)
	}
	return nil
}

// wish is which addresses are wanted.
type wish struct {
	scope       int // of the server's
	least, most int
	blocks      []allocation.Block // by name; empty: any
}

// wish reads what a DISCOVER or REQUEST wants.
func (s *Server) wish(m *Message) (wish, error) {
	out := wish{least: 1, most: 1}
	raw, _ := m.find(OptionScope)
	if m.Family.size() == 0 {
		return out, invalid(noOption)
	}
	id, ok := netip.AddrFromSlice(raw)
	if !ok || len(raw) != m.Family.size() {
		return out, invalid(OptionScope)
	}
	if out.scope = s.scope(id); out.scope < 0 {
		return out, notCompleted(OptionScope)
	}
	if raw, ok := m.find(OptionAddressCount); ok {
		if len(raw) != 4 {
			return out, invalid(OptionAddressCount)
		}
		out.least, out.most = int(binary.BigEndian.Uint16(raw)), int(binary.BigEndian.Uint16(raw[2:]))
		if out.least > out.most || out.most == 0 {
			return out, invalid(OptionAddressCount) // RFC 2730 3.8
		}
		out.least = max(out.least, 1)
		if out.least > allocation.MaxBlock {
			return out, notCompleted(OptionAddressCount)
		}
		out.most = min(out.most, allocation.MaxBlock)
	}
	return out, out.readBlocks(m)
}

// readBlocks reads the addresses that are wanted by name (RFC 2730 3.11).
func (w *wish) readBlocks(m *Message) error {
	raw, ok := m.find(OptionAddressRanges)
	size := m.Family.size()
	if !ok || len(raw) == 0 {
		return nil
	}
	if len(raw)%(size+2) != 0 {
		return invalid(OptionAddressRanges)
	}
	if len(raw)/(size+2) > maxRanges {
		return notCompleted(OptionAddressRanges)
	}
	total := 0
	for ; len(raw) > 0; raw = raw[size+2:] {
		first, _ := netip.AddrFromSlice(raw[:size]) // 4 or 16 bytes
		n := int(binary.BigEndian.Uint16(raw[size:]))
		if total += n; !first.IsMulticast() || n == 0 {
			return invalid(OptionAddressRanges)
		}
		if total > allocation.MaxBlock {
			return notCompleted(OptionAddressRanges)
		}
		w.blocks = append(w.blocks, allocation.Block{First: first, Count: n})
	}
	if _, counted := m.find(OptionAddressCount); counted && (total < w.least || total > w.most) {
		return invalid(OptionAddressCount)
	}
	return nil
}
