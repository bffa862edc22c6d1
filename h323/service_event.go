package h323

import (
	"parley/h323/h225"
	"parley/h323/h450"
)

// Events of supplementary services.
type (
	// Service is an H.450 APDU as it came. What is known of it follows as one of
	// the events below; the rest has been answered as H.450.1 has it.
	Service struct{ APDU []byte }

	// HoldChanged tells that the peer holds the call or does no more. With Remote
	// it asks this side to hold it: then music would come from here.
	HoldChanged struct{ Held, Remote bool }
	// HoldAnswered is what became of RemoteHold or RemoteRetrieve.
	HoldAnswered struct{ h450.HoldAnswered }

	// TransferRequested tells that the peer wants this side to call another:
	// Call.AnswerTransfer answers it. The new call's Target.Transfer has the
	// identity.
	TransferRequested struct {
		To       []h225.AliasAddress
		Identity h450.CallIdentity
	}
	// TransferAccepted is, in a call with Target.Transfer, what the other end
	// makes of the transfer. Many never say.
	TransferAccepted struct{ Err error }
	// Transferred tells that the peer has reached the other; the call ends.
	Transferred struct{}
	// TransferFailed tells that Transfer or Identify failed; the call goes on.
	TransferFailed struct{ h450.TransferFailed }
	// Identified answers Call.Identify: what Transfer of the other call takes.
	Identified struct {
		To       []h225.AliasAddress
		Identity h450.CallIdentity
	}
	// IdentifyRequested asks for an identity under which this side can be called
	// by who is transferred: Call.AnswerIdentify answers it.
	IdentifyRequested struct{}
	// IdentityExpired tells that the identity given is of no use any more.
	IdentityExpired struct{ Abandoned bool }
	// TransferArrived tells that this call was made for a transfer:
	// Call.AnswerArrival answers it. That of a SETUP is in Info before Incoming.
	TransferArrived struct {
		Identity h450.CallIdentity
		From     []h225.AliasAddress // who transferred it; nil: not told
	}
	// PeerChanged tells who the other end now is.
	PeerChanged struct{ h450.Updated }

	// MessageWaiting tells what waits for a user; it has been answered.
	MessageWaiting struct{ h450.MessageWaiting }
	// Interrogated asks what waits: Call.AnswerInterrogation answers it.
	Interrogated struct{ h450.Interrogated }
	// WaitingAnswered is what became of ActivateWaiting and the others.
	WaitingAnswered struct{ h450.WaitingAnswered }
)

// Transfer is why a call is made: another call was transferred (H.450.2).
type Transfer struct {
	Identity h450.CallIdentity   // as TransferRequested had it
	From     []h225.AliasAddress // who transferred it; nil: not told
}

func (Service) event()           {}
func (HoldChanged) event()       {}
func (HoldAnswered) event()      {}
func (TransferRequested) event() {}
func (TransferAccepted) event()  {}
func (Transferred) event()       {}
func (TransferFailed) event()    {}
func (Identified) event()        {}
func (IdentifyRequested) event() {}
func (IdentityExpired) event()   {}
func (TransferArrived) event()   {}
func (PeerChanged) event()       {}
func (MessageWaiting) event()    {}
func (Interrogated) event()      {}
func (WaitingAnswered) event()   {}
