package h245

import "parley/h323/per"

type EncryptionSync struct {
	NonStandard      *NonStandardParameter `per:"optional"`
	SynchFlag        uint8                 `per:"range=0..255"`
	H235Key          []byte                `per:"size=1..65535"`
	Escrowentry      []EscrowData          `per:"optional,size=1..256"`
	Extension        per.Extension
	GenericParameter *GenericParameter
}

type EscrowData struct {
	EscrowID    per.OID
	EscrowValue per.BitString `per:"size=1..65535"`
	Extension   per.Extension
}

type EncryptionCommand struct {
	per.Choice
	EncryptionSE          []byte
	EncryptionIVRequest   *per.Null
	EncryptionAlgorithmID *EncryptionAlgorithmID
	Extension             per.Extension
}

type EncryptionAlgorithmID struct {
	H233AlgorithmIdentifier SequenceNumber
	AssociatedAlgorithm     NonStandardParameter
}

type EncryptionUpdateDirection struct {
	per.Choice
	MasterToSlave *per.Null
	SlaveToMaster *per.Null
	Extension     per.Extension
}

type EncryptionUpdateRequest struct {
	KeyProtectionMethod *KeyProtectionMethod `per:"optional"`
	Extension           per.Extension
	SynchFlag           *uint8 `per:"range=0..255"`
}

type KeyProtectionMethod struct {
	SecureChannel    bool
	SharedSecret     bool
	CertProtectedKey bool
	Extension        per.Extension
}

type EncryptionMode struct {
	per.Choice
	NonStandard    *NonStandardParameter
	H233Encryption *per.Null
	Extension      per.Extension
}
