package mixer

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Crew is the goroutines that lend their cores to the ticks of large rooms. It
// serves any number of Mixers.
type Crew struct {
	size int
	work chan *barrier
	done sync.WaitGroup
}

// NewCrew starts a goroutine for each core but one, which is the caller's.
func NewCrew() *Crew {
	c := &Crew{size: runtime.GOMAXPROCS(0) - 1, work: make(chan *barrier)}
	for range c.size {
		c.done.Go(func() {
			for b := range c.work {
				b.take()
				b.busy.Done()
			}
		})
	}
	return c
}

// Close ends the goroutines and awaits them. No Mixer may tick any more.
func (c *Crew) Close() {
	close(c.work)
	c.done.Wait()
}

// barrier is one phase of a tick, shared out in chunks.
type barrier struct {
	mixer *Mixer
	phase phase
	size  int
	next  atomic.Int64
	busy  sync.WaitGroup
}

// run does the phase with whoever of the crew is idle, and returns when all is
// done, with the number of cores that were at it.
func (b *barrier) run(c *Crew, p phase, n int) (cores int) {
	b.phase, b.size = p, n
	b.next.Store(0)
	cores = 1
	for range c.size {
		b.busy.Add(1)
		select {
		case c.work <- b:
			cores++
		default: // busy with another room
			b.busy.Done()
		}
	}
	b.take()
	b.busy.Wait()
	return cores
}

func (b *barrier) take() {
	for {
		hi := int(b.next.Add(chunk))
		lo := hi - chunk
		if lo >= b.size {
			return
		}
		b.mixer.run(b.phase, lo, min(hi, b.size))
	}
}
