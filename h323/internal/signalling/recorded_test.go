package signalling

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
)

// recordedCall is what both sides of a call between other stacks said.
type recordedCall struct {
	name  string
	steps []*Message // the first is SETUP
}

// readCalls returns the calls of a capture.
func readCalls(t *testing.T, path string) []*recordedCall {
	t.Helper()
	var all []*recordedCall
	calls := map[string]*recordedCall{}
	streams := map[[2]netip.AddrPort][]byte{}
	for _, s := range capture.Segments(t, path) {
		if !s.TCP {
			continue
		}
		key := [2]netip.AddrPort{s.From, s.To}
		data := append(streams[key], s.Data...)
		for len(data) >= 4 && data[0] == 3 {
			n := int(binary.BigEndian.Uint16(data[2:]))
			if n < 4 || n > len(data) {
				break
			}
			if m := recordedMessage(data[4:n]); m != nil {
				ends := []string{s.From.String(), s.To.String()}
				slices.Sort(ends)
				name := fmt.Sprintf("%s %v %d", filepath.Base(path), ends, m.CallReference)
				if calls[name] == nil && m.Type == q931.Setup {
					calls[name] = &recordedCall{name: name}
					all = append(all, calls[name])
				}
				if c := calls[name]; c != nil {
					c.steps = append(c.steps, m)
				}
			}
			data = data[n:]
		}
		streams[key] = data
	}
	return all
}

func recordedMessage(data []byte) *Message {
	m := &Message{Message: new(q931.Message)}
	if m.Unmarshal(append([]byte(nil), data...)) != nil {
		return nil // H.245
	}
	if info, err := m.UserInformation(); err == nil {
		u := new(h225.H323UserInformation)
		if _, err := per.Unmarshal(info, u); err == nil {
			m.Info = u
		}
	}
	return m
}

// Calls between other stacks, with the machine in the place of either side: it
// comes through the same states, and to the same end.
func TestRecordedCalls(t *testing.T) {
	dir := capture.Corpus(t)
	if dir == "" {
		t.Skip("no corpora")
	}
	files, err := filepath.Glob(filepath.Join(dir, "captures", "*.pcapng"))
	if err != nil || len(files) == 0 {
		t.Skip("no captures", err)
	}
	calls := 0
	for _, f := range files {
		for _, c := range readCalls(t, f) {
			calls++
			t.Run(c.name+" caller", func(t *testing.T) { replayCaller(t, c) })
			t.Run(c.name+" called", func(t *testing.T) { replayCalled(t, c) })
		}
	}
	if calls < 10 {
		t.Errorf("%d calls", calls)
	}
}

func recordedConfig(c *recordedCall) Config {
	s := c.steps[0].Info.H323UUPDU
	cfg := config(c.steps[0].CallReference)
	cfg.Tunnelling = s.H245Tunnelling != nil && *s.H245Tunnelling
	cfg.Conference = s.H323MessageBody.Setup.ConferenceID
	if id := s.H323MessageBody.Setup.CallIdentifier; id != nil {
		cfg.Call = *id
	}
	return cfg
}

// heard counts what the machine told.
type heard struct {
	control, services, fast int
	tunnel                  *bool
	released                *Released
	forwarded               bool
}

func (h *heard) take(t *testing.T, m *Machine) {
	t.Helper()
	for _, o := range m.Take() {
		switch o := o.(type) {
		case Transmit:
			if _, err := per.Marshal(o.Message.Info); err != nil {
				t.Errorf("%v: %v", o.Message.Type, err)
			}
			if o.Message.Type == q931.Status {
				c, _ := o.Message.Cause()
				if c.Value != q931.ResponseToStatusEnquiry {
					t.Errorf("STATUS of %v", c.Value)
				}
			}
		case Control:
			h.control += len(o.Messages)
		case Services:
			h.services += len(o.APDUs)
		case FastStart:
			h.fast = len(o.Channels)
		case Tunnelling:
			h.tunnel = &o.On
		case Forwarded:
			h.forwarded = true
		case Released:
			h.released = &o
		}
	}
}

