package h245

import "parley/h323/per"

// EncryptionSync hands a media key out, and tells the payload type (SynchFlag)
// from which it holds (H.235.6).
type EncryptionSync struct {
	NonStandard      *NonStandardParameter `per:"optional"`
	SynchFlag        uint8                 `per:"range=0..255"`
	H235Key          []byte                `per:"size=1..65535"`
	Escrowentry      []EscrowData          `per:"optional,size=1..256"`
	Extension        per.Extension
	GenericParameter *GenericParameter
}

// EscrowData is a key's part for somebody who may listen by law.
type EscrowData struct {
	EscrowID    per.OID
	EscrowValue per.BitString `per:"size=1..65535"`
	Extension   per.Extension
}

// EncryptionCommand is that of H.233 in H.324.
type EncryptionCommand struct {
	per.Choice
	EncryptionSE          []byte
	EncryptionIVRequest   *per.Null
	EncryptionAlgorithmID *EncryptionAlgorithmID
	Extension             per.Extension
}

// EncryptionAlgorithmID names the cipher of H.233.
type EncryptionAlgorithmID struct {
	H233AlgorithmIdentifier SequenceNumber
	AssociatedAlgorithm     NonStandardParameter
}

// EncryptionUpdateDirection tells whose channel gets a new key.
type EncryptionUpdateDirection struct {
	per.Choice
	MasterToSlave *per.Null
	SlaveToMaster *per.Null
	Extension     per.Extension
}

// EncryptionUpdateRequest asks the master for a new key.
type EncryptionUpdateRequest struct {
	KeyProtectionMethod *KeyProtectionMethod `per:"optional"`
	Extension           per.Extension
	SynchFlag           *uint8 `per:"range=0..255"`
}

// KeyProtectionMethod tells how a media key may be protected on its way.
type KeyProtectionMethod struct {
	SecureChannel    bool
	SharedSecret     bool
	CertProtectedKey bool
	Extension        per.Extension
}

// EncryptionMode is the encryption that is asked for.
type EncryptionMode struct {
	per.Choice
	NonStandard    *NonStandardParameter
	H233Encryption *per.Null
	Extension      per.Extension
}
