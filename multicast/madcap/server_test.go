package madcap

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/multicast/allocation"
)

// TestAllocation is example 2 of RFC 2730 appendix A, with 3 and 4 after it:
// DISCOVER, OFFER, REQUEST, ACK, RENEW, RELEASE.
func TestAllocation(t *testing.T) {
	h := newHouse(t, Config{})
	two := "0001 0004 00001c20"
	same(t, "OFFER", h.ask(t, ann, toLocal, start, message(1, 1, 7, lease1, local, two)),
		"0002 0001 00000007", lease1, server, two, local, "000a 0006 efff4001 0001")
	same(t, "of another server's, all is given back", h.ask(t, ann, toLocal, start, message(3, 1, 8, lease1, local, two, "0002 0006 0001 c0000299")))
	if st := h.Stats(); st.Offers != 0 || st.Leases != 0 {
		t.Fatalf("after the choice of another server: %+v", st)
	}
	h.ask(t, ann, toLocal, start, message(1, 1, 9, lease1, local, two))
	ack := h.ask(t, ann, toLocal, start, message(3, 1, 10, lease1, local, two, server))
	same(t, "ACK", ack, "0005 0001 0000000a", lease1, server, two, local, "000a 0006 efff4002 0001")
	same(t, "the same, asked again", h.ask(t, ann, toLocal, start.Add(4*time.Second), message(3, 1, 10, lease1, local, two, server)),
		"0005 0001 0000000a", lease1, server, two, local, "000a 0006 efff4002 0001")
	if st := h.Stats(); st.Leases != 1 || st.Offers != 0 || st.Repeated != 1 {
		t.Fatalf("after the lease: %+v", st)
	}
	hour := start.Add(time.Hour)
	same(t, "RENEW", h.ask(t, ann, unicast, hour, message(4, 1, 11, lease1, two)),
		"0005 0001 0000000b", lease1, server, two, local, "000a 0006 efff4002 0001")
	if l := h.ledger.Leases()[0]; !l.End.Equal(hour.Add(2*time.Hour)) || l.Holder != "192.0.2.7" {
		t.Errorf("renewed to %+v", l)
	}
	same(t, "RELEASE", h.ask(t, ann, unicast, hour, message(7, 1, 12, lease1)), "0005 0001 0000000c", lease1, server)
	if st := h.Stats(); st.Leases != 0 || len(h.ledger.Leases()) != 0 {
		t.Errorf("after the release: %+v", st)
	}
}

// TestGetInfo asks for the scope list, as in example 1 of RFC 2730 appendix A,
// and compares it with the bytes of 3.10.
func TestGetInfo(t *testing.T) {
	h := newHouse(t, Config{})
	same(t, "scopes of IPv4", h.ask(t, ann, toLocal, start, message(8, 1, 1, lease1, "0005 0004 0009 000b", "0008 0002 656e")),
		"0005 0001 00000001", lease1, server,
		"0009 001f 02", "efff0000 efffffff ff 01 80 02 656e 05 4c6f63616c", "efc00000 efc3ffff ff 00",
		"000b 0004 695735a5")
	same(t, "scopes of IPv6", h.ask(t, ann, unicast, start, message(8, 2, 2, lease1, "0005 0002 0009")),
		"0005 0002 00000002", lease1, server,
		"0009 002c 01", "ff150000000000000000000000000000 ff15ffffffffffffffffffffffffffff ff 01 80 02 656e 04 53697465")
	same(t, "what nobody knows", h.ask(t, ann, unicast, start, message(8, 1, 3, lease1, "0005 0004 0309 000c", "1234 0001 ff")),
		"0005 0001 00000003", lease1, server, "000c 0008 0001 0002 0000 0000")
}

