package h235

import "parley/h323/per"

// AuthenticationMechanism is a way of authentication that an endpoint offers or
// a gatekeeper chose.
type AuthenticationMechanism struct {
	per.Choice
	DHExch            *per.Null
	PwdSymEnc         *per.Null
	PwdHash           *per.Null
	CertSign          *per.Null
	IPsec             *per.Null `per:"name=ipsec"`
	TLS               *per.Null
	NonStandard       *NonStandardParameter
	Extension         per.Extension
	AuthenticationBES *AuthenticationBES
	KeyExch           per.OID
}

// AuthenticationBES is authentication through a back-end service.
type AuthenticationBES struct {
	per.Choice
	Default   *per.Null
	Radius    *per.Null
	Extension per.Extension
}

// TypedCertificate is a certificate and the OID of its kind.
type TypedCertificate struct {
	Type        per.OID
	Certificate []byte
	Extension   per.Extension
}

// H235CertificateSignature answers a request for a certificate in H.245.
type H235CertificateSignature struct {
	Certificate     TypedCertificate
	ResponseRandom  RandomVal
	RequesterRandom *RandomVal `per:"optional"`
	Signature       Signed
	Extension       per.Extension
}

// ReturnSig is what H235CertificateSignature signs.
type ReturnSig struct {
	GeneralID      Identifier `per:"name=generalId"`
	ResponseRandom RandomVal
	RequestRandom  *RandomVal        `per:"optional"`
	Certificate    *TypedCertificate `per:"optional"`
}
