package encryption

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"testing"

	"parley/h323/h235"
	"parley/h323/per"
)

// bitsOfPi returns floor(2^n pi), by Machin's formula.
func bitsOfPi(n uint) *big.Int {
	const guard = 64
	arctan := func(x int64) *big.Int {
		term := new(big.Int).Lsh(big.NewInt(1), n+guard)
		term.Quo(term, big.NewInt(x))
		sum, part := new(big.Int).Set(term), new(big.Int)
		for k := int64(1); term.Sign() != 0; k++ {
			term.Quo(term, big.NewInt(x*x))
			part.Quo(term, big.NewInt(2*k+1))
			if k%2 == 1 {
				part.Neg(part)
			}
			sum.Add(sum, part)
		}
		return sum
	}
	pi := arctan(5)
	pi.Mul(pi, big.NewInt(4)).Sub(pi, arctan(239)).Mul(pi, big.NewInt(4))
	return pi.Rsh(pi, guard)
}

// The RFCs tell by which formula the primes were found.
func TestPrimes(t *testing.T) {
	for _, c := range []struct {
		group Group
		bits  uint
		add   int64
	}{
		{DH1024, 1024, 129093}, // RFC 2409 clause 6.2
		{DH2048, 2048, 124476}, // RFC 3526 clause 3
	} {
		one := big.NewInt(1)
		want := new(big.Int).Lsh(one, c.bits)
		want.Sub(want, new(big.Int).Lsh(one, c.bits-64)).Sub(want, one)
		middle := bitsOfPi(c.bits - 130)
		want.Add(want, middle.Add(middle, big.NewInt(c.add)).Lsh(middle, 64))
		if c.group.prime().Cmp(want) != 0 {
			t.Errorf("%s: %x, want %x", c.group, c.group.prime(), want)
		}
		if !want.ProbablyPrime(1) || !new(big.Int).Rsh(want, 1).ProbablyPrime(1) {
			t.Errorf("%s: no safe prime", c.group)
		}
	}
	if Group("1.2.3").prime() != nil {
		t.Error("an unknown group has a prime")
	}
}

// overWire returns the tokens as the peer reads them.
func overWire(t *testing.T, tokens []h235.ClearToken) []h235.ClearToken {
	t.Helper()
	data, err := per.Marshal(&struct{ Tokens []h235.ClearToken }{tokens})
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Tokens []h235.ClearToken }
	if _, err := per.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	return got.Tokens
}

