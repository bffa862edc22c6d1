package control

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/per"
	"parley/h323/q931"
)

// corpora returns the folder of test material, "" where there is none.
func corpora(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("PARLEY_CORPORA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		shared := filepath.Join(dir, "shared", "corpora")
		if _, err := os.Stat(shared); err == nil {
			return shared
		}
	}
	return ""
}

// segment is what one packet carries over TCP.
type segment struct {
	from, to netip.AddrPort
	sequence uint32
	data     []byte
}

// readSegments reads the TCP segments over IPv4 of a little-endian pcapng.
func readSegments(t testing.TB, path string) []segment {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The octets of the link layer by its type: Ethernet, raw IP, cooked Linux.
	cut := map[uint16]int{1: 14, 101: 0, 113: 16, 228: 0, 276: 20}
	link, known := 0, false
	var list []segment
	for len(data) >= 12 {
		kind, n := binary.LittleEndian.Uint32(data), int(binary.LittleEndian.Uint32(data[4:]))
		if n < 12 || n > len(data) {
			t.Fatalf("%s: block of %d octets", path, n)
		}
		body := data[8 : n-4]
		switch kind {
		case 1:
			link, known = cut[binary.LittleEndian.Uint16(body)], true
		case 6:
			if !known {
				t.Fatalf("%s: packet without interface", path)
			}
			frame := body[20 : 20+binary.LittleEndian.Uint32(body[12:])]
			if s, ok := tcp(frame[link:]); ok {
				list = append(list, s)
			}
		}
		data = data[n:]
	}
	return list
}

func tcp(ip []byte) (segment, bool) {
	if len(ip) < 40 || ip[0]>>4 != 4 || ip[9] != 6 {
		return segment{}, false
	}
	body := ip[int(ip[0]&15)*4 : binary.BigEndian.Uint16(ip[2:])]
	s := segment{
		from:     netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:16])), binary.BigEndian.Uint16(body)),
		to:       netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[16:20])), binary.BigEndian.Uint16(body[2:])),
		sequence: binary.BigEndian.Uint32(body[4:]),
		data:     body[int(body[12]>>4)*4:],
	}
	return s, len(s.data) > 0
}

// step is what one side of a recorded call said: a message, or a fastStart.
type step struct {
	from    netip.AddrPort
	setup   bool // the fastStart is a proposal
	fast    []*h245.OpenLogicalChannel
	message *h245.MultimediaSystemControlMessage
}

// recordedCall is what one connection carries: call signalling with what is
// tunnelled in it, or H.245 alone.
type recordedCall struct {
	caller, called netip.AddrPort
	steps          []step
}

// readCalls returns the calls of a capture, message by message as they passed.
func readCalls(t testing.TB, path string) []*recordedCall {
	t.Helper()
	type direction struct{ from, to netip.AddrPort }
	type stream struct {
		next uint32
		data []byte
	}
	streams := map[direction]*stream{}
	r := &callReader{t: t, calls: map[[2]netip.AddrPort]*recordedCall{}}
	for _, s := range readSegments(t, path) {
		d := direction{s.from, s.to}
		st := streams[d]
		if st == nil {
			st = &stream{next: s.sequence}
			streams[d] = st
		}
		skip := int(int32(st.next - s.sequence))
		if skip < 0 || skip >= len(s.data) {
			continue
		}
		st.data, st.next = append(st.data, s.data[skip:]...), s.sequence+uint32(len(s.data))
		for len(st.data) >= 4 {
			n := int(binary.BigEndian.Uint16(st.data[2:]))
			if st.data[0] != 3 || n < 4 || n > len(st.data) {
				break
			}
			r.packet(s.from, s.to, st.data[4:n])
			st.data = st.data[n:]
		}
	}
	return r.order
}

type callReader struct {
	t     testing.TB
	calls map[[2]netip.AddrPort]*recordedCall
	order []*recordedCall
}

// call returns the one of the connection, which begins with who speaks first.
func (r *callReader) call(from, to netip.AddrPort) *recordedCall {
	if c := r.calls[[2]netip.AddrPort{to, from}]; c != nil {
		return c
	}
	c := r.calls[[2]netip.AddrPort{from, to}]
	if c == nil {
		c = &recordedCall{caller: from, called: to}
		r.calls[[2]netip.AddrPort{from, to}] = c
		r.order = append(r.order, c)
	}
	return c
}

func (r *callReader) packet(from, to netip.AddrPort, data []byte) {
	if len(data) == 0 {
		return
	}
	var m q931.Message
	if data[0] != 8 || m.Unmarshal(data) != nil {
		r.control(from, to, data)
		return
	}
	info, err := m.UserInformation()
	if err != nil {
		return
	}
	u := new(h225.H323UserInformation)
	if _, err := per.Unmarshal(info, u); err != nil {
		r.t.Fatal(err)
	}
	b := &u.H323UUPDU.H323MessageBody
	if b.Setup != nil {
		r.fastStart(from, to, b.Setup.FastStart, true)
		for _, d := range b.Setup.ParallelH245Control {
			r.control(from, to, d)
		}
	}
	r.fastStart(from, to, answered(b), false)
	for _, d := range u.H323UUPDU.H245Control {
		r.control(from, to, d)
	}
}

// answered returns the fastStart of an answer.
func answered(b *h225.MessageBody) [][]byte {
	switch {
	case b.CallProceeding != nil:
		return b.CallProceeding.FastStart
	case b.Alerting != nil:
		return b.Alerting.FastStart
	case b.Progress != nil:
		return b.Progress.FastStart
	case b.Connect != nil:
		return b.Connect.FastStart
	case b.Facility != nil:
		return b.Facility.FastStart
	}
	return nil
}

func (r *callReader) fastStart(from, to netip.AddrPort, list [][]byte, setup bool) {
	c := r.call(from, to)
	if len(list) == 0 {
		return
	}
	s := step{from: from, setup: setup}
	for _, d := range list {
		o, err := h245.UnmarshalOpenLogicalChannel(d)
		if err != nil {
			r.t.Fatal(err)
		}
		s.fast = append(s.fast, o)
	}
	c.steps = append(c.steps, s)
}

func (r *callReader) control(from, to netip.AddrPort, data []byte) {
	c := r.call(from, to)
	for len(data) > 0 {
		m, rest, err := h245.Unmarshal(data)
		if err != nil {
			r.t.Fatalf("%x: %v", data, err)
		}
		c.steps = append(c.steps, step{from: from, message: m})
		data = rest
	}
}
