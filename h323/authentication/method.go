package authentication

import (
	"slices"

	"parley/h323/h235"
	"parley/h323/per"
)

// Method is a way to prove a password.
type Method uint8

const (
	// HMACSHA196 is H.235.1 procedure I: proves the sender and the whole message.
	HMACSHA196 Method = iota + 1
	// PasswordMD5 is cryptoEPPwdHash: proves the sender, for as long as the
	// Verifier's window is.
	PasswordMD5
	// AccessToken is that of Cisco's gateways: proves the sender.
	AccessToken
)

// Methods returns all there are, the strongest first.
func Methods() []Method { return []Method{HMACSHA196, PasswordMD5, AccessToken} }

func (m Method) String() string {
	switch m {
	case HMACSHA196:
		return "H.235.1"
	case PasswordMD5:
		return "MD5"
	case AccessToken:
		return "CAT"
	}
	return "none"
}

// OID returns the algorithm's identifier.
func (m Method) OID() per.OID {
	switch m {
	case HMACSHA196:
		return h235.OIDHMACSHA196
	case PasswordMD5:
		return h235.OIDMD5
	case AccessToken:
		return h235.OIDAccessToken
	}
	return ""
}

// Mechanism returns the mechanism of H.225.0 that the method is of.
func (m Method) Mechanism() h235.AuthenticationMechanism {
	if m == AccessToken {
		return h235.AuthenticationMechanism{
			AuthenticationBES: &h235.AuthenticationBES{Radius: &per.Null{}},
		}
	}
	return h235.AuthenticationMechanism{PwdHash: &per.Null{}}
}

// Offer returns the authenticationCapability and algorithmOIDs of a GRQ.
func Offer(methods ...Method) ([]h235.AuthenticationMechanism, []per.OID) {
	var mechanisms []h235.AuthenticationMechanism
	var algorithms []per.OID
	for _, m := range methods {
		mechanism := m.Mechanism()
		if !slices.ContainsFunc(mechanisms, func(a h235.AuthenticationMechanism) bool { return same(a, mechanism) }) {
			mechanisms = append(mechanisms, mechanism)
		}
		algorithms = append(algorithms, m.OID())
	}
	return mechanisms, algorithms
}

// Choose returns the first of the methods that is in a GRQ's
// authenticationCapability and algorithmOIDs, or is what a GCF's
// authenticationMode and algorithmOID chose. Not ok: none is.
func Choose(mechanisms []h235.AuthenticationMechanism, algorithms []per.OID, methods ...Method) (chosen Method, ok bool) {
	for _, m := range methods {
		mechanism := m.Mechanism()
		if slices.Contains(algorithms, m.OID()) &&
			slices.ContainsFunc(mechanisms, func(a h235.AuthenticationMechanism) bool { return same(a, mechanism) }) {
			return m, true
		}
	}
	return 0, false
}

// same tells whether both are pwdHash, or both RADIUS.
func same(a, b h235.AuthenticationMechanism) bool {
	radius := func(m h235.AuthenticationMechanism) bool {
		return m.AuthenticationBES != nil && m.AuthenticationBES.Radius != nil
	}
	return a.PwdHash != nil && b.PwdHash != nil || radius(a) && radius(b)
}
