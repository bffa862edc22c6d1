package authentication

import (
	"strings"

	"parley/h323/h225"
	"parley/h323/h235"
)

// Claim is what a token says of who sent its message: not proved before
// Verifier.Verify.
type Claim struct {
	Method Method
	// Sender is the sendersID of H.235.1, an alias or an endpoint identifier,
	// empty in its first version; else the account's name.
	Sender string
	// Receiver is the generalID of H.235.1, empty where there is none.
	Receiver  string
	TimeStamp h235.TimeStamp

	hashed *h235.CryptoHashedToken
	hash   *h225.EPPwdHash
	access *h235.ClearToken
}

// Claims returns what the message's tokens claim, the strongest method first,
// at most four. Tokens of other kinds are passed over.
func Claims(c Carrier) []Claim {
	var byMethod [AccessToken + 1][]Claim
	for i := range *c.CryptoTokens {
		if claim, ok := cryptoClaim(&(*c.CryptoTokens)[i]); ok {
			byMethod[claim.Method] = append(byMethod[claim.Method], claim)
		}
	}
	for i := range *c.Tokens {
		t := &(*c.Tokens)[i]
		if t.IsAccessToken() {
			byMethod[AccessToken] = append(byMethod[AccessToken], Claim{
				Method: AccessToken, Sender: t.AccessName(), TimeStamp: *t.TimeStamp, access: t,
			})
		}
	}
	var all []Claim
	for _, claims := range byMethod {
		all = append(all, claims...)
	}
	return all[:min(len(all), maxClaims)]
}

func cryptoClaim(t *h225.CryptoH323Token) (Claim, bool) {
	if h := t.CryptoEPPwdHash; h != nil {
		return Claim{Method: PasswordMD5, Sender: name(&h.Alias), TimeStamp: h.TimeStamp, hash: h}, true
	}
	if t.NestedcryptoToken == nil {
		return Claim{}, false
	}
	h := t.NestedcryptoToken.CryptoHashedToken
	if h == nil || !h.IsProcedure1() {
		return Claim{}, false
	}
	return Claim{
		Method: HMACSHA196, hashed: h, TimeStamp: *h.HashedVals.TimeStamp,
		Sender:   strings.TrimRight(string(h.HashedVals.SendersID), "\x00"),
		Receiver: strings.TrimRight(string(h.HashedVals.GeneralID), "\x00"),
	}, true
}

// name returns the alias as the text that was hashed.
func name(a *h225.AliasAddress) string {
	switch {
	case a.H323ID != "":
		return strings.TrimRight(a.H323ID, "\x00")
	case a.DialledDigits != "":
		return a.DialledDigits
	case a.URLID != "":
		return a.URLID
	case a.EmailID != "":
		return a.EmailID
	}
	return ""
}

// prove checks the token itself against the octets of its message.
func (c *Claim) prove(octets []byte, password string) error {
	switch c.Method {
	case HMACSHA196:
		return c.hashed.Verify(octets, password)
	case PasswordMD5:
		return c.hash.Token.VerifyPassword(c.Sender, password, c.TimeStamp)
	default:
		return c.access.VerifyAccess(password)
	}
}

// once returns the hash by which a token is used once; nil where its sender may
// use it again within the second.
func (c *Claim) once() []byte {
	switch c.Method {
	case HMACSHA196:
		return c.hashed.Token.Hash.Bytes
	case AccessToken:
		return c.access.Challenge
	default:
		return nil
	}
}
