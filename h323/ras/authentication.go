package ras

import (
	"errors"
	"time"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

// Method is how a message is proved to be of its sender.
type Method uint8

// The methods.
const (
	NoAuthentication Method = iota
	// PasswordHash is MD5 over password, name and time (cryptoEPPwdHash). It
	// proves the sender, not the message.
	PasswordHash
	// HMACSHA1 is H.235.1 procedure I: HMAC-SHA1-96 over the whole message.
	HMACSHA1
	// AccessToken is that of Cisco's gateways.
	AccessToken
)

func (m Method) String() string {
	return [...]string{"none", "md5", "h235.1", "cat"}[m]
}

// capability is what GRQ offers (H.225.0 clause 7.8.1).
func (m Method) capability() ([]h235.AuthenticationMechanism, []per.OID) {
	switch m {
	case PasswordHash:
		return []h235.AuthenticationMechanism{{PwdHash: &per.Null{}}}, []per.OID{h235.OIDMD5}
	case HMACSHA1:
		return []h235.AuthenticationMechanism{{PwdHash: &per.Null{}}}, []per.OID{h235.OIDHMACSHA196}
	}
	return nil, nil
}

// Credentials are what messages are signed with.
type Credentials struct {
	Method         Method
	User, Password string
}

// Signer signs messages; it sees to it that no two tokens are the same. It is not
// safe for concurrent use.
type Signer struct {
	random func() uint32
	count  uint32
}

// NewSigner takes chance from random.
func NewSigner(random func() uint32) *Signer { return &Signer{random: random, count: random()} }

// Sign encodes a message with the token that the credentials make; receiver is
// the identifier of whom it is for, where known. The message is changed.
func (s *Signer) Sign(now time.Time, m *h225.RasMessage, c Credentials, receiver string) ([]byte, error) {
	if c.Method == NoAuthentication {
		return per.Marshal(m)
	}
	tokens, clear := member[[]h225.CryptoH323Token](m, "CryptoTokens"), member[[]h235.ClearToken](m, "Tokens")
	if tokens == nil || clear == nil {
		return nil, errors.New("RAS: a message that holds no tokens")
	}
	s.count++
	stamp := h235.TimeStamp(now.Unix())
	switch c.Method {
	case HMACSHA1:
		random := h235.RandomVal(s.count & 0x7fffffff)
		token := h235.NewHashedToken(h235.Identifier(c.User), h235.Identifier(receiver), stamp, random)
		*tokens = append(*tokens, h225.CryptoH323Token{NestedcryptoToken: &h235.CryptoToken{CryptoHashedToken: token}})
		return token.SetHash(c.Password, func() ([]byte, error) { return per.Marshal(m) })
	case PasswordHash:
		hash, err := h235.HashPassword(c.User, c.Password, stamp)
		if err != nil {
			return nil, err
		}
		*tokens = append(*tokens, h225.CryptoH323Token{CryptoEPPwdHash: &h225.EPPwdHash{
			Alias: h225.AliasAddress{H323ID: c.User}, TimeStamp: stamp, Token: hash,
		}})
	case AccessToken:
		*clear = append(*clear, *h235.NewAccessToken(c.User, c.Password, stamp, byte(s.count)))
	}
	return per.Marshal(m)
}

// Proof is a token of a received message, by which its sender can be proved.
type Proof struct {
	Method Method
	// Sender is whose password it is made with: an alias, a user's name or an
	// endpointIdentifier.
	Sender string
	// Receiver is whom it is for, empty where not said.
	Receiver string

	sent     h235.TimeStamp
	message  *h235.CryptoHashedToken
	password *h225.EPPwdHash
	access   *h235.ClearToken
}

// Proofs returns the tokens of a message that are understood.
func Proofs(m *h225.RasMessage) []Proof {
	var all []Proof
	for _, t := range CryptoTokens(m) {
		switch {
		case t.CryptoEPPwdHash != nil:
			h := t.CryptoEPPwdHash
			all = append(all, Proof{Method: PasswordHash, Sender: AliasText(h.Alias), sent: h.TimeStamp, password: h})
		case t.NestedcryptoToken != nil && t.NestedcryptoToken.CryptoHashedToken != nil:
			h := t.NestedcryptoToken.CryptoHashedToken
			if h.IsProcedure1() {
				v := &h.HashedVals
				all = append(all, Proof{Method: HMACSHA1, Sender: string(v.SendersID), Receiver: string(v.GeneralID), sent: *v.TimeStamp, message: h})
			}
		}
	}
	tokens := Tokens(m)
	for i := range tokens {
		if t := &tokens[i]; t.IsAccessToken() {
			all = append(all, Proof{Method: AccessToken, Sender: t.AccessName(), sent: *t.TimeStamp, access: t})
		}
	}
	return all
}

// NewReplay returns the memory of one sender's tokens that Verify asks for.
func NewReplay() *h235.Replay { return &h235.Replay{Window: clockSkew, Capacity: maxReplay} }

// Verify proves the message, whose octets are those received. The errors are
// those of h235: ErrIntegrity, ErrTime, ErrReplay.
func (p *Proof) Verify(now time.Time, octets []byte, password string, replay *h235.Replay) error {
	var hash []byte
	var err error
	switch p.Method {
	case HMACSHA1:
		hash, err = p.message.Token.Hash.Bytes, p.message.Verify(octets, password)
	case PasswordHash:
		err = p.password.Token.VerifyPassword(p.Sender, password, p.sent)
	case AccessToken:
		err = p.access.VerifyAccess(password)
	default:
		err = h235.ErrIntegrity
	}
	if err != nil {
		return err
	}
	if hash == nil {
		// It does not depend on the message: all of one second are the same.
		return replay.CheckTime(p.sent, now)
	}
	return replay.Accept(hash, p.sent, now)
}
