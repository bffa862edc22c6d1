package q931

import "fmt"

// State is a call's state at one side (Q.931 clause 2.1.1): U1 to U25 at the
// user's.
type State uint8

// States that H.323 endpoints pass.
const (
	Null                   State = 0
	CallInitiated          State = 1
	OverlapSending         State = 2
	OutgoingCallProceeding State = 3
	CallDelivered          State = 4
	CallPresent            State = 6
	CallReceived           State = 7
	ConnectRequest         State = 8
	IncomingCallProceeding State = 9
	Active                 State = 10
	DisconnectRequest      State = 11
	DisconnectIndication   State = 12
	ReleaseRequest         State = 19
	OverlapReceiving       State = 25
)

// CallState is the element of that name (Q.931 clause 4.5.7); in H.225.0 it
// stands in Status.
type CallState struct {
	Coding Coding
	State  State
}

// Unmarshal parses the element's content.
func (c *CallState) Unmarshal(data []byte) error {
	*c = CallState{}
	if len(data) < 1 {
		return fmt.Errorf("%w: empty call state", ErrMalformed)
	}
	c.Coding = Coding(data[0] >> 6)
	c.State = State(data[0] & 0x3f)
	return nil
}

// Append appends the element's content to dst. It has no extension bit.
func (c CallState) Append(dst []byte) []byte {
	return append(dst, byte(c.Coding&0x03)<<6|byte(c.State)&0x3f)
}
