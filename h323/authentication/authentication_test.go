package authentication_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/q931"
)

var now = time.Unix(1700000000, 0)

func ptr[T any](v T) *T { return &v }

// verifier knows alice by her alias and by endpoint identifier 7.
func verifier(methods ...authentication.Method) *authentication.Verifier {
	return &authentication.Verifier{
		Methods: methods, Receivers: []string{"gk"},
		Password: func(c authentication.Claim) (account, password string, ok bool) {
			if c.Sender == "alice" || c.Sender == "7" || c.Sender == "4711" {
				return "alice", "secret", true
			}
			return "", "", false
		},
	}
}

func ras() *h225.RasMessage {
	return &h225.RasMessage{BandwidthRequest: &h225.BandwidthRequest{
		RequestSeqNum: 9, EndpointIdentifier: "7", CallType: &h225.CallType{PointToPoint: &per.Null{}},
	}}
}

// sign returns the message as it goes out and as it is received.
func sign(t *testing.T, s *authentication.Signer) ([]byte, *h225.RasMessage) {
	t.Helper()
	octets, err := s.SignRAS(ras(), now)
	if err != nil {
		t.Fatal(err)
	}
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(octets, m); err != nil {
		t.Fatal(err)
	}
	return octets, m
}

func TestEveryMethod(t *testing.T) {
	for _, method := range authentication.Methods() {
		t.Run(method.String(), func(t *testing.T) {
			for _, name := range []string{"alice", "4711"} {
				s := &authentication.Signer{Methods: []authentication.Method{method}, Name: name, Receiver: "gk", Password: "secret"}
				octets, m := sign(t, s)
				v := verifier(authentication.Methods()...)
				got, err := v.VerifyRAS(octets, m, now)
				if want := (authentication.Verified{Account: "alice", Method: method, Sender: name}); err != nil || got != want {
					t.Errorf("%+v, %v, want %+v", got, err, want)
				}
				// The same message again; MD5 alone cannot tell.
				_, err = v.VerifyRAS(octets, m, now.Add(time.Second))
				if method == authentication.PasswordMD5 && err != nil || method != authentication.PasswordMD5 && !errors.Is(err, h235.ErrReplay) {
					t.Errorf("again: %v", err)
				}
				// The next message of the same second is another.
				octets, m = sign(t, s)
				if _, err = v.VerifyRAS(octets, m, now); err != nil {
					t.Errorf("the next: %v", err)
				}
				if _, err := v.VerifyRAS(octets, m, now.Add(11*time.Minute)); !errors.Is(err, h235.ErrTime) {
					t.Errorf("late: %v", err)
				}
			}
		})
	}
}

