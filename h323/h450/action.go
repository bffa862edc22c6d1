package h450

// Action is what an Entity wants done, or tells. Actions are done in order.
type Action interface{ action() }

// Carrier is the message of call signalling that an APDU goes in.
type Carrier uint8

const (
	// AnyMessage is the next message that is sent, or a FACILITY made for it
	// (reason transportedInformation).
	AnyMessage Carrier = iota
	// InSetup is the SETUP of a call that begins.
	InSetup
	// InAnswer is the next of ALERTING and CONNECT.
	InAnswer
	// InRelease is RELEASE COMPLETE; a Release follows.
	InRelease
)

type (
	// Send puts the octets into h4501SupplementaryService.
	Send struct {
		Octets []byte
		In     Carrier
	}
	// Release ends the call.
	Release struct{}

	// Held tells that the peer holds the call (holdNotific), or asks us to hold
	// it (remoteHold): then we are the one who sends music.
	Held struct{ Remote bool }
	// Retrieved undoes Held.
	Retrieved struct{ Remote bool }
	// HoldAnswered is what became of RemoteHold or RemoteRetrieve.
	HoldAnswered struct {
		Operation Operation
		Err       error
	}

	// Identified answers Identify: the address and identity for Transfer on the
	// other call. Transferring endpoint.
	Identified struct{ CTIdentifyRes }
	// Transferred tells that the peer has reached the other one. Release
	// follows; so does the owner with a consultation call. Transferring endpoint.
	Transferred struct{}
	// TransferFailed tells that Identify or Transfer failed; the call goes on.
	// Transferring endpoint.
	TransferFailed struct {
		Operation Operation
		Err       error
	}

	// TransferRequested tells that the peer wants us to call another:
	// AnswerTransfer answers it. Transferred endpoint.
	TransferRequested struct{ CTInitiateArg }
	// SetupAnswered is what became of SetupTransferred; nil where the new
	// endpoint knew of the transfer. It comes from the entity of the new call,
	// and not at all from endpoints that do not answer it: then CONNECT is the
	// answer. Transferred endpoint.
	SetupAnswered struct{ Err error }

	// IdentifyRequested asks for an identity of this call, under which a
	// transferred call may come: AnswerIdentify answers it. Transferred-to
	// endpoint.
	IdentifyRequested struct{}
	// IdentityExpired tells that no call has come for the identity, or none will:
	// it is free again. Transferred-to endpoint.
	IdentityExpired struct{ Abandoned bool }
	// TransferArrived tells that this call is a transferred one: AnswerSetup
	// answers it. Transferred-to endpoint.
	TransferArrived struct{ CTSetupArg }
	// Updated tells who the other end now is, where not nil: of
	// callTransferUpdate, callTransferActive and callTransferComplete.
	Updated struct {
		Operation  Operation
		Number     *EndpointAddress
		Info       string
		Alerting   bool // callTransferComplete: the other end only rings yet
		Subaddress *PartySubaddress
	}

	// MessageWaiting tells what waits for a user; Deactivated: nothing more.
	MessageWaiting struct {
		MWIActivateArg
		Deactivated bool
	}
	// Interrogated asks what waits for a user: AnswerInterrogate answers it.
	Interrogated struct {
		InvokeID uint16
		MWIInterrogateArg
	}
	// WaitingAnswered is what became of Activate, Deactivate or Interrogate, of
	// which only the last has a result.
	WaitingAnswered struct {
		Operation Operation
		Result    MWIInterrogateRes
		Err       error
	}
)

func (Send) action()              {}
func (Release) action()           {}
func (Held) action()              {}
func (Retrieved) action()         {}
func (HoldAnswered) action()      {}
func (Identified) action()        {}
func (Transferred) action()       {}
func (TransferFailed) action()    {}
func (TransferRequested) action() {}
func (SetupAnswered) action()     {}
func (IdentifyRequested) action() {}
func (IdentityExpired) action()   {}
func (TransferArrived) action()   {}
func (Updated) action()           {}
func (MessageWaiting) action()    {}
func (Interrogated) action()      {}
func (WaitingAnswered) action()   {}
