package h235

import (
	"crypto/md5"
	"crypto/subtle"
	"fmt"

	"parley/h323/per"
)

// HashPassword returns the token of H.225.0's cryptoEPPwdHash and
// cryptoGKPwdHash: MD5 over the encoded ClearToken of the name, the password
// and the time (H.235.0, password-based authentication). Name is the alias or
// the gatekeeper's identifier beside it. The error is that a name or password
// does not fit the ClearToken: 1 to 127 UTF-16 units each.
func HashPassword(name, password string, now TimeStamp) (Hashed, error) {
	hash, err := passwordHash(name, password, now, true)
	if err != nil {
		return Hashed{}, err
	}
	return Hashed{AlgorithmOID: OIDMD5, Hash: per.BitString{Bytes: hash, Length: 8 * len(hash)}}, nil
}

// VerifyPassword proves the token by the password. Nothing but the time keeps
// it from being used again. The errors wrap ErrIntegrity.
func (h *Hashed) VerifyPassword(name, password string, sent TimeStamp) error {
	if h.AlgorithmOID != OIDMD5 || h.Hash.Length != 8*md5.Size {
		return fmt.Errorf("%w: algorithm %s", ErrIntegrity, h.AlgorithmOID)
	}
	equal := 0
	for _, terminated := range [...]bool{true, false} {
		hash, err := passwordHash(name, password, sent, terminated)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrIntegrity, err)
		}
		equal |= subtle.ConstantTimeCompare(hash, h.Hash.Bytes)
	}
	if equal != 1 {
		return ErrIntegrity
	}
	return nil
}

// passwordHash ends name and password with a zero where terminated: so do
// Cisco's gateways, and after them all of the OpenH323 family and GnuGk. The
// standard knows of none.
func passwordHash(name, password string, now TimeStamp, terminated bool) ([]byte, error) {
	end := ""
	if terminated {
		end = "\x00"
	}
	data, err := per.Marshal(&ClearToken{
		TokenOID: oidNone, TimeStamp: &now,
		Password: Password(password + end), GeneralID: Identifier(name + end),
	})
	sum := md5.Sum(data)
	return sum[:], err
}
