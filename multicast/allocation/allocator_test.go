package allocation

import (
	"errors"
	"net/netip"
	"testing"
)

var (
	prefix = netip.MustParsePrefix
	addr   = netip.MustParseAddr
)

func TestCheckRange(t *testing.T) {
	for text, ok := range map[string]bool{
		"239.255.0.0/16": true, "239.255.7.0/24": true, "ff15::/16": true, "ff35:30:2001:db8::/64": true, "239.255.1.1/32": true,
		"192.0.2.0/24": false, "224.0.0.0/8": false, "232.1.0.0/16": false, "ff05::/16": false, "ff1::/8": false,
		"ff15::/8": false, "ff15::/112": false, "ff3e::/32": false, "2001:db8::/32": false,
	} {
		r, err := netip.ParsePrefix(text)
		if err == nil {
			err = CheckRange(r)
		}
		if (err == nil) != ok {
			t.Errorf("%s: %v, want %v", text, err, ok)
		}
	}
}

func TestScopeOf(t *testing.T) {
	own := []netip.Prefix{prefix("239.192.8.0/22"), prefix("239.192.0.0/14")}
	for r, want := range map[string]string{
		"239.255.0.0/16": "239.255.0.0/16", "239.255.7.0/24": "239.255.0.0/16", "239.192.9.0/24": "239.192.8.0/22",
		"239.193.0.0/16": "239.192.0.0/14", "233.1.2.0/24": "233.1.2.0/24", "ff15::/16": "ff15::/16", "ff38:30:2001:db8::/64": "ff38::/16",
	} {
		if got := ScopeOf(prefix(r), own); got != prefix(want) {
			t.Errorf("%s lies in %v, want %s", r, got, want)
		}
	}
	if got := Last(prefix("ff15::/16")); got != addr("ff15:ffff:ffff:ffff:ffff:ffff:ffff:ffff") {
		t.Errorf("the last of ff15::/16 is %v", got)
	}
}

// TestAllocate draws addresses that are taken, held or have other uses, and finds
// all that are left.
func TestAllocate(t *testing.T) {
	r := prefix("239.128.0.0/22")
	drawn := []uint64{5, 300, 700, 700, 701}
	a := New(Config{
		Ranges: []netip.Prefix{r}, Scopes: []netip.Prefix{prefix("239.128.2.0/23")},
		Taken: func(g netip.Addr) bool { return g == addr("239.128.1.44") },
		Random: func(n uint64) uint64 {
			if len(drawn) == 0 {
				return 0
			}
			next := drawn[0]
			drawn = drawn[1:]
			return next % n
		},
	})
	// 5 looks like 224.0.0.5 to a switch, 300 is announced.
	if b, err := a.Allocate(r, 1); err != nil || b.String() != "239.128.2.188" {
		t.Fatalf("first: %v, %v", b, err)
	}
	if b, err := a.Allocate(r, 2); err != nil || b.String() != "239.128.2.189-239.128.2.190" {
		t.Fatalf("second: %v, %v", b, err)
	}
	n := 3
	for {
		b, err := a.Allocate(r, 1)
		if errors.Is(err, ErrNone) {
			break
		}
		if err != nil || b.First == addr("239.128.1.44") || b.First.As4()[2] == 0 || b.First.As4()[2] == 3 {
			t.Fatalf("%v, %v", b, err)
		}
		n++
	}
	if n != 511 { // of 1024: not the first and the last 256, nor the one announced
		t.Errorf("%d addresses were given", n)
	}
	a.Release(Block{addr("239.128.1.7"), 1})
	if b, err := a.Allocate(r, 1); err != nil || b.First != addr("239.128.1.7") {
		t.Errorf("the one given back: %v, %v", b, err)
	}
}

// TestAnnouncementsKeepTheirGroups: within the range of announced sessions, where
// they are announced is nobody's.
func TestAnnouncementsKeepTheirGroups(t *testing.T) {
	r := prefix("224.2.127.252/30")
	a := New(Config{Ranges: []netip.Prefix{r}})
	given := make(map[netip.Addr]bool)
	for range 3 {
		b, err := a.Allocate(r, 1)
		if errors.Is(err, ErrNone) {
			break
		}
		given[b.First] = true
	}
	if len(given) != 2 || !given[addr("224.2.127.252")] || !given[addr("224.2.127.253")] {
		t.Errorf("given are %v", given)
	}
	if err := a.Claim(Block{addr("224.2.127.254"), 1}); !errors.Is(err, ErrOutside) {
		t.Errorf("the group of announcements: %v", err)
	}
}

// TestIPv6 chooses group IDs from 0x80000000 on (RFC 3307 4.3).
func TestIPv6(t *testing.T) {
	r := prefix("ff35:30:2001:db8::/64")
	a := New(Config{Ranges: []netip.Prefix{r}})
	for range 50 {
		b, err := a.Allocate(r, 1)
		if raw := b.First.As16(); err != nil || !r.Contains(b.First) || raw[12]&0x80 == 0 || raw[8] != 0 {
			t.Fatalf("%v, %v", b, err)
		}
	}
	if err := a.Claim(Block{addr("ff35:30:2001:db8::7fff:ffff"), 1}); !errors.Is(err, ErrOutside) {
		t.Errorf("a permanent group ID: %v", err)
	}
	if err := a.Claim(Block{addr("ff35:30:2001:db8::8000:1"), 3}); err != nil {
		t.Error(err)
	}
	if err := a.Claim(Block{addr("ff35:30:2001:db8::8000:3"), 1}); !errors.Is(err, ErrTaken) {
		t.Errorf("one of those claimed: %v", err)
	}
	if got, ok := a.Range(true); !ok || got != r {
		t.Errorf("range of IPv6: %v", got)
	}
	if _, ok := a.Range(false); ok {
		t.Error("a range of IPv4")
	}
}
