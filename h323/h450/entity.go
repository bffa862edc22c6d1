package h450

import (
	"errors"
	"time"

	"parley/h323/per"
)

var (
	// ErrTimeout: the peer did not answer an operation.
	ErrTimeout = errors.New("h450: operation not answered")
	// ErrRejected: the peer does not know the operation, or could not read it.
	ErrRejected = errors.New("h450: operation rejected")
	// ErrBusy: the operation cannot be asked for now.
	ErrBusy = errors.New("h450: another operation is under way")
	// ErrEnded: the call ended before the operation was answered.
	ErrEnded = errors.New("h450: call ended")
)

// Entity is the supplementary services of one call. The zero value is ready. It
// is of one goroutine at a time, which calls Tick at Deadline.
type Entity struct {
	last        uint16
	outstanding []invocation

	held, remotelyHeld bool // by the peer

	transfer  *uint16   // the peer's callTransferInitiate, not answered yet
	setup     *uint16   // its callTransferSetup
	identify  *uint16   // its callTransferIdentify
	identity  bool      // one was given, CT-T2 runs
	identityT time.Time // until when
}

// invocation is an operation of ours that is not answered yet.
type invocation struct {
	id        uint16
	operation Operation
	deadline  time.Time
}

// Receive takes one h4501SupplementaryService. What cannot be read is passed
// over: its invoke identifiers, by which it would be rejected, are not known.
func (e *Entity) Receive(octets []byte, now time.Time) []Action {
	s, err := Unmarshal(octets)
	if err != nil {
		return nil
	}
	operations := s.ServiceApdu.ROSApdus
	var actions []Action
	for i := range operations[:min(len(operations), maxOperations)] {
		switch o := &operations[i]; {
		case o.Invoke != nil:
			actions = append(actions, e.invoked(o.Invoke, s.InterpretationApdu, now)...)
		case o.ReturnResult != nil:
			actions = append(actions, e.answered(o.ReturnResult.InvokeID, o.ReturnResult.Result, nil)...)
		case o.ReturnError != nil:
			actions = append(actions, e.answered(o.ReturnError.InvokeID, nil, errorOf(o.ReturnError.ErrorCode))...)
		case o.Reject != nil:
			actions = append(actions, e.answered(o.Reject.InvokeID, nil, ErrRejected)...)
		}
	}
	return actions
}

func errorOf(c Code) error {
	if c.Local == nil {
		return Unspecified
	}
	return ErrorCode(*c.Local)
}

// invoked takes an operation that the peer asks for.
func (e *Entity) invoked(i *Invoke, meaning *InterpretationApdu, now time.Time) []Action {
	if i.Opcode.Local == nil {
		return unrecognized(i, meaning)
	}
	var actions []Action
	ok := true
	switch o := Operation(*i.Opcode.Local); o {
	case HoldNotific, RetrieveNotific, RemoteHold, RemoteRetrieve:
		actions, ok = e.holdInvoked(o, i)
	case CallTransferInitiate:
		actions, ok = e.initiateInvoked(i)
	case CallTransferSetup:
		actions, ok = e.setupInvoked(i)
	case CallTransferIdentify:
		actions = e.identifyInvoked(i)
	case CallTransferAbandon:
		actions = e.abandonInvoked()
	case CallTransferUpdate, CallTransferActive, CallTransferComplete, SubaddressTransfer:
		actions, ok = updateInvoked(o, i)
	case MWIActivate, MWIDeactivate, MWIInterrogate:
		actions, ok = waitingInvoked(o, i)
	default:
		return unrecognized(i, meaning)
	}
	if !ok {
		return []Action{reject(i.InvokeID, InvokeMistypedArgument)}
	}
	return actions
}

// unrecognized does what the message says of operations that are not known
// (H.450.1 clause 8.2).
func unrecognized(i *Invoke, meaning *InterpretationApdu) []Action {
	switch {
	case meaning != nil && meaning.DiscardAnyUnrecognizedInvokePDU != nil:
		return nil
	case meaning != nil && meaning.ClearCallIfAnyInvokePDUNotRecognized != nil:
		return []Action{Release{}}
	}
	return []Action{reject(i.InvokeID, InvokeUnrecognizedOperation)}
}

// argument reads that of an operation into v; not ok: it is none. One that is
// not there leaves v as it is, where the operation allows it.
func (i *Invoke) argument(v any, optional bool) (ok bool) {
	if i.Argument == nil {
		return optional
	}
	_, err := per.Unmarshal(i.Argument, v)
	return err == nil
}

// answered takes the answer to one of our operations. Answers to none, such as
// those that come too late, are passed over.
func (e *Entity) answered(id int64, result *Value, err error) []Action {
	for n, o := range e.outstanding {
		if int64(o.id) == id {
			e.outstanding = append(e.outstanding[:n:n], e.outstanding[n+1:]...)
			return outcome(o.operation, result, err)
		}
	}
	return nil
}

