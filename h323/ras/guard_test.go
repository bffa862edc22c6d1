package ras

import (
	"net/netip"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

// invited is a SETUP that is signed by somebody for somebody.
func invited(t *testing.T, now time.Time, password, sender, receiver string) *h323.Invitation {
	t.Helper()
	setup := &h225.SetupUUIE{
		ProtocolIdentifier: h225.Protocol, ConferenceGoal: h225.ConferenceGoal{Create: &per.Null{}}, CallType: h225.CallType{PointToPoint: &per.Null{}},
	}
	info := &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Setup: setup}}}
	guard := authentication.NewAssociation(password, []string{sender}, []string{receiver}).Guard(false, "")
	octets, err := guard.Sign(info, now, func() ([]byte, error) { return per.Marshal(info) })
	if err != nil {
		t.Fatal(err)
	}
	return &h323.Invitation{Setup: setup, Raw: octets}
}

// A SETUP that is signed by the gatekeeper is believed, and answered likewise; one
// that pretends to be is refused, and another's signature says nothing.
func TestGuard(t *testing.T) {
	e, now := registeredEndpoint(t, h225.RegistrationConfirm{})
	e.cfg.Credentials = Credentials{User: "anna", Password: "secret"}
	e.signer, e.verifier = e.cfg.Credentials.prover()
	e.registered(now, &h225.RegistrationConfirm{EndpointIdentifier: "me", GatekeeperIdentifier: "gk"}, false)
	plain := invited(t, now, "x", "x", "x")
	plain.Setup.CryptoTokens = nil
	for name, try := range map[string]struct {
		invitation     *h323.Invitation
		routed, mutual bool
		refused, guard bool
	}{
		"of the gatekeeper":           {invitation: invited(t, now, "secret", "gk", "me"), guard: true},
		"of the gatekeeper, to anna":  {invitation: invited(t, now, "secret", "gk", "anna"), routed: true, guard: true},
		"pretended":                   {invitation: invited(t, now, "guessed", "gk", "me"), refused: true},
		"for another":                 {invitation: invited(t, now, "else", "bert", "carl")},
		"unsigned":                    {invitation: plain},
		"unsigned, routed":            {invitation: plain, routed: true, guard: true},
		"unsigned, routed, demanded":  {invitation: plain, routed: true, mutual: true, refused: true},
		"unsigned, direct, demanded":  {invitation: plain, mutual: true},
		"a call that is made, routed": {routed: true, guard: true},
		"a call that is made, direct": {},
	} {
		e.cfg.Mutual = try.mutual
		got, refused := e.guard(now, h323.Admission{Answer: try.invitation != nil, Invitation: try.invitation}, h323.Admitted{Routed: try.routed})
		if (refused != nil) != try.refused || (got.Guard != nil) != try.guard {
			t.Errorf("%s: %+v, %+v", name, got, refused)
		}
		if refused != nil && refused.Reason.SecurityDenied == nil {
			t.Errorf("%s: %+v", name, refused)
		}
	}
	// By a method that proves passwords alone, nothing else is signed.
	e.signer.Methods = []authentication.Method{authentication.PasswordMD5}
	e.associate()
	if got, _ := e.guard(now, h323.Admission{}, h323.Admitted{Routed: true}); got.Guard != nil {
		t.Error("signed by MD5")
	}
}

// The proof of an ACF does not go into the SETUP; a token for the other end does.
func TestTokensOfAnACF(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m := &h225.RasMessage{AdmissionConfirm: &h225.AdmissionConfirm{
		RequestSeqNum: 1, CallModel: h225.CallModel{Direct: &per.Null{}},
		DestCallSignalAddress: h225.TransportAddressOf(netip.MustParseAddrPort("192.0.2.3:1720")),
		CryptoTokens: []h225.CryptoH323Token{{CryptoGKPwdHash: &h225.GKPwdHash{
			GatekeeperID: "other", TimeStamp: 1, Token: h235.Hashed{AlgorithmOID: h235.OIDMD5},
		}}},
	}}
	signer := authentication.Signer{Methods: []authentication.Method{authentication.HMACSHA196}, Name: "gk", Receiver: "me", Password: "secret"}
	if _, err := signer.SignRAS(m, now); err != nil {
		t.Fatal(err)
	}
	got, refused := admittedBy(m, "me")
	if refused != nil || len(got.Confirm.CryptoTokens) != 1 || got.Confirm.CryptoTokens[0].CryptoGKPwdHash == nil {
		t.Errorf("%+v, %+v", got.Confirm, refused)
	}
	if len(m.AdmissionConfirm.CryptoTokens) != 2 {
		t.Error("the message itself was changed, which a trace may show")
	}
}
