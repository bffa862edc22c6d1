package control

import (
	"errors"
	"time"

	"parley/h323/h245"
)

// Errors of determination.
var (
	errDetermination        = errors.New("h245: master-slave determination failed")
	errDeterminationTimeout = errors.New("h245: no answer to master-slave determination")
)

// determination is the MSDSE of clause C.2.
type determination struct {
	out    *outbox
	kind   uint8 // terminal type
	random func() uint32

	state   determinationState
	number  uint32
	retries int
	role    role // the one found, while incoming
	timer   timer
}

type determinationState uint8

const (
	determinationIdle     determinationState = iota
	determinationOutgoing                    // our number is with the peer
	determinationIncoming                    // ours is known, the peer's ack is not there
)

// role is what determination finds.
type role uint8

const (
	indeterminate role = iota
	master
	slave
)

// verdict is what an event brought: done tells the role, err that there is
// none.
type verdict struct {
	role role
	done bool
	err  error
}

// request is DETERMINE.request. During a determination it does nothing.
func (d *determination) request(now time.Time) {
	if d.state != determinationIdle {
		return
	}
	d.retries = 0
	d.offer(now)
}

func (d *determination) offer(now time.Time) {
	d.number = d.random() & 0xffffff
	d.state = determinationOutgoing
	d.timer.start(now, t106)
	d.out.request(h245.RequestMessage{MasterSlaveDetermination: &h245.MasterSlaveDetermination{
		TerminalType:              d.kind,
		StatusDeterminationNumber: d.number,
	}})
}

// compare is the rule of clause C.2.4.2: the larger terminal type is master,
// else the number decides, modulo 2^24.
func compare(kind uint8, number uint32, m *h245.MasterSlaveDetermination) role {
	switch {
	case kind > m.TerminalType:
		return master
	case kind < m.TerminalType:
		return slave
	}
	switch diff := (m.StatusDeterminationNumber - number) & 0xffffff; {
	case diff == 0 || diff == 0x800000:
		return indeterminate
	case diff < 0x800000:
		return master
	}
	return slave
}

func (d *determination) ack(r role) {
	// The ack tells the peer's role, not ours.
	decision := h245.MasterSlaveDecision{Slave: null}
	if r == slave {
		decision = h245.MasterSlaveDecision{Master: null}
	}
	d.out.response(h245.ResponseMessage{
		MasterSlaveDeterminationAck: &h245.MasterSlaveDeterminationAck{Decision: decision},
	})
}

// received takes the peer's number.
func (d *determination) received(m *h245.MasterSlaveDetermination, now time.Time) verdict {
	if d.state == determinationIdle {
		d.retries = 0
		d.number = d.random() & 0xffffff
	}
	// In the incoming state the standard calls this an error (C.2.5.4); peers
	// that start again are answered again instead.
	d.role = compare(d.kind, d.number, m)
	if d.role != indeterminate {
		d.ack(d.role)
		d.state = determinationIncoming
		d.timer.start(now, t106)
		return verdict{}
	}
	if d.state != determinationOutgoing {
		d.state = determinationIdle
		d.timer.stop()
		d.out.response(h245.ResponseMessage{
			MasterSlaveDeterminationReject: &h245.MasterSlaveDeterminationReject{
				Cause: h245.MasterSlaveDeterminationRejectCause{IdenticalNumbers: null},
			},
		})
		return verdict{}
	}
	return d.retry(now)
}

func (d *determination) retry(now time.Time) verdict {
	if d.retries == n100 {
		return d.fail(errDetermination)
	}
	d.retries++
	d.offer(now)
	return verdict{}
}

func (d *determination) fail(err error) verdict {
	d.state = determinationIdle
	d.timer.stop()
	return verdict{err: err}
}

// acknowledged takes the peer's decision, which is our role.
func (d *determination) acknowledged(m *h245.MasterSlaveDeterminationAck) verdict {
	told := slave
	if m.Decision.Master != nil {
		told = master
	}
	switch d.state {
	case determinationOutgoing:
		d.ack(told)
	case determinationIncoming:
		if told != d.role {
			return d.fail(errDetermination)
		}
	default:
		return verdict{} // the second ack of a peer that sends two
	}
	d.state = determinationIdle
	d.timer.stop()
	return verdict{role: told, done: true}
}

// rejected takes a reject: the numbers were the same.
func (d *determination) rejected(now time.Time) verdict {
	switch d.state {
	case determinationOutgoing:
		return d.retry(now)
	case determinationIncoming:
		return d.fail(errDetermination)
	}
	return verdict{}
}

// released takes a release: the peer waited in vain.
func (d *determination) released() verdict {
	if d.state == determinationIdle {
		return verdict{}
	}
	return d.fail(errDetermination)
}

// expire is T106.
func (d *determination) expire(now time.Time) verdict {
	if !d.timer.expired(now) {
		return verdict{}
	}
	if d.state == determinationOutgoing {
		d.out.indication(h245.IndicationMessage{
			MasterSlaveDeterminationRelease: &h245.MasterSlaveDeterminationRelease{},
		})
	}
	return d.fail(errDeterminationTimeout)
}
