package control

import (
	"errors"
	"testing"
	"time"

	"parley/h323/h245"
)

func determineMessage(kind uint8, number uint32) *h245.MultimediaSystemControlMessage {
	return &h245.MultimediaSystemControlMessage{Request: &h245.RequestMessage{
		MasterSlaveDetermination: &h245.MasterSlaveDetermination{TerminalType: kind, StatusDeterminationNumber: number},
	}}
}

func determineAck(master bool) *h245.MultimediaSystemControlMessage {
	d := h245.MasterSlaveDecision{Slave: null}
	if master {
		d = h245.MasterSlaveDecision{Master: null}
	}
	return &h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
		MasterSlaveDeterminationAck: &h245.MasterSlaveDeterminationAck{Decision: d},
	}}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		kind   uint8
		number uint32
		peer   h245.MasterSlaveDetermination
		want   role
	}{
		{190, 1, h245.MasterSlaveDetermination{TerminalType: 50, StatusDeterminationNumber: 9}, master},
		{50, 9, h245.MasterSlaveDetermination{TerminalType: 240, StatusDeterminationNumber: 1}, slave},
		{60, 1, h245.MasterSlaveDetermination{TerminalType: 60, StatusDeterminationNumber: 2}, master},
		{60, 2, h245.MasterSlaveDetermination{TerminalType: 60, StatusDeterminationNumber: 1}, slave},
		{60, 0xffffff, h245.MasterSlaveDetermination{TerminalType: 60, StatusDeterminationNumber: 0}, master},
		{60, 5, h245.MasterSlaveDetermination{TerminalType: 60, StatusDeterminationNumber: 5}, indeterminate},
		{60, 0, h245.MasterSlaveDetermination{TerminalType: 60, StatusDeterminationNumber: 0x800000}, indeterminate},
	} {
		if got := compare(c.kind, c.number, &c.peer); got != c.want {
			t.Errorf("%d %d against %+v: %d, want %d", c.kind, c.number, c.peer, got, c.want)
		}
	}
}

// Both ask at once with the same number, and then with others.
func TestDeterminationTie(t *testing.T) {
	p := newPair(t, newSide(t, "a", 50, nil, 7, 8, 100), newSide(t, "b", 50, nil, 7, 8, 200)).start()
	x, ok := p.a.IsMaster()
	y, ok2 := p.b.IsMaster()
	if !ok || !ok2 || !x || y {
		t.Errorf("masters %v %v, known %v %v", x, y, ok, ok2)
	}
}

// Numbers that are always the same end after n100 more.
func TestDeterminationGivenUp(t *testing.T) {
	same := func(c *Config) { c.Random = func() uint32 { return 5 } }
	a := newSide(t, "a", 50, same)
	a.Start(epoch)
	a.flush(t, nil)
	offers := 0
	for range n100 + 1 {
		a.Receive(&h245.MultimediaSystemControlMessage{Response: &h245.ResponseMessage{
			MasterSlaveDeterminationReject: &h245.MasterSlaveDeterminationReject{
				Cause: h245.MasterSlaveDeterminationRejectCause{IdenticalNumbers: null},
			},
		}}, epoch)
		a.flush(t, nil)
	}
	for _, m := range a.sent {
		if m.Request != nil && m.Request.MasterSlaveDetermination != nil {
			offers++
		}
	}
	failed := all[Failed](a)
	if offers != n100+1 || len(failed) != 1 || !errors.Is(failed[0].Err, errDetermination) {
		t.Errorf("%d offers, %v", offers, failed)
	}
}

func TestDeterminationDialogues(t *testing.T) {
	release := &h245.MultimediaSystemControlMessage{Indication: &h245.IndicationMessage{
		MasterSlaveDeterminationRelease: &h245.MasterSlaveDeterminationRelease{},
	}}
	for name, c := range map[string]struct {
		start  bool
		peer   []*h245.MultimediaSystemControlMessage
		wait   time.Duration
		want   role
		fails  bool
		answer string // the last message sent
	}{
		"asked":                {true, []*h245.MultimediaSystemControlMessage{determineAck(true)}, 0, master, false, "response.masterSlaveDeterminationAck"},
		"both ask":             {true, []*h245.MultimediaSystemControlMessage{determineMessage(190, 1), determineAck(false)}, 0, slave, false, "response.masterSlaveDeterminationAck"},
		"peer asks":            {false, []*h245.MultimediaSystemControlMessage{determineMessage(40, 1), determineAck(true)}, 0, master, false, "response.masterSlaveDeterminationAck"},
		"peer asks twice":      {false, []*h245.MultimediaSystemControlMessage{determineMessage(40, 1), determineMessage(190, 1), determineAck(false)}, 0, slave, false, "response.masterSlaveDeterminationAck"},
		"same number":          {false, []*h245.MultimediaSystemControlMessage{determineMessage(50, 5)}, 0, indeterminate, false, "response.masterSlaveDeterminationReject"},
		"peer disagrees":       {false, []*h245.MultimediaSystemControlMessage{determineMessage(40, 1), determineAck(false)}, 0, indeterminate, true, "response.masterSlaveDeterminationAck"},
		"no answer":            {true, nil, t106, indeterminate, true, "indication.masterSlaveDeterminationRelease"},
		"no ack":               {false, []*h245.MultimediaSystemControlMessage{determineMessage(40, 1)}, t106, indeterminate, true, "response.masterSlaveDeterminationAck"},
		"peer gave up":         {true, []*h245.MultimediaSystemControlMessage{release}, 0, indeterminate, true, "request.masterSlaveDetermination"},
		"ack of nothing":       {false, []*h245.MultimediaSystemControlMessage{determineAck(true)}, 0, indeterminate, false, ""},
		"ack once more":        {true, []*h245.MultimediaSystemControlMessage{determineAck(true), determineAck(true)}, 0, master, false, "response.masterSlaveDeterminationAck"},
		"asked in the evening": {true, []*h245.MultimediaSystemControlMessage{determineAck(true), determineMessage(240, 1), determineAck(false)}, 0, slave, false, "response.masterSlaveDeterminationAck"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSide(t, "a", 50, func(c *Config) { c.Random = func() uint32 { return 5 } })
			if c.start {
				// Without capabilities, to see determination alone.
				s.started = true
				s.determination.request(epoch)
			}
			for _, m := range c.peer {
				s.Receive(m, epoch)
			}
			s.Expire(epoch.Add(c.wait))
			s.flush(t, nil)
			if s.role != c.want || (len(all[Failed](s)) > 0) != c.fails {
				t.Errorf("role %d, %v", s.role, s.events)
			}
			last := ""
			if len(s.sent) > 0 {
				last = s.sent[len(s.sent)-1].Name()
			}
			if last != c.answer {
				t.Errorf("sent %q, want %q", last, c.answer)
			}
		})
	}
}
