package h235

import "parley/h323/per"

// H235Key brings a media session key; H.245 carries its encoding in an OCTET
// STRING.
type H235Key struct {
	per.Choice
	SecureChannel      *per.BitString `per:"size=1..2048"`
	SharedSecret       *Encrypted
	CertProtectedKey   *Signed
	Extension          per.Extension
	SecureSharedSecret *V3KeySyncMaterial
	SecureChannelExt   *per.BitString `per:"size=2049..65536"`
}

// KeySignedMaterial is what H235Key's certProtectedKey signs.
type KeySignedMaterial struct {
	GeneralID Identifier `per:"name=generalId"`
	Mrandom   RandomVal
	Srandom   *RandomVal `per:"optional"`
	TimeStamp *TimeStamp `per:"optional"`
	Encrptval Encrypted
}

// KeySyncMaterial is what H235Key's sharedSecret encrypts.
type KeySyncMaterial struct {
	GeneralID   Identifier
	KeyMaterial per.BitString `per:"size=1..2048"`
	Extension   per.Extension
}

// V3KeySyncMaterial brings a session key between endpoints of H.235 version 3.
type V3KeySyncMaterial struct {
	GeneralID           Identifier `per:"optional"`
	AlgorithmOID        per.OID    `per:"optional"`
	ParamS              Params
	EncryptedSessionKey []byte  `per:"optional"`
	EncryptedSaltingKey []byte  `per:"optional"`
	ClearSaltingKey     []byte  `per:"optional"`
	ParamSsalt          *Params `per:"optional"`
	KeyDerivationOID    per.OID `per:"optional"`
	Extension           per.Extension
	GenericKeyMaterial  []byte
}
