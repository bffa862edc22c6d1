package gatekeeper

import (
	"net/netip"
	"testing"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/ras"
)

// guarded is a routing gatekeeper at which anna is registered, with a proof of
// H.235.1.
func guarded(methods ...authentication.Method) (*relay, *endpoint) {
	r := newRouter(Config{
		Unregistered: UnregisteredRefuse, PreGranted: PreGrantedUsers, Users: []User{{Name: "anna", Password: "secret", Methods: methods}},
	})
	z := r.gatekeeper.zone
	e := &endpoint{
		id: "id of anna", user: z.users["anna"], signs: true, source: netip.MustParseAddrPort("203.0.113.5:1719"),
		calls: map[h225.GloballyUniqueID]*call{},
	}
	z.endpoints[e.id] = e
	return &relay{router: r, remote: netip.MustParseAddrPort("203.0.113.5:4000")}, e
}

// setupBy is a SETUP of anna's by which she calls nobody, signed by guard; nil:
// not signed.
func setupBy(t *testing.T, guard *authentication.Guard) []byte {
	t.Helper()
	info := &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Setup: &h225.SetupUUIE{
		ProtocolIdentifier: h225.Protocol, EndpointIdentifier: "id of anna", CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{1}},
		DestinationAddress: []h225.AliasAddress{ras.AliasOf("3001")},
		ConferenceGoal:     h225.ConferenceGoal{Create: &per.Null{}}, CallType: h225.CallType{PointToPoint: &per.Null{}},
	}}}}
	l := &relay{}
	if guard != nil {
		l.guards[callee] = guard
	}
	packet, err := l.encode(callee, &q931.Message{CallReference: 1, Type: q931.Setup}, info)
	if err != nil {
		t.Fatal(err)
	}
	return packet[4:]
}

// judged is why a SETUP of anna's is not put through.
func judged(t *testing.T, l *relay, octets []byte) *h225.ReleaseCompleteReason {
	t.Helper()
	m := new(q931.Message)
	if err := m.Unmarshal(octets); err != nil {
		t.Fatal(err)
	}
	info := setupOf(m)
	found := netip.MustParseAddrPort("203.0.113.5:1")
	l.guards = l.router.gatekeeper.guards(l.remote.Addr(), info.H323UUPDU.H323MessageBody.Setup, found)
	if l.believed(caller, info, octets) != nil {
		return &h225.ReleaseCompleteReason{SecurityDenied: &per.Null{}}
	}
	if s := info.H323UUPDU.H323MessageBody.Setup; len(s.CryptoTokens)+len(s.Tokens) != 0 {
		t.Errorf("tokens are left: %+v", s)
	}
	return nil
}

// A SETUP that a user signed is believed once; a wrong one never; an unsigned one
// where the user may prove the password otherwise.
func TestSignedSetup(t *testing.T) {
	anna := authentication.NewAssociation("secret", []string{"anna"}, []string{"gk"})
	forger := authentication.NewAssociation("guessed", []string{"anna"}, []string{"gk"})
	hmac := authentication.HMACSHA196
	for name, try := range map[string]struct {
		methods []authentication.Method
		guard   *authentication.Guard
		denied  bool
	}{
		"signed":                 {guard: anna.Guard(false, "")},
		"signed, demanded":       {guard: anna.Guard(false, ""), methods: []authentication.Method{hmac}},
		"forged":                 {guard: forger.Guard(false, ""), denied: true},
		"unsigned":               {},
		"unsigned, demanded":     {methods: []authentication.Method{hmac}, denied: true},
		"not for us, demanded":   {guard: anna.Guard(false, "another gk"), methods: []authentication.Method{hmac}, denied: true},
		"signed, but is for MD5": {guard: forger.Guard(false, ""), methods: []authentication.Method{authentication.PasswordMD5}},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := guarded(try.methods...)
			octets := setupBy(t, try.guard)
			if why := judged(t, l, octets); (why != nil) != try.denied {
				t.Errorf("%+v", why)
			}
			if try.guard == nil || try.denied || l.guard(caller) == nil {
				return
			}
			again := &relay{router: l.router, remote: l.remote}
			if why := judged(t, again, octets); why == nil {
				t.Error("it is believed again")
			}
		})
	}
}

// A message of an end that is not signed as its first was does not reach the
// other; one that is, is signed anew.
func TestSignedMessages(t *testing.T) {
	l, _ := guarded()
	anna := authentication.NewAssociation("secret", []string{"anna"}, []string{"gk"}).Guard(false, "")
	bert := authentication.NewAssociation("of bert", []string{"bert"}, []string{"gk"}).Guard(true, "")
	octets := setupBy(t, anna)
	if why := judged(t, l, octets); why != nil {
		t.Fatalf("%+v", why)
	}
	l.guards[callee] = authentication.NewAssociation("of bert", []string{"gk"}, []string{"bert"}).Guard(false, "")
	ends := &relay{guards: [2]*authentication.Guard{nil, anna}}
	facility := func(by int) []byte {
		packet, err := ends.encode(by, &q931.Message{CallReference: 1, Type: q931.Facility}, &h225.H323UserInformation{
			H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Facility: &h225.FacilityUUIE{
				ProtocolIdentifier: h225.Protocol, Reason: h225.FacilityReason{UndefinedReason: &per.Null{}},
			}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return packet[4:]
	}
	pass := func(octets []byte) ([]byte, error) {
		m := new(q931.Message)
		if err := m.Unmarshal(octets); err != nil {
			t.Fatal(err)
		}
		return l.passed(caller, m, octets)
	}
	packet, err := pass(facility(callee))
	if err != nil {
		t.Fatal(err)
	}
	_, info := capture.Message(t, packet[4:])
	if err := bert.Check(info, packet[4:], time.Now()); err != nil {
		t.Errorf("the other end: %v", err)
	}
	if n := len(info.H323UUPDU.H323MessageBody.Facility.CryptoTokens); n != 1 {
		t.Errorf("%d tokens", n)
	}
	if _, err := pass(facility(caller)); err == nil {
		t.Error("an unsigned message is believed")
	}
	if empty, err := l.passed(caller, new(q931.Message), nil); err != nil || len(empty) != 4 {
		t.Errorf("a keep-alive: %x, %v", empty, err)
	}
}
