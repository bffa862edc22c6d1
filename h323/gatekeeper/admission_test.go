package gatekeeper

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// ask sends a request of a host as octets, and returns the answer.
func (h *hostile) ask(from string, octets []byte) *h225.RasMessage {
	h.Helper()
	h.zone.receive(h.now, ras.Datagram{Local: zoneAddr, Remote: netip.MustParseAddrPort(from), Data: octets})
	var answer *h225.RasMessage
	for _, a := range h.zone.take() {
		switch a := a.(type) {
		case transmit:
			answer = a.message
		case refused:
			h.said = append(h.said, a.name+" "+a.why)
		}
	}
	return answer
}

func (h *hostile) octets(m *h225.RasMessage) []byte {
	h.Helper()
	data, err := per.Marshal(m)
	if err != nil {
		h.Fatal(err)
	}
	return data
}

// named registers an endpoint under an alias, and returns its identifier.
func (h *hostile) named(from, alias string) h225.EndpointIdentifier {
	h.Helper()
	m := h.register(from, func(r *h225.RegistrationRequest) { r.TerminalAlias = []h225.AliasAddress{ras.AliasOf(alias)} })
	if m.RegistrationConfirm == nil {
		h.Fatalf("no RCF: %+v", m.RegistrationReject)
	}
	return m.RegistrationConfirm.EndpointIdentifier
}

// guid is the n-th name of a call.
func guid(n int) (id h225.GloballyUniqueID) {
	binary.BigEndian.PutUint32(id[:], uint32(n)+1)
	return id
}

// admit sends the ARQ of an endpoint for its n-th call.
func (h *hostile) admit(from string, e h225.EndpointIdentifier, n int, change func(*h225.AdmissionRequest)) *h225.RasMessage {
	h.Helper()
	h.seq++
	arq := &h225.AdmissionRequest{
		RequestSeqNum: h.seq, CallType: h225.CallType{PointToPoint: &per.Null{}}, EndpointIdentifier: e,
		DestinationInfo: []h225.AliasAddress{ras.AliasOf("bert")}, BandWidth: 1280,
		CallReferenceValue: h225.CallReferenceValue(n), ConferenceID: guid(n),
		CallIdentifier: &h225.CallIdentifier{GUID: guid(n)},
	}
	if change != nil {
		change(arq)
	}
	m := h.ask(from, h.octets(&h225.RasMessage{AdmissionRequest: arq}))
	if m == nil {
		h.Fatal("no answer to an ARQ")
	}
	return m
}

func (h *hostile) disengage(from string, e h225.EndpointIdentifier, n int, change func(*h225.DisengageRequest)) *h225.RasMessage {
	h.Helper()
	h.seq++
	drq := &h225.DisengageRequest{
		RequestSeqNum: h.seq, EndpointIdentifier: e, CallReferenceValue: h225.CallReferenceValue(n),
		ConferenceID: guid(n), CallIdentifier: &h225.CallIdentifier{GUID: guid(n)},
		DisengageReason: h225.DisengageReason{NormalDrop: &per.Null{}},
	}
	if change != nil {
		change(drq)
	}
	return h.ask(from, h.octets(&h225.RasMessage{DisengageRequest: drq}))
}

// admissionReason is the reason of an ARJ; "": it is none.
func admissionReason(m *h225.RasMessage) string {
	if m.AdmissionReject == nil {
		return ""
	}
	name, _ := per.Alternative(&m.AdmissionReject.RejectReason)
	return name
}

const (
	annaAddr    = "203.0.113.5:1719"
	bertAddr    = "203.0.113.6:1719"
	malloryAddr = "203.0.113.66:1719"
)

// A call to nobody is in the log, with who was wanted.
func TestCallToNobody(t *testing.T) {
	h := newHostile(t, Config{})
	anna := h.named(annaAddr, "anna")
	h.zone.take()
	m := h.admit(annaAddr, anna, 1, func(r *h225.AdmissionRequest) {
		r.DestinationInfo = []h225.AliasAddress{ras.AliasOf("carla;pin=1234")}
	})
	want := []string{`admissionRequest calledPartyNotRegistered: nobody is "carla"`}
	if got := admissionReason(m); got != "calledPartyNotRegistered" || !slices.Equal(h.said, want) {
		t.Errorf("%s; the log says %q", got, h.said)
	}
}

