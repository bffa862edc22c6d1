package h323

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/control"
	"parley/h323/internal/signalling"
	"parley/h323/media"
	"parley/h323/q931"
)

// Call is one call. Its methods are safe for concurrent use, do not wait, and
// are harmless after its end.
type Call struct {
	endpoint *Endpoint
	log      *slog.Logger
	inbox    *inbox
	done     chan struct{} // closed at the end
	ctx      context.Context
	cancel   context.CancelFunc

	// These do not change once the call runs, but for a forwarded one's.
	incoming bool
	source   netip.Addr

	mu    sync.Mutex
	info  Info
	owner Owner

	// The rest is the goroutine's.
	reference   uint16
	key         callKey
	id          h225.CallIdentifier
	conference  h225.ConferenceIdentifier
	modes       Modes
	target      Target // of calls made from here
	forwards    int
	leg         int // counts those that a forwarded call has tried to reach
	over        bool
	releasing   bool
	byPeer      bool // H.245 told the end first
	invited     bool // Incoming was called
	waiting     []signalling.Output
	digits      string
	admission   *Disengagement
	admittedBy  Gatekeeper // with admission
	bandwidth   bandwidth
	forwarder   netip.Addr // that last had us call elsewhere
	guard       Guard      // nil: signalling is not protected
	disbelieved bool       // the log has told that a message is not signed
	routed      bool       // signalling goes by way of a gatekeeper
	router      netip.Addr // that gatekeeper; invalid: not known

	connection *connection
	signal     *signalling.Machine
	proposals  [][]byte // of fast connect, until it is answered
	exchange   exchange
	capable    bool // the owner told capabilities
	receives   *media.Set
	sends      *media.Set

	control  *control.Machine
	pending  []unsent // H.245 without a way
	started  bool     // H.245
	parallel parallelControl
	services services
	link     controlLink
	liveness liveness
	pace     pace

	// traversal is this end's side of H.460.18; mediaTraversal that the peer has
	// the other one of H.460.19, and multiplexes that it can send several channels
	// to one port.
	traversal                   side
	mediaTraversal, multiplexes bool
}

func newCall(e *Endpoint) *Call {
	c := &Call{
		endpoint: e, inbox: newInbox(),
		done:     make(chan struct{}),
		receives: e.cfg.Receive, sends: e.cfg.Send,
	}
	c.ctx, c.cancel = context.WithCancel(e.ctx)
	return c
}

// run is the call's goroutine.
func (c *Call) run(begin func()) {
	defer c.endpoint.wg.Done()
	c.log = c.endpoint.log.With("call", idText(c.id))
	begin()
	c.pump()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for !c.over {
		timer.Reset(time.Until(c.deadline()))
		select {
		case <-c.inbox.ready:
			for _, f := range c.inbox.take() {
				f()
				if c.pump(); c.over {
					break
				}
			}
		case <-timer.C:
			c.expire(time.Now())
			c.pump()
		}
	}
	c.close()
}

// close lets go of all that the call holds.
func (c *Call) close() {
	c.cancel()
	close(c.done)
	c.inbox.close()
	c.link.close()
	c.endpoint.withdraw(c)
}

// do has f run in the call's goroutine.
func (c *Call) do(f func()) { c.inbox.put(f) }

// deliver is do for connections: it waits until f has run, so that no more is read
// than the call gets done.
func (c *Call) deliver(f func()) {
	ran := make(chan struct{})
	c.inbox.put(func() {
		f()
		close(ran)
	})
	select {
	case <-ran:
	case <-c.done:
	}
}

// hand is deliver for what the peer tells. It returns how long to read no more of
// it.
func (c *Call) hand(f func()) time.Duration {
	owed := make(chan time.Duration, 1)
	c.deliver(func() {
		f()
		owed <- c.pace.owed()
	})
	select {
	case d := <-owed:
		return d
	default:
		return 0 // the call is over
	}
}

// pause waits, at most for the end of the call.
func (c *Call) pause(d time.Duration) {
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.done:
	}
}

// background runs f beside the call, for what has to wait.
func (c *Call) background(f func(ctx context.Context)) {
	c.endpoint.wg.Add(1)
	go func() {
		defer c.endpoint.wg.Done()
		f(c.ctx)
	}()
}

// deadline is when expire is to be called.
func (c *Call) deadline() time.Time {
	at := time.Now().Add(time.Hour)
	earlier := func(t time.Time, ok bool) {
		if ok && t.Before(at) {
			at = t
		}
	}
	if c.signal != nil {
		earlier(c.signal.Deadline())
	}
	if c.control != nil {
		earlier(c.control.Deadline())
	}
	earlier(c.services.entity.Deadline())
	earlier(c.link.deadline())
	earlier(c.liveness.deadline())
	earlier(c.bandwidth.deadline())
	return at
}

func (c *Call) expire(now time.Time) {
	if c.signal != nil {
		c.signal.Expire(now)
	}
	if c.control != nil {
		c.control.Expire(now)
	}
	if !c.releasing {
		c.serve(c.services.entity.Tick(now))
	}
	c.askBandwidth(now)
	c.expireLink(now)
	c.probe(now)
}

// pump does what the machines want, until they want nothing more.
func (c *Call) pump() {
	for !c.over {
		busy := false
		if c.signal != nil {
			leg := c.signal
			leg.Flush()
			for _, o := range leg.Take() {
				busy = true
				c.signalled(o)
				if c.signal != leg { // forwarded: the rest is of who was left
					break
				}
			}
		}
		if c.control != nil && !c.over {
			for _, o := range c.control.Take() {
				busy = true
				c.controlled(o)
			}
			busy = c.flushControl() || busy
		}
		if !busy {
			return
		}
	}
}

// event tells the owner.
func (c *Call) event(e Event) {
	c.mu.Lock()
	o := c.owner
	c.mu.Unlock()
	if o != nil {
		o.Event(c, e)
	}
}

// local asks the owner for a channel's addresses.
func (c *Call) local(ch *media.Channel) (media.Addresses, error) {
	c.mu.Lock()
	o := c.owner
	c.mu.Unlock()
	if o == nil {
		return media.Addresses{}, &Refusal{Cause: q931.ResourceUnavailable, Text: "nobody takes media"}
	}
	return o.Local(c, ch)
}

// update changes what Info returns.
func (c *Call) update(f func(*Info)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.info)
}
