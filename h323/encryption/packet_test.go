package encryption

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pair returns both ends of a channel.
func pair(t testing.TB, key string) (*Encrypter, *Decrypter) {
	t.Helper()
	k := Key{AES128, unhex(t, key)}
	e, err := NewEncrypter(k)
	if err != nil {
		t.Fatal(err)
	}
	d := new(Decrypter)
	if err := d.SetKey(k, 97); err != nil {
		t.Fatal(err)
	}
	return e, d
}

const (
	key    = "000102030405060708090a0b0c0d0e0f"
	header = "80611234" + "89abcdef" + "00000001"
)

func TestEveryLength(t *testing.T) {
	e, d := pair(t, key)
	for _, head := range []string{
		header,
		"8261123489abcdef00000001" + "0000000200000003",         // CSRC
		"9161123489abcdef00000001" + "00000002bede000101020304", // CSRC and extension
	} {
		for n := range 100 {
			packet := append(unhex(t, head), bytes.Repeat([]byte{0xa5}, n)...)
			sent, err := e.Encrypt(nil, packet)
			if err != nil {
				t.Fatal(err)
			}
			h := len(head) / 2
			if (len(sent)-h)%blockSize != 0 || len(sent) > len(packet)+MaxOverhead {
				t.Errorf("%d octets became %d", n, len(sent)-h)
			}
			if padded := sent[0]&paddingBit != 0; padded != (n%blockSize != 0) {
				t.Errorf("%d octets: padding %v", n, padded)
			}
			if !bytes.Equal(sent[1:h], packet[1:h]) || n > 0 && bytes.Contains(sent[h:], packet[h:]) {
				t.Errorf("%d octets: header changed, or payload in the clear", n)
			}
			got, err := d.Decrypt(nil, sent)
			if err != nil || !bytes.Equal(got, packet) {
				t.Fatalf("%d octets: %x, %v", n, got, err)
			}
			// In place.
			room := make([]byte, len(packet), len(packet)+MaxOverhead)
			copy(room, packet)
			sent2, err := e.Encrypt(room[:0], room)
			if err != nil || !bytes.Equal(sent2, sent) {
				t.Fatalf("%d octets in place: %x, %v", n, sent2, err)
			}
			if got, err := d.Decrypt(sent2[:0], sent2); err != nil || !bytes.Equal(got, packet) {
				t.Fatalf("%d octets in place: %x, %v", n, got, err)
			}
		}
	}
}

// The standard library's CBC with the initial value written out by hand.
func TestInitialValue(t *testing.T) {
	e, _ := pair(t, key)
	plain := []byte("sixteen octets, and sixteen more")
	sent, err := e.Encrypt(nil, append(unhex(t, header), plain...))
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(unhex(t, key))
	if err != nil {
		t.Fatal(err)
	}
	want := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, unhex(t, "123489abcdef123489abcdef123489ab")).CryptBlocks(want, plain)
	if !bytes.Equal(sent[12:], want) {
		t.Errorf("%x, want %x", sent[12:], want)
	}
}

// RFC 3962 appendix B: ciphertext stealing with an initial value of zero, which
// is that of sequence number 0 and timestamp 0.
func TestStealing(t *testing.T) {
	const text = "I would like the General Gau's Chicken, please, and wonton soup."
	_, d := pair(t, "636869636b656e207465726979616b69")
	for n, ciphertext := range map[int]string{
		17: "c6353568f2bf8cb4d8a580362da7ff7f97",
		31: "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5",
		47: "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5",
	} {
		packet := append(unhex(t, "806100000000000000000001"), unhex(t, ciphertext)...)
		got, err := d.Decrypt(nil, packet)
		if err != nil || string(got[12:]) != text[:n] {
			t.Errorf("%d: %q, %v", n, got[12:], err)
		}
	}
}

// sealed returns the packet of that plaintext, with the padding bit.
func sealed(t *testing.T, plain []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(unhex(t, key))
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, unhex(t, "123489abcdef123489abcdef123489ab")).CryptBlocks(plain, plain)
	return append(unhex(t, "a0"+header[2:]), plain...)
}

// Padding that was there is not padded again; what is filled with is anything.
func TestPadding(t *testing.T) {
	e, d := pair(t, key)
	packet := append(unhex(t, "a0"+header[2:]), 1, 2, 3, 9, 9, 3)
	want := append(unhex(t, header), 1, 2, 3)
	sent, err := e.Encrypt(nil, packet)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Decrypt(nil, sent); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x, %v", got, err)
	}
	odd := append([]byte{1, 2, 3}, "any octets.."...)
	odd = append(odd, 13)
	if got, err := d.Decrypt(nil, sealed(t, odd)); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x, %v", got, err)
	}
}

