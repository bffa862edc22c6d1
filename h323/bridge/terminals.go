package bridge

import (
	"slices"

	"parley/conference"
	"parley/h323/h245"
)

// terminals are the participants of a conference as H.243 numbers them: 1 to
// 192 at this MCU, the lowest free number for who comes. Those over any wire
// are terminals to a room system's menu.
type terminals struct {
	list []terminal // by number
}

type terminal struct {
	number h245.TerminalNumber
	id     conference.ParticipantID
	name   string
}

// mcuNumber is ours: the only MCU, until there are cascades.
const mcuNumber = 1

func labelOf(n h245.TerminalNumber) h245.TerminalLabel {
	return h245.TerminalLabel{MCUNumber: mcuNumber, TerminalNumber: n}
}

// reset makes the list equal to a roster; who stays keeps the number.
func (t *terminals) reset(members []conference.Member) {
	t.list = slices.DeleteFunc(t.list, func(x terminal) bool {
		return !slices.ContainsFunc(members, func(m conference.Member) bool { return m.ID == x.id })
	})
	for i := range members {
		t.add(&members[i])
	}
}

// add numbers a participant; false: it is numbered already, or no number is
// free.
func (t *terminals) add(m *conference.Member) (h245.TerminalNumber, bool) {
	if _, known := t.number(m.ID); known {
		return 0, false
	}
	return t.enlist(m.ID, m.Name)
}

// enlist returns the number of a participant, a new one where it has none.
func (t *terminals) enlist(id conference.ParticipantID, name string) (h245.TerminalNumber, bool) {
	if n, known := t.number(id); known {
		return n, true
	}
	n := h245.TerminalNumber(1)
	at := 0
	for at < len(t.list) && t.list[at].number == n {
		n++
		at++
	}
	if n > maxTerminals {
		return 0, false
	}
	t.list = slices.Insert(t.list, at, terminal{n, id, name})
	return n, true
}

func (t *terminals) remove(id conference.ParticipantID) (h245.TerminalNumber, bool) {
	for i, x := range t.list {
		if x.id == id {
			t.list = slices.Delete(t.list, i, i+1)
			return x.number, true
		}
	}
	return 0, false
}

func (t *terminals) rename(m *conference.Member) {
	for i := range t.list {
		if t.list[i].id == m.ID {
			t.list[i].name = m.Name
		}
	}
}

func (t *terminals) number(id conference.ParticipantID) (h245.TerminalNumber, bool) {
	for _, x := range t.list {
		if x.id == id {
			return x.number, true
		}
	}
	return 0, false
}

// find returns who has a label.
func (t *terminals) find(l h245.TerminalLabel) (terminal, bool) {
	for _, x := range t.list {
		if x.number == l.TerminalNumber && l.MCUNumber == mcuNumber {
			return x, true
		}
	}
	return terminal{}, false
}

// terminalID is a name as H.243 carries it: octets whose character set is not
// said, so that what is not ASCII is replaced.
func terminalID(name string) h245.TerminalID {
	out := make([]byte, 0, len(name))
	for _, r := range name {
		if r < 0x20 || r > 0x7e {
			r = '?'
		}
		if len(out) < 128 {
			out = append(out, byte(r))
		}
	}
	if len(out) == 0 {
		out = []byte("?")
	}
	return out
}
