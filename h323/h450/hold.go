package h450

import "time"

// Hold tells the peer that we hold the call (near-end hold); the channels are
// the owner's to stop.
func (e *Entity) Hold() ([]Action, error) {
	return e.invoke(HoldNotific, nil, AnyMessage, time.Time{})
}

// Retrieve tells it that we hold it no more.
func (e *Entity) Retrieve() ([]Action, error) {
	return e.invoke(RetrieveNotific, nil, AnyMessage, time.Time{})
}

// RemoteHold asks the peer to hold the call for us; HoldAnswered follows.
func (e *Entity) RemoteHold(now time.Time) ([]Action, error) {
	return e.invoke(RemoteHold, nil, AnyMessage, now.Add(timerOperation))
}

// RemoteRetrieve undoes RemoteHold.
func (e *Entity) RemoteRetrieve(now time.Time) ([]Action, error) {
	return e.invoke(RemoteRetrieve, nil, AnyMessage, now.Add(timerOperation))
}

// holdInvoked takes an operation of H.450.4. Its arguments have only extensions.
func (e *Entity) holdInvoked(o Operation, i *Invoke) ([]Action, bool) {
	var arg HoldArg
	if !i.argument(&arg, true) {
		return nil, false
	}
	state, remote := &e.held, o == RemoteHold || o == RemoteRetrieve
	if remote {
		state = &e.remotelyHeld
	}
	hold := o == HoldNotific || o == RemoteHold
	changed := *state != hold
	*state = hold
	var actions []Action
	switch {
	case !remote:
	case changed:
		actions = append(actions, done(i.InvokeID, AnyMessage))
	default:
		actions = append(actions, refuse(i.InvokeID, InvalidCallState, AnyMessage))
	}
	switch {
	case !changed: // said again
	case hold:
		actions = append(actions, Held{remote})
	default:
		actions = append(actions, Retrieved{remote})
	}
	return actions, true
}
