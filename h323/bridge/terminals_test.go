package bridge

import (
	"fmt"
	"testing"

	"parley/conference"
	"parley/h323/h245"
)

func TestTerminals(t *testing.T) {
	var l terminals
	member := func(id string) *conference.Member {
		return &conference.Member{ID: conference.ParticipantID(id), Name: id}
	}
	for i, id := range []string{"a", "b", "c"} {
		if n, ok := l.add(member(id)); !ok || int(n) != i+1 {
			t.Errorf("%s is %d, %v", id, n, ok)
		}
	}
	if n, ok := l.add(member("b")); ok {
		t.Errorf("b is numbered twice: %d", n)
	}
	if n, ok := l.enlist("b", "b"); !ok || n != 2 {
		t.Errorf("b is %d, %v", n, ok)
	}
	if n, ok := l.remove("b"); !ok || n != 2 {
		t.Errorf("b was %d, %v", n, ok)
	}
	if n, ok := l.add(member("d")); !ok || n != 2 {
		t.Errorf("the free number goes to d: %d, %v", n, ok)
	}
	l.rename(&conference.Member{ID: "d", Name: "dora"})
	if x, ok := l.find(labelOf(2)); !ok || x.name != "dora" {
		t.Errorf("label 2: %+v, %v", x, ok)
	}
	if _, ok := l.find(h245.TerminalLabel{MCUNumber: 9, TerminalNumber: 2}); ok {
		t.Error("found at another MCU")
	}
	l.reset([]conference.Member{*member("c"), *member("e")})
	if n, _ := l.number("c"); n != 3 {
		t.Errorf("c is %d after a reset", n)
	}
	for i := range 300 {
		l.add(member(fmt.Sprint(i)))
	}
	if len(l.list) != maxTerminals || l.list[maxTerminals-1].number != maxTerminals {
		t.Errorf("%d terminals, the last one %d", len(l.list), l.list[len(l.list)-1].number)
	}
}

func TestTerminalID(t *testing.T) {
	for name, want := range map[string]string{"Room 1": "Room 1", "Jürgen\n": "J?rgen?", "": "?"} {
		if got := string(terminalID(name)); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
