package h450

import (
	"parley/h323/h225"
	"parley/h323/per"
)

// SupplementaryService is what one h4501SupplementaryService of H.225.0 holds
// (H.450.1, module H4501-Supplementary-ServiceAPDU-Structure).
type SupplementaryService struct {
	NetworkFacilityExtension *NetworkFacilityExtension `per:"optional"`
	InterpretationApdu       *InterpretationApdu       `per:"optional"`
	ServiceApdu              ServiceApdus
	Extension                per.Extension
}

// NetworkFacilityExtension says for which entity on the call's way the APDUs
// are: without it, for the endpoint at its end (H.450.1 clause 8.1).
type NetworkFacilityExtension struct {
	SourceEntity             EntityType
	SourceEntityAddress      *h225.AliasAddress `per:"optional"`
	DestinationEntity        EntityType
	DestinationEntityAddress *h225.AliasAddress `per:"optional"`
	Extension                per.Extension
}

// EntityType is who is meant.
type EntityType struct {
	per.Choice
	Endpoint  *per.Null
	AnyEntity *per.Null
	Extension per.Extension
}

// InterpretationApdu says what becomes of operations that are not known; absent,
// they are rejected (H.450.1 clause 8.2).
type InterpretationApdu struct {
	per.Choice
	DiscardAnyUnrecognizedInvokePDU      *per.Null `per:"name=discardAnyUnrecognizedInvokePdu"`
	ClearCallIfAnyInvokePDUNotRecognized *per.Null `per:"name=clearCallIfAnyInvokePduNotRecognized"`
	RejectAnyUnrecognizedInvokePDU       *per.Null `per:"name=rejectAnyUnrecognizedInvokePdu"`
	Extension                            per.Extension
}

// ServiceApdus are the operations.
type ServiceApdus struct {
	per.Choice
	ROSApdus  []ROS `per:"size=1..,name=rosApdus"`
	Extension per.Extension
}

// Unmarshal decodes one h4501SupplementaryService. Its errors are those of
// per.Unmarshal.
func Unmarshal(octets []byte) (*SupplementaryService, error) {
	s := new(SupplementaryService)
	if _, err := per.Unmarshal(octets, s); err != nil {
		return nil, err
	}
	return s, nil
}

// Marshal returns the encoding. Its errors are those of per.Marshal.
func (s *SupplementaryService) Marshal() ([]byte, error) { return per.Marshal(s) }