// TestShortGetInfo asks in few bytes for a long list: names give way first, then
// the widest scopes.
func TestShortGetInfo(t *testing.T) {
	h := newHouse(t, Config{})
	h.cfg.Scopes[0].Name = strings.Repeat("n", 120)
	short := "0003 0001 aa"
	same(t, "without names", h.ask(t, ann, toLocal, start, message(8, 1, 1, short, "0005 0002 0009")),
		"0005 0001 00000001", short, server, "0009 0015 02", "efff0000 efffffff ff 00", "efc00000 efc3ffff ff 00")
	for i := range 20 {
		a := netip.AddrFrom4([4]byte{239, 192, byte(i), 0})
		h.cfg.Scopes = append(h.cfg.Scopes, Scope{First: a, Last: a.Next(), TTL: 1})
	}
	got := h.ask(t, ann, toLocal, start, message(8, 1, 2, short, "0005 0002 0009"))
	if len(got)/2 > maxAmplification*23 || !strings.Contains(got, "efff0000efffffffff00") {
		t.Errorf("22 scopes: %s", got)
	}
}

// TestErrors provokes every error code of RFC 2730 3.17.
func TestErrors(t *testing.T) {
	nak := func(xid, code string) []string {
		return []string{"0006 0001 000000" + xid, lease1, server, code}
	}
	clock := "000b 0004 695735a5"
	for name, tt := range map[string]struct {
		at   Arrival
		raw  []byte
		want []string
	}{
		"a type of none":           {unicast, message(9, 1, 1, lease1), nak("01", "0010 0004 0001 ffff")},
		"an option twice":          {unicast, message(7, 1, 1, lease1, lease1), nak("01", "0010 0004 0001 0003")},
		"an option that must not":  {unicast, message(7, 1, 1, lease1, local), nak("01", "0010 0004 0001 0004")},
		"no scope":                 {unicast, message(3, 1, 1, lease1), nak("01", "0010 0004 0001 0004")},
		"another scope":            {unicast, message(3, 1, 1, lease1, "0004 0004 e0000100"), nak("01", "0010 0004 0000 0004")},
		"a scope of IPv6":          {unicast, message(3, 1, 1, lease1, site6), nak("01", "0010 0004 0001 0004")},
		"no family":                {unicast, message(8, 9, 1, lease1, "0005 0002 0009"), []string{"0006 0009 00000001", lease1, server, "0010 0004 0001 ffff"}},
		"a DISCOVER to one":        {unicast, message(1, 1, 1, lease1, local), nak("01", "0010 0004 0001 ffff")},
		"a REQUEST to all":         {toLocal, message(3, 1, 1, lease1, local), nak("01", "0010 0004 0001 0002")},
		"a REQUEST of another":     {unicast, message(3, 1, 1, lease1, local, "0002 0006 0001 c0000263"), nak("01", "0010 0004 0001 0002")},
		"an hour off":              {unicast, message(3, 1, 1, lease1, local, "000b 0004 695743b5"), nak("01", "0010 0006 0002 695735a5")},
		"a start and no clock":     {unicast, message(3, 1, 1, lease1, local, "0006 0004 695735a5"), nak("01", "0010 0004 0001 000b")},
		"a start in a year":        {unicast, message(3, 1, 1, lease1, local, clock, "0006 0004 6b386aa5"), nak("01", "0010 0004 0000 0006")},
		"a latest start before":    {unicast, message(3, 1, 1, lease1, local, clock, "0006 0004 69573605", "000f 0004 69573600"), nak("01", "0010 0004 0001 000f")},
		"too long at least":        {unicast, message(3, 1, 1, lease1, local, "000e 0004 00015181"), nak("01", "0010 0004 0000 000e")},
		"more at least than all":   {unicast, message(3, 1, 1, lease1, local, "0001 0004 00000010", "000e 0004 00000011"), nak("01", "0010 0004 0001 000e")},
		"least above desired":      {unicast, message(3, 1, 1, lease1, local, "0007 0004 0003 0002"), nak("01", "0010 0004 0001 0007")},
		"a thousand":               {unicast, message(3, 1, 1, lease1, local, "0007 0004 03e8 03e8"), nak("01", "0010 0004 0000 0007")},
		"a range cut short":        {unicast, message(3, 1, 1, lease1, local, "000a 0005 efff4001 00"), nak("01", "0010 0004 0001 000a")},
		"a range of other uses":    {unicast, message(3, 1, 1, lease1, local, "000a 0006 efffffff 0001"), nak("01", "0010 0004 0000 000a")},
		"a lease nobody has":       {unicast, message(4, 1, 1, lease1), nak("01", "0010 0002 0003")},
		"a release of nothing":     {unicast, message(7, 1, 1, lease1), nak("01", "0010 0002 0003")},
		"an unsupported feature":   {unicast, message(7, 1, 1, lease1, "000c 000a 0000 0000 0002 0000 0002"), append(nak("01", "0010 0004 0004 0000"), "000c 0008 0001 0002 0000 0000")},
		"a feature list cut short": {unicast, message(7, 1, 1, lease1, "000c 0006 0000 0000 0001"), append(nak("01", "0010 0004 0001 000c"), "000c 0008 0001 0002 0000 0000")},

		// These are not answered.
		"an OFFER":                     {unicast, message(2, 1, 1, lease1, server), nil},
		"an ACK":                       {unicast, message(5, 1, 1, lease1, server), nil},
		"a NAK":                        {unicast, message(6, 1, 1, lease1, server, "0010 0002 0003"), nil},
		"no lease":                     {unicast, message(7, 1, 1), nil},
		"another version":              {unicast, append([]byte{1}, message(7, 1, 1, lease1)[1:]...), nil},
		"no end":                       {unicast, message(7, 1, 1, lease1)[:16], nil},
		"something behind it":          {unicast, append(message(7, 1, 1, lease1), 0), nil},
		"a renewal to all":             {toLocal, message(4, 1, 1, lease1), nil},
		"a DISCOVER of what is not":    {toLocal, message(1, 1, 1, lease1, "0004 0004 e0000100"), nil},
		"a smaller scope from a wider": {toWider, message(1, 1, 1, lease1, local), nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := houseAt(t, "", Config{})
			same(t, "answer", h.ask(t, ann, tt.at, start, tt.raw), tt.want...)
			if st := h.Stats(); st.Leases != 0 || st.Offers != 0 {
				t.Errorf("it left %+v", st)
			}
		})
	}
}