func TestMalformed(t *testing.T) {
	e, d := pair(t, key)
	for name, packet := range map[string][]byte{
		"empty":           nil,
		"cut":             unhex(t, header[:20]),
		"version":         unhex(t, "00"+header[2:]),
		"CSRC cut":        unhex(t, "81"+header[2:]),
		"extension cut":   unhex(t, "90"+header[2:]+"bede"),
		"extension long":  unhex(t, "90"+header[2:]+"bedeffff"),
		"padding of none": unhex(t, "a0"+header[2:]),
	} {
		if got, err := e.Encrypt(nil, packet); !errors.Is(err, ErrMalformed) || len(got) != 0 {
			t.Errorf("%s: Encrypt: %x, %v", name, got, err)
		}
		if name == "padding of none" {
			continue // nothing to decrypt
		}
		if got, err := d.Decrypt(nil, packet); !errors.Is(err, ErrMalformed) || len(got) != 0 {
			t.Errorf("%s: Decrypt: %x, %v", name, got, err)
		}
	}
	for name, packet := range map[string][]byte{
		"no whole block":          append(unhex(t, header), make([]byte, 15)...),
		"padded, no whole blocks": append(unhex(t, "a0"+header[2:]), make([]byte, 17)...),
		"padding of 0":            sealed(t, make([]byte, 16)),
		"padding of 17":           sealed(t, append(make([]byte, 15), 17)),
	} {
		if got, err := d.Decrypt([]byte{7}, packet); !errors.Is(err, ErrMalformed) || len(got) != 1 {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	if _, err := new(Decrypter).Decrypt(nil, unhex(t, header)); !errors.Is(err, ErrAbsent) {
		t.Errorf("without key: %v", err)
	}
	if _, err := NewEncrypter(Key{AES256, make([]byte, 16)}); !errors.Is(err, ErrMalformed) {
		t.Errorf("%v", err)
	}
	if err := new(Decrypter).SetKey(Key{"1.2.3", nil}, 96); !errors.Is(err, ErrUnsupported) {
		t.Errorf("%v", err)
	}
}

// While a new key comes into force, packets of the old one are still decrypted.
func TestNewKey(t *testing.T) {
	old, d := pair(t, key)
	next := Key{AES128, unhex(t, "ffeeddccbbaa99887766554433221100")}
	e, err := NewEncrypter(next)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetKey(next, 98); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		e    *Encrypter
		kind byte
	}{{old, 97}, {e, 98}, {old, 0x80 | 97}, {e, 0x80 | 98}} {
		packet := append(unhex(t, header), 1, 2, 3)
		packet[1] = c.kind
		sent, err := c.e.Encrypt(nil, packet)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.Decrypt(nil, sent); err != nil || !bytes.Equal(got, packet) {
			t.Errorf("%d: %x, %v", c.kind, got, err)
		}
	}
}

func TestAllocations(t *testing.T) {
	e, d := pair(t, key)
	packet := append(unhex(t, header), make([]byte, 1000)...)
	sent, got := make([]byte, 0, 1500), make([]byte, 0, 1500)
	n := testing.AllocsPerRun(100, func() {
		sent, _ = e.Encrypt(sent[:0], packet)
		got, _ = d.Decrypt(got[:0], sent)
	})
	if n != 0 || !bytes.Equal(got, packet) {
		t.Errorf("%v allocations", n)
	}
}

// FuzzDecrypt: whatever arrives, nothing panics or grows; what Encrypt makes of
// it comes back.
func FuzzDecrypt(f *testing.F) {
	f.Add(unhex(f, header))
	f.Add(unhex(f, "a0"+header[2:]+"00000000000000000000000000000001"))
	f.Add(unhex(f, "9161123489abcdef00000001"+"00000002bede000101020304"+"0102030405060708090a0b0c0d0e0f101112"))
	f.Fuzz(func(t *testing.T, packet []byte) {
		e, d := pair(t, key)
		if got, err := d.Decrypt(nil, packet); err == nil && len(got) > len(packet) {
			t.Errorf("%d octets became %d", len(packet), len(got))
		}
		sent, err := e.Encrypt(nil, packet)
		if err != nil {
			return
		}
		got, err := d.Decrypt(nil, sent)
		if err != nil || !bytes.Equal(got[1:], packet[1:len(got)]) {
			t.Errorf("%x became %x, %v", packet, got, err)
		}
	})
}

func BenchmarkEncrypt(b *testing.B) {
	e, _ := pair(b, key)
	packet := append(unhex(b, header), make([]byte, 1200)...)
	out := make([]byte, 0, 1500)
	b.SetBytes(int64(len(packet)))
	b.ReportAllocs()
	for b.Loop() {
		out, _ = e.Encrypt(out[:0], packet)
	}
}

func BenchmarkAnswer(b *testing.B) {
	offer, err := NewOffer()
	if err != nil {
		b.Fatal(err)
	}
	tokens := offer.Tokens()
	for b.Loop() {
		if _, _, err := Answer(tokens); err != nil {
			b.Fatal(err)
		}
	}
}
