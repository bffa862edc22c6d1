package webrtc

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// token lets a page return to its seat. Its first half finds the seat, its
// second is the secret and compared in constant time.
type token struct{ name, secret string }

// newToken returns a token of 96 and 192 random bits.
func newToken() token {
	var b [36]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	return token{
		name:   base64.RawURLEncoding.EncodeToString(b[:12]),
		secret: base64.RawURLEncoding.EncodeToString(b[12:]),
	}
}

// String is the form in which the page keeps it.
func (t token) String() string { return t.name + "." + t.secret }

// parseToken splits what a page sent.
func parseToken(s string) (token, bool) {
	name, secret, ok := strings.Cut(s, ".")
	return token{name, secret}, ok && name != "" && secret != ""
}

// equal compares the secrets.
func (t token) equal(o token) bool {
	return subtle.ConstantTimeCompare([]byte(t.secret), []byte(o.secret)) == 1
}
