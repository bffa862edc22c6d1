package authentication_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

// Tokens of other kinds, and ours with a part missing, are no claims, whatever
// they lack.
func TestOtherTokens(t *testing.T) {
	stamp, random := h235.TimeStamp(now.Unix()), h235.RandomVal(1)
	hashed := func(change func(*h235.CryptoHashedToken)) h225.CryptoH323Token {
		h := h235.NewHashedToken("alice", "gk", stamp, random)
		change(h)
		return h225.CryptoH323Token{NestedcryptoToken: &h235.CryptoToken{CryptoHashedToken: h}}
	}
	access := func(change func(*h235.ClearToken)) h235.ClearToken {
		a := h235.NewAccessToken("alice", "secret", stamp, 1)
		change(a)
		return *a
	}
	m := ras()
	m.BandwidthRequest.CryptoTokens = []h225.CryptoH323Token{
		{},
		{NestedcryptoToken: &h235.CryptoToken{CryptoEncryptedToken: &h235.CryptoEncryptedToken{TokenOID: "0.1"}}},
		hashed(func(h *h235.CryptoHashedToken) { h.HashedVals.TimeStamp = nil }),
		hashed(func(h *h235.CryptoHashedToken) { h.HashedVals.Random = nil }),
		hashed(func(h *h235.CryptoHashedToken) { h.TokenOID = "0.1" }),
		hashed(func(h *h235.CryptoHashedToken) { h.Token.Hash = per.BitString{} }),
	}
	m.BandwidthRequest.Tokens = []h235.ClearToken{
		{TokenOID: "0.0.8.235.0.3.43"},
		access(func(a *h235.ClearToken) { a.TimeStamp = nil }),
		access(func(a *h235.ClearToken) { a.Random = nil }),
		access(func(a *h235.ClearToken) { a.GeneralID = "" }),
		access(func(a *h235.ClearToken) { a.Challenge = a.Challenge[:8] }),
	}
	c, ok := authentication.RAS(m)
	if !ok {
		t.Fatal("no place for tokens")
	}
	if claims := authentication.Claims(c); len(claims) != 0 {
		t.Errorf("%+v", claims)
	}
	_, err := verifier(authentication.Methods()...).VerifyRAS(nil, m, now)
	if !errors.Is(err, authentication.ErrAbsent) {
		t.Error(err)
	}
}

// Messages without tokens, or with those of one kind only, carry none.
func TestNoPlace(t *testing.T) {
	for _, m := range []*h225.RasMessage{
		{},
		{UnknownMessageResponse: &h225.UnknownMessageResponse{}},
		{NonStandardMessage: &h225.NonStandardMessage{}},
		{AdmissionConfirmSequence: []h225.AdmissionConfirm{{}}},
	} {
		if _, err := verifier(authentication.Methods()...).VerifyRAS(nil, m, now); !errors.Is(err, authentication.ErrAbsent) {
			t.Errorf("%+v: %v", m, err)
		}
		_, place := authentication.RAS(m)
		s := &authentication.Signer{Methods: authentication.Methods(), Name: "alice", Password: "secret"}
		if _, err := s.SignRAS(m, now); errors.Is(err, authentication.ErrNoPlace) == place {
			t.Errorf("%+v: place %v, %v", m, place, err)
		}
	}
	u := &h225.H323UserInformation{}
	u.H323UUPDU.H323MessageBody.Empty = &per.Null{}
	if _, ok := authentication.Signalling(u); ok {
		t.Error("an empty body has a place for tokens")
	}
}

// The password's hash names its sender by an alias of any kind.
func TestAliasOfHash(t *testing.T) {
	stamp := h235.TimeStamp(now.Unix())
	for _, a := range []h225.AliasAddress{
		{H323ID: "alice"}, {H323ID: "alice\x00"}, {URLID: "alice"}, {EmailID: "alice"}, {DialledDigits: "4711"},
	} {
		want := "alice"
		if a.DialledDigits != "" {
			want = a.DialledDigits
		}
		hash, err := h235.HashPassword(want, "secret", stamp)
		if err != nil {
			t.Fatal(err)
		}
		m := ras()
		m.BandwidthRequest.CryptoTokens = []h225.CryptoH323Token{
			{CryptoEPPwdHash: &h225.EPPwdHash{Alias: a, TimeStamp: stamp, Token: hash}},
		}
		got, err := verifier(authentication.PasswordMD5).VerifyRAS(nil, m, now)
		if err != nil || got.Sender != want {
			t.Errorf("%+v: %+v, %v", a, got, err)
		}
	}
}

// A name goes out as dialledDigits only where all of it can be dialled.
func TestAliasOfSigner(t *testing.T) {
	for name, want := range map[string]h225.AliasAddress{
		"0123456789":  {DialledDigits: "0123456789"},
		"*1,2#":       {DialledDigits: "*1,2#"},
		"alice":       {H323ID: "alice"},
		"4711a":       {H323ID: "4711a"},
		"1.2":         {H323ID: "1.2"},
		"+49":         {H323ID: "+49"},
		"1/2":         {H323ID: "1/2"},
		"1:2":         {H323ID: "1:2"},
		"zwölf":       {H323ID: "zwölf"},
		"1234567890 ": {H323ID: "1234567890 "},
	} {
		s := &authentication.Signer{Methods: []authentication.Method{authentication.PasswordMD5}, Name: name, Password: "secret"}
		_, m := sign(t, s)
		if d := cmp.Diff(want, m.BandwidthRequest.CryptoTokens[0].CryptoEPPwdHash.Alias); d != "" {
			t.Errorf("%q: %s", name, d)
		}
	}
}

