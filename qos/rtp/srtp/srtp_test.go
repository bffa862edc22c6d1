package srtp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/codecs"
	"parley/qos/rtp"

	"github.com/google/go-cmp/cmp"
)

const (
	key128  = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw" // 30 octets
	other   = "OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEw"
	keyGCM  = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3OA=="                         // 28
	key256  = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Ng==" // 46
	keyGCM2 = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ="     // 44
)

// manyKeys are five, one too many.
var manyKeys = func() string {
	var keys []string
	for i := range 5 {
		keys = append(keys, fmt.Sprintf("inline:%s|%d:1", key128, i+1))
	}
	return strings.Join(keys, ";")
}()

func parse(t testing.TB, value string) *Crypto {
	t.Helper()
	c, err := Parse(value)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	for value, want := range map[string]string{ // attribute, or part of the error
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128:                       "1 AES_CM_128_HMAC_SHA1_80 inline:" + key128,
		"aes_cm_128_hmac_sha1_32 INLINE:" + key128 + "|2^20":               "1 AES_CM_128_HMAC_SHA1_32 inline:" + key128,
		"7 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|2^20|1:4 WSH=128": "1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|1:4",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|66051:4 -x":       "1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|66051:4",
		"1 AEAD_AES_128_GCM inline:" + keyGCM:                              "1 AEAD_AES_128_GCM inline:" + keyGCM,
		"1 AEAD_AES_128_GCM inline:" + strings.TrimRight(keyGCM, "="):      "1 AEAD_AES_128_GCM inline:" + keyGCM,
		"1 AES_256_CM_HMAC_SHA1_80 inline:" + key256:                       "1 AES_256_CM_HMAC_SHA1_80 inline:" + key256,
		"1 AEAD_AES_256_GCM inline:" + keyGCM2:                             "1 AEAD_AES_256_GCM inline:" + keyGCM2,

		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|2^48 UNENCRYPTED_SRTP UNENCRYPTED_SRTCP":    "1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + " UNENCRYPTED_SRTP UNENCRYPTED_SRTCP",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|1|1:4;inline:" + other + "|2^31|2:4":        "1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|1:4;inline:" + other + "|2:4",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + " FEC_ORDER=SRTP_FEC FEC_KEY=inline:" + other: "1 AES_CM_128_HMAC_SHA1_80 inline:" + key128,
		"1 AEAD_AES_128_GCM inline:" + keyGCM + " UNENCRYPTED_SRTCP":                                 "1 AEAD_AES_128_GCM inline:" + keyGCM + " UNENCRYPTED_SRTCP",

		"":                                       "malformed",
		"1 AES_CM_128_HMAC_SHA1_80":              "malformed",
		"1 F8_128_HMAC_SHA1_80 inline:" + key128: "unsupported",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + keyGCM:                                          "28 octets",
		"1 AES_CM_128_HMAC_SHA1_80 inline:!" + key128[1:]:                                     "base64",
		"1 AES_CM_128_HMAC_SHA1_80 uri:x":                                                     "unsupported",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + ";inline:" + other:                     "MKI",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|1:4;inline:" + other + "|1:4":        "MKI",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|1:4;inline:" + other + "|2:2":        "MKI",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + ";":                                    "unsupported",
		"1 AES_CM_128_HMAC_SHA1_80 " + strings.TrimSuffix(manyKeys, ";inline:"+key128+"|5:1"): "|4:1",
		"1 AES_CM_128_HMAC_SHA1_80 " + manyKeys:                                               "more than 4 keys",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + " UNAUTHENTICATED_SRTP":                "UNAUTHENTICATED_SRTP with",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + " KDR=1":                               "KDR",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + " FEC_ORDER=x":                         "not known",
		"1 AEAD_AES_128_GCM inline:" + keyGCM + " UNENCRYPTED_SRTP":                           "UNENCRYPTED_SRTP with AEAD",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|2^49":                                "lifetime",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|0":                                   "lifetime",
		// A key in the wrong place is not told.
		"1 AES_CM_128_HMAC_SHA1_80 inline: " + key128:                     "0 octets",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + other + " " + key128:        "not known",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + other + " " + key128 + "=1": "not known",
		"1 " + key128 + " inline:" + key128:                               "suite is none",
		"inline:" + key128 + " AES_CM_128_HMAC_SHA1_80":                   "suite is none",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|x":               "lifetime",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|256:1":           "MKI",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|1:0":             "MKI",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + strings.Repeat(key128, 20):  "malformed",
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|1:129":           "MKI",
	} {
		c, err := Parse(value)
		switch {
		case err != nil && (!strings.Contains(err.Error(), want) ||
			!errors.Is(err, codecs.ErrMalformed) && !errors.Is(err, codecs.ErrUnsupported)):
			t.Errorf("%q: %v, want %s", value, err, want)
		case err == nil && c.Attribute() != want && !(want == "|4:1" && strings.HasSuffix(c.Attribute(), want)):
			t.Errorf("%q: %s", value, c.Attribute())
		case err != nil && strings.Contains(err.Error(), key128[:8]):
			t.Errorf("%q: the error tells the key: %v", value, err)
		}
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	c := parse(t, "AES_CM_128_HMAC_SHA1_80 inline:"+key128)
	text := fmt.Sprintf("%v %+v %#v %s %v", c, c, c, c, c.LogValue())
	if strings.Contains(text, "1234") || strings.Contains(text, key128[:6]) || strings.Contains(text, "0x31") {
		t.Error(text)
	}
}

// packet is an RTP packet of 12 octets of header and a payload.
func packet(ssrc uint32, seq uint16, payload string) []byte {
	b := make([]byte, 12, 200)
	b[0], b[1] = 0x80, 0
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[8:], ssrc)
	return append(b, payload...)
}

