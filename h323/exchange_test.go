package h323

import (
	"log/slog"
	"testing"
	"testing/synctest"

	"parley/h323/encryption"
	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
	"parley/h323/q931"
)

// badHalf is a token with a half key that would make the secret known to all.
func badHalf() []h235.ClearToken {
	one := make([]byte, 128)
	one[127] = 1
	return []h235.ClearToken{{
		TokenOID: per.OID(encryption.DH1024),
		DHKey:    &h235.DHSet{Halfkey: per.BitString{Bytes: one, Length: 1024}},
	}}
}

// Where policy requires encryption, a half key that is none gets no call, though
// it looked like an offer; nobody hears of it. Elsewhere the call is in the clear.
func TestHalfKeyThatIsNone(t *testing.T) {
	for policy, taken := range map[EncryptionPolicy]bool{EncryptionRequire: false, EncryptionOffer: true} {
		in(t, func(t *testing.T) {
			m := newMemory()
			b := newParty(t, "called", v4)
			rang := false
			e := listening(t, m, b, Config{Encryption: policy, Incoming: func(c *Call) {
				rang = true
				c.SetOwner(b)
				c.Answer()
			}})
			w := byHand(t, m)
			w.send(setupMessage(1, func(s *h225.SetupUUIE, _ *h225.H323UUPDU) { s.Tokens = badHalf() }))
			if taken {
				if c := w.next(q931.Connect).Info.H323UUPDU.H323MessageBody.Connect; len(c.Tokens) != 0 {
					t.Errorf("answered with %+v", c.Tokens)
				}
				_ = w.conn.Close()
				_ = b.released()
			} else {
				r := w.next(q931.ReleaseComplete).Info.H323UUPDU.H323MessageBody.ReleaseComplete
				if r.Reason == nil || r.Reason.SecurityDenied == nil {
					t.Errorf("%+v", r)
				}
				_ = w.conn.Close()
			}
			synctest.Wait()
			if rang != taken {
				t.Errorf("policy %d: rang %v", policy, rang)
			}
			closed(t, e)
		})
	}
}

// The first half key of the called side counts: another that follows would leave
// both sides with different secrets.
func TestFirstHalfKeyCounts(t *testing.T) {
	offer, err := encryption.NewOffer(encryption.DH1024)
	if err != nil {
		t.Fatal(err)
	}
	c := &Call{log: slog.New(slog.DiscardHandler)}
	answer := func() []h235.ClearToken {
		tokens, _, err := encryption.Answer(offer.Tokens())
		if err != nil {
			t.Fatal(err)
		}
		return tokens
	}
	c.acceptTokens(answer()) // nothing was offered
	if c.exchange.secret != nil || c.info.Encryption {
		t.Error("a secret without an offer")
	}
	c.exchange.offer = offer
	c.acceptTokens(badHalf())
	if c.exchange.secret != nil || c.info.Encryption {
		t.Error("a secret of a bad half key")
	}
	c.acceptTokens(answer())
	first := c.exchange.secret
	if first == nil || !c.info.Encryption {
		t.Fatal("no secret")
	}
	c.acceptTokens(answer())
	if c.exchange.secret != first {
		t.Error("the second one counts")
	}
}
