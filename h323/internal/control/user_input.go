package control

import (
	"errors"
	"strings"
	"time"

	"parley/h323/h245"
)

// Errors of UserInput.
var (
	errInputEmpty = errors.New("h245: no user input")
	errInputLong  = errors.New("h245: user input too long")
	errInputQueue = errors.New("h245: the peer's capabilities are not known yet, and too much waits for them")
)

// signals are the characters of UserInputSignal (clause B.14.7).
const signals = "0123456789#*ABCD!"

type queuedInput struct {
	text     string
	duration time.Duration
}

// UserInput sends digits as the peer takes them: signal, else alphanumeric.
// Before its capabilities are known they wait.
func (m *Machine) UserInput(text string, duration time.Duration) error {
	switch {
	case m.ended:
		return errEnded
	case text == "":
		return errInputEmpty
	case len(text) > maxUserInput:
		return errInputLong
	}
	if m.remote == nil {
		if len(m.input) >= maxQueuedInput {
			return errInputQueue
		}
		m.input = append(m.input, queuedInput{text, duration})
		return nil
	}
	m.sendInput(text, duration)
	return nil
}

func (m *Machine) flushInput() {
	for _, q := range m.input {
		m.sendInput(q.text, q.duration)
	}
	m.input = nil
}

func (m *Machine) sendInput(text string, duration time.Duration) {
	if !m.remote.Signal || strings.Trim(text, signals) != "" {
		// All take characters (H.323 clause 6.2.8.4), whatever they announce.
		m.indication(h245.IndicationMessage{UserInput: &h245.UserInputIndication{Alphanumeric: &text}})
		return
	}
	for i := range len(text) {
		s := &h245.UserInputSignal{SignalType: text[i : i+1]}
		if ms := duration.Milliseconds(); ms > 0 {
			d := uint16(min(ms, 65535))
			s.Duration = &d
		}
		m.indication(h245.IndicationMessage{UserInput: &h245.UserInputIndication{Signal: s}})
	}
}

// userInput takes UserInputIndication. A signalUpdate tells of a digit that was
// told when it began, so there is nothing in it.
func (m *Machine) userInput(u *h245.UserInputIndication) {
	switch {
	case u.Alphanumeric != nil:
		m.typed(*u.Alphanumeric)
	case u.ExtendedAlphanumeric != nil:
		if u.ExtendedAlphanumeric.RTPPayloadIndication == nil || !m.receive.TelephoneEvent {
			m.typed(u.ExtendedAlphanumeric.Alphanumeric)
		}
	case u.Signal != nil:
		if u.Signal.RTPPayloadIndication != nil && m.receive.TelephoneEvent {
			return // the same digit comes by RTP
		}
		var d time.Duration
		if u.Signal.Duration != nil {
			d = time.Duration(*u.Signal.Duration) * time.Millisecond
		}
		if u.Signal.SignalType != "" {
			m.emit(UserInput{u.Signal.SignalType, d})
		}
	}
}

func (m *Machine) typed(text string) {
	if text != "" && len(text) <= maxUserInput {
		m.emit(UserInput{Text: text})
	}
}
