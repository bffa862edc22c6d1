package h245

import "parley/h323/per"

// H235SecurityCapability is a media capability with the ways to protect it.
type H235SecurityCapability struct {
	EncryptionAuthenticationAndIntegrity EncryptionAuthenticationAndIntegrity
	MediaCapability                      CapabilityTableEntryNumber
	Extension                            per.Extension
}

// EncryptionAuthenticationAndIntegrity is how media is protected by H.235.
type EncryptionAuthenticationAndIntegrity struct {
	EncryptionCapability          EncryptionCapability      `per:"optional"`
	AuthenticationCapability      *AuthenticationCapability `per:"optional"`
	IntegrityCapability           *IntegrityCapability      `per:"optional"`
	Extension                     per.Extension
	GenericH235SecurityCapability *GenericCapability
}

// EncryptionCapability lists ciphers by preference.
type EncryptionCapability []MediaEncryptionAlgorithm

// PERTag is the constraint.
func (EncryptionCapability) PERTag() string { return "size=1..256" }

// MediaEncryptionAlgorithm is a cipher, such as AES-128 in CBC mode by its
// object identifier.
type MediaEncryptionAlgorithm struct {
	per.Choice
	NonStandard *NonStandardParameter
	Algorithm   per.OID
	Extension   per.Extension
}

// AuthenticationCapability is how the sender is proved.
type AuthenticationCapability struct {
	NonStandard       *NonStandardParameter `per:"optional"`
	Extension         per.Extension
	AntiSpamAlgorithm *per.OID
}

// IntegrityCapability is how packets are proved unchanged.
type IntegrityCapability struct {
	NonStandard *NonStandardParameter `per:"optional"`
	Extension   per.Extension
}
