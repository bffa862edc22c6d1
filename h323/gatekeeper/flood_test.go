package gatekeeper

import (
	"encoding/binary"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// strange are requests of who is not registered, each as short as it can be, and
// as it is usual.
func strange(from netip.AddrPort) map[string]*h225.RasMessage {
	at := h225.TransportAddressOf(from)
	terminal := h225.EndpointType{Terminal: &h225.TerminalInfo{}}
	life, yes := h225.TimeToLive(300), true
	named := []h225.AliasAddress{ras.AliasOf("anna"), ras.AliasOf(from.Addr().String())}
	if from.Addr() != netip.MustParseAddr("203.0.113.5") {
		named = named[1:]
	}
	call := &h225.CallIdentifier{GUID: h225.GloballyUniqueID{1}}
	point := h225.CallType{PointToPoint: &per.Null{}}
	drop := h225.DisengageReason{NormalDrop: &per.Null{}}
	return map[string]*h225.RasMessage{
		"GRQ, short": {GatekeeperRequest: &h225.GatekeeperRequest{ProtocolIdentifier: h225.Protocol, RASAddress: at}},
		"GRQ": {GatekeeperRequest: &h225.GatekeeperRequest{
			ProtocolIdentifier: h225.Protocol, RASAddress: at, EndpointType: terminal, EndpointAlias: named, SupportsAltGK: &per.Null{},
		}},
		"GRQ of another": {GatekeeperRequest: &h225.GatekeeperRequest{ProtocolIdentifier: h225.Protocol, RASAddress: at, GatekeeperIdentifier: "x"}},
		"RRQ, short":     {RegistrationRequest: &h225.RegistrationRequest{ProtocolIdentifier: h225.Protocol, CallSignalAddress: []h225.TransportAddress{at}}},
		"RRQ": {RegistrationRequest: &h225.RegistrationRequest{
			ProtocolIdentifier: h225.Protocol, CallSignalAddress: []h225.TransportAddress{at}, RASAddress: []h225.TransportAddress{at},
			TerminalType: terminal, TerminalAlias: named, TimeToLive: &life, SupportsAltGK: &per.Null{},
		}},
		"RRQ without address": {RegistrationRequest: &h225.RegistrationRequest{ProtocolIdentifier: h225.Protocol}},
		"RRQ, keep-alive": {RegistrationRequest: &h225.RegistrationRequest{
			ProtocolIdentifier: h225.Protocol, KeepAlive: &yes, EndpointIdentifier: "nobody",
		}},
		"RRQ for taken aliases": {RegistrationRequest: &h225.RegistrationRequest{
			ProtocolIdentifier: h225.Protocol, CallSignalAddress: []h225.TransportAddress{at}, TerminalAlias: []h225.AliasAddress{ras.AliasOf("user")},
		}},
		"URQ, short":       {UnregistrationRequest: &h225.UnregistrationRequest{}},
		"URQ":              {UnregistrationRequest: &h225.UnregistrationRequest{EndpointIdentifier: "nobody", CallSignalAddress: []h225.TransportAddress{at}}},
		"ARQ":              {AdmissionRequest: &h225.AdmissionRequest{EndpointIdentifier: "nobody", CallType: point, DestinationInfo: named, CallIdentifier: call}},
		"ARQ for answer":   {AdmissionRequest: &h225.AdmissionRequest{EndpointIdentifier: "nobody", CallType: point, AnswerCall: true, CallIdentifier: call}},
		"BRQ":              {BandwidthRequest: &h225.BandwidthRequest{EndpointIdentifier: "nobody"}},
		"DRQ":              {DisengageRequest: &h225.DisengageRequest{EndpointIdentifier: "nobody", DisengageReason: drop}},
		"LRQ":              {LocationRequest: &h225.LocationRequest{DestinationInfo: []h225.AliasAddress{ras.AliasOf("user")}, ReplyAddress: at}},
		"LRQ of a call":    {LocationRequest: &h225.LocationRequest{DestinationInfo: []h225.AliasAddress{ras.AliasOf("3001")}, ReplyAddress: at, CanMapAlias: &yes, CallIdentifier: call}},
		"LRQ of nobody":    {LocationRequest: &h225.LocationRequest{DestinationInfo: []h225.AliasAddress{ras.AliasOf("1")}, ReplyAddress: at}},
		"LRQ without name": {LocationRequest: &h225.LocationRequest{ReplyAddress: at}},
		"IRQ":              {InfoRequest: &h225.InfoRequest{}},
		"IRR":              {InfoRequestResponse: &h225.InfoRequestResponse{EndpointIdentifier: "nobody", RASAddress: at, NeedResponse: &yes}},
		"RAI":              {ResourcesAvailableIndicate: &h225.ResourcesAvailableIndicate{ProtocolIdentifier: h225.Protocol, EndpointIdentifier: "nobody"}},
		"SCI":              {ServiceControlIndication: &h225.ServiceControlIndication{}},
		"NSM": {NonStandardMessage: &h225.NonStandardMessage{NonStandardData: h225.NonStandardParameter{
			NonStandardIdentifier: h225.NonStandardIdentifier{H221NonStandard: &h225.H221NonStandard{}},
		}}},
		"RIP": {RequestInProgress: &h225.RequestInProgress{Delay: 1}},
		"XRS": {UnknownMessageResponse: &h225.UnknownMessageResponse{MessageNotUnderstood: []byte{1}}},
	}
}

// octetsOf numbers a message and encodes it.
func octetsOf(t *testing.T, m *h225.RasMessage) []byte {
	t.Helper()
	_, chosen := per.Alternative(m)
	reflect.ValueOf(chosen).Elem().FieldByName("RequestSeqNum").SetUint(1)
	data, err := per.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// greedy is a gatekeeper whose answers are as long as can be.
func greedy(identifier string) Config {
	alternates := make([]Alternate, maxAlternates)
	for i := range alternates {
		alternates[i] = Alternate{Identifier: "an alternate with a long name", Address: zoneAddr}
	}
	return Config{
		Identifier: h225.GatekeeperIdentifier(identifier), Unregistered: UnregisteredLocate, Alternates: alternates,
		Signal: zoneAddr, Traversal: zoneAddr, PreGranted: PreGrantedAll, ReportEvery: time.Minute,
		Users:  []User{{Name: "user", Password: "secret"}},
		Static: []Static{{Alias: "3001", Address: zoneAddr}},
	}
}

// Whoever forges a sender's address makes the gatekeeper send that one little
// more, over all time, than the forged request had itself.
func TestNoAmplification(t *testing.T) {
	from := netip.MustParseAddrPort("203.0.113.5:1719")
	for _, identifier := range []string{"gk", strings.Repeat("gatekeeper", 12)} {
		for name, message := range strange(from) {
			t.Run(identifier[:2]+" "+name, func(t *testing.T) {
				cfg := greedy(identifier)
				cfg.TimeToLive, cfg.Random, cfg.Directory = time.Minute, ras.Random, nobody{}
				z := newZone(cfg, func(netip.AddrPort) netip.AddrPort { return zoneAddr })
				now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
				data := octetsOf(t, message)
				z.receive(now, ras.Datagram{Local: zoneAddr, Remote: from, Data: data})
				sent := 0
				for range 200 {
					for _, a := range z.take() {
						tx, ok := a.(transmit)
						switch {
						case !ok:
						case tx.datagram.Remote != from:
							t.Errorf("sent to %v", tx.datagram.Remote)
						case amplifies(data, tx.datagram.Data):
							t.Errorf("%s of %d octets for one of %d", ras.Name(tx.message), len(tx.datagram.Data), len(data))
							fallthrough
						default:
							sent += headers + len(tx.datagram.Data)
						}
					}
					now = now.Add(2 * time.Second)
					z.tick(now)
				}
				// Who tells no time to live is asked once more, by an IRQ that is repeated.
				if most := (growth + 2) * (headers + len(data)); sent > most {
					t.Errorf("%d octets in all for %d", sent, headers+len(data))
				}
				if len(z.endpoints)+len(z.lookups)+len(z.sources) != 0 {
					t.Errorf("left: %d endpoints, %d lookups", len(z.endpoints), len(z.lookups))
				}
			})
		}
	}
}

// nobody is a directory that never answers.
type nobody struct{}

func (nobody) Locate([]h225.AliasAddress, Caller) (Located, bool) {
	return Located{}, false
}

// What a gatekeeper needs for being found and registered with is answered whatever
// its name is.
func TestShortRequestsAreAnswered(t *testing.T) {
	from := netip.MustParseAddrPort("203.0.113.5:1719")
	h := newHostile(t, greedy(""))
	h.zone.cfg.Identifier = h225.GatekeeperIdentifier(strings.Repeat("gatekeeper", 12))
	for _, name := range []string{"GRQ, short", "GRQ", "RRQ, short", "RRQ", "RRQ, keep-alive", "RRQ for taken aliases", "LRQ", "ARQ"} {
		data := octetsOf(t, strange(from)[name])
		h.zone.receive(h.now, ras.Datagram{Local: zoneAddr, Remote: from, Data: data})
		answered := false
		for _, a := range h.zone.take() {
			_, sent := a.(transmit)
			answered = answered || sent
		}
		if !answered {
			t.Errorf("%s is not answered", name)
		}
	}
}

// forged is the n-th of many sources.
func forged(n int) netip.AddrPort {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], 0x0b000000+uint32(n))
	return netip.AddrPortFrom(netip.AddrFrom4(a), 1719)
}