// A name that no token takes is told, and sends nothing unproved.
func TestNameTooLong(t *testing.T) {
	s := &authentication.Signer{
		Methods: []authentication.Method{authentication.PasswordMD5}, Name: string(make([]byte, 200)), Password: "secret",
	}
	if octets, err := s.SignRAS(ras(), now); err == nil || octets != nil {
		t.Errorf("%x, %v", octets, err)
	}
}

// Randoms begin anywhere, so that who starts anew within a second is not taken
// for a replay; they count up, and are positive numbers of 32 bits.
func TestRandom(t *testing.T) {
	begin := map[h235.RandomVal]bool{}
	for range 8 {
		s := &authentication.Signer{Methods: []authentication.Method{authentication.HMACSHA196}, Name: "alice", Password: "secret"}
		var last h235.RandomVal
		for i := range 3 {
			_, m := sign(t, s)
			r := *m.BandwidthRequest.CryptoTokens[0].NestedcryptoToken.CryptoHashedToken.HashedVals.Random
			if r < 0 || r >= 1<<31 {
				t.Errorf("random %d", r)
			}
			if i == 0 {
				begin[r] = true
			} else if r != (last+1)%(1<<31) {
				t.Errorf("%d after %d", r, last)
			}
			last = r
		}
	}
	if len(begin) < 7 {
		t.Errorf("%d beginnings of 8 signers", len(begin))
	}
}

// The window is as wide as it is set, and each account's tokens are remembered
// apart from others'.
func TestWindowAndAccounts(t *testing.T) {
	v := &authentication.Verifier{
		Methods: []authentication.Method{authentication.HMACSHA196}, Window: time.Minute,
		Password: func(c authentication.Claim) (string, string, bool) { return c.Sender, "secret", true },
	}
	type message struct {
		octets []byte
		m      *h225.RasMessage
	}
	var all []message
	for _, name := range []string{"alice", "bob"} {
		s := &authentication.Signer{Methods: v.Methods, Name: name, Password: "secret"}
		octets, m := sign(t, s)
		all = append(all, message{octets, m})
		if _, err := v.VerifyRAS(octets, m, now.Add(time.Minute+time.Second)); !errors.Is(err, h235.ErrTime) {
			t.Errorf("%s after the window: %v", name, err)
		}
		if got, err := v.VerifyRAS(octets, m, now); err != nil || got.Account != name {
			t.Errorf("%+v, %v", got, err)
		}
	}
	for _, m := range all {
		if _, err := v.VerifyRAS(m.octets, m.m, now); !errors.Is(err, h235.ErrReplay) {
			t.Errorf("again: %v", err)
		}
	}
}

// A gateway that sends many requests within a window is not taken for one that
// repeats itself.
func TestManyTokens(t *testing.T) {
	v := verifier(authentication.HMACSHA196)
	s := &authentication.Signer{Methods: v.Methods, Name: "alice", Receiver: "gk", Password: "secret"}
	for i := range 1000 {
		octets, m := sign(t, s)
		if _, err := v.VerifyRAS(octets, m, now); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
}

// What is chosen is offered as a mechanism and as an algorithm.
func TestChooseNeedsBoth(t *testing.T) {
	password, md5 := authentication.Offer(authentication.PasswordMD5)
	radius, cat := authentication.Offer(authentication.AccessToken)
	if password[0].PwdHash == nil || radius[0].AuthenticationBES == nil || radius[0].AuthenticationBES.Radius == nil {
		t.Errorf("%+v, %+v", password, radius)
	}
	all := authentication.Methods()
	for name, offer := range map[string]struct {
		mechanisms []h235.AuthenticationMechanism
		algorithms []per.OID
	}{
		"another's mechanism": {radius, md5},
		"another's algorithm": {password, cat},
		"no mechanism":        {nil, md5},
		"BES of another kind": {[]h235.AuthenticationMechanism{{AuthenticationBES: &h235.AuthenticationBES{Default: &per.Null{}}}}, cat},
		"certificates":        {[]h235.AuthenticationMechanism{{CertSign: &per.Null{}}}, md5},
	} {
		if got, ok := authentication.Choose(offer.mechanisms, offer.algorithms, all...); ok {
			t.Errorf("%s: %v", name, got)
		}
	}
	if mechanisms, _ := authentication.Offer(authentication.HMACSHA196, authentication.PasswordMD5); len(mechanisms) != 1 {
		t.Errorf("pwdHash is offered %d times", len(mechanisms))
	}
}

// The sendersID is the endpoint identifier, once there is one.
func TestSendersID(t *testing.T) {
	s := &authentication.Signer{
		Methods: []authentication.Method{authentication.HMACSHA196}, Name: "alice", Sender: "7", Receiver: "gk", Password: "secret",
	}
	octets, m := sign(t, s)
	if got, err := verifier(s.Methods...).VerifyRAS(octets, m, now); err != nil || got.Sender != "7" {
		t.Errorf("%+v, %v", got, err)
	}
}

// Tokens of others and for other purposes are not taken away.
func TestSignBesideOthers(t *testing.T) {
	m := ras()
	m.BandwidthRequest.CryptoTokens = []h225.CryptoH323Token{
		{NestedcryptoToken: &h235.CryptoToken{CryptoEncryptedToken: &h235.CryptoEncryptedToken{TokenOID: "0.1"}}},
		{CryptoGKCert: &h235.Signed{AlgorithmOID: "0.1"}},
	}
	s := &authentication.Signer{Methods: []authentication.Method{authentication.AccessToken}, Name: "alice", Password: "secret"}
	c, _ := authentication.RAS(m)
	if _, err := s.Sign(c, now, func() ([]byte, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	if n := len(m.BandwidthRequest.CryptoTokens); n != 2 {
		t.Errorf("%d tokens of others are left of 2", n)
	}
}
