package authentication

import (
	"errors"
	"time"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

var (
	// ErrAbsent: the message has no token of a method that is asked for.
	ErrAbsent = errors.New("authentication: no token")
	// ErrSender: nobody is known by the name in the token.
	ErrSender = errors.New("authentication: unknown sender")
	// ErrReceiver: the token is for somebody else.
	ErrReceiver = errors.New("authentication: token is for another")
)

// Verifier proves the senders of messages. It is a machine: of one goroutine at
// a time, told the time. It remembers the tokens of each account that was
// proved, so its memory is bounded by the accounts that Password knows.
type Verifier struct {
	// Methods are those that are accepted.
	Methods []Method
	// Receivers are our names, the generalID of H.235.1 that peers write: the
	// gatekeeper's identifier, or our alias and the endpoint identifier given to
	// us. Empty: any. A token without generalID passes: some makers never write
	// one.
	Receivers []string
	// Password looks an account up by what the token says. Sender may be an
	// alias or an endpoint identifier, or empty (H.235 version 1: go by what
	// else is known of the message). The account is any name that is one and the
	// same for all names of its sender.
	Password func(c Claim) (account, password string, ok bool)
	// Window is how far clocks may differ; 0 is ten minutes.
	Window time.Duration

	accounts map[string]*h235.Replay
}

// Verified is who proved to have sent a message, and how.
type Verified struct {
	Account string
	Method  Method
	// Sender is the name in the token, for the generalID of what is sent back.
	Sender string
}

// VerifyRAS proves who sent m, which was received as octets. Errors as Verify.
func (v *Verifier) VerifyRAS(octets []byte, m *h225.RasMessage, now time.Time) (Verified, error) {
	c, ok := RAS(m)
	if !ok {
		return Verified{}, ErrAbsent
	}
	return v.Verify(octets, c, now)
}

// Verify proves who sent a message by one of the tokens in c. Octets are the
// message as received: a RasMessage, or of call signalling the whole Q.931
// message without TPKT. The errors are ErrAbsent, ErrSender, ErrReceiver,
// h235.ErrTime, h235.ErrReplay or h235.ErrIntegrity (wrapped), of the last token
// where several fail; SecurityErrors tells the peer.
func (v *Verifier) Verify(octets []byte, c Carrier, now time.Time) (Verified, error) {
	err := ErrAbsent
	for _, claim := range Claims(c) {
		if !v.accepts(claim.Method) {
			continue
		}
		var account string
		if account, err = v.verify(&claim, octets, now); err == nil {
			return Verified{Account: account, Method: claim.Method, Sender: claim.Sender}, nil
		}
	}
	return Verified{}, err
}

func (v *Verifier) accepts(m Method) bool {
	for _, a := range v.Methods {
		if a == m {
			return true
		}
	}
	return false
}

func (v *Verifier) verify(c *Claim, octets []byte, now time.Time) (string, error) {
	window := v.Window
	if window == 0 {
		window = defaultWindow
	}
	fresh := h235.Replay{Window: window, Capacity: remembered}
	// What costs nothing is judged first.
	if err := fresh.CheckTime(c.TimeStamp, now); err != nil {
		return "", err
	}
	if c.Receiver != "" && !v.isReceiver(c.Receiver) {
		return "", ErrReceiver
	}
	account, password, ok := v.Password(*c)
	if !ok {
		return "", ErrSender
	}
	if err := c.prove(octets, password); err != nil {
		return "", err
	}
	hash := c.once()
	if hash == nil {
		return account, nil
	}
	r := v.accounts[account]
	if r == nil {
		r = &fresh
		if v.accounts == nil {
			v.accounts = make(map[string]*h235.Replay)
		}
		v.accounts[account] = r
	}
	return account, r.Accept(hash, c.TimeStamp, now)
}

func (v *Verifier) isReceiver(name string) bool {
	for _, r := range v.Receivers {
		if r == name {
			return true
		}
	}
	return len(v.Receivers) == 0
}

// SecurityErrors2 returns what tells a peer of that error of Verify, for the
// securityError of an ARJ and the like.
func SecurityErrors2(err error) h225.SecurityErrors2 {
	null := &per.Null{}
	switch {
	case errors.Is(err, h235.ErrTime):
		return h225.SecurityErrors2{SecurityWrongSyncTime: null}
	case errors.Is(err, h235.ErrReplay):
		return h225.SecurityErrors2{SecurityReplay: null}
	case errors.Is(err, ErrReceiver):
		return h225.SecurityErrors2{SecurityWrongGeneralID: null}
	case errors.Is(err, ErrAbsent):
		return h225.SecurityErrors2{SecurityWrongOID: null}
	}
	// A name that is not known is not told from a wrong password, so that names
	// cannot be tried out.
	return h225.SecurityErrors2{SecurityIntegrityFailed: null}
}

// SecurityErrors is SecurityErrors2 for the securityError of a GRJ and an RRJ.
func SecurityErrors(err error) h225.SecurityErrors {
	e := SecurityErrors2(err)
	return h225.SecurityErrors{
		SecurityWrongSyncTime:   e.SecurityWrongSyncTime,
		SecurityReplay:          e.SecurityReplay,
		SecurityWrongGeneralID:  e.SecurityWrongGeneralID,
		SecurityIntegrityFailed: e.SecurityIntegrityFailed,
		SecurityWrongOID:        e.SecurityWrongOID,
	}
}
