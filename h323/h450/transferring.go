package h450

import (
	"time"

	"parley/h323/per"
)

// Identify asks the peer of a consultation call under which identity the other
// one shall call it (CT-T1): Identified or TransferFailed follows.
func (e *Entity) Identify(now time.Time) ([]Action, error) {
	return e.invoke(CallTransferIdentify, nil, AnyMessage, now.Add(timerIdentify))
}

// Abandon tells the peer of a consultation call that it will not be called.
func (e *Entity) Abandon() ([]Action, error) {
	return e.invoke(CallTransferAbandon, nil, AnyMessage, time.Time{})
}

// Transfer asks the peer to call another (CT-T3): Transferred or TransferFailed
// follows. Without consultation the identity is empty.
func (e *Entity) Transfer(to EndpointAddress, identity CallIdentity, now time.Time) ([]Action, error) {
	return e.invoke(CallTransferInitiate, &CTInitiateArg{CallIdentity: identity, ReroutingNumber: to},
		AnyMessage, now.Add(timerInitiate))
}

// transferOutcome tells what became of Identify or Transfer.
func transferOutcome(o Operation, result *Value, err error) []Action {
	switch {
	case err != nil:
		return []Action{TransferFailed{o, err}}
	case o == CallTransferInitiate:
		return []Action{Transferred{}, Release{}}
	case result == nil:
		return []Action{TransferFailed{o, Unspecified}}
	}
	var res CTIdentifyRes
	if _, err := per.Unmarshal(result.Result, &res); err != nil {
		return []Action{TransferFailed{o, err}}
	}
	return []Action{Identified{res}}
}
