package ras

import (
	"hash/maphash"
	"net/netip"
	"time"

	"parley/h323/h225"
)

// RequestKey knows a request again: its source, its number and its octets. An
// endpoint that restarts may use a number anew, but not with the same octets.
type RequestKey struct {
	from netip.AddrPort
	way  bool // by call signalling
	seq  h225.RequestSeqNum
	sum  uint64
}

// Answers keep what was answered, so that a request that comes again, because the
// answer was lost or slow, is not done twice (H.225.0 clause 7.19). It is not safe
// for concurrent use.
type Answers struct {
	seed   maphash.Seed
	known  map[RequestKey]*answer
	oldest []RequestKey // in order of arrival, from head on
	head   int
	octets int
}

type answer struct {
	arrived time.Time
	data    []byte // nil: not yet answered
}

// NewAnswers returns an empty store.
func NewAnswers() *Answers {
	return &Answers{seed: maphash.MakeSeed(), known: map[RequestKey]*answer{}}
}

// Key returns the key of a request.
func (a *Answers) Key(d Datagram, seq h225.RequestSeqNum) RequestKey {
	return RequestKey{d.Remote, d.Tunnel, seq, maphash.Bytes(a.seed, d.Data)}
}

// Begin notes a request. Where it was here before, duplicate is true, and data is
// the answer, nil where there is none yet.
func (a *Answers) Begin(now time.Time, k RequestKey) (data []byte, duplicate bool) {
	a.expire(now)
	if old := a.known[k]; old != nil {
		return old.data, true
	}
	a.known[k] = &answer{arrived: now}
	a.oldest = append(a.oldest, k)
	return nil, false
}

// Find is Begin of a request that is not noted.
func (a *Answers) Find(now time.Time, k RequestKey) (data []byte, duplicate bool) {
	a.expire(now)
	old := a.known[k]
	if old == nil {
		return nil, false
	}
	return old.data, true
}

// Keep stores the answer of a request that Begin noted.
func (a *Answers) Keep(k RequestKey, data []byte) {
	if old := a.known[k]; old != nil {
		a.octets += len(data) - len(old.data)
		old.data = data
	}
}

// Len returns how many requests are remembered.
func (a *Answers) Len() int { return len(a.known) }

func (a *Answers) expire(now time.Time) {
	for a.head < len(a.oldest) {
		k := a.oldest[a.head]
		old := a.known[k]
		full := len(a.known) >= maxAnswers || a.octets > maxAnswerOctets
		if !full && now.Sub(old.arrived) < answerLife {
			break
		}
		a.octets -= len(old.data)
		delete(a.known, k)
		a.head++
	}
	if a.head > len(a.oldest)/2 {
		a.oldest = append(a.oldest[:0], a.oldest[a.head:]...)
		a.head = 0
	}
}
