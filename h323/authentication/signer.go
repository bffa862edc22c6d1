package authentication

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

// ErrNoPlace says that the message has no place for tokens.
var ErrNoPlace = errors.New("authentication: message cannot carry tokens")

// Signer proves us to one peer by a password that both know. It is of one
// goroutine at a time.
type Signer struct {
	// Methods are all used in each message; before a gatekeeper has chosen, or
	// toward a peer whose method is not known, several may be.
	Methods []Method
	// Name is our account: the alias that PasswordMD5 and AccessToken carry. An
	// alias of digits only is sent as dialledDigits.
	Name string
	// Sender is the sendersID of H.235.1: our endpoint identifier once the
	// gatekeeper gave one, else our alias; a gatekeeper's is its identifier.
	// Empty is Name.
	Sender string
	// Receiver is the generalID of H.235.1, the Sender of the other side. Where
	// it is not known yet it is empty, and left out.
	Receiver string
	Password string

	sequence uint32
	started  bool
}

// SignRAS puts tokens into m and returns its encoding.
func (s *Signer) SignRAS(m *h225.RasMessage, now time.Time) ([]byte, error) {
	c, ok := RAS(m)
	if !ok {
		return nil, ErrNoPlace
	}
	return s.Sign(c, now, func() ([]byte, error) { return per.Marshal(m) })
}

// Sign puts tokens into the message and returns what encode then makes of it.
// Encode encodes the message that c is of (for call signalling, the whole Q.931
// message without TPKT), twice where needed and then alike.
func (s *Signer) Sign(c Carrier, now time.Time, encode func() ([]byte, error)) ([]byte, error) {
	stamp := h235.TimeStamp(now.Unix())
	var hashed *h235.CryptoHashedToken
	var clear []h235.ClearToken
	var crypto []h225.CryptoH323Token
	for _, m := range s.Methods {
		switch m {
		case HMACSHA196:
			hashed = h235.NewHashedToken(h235.Identifier(s.sender()), h235.Identifier(s.Receiver), stamp, h235.RandomVal(s.random()))
			crypto = append(crypto, h225.CryptoH323Token{NestedcryptoToken: &h235.CryptoToken{CryptoHashedToken: hashed}})
		case PasswordMD5:
			hash, err := h235.HashPassword(s.Name, s.Password, stamp)
			if err != nil {
				return nil, err
			}
			crypto = append(crypto, h225.CryptoH323Token{CryptoEPPwdHash: &h225.EPPwdHash{Alias: alias(s.Name), TimeStamp: stamp, Token: hash}})
		case AccessToken:
			clear = append(clear, *h235.NewAccessToken(s.Name, s.Password, stamp, byte(s.random())))
		}
	}
	// Tokens of others and of other purposes (such as Diffie-Hellman keys) stay;
	// our own of an earlier sending go.
	*c.Tokens = append(without(*c.Tokens, ownClear), clear...)
	*c.CryptoTokens = append(without(*c.CryptoTokens, ownCrypto), crypto...)
	if hashed == nil {
		return encode()
	}
	return hashed.SetHash(s.Password, encode)
}

func (s *Signer) sender() string {
	if s.Sender != "" {
		return s.Sender
	}
	return s.Name
}

// random counts up from a random beginning, so that no two tokens of a second
// are the same.
func (s *Signer) random() uint32 {
	if !s.started {
		var b [4]byte
		_, _ = rand.Read(b[:]) // never fails
		s.sequence, s.started = binary.BigEndian.Uint32(b[:]), true
	}
	s.sequence++
	// One family of stacks reads an INTEGER above 2^31 as -1 and takes each for
	// a repetition.
	return s.sequence & (1<<31 - 1)
}

// alias returns the AliasAddress of the name.
func alias(name string) h225.AliasAddress {
	for _, r := range name {
		if (r < '0' || r > '9') && r != '#' && r != '*' && r != ',' {
			return h225.AliasAddress{H323ID: name}
		}
	}
	return h225.AliasAddress{DialledDigits: name}
}

// without returns a copy of the tokens without our own; nil where none is left.
func without[T any](tokens []T, own func(*T) bool) []T {
	var rest []T
	for i := range tokens {
		if !own(&tokens[i]) {
			rest = append(rest, tokens[i])
		}
	}
	return rest
}

func ownClear(t *h235.ClearToken) bool { return t.TokenOID == h235.OIDAccessToken }

func ownCrypto(t *h225.CryptoH323Token) bool {
	return t.CryptoEPPwdHash != nil ||
		t.NestedcryptoToken != nil && t.NestedcryptoToken.CryptoHashedToken != nil
}