func TestExchange(t *testing.T) {
	for _, c := range []struct {
		caller, called []Group
		want           Group
	}{
		{nil, nil, DH2048},
		{[]Group{DH1024}, nil, DH1024},
		{nil, []Group{DH1024}, DH1024},
		{nil, []Group{DH1024, DH2048}, DH1024},
		{[]Group{DH1024}, []Group{DH2048}, ""},
	} {
		offer, err := NewOffer(c.caller...)
		if err != nil {
			t.Fatal(err)
		}
		setup := overWire(t, offer.Tokens())
		if !Offered(setup) {
			t.Errorf("%v: not seen to be offered", c)
		}
		connect, called, err := Answer(setup, c.called...)
		if c.want == "" {
			if !errors.Is(err, ErrAbsent) {
				t.Errorf("%v: %v", c, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		caller, err := offer.Accept(overWire(t, connect))
		if err != nil {
			t.Fatal(err)
		}
		if caller.Group != c.want || called.Group != c.want || !bytes.Equal(caller.shared, called.shared) {
			t.Errorf("%v: %s, %s", c, caller.Group, called.Group)
		}
		if bytes.Equal(caller.shared, make([]byte, len(caller.shared))) {
			t.Errorf("%v: no secret", c)
		}
	}
	if _, err := NewOffer("1.2.3"); !errors.Is(err, ErrUnsupported) {
		t.Errorf("%v", err)
	}
	if Offered(nil) || Offered([]h235.ClearToken{{TokenOID: per.OID(DH1024)}}) {
		t.Error("offered without a half key")
	}
}

func TestBadHalfKeys(t *testing.T) {
	p := DH1024.prime()
	bits := func(n *big.Int) per.BitString {
		return per.BitString{Bytes: n.FillBytes(make([]byte, 128)), Length: 1024}
	}
	last := new(big.Int).Sub(p, big.NewInt(1))
	other := new(big.Int).Sub(p, big.NewInt(2))
	good := bits(big.NewInt(12345))
	for name, c := range map[string]struct {
		set  *h235.DHSet
		want error
	}{
		"right":          {&h235.DHSet{Halfkey: good, ModSize: bits(p), Generator: bits(big.NewInt(2))}, nil},
		"by OID":         {&h235.DHSet{Halfkey: good}, nil},
		"generator 10b":  {&h235.DHSet{Halfkey: good, ModSize: bits(p), Generator: per.BitString{Bytes: []byte{0x80}, Length: 2}}, nil},
		"none":           {nil, ErrMalformed},
		"empty":          {&h235.DHSet{}, ErrMalformed},
		"zero":           {&h235.DHSet{Halfkey: bits(big.NewInt(0))}, ErrMalformed},
		"one":            {&h235.DHSet{Halfkey: bits(big.NewInt(1))}, ErrMalformed},
		"p-1":            {&h235.DHSet{Halfkey: bits(last)}, ErrMalformed},
		"p":              {&h235.DHSet{Halfkey: bits(p)}, ErrMalformed},
		"its own prime":  {&h235.DHSet{Halfkey: good, ModSize: bits(other)}, ErrUnsupported},
		"generator of 3": {&h235.DHSet{Halfkey: good, ModSize: bits(p), Generator: bits(big.NewInt(3))}, ErrUnsupported},
	} {
		tokens := []h235.ClearToken{{TokenOID: per.OID(DH1024), DHKey: c.set}}
		if _, _, err := Answer(tokens); !errors.Is(err, c.want) {
			t.Errorf("%s answered: %v", name, err)
		}
		offer, err := NewOffer(DH1024)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := offer.Accept(tokens); !errors.Is(err, c.want) {
			t.Errorf("%s accepted: %v", name, err)
		}
	}
}

// secrets returns those of both sides.
func secrets(t testing.TB, g Group) (a, b *Secret) {
	t.Helper()
	offer, err := NewOffer(g)
	if err != nil {
		t.Fatal(err)
	}
	tokens, b, err := Answer(offer.Tokens())
	if err != nil {
		t.Fatal(err)
	}
	a, err = offer.Accept(tokens)
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

func TestKey(t *testing.T) {
	for _, g := range Groups() {
		master, slave := secrets(t, g)
		for _, algorithm := range g.Algorithms() {
			k, err := NewKey(algorithm)
			if err != nil {
				t.Fatal(err)
			}
			sync, err := master.Sync(k, 97)
			if err != nil || sync.SynchFlag != 97 {
				t.Fatalf("%v, %v", sync, err)
			}
			if bytes.Contains(sync.H235Key, k.Octets) {
				t.Error("the key is sent in the clear")
			}
			got, err := slave.Key(sync, algorithm)
			if err != nil || !slices.Equal(got.Octets, k.Octets) || got.Algorithm != algorithm {
				t.Errorf("%s: %v, %v", algorithm, got, err)
			}
			if _, err := slave.Key(sync, "1.2.3"); !errors.Is(err, ErrMalformed) {
				t.Errorf("of another algorithm: %v", err)
			}
			sync.H235Key = sync.H235Key[:len(sync.H235Key)-1]
			if _, err := slave.Key(sync, algorithm); !errors.Is(err, ErrMalformed) {
				t.Errorf("cut: %v", err)
			}
		}
		if _, err := NewKey("1.2.3"); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%v", err)
		}
		if _, err := master.Sync(Key{Algorithm: AES128, Octets: []byte{1}}, 97); !errors.Is(err, ErrMalformed) {
			t.Errorf("%v", err)
		}
	}
}

// A key wrapped by hand: AES-128 of FIPS 197 appendix C.1 has the last 16 octets
// of the secret as its key, and the media key as its plaintext.
func TestKeyVector(t *testing.T) {
	s := &Secret{Group: DH1024, shared: append(make([]byte, 112), unhex(t, "000102030405060708090a0b0c0d0e0f")...)}
	sync, err := s.Sync(Key{AES128, unhex(t, "00112233445566778899aabbccddeeff")}, 96)
	if err != nil {
		t.Fatal(err)
	}
	var key h235.H235Key
	if _, err := per.Unmarshal(sync.H235Key, &key); err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "69c4e0d86a7b0430d8cdb78070b4c55a"); !bytes.Equal(key.SecureSharedSecret.EncryptedSessionKey, want) {
		t.Errorf("%x, want %x", key.SecureSharedSecret.EncryptedSessionKey, want)
	}
	for name, k := range map[string]h235.H235Key{
		"in the clear": {SecureChannel: &per.BitString{Bytes: make([]byte, 16), Length: 128}},
		"no key":       {SecureSharedSecret: &h235.V3KeySyncMaterial{AlgorithmOID: AES128}},
	} {
		data, err := per.Marshal(&k)
		if err != nil {
			t.Fatal(err)
		}
		sync.H235Key = data
		if got, err := s.Key(sync, AES128); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}