// TestTerms leases for later, several addresses, those named, and of IPv6.
func TestTerms(t *testing.T) {
	h := newHouse(t, Config{})
	later := []string{"0006 0004 695743b5", "000b 0004 695735a5"} // in an hour
	same(t, "for later", h.ask(t, ann, unicast, start, message(3, 1, 1, lease1, local, later[0], later[1], "0001 0004 00000e10")),
		"0005 0001 00000001", lease1, server, "0001 0004 00000e10", local, "000a 0006 efff4001 0001", later[0], later[1])
	if l := h.ledger.Leases()[0]; l.Start.Sub(start) != time.Hour || l.End.Sub(start) != 2*time.Hour {
		t.Errorf("entered as %+v", l)
	}
	same(t, "three, of IPv6, by IPv4", h.ask(t, bob, unicast, start, message(3, 2, 2, lease2, site6, "0007 0004 0001 0003", "0001 0004 7fffffff")),
		"0005 0002 00000002", lease2, server, "0001 0004 00015180", site6, "000a 0012 ff150000000000000000000080000002 0003")
	named := "000a 000c efff5000 0001 efff5010 0002"
	same(t, "by name", h.ask(t, ann, unicast, start, message(3, 1, 3, "0003 0001 05", local, named)),
		"0005 0001 00000003", "0003 0001 05", server, "0001 0004 00015180", local, named)
	same(t, "by the same name", h.ask(t, bob, unicast, start, message(3, 1, 4, "0003 0001 06", local, named)),
		"0006 0001 00000004", "0003 0001 06", server, "0010 0004 0000 000a")
	// Addresses that are announced or held are not given.
	h.taken[netip.MustParseAddr("239.255.64.3")] = true
	h.pool.Hold(netip.MustParseAddr("239.255.64.4"))
	same(t, "beside what is taken", h.ask(t, bob, unicast, start, message(3, 1, 5, "0003 0001 07", local)),
		"0005 0001 00000005", "0003 0001 07", server, "0001 0004 00015180", local, "000a 0006 efff4005 0001")
}

