package bridge

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h450"
)

// identities are those given to consultation calls: who is transferred to this
// side calls with one, and takes that call's place (H.450.2, transferred-to
// endpoint).
type identities map[h450.CallIdentity]*identity

type identity struct {
	call   *call
	misses int // wrong guesses, of any identity, since it was given
}

var errNoIdentity = errors.New("no call has the identity of that transfer")

// identifyRequested gives the call an identity.
func (c *call) identifyRequested() {
	var given h450.CallIdentity
	if c.seat.Load() != nil {
		given = c.server.giveIdentity(c)
	}
	if given == "" {
		c.line.AnswerIdentify("", nil)
		return
	}
	c.line.AnswerIdentify(given, c.reroutingNumber())
}

// reroutingNumber is where to call for the call's conference.
func (c *call) reroutingNumber() []h225.AliasAddress {
	settings := c.conference.Settings()
	at := aliasesOf(&settings)
	if a := c.line.Info().Local; a.IsValid() {
		t := h225.TransportAddressOf(a)
		at = append(at, h225.AliasAddress{TransportID: &t})
	}
	return at
}

// giveIdentity finds an identity that no call has; empty: there is none. A call that
// asks again is told the one that it has: it alone could use them all up.
func (s *Server) giveIdentity(c *call) h450.CallIdentity {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.identities[c.identity]; i != nil && i.call == c {
		return c.identity
	}
	if len(s.identities) >= maxIdentities {
		return ""
	}
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(10_000))
		if err != nil {
			return ""
		}
		id := h450.CallIdentity(fmt.Sprintf("%04d", n))
		if s.identities[id] == nil {
			s.identities[id] = &identity{call: c}
			c.identity = id
			return id
		}
	}
}

// dropIdentity takes back the call's identity, if it has one.
func (c *call) dropIdentity() {
	if c.identity == "" {
		return
	}
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.identities[c.identity]; i != nil && i.call == c {
		delete(s.identities, c.identity)
	}
	c.identity = ""
}

// claim returns the call that has an identity, which is then nobody's.
func (s *Server) claim(id h450.CallIdentity) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.identities[id]; i != nil {
		delete(s.identities, id)
		return i.call
	}
	for other, i := range s.identities {
		if i.misses++; i.misses >= maxMisses {
			delete(s.identities, other)
		}
	}
	return nil
}

// transferArrived looks at the transfer that an incoming call comes from. One
// under an identity takes the place of the call that has it, after whatever PIN
// the conference asks for; others come like any caller.
func (c *call) transferArrived(e *h323.TransferArrived) error {
	if e == nil {
		return nil
	}
	if e.Identity.Empty() {
		c.line.AnswerArrival(nil)
		return nil
	}
	old := c.server.claim(e.Identity)
	if old == nil {
		c.line.AnswerArrival(h450.UnrecognizedCallIdentity)
		return errNoIdentity
	}
	seat := old.seat.Load()
	if seat == nil { // it has just ended
		c.line.AnswerArrival(h450.UnrecognizedCallIdentity)
		return errNoIdentity
	}
	c.replaces = old
	c.wanted.conference = seat.Conference().Settings().ID
	c.line.AnswerArrival(nil)
	return nil
}

// replace ends the call whose place this one has taken.
func (c *call) replace() {
	if old := c.replaces; old != nil {
		c.replaces = nil
		old.post(func() { old.line.Replaced() })
	}
}