// clock is fed by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// pair is one sender and one receiver.
func pair(t testing.TB, send, receive string) (rtp.Ciphers, *opener, *clock) {
	t.Helper()
	out, err := Ciphers(parse(t, send))
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{at: time.Unix(1000, 0)}
	in, err := newOpener(parse(t, receive), c.now)
	if err != nil {
		t.Fatal(err)
	}
	return out, in, c
}

func keyOf(suite string) string {
	switch suite {
	case "AES_256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32":
		return key256
	case "AEAD_AES_128_GCM":
		return keyGCM
	case "AEAD_AES_256_GCM":
		return keyGCM2
	}
	return key128
}

func TestEverySuite(t *testing.T) {
	for _, suite := range Suites() {
		key := keyOf(suite)
		for _, mki := range []string{"", "|7:2"} {
			out, in, _ := pair(t, suite+" inline:"+key+mki, suite+" inline:"+key+mki)
			for i := range 3 {
				p := packet(9, uint16(i), "what is said")
				sealed, err := out.Send.Seal(p)
				if err != nil || bytes.Contains(sealed, []byte("what is said")) || &sealed[0] != &p[0] {
					t.Fatalf("%s: %q, %v", suite, sealed, err)
				}
				again := bytes.Clone(sealed)
				opened, err := in.Open(sealed, 12)
				if err != nil || string(opened[12:]) != "what is said" {
					t.Errorf("%s: %q, %v", suite, opened, err)
				}
				if _, err := in.Open(again, 12); err == nil {
					t.Errorf("%s: a copy is taken", suite)
				}
			}
			report := append(make([]byte, 0, 100), 0x80, 201, 0, 1, 0, 0, 0, 9)
			sealed, err := out.SendReport.Seal(report)
			if err != nil || len(sealed) <= 8 {
				t.Fatalf("%s: %x, %v", suite, sealed, err)
			}
			again := bytes.Clone(sealed)
			opened, err := (*reportOpener)(in).Open(sealed, 0)
			if diff := cmp.Diff([]byte{0x80, 201, 0, 1, 0, 0, 0, 9}, opened); diff != "" || err != nil {
				t.Errorf("%s: %v %s", suite, err, diff)
			}
			if _, err := (*reportOpener)(in).Open(again, 0); err == nil {
				t.Errorf("%s: a copy of a report is taken", suite)
			}
		}
	}
}

// All members of a group have the keys; the MKI tells which one a sender uses.
func TestSeveralKeys(t *testing.T) {
	const first, second = "inline:" + key128 + "|1:2", "inline:" + other + "|2:2"
	const suite = "AES_CM_128_HMAC_SHA1_80 "
	out, in, _ := pair(t, suite+second, suite+first+";"+second)
	sealed, err := out.Send.Seal(packet(9, 1, "what is said"))
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := in.Open(sealed, 12); err != nil || string(opened[12:]) != "what is said" {
		t.Errorf("under the second key: %q, %v", opened, err)
	}
	out, in, _ = pair(t, suite+first+";"+second, suite+first)
	if sealed, err = out.Send.Seal(packet(9, 1, "what is said")); err != nil {
		t.Fatal(err)
	}
	if opened, err := in.Open(sealed, 12); err != nil || string(opened[12:]) != "what is said" {
		t.Errorf("what is sent is not under the first key: %q, %v", opened, err)
	}
}

