package gatekeeper

import "parley/h323/h225"

// features answers what an endpoint offers (H.460.1). H.460.18 is traversal of
// firewalls by SCI: it takes its place here, in GCF and RCF, when the proxy can
// carry such calls; what is not offered, no endpoint uses.
func (z *zone) features(_ *h225.FeatureSet) *h225.FeatureSet { return nil }