func TestRefused(t *testing.T) {
	good := authentication.Signer{Methods: authentication.Methods()[:1], Name: "alice", Receiver: "gk", Password: "secret"}
	for _, c := range []struct {
		name   string
		change func(*authentication.Signer)
		want   error
	}{
		{"right", func(s *authentication.Signer) {}, nil},
		{"no generalID", func(s *authentication.Signer) { s.Receiver = "" }, nil},
		{"endpoint identifier", func(s *authentication.Signer) { s.Sender = "7" }, nil},
		{"for another", func(s *authentication.Signer) { s.Receiver = "gk2" }, authentication.ErrReceiver},
		{"unknown", func(s *authentication.Signer) { s.Name = "mallory" }, authentication.ErrSender},
		{"wrong password", func(s *authentication.Signer) { s.Password = "x" }, h235.ErrIntegrity},
		{"no token", func(s *authentication.Signer) { s.Methods = nil }, authentication.ErrAbsent},
		{"weak", func(s *authentication.Signer) { s.Methods = []authentication.Method{authentication.PasswordMD5} }, authentication.ErrAbsent},
	} {
		s := good
		c.change(&s)
		octets, m := sign(t, &s)
		if _, err := verifier(authentication.HMACSHA196).VerifyRAS(octets, m, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// The bandwidth that is asked for is changed on the way.
func TestChangedMessage(t *testing.T) {
	s := &authentication.Signer{Methods: authentication.Methods(), Name: "alice", Password: "secret"}
	octets, _ := sign(t, s)
	for i := range octets {
		changed := bytes.Clone(octets)
		changed[i] ^= 1
		m := new(h225.RasMessage)
		if _, err := per.Unmarshal(changed, m); err != nil {
			continue
		}
		if _, err := verifier(authentication.HMACSHA196).VerifyRAS(changed, m, now); err == nil {
			t.Errorf("octet %d changed, and verified", i)
		}
	}
}

// Signed twice, as for a repetition with a new token, old tokens do not stay;
// those for other purposes do.
func TestSignAgain(t *testing.T) {
	s := &authentication.Signer{Methods: authentication.Methods(), Name: "alice", Password: "secret"}
	m := ras()
	m.BandwidthRequest.Tokens = []h235.ClearToken{{TokenOID: "0.0.8.235.0.3.43"}}
	for range 2 {
		if _, err := s.SignRAS(m, now); err != nil {
			t.Fatal(err)
		}
	}
	if b := m.BandwidthRequest; len(b.CryptoTokens) != 2 || len(b.Tokens) != 2 || b.Tokens[0].TokenOID != "0.0.8.235.0.3.43" {
		t.Errorf("%+v", b)
	}
}

// Of call signalling the whole Q.931 message is hashed.
func TestSignalling(t *testing.T) {
	u := &h225.H323UserInformation{}
	u.H323UUPDU.H323MessageBody.Alerting = &h225.AlertingUUIE{
		ProtocolIdentifier: "0.0.8.2250.0.7", DestinationInfo: h225.EndpointType{MC: true},
	}
	c, ok := authentication.Signalling(u)
	if !ok {
		t.Fatal("no place for tokens")
	}
	s := &authentication.Signer{Methods: []authentication.Method{authentication.HMACSHA196}, Name: "alice", Password: "secret"}
	octets, err := s.Sign(c, now, func() ([]byte, error) {
		info, err := per.Marshal(u)
		if err != nil {
			return nil, err
		}
		m := q931.Message{Type: q931.Alerting, CallReference: 1}
		m.PutUserInformation(info)
		return m.Append(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	m, received := capture.Message(t, octets)
	info, err := m.UserInformation()
	if err != nil {
		t.Fatal(err)
	}
	c, _ = authentication.Signalling(received)
	if _, err := verifier(authentication.HMACSHA196).Verify(octets, c, now); err != nil {
		t.Error(err)
	}
	if _, err := verifier(authentication.HMACSHA196).Verify(info, c, now); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("the user information alone: %v", err)
	}
	if _, ok := authentication.Signalling(&h225.H323UserInformation{}); ok {
		t.Error("a message without body has a place for tokens")
	}
}

// A registration request that another program signed with "secretA"; its
// extension bitmaps are shorter than ours, so that it does not encode to the
// same octets again.
func TestRecorded(t *testing.T) {
	const rrq = "0ec0fbf0060008914a00078001007f00001f06b801007f000015d18a22c00900003d1048333233506c75732073696d706c6500001a312e32382e30202848333233706c75732076312e32382e302900000001400300730069006d00410a00410075007400680047004b600900003d1048333233506c75732073696d706c6500001a312e32382e30202848333233706c75732076312e32382e302900002eab192202003b4d0174070008816b000201c500070008816b000205c06b00681e042fa41a190a00410075007400680047004b0280090600730069006d0041070008816b0002060060f7c0c0cc3bac3da740e5db1501000180010001000270000130411003480a2b0601040181854200060001480b2b060104018185420006012000480b2b060104018185420006021800001240001700024000011d0000021d0000071c0100"
	octets, err := hex.DecodeString(rrq)
	if err != nil {
		t.Fatal(err)
	}
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(octets, m); err != nil {
		t.Fatal(err)
	}
	if again, err := per.Marshal(m); err != nil || bytes.Equal(again, octets) {
		t.Fatalf("%v: nothing to be shown by this message", err)
	}
	v := &authentication.Verifier{
		Methods: authentication.Methods(), Receivers: []string{"AuthGK"},
		Password: func(c authentication.Claim) (string, string, bool) { return c.Sender, "secretA", true },
	}
	sent := m.RegistrationRequest.CryptoTokens[0].NestedcryptoToken.CryptoHashedToken.HashedVals.TimeStamp
	at := time.Unix(int64(*sent), 0).Add(time.Second)
	got, err := v.VerifyRAS(octets, m, at)
	if want := (authentication.Verified{Account: "simA", Method: authentication.HMACSHA196, Sender: "simA"}); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	v = &authentication.Verifier{
		Methods:  authentication.Methods(),
		Password: func(c authentication.Claim) (string, string, bool) { return c.Sender, "secretB", true },
	}
	if _, err := v.VerifyRAS(octets, m, at); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("another password: %v", err)
	}
}

func TestNegotiation(t *testing.T) {
	all := authentication.Methods()
	mechanisms, algorithms := authentication.Offer(all...)
	if len(mechanisms) != 2 || len(algorithms) != 3 {
		t.Errorf("%d mechanisms, %d algorithms", len(mechanisms), len(algorithms))
	}
	for _, m := range all {
		if got, ok := authentication.Choose(mechanisms, algorithms, m); got != m || !ok {
			t.Errorf("%v: %v, %v", m, got, ok)
		}
		if got, ok := authentication.Choose(mechanisms, algorithms[:0], m); ok {
			t.Errorf("%v of no algorithm", got)
		}
		one, oid := authentication.Offer(m)
		if got, ok := authentication.Choose(one, oid, all...); got != m || !ok {
			t.Errorf("%v: %v, %v", m, got, ok)
		}
	}
	if got, _ := authentication.Choose(mechanisms, algorithms, all...); got != authentication.HMACSHA196 {
		t.Errorf("%v is not the strongest", got)
	}
}

func TestSecurityErrors(t *testing.T) {
	for err, name := range map[error]string{
		h235.ErrTime: "securityWrongSyncTime", h235.ErrReplay: "securityReplay",
		h235.ErrIntegrity: "securityIntegrityFailed", authentication.ErrSender: "securityIntegrityFailed",
		authentication.ErrReceiver: "securityWrongGeneralID", authentication.ErrAbsent: "securityWrongOID",
	} {
		if got, _ := per.Alternative(ptr(authentication.SecurityErrors2(err))); got != name {
			t.Errorf("%v: %s", err, got)
		}
		if got, _ := per.Alternative(ptr(authentication.SecurityErrors(err))); got != name {
			t.Errorf("%v: %s", err, got)
		}
	}
}

// FuzzVerify: no message makes the verifier panic, or pass without the password.
func FuzzVerify(f *testing.F) {
	for _, m := range authentication.Methods() {
		s := &authentication.Signer{Methods: []authentication.Method{m}, Name: "alice", Receiver: "gk", Password: "not it"}
		octets, err := s.SignRAS(ras(), now)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(octets)
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		m := new(h225.RasMessage)
		if _, err := per.Unmarshal(octets, m); err != nil {
			return
		}
		v := verifier(authentication.Methods()...)
		v.Window = 1 << 62
		if got, err := v.VerifyRAS(octets, m, now); err == nil {
			t.Errorf("%+v of %x", got, octets)
		}
	})
}