// TestOthersLease lets a lease be its holder's, and a shared one everybody's
// (RFC 2730 2.13.3).
func TestOthersLease(t *testing.T) {
	h := newHouse(t, Config{})
	h.ask(t, ann, unicast, start, message(3, 1, 1, lease1, local))
	refused := []string{"0006 0001 00000002", lease1, server, "0010 0002 0003"}
	same(t, "renewed by another", h.ask(t, bob, unicast, start, message(4, 1, 2, lease1)), refused...)
	same(t, "released by another", h.ask(t, bob, unicast, start, message(7, 1, 2, lease1)), refused...)
	same(t, "taken by another", h.ask(t, bob, unicast, start, message(3, 1, 2, lease1, local)), "0006 0001 00000002", lease1, server, "0010 0004 0001 0003")

	wants, does := "000c 0008 0000 0001 0002 0000", "000c 000a 0001 0002 0000 0001 0002"
	h.ask(t, ann, unicast, start, message(7, 1, 3, lease1))
	same(t, "a shared one", h.ask(t, ann, unicast, start, message(3, 1, 4, lease1, local, wants)),
		"0005 0001 00000004", lease1, server, "0001 0004 00015180", local, "000a 0006 efff4002 0001", does)
	same(t, "released by another", h.ask(t, bob, unicast, start, message(7, 1, 5, lease1)), "0005 0001 00000005", lease1, server)
}

// TestSharedLeaseIsTold: the Feature List of an answer says whether the lease that
// it is of is shared, not whether the message wishes so (RFC 2730 3.13).
func TestSharedLeaseIsTold(t *testing.T) {
	wants := "000c 0008 0000 0001 0002 0000"
	for name, tt := range map[string]struct {
		first []string
		does  string
	}{
		"shared": {[]string{wants}, "000c 000a 0001 0002 0000 0001 0002"},
		"single": {nil, "000c 0008 0001 0002 0000 0000"},
	} {
		h := newHouse(t, Config{})
		h.ask(t, ann, unicast, start, message(3, 1, 1, append([]string{lease1, local}, tt.first...)...))
		granted := []string{lease1, server, "0001 0004 00015180", local, "000a 0006 efff4001 0001", tt.does}
		same(t, name+", asked for again", h.ask(t, ann, unicast, start, message(3, 1, 2, lease1, local, wants)), append([]string{"0005 0001 00000002"}, granted...)...)
		same(t, name+", renewed", h.ask(t, ann, unicast, start, message(4, 1, 3, lease1, wants)), append([]string{"0005 0001 00000003"}, granted...)...)
		same(t, name+", released", h.ask(t, ann, unicast, start, message(7, 1, 4, lease1, wants)), "0005 0001 00000004", lease1, server, tt.does)
	}
}

// TestOverLease: a lease that is over, but kept for clocks that are off, gives way to
// its holder, who asks anew, and to nobody else.
func TestOverLease(t *testing.T) {
	hour := "0001 0004 00000e10"
	over := start.Add(time.Hour)
	for name, tt := range map[string]struct {
		from netip.AddrPort
		at   Arrival
		kind int
		now  time.Time
		want []string
	}{
		"before its end":    {ann, toLocal, 1, over.Add(-time.Second), []string{"0006 0001 00000002", lease1, server, "0010 0004 0001 0003"}},
		"by another host":   {bob, unicast, 3, over, []string{"0006 0001 00000002", lease1, server, "0010 0004 0001 0003"}},
		"by its holder":     {ann, unicast, 3, over, []string{"0005 0001 00000002", lease1, server, hour, local, "000a 0006 efff4002 0001"}},
		"looked for by all": {ann, toLocal, 1, over, []string{"0002 0001 00000002", lease1, server, hour, local, "000a 0006 efff4002 0001"}},
	} {
		h := newHouse(t, Config{})
		h.ask(t, ann, unicast, start, message(3, 1, 1, lease1, local, hour))
		same(t, name, h.ask(t, tt.from, tt.at, tt.now, message(tt.kind, 1, 2, lease1, local, hour)), tt.want...)
		if st := h.Stats(); st.Leases+st.Offers != 1 {
			t.Errorf("%s: %+v", name, st)
		}
	}
}

