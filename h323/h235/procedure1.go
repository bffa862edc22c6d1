package h235

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"errors"
	"fmt"

	"parley/h323/per"
)

// ErrIntegrity says that a token does not prove the password.
var ErrIntegrity = errors.New("h235: hash does not match")

// hashOctets are the 96 bits that HMAC-SHA1-96 keeps.
const hashOctets = 12

// NewHashedToken returns the CryptoHashedToken of H.235.1 procedure I, the
// baseline profile: the hash over the whole message that carries it, yet zero.
// SetHash fills it in the encoded message. Sender is the sendersID, receiver
// the generalID; an empty one is left out. Of one sender, no two tokens have
// the same time and random.
func NewHashedToken(sender, receiver Identifier, now TimeStamp, random RandomVal) *CryptoHashedToken {
	return &CryptoHashedToken{
		TokenOID: OIDMessage,
		HashedVals: ClearToken{
			TokenOID: OIDClearToken, TimeStamp: &now, Random: &random,
			GeneralID: receiver, SendersID: sender,
		},
		Token: Hashed{
			AlgorithmOID: OIDHMACSHA196,
			Hash:         per.BitString{Bytes: make([]byte, hashOctets), Length: 8 * hashOctets},
		},
	}
}

// IsProcedure1 tells whether the token is one of H.235.1 procedure I, of any
// version of its identifiers, with time and random.
func (t *CryptoHashedToken) IsProcedure1() bool {
	return sameProcedure(t.TokenOID, OIDMessage) &&
		sameProcedure(t.HashedVals.TokenOID, OIDClearToken) &&
		sameProcedure(t.Token.AlgorithmOID, OIDHMACSHA196) &&
		t.HashedVals.TimeStamp != nil && t.HashedVals.Random != nil &&
		t.Token.Hash.Length == 8*hashOctets && len(t.Token.Hash.Bytes) == hashOctets
}

// SetHash returns the encoding of the message with the token's hash in it.
// Encode encodes the message that carries the token: a RasMessage, or of call
// signalling the whole Q.931 message without its TPKT header. It is called
// twice and must encode the same both times but for the hash. Its errors are
// returned; another is that it did not encode the token.
func (t *CryptoHashedToken) SetHash(password string, encode func() ([]byte, error)) ([]byte, error) {
	// Two encodings that differ in nothing but the hash tell its place, without a
	// pattern that could be found elsewhere.
	t.setHash(bytes.Repeat([]byte{0xff}, hashOctets))
	ones, err := encode()
	if err != nil {
		return nil, err
	}
	ones = bytes.Clone(ones)
	t.setHash(make([]byte, hashOctets))
	zeros, err := encode()
	if err != nil {
		return nil, err
	}
	at, ok := difference(ones, zeros)
	if !ok {
		return nil, errors.New("h235: the message does not carry the token")
	}
	hash := procedure1Hash(password, zeros, at)
	t.setHash(hash)
	copy(zeros[at:], hash)
	return zeros, nil
}

func (t *CryptoHashedToken) setHash(hash []byte) {
	t.Token.Hash = per.BitString{Bytes: hash, Length: 8 * len(hash)}
}

// difference returns where the hash field of ones lies in zeros; not ok where
// they differ in anything else.
func difference(ones, zeros []byte) (at int, ok bool) {
	if len(ones) != len(zeros) {
		return 0, false
	}
	for at < len(ones) && ones[at] == zeros[at] {
		at++
	}
	end := at + hashOctets
	ok = end <= len(ones) && bytes.Equal(ones[end:], zeros[end:]) &&
		bytes.Equal(ones[at:end], bytes.Repeat([]byte{0xff}, hashOctets)) &&
		bytes.Equal(zeros[at:end], make([]byte, hashOctets))
	return at, ok
}

// Verify proves by the password the message that carried the token. Octets are
// the message as it was received: its sender may encode what PER leaves open
// unlike us. It does not judge time, random, sender and receiver. The errors
// wrap ErrIntegrity.
func (t *CryptoHashedToken) Verify(octets []byte, password string) error {
	if !t.IsProcedure1() {
		return fmt.Errorf("%w: not a token of procedure I", ErrIntegrity)
	}
	hash := t.Token.Hash.Bytes
	from := 0
	for range maxHashFields {
		i := bytes.Index(octets[from:], hash)
		if i < 0 {
			break
		}
		at := from + i
		if hmac.Equal(procedure1Hash(password, octets, at), hash) {
			return nil
		}
		from = at + 1
	}
	return ErrIntegrity
}

// procedure1Hash is HMAC-SHA1-96 over the message with zeros for its hash field
// at that offset; the key is the SHA-1 of the password.
func procedure1Hash(password string, message []byte, at int) []byte {
	key := sha1.Sum([]byte(password))
	mac := hmac.New(sha1.New, key[:])
	mac.Write(message[:at])
	mac.Write(make([]byte, hashOctets))
	mac.Write(message[at+hashOctets:])
	return mac.Sum(nil)[:hashOctets]
}
