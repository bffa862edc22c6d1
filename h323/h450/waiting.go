package h450

import (
	"time"

	"parley/h323/per"
)

// Activate tells the served user's endpoint what waits; WaitingAnswered follows.
func (e *Entity) Activate(arg *MWIActivateArg, in Carrier, now time.Time) ([]Action, error) {
	return e.invoke(MWIActivate, arg, in, now.Add(timerOperation))
}

// Deactivate tells it that nothing waits any more; WaitingAnswered follows.
func (e *Entity) Deactivate(arg *MWIDeactivateArg, in Carrier, now time.Time) ([]Action, error) {
	return e.invoke(MWIDeactivate, arg, in, now.Add(timerOperation))
}

// Interrogate asks a message centre what waits; WaitingAnswered follows.
func (e *Entity) Interrogate(arg *MWIInterrogateArg, in Carrier, now time.Time) ([]Action, error) {
	return e.invoke(MWIInterrogate, arg, in, now.Add(timerOperation))
}

// waitingInvoked takes an operation of H.450.7.
func waitingInvoked(o Operation, i *Invoke) ([]Action, bool) {
	switch o {
	case MWIActivate:
		var arg MWIActivateArg
		if !i.argument(&arg, false) {
			return nil, false
		}
		return []Action{MessageWaiting{MWIActivateArg: arg}, done(i.InvokeID, AnyMessage)}, true
	case MWIDeactivate:
		var arg MWIDeactivateArg
		if !i.argument(&arg, false) {
			return nil, false
		}
		return []Action{MessageWaiting{
			MWIActivateArg: MWIActivateArg{
				ServedUserNr: arg.ServedUserNr, BasicService: arg.BasicService,
				MsgCentreID: arg.MsgCentreID, ExtensionArg: arg.ExtensionArg,
			},
			Deactivated: true,
		}, done(i.InvokeID, AnyMessage)}, true
	}
	var arg MWIInterrogateArg
	if !i.argument(&arg, false) {
		return nil, false
	}
	return []Action{Interrogated{InvokeID: i.InvokeID, MWIInterrogateArg: arg}}, true
}

// AnswerInterrogate answers Interrogated: with what waits, or where nothing does
// with NotActivated, or with another ErrorCode. The error is that the result
// does not encode.
func (e *Entity) AnswerInterrogate(id uint16, res MWIInterrogateRes, refused error) ([]Action, error) {
	switch {
	case refused != nil:
		return []Action{refuse(id, codeOf(refused, Unspecified), AnyMessage)}, nil
	case len(res) == 0:
		return []Action{refuse(id, NotActivated, AnyMessage)}, nil
	}
	answer, err := result(id, MWIInterrogate, res)
	if err != nil {
		return nil, err
	}
	return []Action{answer}, nil
}

// waitingOutcome tells what became of Activate, Deactivate or Interrogate.
func waitingOutcome(o Operation, result *Value, err error) []Action {
	a := WaitingAnswered{Operation: o, Err: err}
	if o == MWIInterrogate && err == nil && result != nil {
		_, a.Err = per.Unmarshal(result.Result, &a.Result)
	}
	return []Action{a}
}
