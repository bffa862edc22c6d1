package h460

import (
	"net/netip"

	"parley/h323/h225"
)

// Parameters of H.460.22, and of its parameter for TLS.
const (
	securityTLS       = 1
	securityPriority  = 1
	connectionAddress = 2
)

// OfferTLS returns the feature that tells a gatekeeper where calls are taken over
// TLS (H.460.22); an address that is not valid: only that they are made so.
func OfferTLS(at netip.AddrPort) h225.GenericData {
	first := uint8(1)
	settings := []h225.EnumeratedParameter{{ID: Identifier(securityPriority), Content: &h225.Content{Number8: &first}}}
	if at.IsValid() {
		to := h225.TransportAddressOf(at)
		settings = append(settings, h225.EnumeratedParameter{ID: Identifier(connectionAddress), Content: &h225.Content{Transport: &to}})
	}
	return Feature(TransportSecurity, h225.EnumeratedParameter{ID: Identifier(securityTLS), Content: &h225.Content{Compound: settings}})
}

// OffersTLS tells whether a set says that calls can be made over TLS (H.460.22).
// Asking for admission, H323Plus names the feature alone. A nil set says nothing.
func OffersTLS(set *h225.FeatureSet) bool {
	f := FindIn(set, TransportSecurity)
	return f != nil && (len(f.Parameters) == 0 || Parameter(f, securityTLS) != nil)
}

// TLSAddress returns where a set says that a call goes over TLS (H.460.22); not
// ok: it does not. A nil set says nothing.
func TLSAddress(set *h225.FeatureSet) (at netip.AddrPort, ok bool) {
	p := Parameter(FindIn(set, TransportSecurity), securityTLS)
	if p == nil || p.Content == nil {
		return netip.AddrPort{}, false
	}
	for i := range p.Content.Compound {
		s := &p.Content.Compound[i]
		if Is(&s.ID, connectionAddress) && s.Content != nil && s.Content.Transport != nil {
			return s.Content.Transport.AddrPort()
		}
	}
	return netip.AddrPort{}, false
}
