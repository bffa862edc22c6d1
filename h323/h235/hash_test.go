package h235_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"errors"
	"testing"
	"time"

	"parley/h323/h235"
	"parley/h323/per"
)

// The hash is HMAC-SHA1 over the whole message with zeros in the hash's place,
// under the SHA-1 of the password, its first 96 bits (H.235.1 clause 7).
func TestProcedure1Hash(t *testing.T) {
	data := signed(t, &carrier{Before: []byte("before"), After: []byte("after")}, "secret")
	var c carrier
	if _, err := per.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	token := c.Token.CryptoHashedToken
	sent := token.Token.Hash.Bytes
	at := bytes.Index(data, sent)
	if at < 0 || len(sent) != 12 {
		t.Fatalf("hash %x at %d", sent, at)
	}
	message := bytes.Clone(data)
	clear(message[at : at+12])
	password := sha1.Sum([]byte("secret"))
	mac := hmac.New(sha1.New, password[:])
	mac.Write(message)
	if want := mac.Sum(nil)[:12]; !bytes.Equal(sent, want) {
		t.Errorf("hash %x, want %x", sent, want)
	}
	if v := token.HashedVals; v.SendersID != "simA" || v.GeneralID != "AuthGK" || *v.TimeStamp != 1700000000 || *v.Random != 5 {
		t.Errorf("%+v", v)
	}
	// The same octets further in front are not taken for the hash.
	found := &carrier{Before: sent, After: []byte("after")}
	found.Token.CryptoHashedToken = token
	twice, err := per.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	at = bytes.LastIndex(twice, sent)
	message = bytes.Clone(twice)
	clear(message[at : at+12])
	mac.Reset()
	mac.Write(message)
	copy(twice[at:], mac.Sum(nil)[:12])
	if err := token.Verify(twice, "secret"); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("a hash that the token has not: %v", err)
	}
}

