package control

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
)

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
	streams := map[[2]netip.AddrPort][]byte{}
	r := &callReader{t: t, calls: map[[2]netip.AddrPort]*recordedCall{}}
	for _, s := range capture.Segments(t, path) {
		if !s.TCP {
			continue
		}
		way := [2]netip.AddrPort{s.From, s.To}
		data := append(streams[way], s.Data...)
		for len(data) >= 4 {
			n := int(binary.BigEndian.Uint16(data[2:]))
			if data[0] != 3 || n < 4 || n > len(data) {
				break
			}
			r.packet(s.From, s.To, data[4:n])
			data = data[n:]
		}
		streams[way] = data
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
