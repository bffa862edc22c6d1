package authentication

import (
	"slices"
	"strings"
	"sync"
	"time"

	"parley/h323/h225"
)

// Association is two who share a password and sign the call signalling between
// them by it, one hop of it: an endpoint and a gatekeeper that routes (H.235.1
// procedure I). It is safe for concurrent use.
type Association struct {
	mu       sync.Mutex
	verifier Verifier // guarded by mu
	password string
	own      []string // the first signs
	peers    []string
}

// NewAssociation is of us, who are called own and sign by the first of the names,
// with who is called peers.
func NewAssociation(password string, own, peers []string) *Association {
	a := &Association{password: password, own: clean(own), peers: clean(peers)}
	a.verifier = Verifier{
		Methods:  []Method{HMACSHA196},
		Password: func(Claim) (account, word string, ok bool) { return "", password, true },
	}
	return a
}

func clean(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" })
}

// Guard is that of one call, with the peer who is called receiver; empty is by its
// first name. With demand all that can carry tokens has to be signed; without, all
// that follows the peer's first signed message.
func (a *Association) Guard(demand bool, receiver string) *Guard {
	g := &Guard{association: a, demand: demand}
	g.signer = Signer{Methods: []Method{HMACSHA196}, Password: a.password}
	if len(a.own) > 0 {
		g.signer.Name = a.own[0]
	}
	if g.signer.Receiver = receiver; receiver == "" && len(a.peers) > 0 {
		g.signer.Receiver = a.peers[0]
	}
	return g
}

// Guard signs and checks the call signalling of one call with one peer. It is safe
// for concurrent use.
type Guard struct {
	association *Association

	mu     sync.Mutex
	signer Signer // guarded by mu
	demand bool   // guarded by mu
	proved bool   // guarded by mu
}

// Sign puts tokens into a message that has a place for them, and returns what
// encode makes of it: the whole Q.931 message without TPKT, which encode may be
// asked for twice.
func (g *Guard) Sign(m *h225.H323UserInformation, now time.Time, encode func() ([]byte, error)) ([]byte, error) {
	c, ok := signalling(m)
	if !ok {
		return encode()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.signer.Sign(c, now, encode)
}

// Check judges a message that was received as octets, without TPKT. Tokens that
// are for others prove nothing. Its errors are those of [Verifier.Verify].
func (g *Guard) Check(m *h225.H323UserInformation, octets []byte, now time.Time) error {
	c, ok := signalling(m)
	if !ok {
		return nil // empty and the like have no place for tokens
	}
	g.mu.Lock()
	demand, receiver := g.demand, g.signer.Receiver
	g.mu.Unlock()
	if !g.association.concerns(c, receiver) {
		if demand {
			return ErrAbsent
		}
		return nil
	}
	g.association.mu.Lock()
	_, err := g.association.verifier.Verify(octets, c, now)
	g.association.mu.Unlock()
	if err == nil {
		g.mu.Lock()
		g.demand, g.proved = true, true
		g.mu.Unlock()
	}
	return err
}

// Proved tells whether the peer has signed a message.
func (g *Guard) Proved() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.proved
}

// concerns tells whether one of the tokens is meant for us, or of the peer.
func (a *Association) concerns(c Carrier, peer string) bool {
	return slices.ContainsFunc(Claims(c), func(c Claim) bool {
		switch {
		case c.Method != HMACSHA196:
			return false
		case c.Receiver != "":
			return among(a.own, c.Receiver)
		}
		return among(a.peers, c.Sender) || peer != "" && c.Sender == peer
	})
}

func among(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// Strip takes the proofs of one hop out of a message that goes on to another. It is
// false where there were none.
func Strip(m *h225.H323UserInformation) bool {
	c, ok := signalling(m)
	return ok && c.Strip()
}

// Strip takes out what proves who sent the message, which is of no use elsewhere.
// Tokens of other purposes stay. It is false where there was nothing.
func (c Carrier) Strip() bool {
	clear, crypto := without(*c.Tokens, ownClear), without(*c.CryptoTokens, ownCrypto)
	stripped := len(clear) != len(*c.Tokens) || len(crypto) != len(*c.CryptoTokens)
	*c.Tokens, *c.CryptoTokens = clear, crypto
	return stripped
}

func signalling(m *h225.H323UserInformation) (c Carrier, ok bool) {
	if m == nil {
		return c, false
	}
	return Signalling(m)
}
