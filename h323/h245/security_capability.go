package h245

import "parley/h323/per"

type H235SecurityCapability struct {
	EncryptionAuthenticationAndIntegrity EncryptionAuthenticationAndIntegrity
	MediaCapability                      CapabilityTableEntryNumber
	Extension                            per.Extension
}

type EncryptionAuthenticationAndIntegrity struct {
	EncryptionCapability          EncryptionCapability      `per:"optional"`
	AuthenticationCapability      *AuthenticationCapability `per:"optional"`
	IntegrityCapability           *IntegrityCapability      `per:"optional"`
	Extension                     per.Extension
	GenericH235SecurityCapability *GenericCapability
}

type EncryptionCapability []MediaEncryptionAlgorithm

// PERTag is the constraint.
func (EncryptionCapability) PERTag() string { return "size=1..256" }

type MediaEncryptionAlgorithm struct {
	per.Choice
	NonStandard *NonStandardParameter
	Algorithm   per.OID
	Extension   per.Extension
}

type AuthenticationCapability struct {
	NonStandard       *NonStandardParameter `per:"optional"`
	Extension         per.Extension
	AntiSpamAlgorithm *per.OID
}

type IntegrityCapability struct {
	NonStandard *NonStandardParameter `per:"optional"`
	Extension   per.Extension
}
