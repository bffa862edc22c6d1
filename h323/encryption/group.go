package encryption

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"parley/h323/h235"
	"parley/h323/per"
)

// Group is a Diffie-Hellman group, by the tokenOID of its ClearTokens.
type Group per.OID

// The groups of H.235.6, and what tells of its version.
const (
	// DH1024 is the 1024-bit group of RFC 2409 clause 6.2.
	DH1024 Group = "0.0.8.235.0.3.43"
	// DH2048 is the 2048-bit group of RFC 3526 clause 3.
	DH2048 Group = "0.0.8.235.0.3.45"
	// oidVersion3 is the tokenOID of an empty ClearToken that says that keys are
	// sent as H.235 version 3 does it.
	oidVersion3 per.OID = "0.0.8.235.0.3.24"
)

// Groups returns all groups, the strongest first.
func Groups() []Group { return []Group{DH2048, DH1024} }

const (
	prime1024 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
		"020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
		"4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
		"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff"
	prime2048 = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
		"020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
		"4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
		"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05" +
		"98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb" +
		"9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
		"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718" +
		"3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff"
)

// generator is that of both groups.
const generator = 2

// prime returns the group's modulus; nil: the group is not known.
func (g Group) prime() *big.Int {
	text := ""
	switch g {
	case DH1024:
		text = prime1024
	case DH2048:
		text = prime2048
	}
	p, ok := new(big.Int).SetString(text, 16)
	if !ok {
		return nil
	}
	return p
}

// half is our side of an exchange.
type half struct {
	group   Group
	p       *big.Int
	private *big.Int
	public  *big.Int
}

func newHalf(g Group) (*half, error) {
	p := g.prime()
	if p == nil {
		return nil, fmt.Errorf("%w: group %s", ErrUnsupported, g)
	}
	limit := new(big.Int).Lsh(big.NewInt(1), privateBits)
	private, err := rand.Int(rand.Reader, limit)
	if err != nil {
		return nil, err
	}
	private.SetBit(private, privateBits-1, 1)
	return &half{group: g, p: p, private: private, public: new(big.Int).Exp(big.NewInt(generator), private, p)}, nil
}

// token returns the ClearToken that carries the public half.
func (h *half) token() h235.ClearToken {
	octets := len(h.p.Bytes())
	bits := func(n *big.Int) per.BitString {
		return per.BitString{Bytes: n.FillBytes(make([]byte, octets)), Length: 8 * octets}
	}
	set := &h235.DHSet{Halfkey: bits(h.public)}
	if h.group == DH1024 {
		// Modulus and generator are known by the OID. With the larger group they
		// are left out, as SETUP must stay small; with the smaller one the peers
		// have always sent them, the generator in the modulus' length.
		set.ModSize, set.Generator = bits(h.p), bits(big.NewInt(generator))
	}
	return h235.ClearToken{TokenOID: per.OID(h.group), DHKey: set}
}

// peerHalf returns the public half in a token of the group. A token may name
// modulus and generator, which then must be the group's: a modulus of the
// peer's choice could be weak.
func peerHalf(t *h235.ClearToken, g Group) (*big.Int, error) {
	p := g.prime()
	if t.DHKey == nil || p == nil {
		return nil, fmt.Errorf("%w: token %s without half key", ErrMalformed, t.TokenOID)
	}
	n := func(b per.BitString) *big.Int { return new(big.Int).SetBytes(b.Bytes) }
	if t.DHKey.ModSize.Length > 0 && n(t.DHKey.ModSize).Cmp(p) != 0 ||
		t.DHKey.Generator.Length > 0 && !isGenerator(t.DHKey.Generator) {
		return nil, fmt.Errorf("%w: modulus or generator of its own for %s", ErrUnsupported, g)
	}
	public := n(t.DHKey.Halfkey)
	// 0, 1 and p-1 would make the secret known to all (RFC 2631 clause 2.1.5).
	last := new(big.Int).Sub(p, big.NewInt(1))
	if public.Cmp(big.NewInt(1)) <= 0 || public.Cmp(last) >= 0 {
		return nil, fmt.Errorf("%w: half key out of its range", ErrMalformed)
	}
	return public, nil
}

// isGenerator tells whether the bits are the number 2, in any length.
func isGenerator(b per.BitString) bool {
	n := new(big.Int).SetBytes(b.Bytes)
	if extra := 8*len(b.Bytes) - b.Length; extra > 0 {
		n.Rsh(n, uint(extra))
	}
	return n.Cmp(big.NewInt(generator)) == 0
}

func (h *half) secret(public *big.Int) *Secret {
	shared := new(big.Int).Exp(public, h.private, h.p)
	return &Secret{Group: h.group, shared: shared.FillBytes(make([]byte, len(h.p.Bytes())))}
}
