package h235_test

import (
	"errors"
	"testing"
	"time"

	"parley/h323/h235"
)

func TestReplay(t *testing.T) {
	const sent = 1700000000
	at := func(s int) time.Time { return time.Unix(sent+int64(s), 0) }
	r := h235.Replay{Window: 10 * time.Second, Capacity: 3}
	for i, c := range []struct {
		hash string
		sent h235.TimeStamp
		now  time.Time
		want error
	}{
		{"a", sent, at(0), nil},
		{"a", sent, at(1), h235.ErrReplay},
		{"b", sent, at(11), h235.ErrTime},
		{"b", sent, at(-11), h235.ErrTime},
		{"b", sent, at(10), nil},
		{"c", sent + 20, at(10), nil},
		{"a", sent, at(10), h235.ErrReplay},
		{"d", sent + 5, at(11), nil}, // in a's place
		{"a", sent, at(10), h235.ErrReplay},
		{"e", sent, at(10), h235.ErrReplay}, // cannot be told from a forgotten one
		{"c", sent + 20, at(30), h235.ErrReplay},
		{"f", sent + 40, at(32), nil},
		{"g", sent + 40, at(33), nil},
	} {
		if err := r.Accept([]byte(c.hash), c.sent, c.now); !errors.Is(err, c.want) {
			t.Errorf("%d: %s: %v, want %v", i, c.hash, err, c.want)
		}
	}
}
