package h450

import "time"

const (
	// maxOperations of one message: each may be answered by one of ours.
	maxOperations = 16
	// maxOutstanding operations of ours, so that what we wait for is bounded
	// where a peer never answers.
	maxOutstanding = 16
)

// The timers of H.450.2 and those of H.450.4 clause 11.4: the standards leave
// their lengths to the implementer. The family of stacks that others measure
// against has ten seconds.
const (
	// timerIdentify is CT-T1: transferring, callTransferIdentify is answered.
	timerIdentify = 10 * time.Second
	// timerIdentified is CT-T2: transferred-to, the transferred one calls. It
	// spans two exchanges of others.
	timerIdentified = 30 * time.Second
	// timerInitiate is CT-T3: transferring, callTransferInitiate is answered.
	// It spans the whole of the new call's setup, ringing included.
	timerInitiate = 60 * time.Second
	// timerSetup is CT-T4: transferred, callTransferSetup is answered, which many
	// only do in CONNECT.
	timerSetup = 60 * time.Second
	// timerOperation is for the answer to any other operation.
	timerOperation = 10 * time.Second
)
