package multicast

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/conference"
	"parley/qos/rtp/srtp"
)

const (
	testKey  = "AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"
	otherKey = "AES_CM_128_HMAC_SHA1_80 inline:OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEw"
)

func mustKey(t *testing.T, value string) *srtp.Crypto {
	t.Helper()
	c, err := srtp.Parse(value)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Two houses with one key hear each other; a third with another key, and a
// fourth without one, are named and not heard, and hear nothing.
func TestEncryptedGroup(t *testing.T) {
	plain := testGroup(t, "239.255.77.90", "PCMU")
	keyed := func(key string) GroupConfig {
		g := plain
		audio := *plain.Audio
		g.Audio = &audio
		if key != "" {
			g.Audio.Crypto = mustKey(t, key)
		}
		return g
	}
	a, b := openHouse(t, keyed(testKey)), openHouse(t, keyed(testKey))
	c, d := openHouse(t, keyed(otherKey)), openHouse(t, keyed(""))
	anna, bert := newPerson("anna", 500), newPerson("bert", 800)
	carl, dora := newPerson("carl", 1100), newPerson("dora", 1400)
	a.join(t, anna)
	b.join(t, bert)
	c.join(t, carl)
	d.join(t, dora)
	alone := func(l []float64) bool { return l[0] > 0.4 && l[1] < 0.001 && l[2] < 0.001 }
	anna.await(t, "bert alone", alone, 800, 1100, 1400)
	bert.await(t, "anna alone", alone, 500, 1100, 1400)

	deadline := time.After(patience)
	roster, watch := a.conf.Watch()
	defer watch.Close()
	named := func() bool {
		for _, m := range roster.Members {
			for _, s := range m.Sources {
				if strings.Contains(s.Name, "not of the group's key") {
					return true
				}
			}
		}
		return false
	}
	for !named() {
		select {
		case <-anna.fresh:
			roster = a.conf.Roster()
		case <-deadline:
			t.Fatalf("nobody is named who has another key: %+v", roster.Members)
		}
	}
	if st := a.server.Stats()[0].Audio; st.Undecrypted == 0 || len(st.Sources) != 1 {
		t.Errorf("%d packets of another key, %d sources heard", st.Undecrypted, len(st.Sources))
	}
	for _, p := range []*person{carl, dora} {
		if l := p.levels(500, 800, 1100, 1400); l != nil && (l[0] > 0.01 || l[1] > 0.01) {
			t.Errorf("%s hears what is encrypted: %.3f", p.name, l)
		}
	}
	for _, m := range roster.Members {
		if m.Wire == conference.WireMulticast && !m.Encrypted {
			t.Error("the group does not stand as encrypted in the roster")
		}
	}
}

func TestCryptoOfASession(t *testing.T) {
	const head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.2.3/4\r\nt=0 0\r\n"
	for name, tt := range map[string]struct{ media, want string }{
		"a key":                    {"m=audio 5004 RTP/SAVP 0\r\na=crypto:1 " + testKey + "\r\n", ""},
		"the first known of two":   {"m=audio 5004 RTP/SAVPF 0\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:x\r\na=crypto:2 " + testKey + "\r\n", ""},
		"no key":                   {"m=audio 5004 RTP/SAVP 0\r\n", "without a=crypto"},
		"a key under RTP/AVP":      {"m=audio 5004 RTP/AVP 0\r\na=crypto:1 " + testKey + "\r\n", "needs RTP/SAVP"},
		"a key that is none":       {"m=audio 5004 RTP/SAVP 0\r\na=crypto:1 " + testKey[:40] + "\r\n", "malformed"},
		"a suite that is not here": {"m=audio 5004 RTP/SAVP 0\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:x\r\n", "unsupported"},
	} {
		g, _, err := ParseSession([]byte(head+tt.media), builtin.Set())
		switch {
		case tt.want != "":
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "MTIz") {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case !g.Audio.Crypto.Equal(mustKey(t, testKey)) || !g.encrypted():
			t.Errorf("%s: %v", name, g.Audio.Crypto)
		}
	}
	// A key that is told beside the description.
	g, _, err := Reading{builtin.Set(), mustKey(t, testKey)}.Parse([]byte(head + "m=audio 5004 RTP/SAVP 0\r\n"))
	if err != nil || !g.Audio.Crypto.Equal(mustKey(t, testKey)) {
		t.Errorf("with a key beside it: %v", err)
	}
	// Proof of who sends does not keep from hearing.
	const readable = "m=audio 5004 RTP/SAVP 0\r\na=crypto:1 " + testKey + " UNENCRYPTED_SRTP\r\n"
	if g, _, err := ParseSession([]byte(head+readable), builtin.Set()); err != nil || g.encrypted() {
		t.Errorf("UNENCRYPTED_SRTP: encrypted, %v", err)
	}
}

// What is described to others has the profile and not the key.
func TestDescriptionKeepsTheKey(t *testing.T) {
	g := testGroup(t, "239.255.77.91", "PCMU")
	g.Audio.Crypto = mustKey(t, testKey)
	h := openHouse(t, g)
	sessions, err := h.server.SDP("room", false)
	if err != nil {
		t.Fatal(err)
	}
	text := string(sessions[0].SDP)
	if !strings.Contains(text, "RTP/SAVP ") || strings.Contains(text, "crypto") || strings.Contains(text, "MTIz") {
		t.Error(text)
	}
}

// Every static payload type of sound that is decoded is one of a group's.
func TestStaticPayloadTypes(t *testing.T) {
	for _, pt := range []string{"0", "3", "5", "6", "8", "9", "10", "11", "16", "17"} {
		raw := "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.2.3/4\r\nt=0 0\r\nm=audio 5004 RTP/AVP " + pt + "\r\n"
		if g, _, err := ParseSession([]byte(raw), builtin.Set()); err != nil || g.Audio.Formats[0].Format.Media() != codecs.MediaAudio {
			t.Errorf("payload type %s: %v", pt, err)
		}
	}
	raw := "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.2.3/4\r\nt=0 0\r\nm=audio 5004 RTP/AVP 14\r\n"
	if _, _, err := ParseSession([]byte(raw), builtin.Set()); err == nil || !strings.Contains(err.Error(), "MPA/90000") {
		t.Errorf("payload type 14 is not named: %v", err)
	}
	for _, pt := range []string{"26", "31", "34"} {
		raw := "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.2.3/4\r\nt=0 0\r\nm=video 5004 RTP/AVP " + pt + "\r\n"
		if g, _, err := ParseSession([]byte(raw), builtin.Set()); err != nil || g.Video == nil {
			t.Errorf("payload type %s: %v", pt, err)
		}
	}
}

// A host of another key is named with the SSRCs that it sends under, the latest
// of many, once for all.
func TestStrangerIsNamed(t *testing.T) {
	cfg := testGroup(t, "239.255.77.91", "PCMU")
	cfg.Audio.Crypto = mustKey(t, testKey)
	h := openHouse(t, cfg)
	leg := h.server.joined()[0].audio
	from := netip.MustParseAddrPort("192.0.2.7:5004")
	for _, step := range []struct {
		ssrc uint32
		want string
	}{
		{0, "192.0.2.7 (not of the group's key)"}, // RTCP
		{41, "192.0.2.7, SSRC 41 (not of the group's key)"},
		{41, "192.0.2.7, SSRC 41 (not of the group's key)"},
		{42, "192.0.2.7, SSRC 41, 42 (not of the group's key)"},
		{4294967295, "192.0.2.7, SSRC 41, 42, 4294967295 (not of the group's key)"},
		{44, "192.0.2.7, SSRC 41, 42, 4294967295, 44 (not of the group's key)"},
		{45, "192.0.2.7, SSRC 42, 4294967295, 44, 45 (not of the group's key)"},
	} {
		leg.Undecryptable(from, step.ssrc)
		names := strangersOf(h, from)
		if len(names) != 1 || names[0] != step.want {
			t.Errorf("after SSRC %d the roster says %q, want %q", step.ssrc, names, step.want)
		}
	}
	leg.UnknownPayload(from, 45, 8)
	if leg.nameStranger(from, 45, "payload type 8, not the group's") {
		t.Error("what the roster says is news")
	}
	if names := strangersOf(h, from); len(names) != 1 || names[0] != "192.0.2.7, SSRC 44, 45 (payload type 8, not the group's)" {
		t.Errorf("of another payload type the roster says %q", names)
	}
	for i := range byte(2 * MaxStrangers) {
		leg.Undecryptable(netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, i}), 5004), 1)
	}
	if len(leg.strangers) != MaxStrangers {
		t.Errorf("%d hosts are named", len(leg.strangers))
	}
	leg.forgetStrangers(time.Now().Add(StrangerLife / 2))
	if len(leg.strangers) != MaxStrangers {
		t.Errorf("%d hosts are named after half their time", len(leg.strangers))
	}
	leg.forgetStrangers(time.Now().Add(2 * StrangerLife))
	if len(leg.strangers) != 0 {
		t.Errorf("%d hosts are not forgotten", len(leg.strangers))
	}
	for _, m := range h.conf.Roster().Members {
		for _, s := range m.Sources {
			if strings.Contains(s.Name, "192.0.2.7") {
				t.Errorf("%q is not forgotten", s.Name)
			}
		}
	}
}

// strangersOf are the names under which a host stands in the roster.
func strangersOf(h house, from netip.AddrPort) (names []string) {
	for _, m := range h.conf.Roster().Members {
		for _, s := range m.Sources {
			if strings.Contains(s.Name, from.Addr().String()) && s.Address == from.String() {
				names = append(names, s.Name)
			}
		}
	}
	return names
}