// TestGroupsOfTheServer: each is joined once.
func TestGroupsOfTheServer(t *testing.T) {
	want := []netip.Addr{
		netip.MustParseAddr("239.255.255.254"), netip.MustParseAddr("ff03:ffff:ffff:ffff:ffff:ffff:ffff:fffe"),
		netip.MustParseAddr("239.195.255.254"), netip.MustParseAddr("ff15:ffff:ffff:ffff:ffff:ffff:ffff:fffe"),
	}
	if got := newHouse(t, Config{}).Groups(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestLeasesOfOthers: what the bridge's own groups have in the ledger is no lease of
// a client's.
func TestLeasesOfOthers(t *testing.T) {
	h := newHouse(t, Config{})
	own := allocation.Lease{ID: "group:room/1", Holder: "room", Blocks: []allocation.Block{{First: netip.MustParseAddr("239.255.64.1"), Count: 1}}, Start: start, End: start}
	h.ledger.Put(own)
	if err := h.ledger.Save(); err != nil {
		t.Fatal(err)
	}
	h.open(t, h.cfg)
	if st := h.Stats(); st.Leases != 0 {
		t.Errorf("%+v", st)
	}
	h.Expire(start.Add(1000 * time.Hour))
	if _, still := h.ledger.Lease(own.ID); !still {
		t.Error("it was ended")
	}
}

// TestRestart goes on with the leases of the file, and lets them expire.
func TestRestart(t *testing.T) {
	h := newHouse(t, Config{})
	h.ask(t, ann, unicast, start, message(3, 1, 1, lease1, local, "0001 0004 00000e10"))
	h.open(t, h.cfg)
	h.next = 0 // the same would be drawn again
	same(t, "a second lease", h.ask(t, bob, unicast, start, message(3, 1, 2, lease2, local)),
		"0005 0001 00000002", lease2, server, "0001 0004 00015180", local, "000a 0006 efff4002 0001")
	same(t, "the first, renewed", h.ask(t, ann, unicast, start.Add(time.Minute), message(4, 1, 3, lease1, "0001 0004 00000e10")),
		"0005 0001 00000003", lease1, server, "0001 0004 00000e10", local, "000a 0006 efff4001 0001")
	h.Expire(start.Add(time.Minute + 2*time.Hour - time.Second)) // its hour, and that of clocks
	if st := h.Stats(); st.Leases != 2 || st.Expired != 0 {
		t.Errorf("before its end: %+v", st)
	}
	h.Expire(start.Add(time.Minute + 2*time.Hour))
	if st := h.Stats(); st.Leases != 1 || st.Expired != 1 {
		t.Errorf("after its end: %+v", st)
	}
}

// TestLimits asks under ever new identifiers.
func TestLimits(t *testing.T) {
	h := newHouse(t, Config{MaxLeases: 5, MaxPerClient: 3})
	now, got := start, make(map[string]int)
	ask := func(from string, at Arrival, kind, id int) string {
		now = now.Add(time.Second)
		answer := h.ask(t, netip.MustParseAddrPort(from), at, now, message(kind, 1, uint32(id), fmt.Sprintf("0003 0002 %04x", id), local))
		return answer[:min(len(answer), 4)]
	}
	for i := range 5 {
		got[ask("192.0.2.7:1000", unicast, 3, i)]++
	}
	if got["0005"] != 3 || got["0006"] != 2 {
		t.Errorf("one host asks five times: %v", got)
	}
	clear(got)
	for i := range 4 {
		got[ask(fmt.Sprintf("[2001:db8::%d]:1000", i+1), toLocal, 1, 10+i)]++ // of one network
	}
	if got["0002"] != 2 || got[""] != 2 {
		t.Errorf("offers, of which two are left: %v", got)
	}
	// Offers end, and give their addresses to others.
	now = now.Add(time.Minute)
	h.Expire(now)
	if a := ask("192.0.2.9:1", unicast, 3, 20); a != "0005" {
		t.Errorf("after the offers: %q", a)
	}
}

// TestOfferUnderOneIdentifier has two hosts ask under the same identifier in
// turn: the first keeps its offer, and when all offers end nothing stays behind.
func TestOfferUnderOneIdentifier(t *testing.T) {
	h := newHouse(t, Config{MaxLeases: 3})
	for i := range 8 {
		from := []netip.AddrPort{ann, bob}[i%2]
		h.ask(t, from, toLocal, start.Add(time.Duration(i)*time.Second), message(1, 1, uint32(i), lease1, local))
	}
	if st := h.Stats(); st.Offers != 1 || st.Leases != 0 {
		t.Errorf("while both ask: %+v", st)
	}
	later := start.Add(2 * time.Minute)
	h.Expire(later)
	if st := h.Stats(); st.Offers != 0 || st.Leases != 0 {
		t.Errorf("after the offers: %+v", st)
	}
	if len(h.clients) != 0 {
		t.Errorf("clients that have nothing are remembered: %v", h.clients)
	}
	for i, lease := range []string{lease1, lease2, "0003 0001 07"} {
		a := h.ask(t, bob, unicast, later, message(3, 1, uint32(20+i), lease, local))
		if !strings.HasPrefix(a, "0005") {
			t.Errorf("request %d is answered %q", i+1, a)
		}
	}
}

// TestRate drops what one host sends too often, and nobody else's.
func TestRate(t *testing.T) {
	h := newHouse(t, Config{})
	for i := range 200 {
		h.Receive(message(4, 1, uint32(i), lease1), ann, unicast, start)
	}
	if st := h.Stats(); st.OverRate != 200-sourceBurst {
		t.Errorf("%d of 200 were dropped", st.OverRate)
	}
	if a := h.ask(t, bob, unicast, start, message(8, 1, 1, lease1, "0005 0002 0009")); !strings.HasPrefix(a, "0005") {
		t.Errorf("another host was answered %q", a)
	}
}

func FuzzReceive(f *testing.F) {
	f.Add(message(1, 1, 7, lease1, local, "0001 0004 00001c20"), true)
	f.Add(message(3, 1, 8, lease1, local, server, "0007 0004 0001 0003", "000a 0006 efff5000 0001"), true)
	f.Add(message(3, 2, 8, lease1, site6, "0006 0004 695743b5", "000b 0004 695735a5", "000f 0004 695743b5", "000e 0004 00000001"), false)
	f.Add(message(4, 1, 9, lease1, "000c 0008 0000 0001 0002 0000"), false)
	f.Add(message(7, 1, 9, lease1), false)
	f.Add(message(8, 1, 9, lease1, "0005 0006 0009 000b 000c", "0008 0002 656e"), true)
	f.Fuzz(func(t *testing.T, raw []byte, multicast bool) {
		h := houseAt(t, "", Config{})
		at := unicast
		if multicast {
			at = toLocal
		}
		h.Receive(message(3, 1, 1, lease1, local), ann, unicast, start)
		answer := h.Receive(raw, ann, at, start)
		if answer == nil {
			return
		}
		if len(answer) > maxAmplification*len(raw) {
			t.Fatalf("%d bytes are answered with %d", len(raw), len(answer))
		}
		m, err := Parse(answer)
		if err != nil || m.Type != Offer && m.Type != Ack && m.Type != Nak {
			t.Fatalf("% x is answered with % x: %v", raw, answer, err)
		}
		asked, err := Parse(raw)
		if err != nil || asked.XID != m.XID || asked.Family != m.Family {
			t.Fatalf("% x is answered with % x: %v", raw, answer, err)
		}
		for _, code := range []OptionCode{OptionServerID, OptionLeaseID} {
			if _, ok := m.find(code); !ok {
				t.Fatalf("an answer without option %d: % x", code, answer)
			}
		}
		if st := h.Stats(); st.Leases > 2 || st.Leases+st.Offers > 2 {
			t.Fatalf("one message made %+v", st)
		}
	})
}
