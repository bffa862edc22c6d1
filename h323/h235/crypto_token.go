package h235

import "parley/h323/per"

// CryptoToken is a token that is encrypted, signed or hashed (H.235.0 clause 9).
type CryptoToken struct {
	per.Choice
	CryptoEncryptedToken *CryptoEncryptedToken
	CryptoSignedToken    *CryptoSignedToken
	CryptoHashedToken    *CryptoHashedToken
	CryptoPwdEncr        *Encrypted
	Extension            per.Extension
}

// CryptoEncryptedToken is an encrypted ClearToken.
type CryptoEncryptedToken struct {
	TokenOID per.OID
	Token    Encrypted
}

// CryptoSignedToken is a signed ClearToken.
type CryptoSignedToken struct {
	TokenOID per.OID
	Token    Signed
}

// CryptoHashedToken is a ClearToken with the hash over it or over the whole
// message, as the token's OID says (H.235.1).
type CryptoHashedToken struct {
	TokenOID   per.OID
	HashedVals ClearToken
	Token      Hashed
}

// Signed is SIGNED{}: a value in its own encoding, and the signature over these
// very octets.
type Signed struct {
	ToBeSigned   per.OpenType
	AlgorithmOID per.OID
	ParamS       Params
	Signature    per.BitString
}

// Encrypted is ENCRYPTED{}: the ciphertext of an encoded value.
type Encrypted struct {
	AlgorithmOID  per.OID
	ParamS        Params
	EncryptedData []byte
}

// Hashed is HASHED{}: a hash alone; what it was taken over is known to both.
type Hashed struct {
	AlgorithmOID per.OID
	ParamS       Params
	Hash         per.BitString
}

// Params are what an algorithm needs at run time.
type Params struct {
	RanInt    *int64 `per:"optional"`
	IV8       *IV8   `per:"optional"`
	Extension per.Extension
	IV16      *IV16
	IV        []byte
	ClearSalt []byte
}

// IV8 is the initial value of a 64-bit block cipher.
type IV8 [8]byte

// IV16 is the initial value of a 128-bit block cipher.
type IV16 [16]byte