// outcome tells what became of our operation.
func outcome(o Operation, result *Value, err error) []Action {
	switch o {
	case RemoteHold, RemoteRetrieve:
		return []Action{HoldAnswered{o, err}}
	case CallTransferIdentify, CallTransferInitiate:
		return transferOutcome(o, result, err)
	case CallTransferSetup:
		return []Action{SetupAnswered{err}}
	case MWIActivate, MWIDeactivate, MWIInterrogate:
		return waitingOutcome(o, result, err)
	}
	return nil
}

// Tick tells that time has passed.
func (e *Entity) Tick(now time.Time) []Action {
	var actions []Action
	var rest []invocation
	for _, o := range e.outstanding {
		if now.Before(o.deadline) {
			rest = append(rest, o)
			continue
		}
		actions = append(actions, outcome(o.operation, nil, ErrTimeout)...)
	}
	e.outstanding = rest
	if e.identity && !now.Before(e.identityT) {
		e.identity = false
		actions = append(actions, IdentityExpired{})
	}
	return actions
}

// Deadline returns when Tick is next needed; not ok: at no time.
func (e *Entity) Deadline() (at time.Time, ok bool) {
	for _, o := range e.outstanding {
		if !ok || o.deadline.Before(at) {
			at, ok = o.deadline, true
		}
	}
	if e.identity && (!ok || e.identityT.Before(at)) {
		at, ok = e.identityT, true
	}
	return at, ok
}

// End tells that the call is over: what was asked for has failed.
func (e *Entity) End() []Action {
	var actions []Action
	for _, o := range e.outstanding {
		actions = append(actions, outcome(o.operation, nil, ErrEnded)...)
	}
	if e.identity {
		actions = append(actions, IdentityExpired{Abandoned: true})
	}
	*e = Entity{}
	return actions
}

// invoke asks the peer for an operation that it answers within the time; the
// zero time is for one that is not answered.
func (e *Entity) invoke(o Operation, argument any, in Carrier, deadline time.Time) ([]Action, error) {
	answered := !deadline.IsZero()
	if answered {
		if len(e.outstanding) == maxOutstanding {
			return nil, ErrBusy
		}
		for _, other := range e.outstanding {
			if other.operation == o {
				return nil, ErrBusy
			}
		}
	}
	i := &Invoke{InvokeID: e.last + 1, Opcode: local(int64(o))}
	if argument != nil {
		octets, err := per.Marshal(argument)
		if err != nil {
			return nil, err
		}
		i.Argument = octets
	}
	s := &SupplementaryService{ServiceApdu: ServiceApdus{ROSApdus: []ROS{{Invoke: i}}}}
	switch a, _ := argument.(*CTSetupArg); {
	case !answered:
		// The standards ask that peers who do not know these let them pass.
		s.InterpretationApdu = &InterpretationApdu{DiscardAnyUnrecognizedInvokePDU: &per.Null{}}
	case a != nil && !a.CallIdentity.Empty():
		// H.450.2 clause 6: who cannot have the call take another's place shall not
		// take it for one more.
		s.InterpretationApdu = &InterpretationApdu{ClearCallIfAnyInvokePDUNotRecognized: &per.Null{}}
	}
	octets, err := s.Marshal()
	if err != nil {
		return nil, err
	}
	e.last++
	if answered {
		e.outstanding = append(e.outstanding, invocation{e.last, o, deadline})
	}
	return []Action{Send{Octets: octets, In: in}}, nil
}

// send encodes one answer; nothing in it can fail to be encoded.
func send(r ROS, in Carrier) Send {
	s := &SupplementaryService{ServiceApdu: ServiceApdus{ROSApdus: []ROS{r}}}
	octets, err := s.Marshal()
	if err != nil {
		panic("h450: " + err.Error()) // of our own types and values alone
	}
	return Send{Octets: octets, In: in}
}

func reject(id uint16, problem int64) Send {
	return send(ROS{Reject: &Reject{InvokeID: int64(id), Problem: Problem{Invoke: &problem}}}, AnyMessage)
}

func refuse(id uint16, code ErrorCode, in Carrier) Send {
	return send(ROS{ReturnError: &ReturnError{InvokeID: int64(id), ErrorCode: local(int64(code))}}, in)
}

// done answers without a result, which all operations here may.
func done(id uint16, in Carrier) Send {
	return send(ROS{ReturnResult: &ReturnResult{InvokeID: int64(id)}}, in)
}

// result answers with one.
func result(id uint16, o Operation, v any) (Send, error) {
	octets, err := per.Marshal(v)
	if err != nil {
		return Send{}, err
	}
	return send(ROS{ReturnResult: &ReturnResult{
		InvokeID: int64(id), Result: &Value{Opcode: local(int64(o)), Result: octets},
	}}, AnyMessage), nil
}
