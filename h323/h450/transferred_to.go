package h450

import "time"

// identifyInvoked takes callTransferIdentify.
func (e *Entity) identifyInvoked(i *Invoke) []Action {
	if e.identify != nil || e.identity {
		return []Action{refuse(i.InvokeID, InvalidCallState, AnyMessage)}
	}
	e.identify = &i.InvokeID
	return []Action{IdentifyRequested{}}
}

// AnswerIdentify answers IdentifyRequested with an identity that no other call
// has, and with where the transferred one shall call; CT-T2 then runs. An empty
// identity says that there is none to be had. The error is that the address or
// identity does not encode.
func (e *Entity) AnswerIdentify(identity CallIdentity, at EndpointAddress, now time.Time) ([]Action, error) {
	if e.identify == nil {
		return nil, nil
	}
	id := *e.identify
	if identity.Empty() {
		e.identify = nil
		return []Action{refuse(id, NotAvailable, AnyMessage)}, nil
	}
	answer, err := result(id, CallTransferIdentify, &CTIdentifyRes{CallIdentity: identity, ReroutingNumber: at})
	if err != nil {
		return nil, err
	}
	e.identify = nil
	e.identity, e.identityT = true, now.Add(timerIdentified)
	return []Action{answer}, nil
}

// abandonInvoked takes callTransferAbandon.
func (e *Entity) abandonInvoked() []Action {
	if !e.identity {
		return nil
	}
	e.identity = false
	return []Action{IdentityExpired{Abandoned: true}}
}

// Joined tells a call whose identity was given that the transferred one has come
// and been answered: it takes this call's place, which ends.
func (e *Entity) Joined() []Action {
	if !e.identity {
		return nil
	}
	e.identity = false
	return []Action{Release{}}
}

// setupInvoked takes callTransferSetup.
func (e *Entity) setupInvoked(i *Invoke) ([]Action, bool) {
	var arg CTSetupArg
	if !i.argument(&arg, false) {
		return nil, false
	}
	if e.setup != nil {
		return []Action{refuse(i.InvokeID, InvalidCallState, AnyMessage)}, true
	}
	e.setup = &i.InvokeID
	return []Action{TransferArrived{arg}}, true
}

// AnswerSetup answers TransferArrived: with nil where the identity is one that we
// gave, or is empty (H.450.2: without consultation any call may come), else with
// UnrecognizedCallIdentity or another ErrorCode. It goes with ALERTING or
// CONNECT.
func (e *Entity) AnswerSetup(err error) []Action {
	if e.setup == nil {
		return nil
	}
	id := *e.setup
	e.setup = nil
	if err == nil {
		return []Action{done(id, InAnswer)}
	}
	return []Action{refuse(id, codeOf(err, Unspecified), InAnswer)}
}

// updateInvoked takes what tells the ends of a transferred call of each other.
func updateInvoked(o Operation, i *Invoke) ([]Action, bool) {
	u := Updated{Operation: o}
	switch o {
	case CallTransferUpdate:
		var arg CTUpdateArg
		if !i.argument(&arg, false) {
			return nil, false
		}
		u.Number, u.Info = &arg.RedirectionNumber, arg.RedirectionInfo
	case CallTransferActive:
		var arg CTActiveArg
		if !i.argument(&arg, false) {
			return nil, false
		}
		u.Number, u.Info = &arg.ConnectedAddress, arg.ConnectedInfo
	case CallTransferComplete:
		var arg CTCompleteArg
		if !i.argument(&arg, false) {
			return nil, false
		}
		u.Number, u.Info = &arg.RedirectionNumber, arg.RedirectionInfo
		u.Alerting = arg.CallStatus != nil && *arg.CallStatus == Alerting
	case SubaddressTransfer:
		var arg SubaddressTransferArg
		if !i.argument(&arg, false) {
			return nil, false
		}
		u.Subaddress = &arg.RedirectionSubaddress
	}
	return []Action{u}, true
}

// Update tells the peer of a transferred call who the other end is; In is InSetup
// or InAnswer.
func (e *Entity) Update(number EndpointAddress, name string, in Carrier) ([]Action, error) {
	return e.invoke(CallTransferUpdate, &CTUpdateArg{RedirectionNumber: number, RedirectionInfo: name}, in, time.Time{})
}
