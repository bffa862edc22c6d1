package bridge

import (
	"testing"

	"parley/conference"
	"parley/h323"
)

// Digits from here come to a terminal by H.245, and work the lobby of another
// bridge.
func TestDigitsOutward(t *testing.T) {
	here := newSite(t, Config{}, conference.Settings{ID: "a"})
	ann, annAt := newPhone(t, "ann")
	ann.call(annAt, here, "a", nil)
	r := await(t, here.room("a"), "ann", seated(1, "ann"))
	if err := here.room("a").Dial(r.Members[0].ID, "12#"); err != nil {
		t.Fatal(err)
	}
	var got string
	for len(got) < 3 {
		got += hears[h323.UserInput](ann).Text
	}
	if got != "12#" {
		t.Errorf("ann was sent %q", got)
	}
	if err := here.room("a").Dial("nobody", "1"); err == nil {
		t.Error("digits to nobody")
	}

	there := newSite(t, Config{}, conference.Settings{ID: "locked", PIN: "1234"})
	id, err := here.Dial(t.Context(), there.url("locked"), "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := here.room("a").Dial(id, "1234#"); err != nil {
		t.Fatal(err)
	}
	await(t, there.room("locked"), "who gave the PIN", func(r *conference.Roster) bool { return len(r.Members) == 1 })
}
