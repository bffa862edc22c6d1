package control

import (
	"time"

	"parley/h323/encryption"
	"parley/h323/h245"
	"parley/h323/media"
)

// Machine is H.245 of one call. Its methods are called from one goroutine. What
// they bring about is taken with Take, in order.
type Machine struct {
	outbox
	cfg  Config
	side Side
	// multiplexes tells that the peer can send several channels to one port.
	multiplexes bool
	// receive is what is announced, send what can be sent; never nil.
	receive, send *media.Set

	started, ended, failed bool
	determination          determination
	role                   role // indeterminate until it is found
	set                    outgoingSet
	peerSet                incomingSet
	// remote is what the peer receives; nil until it has told.
	remote *media.Set
	paused bool // remote is empty after one that was not, or from the start

	number    h245.LogicalChannelNumber // the last one of ours
	out       []*outgoing
	in        []*incoming
	wants     []*want
	sessions  map[sessionKey]media.Session
	proposals []*proposal

	presentation presentation
	roundTrip    roundTrip
	secret       *encryption.Secret
	mode         *h245.RequestMode // the peer's, unanswered
	modeRate     bucket            // of the peer's
	modeRequest  modeRequest
	input        []queuedInput
}

// New returns a machine that has sent nothing yet.
func New(cfg Config) *Machine {
	m := &Machine{cfg: cfg, receive: cfg.Receive, send: cfg.Send, sessions: map[sessionKey]media.Session{}}
	if m.receive == nil {
		m.receive = &media.Set{}
	}
	if m.send == nil {
		m.send = &media.Set{}
	}
	m.determination = determination{out: &m.outbox, kind: cfg.TerminalType, random: cfg.Random}
	m.set.out, m.peerSet.out, m.roundTrip.out = &m.outbox, &m.outbox, &m.outbox
	m.presentation = presentation{out: &m.outbox, random: cfg.Random}
	if !cfg.Manual {
		m.wants = []*want{
			{kind: media.KindAudio, standing: true},
			{kind: media.KindVideo, standing: true},
		}
	}
	return m
}

// Start begins capability exchange and master-slave determination: the control
// channel is there, or tunnelling agreed. Called twice, it does nothing.
func (m *Machine) Start(now time.Time) {
	if m.started || m.ended {
		return
	}
	m.started = true
	m.announce(now)
	if m.role == indeterminate {
		m.determination.request(now)
	}
	m.update(now)
}

// announce sends our capabilities.
func (m *Machine) announce(now time.Time) {
	if err := m.set.transfer(m.announced(), now); err != nil {
		m.fail(err)
	}
}

// fail tells once that the call cannot go on.
func (m *Machine) fail(err error) {
	if m.failed || m.ended {
		return
	}
	m.failed = true
	m.emit(Failed{err})
}

// failControl is for a fault of H.245 that media may outlive: with fast connect,
// or where channels are open all the same.
func (m *Machine) failControl(err error) {
	if len(m.Channels()) == 0 {
		m.fail(err)
	}
}

// judge takes what determination has brought.
func (m *Machine) judge(v verdict, now time.Time) {
	switch {
	case v.err != nil && m.role == indeterminate:
		m.failControl(v.err)
	case v.done && v.role != m.role:
		m.role = v.role
		m.emit(Determined{Master: v.role == master})
		m.update(now)
	}
}

// Deadline is when Expire wants to be called; false: not at all.
func (m *Machine) Deadline() (time.Time, bool) {
	if m.ended {
		return time.Time{}, false
	}
	var e earliest
	e.add(m.determination.timer)
	e.add(m.set.timer)
	e.add(m.roundTrip.timer)
	e.add(m.modeRequest.timer)
	e.add(m.presentation.timer)
	for _, o := range m.out {
		e.add(o.timer)
	}
	for _, i := range m.in {
		e.add(i.timer)
		e.add(i.closing)
	}
	return e.at, e.running
}

// Expire executes the timers that have run out.
func (m *Machine) Expire(now time.Time) {
	if m.ended {
		return
	}
	m.judge(m.determination.expire(now), now)
	if err := m.set.expire(now); err != nil {
		m.failControl(err)
	}
	m.roundTrip.expire(now)
	m.expireMode(now)
	if m.presentation.timer.expired(now) {
		m.abandonToken()
	}
	m.expireOutgoing(now)
	m.expireIncoming(now)
	m.update(now)
}

// Take returns what is to be done since the last call.
func (m *Machine) Take() []Output {
	list := m.list
	m.list = nil
	return list
}

// IsMaster reports whether determination is done, and who is.
func (m *Machine) IsMaster() (isMaster, known bool) {
	return m.role == master, m.role != indeterminate
}

// Channels returns the open ones.
func (m *Machine) Channels() []media.Channel {
	var list []media.Channel
	for _, i := range m.in {
		if i.state == channelOpen {
			list = append(list, i.Channel)
		}
	}
	for _, o := range m.out {
		if o.state == channelOpen {
			list = append(list, o.Channel)
		}
	}
	return list
}

// Transmit sends a message that the machine has no order for (Other's answers).
func (m *Machine) Transmit(msg *h245.MultimediaSystemControlMessage) {
	if !m.ended {
		m.emit(Transmit{msg})
	}
}

// End closes all channels and ends the session: H.323 clause 8.5.
func (m *Machine) End(now time.Time) {
	if m.ended {
		return
	}
	if m.started {
		for _, o := range m.out {
			if o.state != channelClosing {
				m.closeMessage(o)
			}
		}
	}
	m.finish()
}

// finish lets go of everything, and says good-bye where the peer can hear it.
func (m *Machine) finish() {
	for _, o := range m.out {
		if o.state == channelOpen {
			m.emit(Closed{o.Channel})
		}
	}
	for _, i := range m.in {
		if i.state == channelOpen {
			m.emit(Closed{i.Channel})
		}
	}
	if m.started {
		m.command(h245.CommandMessage{EndSessionCommand: &h245.EndSessionCommand{Disconnect: null}})
	}
	m.out, m.in, m.wants, m.proposals, m.mode, m.input = nil, nil, nil, nil, nil, nil
	m.ended = true
}
