package multicast

import (
	"net/netip"
	"testing"
)

func TestScopeOf(t *testing.T) {
	for group, want := range map[string]Scope{
		"224.0.0.251": ScopeLink, "224.0.1.1": ScopeGlobal, "232.1.1.1": ScopeGlobal, "233.252.0.1": ScopeGlobal,
		"239.0.0.1": ScopeOrganisation, "239.192.0.1": ScopeOrganisation, "239.252.0.1": ScopeOrganisation,
		"239.253.0.1": ScopeSite, "239.255.255.255": ScopeSite, "::ffff:239.255.1.1": ScopeSite,
		"ff01::1": ScopeLink, "ff12::1": ScopeLink, "ff13::1": ScopeSite, "ff14::1": ScopeSite, "ff35::1": ScopeSite,
		"ff18::1": ScopeOrganisation, "ff1e::1": ScopeGlobal, "ff1a::1": ScopeGlobal,
	} {
		if got := ScopeOf(netip.MustParseAddr(group)); got != want {
			t.Errorf("%s is of %v scope, want %v", group, got, want)
		}
	}
	for _, s := range Scopes() {
		if got, err := ParseScope(s.String()); got != s || err != nil {
			t.Errorf("%v: %v %v", s, got, err)
		}
	}
	if _, err := ParseScope("universe"); err == nil {
		t.Error("a scope that there is not")
	}
}

func TestPolicy(t *testing.T) {
	p := Policy{Widest: ScopeOrganisation, MaxTTL: [...]int{1, 15, 63, 127}}
	for group, want := range map[string]int{
		"224.0.0.251": 1, "239.255.1.1": 15, "239.192.1.1": 63, "224.2.1.1": 63, "ff12::1": 1, "ff15::1": 15, "ff18::1": 63, "ff1e::1": 63,
	} {
		if got := p.Most(netip.MustParseAddr(group)); got != want {
			t.Errorf("%s: %d, want %d", group, got, want)
		}
	}
	if got := (Policy{}).Most(netip.MustParseAddr("224.0.0.1")); got != 255 {
		t.Errorf("without a policy: %d", got)
	}
	g := GroupConfig{
		TTL:   16,
		Audio: &MediaConfig{Addr: netip.MustParseAddrPort("239.192.1.1:5004")},
		Video: &MediaConfig{Addr: netip.MustParseAddrPort("239.192.1.1:5006"), RTCP: netip.MustParseAddrPort("239.255.1.1:5007")},
	}
	if got := p.MostOf(&g); got != 15 {
		t.Errorf("the narrowest of its groups allows %d", got)
	}
	if p.check(&g) == nil {
		t.Error("a TTL beyond the scope is allowed")
	}
	if g.TTL = 15; p.check(&g) != nil {
		t.Error("a TTL within the scope is not")
	}
}

// Nothing is joined that would send beyond the policy, whoever asks.
func TestPolicyIsKept(t *testing.T) {
	h := openHouseWith(t, Config{Policy: Policy{Widest: ScopeSite, MaxTTL: [...]int{1, 15, 63, 127}}})
	g := testGroup(t, "239.255.77.90", "PCMU")
	g.TTL = 16
	if err := h.server.Join(g); err == nil {
		t.Error("a TTL beyond the scope is sent with")
	}
	g.TTL = 15
	if err := h.server.Join(g); err != nil {
		t.Error(err)
	}
}
