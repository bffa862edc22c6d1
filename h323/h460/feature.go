package h460

import (
	"parley/h323/h225"
	"parley/h323/per"
)

// Features by the number of their Recommendation, H.460.N.
const (
	RASOverSignalling   = 17
	SignallingTraversal = 18
	MediaTraversal      = 19
	TransportSecurity   = 22
)

// Identifier returns the identifier of feature H.460.n, or of a feature's
// parameter n.
func Identifier(n uint16) h225.GenericIdentifier { return h225.GenericIdentifier{Standard: &n} }

// Is tells whether the identifier is that of feature or parameter n.
func Is(id *h225.GenericIdentifier, n uint16) bool { return id.Standard != nil && *id.Standard == n }

// Feature returns the descriptor of feature H.460.n with the parameters. It is a
// featureDescriptor and a genericData alike (H.460.1).
func Feature(n uint16, parameters ...h225.EnumeratedParameter) h225.GenericData {
	return h225.GenericData{ID: Identifier(n), Parameters: parameters}
}

// Flag returns parameter n, which has no value: that it is there says it all.
func Flag(n uint16) h225.EnumeratedParameter { return h225.EnumeratedParameter{ID: Identifier(n)} }

// Raw returns parameter n with the octets.
func Raw(n uint16, octets []byte) h225.EnumeratedParameter {
	return h225.EnumeratedParameter{ID: Identifier(n), Content: &h225.Content{Raw: octets}}
}

// Encoded returns parameter n with the encoding of v. Its errors are those of
// per.Marshal.
func Encoded(n uint16, v any) (h225.EnumeratedParameter, error) {
	octets, err := per.Marshal(v)
	return Raw(n, octets), err
}

// Find returns feature H.460.n of a list, nil where it is not there.
func Find(list []h225.GenericData, n uint16) *h225.GenericData {
	for i := range list {
		if Is(&list[i].ID, n) {
			return &list[i]
		}
	}
	return nil
}

// FindIn returns feature H.460.n of a featureSet, whether it is needed, desired
// or supported; nil where it is in none. A nil set has none.
func FindIn(set *h225.FeatureSet, n uint16) *h225.GenericData {
	if set == nil {
		return nil
	}
	for _, list := range [...][]h225.FeatureDescriptor{set.NeededFeatures, set.DesiredFeatures, set.SupportedFeatures} {
		if f := Find(list, n); f != nil {
			return f
		}
	}
	return nil
}

// FindInSetup is FindIn for SETUP, which has the three lists itself.
func FindInSetup(s *h225.SetupUUIE, n uint16) *h225.GenericData {
	return FindIn(&h225.FeatureSet{
		NeededFeatures: s.NeededFeatures, DesiredFeatures: s.DesiredFeatures, SupportedFeatures: s.SupportedFeatures,
	}, n)
}

// Support returns the set with the feature among those supported, once. A nil
// set becomes one.
func Support(set *h225.FeatureSet, feature h225.GenericData) *h225.FeatureSet {
	if set == nil {
		set = new(h225.FeatureSet)
	}
	set.SupportedFeatures = With(set.SupportedFeatures, feature)
	return set
}

// With returns the list with the feature in it, in the place of one with the
// same number.
func With(list []h225.GenericData, feature h225.GenericData) []h225.GenericData {
	if feature.ID.Standard != nil {
		if f := Find(list, *feature.ID.Standard); f != nil {
			*f = feature
			return list
		}
	}
	return append(list, feature)
}

// Parameter returns parameter n of a feature, nil where it has none. A nil
// feature has none.
func Parameter(feature *h225.GenericData, n uint16) *h225.EnumeratedParameter {
	if feature == nil {
		return nil
	}
	for i := range feature.Parameters {
		if Is(&feature.Parameters[i].ID, n) {
			return &feature.Parameters[i]
		}
	}
	return nil
}

// Octets returns the raw content of parameter n of a feature; not ok: there is
// none.
func Octets(feature *h225.GenericData, n uint16) (octets []byte, ok bool) {
	p := Parameter(feature, n)
	if p == nil || p.Content == nil || p.Content.Raw == nil {
		return nil, false
	}
	return p.Content.Raw, true
}
