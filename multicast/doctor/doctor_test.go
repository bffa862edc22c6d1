package doctor

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"parley/codecs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPacketsSurviveTheWire(t *testing.T) {
	want := packet{kind: kindToAsker, ttl: 8, dscp: 46, asker: 1 << 60, gotTTL: 7, gotDSCP: 34, gotSize: 1500, answerer: 77, ttl2: 15, mark: 46}
	b := want.append([]byte("x"), answerSize)[1:]
	var got packet
	if err := got.unmarshal(b); err != nil || got != want || len(b) != answerSize {
		t.Errorf("%d bytes: %+v, %v", len(b), got, err)
	}
	probe := packet{kind: kindProbe, ttl: 1}
	short := probe.append(nil, answerSize)
	for name, bad := range map[string][]byte{
		"nothing": nil, "short": b[:31], "another": append([]byte("RTP!"), b[4:]...), "a short probe": short,
		"version": append(append(bytes.Clone(b[:4]), 9), b[5:]...), "kind": append(append(bytes.Clone(b[:5]), 9), b[6:]...),
		"DSCP": append(append(bytes.Clone(b[:7]), 64), b[8:]...),
	} {
		if err := got.unmarshal(bad); !errors.Is(err, codecs.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func probeFrom(from string, size int) *datagram {
	p := packet{kind: kindProbe, ttl: 4, dscp: 46, asker: 5}
	return &datagram{data: p.append(nil, size), from: netip.MustParseAddrPort(from), ttl: 3, dscp: 0, size: size + 28}
}

func TestAnswersAreNeverMoreThanWasAsked(t *testing.T) {
	a := newAnswerer(9, 15)
	now := time.Unix(1e9, 0)
	d := probeFrom("192.0.2.1:4000", minProbe)
	answers, first := a.take(d, now)
	if len(answers) != 2 || !first || len(answers[0].data)+len(answers[1].data) > len(d.data) {
		t.Fatalf("%d answers, first %v", len(answers), first)
	}
	if answers[0].to.IsValid() || answers[1].to != d.from || answers[0].ttl != 15 || answers[0].dscp != 46 {
		t.Errorf("%+v", answers)
	}
	var p packet
	if err := p.unmarshal(answers[1].data); err != nil || p.gotTTL != 3 || p.gotDSCP != 0 || p.gotSize != 92 || p.asker != 5 || p.answerer != 9 {
		t.Errorf("%+v, %v", p, err)
	}
	own := packet{kind: kindProbe, asker: 9}
	for name, other := range map[string]*datagram{
		"its own":   {data: own.append(nil, minProbe), from: d.from},
		"an answer": {data: answers[0].data, from: d.from},
		"port 0":    probeFrom("192.0.2.1:0", minProbe),
		"noise":     {data: bytes.Repeat([]byte{1}, 100), from: d.from},
	} {
		if got, _ := a.take(other, now); got != nil {
			t.Errorf("%s is answered", name)
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	now := time.Unix(1e9, 0)
	count := func(from func(i int) string) int {
		a := newAnswerer(9, 15)
		n := 0
		for i := range 10_000 { // in 10 s
			if got, _ := a.take(probeFrom(from(i), minProbe), now.Add(time.Duration(i)*time.Millisecond)); got != nil {
				n++
			}
		}
		if len(a.askers) > maxAskers || len(a.asked) > maxAskers {
			t.Errorf("%d askers are kept", len(a.askers))
		}
		return n
	}
	if n := count(func(int) string { return "192.0.2.1:4000" }); n < 10*AnswersPerSecondOfOne || n > 10*AnswersPerSecondOfOne+answerBurst {
		t.Errorf("one is answered %d times in 10 s", n)
	}
	if n := count(func(i int) string {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 4000).String()
	}); n < 10*AnswersPerSecond/2 || n > 10*AnswersPerSecond+answerBurst {
		t.Errorf("many are answered %d times in 10 s", n)
	}
}

// ip4 composes an IPv4 packet with a router alert.
func ip4(protocol byte, payload []byte) []byte {
	b := make([]byte, 24, 24+len(payload))
	b[0], b[9] = 0x46, protocol
	binary.BigEndian.PutUint16(b[2:], uint16(24+len(payload)))
	copy(b[12:], []byte{192, 0, 2, 1})
	copy(b[20:], []byte{0x94, 4, 0, 0})
	return append(b, payload...)
}

// ip6 composes an IPv6 packet, with hop-by-hop options when protocol is ICMPv6.
func ip6(protocol byte, payload []byte) []byte {
	b := make([]byte, 40)
	b[0], b[6], b[8], b[23] = 0x60, protocol, 0xfe, 1
	b[9] = 0x80
	if protocol == protocolICMPv6 {
		b[6] = protocolHop
		payload = append([]byte{protocol, 0, 5, 2, 0, 0, 1, 0}, payload...)
	}
	binary.BigEndian.PutUint16(b[4:], uint16(len(payload)))
	return append(b, payload...)
}

func TestQueriesOfEachVersion(t *testing.T) {
	group := []byte{239, 1, 2, 3}
	mld := make([]byte, 28)
	mld[0], mld[25] = mldQuery, 0x8a // (10|16) << 3 s
	for name, c := range map[string]struct {
		raw  []byte
		want Query
	}{
		"IGMPv1": {ip4(2, []byte{0x11, 0, 0, 0, 0, 0, 0, 0}), Query{From: netip.MustParseAddr("192.0.2.1"), Version: 1}},
		"IGMPv2": {ip4(2, append([]byte{0x11, 10, 0, 0}, group...)), Query{From: netip.MustParseAddr("192.0.2.1"), Version: 2, Group: netip.MustParseAddr("239.1.2.3")}},
		"IGMPv3": {ip4(2, []byte{0x11, 10, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0}), Query{From: netip.MustParseAddr("192.0.2.1"), Version: 3, Interval: 125 * time.Second}},
		"MLDv1":  {ip6(58, mld[:24]), Query{From: netip.MustParseAddr("fe80::1"), Version: 1}},
		"MLDv2":  {ip6(58, mld), Query{From: netip.MustParseAddr("fe80::1"), Version: 2, Interval: 208 * time.Second}},
	} {
		got, ok := parseQuery(c.raw)
		if d := cmp.Diff(c.want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); !ok || d != "" {
			t.Errorf("%s: %v %s", name, ok, d)
		}
	}
	for name, raw := range map[string][]byte{
		"a report": ip4(2, []byte{0x22, 0, 0, 0, 0, 0, 0, 1}), "UDP": ip4(17, make([]byte, 20)), "cut": ip4(2, make([]byte, 20))[:30],
		"a fragment": append(append(bytes.Clone(ip4(2, []byte{0x11, 0, 0, 0, 0, 0, 0, 0})[:6]), 0, 9), ip4(2, []byte{0x11, 0, 0, 0, 0, 0, 0, 0})[8:]...),
	} {
		if q, ok := parseQuery(raw); ok {
			t.Errorf("%s is a query: %+v", name, q)
		}
	}
}

func TestPacketsAreSeenBeforeTheFilter(t *testing.T) {
	p := packet{kind: kindToGroup, asker: 3, answerer: 4}
	udp := append([]byte{0x10, 0, 0x26, 0x92, 0, 40, 0, 0}, p.append(nil, answerSize)...)
	for name, raw := range map[string][]byte{"IPv4": ip4(17, udp), "IPv6": ip6(17, udp)} {
		got, from, ok := parseSeen(raw, 9874)
		if !ok || got != p || from.Port() != 0x1000 {
			t.Errorf("%s: %+v from %v, %v", name, got, from, ok)
		}
		if _, _, ok := parseSeen(raw, 9875); ok {
			t.Errorf("%s: the port does not matter", name)
		}
	}
}

const igmpTable = `Idx	Device    : Count Querier	Group    Users Timer	Reporter
1	lo        :     1      V3
				010000E0     1 0:00000000		0
2	eth0      :     2      V2
				8E8EFFEF     1 0:00000000		1
				010000E0     1 0:00000000		0
`

const igmp6Table = `1    lo              ff020000000000000000000000000001     1 0000000C 0
2    eth0            ff1500000000000000000000706c7964     1 00000004 0
2    eth0            ff020000000000000000000000000001     1 0000000C 0
`

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestSystemTables(t *testing.T) {
	root := fstest.MapFS{
		"proc/net/igmp":                                              file(igmpTable),
		"proc/net/igmp6":                                             file(igmp6Table),
		"proc/sys/net/ipv4/igmp_max_memberships":                     file("20\n"),
		"proc/sys/net/ipv4/igmp_max_msf":                             file("10\n"),
		"proc/sys/net/ipv6/mld_max_msf":                              file("64\n"),
		"proc/sys/net/ipv4/icmp_echo_ignore_broadcasts":              file("1\n"),
		"proc/sys/net/ipv4/conf/all/rp_filter":                       file("0\n"),
		"proc/sys/net/ipv4/conf/eth0/rp_filter":                      file("1\n"),
		"sys/class/net/br0/bridge/multicast_snooping":                file("1\n"),
		"sys/class/net/br0/bridge/multicast_querier":                 file("0\n"),
		"sys/class/net/eth0/brport/bridge/bridge/multicast_snooping": file("1\n"),
		"sys/class/net/eth0/brport/bridge/bridge/multicast_querier":  file("1\n"),
	}
	got := readSystem(root, "eth0", netip.MustParseAddr("239.255.142.142"))
	want := System{IGMP: 2, Joined: true, Memberships: 2, MaxMemberships: 20, MaxSources: 10, ReversePath: 1, EchoIgnored: 1,
		Bridge: Bridge{Name: "its bridge", Snooping: true, Querier: true}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = readSystem(root, "br0", netip.MustParseAddr("ff15::706c:7964"))
	want = System{MaxMemberships: -1, MaxSources: 64, ReversePath: -1, EchoIgnored: -1, Bridge: Bridge{Name: "br0", Snooping: true}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got = readSystem(root, "eth0", netip.MustParseAddr("ff15::706c:7964")); !got.Joined || got.Memberships != 2 {
		t.Errorf("%+v", got)
	}
}

func TestFirewallHints(t *testing.T) {
	group := netip.MustParseAddr("239.255.142.142")
	const nft = `table inet filter {
	chain in {
		type filter hook input priority filter; policy drop;
		ct state established accept
		ip daddr 239.0.0.0/8 udp dport 5004 drop
		tcp dport 22 drop
	}
	chain out {
		type filter hook output priority filter; policy drop;
		udp dport 53 drop
	}
}
table bridge b {
	chain pre {
		type filter hook prerouting priority filter; policy accept;
		meta l4proto igmp counter packets 3 bytes 96 drop
	}
}
`
	want := []string{
		"nft table inet filter, chain in: policy drop",
		"nft table inet filter, chain in: ip daddr 239.0.0.0/8 udp dport 5004 drop",
		"nft table bridge b, chain pre: meta l4proto igmp counter packets 3 bytes 96 drop",
	}
	if d := cmp.Diff(want, nftHints(nft, group)); d != "" {
		t.Error(d)
	}
	const iptables = "-P INPUT DROP\n-P FORWARD DROP\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p udp -j REJECT --reject-with icmp-port-unreachable\n-A INPUT -p tcp -j DROP\n-A INPUT -m pkttype --pkt-type multicast -j DROP\n"
	want = []string{
		"iptables: policy of INPUT is DROP",
		"iptables -A INPUT -p udp -j REJECT --reject-with icmp-port-unreachable",
		"iptables -A INPUT -m pkttype --pkt-type multicast -j DROP",
	}
	if d := cmp.Diff(want, iptablesHints(iptables, group)); d != "" {
		t.Error(d)
	}
}

// well is a network on which nothing is wrong.
func well() *Observation {
	return &Observation{
		Group: netip.MustParseAddrPort("239.255.142.142:9874"), TTL: 15, Seconds: 4,
		Interface: Interface{Name: "eth0", Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.5/24")}, Up: true, Multicast: true, MTU: 1500},
		Route:     "eth0",
		System:    System{IGMP: 3, Joined: true, Memberships: 2, MaxMemberships: 20, MaxSources: 10, EchoIgnored: 1},
		Firewall:  Firewall{Known: "nft"},
		Sniffed:   true,
		Queries:   []Query{{From: netip.MustParseAddr("192.0.2.1"), Version: 3, Interval: 125 * time.Second}},
		Sent:      50, Looped: 50, Largest: 1500,
		Reached: []Reach{{Address: netip.MustParseAddr("192.0.2.9"), Hops: 0, LeastTTL: 1, ToGroup: 40, ToUs: 40, Seen: 40, Largest: 1500, Marks: []Mark{{46, 46, 46}, {0, 0, 0}}}},
	}
}

func TestAHealthyNetworkHasNothingToMend(t *testing.T) {
	r := Judge(well())
	if !r.OK {
		t.Error("a problem was found")
	}
	for _, f := range r.Findings {
		if f.Severity != OK || f.Fix != "" || f.Text == "" {
			t.Errorf("%+v", f)
		}
	}
}

func TestEachFaultIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil    func(*Observation)
		check    string
		severity Severity
		says     string
	}{
		"down":              {func(o *Observation) { o.Interface.Up = false }, checkInterface, Problem, "is down"},
		"no flag":           {func(o *Observation) { o.Interface.Multicast = false }, checkInterface, Problem, "MULTICAST"},
		"no flag, loopback": {func(o *Observation) { o.Interface.Multicast, o.Interface.Loopback = false, true }, checkInterface, Info, "MULTICAST"},
		"no way out":        {func(o *Observation) { o.SendError = "network is unreachable" }, checkMembership, Problem, "unreachable"},
		"no address":        {func(o *Observation) { o.Interface.Addresses = nil }, checkInterface, Problem, "no address"},
		"a small MTU":       {func(o *Observation) { o.Interface.MTU = 1280 }, checkInterface, Warning, "1280"},
		"no route":          {func(o *Observation) { o.RouteError = "network is unreachable" }, checkRoute, Warning, "no route"},
		"link scope": {func(o *Observation) {
			o.Group, o.RouteError = netip.MustParseAddrPort("[ff12::1]:9874"), "invalid argument"
		}, checkRoute, Info, "have to name the interface"},
		"another route":      {func(o *Observation) { o.Route = "wlan0" }, checkRoute, Info, "wlan0"},
		"no join":            {func(o *Observation) { o.JoinError = "no buffer space available" }, checkMembership, Problem, "cannot be joined"},
		"another's port":     {func(o *Observation) { o.JoinError = "bind: address already in use" }, checkMembership, Problem, "cannot be joined"},
		"no join, who knows": {func(o *Observation) { o.JoinError = "no such device" }, checkMembership, Problem, "cannot be joined"},
		"no sending":         {func(o *Observation) { o.SendError = "operation not permitted" }, checkMembership, Problem, "nothing can be sent"},
		"not listed":         {func(o *Observation) { o.System.Joined = false }, checkMembership, Warning, "does not list"},
		"no querier":         {func(o *Observation) { o.Queries = nil }, checkQuerier, Warning, "then stop"},
		"own bridge":         {func(o *Observation) { o.Queries = nil; o.System.Bridge = Bridge{"br0", true, false} }, checkQuerier, Problem, "br0"},
		"own querier":        {func(o *Observation) { o.Queries = nil; o.System.Bridge = Bridge{"br0", true, true} }, checkQuerier, OK, "br0"},
		"no right":           {func(o *Observation) { o.Queries = nil; o.Sniffed = false; o.SniffError = "permission denied" }, checkQuerier, Info, "permission denied"},
		"loopback":           {func(o *Observation) { o.Queries = nil; o.Interface.Loopback = true }, checkQuerier, OK, "loopback"},
		"nameless querier":   {func(o *Observation) { o.Queries[0].From = netip.IPv4Unspecified() }, checkQuerier, OK, "without an address"},
		"an old querier":     {func(o *Observation) { o.Queries[0].Version = 2 }, checkVersion, Warning, "IGMPv2"},
		"an old system":      {func(o *Observation) { o.System.IGMP = 1 }, checkVersion, Warning, "IGMPv1"},
		"nothing back":       {func(o *Observation) { o.Looped = 0 }, checkLoopback, Problem, "nothing comes back"},
		"dropped":            {func(o *Observation) { o.Looped = 0; o.Firewall.Hints = []string{"rule 7"} }, checkFirewall, Problem, "rule 7"},
		"a doubtful rule":    {func(o *Observation) { o.Firewall.Hints = []string{"rule 7"} }, checkFirewall, Info, "rule 7"},
		"a closed firewall":  {func(o *Observation) { o.Firewall.Known = "" }, checkFirewall, Info, "cannot be read"},
		"strict":             {func(o *Observation) { o.System.ReversePath = 1; o.Others = []string{"wlan0"} }, checkReverse, Warning, "wlan0"},
		"strict, alone":      {func(o *Observation) { o.System.ReversePath = 1 }, checkReverse, OK, "only one"},
		"strict, in effect":  {func(o *Observation) { o.System.ReversePath = 1; o.Reached[0].ToGroup = 0; o.Reached[0].Away = "wlan0" }, checkReverse, Problem, "192.0.2.9"},
		"few memberships":    {func(o *Observation) { o.System.MaxMemberships = 2 }, checkLimits, Warning, "only 2"},
		"few sources":        {func(o *Observation) { o.System.MaxSources = 1 }, checkLimits, Warning, "only 1"},
		"nobody":             {func(o *Observation) { o.Reached = nil }, checkReach, Info, "nobody answered"},
		"filtered":           {func(o *Observation) { o.Reached[0].ToGroup = 0 }, checkReach, Problem, "drops them"},
		"one way":            {func(o *Observation) { o.Reached[0].ToGroup, o.Reached[0].Seen, o.Reached[0].Hops = 0, 0, 2 }, checkReach, Problem, "behind 2 routers"},
		"a router":           {func(o *Observation) { o.Reached[0].Hops, o.Reached[0].LeastTTL = 1, 2 }, checkReach, OK, "a router: a TTL of 2"},
		"marked there":       {func(o *Observation) { o.Reached[0].Marks[0].There = 0 }, checkDSCP, Warning, "way to 192.0.2.9: 46 arrives as 0"},
		"marked back":        {func(o *Observation) { o.Reached[0].Marks[0].Back = 8 }, checkDSCP, Warning, "way from 192.0.2.9: 46 arrives as 8"},
		"large packets lost": {func(o *Observation) { o.Reached[0].Largest = 92 }, checkMTU, Warning, "1500 bytes do not"},
	} {
		o := well()
		c.spoil(o)
		r := Judge(o)
		var found *Finding
		for i := range r.Findings {
			if r.Findings[i].Check == c.check && (found == nil || strings.Contains(r.Findings[i].Text, c.says)) {
				found = &r.Findings[i]
			}
		}
		if found == nil || found.Severity != c.severity || !strings.Contains(found.Text, c.says) {
			t.Errorf("%s: %+v", name, r.Findings)
			continue
		}
		if c.severity != OK && found.Fix == "" {
			t.Errorf("%s: no fix: %+v", name, found)
		}
		if c.severity == Problem && r.OK {
			t.Errorf("%s: a problem, and all is well", name)
		}
	}
}

func TestIPv6IsJudgedByItsOwn(t *testing.T) {
	o := well()
	o.Group = netip.MustParseAddrPort("[ff15::1]:9874")
	o.Interface.Addresses = append(o.Interface.Addresses, netip.MustParsePrefix("2001:db8::5/64"))
	o.System = System{Joined: true, MaxMemberships: -1, MaxSources: 64, ReversePath: -1, EchoIgnored: -1}
	o.Queries = []Query{{From: netip.MustParseAddr("fe80::1"), Version: 1}}
	o.RouteError = "network is unreachable"
	r := Judge(o)
	texts := ""
	for _, f := range r.Findings {
		texts += f.Text + " " + f.Fix + "\n"
	}
	for _, want := range []string{"MLDv1", "ip -6 route"} {
		if !strings.Contains(texts, want) {
			t.Errorf("%q is not in\n%s", want, texts)
		}
	}
}

// TestExaminesTheLoopback has one doctor answer another over the loopback
// interface.
func TestExaminesTheLoopback(t *testing.T) {
	// Others may run the same test beside this one.
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := uint16(c.LocalAddr().(*net.UDPAddr).Port)
	c.Close()
	for _, addr := range []string{"239.255.71.40", "ff15::71:40"} {
		cfg := Config{Group: netip.AddrPortFrom(netip.MustParseAddr(addr), port), Interface: "lo", TTL: 4}
		want := Reach{Hops: 0, LeastTTL: 1, Largest: 1500, Marks: []Mark{{46, 46, 46}, {0, 0, 0}, {34, 34, 34}}}
		opts := cmp.Options{cmpopts.IgnoreFields(Reach{}, "run", "ToGroup", "ToUs", "Seen", "Marks"), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })}
		// On a machine that has other work, answers take longer.
		for cfg.Wait = 1200 * time.Millisecond; ; cfg.Wait *= 2 {
			o, from := examineAnswered(t, cfg)
			switch v6 := netip.MustParseAddr(addr).Is6(); {
			case o.JoinError == "" && o.SendError == "":
			case v6: // the loopback interface may have no route for its groups
				t.Skipf("%s is not to be had on this machine: %s %s", addr, o.JoinError, o.SendError)
			default:
				t.Fatalf("%s: %s %s", addr, o.JoinError, o.SendError)
			}
			d, whole := "nobody", o.Looped > 0 && len(o.Reached) == 1 && o.System.Joined && o.Interface.Loopback
			if whole {
				want.Address = from
				d = cmp.Diff(want, o.Reached[0], opts)
				whole = d == "" && o.Reached[0].ToGroup > 0 && o.Reached[0].ToUs > 0
				for _, m := range o.Reached[0].Marks {
					whole = whole && m.There == m.Sent && m.Back == m.Sent
				}
			}
			if whole {
				break
			}
			if cfg.Wait > 8*time.Second {
				t.Fatalf("%s: %s %+v", addr, d, o)
			}
		}
	}
}

// examineAnswered examines while a second doctor answers, and returns who that one
// says has asked.
func examineAnswered(t *testing.T, cfg Config) (*Observation, netip.Addr) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked netip.Addr
	served := make(chan error, 1)
	go func() {
		served <- Serve(ctx, cfg, func(from netip.Addr, ttl, dscp int) {
			if ttl < 1 || ttl > 4 || dscp != 46 && dscp != 34 && dscp != 0 {
				t.Errorf("asked with TTL %d, DSCP %d", ttl, dscp)
			}
			asked = from
		})
	}()
	o, err := Examine(ctx, cfg)
	cancel()
	if serr := <-served; serr != nil || err != nil {
		t.Fatal(serr, err)
	}
	return o, asked
}

func TestWhatCannotBeExamined(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no group":     {Group: netip.MustParseAddrPort("192.0.2.1:9874"), TTL: 1},
		"no port":      {Group: netip.MustParseAddrPort("239.1.2.3:0"), TTL: 1},
		"no TTL":       {Group: netip.MustParseAddrPort("239.1.2.3:9874")},
		"no interface": {Group: netip.MustParseAddrPort("239.1.2.3:9874"), TTL: 1, Interface: "does-not-exist"},
	} {
		if _, err := Examine(t.Context(), cfg); err == nil {
			t.Errorf("%s is examined", name)
		}
		if err := Serve(t.Context(), cfg, nil); err == nil {
			t.Errorf("%s is served", name)
		}
	}
}