// UNENCRYPTED_SRTP and UNENCRYPTED_SRTCP leave the one or the other to be read,
// and both authentic.
func TestUnencrypted(t *testing.T) {
	for _, tt := range []struct {
		suite     string
		rtp, rtcp bool // in the clear
	}{
		{"AES_CM_128_HMAC_SHA1_32 inline:" + key128 + " UNENCRYPTED_SRTP", true, false},
		{"AES_CM_128_HMAC_SHA1_80 inline:" + key128 + " UNENCRYPTED_SRTCP", false, true},
		{"AEAD_AES_256_GCM inline:" + keyGCM2 + " UNENCRYPTED_SRTCP", false, true},
	} {
		out, in, _ := pair(t, tt.suite, tt.suite)
		if c := parse(t, tt.suite); c.Encrypted() == tt.rtp {
			t.Errorf("%s: encrypted %v", c, c.Encrypted())
		}
		sealed, err := out.Send.Seal(packet(9, 1, "what is said"))
		if clear := bytes.Contains(sealed, []byte("what is said")); err != nil || clear != tt.rtp {
			t.Errorf("%s: %q, %v", tt.suite, sealed, err)
		}
		changed := bytes.Clone(sealed)
		changed[13] ^= 1
		if _, err := in.Open(changed, 12); err == nil {
			t.Errorf("%s: a changed packet is taken", tt.suite)
		}
		if opened, err := in.Open(sealed, 12); err != nil || string(opened[12:]) != "what is said" {
			t.Errorf("%s: %q, %v", tt.suite, opened, err)
		}
		report := append(make([]byte, 0, 100), 0x81, 206, 0, 2, 0, 0, 0, 9, 'P', 'L', 'I', '.')
		sealed, err = out.SendReport.Seal(report)
		if clear := bytes.Contains(sealed, []byte("PLI.")); err != nil || clear != tt.rtcp {
			t.Errorf("%s: %q, %v", tt.suite, sealed, err)
		}
		changed = bytes.Clone(sealed)
		changed[9] ^= 1
		if _, err := (*reportOpener)(in).Open(changed, 0); err == nil {
			t.Errorf("%s: a changed report is taken", tt.suite)
		}
		if opened, err := (*reportOpener)(in).Open(sealed, 0); err != nil || !bytes.HasSuffix(opened, []byte("PLI.")) {
			t.Errorf("%s: %q, %v", tt.suite, opened, err)
		}
	}
}

// Who is doubled by the network, or whose counter is not yet found, has the key;
// who has another one is known for it after a while.
func TestWhoIsNamed(t *testing.T) {
	for _, suite := range []string{"AES_CM_128_HMAC_SHA1_80 inline:" + key128, "AEAD_AES_128_GCM inline:" + keyGCM} {
		out, in, c := pair(t, suite, suite)
		turned(t, out, 9, 5000) // 75 days of 50 packets a second
		heard := false
		for i := range 200 {
			sealed, err := out.Send.Seal(packet(9, uint16(i), "what is said"))
			if err != nil {
				t.Fatal(err)
			}
			again := bytes.Clone(sealed)
			_, err = in.Open(sealed, 12)
			if err != nil && (heard || !errors.Is(err, rtp.ErrUnproven)) {
				t.Fatalf("%s: packet %d: %v", suite, i, err)
			}
			if heard = err == nil; heard {
				if _, err := in.Open(again, 12); !errors.Is(err, rtp.ErrCopy) {
					t.Fatalf("%s: a copy: %v", suite, err)
				}
			}
			c.at = c.at.Add(20 * time.Millisecond)
		}
		if !heard || in.members[9].failed > 1 { // the last copy
			t.Errorf("%s: heard %v, failed %+v", suite, heard, in.members[9])
		}
		sealed, _ := out.SendReport.Seal(append(make([]byte, 0, 100), 0x80, 201, 0, 1, 0, 0, 0, 9))
		again := bytes.Clone(sealed)
		_, err := (*reportOpener)(in).Open(sealed, 0)
		_, copied := (*reportOpener)(in).Open(again, 0)
		if err != nil || !errors.Is(copied, rtp.ErrCopy) {
			t.Errorf("%s: a report: %v, its copy: %v", suite, err, copied)
		}
	}
	const suite = "AES_CM_128_HMAC_SHA1_80 inline:"
	out, in, c := pair(t, suite+other, suite+key128)
	for i := range 200 {
		sealed, _ := out.Send.Seal(packet(9, uint16(i), "what is said"))
		if _, err := in.Open(sealed, 12); err == nil || errors.Is(err, rtp.ErrCopy) || errors.Is(err, rtp.ErrUnproven) != (i < 100) {
			t.Fatalf("packet %d under another key: %v", i, err)
		}
		c.at = c.at.Add(searchLeast / 100)
	}
	// In a flood of SSRCs nobody is searched for long enough.
	for i := range maxSearches + 1 {
		_, err := in.Open(packet(uint32(100+i), 1, "not of the key at all ......"), 12)
		if want := i < maxSearches-1; errors.Is(err, rtp.ErrUnproven) != want {
			t.Errorf("SSRC %d: %v", i, err)
		}
	}
	c.at = c.at.Add(searchLeast)
	if _, err := in.Open(packet(99, 1, "not of the key at all ......"), 12); !errors.Is(err, rtp.ErrUnproven) {
		t.Errorf("after a flood: %v", err)
	}
}

