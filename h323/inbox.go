package h323

import "sync"

// inbox is what a call's goroutine has to do. Putting never waits.
type inbox struct {
	ready chan struct{} // of one element

	mu     sync.Mutex
	queue  []func()
	closed bool
}

func newInbox() *inbox { return &inbox{ready: make(chan struct{}, 1)} }

func (b *inbox) put(f func()) {
	b.mu.Lock()
	if !b.closed {
		b.queue = append(b.queue, f)
	}
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

func (b *inbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := b.queue
	b.queue = nil
	return q
}

func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.queue = true, nil
}
