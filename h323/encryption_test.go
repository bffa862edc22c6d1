package h323

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"parley/h323/h225"
	"parley/h323/media"
	"parley/h323/per"
	"parley/h323/q931"
)

// Both sides of a call know the keys of both channels, in whatever way it is set
// up; with a peer without encryption the call is in the clear, and where policy
// requires it there is none.
func TestEncryption(t *testing.T) {
	for _, c := range []struct {
		caller, called   EncryptionPolicy
		refused, encrypt bool
	}{
		{EncryptionOffer, EncryptionOffer, false, true},
		{EncryptionRequire, EncryptionOffer, false, true},
		{EncryptionOffer, EncryptionRequire, false, true},
		{EncryptionRequire, EncryptionRequire, false, true},
		{EncryptionOff, EncryptionOffer, false, false},
		{EncryptionOffer, EncryptionOff, false, false},
		{EncryptionOff, EncryptionRequire, true, false},
		{EncryptionRequire, EncryptionOff, true, false},
	} {
		for bits := range 16 {
			modes := Modes{
				NoFastStart: bits&1 != 0, NoTunnelling: bits&2 != 0,
				Parallel: bits&4 != 0, EarlyH245: bits&8 != 0,
			}
			t.Run(fmt.Sprintf("%d %d %+v", c.caller, c.called, modes), func(t *testing.T) {
				called := newParty(t, "called", v4)
				e := answering(t, called, Config{Name: "called", Modes: modes, Encryption: c.called})
				caller := newParty(t, "caller", v4)
				call, err := started(t, Config{Name: "caller", Modes: modes, Encryption: c.caller}).
					Dial(t.Context(), Target{Address: e.Addresses()[0]}, caller)
				if err != nil {
					t.Fatal(err)
				}
				if c.refused {
					r := until(caller, func(Released) bool { return true })
					if reason := r.Refusal.Reason; reason == nil || reason.SecurityDenied == nil || r.Refusal.Text == "" {
						t.Errorf("%+v", r.Refusal)
					}
					return
				}
				ai, ao := caller.channels()
				bi, bo := called.channels()
				for _, pair := range [][2]media.Channel{{ai, bo}, {ao, bi}} {
					x, y := pair[0], pair[1]
					if (len(x.Key) > 0) != c.encrypt || !bytes.Equal(x.Key, y.Key) || x.PayloadType != y.PayloadType || x.Algorithm != y.Algorithm {
						t.Errorf("%v, key %x (%d); %v, key %x (%d)", &x, x.Key, x.PayloadType, &y, y.Key, y.PayloadType)
					}
					if c.encrypt && (x.PayloadType < 96 || x.Sync != x.PayloadType) {
						t.Errorf("payload type %d, key from %d", x.PayloadType, x.Sync)
					}
				}
				if info := call.Info(); info.Encryption != c.encrypt || info.FastStart == modes.NoFastStart {
					t.Errorf("%+v", info)
				}
				call.Release(nil)
				until(called, func(Released) bool { return true })
				until[Released](caller, nil)
			})
		}
	}
}

// A SETUP with the half keys of both groups and all proposals stays small.
func TestEncryptionSetup(t *testing.T) {
	var mu sync.Mutex
	var size int
	var tokens []per.OID
	called := newParty(t, "called", v4)
	e := answering(t, called, Config{
		Name: "called", Encryption: EncryptionOffer,
		Admit: func(v *Invitation) error {
			mu.Lock()
			defer mu.Unlock()
			size = len(v.Raw)
			for i := range v.Setup.Tokens {
				tokens = append(tokens, v.Setup.Tokens[i].TokenOID)
			}
			return &Refusal{Cause: q931.CallRejected, Text: "not today"}
		},
	})
	caller := newParty(t, "caller", v4)
	_, err := started(t, Config{
		Name: "caller", Encryption: EncryptionOffer, Aliases: []h225.AliasAddress{{DialledDigits: "1234"}},
		Receive: audioSet("PCMU", "PCMA", "G722"),
	}).Dial(t.Context(), Target{Address: e.Addresses()[0]}, caller)
	if err != nil {
		t.Fatal(err)
	}
	if r := until(caller, func(Released) bool { return true }); r.Refusal.Cause != q931.CallRejected {
		t.Errorf("%+v", r.Refusal)
	}
	mu.Lock()
	defer mu.Unlock()
	if size == 0 || size > 3000 {
		t.Errorf("a SETUP of %d octets", size)
	}
	if len(tokens) != 3 {
		t.Errorf("tokens %v", tokens)
	}
	t.Logf("SETUP of %d octets", size)
}
