package h450

import "time"

// initiateInvoked takes callTransferInitiate.
func (e *Entity) initiateInvoked(i *Invoke) ([]Action, bool) {
	var arg CTInitiateArg
	if !i.argument(&arg, false) {
		return nil, false
	}
	if e.transfer != nil {
		return []Action{refuse(i.InvokeID, InvalidCallState, AnyMessage)}, true
	}
	if len(arg.ReroutingNumber.DestinationAddress) == 0 {
		return []Action{refuse(i.InvokeID, InvalidReroutingNumber, AnyMessage)}, true
	}
	e.transfer = &i.InvokeID
	return []Action{TransferRequested{arg}}, true
}

// AnswerTransfer answers TransferRequested: with nil once the new call is
// answered (this one then ends), or with an ErrorCode why there is none, such as
// RejectedByUser, InvalidReroutingNumber or EstablishmentFailure; another error
// is EstablishmentFailure.
func (e *Entity) AnswerTransfer(err error) []Action {
	if e.transfer == nil {
		return nil
	}
	id := *e.transfer
	e.transfer = nil
	if err == nil {
		// The result goes in the RELEASE COMPLETE of the primary call.
		return []Action{done(id, InRelease), Release{}}
	}
	return []Action{refuse(id, codeOf(err, EstablishmentFailure), AnyMessage)}
}

func codeOf(err error, otherwise ErrorCode) ErrorCode {
	if c, ok := err.(ErrorCode); ok { //nolint:errorlint // a wrapped one was meant for somebody else
		return c
	}
	return otherwise
}

// SetupTransferred returns what goes into the SETUP of the call that a transfer
// asked for (CT-T4); from is the transferring endpoint, where it may be told.
func (e *Entity) SetupTransferred(identity CallIdentity, from *EndpointAddress, now time.Time) ([]Action, error) {
	return e.invoke(CallTransferSetup, &CTSetupArg{CallIdentity: identity, TransferringNumber: from},
		InSetup, now.Add(timerSetup))
}
