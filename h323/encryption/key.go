package encryption

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"

	"parley/h323/h235"
	"parley/h323/h245"
	"parley/h323/per"
)

// The algorithms, as in encryptionCapability of H.245.
const (
	// AES128 is AES with a key of 128 bits in CBC mode: the one of all peers.
	AES128 per.OID = "2.16.840.1.101.3.4.1.2"
	// AES256 is the same with 256 bits; peers take it with DH2048.
	AES256 per.OID = "2.16.840.1.101.3.4.1.42"
)

// keySize in octets; 0 of what is not known.
func keySize(algorithm per.OID) int {
	switch algorithm {
	case AES128:
		return 16
	case AES256:
		return 32
	}
	return 0
}

// Algorithms returns what can be offered with the group, the best first: the
// exchange is not to be weaker than the cipher.
func (g Group) Algorithms() []per.OID {
	if g == DH2048 {
		return []per.OID{AES256, AES128}
	}
	return []per.OID{AES128}
}

// Secret is what both sides of a call share after the exchange.
type Secret struct {
	// Group it is of.
	Group  Group
	shared []byte
}

// Key is a media key of one logical channel.
type Key struct {
	Algorithm per.OID
	Octets    []byte
}

// NewKey makes a key. The error is ErrUnsupported.
func NewKey(algorithm per.OID) (Key, error) {
	k := Key{Algorithm: algorithm, Octets: make([]byte, keySize(algorithm))}
	if len(k.Octets) == 0 {
		return k, fmt.Errorf("%w: algorithm %s", ErrUnsupported, algorithm)
	}
	_, err := rand.Read(k.Octets)
	return k, err
}

// cipher returns the cipher that protects media keys. Its key is as many of the
// least significant bits of the secret as the algorithm of the media takes
// (H.235.6, session key distribution).
func (s *Secret) cipher(algorithm per.OID) (cipher.Block, error) {
	n := keySize(algorithm)
	if n == 0 || n > len(s.shared) {
		return nil, fmt.Errorf("%w: algorithm %s", ErrUnsupported, algorithm)
	}
	return aes.NewCipher(s.shared[len(s.shared)-n:])
}

// Sync returns the encryptionSync by which the master hands the key out. From
// packets of payloadType on the key holds; it is 96 to 127, that of the channel,
// and another one for each further key.
func (s *Secret) Sync(k Key, payloadType uint8) (*h245.EncryptionSync, error) {
	block, err := s.cipher(k.Algorithm)
	if err != nil {
		return nil, err
	}
	if len(k.Octets) != keySize(k.Algorithm) {
		return nil, fmt.Errorf("%w: a key of %d octets for %s", ErrMalformed, len(k.Octets), k.Algorithm)
	}
	wrapped := make([]byte, len(k.Octets))
	// Whole blocks, an initial value of zero: what is encrypted is random.
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(wrapped, k.Octets)
	octets, err := per.Marshal(&h235.H235Key{SecureSharedSecret: &h235.V3KeySyncMaterial{
		AlgorithmOID: k.Algorithm, EncryptedSessionKey: wrapped,
	}})
	if err != nil {
		return nil, err
	}
	return &h245.EncryptionSync{SynchFlag: payloadType, H235Key: octets}, nil
}

// Key reads the key that the master handed out for a channel of the algorithm.
// The errors wrap ErrMalformed and ErrUnsupported.
func (s *Secret) Key(sync *h245.EncryptionSync, algorithm per.OID) (Key, error) {
	var carried h235.H235Key
	if _, err := per.Unmarshal(sync.H235Key, &carried); err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	m := carried.SecureSharedSecret
	if m == nil {
		return Key{}, fmt.Errorf("%w: transport of the media key", ErrUnsupported)
	}
	// Some leave the algorithm out, as the channel's data type has it.
	if m.AlgorithmOID != "" && m.AlgorithmOID != algorithm {
		return Key{}, fmt.Errorf("%w: key of %s for a channel of %s", ErrMalformed, m.AlgorithmOID, algorithm)
	}
	block, err := s.cipher(algorithm)
	if err != nil {
		return Key{}, err
	}
	if len(m.EncryptedSessionKey) != keySize(algorithm) {
		return Key{}, fmt.Errorf("%w: a key of %d octets", ErrMalformed, len(m.EncryptedSessionKey))
	}
	k := Key{Algorithm: algorithm, Octets: make([]byte, len(m.EncryptedSessionKey))}
	cipher.NewCBCDecrypter(block, initialValue(&m.ParamS)).CryptBlocks(k.Octets, m.EncryptedSessionKey)
	return k, nil
}

// initialValue is that of the parameters, zero where they have none.
func initialValue(p *h235.Params) []byte {
	switch {
	case p.IV16 != nil:
		return p.IV16[:]
	case len(p.IV) == aes.BlockSize:
		return p.IV
	}
	return make([]byte, aes.BlockSize)
}
