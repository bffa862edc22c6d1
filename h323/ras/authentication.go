package ras

import (
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

// Credentials are what a Client proves itself by.
type Credentials struct {
	User, Password string
	// Methods of proof; none: those that the gatekeeper chooses in discovery, and
	// before that H.235.1 and MD5 beside each other, of which gatekeepers take
	// what they know.
	Methods []authentication.Method
}

// methods are those that may be used.
func (c *Credentials) methods() []authentication.Method {
	switch {
	case c.User == "":
		return nil
	case len(c.Methods) == 0:
		return []authentication.Method{authentication.HMACSHA196, authentication.PasswordMD5}
	}
	return c.Methods
}

// offer is what GRQ tells (H.225.0 clause 7.8.1).
func (c *Credentials) offer() (mechanisms []h235.AuthenticationMechanism, algorithms []per.OID) {
	hashes := false
	for _, m := range c.methods() {
		mechanism := m.Mechanism()
		if mechanism.PwdHash == nil || !hashes {
			mechanisms = append(mechanisms, mechanism)
		}
		hashes = hashes || mechanism.PwdHash != nil
		algorithms = append(algorithms, m.OID())
	}
	return mechanisms, algorithms
}

// Sign encodes a message with the tokens of a signer, for a receiver; nil: with
// none. The message is changed.
func Sign(now time.Time, m *h225.RasMessage, s *authentication.Signer, receiver string) ([]byte, error) {
	if s == nil {
		return per.Marshal(m)
	}
	s.Receiver = receiver
	return s.SignRAS(m, now)
}

// prover makes the endpoint's signer and verifier; both nil without password.
func (c *Credentials) prover() (*authentication.Signer, *authentication.Verifier) {
	if c.User == "" {
		return nil, nil
	}
	return &authentication.Signer{Methods: c.methods(), Name: c.User, Password: c.Password},
		&authentication.Verifier{
			// Nothing else proves what a gatekeeper says.
			Methods:  []authentication.Method{authentication.HMACSHA196},
			Password: func(authentication.Claim) (account, password string, ok bool) { return "gatekeeper", c.Password, true },
		}
}

// choose takes the gatekeeper's choice, if it is one of ours.
func (e *endpoint) choose(algorithm per.OID) {
	if e.signer == nil {
		return
	}
	e.signer.Methods = e.cfg.Credentials.methods()
	for _, m := range e.signer.Methods {
		if m.OID() == algorithm {
			e.signer.Methods = []authentication.Method{m}
			return
		}
	}
}

// sign encodes a message for the current gatekeeper. A GRQ is not signed: for
// whom is not known yet.
func (e *endpoint) sign(now time.Time, m *h225.RasMessage) ([]byte, error) {
	if m.GatekeeperRequest != nil {
		return per.Marshal(m)
	}
	if e.signer != nil {
		e.signer.Sender = string(e.endpointID) // which gatekeepers expect once they gave it; before, the account's name
	}
	return Sign(now, m, e.signer, string(e.status.Identifier))
}

// authentic judges what is signed, and what should be. A refusal is believed
// unsigned: gatekeepers refuse so whom they cannot prove, and it gains a forger
// who sees our numbers nothing beyond what dropping packets does.
func (e *endpoint) authentic(now time.Time, d Datagram, m *h225.RasMessage) bool {
	if e.verifier == nil {
		return true
	}
	carrier, ok := authentication.RAS(m)
	if !ok {
		return !e.cfg.Mutual || !confirms(m)
	}
	for _, c := range authentication.Claims(carrier) {
		if c.Method == authentication.HMACSHA196 {
			_, err := e.verifier.Verify(d.Data, carrier, now)
			return err == nil
		}
	}
	return !e.cfg.Mutual || !confirms(m)
}
