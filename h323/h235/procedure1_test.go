package h235_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"parley/h323/h235"
	"parley/h323/per"
)

// carrier stands for a message that carries a hashed token.
type carrier struct {
	Before []byte
	Token  h235.CryptoToken
	After  []byte
}

func signed(t *testing.T, c *carrier, password string) []byte {
	t.Helper()
	token := h235.NewHashedToken("simA", "AuthGK", 1700000000, 5)
	c.Token.CryptoHashedToken = token
	data, err := token.SetHash(password, func() ([]byte, error) { return per.Marshal(c) })
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestProcedure1(t *testing.T) {
	data := signed(t, &carrier{Before: []byte("before"), After: []byte("after")}, "secret")
	var c carrier
	if _, err := per.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	token := c.Token.CryptoHashedToken
	if !token.IsProcedure1() {
		t.Fatalf("%+v is no token of procedure I", token)
	}
	if err := token.Verify(data, "secret"); err != nil {
		t.Error(err)
	}
	if err := token.Verify(data, "Secret"); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("another password: %v", err)
	}
	for i := range data {
		changed := bytes.Clone(data)
		changed[i] ^= 0x40
		if err := token.Verify(changed, "secret"); !errors.Is(err, h235.ErrIntegrity) {
			t.Errorf("octet %d changed: %v", i, err)
		}
	}
}

// The identifiers of other versions, and what is no token of procedure I.
func TestProcedure1Versions(t *testing.T) {
	for _, c := range []struct {
		oid  per.OID
		want bool
	}{
		{"0.0.8.235.0.1.1", true}, {"0.0.8.235.0.2.1", true}, {"0.0.8.235.0.3.1", true},
		{"0.0.8.235.0.9.1", false}, {"0.0.8.235.0.2.2", false}, {"0.0.8.235.0.2", false},
		{"0.0.8.235.0", false}, {"0.0.8.236.0.2.1", false}, {"", false},
	} {
		token := h235.NewHashedToken("a", "b", 1, 1)
		token.TokenOID = c.oid
		if got := token.IsProcedure1(); got != c.want {
			t.Errorf("%q: %v", c.oid, got)
		}
	}
	token := h235.NewHashedToken("a", "b", 1, 1)
	token.HashedVals.Random = nil
	if err := token.Verify(nil, ""); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("without random: %v", err)
	}
}

// A message made of many hash fields is not hashed once for each.
func TestProcedure1ManyFields(t *testing.T) {
	token := h235.NewHashedToken("a", "b", 1, 1)
	octets := make([]byte, 60000)
	n := testing.AllocsPerRun(1, func() {
		if err := token.Verify(octets, "secret"); !errors.Is(err, h235.ErrIntegrity) {
			t.Errorf("zeros verify: %v", err)
		}
	})
	if n > 100 {
		t.Errorf("%v allocations", n)
	}
}

func TestSetHashNotCarried(t *testing.T) {
	token := h235.NewHashedToken("a", "b", 1, 1)
	if _, err := token.SetHash("x", func() ([]byte, error) { return []byte("no token"), nil }); err == nil {
		t.Error("no error")
	}
	want := errors.New("encoding")
	if _, err := token.SetHash("x", func() ([]byte, error) { return nil, want }); !errors.Is(err, want) {
		t.Errorf("%v", err)
	}
}

// The digests were computed over ClearTokens that were encoded by hand.
func TestPasswordHash(t *testing.T) {
	token, err := h235.HashPassword("alice", "secret", 1700000000)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(token.Hash.Bytes); got != "17e8092b969da1bc3964c790603e7e87" {
		t.Errorf("%s", got)
	}
	bare, err := hex.DecodeString("569e027ad0c2928fdfadd0e64639a738")
	if err != nil {
		t.Fatal(err)
	}
	without := token
	without.Hash.Bytes = bare
	for _, h := range []h235.Hashed{token, without} {
		if err := h.VerifyPassword("alice", "secret", 1700000000); err != nil {
			t.Error(err)
		}
		for _, c := range []struct {
			name, password string
			sent           h235.TimeStamp
		}{{"bob", "secret", 1700000000}, {"alice", "Secret", 1700000000}, {"alice", "secret", 1700000001}} {
			if err := h.VerifyPassword(c.name, c.password, c.sent); !errors.Is(err, h235.ErrIntegrity) {
				t.Errorf("%+v: %v", c, err)
			}
		}
	}
	token.AlgorithmOID = "1.2.3"
	if err := token.VerifyPassword("alice", "secret", 1700000000); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("another algorithm: %v", err)
	}
}

func TestAccessToken(t *testing.T) {
	token := h235.NewAccessToken("alice", "secret", 1700000000, 42)
	if got := hex.EncodeToString(token.Challenge); got != "a62ca544a6112e1c4dc99aba7c0271a6" {
		t.Errorf("%s", got)
	}
	if token.AccessName() != "alice" {
		t.Errorf("%q", token.AccessName())
	}
	if err := token.VerifyAccess("secret"); err != nil {
		t.Error(err)
	}
	if err := token.VerifyAccess("other"); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("%v", err)
	}
	signed := h235.NewAccessToken("alice", "secret", 1700000000, 200)
	*signed.Random = 200 - 256
	if err := signed.VerifyAccess("secret"); err != nil {
		t.Errorf("random of a signed octet: %v", err)
	}
	*signed.Random = 1 << 20
	if err := signed.VerifyAccess("secret"); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("random of more than an octet: %v", err)
	}
}
