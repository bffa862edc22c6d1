package ras

import (
	"errors"
	"net/netip"
	"time"

	"parley/h323/h225"
)

// ErrTooMany says that too many requests wait for their answers.
var ErrTooMany = errors.New("too many RAS requests wait for answers")

// Transactions are requests that wait for their answers; each has an owner, whom
// its answer is for. It is not safe for concurrent use.
type Transactions[T any] struct {
	last h225.RequestSeqNum
	open map[h225.RequestSeqNum]*transaction[T]
}

type transaction[T any] struct {
	owner    T
	request  *h225.RasMessage
	datagram Datagram
	timeout  time.Duration
	left     int // times that it may still be sent
	due      time.Time
	end      time.Time // beyond which no RequestInProgress helps
}

// NewTransactions begins to count after first, which should be chance: a number
// that cannot be foreseen is all that keeps a stranger, who sees nothing, from
// forging an answer.
func NewTransactions[T any](first uint16) *Transactions[T] {
	return &Transactions[T]{last: h225.RequestSeqNum(first), open: map[h225.RequestSeqNum]*transaction[T]{}}
}

// Number returns the number for the next request (1 to 65535, H.225.0 clause
// 7.6). Its error is ErrTooMany.
func (t *Transactions[T]) Number() (h225.RequestSeqNum, error) {
	if len(t.open) >= maxTransactions {
		return 0, ErrTooMany
	}
	for {
		t.last++
		if _, taken := t.open[t.last]; t.last != 0 && !taken {
			return t.last, nil
		}
	}
}

// Begin keeps a request that is sent now, to be sent again by its Patience. The
// same octets are sent each time, so that the other side knows a duplicate.
func (t *Transactions[T]) Begin(now time.Time, request *h225.RasMessage, d Datagram, p Patience, owner T) {
	n, _ := request.SequenceNumber()
	t.open[n] = &transaction[T]{
		owner: owner, request: request, datagram: d, timeout: p.Timeout, left: p.Retries,
		due: now.Add(p.Timeout), end: now.Add(maxExtension),
	}
}

// Match returns the owner and the request that reply answers. It does not end
// the transaction: End does, when the reply has been found authentic.
//
// An answer comes from the address that was asked; only discovery, which may go
// to a group, and location, which neighbours may pass on, can be answered by
// another (H.225.0 clauses 7.8, 7.13).
func (t *Transactions[T]) Match(from netip.Addr, reply *h225.RasMessage) (owner T, request *h225.RasMessage, ok bool) {
	n, known := reply.SequenceNumber()
	tr := t.open[n]
	if !known || tr == nil || !answers(tr.request, reply) {
		return owner, nil, false
	}
	elsewhere := tr.request.LocationRequest != nil || tr.datagram.Remote.Addr().IsMulticast()
	if !elsewhere && tr.datagram.Remote.Addr() != from {
		return owner, nil, false
	}
	return tr.owner, tr.request, true
}

// End forgets a transaction.
func (t *Transactions[T]) End(n h225.RequestSeqNum) { delete(t.open, n) }

// Extend honours RequestInProgress: the answer is waited for as long as it says,
// and then as ever.
func (t *Transactions[T]) Extend(now time.Time, n h225.RequestSeqNum, delay time.Duration) {
	tr := t.open[n]
	if tr == nil {
		return
	}
	if due := now.Add(delay); due.After(tr.due) {
		tr.due = due
	}
	if tr.due.After(tr.end) {
		tr.due = tr.end
	}
}

// Due returns what is to be sent again by now, and the owners of those that got
// no answer.
func (t *Transactions[T]) Due(now time.Time) (again []Datagram, lost []T) {
	for n, tr := range t.open {
		switch {
		case now.Before(tr.due):
		case tr.left == 0 || !now.Before(tr.end):
			delete(t.open, n)
			lost = append(lost, tr.owner)
		default:
			tr.left--
			tr.due = now.Add(tr.timeout)
			again = append(again, tr.datagram)
		}
	}
	return again, lost
}

// Next returns when Due has something to do; zero: never.
func (t *Transactions[T]) Next() time.Time {
	var next time.Time
	for _, tr := range t.open {
		if next.IsZero() || tr.due.Before(next) {
			next = tr.due
		}
	}
	return next
}

// Len returns how many wait.
func (t *Transactions[T]) Len() int { return len(t.open) }

// Abandon forgets all, and returns their owners.
func (t *Transactions[T]) Abandon() []T {
	var owners []T
	for n, tr := range t.open {
		owners = append(owners, tr.owner)
		delete(t.open, n)
	}
	return owners
}