// The token keeps the hash that was sent, and the encoder may use one buffer for
// both of its encodings.
func TestSetHashInPlace(t *testing.T) {
	c := &carrier{Before: []byte("before"), After: []byte("after")}
	token := h235.NewHashedToken("simA", "AuthGK", 1700000000, 5)
	c.Token.CryptoHashedToken = token
	var buffer []byte
	data, err := token.SetHash("secret", func() ([]byte, error) {
		encoded, err := per.Marshal(c)
		buffer = append(buffer[:0], encoded...)
		return buffer, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, token.Token.Hash.Bytes) || bytes.Equal(token.Token.Hash.Bytes, make([]byte, 12)) {
		t.Errorf("hash %x of %x", token.Token.Hash.Bytes, data)
	}
	if err := token.Verify(data, "secret"); err != nil {
		t.Error(err)
	}
}

// Encodings that differ in more than the hash have no place for it.
func TestSetHashOfAnother(t *testing.T) {
	fields := [][]byte{bytes.Repeat([]byte{0xff}, 12), make([]byte, 12)}
	for name, encode := range map[string]func(n int) []byte{
		"another length":  func(n int) []byte { return append(bytes.Clone(fields[n]), make([]byte, n)...) },
		"after the hash":  func(n int) []byte { return append(bytes.Clone(fields[n]), byte(n)) },
		"part of a hash":  func(n int) []byte { return fields[n][:11] },
		"no ones":         func(n int) []byte { return bytes.Repeat([]byte{byte(1 - n)}, 12) },
		"no zeros":        func(n int) []byte { return bytes.Repeat([]byte{byte(0xff - n)}, 12) },
		"error of second": nil,
	} {
		n, failed := 0, errors.New("encoding")
		token := h235.NewHashedToken("a", "b", 1, 1)
		_, err := token.SetHash("x", func() ([]byte, error) {
			defer func() { n++ }()
			if encode == nil {
				if n == 1 {
					return fields[1], failed
				}
				return fields[0], nil
			}
			return encode(n), nil
		})
		if err == nil || encode == nil && !errors.Is(err, failed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// At the very end of a message there is.
	n := 0
	token := h235.NewHashedToken("a", "b", 1, 1)
	if _, err := token.SetHash("x", func() ([]byte, error) { n++; return append([]byte{7}, fields[n-1]...), nil }); err != nil {
		t.Error(err)
	}
}

// What lacks a part is no token of procedure I, and no octets prove it.
func TestProcedure1Parts(t *testing.T) {
	for name, change := range map[string]func(*h235.CryptoHashedToken){
		"time":             func(c *h235.CryptoHashedToken) { c.HashedVals.TimeStamp = nil },
		"random":           func(c *h235.CryptoHashedToken) { c.HashedVals.Random = nil },
		"clear token":      func(c *h235.CryptoHashedToken) { c.HashedVals.TokenOID = "0.0.8.235.0.2.9" },
		"algorithm":        func(c *h235.CryptoHashedToken) { c.Token.AlgorithmOID = "0.0.8.235.0.2.9" },
		"octets of hash":   func(c *h235.CryptoHashedToken) { c.Token.Hash.Bytes = c.Token.Hash.Bytes[:11] },
		"bits of hash":     func(c *h235.CryptoHashedToken) { c.Token.Hash.Length = 95 },
		"identifier":       func(c *h235.CryptoHashedToken) { c.TokenOID = "0.0.8.235.1.2.1" },
		"its version":      func(c *h235.CryptoHashedToken) { c.TokenOID = "0.0.8.235.0" },
		"its procedure":    func(c *h235.CryptoHashedToken) { c.TokenOID = "0.0.8.235.0.2" },
		"its last element": func(c *h235.CryptoHashedToken) { c.TokenOID = "0.0.8.235.0.2.1.1" },
	} {
		token := h235.NewHashedToken("a", "b", 1, 1)
		change(token)
		if token.IsProcedure1() {
			t.Errorf("without %s it is one", name)
		}
		if err := token.Verify(make([]byte, 100), "secret"); !errors.Is(err, h235.ErrIntegrity) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// So with access tokens and with hashes of a password.
func TestAccessTokenParts(t *testing.T) {
	for name, change := range map[string]func(*h235.ClearToken){
		"identifier":  func(c *h235.ClearToken) { c.TokenOID = "1.2" },
		"time":        func(c *h235.ClearToken) { c.TimeStamp = nil },
		"random":      func(c *h235.ClearToken) { c.Random = nil },
		"name":        func(c *h235.ClearToken) { c.GeneralID = "" },
		"challenge":   func(c *h235.ClearToken) { c.Challenge = c.Challenge[:15] },
		"small value": func(c *h235.ClearToken) { *c.Random = -129 },
		"large value": func(c *h235.ClearToken) { *c.Random = 256 },
	} {
		token := h235.NewAccessToken("alice", "secret", 1700000000, 255)
		change(token)
		if err := token.VerifyAccess("secret"); !errors.Is(err, h235.ErrIntegrity) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for random, value := range map[byte]h235.RandomVal{255: 255, 128: -128} {
		token := h235.NewAccessToken("alice", "secret", 1700000000, random)
		*token.Random = value
		if err := token.VerifyAccess("secret"); err != nil {
			t.Errorf("%d: %v", value, err)
		}
	}
	hash, err := h235.HashPassword("alice", "secret", 1700000000)
	if err != nil {
		t.Fatal(err)
	}
	hash.Hash.Length = 127
	if err := hash.VerifyPassword("alice", "secret", 1700000000); !errors.Is(err, h235.ErrIntegrity) {
		t.Errorf("127 bits: %v", err)
	}
	if _, err := h235.HashPassword(string(make([]byte, 128)), "secret", 1700000000); err == nil {
		t.Error("a name that fits no token")
	}
}

// Tokens are forgotten when they cannot pass any more, and not sooner: a clock
// that is ahead by the window sends what passes for two windows.
func TestReplayForgets(t *testing.T) {
	begin := time.Unix(1700000000, 0)
	r := h235.Replay{Window: 10 * time.Second, Capacity: 2}
	stamp := func(after time.Duration) h235.TimeStamp { return h235.TimeStamp(begin.Add(after).Unix()) }
	ahead := stamp(10 * time.Second)
	if err := r.Accept([]byte("a"), ahead, begin); err != nil {
		t.Fatal(err)
	}
	if err := r.Accept([]byte("a"), ahead, begin.Add(20*time.Second)); !errors.Is(err, h235.ErrReplay) {
		t.Errorf("at the end of its time: %v", err)
	}
	// Two more have room when its time is over: were it kept, what is as old as it
	// would be refused.
	late := begin.Add(21 * time.Second)
	for _, hash := range []string{"b", "c"} {
		if err := r.Accept([]byte(hash), stamp(12*time.Second), late); err != nil {
			t.Errorf("%s: %v", hash, err)
		}
	}
	// The third takes the place of the oldest, after which nothing as old passes.
	if err := r.Accept([]byte("d"), stamp(13*time.Second), late); err != nil {
		t.Error(err)
	}
	if err := r.Accept([]byte("e"), stamp(12*time.Second), late); !errors.Is(err, h235.ErrReplay) {
		t.Errorf("as old as a forgotten one: %v", err)
	}
	if err := r.Accept([]byte("f"), stamp(13*time.Second), late); err != nil {
		t.Errorf("younger: %v", err)
	}
}