func TestLadder(t *testing.T) {
	for most, want := range map[int][]int{1: {1}, 2: {1, 2}, 15: {1, 2, 4, 8, 15}, 64: {1, 2, 4, 8, 16, 32, 64}} {
		if d := cmp.Diff(want, ladder(most)); d != "" {
			t.Errorf("%d: %s", most, d)
		}
	}
}

func FuzzPackets(f *testing.F) {
	p := packet{kind: kindProbe, ttl: 4, dscp: 46, asker: 5}
	f.Add(p.append(nil, minProbe))
	f.Add(ip4(17, append([]byte{0x10, 0, 0x26, 0x92, 0, 72, 0, 0}, p.append(nil, minProbe)...)))
	f.Add(ip4(2, []byte{0x11, 10, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0}))
	f.Add(ip6(58, append([]byte{mldQuery}, make([]byte, 27)...)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := newAnswerer(1, 15)
		answers, _ := a.take(&datagram{data: raw, from: netip.MustParseAddrPort("192.0.2.1:4000"), ttl: 255, dscp: 63, size: len(raw)}, time.Unix(1, 0))
		size := 0
		for _, r := range answers {
			size += len(r.data)
		}
		if size > len(raw) {
			t.Errorf("%d bytes of answers to %d", size, len(raw))
		}
		if q, ok := parseQuery(raw); ok && (q.Version < 1 || q.Version > 3) {
			t.Errorf("%+v", q)
		}
		_, _, _ = parseSeen(raw, 9874)
		var back packet
		if back.unmarshal(raw) == nil {
			if again := back.append(nil, len(raw)); !bytes.Equal(again[:30], raw[:30]) {
				t.Errorf("%x becomes %x", raw, again)
			}
		}
	})
}