// flood is the n-th message of many.
func flood(t *testing.T, n int) []byte {
	t.Helper()
	at, life := h225.TransportAddressOf(forged(n)), h225.TimeToLive(300)
	alias := []h225.AliasAddress{ras.AliasOf(forged(n).String())}
	switch n % 5 {
	case 0:
		return octetsOf(t, &h225.RasMessage{GatekeeperRequest: &h225.GatekeeperRequest{
			ProtocolIdentifier: h225.Protocol, RASAddress: at, EndpointAlias: alias,
		}})
	case 1:
		return octetsOf(t, &h225.RasMessage{LocationRequest: &h225.LocationRequest{
			DestinationInfo: alias, ReplyAddress: at, CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{1, byte(n), byte(n >> 8), byte(n >> 16)}},
		}})
	case 2:
		return octetsOf(t, &h225.RasMessage{AdmissionRequest: &h225.AdmissionRequest{
			EndpointIdentifier: "nobody", CallType: h225.CallType{PointToPoint: &per.Null{}}, DestinationInfo: alias,
		}})
	}
	return octetsOf(t, &h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
		ProtocolIdentifier: h225.Protocol, CallSignalAddress: []h225.TransportAddress{at}, RASAddress: []h225.TransportAddress{at},
		TerminalType: h225.EndpointType{Terminal: &h225.TerminalInfo{}}, TerminalAlias: alias, TimeToLive: &life,
	}})
}

