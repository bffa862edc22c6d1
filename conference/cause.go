package conference

import "errors"

// CauseCode says why a Participant left or was not let in. Each wire
// translates it into its own protocol's cause.
type CauseCode string

// The causes.
const (
	CauseLeft        CauseCode = "left"         // the other end ended it
	CauseKicked      CauseCode = "kicked"       // a host ended it
	CauseTimeout     CauseCode = "timeout"      // neither media nor signalling arrives
	CauseEnded       CauseCode = "ended"        // the conference ended
	CauseShutdown    CauseCode = "shutdown"     // parley stops
	CauseMediaFailed CauseCode = "media-failed" // no path or no common Format
	CauseReplaced    CauseCode = "replaced"     // the same party came back on a new connection
	CauseMoved       CauseCode = "moved"        // the call goes on in another conference
	CauseError       CauseCode = "error"        // a fault here; Text says which
)

// Cause is a CauseCode with what a person should read.
type Cause struct {
	Code CauseCode
	Text string
}

// String returns "code" or "code: text".
func (c Cause) String() string {
	if c.Text == "" {
		return string(c.Code)
	}
	return string(c.Code) + ": " + c.Text
}

// Why a conference cannot be entered. Wires translate them: 404, 403, 486,
// 488 in SIP; a sentence on the page.
var (
	ErrUnknownConference = errors.New("no such conference")
	ErrPINRequired       = errors.New("a PIN is required")
	ErrPINWrong          = errors.New("wrong PIN")
	ErrPINLocked         = errors.New("too many wrong PINs, wait")
	ErrFull              = errors.New("conference is full")
	ErrClosed            = errors.New("conference has ended")
	ErrNotFound          = errors.New("no such participant")
	ErrSlow              = errors.New("reader too slow, events were dropped")
)

// Why somebody who was called did not answer. Wires translate them too, so that
// a caller on one wire hears what happened on another: 486, 480, 603, 404 in
// SIP, causes 17, 19, 21 and 1 of Q.850 in H.323.
var (
	ErrBusy     = errors.New("busy")
	ErrNoAnswer = errors.New("no answer")
	ErrDeclined = errors.New("declined")
	ErrNobody   = errors.New("nobody has that number")
)