// expected is what of that the recording has, from one side.
func expected(c *recordedCall, fromCalled bool) (h heard) {
	for i, m := range c.steps {
		if i > 0 && c.steps[i-1].Type == q931.ReleaseComplete {
			break // the answer to the end comes too late
		}
		if m.FromDestination != fromCalled || m.Info == nil {
			continue
		}
		u := &m.Info.H323UUPDU
		h.control += len(u.H245Control)
		h.services += len(u.H4501SupplementaryService)
		b := bodyOf(&u.H323MessageBody)
		if s := u.H323MessageBody.Setup; s != nil {
			h.control += len(s.ParallelH245Control)
			b.fastStart = s.FastStart
		}
		if h.fast == 0 {
			h.fast = len(b.fastStart)
		}
	}
	return h
}

func (h *heard) check(t *testing.T, want heard, last *Message) {
	t.Helper()
	if h.tunnel != nil && *h.tunnel && h.control != want.control {
		t.Errorf("%d messages of H.245, want %d", h.control, want.control)
	}
	if h.services != want.services || h.fast != want.fast {
		t.Errorf("heard %+v, want %+v", *h, want)
	}
	if last.Type != q931.ReleaseComplete {
		return // cut
	}
	switch c, ok := last.Cause(); {
	case h.released == nil:
		t.Error("not released")
	case ok && !h.released.Local && h.released.Cause != c.Value:
		t.Errorf("released with %v, want %v", h.released.Cause, c.Value)
	}
}

// stateOf is what a message of the called side brings a call to.
func stateOf(mt q931.MessageType, fromCaller bool) (q931.State, bool) {
	switch mt {
	case q931.CallProceeding:
		return pick(fromCaller, q931.OutgoingCallProceeding, q931.IncomingCallProceeding), true
	case q931.Alerting:
		return pick(fromCaller, q931.CallDelivered, q931.CallReceived), true
	case q931.Connect:
		return q931.Active, true
	case q931.ReleaseComplete:
		return q931.Null, true
	}
	return 0, false
}

func pick(first bool, a, b q931.State) q931.State {
	if first {
		return a
	}
	return b
}

func replayCaller(t *testing.T, c *recordedCall) {
	now := epoch
	m := Outgoing(recordedConfig(c))
	setup := *c.steps[0].Info.H323UUPDU.H323MessageBody.Setup
	m.Dial(&setup, c.steps[0].Info.H323UUPDU.H245Control, nil, now)
	var h heard
	h.take(t, m)
	for _, msg := range c.steps[1:] {
		now = now.Add(10 * time.Millisecond)
		if !msg.FromDestination {
			if msg.Type == q931.ReleaseComplete {
				m.Release(Release{Cause: q931.NormalClearing})
			}
			h.take(t, m)
			continue
		}
		before := m.State()
		m.Receive(msg, now)
		h.take(t, m)
		if want, ok := stateOf(msg.Type, true); ok && before != q931.Null && m.State() != want &&
			!(msg.Type == q931.CallProceeding && before != q931.CallInitiated) {
			t.Errorf("%v leads from %d to %d", msg.Type, before, m.State())
		}
	}
	h.check(t, expected(c, true), c.steps[len(c.steps)-1])
}

func replayCalled(t *testing.T, c *recordedCall) {
	now := epoch
	m := Incoming(recordedConfig(c), c.steps[0], now)
	var h heard
	h.take(t, m)
	for _, msg := range c.steps[1:] {
		now = now.Add(10 * time.Millisecond)
		if !msg.FromDestination {
			m.Receive(msg, now)
			h.take(t, m)
			continue
		}
		if m.State() == q931.Null {
			continue
		}
		if msg.Info != nil {
			for _, octets := range msg.Info.H323UUPDU.H245Control {
				m.Tunnel(octets)
			}
			if b := bodyOf(&msg.Info.H323UUPDU.H323MessageBody); len(b.fastStart) > 0 {
				m.AnswerFast(b.fastStart)
			}
		}
		switch msg.Type {
		case q931.CallProceeding:
			m.Proceed()
		case q931.Alerting:
			m.Alert()
		case q931.Progress:
			m.Progress()
		case q931.Connect:
			m.Answer()
		case q931.ReleaseComplete:
			cause, _ := msg.Cause()
			m.Release(Release{Cause: cause.Value})
		}
		m.Flush()
		h.take(t, m)
		if want, ok := stateOf(msg.Type, false); ok && m.State() != want {
			t.Errorf("%v leads to %d", msg.Type, m.State())
		}
	}
	h.check(t, expected(c, false), c.steps[len(c.steps)-1])
}
