package h235

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"strings"
)

// NewAccessToken returns the access token of Cisco's gateways (CAT), a
// ClearToken: as a CHAP response to a RADIUS server, its challenge is MD5 over
// random, password and time. Of one sender, no two tokens have the same time
// and random.
func NewAccessToken(name, password string, now TimeStamp, random byte) *ClearToken {
	value := RandomVal(random)
	hash := accessHash(password, now, random)
	return &ClearToken{
		TokenOID: OIDAccessToken, TimeStamp: &now, Random: &value,
		// The peers write the zero that ends the name.
		GeneralID: Identifier(name + "\x00"), Challenge: hash[:],
	}
}

// IsAccessToken tells whether the token is one of Cisco's, with all that it
// needs.
func (t *ClearToken) IsAccessToken() bool {
	return t.TokenOID == OIDAccessToken && t.TimeStamp != nil && t.Random != nil &&
		t.GeneralID != "" && len(t.Challenge) == md5.Size
}

// AccessName returns whose access token it is.
func (t *ClearToken) AccessName() string {
	return strings.TrimRight(string(t.GeneralID), "\x00")
}

// VerifyAccess proves the access token by the password. The errors wrap
// ErrIntegrity.
func (t *ClearToken) VerifyAccess(password string) error {
	// The one octet is written as an INTEGER, by some makers a signed one.
	if !t.IsAccessToken() || *t.Random < -128 || *t.Random > 255 {
		return fmt.Errorf("%w: not an access token", ErrIntegrity)
	}
	hash := accessHash(password, *t.TimeStamp, byte(*t.Random))
	if subtle.ConstantTimeCompare(hash[:], t.Challenge) != 1 {
		return ErrIntegrity
	}
	return nil
}

func accessHash(password string, now TimeStamp, random byte) [md5.Size]byte {
	data := append([]byte{random}, password...)
	return md5.Sum(binary.BigEndian.AppendUint32(data, uint32(now)))
}
