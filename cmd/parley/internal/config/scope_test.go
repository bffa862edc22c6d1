package config

import (
	"net/netip"
	"strings"
	"testing"
)

func TestScope(t *testing.T) {
	group := func(group, ttl string) string {
		return "conferences:\n- id: a\n  multicast:\n  - {audio: {group: \"" + group + "\"}, ttl: " + ttl + "}\n"
	}
	for _, text := range []string{
		"", "multicast: {ttl: 15}\n", "multicast: {scope: global, ttl: 127}\n", "multicast: {max_ttl: {site: 255, organisation: 255, global: 255}, ttl: 255}\n",
		group("239.255.1.1:5004", "15"), group("224.2.1.1:5004", "15"), group("[ff1e::1]:5004", "63") + "multicast: {scope: organisation}\n",
		group("239.255.1.1:5004", "0") + "multicast: {scope: link}\n",
	} {
		if _, err := loadText(t, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"multicast: {scope: world}\n", "multicast.scope: must be link, site, organisation or global"},
		{"multicast: {ttl: 16}\n", "multicast.ttl: 16 leaves the scope site"},
		{"multicast: {max_ttl: {site: 0}}\n", "multicast.max_ttl.site: must be from 1 to 255"},
		{"multicast: {max_ttl: {organisation: 14}}\n", "multicast.max_ttl.organisation: 14 is less than the 15"},
		{group("239.255.1.1:5004", "16"), "ttl: 16 is more than the 15 that 239.255.1.1 may have: its scope is site"},
		{group("239.255.1.1:5004", "16") + "multicast: {scope: global}\n", "its scope is site"},
		{group("224.2.1.1:5004", "16"), "multicast.scope is site"},
		{group("[ff12::1]:5004", "2"), "its scope is link"},
		{group("239.255.1.1:5004", "256"), "ttl: must be from 1 to 255"},
	} {
		if _, err := loadText(t, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
	c, err := loadText(t, "multicast: {scope: organisation, max_ttl: {organisation: 40}}\n")
	if err != nil {
		t.Fatal(err)
	}
	p := c.Multicast.Policy()
	if got := [2]int{p.Most(netip.MustParseAddr("239.192.1.1")), p.Most(netip.MustParseAddr("224.2.1.1"))}; got != [2]int{40, 40} {
		t.Errorf("%v", got)
	}
}
