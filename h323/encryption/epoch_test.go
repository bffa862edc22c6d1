package encryption

import (
	"bytes"
	"errors"
	"testing"

	"parley/h323/h235"
	"parley/h323/h245"
	"parley/h323/per"
)

// Some peers announce one payload type and send another: with one key there is
// no doubt which it is, 0 not excepted.
func TestOtherPayloadType(t *testing.T) {
	e, d := pair(t, key)
	for _, kind := range []byte{0, 8, 97, 127} {
		packet := append(unhex(t, header), 1, 2, 3)
		packet[1] = kind
		sent, err := e.Encrypt(nil, packet)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.Decrypt(nil, sent); err != nil || !bytes.Equal(got, packet) {
			t.Errorf("type %d: %x, %v", kind, got, err)
		}
	}
}

// A key for the payload type of the one before takes its place.
func TestKeyReplaced(t *testing.T) {
	_, d := pair(t, key)
	next := Key{AES128, unhex(t, "ffeeddccbbaa99887766554433221100")}
	e, err := NewEncrypter(next)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetKey(next, 97); err != nil {
		t.Fatal(err)
	}
	packet := append(unhex(t, header), 1, 2, 3)
	sent, err := e.Encrypt(nil, packet)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Decrypt(nil, sent); err != nil || !bytes.Equal(got, packet) {
		t.Errorf("%x, %v", got, err)
	}
}

// Padding of the packet in the clear is not sent: where whole blocks are left,
// there is none, and the header says so.
func TestPaddingTakenOff(t *testing.T) {
	e, d := pair(t, key)
	plain := append(unhex(t, header), bytes.Repeat([]byte{0xa5}, 2*blockSize)...)
	padded := append(bytes.Clone(plain), 0, 0, 0, 4)
	padded[0] |= paddingBit
	sent, err := e.Encrypt(nil, padded)
	if err != nil {
		t.Fatal(err)
	}
	if sent[0]&paddingBit != 0 || len(sent) != len(plain) {
		t.Errorf("%d octets, first %x", len(sent), sent[0])
	}
	if got, err := d.Decrypt(nil, sent); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%x, %v", got, err)
	}
	// All of the payload may be padding.
	padded = append(unhex(t, header), 0, 0, 0, 4)
	padded[0] |= paddingBit
	if sent, err := e.Encrypt(nil, padded); err != nil || len(sent) != len(unhex(t, header)) || sent[0]&paddingBit != 0 {
		t.Errorf("%x, %v", sent, err)
	}
	padded[len(padded)-1] = 5
	if _, err := e.Encrypt(nil, padded); !errors.Is(err, ErrMalformed) {
		t.Errorf("more padding than payload: %v", err)
	}
}

// Tokens of the smaller group say modulus and generator in the modulus' length,
// as peers expect it; those of the larger leave them out.
func TestTokenOfGroup(t *testing.T) {
	for _, c := range []struct {
		group          Group
		half, modulus  int
		best           per.OID
		algorithmsLeft int
	}{{DH1024, 1024, 1024, AES128, 1}, {DH2048, 2048, 0, AES256, 2}} {
		offer, err := NewOffer(c.group)
		if err != nil {
			t.Fatal(err)
		}
		tokens := offer.Tokens()
		if len(tokens) == 0 || tokens[0].TokenOID != per.OID(c.group) {
			t.Fatalf("%+v", tokens)
		}
		k := tokens[0].DHKey
		if k.Halfkey.Length != c.half || k.ModSize.Length != c.modulus || k.Generator.Length != c.modulus {
			t.Errorf("%s: half %d, modulus %d, generator %d bits", c.group, k.Halfkey.Length, k.ModSize.Length, k.Generator.Length)
		}
		if c.modulus > 0 && (!bytes.Equal(k.ModSize.Bytes, c.group.prime().Bytes()) || k.Generator.Bytes[len(k.Generator.Bytes)-1] != generator) {
			t.Errorf("%s: modulus %x, generator %x", c.group, k.ModSize.Bytes, k.Generator.Bytes)
		}
		if a := c.group.Algorithms(); a[0] != c.best || len(a) != c.algorithmsLeft {
			t.Errorf("%s: %v", c.group, a)
		}
	}
}

// Generators of any length are read; those that are not 2 are refused.
func TestGenerators(t *testing.T) {
	for _, c := range []struct {
		bits per.BitString
		want bool
	}{
		{per.BitString{Bytes: []byte{2}, Length: 8}, true},
		{per.BitString{Bytes: []byte{0x80}, Length: 2}, true},
		{per.BitString{Bytes: []byte{0, 2}, Length: 16}, true},
		{per.BitString{Bytes: []byte{0x80}, Length: 8}, false},
		{per.BitString{Bytes: []byte{2}, Length: 7}, false},
		{per.BitString{Bytes: []byte{5}, Length: 8}, false},
	} {
		if got := isGenerator(c.bits); got != c.want {
			t.Errorf("%+v: %v", c.bits, got)
		}
	}
}

// An initial value of the wrapped key is used, in either place; an algorithm that
// the secret is too short for, or that is none, is refused.
func TestKeyOfOthers(t *testing.T) {
	s := &Secret{Group: DH1024, shared: append(make([]byte, 112), unhex(t, "000102030405060708090a0b0c0d0e0f")...)}
	var iv h235.IV16
	copy(iv[:], unhex(t, "0f0e0d0c0b0a09080706050403020100"))
	plain := unhex(t, "00112233445566778899aabbccddeeff") // what is decrypted with an initial value of zero
	want := make([]byte, len(plain))
	for i := range want {
		want[i] = plain[i] ^ iv[i]
	}
	for name, p := range map[string]h235.Params{"iv16": {IV16: &iv}, "iv": {IV: iv[:]}} {
		data, err := per.Marshal(&h235.H235Key{SecureSharedSecret: &h235.V3KeySyncMaterial{
			ParamS: p, EncryptedSessionKey: unhex(t, "69c4e0d86a7b0430d8cdb78070b4c55a"),
		}})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Key(&h245.EncryptionSync{SynchFlag: 96, H235Key: data}, AES128); err != nil || !bytes.Equal(got.Octets, want) {
			t.Errorf("%s: %x, %v", name, got.Octets, err)
		}
	}
	short := &Secret{Group: DH1024, shared: make([]byte, 16)}
	for name, c := range map[string]struct {
		secret    *Secret
		algorithm per.OID
		refused   bool
	}{"just long enough": {short, AES128, false}, "too short": {short, AES256, true}, "none": {s, "1.2.3", true}} {
		k := Key{Algorithm: c.algorithm, Octets: make([]byte, keySize(c.algorithm))}
		if _, err := c.secret.Sync(k, 96); errors.Is(err, ErrUnsupported) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}
