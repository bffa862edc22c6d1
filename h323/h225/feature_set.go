package h225

import "parley/h323/per"

// FeatureSet negotiates features (H.460.1).
type FeatureSet struct {
	ReplacementFeatureSet bool
	NeededFeatures        []FeatureDescriptor `per:"optional"`
	DesiredFeatures       []FeatureDescriptor `per:"optional"`
	SupportedFeatures     []FeatureDescriptor `per:"optional"`
	Extension             per.Extension
}

// FeatureDescriptor is a feature with its parameters.
type FeatureDescriptor = GenericData
