package gatekeeper

import (
	"parley/h323/h225"
	"parley/h323/h460"
)

// features answers what an endpoint offers (H.460.1). H.460.18 is confirmed where
// there is who carries such calls; what is not offered, no endpoint uses.
func (z *zone) features(r *request, offered *h225.FeatureSet) *h225.FeatureSet {
	switch {
	case r.datagram.Tunnel && h460.FindIn(offered, h460.RASOverSignalling) != nil:
		return h460.Support(nil, h460.Feature(h460.RASOverSignalling))
	case r.datagram.Tunnel:
		return nil
	case z.traversable(offered):
		return h460.Support(nil, h460.Feature(h460.SignallingTraversal))
	case z.secures(offered):
		return h460.Support(nil, h460.Feature(h460.TransportSecurity))
	}
	return nil
}

// traversable tells whether an endpoint is to be reached as one behind a firewall:
// it offers H.460.18, and we do.
func (z *zone) traversable(offered *h225.FeatureSet) bool {
	return z.cfg.Traversal.IsValid() && h460.FindIn(offered, h460.SignallingTraversal) != nil
}