// Only the registered endpoint itself is admitted, has its call changed and ended.
func TestCallsOfOthers(t *testing.T) {
	h := newHostile(t, Config{})
	anna, bert, mallory := h.named(annaAddr, "anna"), h.named(bertAddr, "bert"), h.named(malloryAddr, "mallory")
	for from, want := range map[string]string{annaAddr: "", malloryAddr: "securityDenial"} {
		if got := admissionReason(h.admit(from, anna, 1, nil)); got != want {
			t.Errorf("%s as anna: %q, want %q", from, got, want)
		}
	}
	if got := admissionReason(h.admit(malloryAddr, "nobody", 2, nil)); got != "callerNotRegistered" {
		t.Errorf("not registered: %q", got)
	}
	// The name of a call is its caller's; the callee takes it once.
	if got := admissionReason(h.admit(malloryAddr, mallory, 1, nil)); got != "requestDenied" {
		t.Errorf("another's call: %q", got)
	}
	answer := func(r *h225.AdmissionRequest) { r.AnswerCall = true }
	for range 2 { // the second is a repetition
		if got := admissionReason(h.admit(bertAddr, bert, 1, answer)); got != "" {
			t.Errorf("callee: %q", got)
		}
	}
	if got := admissionReason(h.admit(malloryAddr, mallory, 1, answer)); got != "requestDenied" {
		t.Errorf("a second callee: %q", got)
	}
	if s := h.zone.stats; s.Admitted != 1 || len(h.zone.calls) != 1 || h.zone.bandwidth != 1280 {
		t.Errorf("%+v, %d calls of %d", s, len(h.zone.calls), h.zone.bandwidth)
	}

	m := h.disengage(malloryAddr, mallory, 1, nil)
	if m.DisengageReject == nil || m.DisengageReject.RejectReason.RequestToDropOther == nil {
		t.Errorf("another's call: %+v", m)
	}
	if m := h.disengage(malloryAddr, anna, 1, nil); m.DisengageReject == nil || m.DisengageReject.RejectReason.NotRegistered == nil {
		t.Errorf("as anna: %+v", m)
	}
	answered := true
	if m := h.disengage(annaAddr, anna, 1, func(r *h225.DisengageRequest) { r.AnsweredCall = &answered }); m.DisengageReject == nil {
		t.Errorf("the other's end: %+v", m)
	}
	h.seq++
	brq := h225.RasMessage{BandwidthRequest: &h225.BandwidthRequest{
		RequestSeqNum: h.seq, EndpointIdentifier: mallory, CallType: &h225.CallType{PointToPoint: &per.Null{}}, BandWidth: 1,
		ConferenceID: guid(1), CallReferenceValue: 1, CallIdentifier: &h225.CallIdentifier{GUID: guid(1)},
	}}
	if m := h.ask(malloryAddr, h.octets(&brq)); m.BandwidthReject == nil || m.BandwidthReject.RejectReason.InvalidConferenceID == nil {
		t.Errorf("another's bandwidth: %+v", m)
	}
	if len(h.zone.calls) != 1 || h.zone.bandwidth != 1280 {
		t.Errorf("%d calls of %d", len(h.zone.calls), h.zone.bandwidth)
	}

	// One end's leaving does not end the call, both ends' does, and no trace is left.
	for i, who := range []struct {
		from string
		e    h225.EndpointIdentifier
	}{{annaAddr, anna}, {bertAddr, bert}} {
		if m := h.disengage(who.from, who.e, 1, nil); m.DisengageConfirm == nil {
			t.Errorf("%+v", m)
		}
		if n := len(h.zone.calls); n != 1-i {
			t.Errorf("%d calls after %d ends", n, i+1)
		}
		if n := len(h.zone.endpoints[who.e].calls); n != 0 {
			t.Errorf("%d calls of an end that has left", n)
		}
	}
	if h.zone.bandwidth != 0 {
		t.Errorf("bandwidth %d of no call", h.zone.bandwidth)
	}
}

