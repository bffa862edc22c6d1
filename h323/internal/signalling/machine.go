package signalling

import (
	"time"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/q931"
)

// Config is what a Machine says of its side.
type Config struct {
	Reference  uint16
	Call       h225.CallIdentifier
	Conference h225.ConferenceIdentifier
	Self       h225.EndpointType
	Display    string
	// Tunnelling tells that H.245 may be tunnelled.
	Tunnelling bool
	// MultipleCalls tells the peer that the connection takes further calls, and
	// stays.
	MultipleCalls bool
	// Features go into the called side's answers (H.460.1); nil: none.
	Features *h225.FeatureSet
}

// Machine is one side of one call. Its methods are called from one goroutine;
// what they bring about is taken with Take, in order.
type Machine struct {
	cfg      Config
	outgoing bool
	state    q931.State
	ended    bool
	peer     Peer
	features *h225.FeatureSet // of the peer
	out      []Output

	// At most one of Q.931's timers runs at a time.
	timer    timer
	deadline time.Time

	tunnel   agreement
	fast     fastConnect
	parallel bool // the SETUP has parallelH245Control
	answer   [][]byte
	tokens   []h235.ClearToken // of the called side's answers
	address  *h225.TransportAddress
	control  [][]byte // waits for the next message
	services [][]byte
	digits   int
}

// agreement is whether both sides want something.
type agreement uint8

const (
	undecided agreement = iota
	agreed
	declined
)

// fastConnect is how far fast connect has come.
type fastConnect uint8

const (
	fastNone fastConnect = iota
	fastProposed
	fastAnswered
	fastRefused
)

// Outgoing returns the caller's side. Nothing is sent before Dial.
func Outgoing(cfg Config) *Machine {
	return &Machine{cfg: cfg, outgoing: true}
}

// Incoming returns the called side and takes the SETUP. What the message holds
// beside the call itself comes as outputs.
func Incoming(cfg Config, setup *Message, now time.Time) *Machine {
	m := &Machine{cfg: cfg, state: q931.CallPresent}
	m.learn(setup)
	s := setup.Info.H323UUPDU.H323MessageBody.Setup
	pdu := &setup.Info.H323UUPDU
	m.tunnel = declined
	if cfg.Tunnelling && pdu.H245Tunnelling != nil && *pdu.H245Tunnelling {
		m.tunnel = agreed
	}
	m.emit(Tunnelling{m.tunnel == agreed})
	// H.245 in the SETUP means that fast connect is not wanted (H.323 clause
	// 8.2.1), but for that in parallelH245Control (clause 8.2.4).
	if len(s.FastStart) > 0 && len(pdu.H245Control) == 0 {
		m.fast = fastProposed
		m.emit(FastStart{s.FastStart})
		if m.tunnel == agreed && len(s.ParallelH245Control) > 0 {
			m.parallel = true
			m.emit(Control{Messages: s.ParallelH245Control, Parallel: true})
		}
	}
	m.receiveAddress(setup)
	m.receiveControl(setup)
	m.receiveServices(setup)
	return m
}

// State returns the call's, of Q.931.
func (m *Machine) State() q931.State { return m.state }

// Peer returns what is known of the other side.
func (m *Machine) Peer() Peer { return m.peer }

// Features returns those that the called side answered; nil: none yet.
func (m *Machine) Features() *h225.FeatureSet { return m.features }

// Tunnels reports whether H.245 is tunnelled; not decided where known is false.
func (m *Machine) Tunnels() (on, known bool) { return m.tunnel == agreed, m.tunnel != undecided }

// FastStarted reports whether fast connect is in effect.
func (m *Machine) FastStarted() bool { return m.fast == fastAnswered }

// FastPending reports whether fast connect is proposed and not answered: H.245
// would end it (H.323 clause 8.1.7.1), unless it began in parallel.
func (m *Machine) FastPending() bool { return m.fast == fastProposed && !m.parallel }

// Take returns the outputs since the last call.
func (m *Machine) Take() []Output {
	out := m.out
	m.out = nil
	return out
}

func (m *Machine) emit(o Output) { m.out = append(m.out, o) }

func (m *Machine) enter(s q931.State) {
	m.state = s
	m.stop()
}
