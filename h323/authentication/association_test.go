package authentication_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

func setup() *h225.H323UserInformation {
	return &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Setup: &h225.SetupUUIE{
		ProtocolIdentifier: h225.Protocol, DestinationAddress: []h225.AliasAddress{{DialledDigits: "4711"}},
		ConferenceGoal: h225.ConferenceGoal{Create: &per.Null{}}, CallType: h225.CallType{PointToPoint: &per.Null{}},
		CryptoTokens: []h225.CryptoH323Token{{CryptoGKPwdHash: &h225.GKPwdHash{
			GatekeeperID: "other", TimeStamp: 1, Token: h235.Hashed{AlgorithmOID: h235.OIDMD5},
		}}},
	}}}}
}

// signed is a message as it goes over the wire, and as it is read there.
func signed(t *testing.T, g *authentication.Guard, m *h225.H323UserInformation, now time.Time) ([]byte, *h225.H323UserInformation) {
	t.Helper()
	octets, err := g.Sign(m, now, func() ([]byte, error) { return per.Marshal(m) })
	if err != nil {
		t.Fatal(err)
	}
	read := new(h225.H323UserInformation)
	if _, err := per.Unmarshal(octets, read); err != nil {
		t.Fatal(err)
	}
	return octets, read
}

// What one end of an association signs, the other believes, once and unchanged.
func TestGuard(t *testing.T) {
	anna := authentication.NewAssociation("secret", []string{"anna", "id of anna"}, []string{"gk"})
	gk := authentication.NewAssociation("secret", []string{"gk"}, []string{"anna"})
	wrong := authentication.NewAssociation("Secret", []string{"gk"}, []string{"anna"})
	octets, m := signed(t, anna.Guard(false, ""), setup(), now)
	g := gk.Guard(false, "")
	if err := g.Check(m, octets, now); err != nil || !g.Proved() {
		t.Fatalf("%v, %v", err, g.Proved())
	}
	if err := gk.Guard(false, "").Check(m, octets, now.Add(time.Second)); !errors.Is(err, h235.ErrReplay) {
		t.Errorf("in another call: %v", err)
	}
	if err := wrong.Guard(false, "").Check(m, octets, now); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("another password: %v", err)
	}
	octets, m = signed(t, anna.Guard(false, ""), setup(), now)
	changed := bytes.Replace(octets, []byte{0x7a, 0x44}, []byte{0x7a, 0x45}, 1) // 4711 in 4 bits each, plus 3
	if bytes.Equal(changed, octets) {
		t.Fatal("nothing was changed")
	}
	if err := gk.Guard(false, "").Check(m, changed, now); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("another number: %v", err)
	}
	if err := gk.Guard(false, "").Check(m, octets, now.Add(time.Hour)); !errors.Is(err, h235.ErrTime) {
		t.Errorf("an hour later: %v", err)
	}
	// What follows the first signed message is to be signed too.
	if err := g.Check(setup(), nil, now); !errors.Is(err, authentication.ErrAbsent) {
		t.Errorf("unsigned: %v", err)
	}
	if err := gk.Guard(false, "").Check(setup(), nil, now); err != nil {
		t.Errorf("not demanded: %v", err)
	}
	if err := gk.Guard(true, "").Check(setup(), nil, now); !errors.Is(err, authentication.ErrAbsent) {
		t.Errorf("demanded: %v", err)
	}
}

// A token for another is not judged, nor is it a proof.
func TestGuardOfAnother(t *testing.T) {
	other := authentication.NewAssociation("else", []string{"bert"}, []string{"another gk"})
	octets, m := signed(t, other.Guard(false, ""), setup(), now)
	g := authentication.NewAssociation("secret", []string{"gk"}, []string{"anna"}).Guard(false, "")
	if err := g.Check(m, octets, now); err != nil || g.Proved() {
		t.Errorf("%v, %v", err, g.Proved())
	}
}

// On the next hop the proofs of this one are gone, and tokens of other purposes
// are not.
func TestStrip(t *testing.T) {
	anna := authentication.NewAssociation("secret", []string{"anna"}, []string{"gk"})
	_, m := signed(t, anna.Guard(false, ""), setup(), now)
	if n := len(m.H323UUPDU.H323MessageBody.Setup.CryptoTokens); n != 2 {
		t.Fatalf("%d tokens", n)
	}
	if !authentication.Strip(m) {
		t.Error("nothing was there")
	}
	if left := m.H323UUPDU.H323MessageBody.Setup.CryptoTokens; len(left) != 1 || left[0].CryptoGKPwdHash == nil {
		t.Errorf("%+v", left)
	}
	if authentication.Strip(m) || authentication.Strip(&h225.H323UserInformation{}) || authentication.Strip(nil) {
		t.Error("stripped again")
	}
}