func TestAnotherKeyOpensNothing(t *testing.T) {
	out, in, c := pair(t, "AES_CM_128_HMAC_SHA1_32 inline:"+key128, "AES_CM_128_HMAC_SHA1_32 inline:"+other)
	for i := range 500 {
		sealed, err := out.Send.Seal(packet(9, uint16(i), "what is said"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := in.Open(sealed, 12); err == nil {
			t.Fatalf("opened to %q", got)
		}
		c.at = c.at.Add(20 * time.Millisecond)
	}
	if len(in.members) != 0 || len(in.search.tried) != 1 {
		t.Errorf("%d members, %d tried", len(in.members), len(in.search.tried))
	}
	if _, err := in.Open(packet(9, 1, "in the clear, in the clear"), 12); err == nil {
		t.Error("what is in the clear is taken")
	}
	report := append(make([]byte, 0, 100), 0x80, 201, 0, 1, 0, 0, 0, 9)
	sealed, _ := out.SendReport.Seal(report)
	if _, err := (*reportOpener)(in).Open(sealed, 0); err == nil {
		t.Error("a report of another key is taken")
	}
	for n := range 14 {
		if _, err := in.Open(make([]byte, n), 12); err == nil {
			t.Errorf("%d octets are taken", n)
		}
		if _, err := (*reportOpener)(in).Open(make([]byte, n), 0); err == nil {
			t.Errorf("%d octets of report are taken", n)
		}
	}
}

// turned returns a sender that has come round its sequence numbers.
func turned(t *testing.T, out rtp.Ciphers, ssrc, rounds uint32) {
	t.Helper()
	s := out.Send.(*sealer)
	s.context.SetROC(ssrc, rounds)
}

// Who joins late finds the rollover counter within a few packets, and believes
// it once a second packet confirms it, though that is the first of a new round;
// from then on nothing is lost.
func TestLateJoiner(t *testing.T) {
	for _, suite := range []string{"AES_CM_128_HMAC_SHA1_80 inline:" + key128, "AEAD_AES_128_GCM inline:" + keyGCM} {
		out, in, c := pair(t, suite, suite)
		const rounds = 1300 // a day of 1000 packets a second
		const tried = (rounds - 1) / searchPerPacket
		turned(t, out, 9, rounds)
		first := -1
		for i := range 400 {
			sealed, err := out.Send.Seal(packet(9, uint16(65535-tried+i), "what is said"))
			if err != nil {
				t.Fatal(err)
			}
			opened, err := in.Open(sealed, 12)
			switch {
			case err == nil && string(opened[12:]) != "what is said":
				t.Fatalf("%q", opened)
			case err == nil && first < 0:
				first = i
			case err != nil && first >= 0:
				t.Fatalf("packet %d is lost after %d", i, first)
			}
			c.at = c.at.Add(20 * time.Millisecond)
		}
		if first != tried+1 {
			t.Errorf("%s: found with packet %d, want %d", suite, first, tried+1)
		}
	}
}

// A sender that was not heard for more than half a round is found again; one
// that goes back is none: what it sends was recorded.
func TestLongLossAndReplay(t *testing.T) {
	const suite = "AES_CM_128_HMAC_SHA1_80 inline:" + key128
	out, in, c := pair(t, suite, suite)
	send := func(seq uint16) []byte {
		t.Helper()
		sealed, err := out.Send.Seal(packet(9, seq, "what is said"))
		if err != nil {
			t.Fatal(err)
		}
		c.at = c.at.Add(time.Millisecond)
		return sealed
	}
	var recorded [][]byte
	for i := range 200 {
		p := send(uint16(i))
		recorded = append(recorded, bytes.Clone(p))
		if _, err := in.Open(p, 12); err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
	}
	turned(t, out, 9, 3)
	if _, err := in.Open(send(30000), 12); !errors.Is(err, rtp.ErrUnproven) {
		t.Errorf("a packet of a round that was not heard: %v", err)
	}
	turned(t, out, 9, 3)
	lost := 0
	for i := range 200 {
		if _, err := in.Open(send(uint16(i)), 12); err != nil {
			lost++
			if !errors.Is(err, rtp.ErrUnproven) && !errors.Is(err, rtp.ErrCopy) {
				t.Fatalf("packet %d: %v", i, err)
			}
		}
	}
	if lost > researchAfter+3 {
		t.Errorf("%d packets are lost", lost)
	}
	for i, p := range recorded {
		if _, err := in.Open(bytes.Clone(p), 12); err == nil {
			t.Fatalf("recorded packet %d is taken", i)
		}
	}
	if _, err := in.Open(send(200), 12); err != nil {
		t.Errorf("after recorded packets, the sender is not heard: %v", err)
	}
	// So many copies that its counter is searched do not make it forgotten: the
	// next round is followed.
	var last []byte
	for _, seq := range []uint16{20000, 40000, 60000} {
		p := send(seq)
		last = bytes.Clone(p)
		if _, err := in.Open(p, 12); err != nil {
			t.Fatalf("packet %d: %v", seq, err)
		}
	}
	for range 3 * researchAfter {
		_, _ = in.Open(bytes.Clone(last), 12)
	}
	if m := in.members[9]; m.failed < 2*researchAfter {
		t.Fatalf("%d copies failed", m.failed)
	}
	if _, err := in.Open(send(100), 12); err != nil {
		t.Errorf("the round after many copies is not heard: %v", err)
	}
}

// However many SSRCs are made up, what is kept stays bounded.
func TestFloodOfSSRCs(t *testing.T) {
	const suite = "AES_CM_128_HMAC_SHA1_80 inline:" + key128
	out, in, c := pair(t, suite, suite)
	for i := range 5000 {
		junk := packet(uint32(i), 7, "not of the key at all ..........")
		if _, err := in.Open(junk, 12); err == nil {
			t.Fatal("junk is taken")
		}
		c.at = c.at.Add(20 * time.Microsecond)
	}
	if len(in.search.senders) > maxSearches || len(in.search.tried) > maxSearches || len(in.members) != 0 {
		t.Errorf("%d searched, %d tried, %d members", len(in.search.senders), len(in.search.tried), len(in.members))
	}
	// What is tried in a turn is bounded, but for one counter a packet.
	c.at = c.at.Add(searchTurn)
	for i := range 100 {
		_, _ = in.Open(packet(uint32(i), 7, "not of the key at all .........."), 12)
	}
	if in.search.left < -100 {
		t.Errorf("%d counters are tried for 100 packets", searchPerTurn-in.search.left)
	}
	// Who begins is heard at once in the midst of it.
	sealed, _ := out.Send.Seal(packet(99, 1, "what is said"))
	if _, err := in.Open(sealed, 12); err != nil {
		t.Error("who has the key is not heard")
	}
}

// Nor are those without end who have the key.
func TestManyMembers(t *testing.T) {
	const suite = "AES_CM_128_HMAC_SHA1_80 inline:" + key128
	out, in, _ := pair(t, suite, suite)
	for i := range uint32(maxMembers + 10) {
		sealed, err := out.Send.Seal(packet(i, 1, "what is said"))
		if err == nil {
			_, err = in.Open(sealed, 12)
		}
		report := append(make([]byte, 0, 100), 0x80, 201, 0, 1, 0, 0, 0, 0)
		binary.BigEndian.PutUint32(report[4:], i)
		report, err2 := out.SendReport.Seal(report)
		if err2 == nil {
			_, err2 = (*reportOpener)(in).Open(report, 0)
		}
		if err = errors.Join(err, err2); err != nil {
			t.Fatalf("member %d: %v", i, err)
		}
	}
	if len(in.members) != 10 || len(in.spoken) != 10 {
		t.Errorf("%d members, %d of whom reports came", len(in.members), len(in.spoken))
	}
}

func TestPadding(t *testing.T) {
	const suite = "AES_CM_128_HMAC_SHA1_80 inline:" + key128
	out, in, _ := pair(t, suite, suite)
	for i, tt := range []struct{ payload, want string }{{"said\x00\x00\x03", "said"}, {"\x01", ""}, {"said\x09", "!"}, {"said\x00", "!"}} {
		p := packet(9, uint16(i), tt.payload)
		p[0] |= 0x20
		sealed, err := out.Send.Seal(p)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := in.Open(sealed, 12)
		if err != nil && tt.want != "!" || err == nil && string(opened[12:]) != tt.want {
			t.Errorf("%q: %q, %v", tt.payload, opened, err)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool forget")
	}
	for _, suite := range Suites() {
		once := roundTrip(t, suite+" inline:"+keyOf(suite)+"|1:4")
		once()
		if n := testing.AllocsPerRun(100, once); n != 0 {
			t.Errorf("%s: %v allocations a packet", suite, n)
		}
	}
}

// roundTrip returns what seals and opens one packet of 20 ms.
func roundTrip(t testing.TB, key string) func() {
	out, in, _ := pair(t, key, key)
	p := packet(9, 0, strings.Repeat("x", 160))
	seq, size := uint16(0), len(p)
	return func() {
		seq++
		p = p[:size]
		binary.BigEndian.PutUint16(p[2:], seq)
		sealed, err := out.Send.Seal(p)
		if err == nil {
			_, err = in.Open(sealed, 12)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkSealAndOpen(b *testing.B) {
	for _, suite := range Suites() {
		b.Run(suite, func(b *testing.B) {
			once := roundTrip(b, suite+" inline:"+keyOf(suite))
			b.ReportAllocs()
			for b.Loop() {
				once()
			}
		})
	}
}

// BenchmarkAnotherKey is what a packet under another key costs who searches for
// its counter, in a flood.
func BenchmarkAnotherKey(b *testing.B) {
	for _, suite := range []string{"AES_CM_128_HMAC_SHA1_80 inline:" + key128, "AEAD_AES_128_GCM inline:" + keyGCM} {
		b.Run(suite[:16], func(b *testing.B) {
			_, in, c := pair(b, suite, suite)
			p := packet(9, 0, strings.Repeat("x", 160))
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				i++
				binary.BigEndian.PutUint16(p[2:], uint16(i))
				c.at = c.at.Add(100 * time.Microsecond) // 10,000 a second
				if _, err := in.Open(p, 12); err == nil {
					b.Fatal("opened")
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|2^20|1:4")
	f.Add("1 AEAD_AES_128_GCM inline:" + keyGCM + " KDR=1")
	f.Fuzz(func(t *testing.T, value string) {
		c, err := Parse(value)
		if err != nil {
			if !errors.Is(err, codecs.ErrMalformed) && !errors.Is(err, codecs.ErrUnsupported) {
				t.Fatal(err)
			}
			return
		}
		if again, err := Parse(c.Attribute()); err != nil || !c.Equal(again) {
			t.Fatalf("%s: %v", c.Attribute(), err)
		}
		if _, err := Ciphers(c); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add(packet(1, 1, "0123456789"))
	f.Add([]byte{0x90, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xbe, 0xde, 0xff, 0xff})
	crypto := parse(f, "AES_CM_128_HMAC_SHA1_80 inline:"+key128)
	f.Fuzz(func(t *testing.T, p []byte) {
		c := &clock{at: time.Unix(1000, 0)}
		in, err := newOpener(crypto, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := in.Open(bytes.Clone(p), 12); err == nil {
			t.Fatalf("opened %x to %x", p, got)
		}
		if got, err := (*reportOpener)(in).Open(bytes.Clone(p), 0); err == nil {
			t.Fatalf("opened %x to %x", p, got)
		}
	})
}
