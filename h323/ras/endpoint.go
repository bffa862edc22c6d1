package ras

import (
	"fmt"
	"net/netip"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
)

// endpoint is the machine of a Client: registration and requests of one endpoint.
// Its methods append what they want to out; the caller takes it with take.
type endpoint struct {
	cfg   Config
	local netip.AddrPort // told as rasAddress
	// reached tells local for a gatekeeper; nil: it does not change.
	reached func(gatekeeper netip.AddrPort) netip.AddrPort
	status  Status
	stats   Stats

	transactions *Transactions[exchange]
	answers      *Answers
	pace         *Pace
	signer       *authentication.Signer   // nil: without password
	verifier     *authentication.Verifier // of what the gatekeeper says

	gatekeepers []gatekeeper // to try, the current one first
	alternates  []gatekeeper // as the current one told
	endpointID  h225.EndpointIdentifier
	waiting     []*operation // until registered
	doubtful    []doubt      // until it is known whether the registration is there
	verifying   bool         // a keep-alive asks
	verified    time.Time    // when one last did
	pause       time.Duration
	wake        time.Time // to try again, or to renew
	closing     bool
	renamed     bool // the registration under way has other aliases
	restart     bool // the next RRQ is the first of this process (H.225.0 clause 7.9.1)
	calls       map[callKey]*call
	pregrant    pregrant
	association *authentication.Association // nil: call signalling is not protected
	responds    bool                        // the gatekeeper confirms reports

	out []action
}

// gatekeeper is one to turn to.
type gatekeeper struct {
	address        netip.AddrPort
	identifier     h225.GatekeeperIdentifier
	needToRegister bool
}

// callKey is a call from one of its ends: an endpoint may call itself.
type callKey struct {
	id     h225.GloballyUniqueID
	answer bool
}

// exchange is what a transaction of the endpoint is for.
type exchange struct {
	op   *operation // nil: registration's own
	seq  h225.RequestSeqNum
	kind purpose
}

type purpose uint8

const (
	forOperation purpose = iota
	forDiscovery
	forRegistration
	forRenewal
	forUnregistration
	forReport
)

// operation is a request by the endpoint's owner.
type operation struct {
	request  *h225.RasMessage
	to       netip.AddrPort // instead of the gatekeeper
	attempts int
	gone     bool                    // nobody waits any more
	doubted  bool                    // it was refused for a lost registration
	under    h225.EndpointIdentifier // that it was sent with
	done     func(*h225.RasMessage, error)
}

// maxAttempts bounds the gatekeepers that one request is sent to.
const maxAttempts = 4

// Actions of the endpoint.
type (
	action interface{ action() }
	// transmit sends a message.
	transmit struct {
		datagram Datagram
		message  *h225.RasMessage
	}
	// finish ends an operation.
	finish struct {
		op    *operation
		reply *h225.RasMessage
		err   error
	}
	// changed tells of the status.
	changed struct{ status Status }
	// dropped tells that the gatekeeper ends a call.
	dropped struct{ call func() }
	// ordered tells what a call is to keep to, in bit/s.
	ordered struct {
		call    func(bitRate int)
		bitRate int
	}
	// service tells of an SCI.
	service struct {
		sci *h225.ServiceControlIndication
	}
	// closed tells that the unregistration is over.
	closed struct{}
)

func (transmit) action() {}
func (finish) action()   {}
func (changed) action()  {}
func (dropped) action()  {}
func (ordered) action()  {}
func (service) action()  {}
func (closed) action()   {}

func newEndpoint(cfg Config, local netip.AddrPort) *endpoint {
	e := &endpoint{
		cfg: cfg, local: local, restart: true,
		transactions: NewTransactions[exchange](uint16(cfg.Random())),
		answers:      NewAnswers(),
		pace:         NewPace(clientRate, clientBurst),
		calls:        map[callKey]*call{},
	}
	e.signer, e.verifier = e.cfg.Credentials.prover()
	return e
}

func (e *endpoint) take() []action {
	out := e.out
	e.out = nil
	return out
}

func (e *endpoint) emit(a action) { e.out = append(e.out, a) }

// start begins with the configured gatekeeper.
func (e *endpoint) start(now time.Time) {
	e.gatekeepers = nil
	e.alternates = nil
	if e.cfg.Gatekeeper.IsValid() {
		e.gatekeepers = []gatekeeper{{e.cfg.Gatekeeper, e.cfg.Identifier, true}}
	}
	if e.cfg.Discover || len(e.gatekeepers) == 0 {
		e.discover(now)
		return
	}
	e.register(now)
}

