package h323

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/h323/h225"
	"parley/h323/per"
)

func digits(s string) h225.AliasAddress { return h225.AliasAddress{DialledDigits: s} }
func named(s string) h225.AliasAddress  { return h225.AliasAddress{H323ID: s} }
func urlID(s string) h225.AliasAddress  { return h225.AliasAddress{URLID: s} }

func TestParseDestination(t *testing.T) {
	ip4, ip6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	type aliases = []h225.AliasAddress
	for text, want := range map[string]destination{
		"192.0.2.1":                  {host: "192.0.2.1", addr: ip4},
		" 192.0.2.1:1721 ":           {host: "192.0.2.1", addr: ip4, port: 1721},
		"2001:db8::1":                {host: "2001:db8::1", addr: ip6},
		"[2001:db8::1]":              {host: "2001:db8::1", addr: ip6},
		"[2001:db8::1]:1721":         {host: "2001:db8::1", addr: ip6, port: 1721},
		"example.org":                {host: "example.org"},
		"localhost":                  {host: "localhost"},
		"example.org:1721":           {host: "example.org", port: 1721},
		"studio":                     {host: "studio", alias: true, aliases: aliases{named("studio")}},
		"4711":                       {aliases: aliases{digits("4711")}},
		"+49 (30) 1234-5":            {aliases: aliases{digits("493012345")}},
		"#31#4711":                   {aliases: aliases{digits("#31#4711")}},
		"4711@192.0.2.1":             {host: "192.0.2.1", addr: ip4, aliases: aliases{digits("4711")}},
		"zoë b@example.org:1722":     {host: "example.org", port: 1722, aliases: aliases{named("zoë b")}},
		"a@b@example.org":            {host: "example.org", aliases: aliases{named("a@b")}},
		"zoe@[2001:db8::1]:9":        {host: "2001:db8::1", addr: ip6, port: 9, aliases: aliases{named("zoe")}},
		"192.0.2.1##4711":            {host: "192.0.2.1", addr: ip4, aliases: aliases{digits("4711")}},
		"h323:192.0.2.1##4711":       {host: "192.0.2.1", addr: ip4, aliases: aliases{digits("4711")}},
		"h323:example.org:1##room":   {host: "example.org", port: 1, aliases: aliases{named("room")}},
		"h323:12##34":                {aliases: aliases{digits("12##34"), urlID("h323:12##34")}},
		"192.0.2.1:1721##room":       {host: "192.0.2.1", addr: ip4, port: 1721, aliases: aliases{named("room")}},
		"h323:zoe@example.org":       {host: "example.org", aliases: aliases{named("zoe"), urlID("h323:zoe@example.org")}},
		"H323:42@192.0.2.1:1721;x=y": {host: "192.0.2.1", addr: ip4, port: 1721, aliases: aliases{digits("42"), urlID("h323:42@192.0.2.1:1721")}},
		"h323:zoe;pin=1@example.org": {host: "example.org", aliases: aliases{named("zoe;pin=1"), urlID("h323:zoe;pin=1@example.org")}},
		"h323:zoe;pin=1":             {aliases: aliases{named("zoe;pin=1"), urlID("h323:zoe;pin=1")}},
		"h323:192.0.2.1;x=y":         {host: "192.0.2.1", addr: ip4},
		"h323:zo%20e@example.org":    {host: "example.org", aliases: aliases{named("zo e"), urlID("h323:zo%20e@example.org")}},
		"h323:zoe":                   {aliases: aliases{named("zoe"), urlID("h323:zoe")}},
		"h323:@example.org":          {host: "example.org"},
		"h323:192.0.2.1":             {host: "192.0.2.1", addr: ip4},
		"h323:[2001:db8::1]:1721":    {host: "2001:db8::1", addr: ip6, port: 1721},
		"h323://zoe@example.org":     {host: "example.org", aliases: aliases{named("zoe"), urlID("h323:zoe@example.org")}},
	} {
		got, err := parseDestination(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(destination{}), cmpopts.EquateComparable(netip.Addr{})); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
	for _, text := range []string{
		"", " ", "@", "@host", "a@", "host:", "host:0", "host:65536", "host:x", "[2001:db8::1", "[2001:db8::1]x",
		"[192.0.2.1]", "h323:", "h323:%zz@host", "0.0.0.0", "224.0.0.1", "ff02::1", "ho st", "a@ho/st", "1.2.3.4##",
		"h323:a@0.0.0.0", "h323:%F0%9F%98%80@host", "\xb80", "😀",
	} {
		if got, err := parseDestination(text); !errors.Is(err, errDial) {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

func FuzzParseDestination(f *testing.F) {
	for _, s := range []string{"a@b:1", "h323:a@b;c=d", "[::1]:2", "1.2.3.4##5", "+49-30", "h323:%41", "ä##ö"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDestination(text)
		if err != nil {
			if !errors.Is(err, errDial) {
				t.Fatal(err)
			}
			return
		}
		if d.host == "" && len(d.aliases) == 0 {
			t.Fatalf("%q is nobody", text)
		}
		for _, a := range d.aliases {
			if _, err := per.Marshal(a); err != nil {
				t.Fatalf("%q: alias %+v: %v", text, a, err)
			}
		}
	})
}