// Calls of version 1 have no identifier: conference and reference name them, for
// the endpoint that has them only.
func TestCallsOfVersion1(t *testing.T) {
	h := newHostile(t, Config{})
	anna, mallory := h.named(annaAddr, "anna"), h.named(malloryAddr, "mallory")
	h.named(bertAddr, "bert")
	for n := 1; n <= 2; n++ {
		if got := admissionReason(h.admit(annaAddr, anna, n, func(r *h225.AdmissionRequest) { r.CallIdentifier = nil })); got != "" {
			t.Fatal(got)
		}
	}
	old := func(r *h225.DisengageRequest) { r.CallIdentifier = nil }
	for name, m := range map[string]*h225.RasMessage{
		"another's":         h.disengage(malloryAddr, mallory, 1, old),
		"another reference": h.disengage(annaAddr, anna, 1, func(r *h225.DisengageRequest) { old(r); r.CallReferenceValue = 9 }),
		"the other's part":  h.disengage(annaAddr, anna, 1, func(r *h225.DisengageRequest) { old(r); r.CallReferenceValue = 2 }),
	} {
		if m.DisengageReject == nil || len(h.zone.calls) != 2 {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if m := h.disengage(annaAddr, anna, 2, old); m.DisengageConfirm == nil || h.zone.calls[guid(1)] == nil || h.zone.calls[guid(2)] != nil {
		t.Errorf("%+v, %v", m, h.zone.calls)
	}
}

// There is an end to the calls of all, and of one endpoint.
func TestCallLimits(t *testing.T) {
	h := newHostile(t, Config{Unregistered: UnregisteredCall})
	anna, bert := h.named(annaAddr, "anna"), h.named(bertAddr, "bert")
	e := h.zone.endpoints[anna]
	for n := range maxCallsPerEndpoint {
		e.calls[guid(n)] = &call{id: guid(n)}
	}
	if got := admissionReason(h.admit(annaAddr, anna, maxCallsPerEndpoint, nil)); got != "exceedsCallCapacity" {
		t.Errorf("one endpoint's: %q", got)
	}
	delete(e.calls, guid(0))
	if got := admissionReason(h.admit(annaAddr, anna, maxCallsPerEndpoint, nil)); got != "" {
		t.Errorf("the last of one endpoint: %q", got)
	}
	for n := range maxCalls {
		h.zone.calls[guid(10000+n)] = &call{id: guid(10000 + n)}
	}
	for name, change := range map[string]func(*h225.AdmissionRequest){
		"caller": nil, "callee": func(r *h225.AdmissionRequest) { r.AnswerCall = true },
	} {
		if got := admissionReason(h.admit(bertAddr, bert, 5000, change)); got != "resourceUnavailable" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if h.zone.stats.OverLimit != 3 {
		t.Errorf("%d over the limit", h.zone.stats.OverLimit)
	}
}

// Where nobody unregistered may call, an endpoint is not let answer one: but for
// who is known otherwise.
func TestAnswersToStrangers(t *testing.T) {
	neighbour, static := netip.MustParseAddrPort("198.51.100.1:1719"), netip.MustParseAddrPort("198.51.100.2:1720")
	cfg := Config{
		Unregistered: UnregisteredRefuse, Neighbours: []Neighbour{{Identifier: "n", Address: neighbour}},
		Static: []Static{{Alias: "trunk", Address: static}},
	}
	h := newHostile(t, cfg)
	bert := h.named(bertAddr, "bert")
	for n, c := range []struct {
		from string
		want string
	}{
		{"", "callerNotRegistered"}, {"198.51.100.77:1720", "callerNotRegistered"},
		{"198.51.100.1:1720", ""}, {"198.51.100.2:5000", ""},
	} {
		got := admissionReason(h.admit(bertAddr, bert, n, func(r *h225.AdmissionRequest) {
			r.AnswerCall = true
			if c.from != "" {
				from := h225.TransportAddressOf(netip.MustParseAddrPort(c.from))
				r.SrcCallSignalAddress = &from
			}
		}))
		if got != c.want {
			t.Errorf("from %q: %q, want %q", c.from, got, c.want)
		}
	}
	// In routed mode what did not come through us is sent there.
	cfg.Routed, cfg.Signal = true, netip.AddrPortFrom(zoneAddr.Addr(), 1721)
	h = newHostile(t, cfg)
	bert = h.named(bertAddr, "bert")
	if got := admissionReason(h.admit(bertAddr, bert, 1, func(r *h225.AdmissionRequest) { r.AnswerCall = true })); got != "routeCallToGatekeeper" {
		t.Errorf("routed: %q", got)
	}
}

// Who is gone leaves no name, prefix, address or call behind.
func TestNothingLeft(t *testing.T) {
	h := newHostile(t, Config{})
	gateway := h.register(annaAddr, func(r *h225.RegistrationRequest) {
		r.TerminalAlias = []h225.AliasAddress{ras.AliasOf("anna")}
		r.TerminalType = h225.EndpointType{Gateway: &h225.GatewayInfo{Protocol: []h225.SupportedProtocols{
			{Voice: &h225.VoiceCaps{SupportedPrefixes: []h225.SupportedPrefix{{Prefix: ras.AliasOf("00")}}}},
		}}}
	}).RegistrationConfirm
	h.named(bertAddr, "bert")
	if got := admissionReason(h.admit(annaAddr, gateway.EndpointIdentifier, 1, nil)); got != "" {
		t.Fatal(got)
	}
	if len(h.zone.gateways) != 1 {
		t.Errorf("%d gateways", len(h.zone.gateways))
	}
	h.seq++
	m := h.ask(annaAddr, h.octets(&h225.RasMessage{UnregistrationRequest: &h225.UnregistrationRequest{
		RequestSeqNum: h.seq, EndpointIdentifier: gateway.EndpointIdentifier,
		CallSignalAddress: []h225.TransportAddress{h225.TransportAddressOf(netip.MustParseAddrPort("203.0.113.5:1720"))},
	}}))
	if m.UnregistrationConfirm == nil {
		t.Fatalf("%+v", m)
	}
	z := h.zone
	if len(z.endpoints) != 1 || len(z.aliases) != 1 || len(z.addresses) != 1 || len(z.gateways) != 0 || len(z.calls) != 0 || z.bandwidth != 0 || len(z.sources) != 1 {
		t.Errorf("endpoints %v, aliases %v, addresses %v, gateways %v, calls %v, bandwidth %d, sources %v",
			z.endpoints, z.aliases, z.addresses, z.gateways, z.calls, z.bandwidth, z.sources)
	}
	// So does one of which nothing is heard.
	h.now = h.now.Add(2 * time.Minute)
	z.expire(h.now)
	if len(z.endpoints) != 0 || len(z.aliases) != 0 || len(z.addresses) != 0 || len(z.sources) != 0 {
		t.Errorf("endpoints %v, aliases %v, addresses %v, sources %v", z.endpoints, z.aliases, z.addresses, z.sources)
	}
}

// A neighbour that has a password proves it in each LRQ; whoever sends from its
// address is not told where anybody is.
func TestNeighbourProves(t *testing.T) {
	at := netip.MustParseAddrPort("198.51.100.1:1719")
	h := newHostile(t, Config{Neighbours: []Neighbour{{Identifier: "n", Address: at, Password: "secret"}}})
	h.named(bertAddr, "bert")
	lrq := func() *h225.RasMessage {
		h.seq++
		return &h225.RasMessage{LocationRequest: &h225.LocationRequest{
			RequestSeqNum: h.seq, DestinationInfo: []h225.AliasAddress{ras.AliasOf("bert")}, ReplyAddress: h225.TransportAddressOf(at),
		}}
	}
	for name, c := range map[string]struct {
		password string
		found    bool
	}{"unsigned": {"", false}, "wrong": {"guessed", false}, "right": {"secret", true}} {
		m := lrq()
		octets := h.octets(m)
		if c.password != "" {
			s := &authentication.Signer{
				Methods: []authentication.Method{authentication.HMACSHA196}, Name: "n", Receiver: "gk", Password: c.password,
			}
			var err error
			if octets, err = s.SignRAS(m, h.now); err != nil {
				t.Fatal(err)
			}
		}
		got := h.ask(at.String(), octets)
		if (got.LocationConfirm != nil) != c.found {
			t.Errorf("%s: %+v", name, got)
		}
		if !c.found && (got.LocationReject == nil || got.LocationReject.RejectReason.SecurityDenial == nil) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if h.zone.stats.Unauthentic != 2 || h.zone.stats.Located != 1 {
		t.Errorf("%+v", h.zone.stats)
	}
}

// What a gatekeeper cannot be configured with.
func TestConfigChecked(t *testing.T) {
	good := func() Config { return Config{Identifier: "gk", Random: ras.Random} }
	for name, c := range map[string]struct {
		change func(*Config)
		ok     bool
	}{
		"good":                    {func(*Config) {}, true},
		"no identifier":           {func(c *Config) { c.Identifier = "" }, false},
		"longest identifier":      {func(c *Config) { c.Identifier = h225.GatekeeperIdentifier(make([]byte, 128)) }, true},
		"long identifier":         {func(c *Config) { c.Identifier = h225.GatekeeperIdentifier(make([]byte, 129)) }, false},
		"routed, no address":      {func(c *Config) { c.Routed = true }, false},
		"pre-granted, total":      {func(c *Config) { c.PreGranted, c.TotalBandwidth = PreGrantedUsers, 1 }, false},
		"pre-granted, a call's":   {func(c *Config) { c.PreGranted, c.CallBandwidth = PreGrantedUsers, 1 }, false},
		"pre-granted":             {func(c *Config) { c.PreGranted = PreGrantedUsers }, true},
		"reports before":          {func(c *Config) { c.ReportEvery = -1 }, false},
		"reports too often":       {func(c *Config) { c.ReportEvery = time.Second - 1 }, false},
		"reports each second":     {func(c *Config) { c.ReportEvery = time.Second }, true},
		"reports seldom":          {func(c *Config) { c.ReportEvery = 65535 * time.Second }, true},
		"reports too seldom":      {func(c *Config) { c.ReportEvery = 65535*time.Second + 1 }, false},
		"nameless user":           {func(c *Config) { c.Users = []User{{Password: "x"}} }, false},
		"user without a password": {func(c *Config) { c.Users = []User{{Name: "x"}} }, false},
		"shared alias":            {func(c *Config) { c.Users = []User{{"a", "x", []string{"1"}, nil}, {"b", "x", []string{"1"}, nil}} }, false},
		"name is another's alias": {func(c *Config) { c.Users = []User{{"a", "x", []string{"B"}, nil}, {"b", "x", nil, nil}} }, false},
		"own alias twice":         {func(c *Config) { c.Users = []User{{"a", "x", []string{"1", "1"}, nil}} }, true},
		"static without alias":    {func(c *Config) { c.Static = []Static{{Address: zoneAddr}} }, false},
		"static without address":  {func(c *Config) { c.Static = []Static{{Alias: "x"}} }, false},
		"neighbour nowhere":       {func(c *Config) { c.Neighbours = []Neighbour{{Identifier: "x"}} }, false},
		"many alternates":         {func(c *Config) { c.Alternates = make([]Alternate, maxAlternates) }, true},
		"too many alternates":     {func(c *Config) { c.Alternates = make([]Alternate, maxAlternates+1) }, false},
	} {
		cfg := good()
		c.change(&cfg)
		if err := cfg.check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
