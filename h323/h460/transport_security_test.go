package h460

import (
	"net/netip"
	"testing"

	"parley/h323/h225"
	"parley/h323/per"
)

func TestTransportSecurity(t *testing.T) {
	at := netip.MustParseAddrPort("192.0.2.1:1300")
	octets, err := per.Marshal(Support(nil, OfferTLS(at)))
	if err != nil {
		t.Fatal(err)
	}
	set := new(h225.FeatureSet)
	if _, err := per.Unmarshal(octets, set); err != nil {
		t.Fatal(err)
	}
	if got, ok := TLSAddress(set); !ok || got != at {
		t.Errorf("%v, %v", got, ok)
	}
	for name, want := range map[string]struct {
		set    *h225.FeatureSet
		offers bool
	}{
		"with its address": {set, true}, "without": {Support(nil, OfferTLS(netip.AddrPort{})), true},
		"by name alone": {Support(nil, Feature(TransportSecurity)), true},
		"of IPsec":      {Support(nil, Feature(TransportSecurity, Flag(2))), false},
		"of another":    {Support(nil, Feature(SignallingTraversal)), false}, "of nothing": {nil, false},
	} {
		if got := OffersTLS(want.set); got != want.offers {
			t.Errorf("an offer %s: %v", name, got)
		}
	}
	for name, set := range map[string]*h225.FeatureSet{
		"nothing": nil, "another feature": Support(nil, Feature(SignallingTraversal)),
		"no address": Support(nil, OfferTLS(netip.AddrPort{})), "no TLS": Support(nil, Feature(TransportSecurity)),
		"no content": Support(nil, Feature(TransportSecurity, Flag(securityTLS))),
	} {
		if got, ok := TLSAddress(set); ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}
