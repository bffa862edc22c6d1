package conference

import (
	"context"
	"sync"
)

// Watch is one reader's place in the stream of events.
type Watch struct {
	conference *Conference
	wake       chan struct{}

	mu    sync.Mutex
	queue []Event
	err   error // why no more is added to queue
}

func newWatch(c *Conference) *Watch {
	return &Watch{conference: c, wake: make(chan struct{}, 1)}
}

// Next waits for the next Event. It returns ErrSlow, ErrClosed or ctx's error.
func (w *Watch) Next(ctx context.Context) (Event, error) {
	for {
		w.mu.Lock()
		if len(w.queue) > 0 {
			e := w.queue[0]
			w.queue[0] = Event{}
			w.queue = w.queue[1:]
			w.mu.Unlock()
			return e, nil
		}
		err := w.err
		w.mu.Unlock()
		if err != nil {
			return Event{}, err
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
			return Event{}, ctx.Err()
		}
	}
}

// Close ends the Watch.
func (w *Watch) Close() {
	w.end(ErrClosed, true)
	// After the end of the conference nobody knows w any more.
	_ = w.conference.do(func(r *roster) { delete(r.watches, w) })
}

// push adds an Event. It reports false when the reader is not to get more.
func (w *Watch) push(e Event) bool {
	w.mu.Lock()
	full := len(w.queue) >= MaxWatchBacklog
	if w.err == nil && !full {
		w.queue = append(w.queue, e)
	}
	ok := w.err == nil && !full
	w.mu.Unlock()
	if full {
		w.end(ErrSlow, true)
	}
	w.signal()
	return ok
}

// end lets Next return err, after what is queued unless that is dropped. Only
// the first call counts.
func (w *Watch) end(err error, drop bool) {
	w.mu.Lock()
	if w.err == nil {
		w.err = err
		if drop {
			w.queue = nil
		}
	}
	w.mu.Unlock()
	w.signal()
}

func (w *Watch) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}
