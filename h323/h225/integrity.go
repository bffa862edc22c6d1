package h225

import "parley/h323/per"

// IntegrityMechanism is a way to protect RAS messages from change.
type IntegrityMechanism struct {
	per.Choice
	NonStandard *NonStandardParameter
	DigSig      *per.Null
	ISO9797     per.OID
	NonIsoIM    *NonIsoIntegrityMechanism
	Extension   per.Extension
}

// NonIsoIntegrityMechanism is a keyed hash.
type NonIsoIntegrityMechanism struct {
	per.Choice
	HMACMD5        *per.Null      `per:"name=hMAC-MD5"`
	HMACISO101182s *EncryptIntAlg `per:"name=hMAC-iso10118-2-s"`
	HMACISO101182l *EncryptIntAlg `per:"name=hMAC-iso10118-2-l"`
	HMACISO101183  per.OID        `per:"name=hMAC-iso10118-3"`
	Extension      per.Extension
}

// EncryptIntAlg is a cipher used for integrity.
type EncryptIntAlg struct {
	per.Choice
	NonStandard  *NonStandardParameter
	IsoAlgorithm per.OID
	Extension    per.Extension
}

// ICV is an integrity check value over the whole message.
type ICV struct {
	AlgorithmOID per.OID
	ICV          per.BitString
}
