package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// CryptoH323Token is one of H.323's own tokens, or one of H.235.
type CryptoH323Token struct {
	per.Choice
	CryptoEPPwdHash   *EPPwdHash
	CryptoGKPwdHash   *GKPwdHash
	CryptoEPPwdEncr   *h235.Encrypted
	CryptoGKPwdEncr   *h235.Encrypted
	CryptoEPCert      *h235.Signed
	CryptoGKCert      *h235.Signed
	CryptoFastStart   *h235.Signed
	NestedcryptoToken *h235.CryptoToken
	Extension         per.Extension
}

// EPPwdHash is an endpoint's password, hashed with its alias and the time.
type EPPwdHash struct {
	Alias     AliasAddress
	TimeStamp h235.TimeStamp
	Token     h235.Hashed
}

// GKPwdHash is a gatekeeper's password, hashed with its identifier and the time.
type GKPwdHash struct {
	GatekeeperID GatekeeperIdentifier `per:"name=gatekeeperId"`
	TimeStamp    h235.TimeStamp
	Token        h235.Hashed
}