// close unregisters, where there is something to unregister.
func (e *endpoint) close(now time.Time) {
	e.closing = true
	for _, x := range e.transactions.Abandon() {
		e.fail(x.op, errClosed)
	}
	e.unsettle()
	e.failWaiting(errClosed)
	if e.status.State != Registered {
		e.emit(closed{})
		return
	}
	e.request(now, e.gatekeepers[0].address, e.unregistrationRequest(), exchange{kind: forUnregistration})
}

// address sets what is told to a gatekeeper as our addresses.
func (e *endpoint) address(gatekeeper netip.AddrPort) {
	if e.reached != nil {
		e.local = e.reached(gatekeeper)
	}
	if e.cfg.SignalFor == nil {
		return
	}
	if signal := e.cfg.SignalFor(gatekeeper); len(signal) > 0 {
		e.cfg.Signal = signal
	}
}

// next returns when tick has something to do.
func (e *endpoint) next() time.Time {
	t := e.transactions.Next()
	for _, other := range [...]time.Time{e.wake, e.nextReport()} {
		if !other.IsZero() && (t.IsZero() || other.Before(t)) {
			t = other
		}
	}
	return t
}

// tick does what time asks for.
func (e *endpoint) tick(now time.Time) {
	again, lost := e.transactions.Due(now)
	for _, d := range again {
		e.stats.Retransmitted++
		e.emit(transmit{datagram: d})
	}
	for _, x := range lost {
		e.lost(now, x)
	}
	e.report(now)
	if e.wake.IsZero() || now.Before(e.wake) || e.closing {
		return
	}
	e.wake = time.Time{}
	if e.status.State == Registered {
		e.renew(now)
		return
	}
	if len(e.gatekeepers) == 0 {
		e.start(now)
		return
	}
	e.register(now)
}

// request numbers, signs and sends a request, and waits for its answer.
func (e *endpoint) request(now time.Time, to netip.AddrPort, m *h225.RasMessage, x exchange) {
	n, err := e.transactions.Number()
	if err == nil {
		setNumber(m, n)
		x.seq = n
		var data []byte
		if data, err = e.sign(now, m); err == nil {
			d := Datagram{Remote: to, Data: data}
			p, ok := PatienceOf(m)
			if ok {
				e.transactions.Begin(now, m, d, p, x)
			}
			e.emit(transmit{d, m})
			if !ok && x.op != nil {
				e.emit(finish{op: x.op})
			}
			return
		}
	}
	e.refused(now, x, nil, err)
}

const noAnswer = "the gatekeeper does not answer"

// lost is called for a request that nobody answered.
func (e *endpoint) lost(now time.Time, x exchange) {
	switch x.kind {
	case forUnregistration:
		e.emit(closed{})
	case forReport: // the next one says it all anew
	case forRenewal:
		if e.status.State != Registered { // it registers anew already
			e.unsettle()
			return
		}
		e.loseRegistration(now, noAnswer)
		e.alternate(now, false)
	case forOperation:
		// The gatekeeper may be gone: see, and ask an alternate if there is one.
		if !x.op.to.IsValid() && e.status.State == Registered && len(e.alternates) > 0 && e.again(x.op) {
			e.loseRegistration(now, noAnswer)
			e.alternate(now, false)
			return
		}
		if !x.op.to.IsValid() && e.status.State == Registered {
			e.wake = now
		}
		e.fail(x.op, fmt.Errorf("%s: %w", Name(x.op.request), ErrNoAnswer))
	default:
		e.loseRegistration(now, noAnswer)
		e.alternate(now, false)
	}
}

// again queues an operation for the next gatekeeper, unless it was tried enough.
func (e *endpoint) again(op *operation) bool {
	if op.gone || op.attempts >= maxAttempts || len(e.waiting) >= maxClientCalls {
		return false
	}
	op.attempts++
	e.waiting = append(e.waiting, op)
	return true
}

func (e *endpoint) fail(op *operation, err error) {
	if op != nil {
		e.emit(finish{op: op, err: err})
	}
}

func (e *endpoint) failWaiting(err error) {
	for _, op := range e.waiting {
		e.fail(op, err)
	}
	e.waiting = nil
}

// set changes the status, and tells.
func (e *endpoint) set(now time.Time, s State, problem string) {
	if e.status.State == s && e.status.Problem == problem {
		return
	}
	e.status.State, e.status.Problem, e.status.Since = s, problem, now
	if len(e.gatekeepers) > 0 {
		e.status.Gatekeeper = e.gatekeepers[0].address
	}
	e.emit(changed{e.status})
}

// loseRegistration forgets what the gatekeeper gave.
func (e *endpoint) loseRegistration(now time.Time, problem string) {
	if e.status.State == Registered {
		e.stats.Losses++
	}
	e.endpointID = ""
	e.unsettle()
	e.set(now, Unregistered, problem)
}