// A flood from a hundred thousand forged sources takes bounded memory, and leaves
// alone who is registered: its keep-alives are heard, its calls admitted, what it
// repeats is known, and a user can still come.
func TestForgedSources(t *testing.T) {
	const sources = 100_000
	cfg := greedy("gk")
	cfg.Directory = nobody{}
	h := newHostile(t, cfg)
	a := h.register("203.0.113.5:1719", func(r *h225.RegistrationRequest) { r.TerminalAlias = []h225.AliasAddress{ras.AliasOf("a")} })
	h.register("203.0.113.6:1719", func(r *h225.RegistrationRequest) { r.TerminalAlias = []h225.AliasAddress{ras.AliasOf("b")} })
	id := a.RegistrationConfirm.EndpointIdentifier
	keepAlive := func() *h225.RasMessage {
		yes := true
		return h.register("203.0.113.5:1719", func(r *h225.RegistrationRequest) { r.KeepAlive, r.EndpointIdentifier = &yes, id })
	}
	arq, err := per.Marshal(&h225.RasMessage{AdmissionRequest: &h225.AdmissionRequest{
		RequestSeqNum: 999, EndpointIdentifier: id, CallType: h225.CallType{PointToPoint: &per.Null{}},
		DestinationInfo: []h225.AliasAddress{ras.AliasOf("b")}, CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{7}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() (answer *h225.RasMessage, again bool) {
		h.zone.receive(h.now, ras.Datagram{Local: zoneAddr, Remote: netip.MustParseAddrPort("203.0.113.5:1719"), Data: arq})
		for _, a := range h.zone.take() {
			if sent, ok := a.(transmit); ok {
				return sent.message, sent.message == nil
			}
		}
		t.Fatal("an ARQ is not answered")
		return nil, false
	}
	if m, _ := ask(); m.AdmissionConfirm == nil {
		t.Fatalf("%+v", m)
	}
	began := h.now
	for i := range sources {
		data := flood(t, i)
		h.zone.receive(h.now, ras.Datagram{Local: zoneAddr, Remote: forged(i), Data: data})
		h.zone.take()
		if i%10_000 == 0 {
			h.now = h.now.Add(time.Second) // 10,000 a second
			h.zone.tick(h.now)
			h.zone.take()
			if m := keepAlive(); m.RegistrationConfirm == nil {
				t.Fatalf("after %d: %+v", i, m)
			}
		}
	}
	if h.now.Sub(began) >= 16*time.Second {
		t.Fatal("too slow for what is repeated to be known")
	}
	if _, again := ask(); !again {
		t.Error("a request that was answered before the flood is done anew")
	}
	z := h.zone
	for what, n := range map[string][2]int{
		"endpoints": {len(z.endpoints), maxUnproved}, "aliases": {len(z.aliases), 2 * maxUnproved}, "addresses": {len(z.addresses), maxUnproved},
		"sources": {len(z.sources), maxUnproved}, "lookups": {len(z.lookups), maxStrangeLookups}, "grants": {len(z.granted), maxLookups},
		"answers": {z.strangers.answers.Len(), 8192}, "answers to members": {z.members.answers.Len(), 8192}, "calls": {len(z.calls), 1},
	} {
		if n[0] > n[1] {
			t.Errorf("%d %s, more than %d", n[0], what, n[1])
		}
	}
	if len(z.endpoints) != maxUnproved {
		t.Errorf("%d endpoints: the flood was none", len(z.endpoints))
	}
	if h.zone.full(nil, z.users["user"], netip.MustParseAddr("203.0.113.7")) {
		t.Error("no user can register any more")
	}
	s := &search{aliases: []h225.AliasAddress{ras.AliasOf("x")}, caller: Caller{Endpoint: id}}
	before := len(z.lookups)
	r := &request{datagram: ras.Datagram{Remote: netip.MustParseAddrPort("203.0.113.5:1719"), Data: arq}, message: new(h225.RasMessage), answers: z.members.answers}
	z.look(h.now, r, *s, func(time.Time, target, bool) *h225.RasMessage { return nil })
	if len(z.lookups) != before+1 {
		t.Error("a registered endpoint's search is not begun")
	}
	// All that was forged is forgotten.
	for range 200 {
		h.now = h.now.Add(2 * time.Second)
		h.zone.tick(h.now)
		h.zone.take()
		keepAlive()
	}
	if n := len(z.endpoints); n != 1 || len(z.lookups) != 0 {
		t.Errorf("%d endpoints and %d lookups are left", n, len(z.lookups))
	}
}
