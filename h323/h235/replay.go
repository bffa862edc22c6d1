package h235

import (
	"errors"
	"time"
)

var (
	// ErrTime: a token is too old, or of a time to come.
	ErrTime = errors.New("h235: time of the token is off")
	// ErrReplay: a token was seen before.
	ErrReplay = errors.New("h235: token was used before")
)

// Replay keeps the proved tokens of one sender from being used again. It is a
// machine: fed one token at a time with the time of its arrival, and by one
// goroutine at a time. Its memory is bounded by Capacity. Each sender has one of
// its own, so that none can use up another's.
//
// A message that its sender repeats over UDP is a replay too: whoever answers
// requests finds repeated ones before, by address and sequence number.
type Replay struct {
	// Window is how far the clocks of sender and receiver may differ.
	Window time.Duration
	// Capacity is how many tokens are remembered.
	Capacity int

	seen  map[use]struct{}
	order []remembered // by arrival, the oldest first
	floor TimeStamp    // tokens of that time or before may have been forgotten
}

// use is a token's identity: its hash, which depends on the whole of it.
type use [16]byte

type remembered struct {
	use    use
	sent   TimeStamp
	expiry time.Time
}

// CheckTime judges a token's time; the error is ErrTime.
func (r *Replay) CheckTime(sent TimeStamp, now time.Time) error {
	off := now.Sub(time.Unix(int64(sent), 0))
	if off > r.Window || off < -r.Window {
		return ErrTime
	}
	return nil
}

// Accept judges the time of a proved token, and remembers the token by its
// hash. The errors are ErrTime and ErrReplay. Who cannot prove a token must not
// get here: it would fill the memory.
func (r *Replay) Accept(hash []byte, sent TimeStamp, now time.Time) error {
	if err := r.CheckTime(sent, now); err != nil {
		return err
	}
	r.forget(now)
	var key use
	copy(key[:], hash)
	if _, ok := r.seen[key]; ok || sent <= r.floor {
		return ErrReplay
	}
	if r.seen == nil {
		r.seen = make(map[use]struct{})
	}
	if len(r.order) > 0 && len(r.order) >= r.Capacity {
		// Forgotten early: nothing as old can be told from a replay any more.
		r.floor = max(r.floor, r.order[0].sent)
		r.drop()
	}
	r.seen[key] = struct{}{}
	r.order = append(r.order, remembered{use: key, sent: sent, expiry: now.Add(2 * r.Window)})
	return nil
}

// forget drops what is older than any token that CheckTime lets pass: one that
// arrives now may be of now+Window, and passes until now+2*Window.
func (r *Replay) forget(now time.Time) {
	for len(r.order) > 0 && now.After(r.order[0].expiry) {
		r.drop()
	}
}

func (r *Replay) drop() {
	delete(r.seen, r.order[0].use)
	r.order = r.order[1:]
}
