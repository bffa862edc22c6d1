package control

import (
	"bytes"
	"testing"

	"parley/h323/encryption"
	"parley/h323/h245"
	"parley/h323/media"
)

// exchange gives two machines a shared secret.
func exchange(t testing.TB, a, b *side) {
	t.Helper()
	offer, err := encryption.NewOffer(encryption.DH1024)
	if err != nil {
		t.Fatal(err)
	}
	tokens, theirs, err := encryption.Answer(offer.Tokens())
	if err != nil {
		t.Fatal(err)
	}
	ours, err := offer.Accept(tokens)
	if err != nil {
		t.Fatal(err)
	}
	a.SetSecret(ours)
	b.SetSecret(theirs)
}

func policy(p EncryptionPolicy) func(*Config) { return func(c *Config) { c.Encryption = p } }

// sameKey fails unless both ends have the key of the channel, or none has.
func (p *pair) sameKey(from, to *side, k media.Kind, encrypted bool) {
	p.t.Helper()
	x, y := from.find(p.t, media.Send, k, media.RoleMain), to.find(p.t, media.Receive, k, media.RoleMain)
	if (x.Key != nil) != encrypted || !bytes.Equal(x.Key, y.Key) || x.Sync != y.Sync || x.PayloadType != y.PayloadType {
		p.t.Errorf("%v: keys %x (%d) and %x (%d)", k, x.Key, x.Sync, y.Key, y.Sync)
	}
	if encrypted && (x.Sync < 96 || x.Algorithm != string(encryption.AES128)) {
		p.t.Errorf("type %d, %s", x.Sync, x.Algorithm)
	}
}

func TestEncryption(t *testing.T) {
	for name, c := range map[string]struct {
		a, b              EncryptionPolicy
		exchange          bool
		opens, encryptsIt bool
	}{
		"both offer":           {EncryptionOffer, EncryptionOffer, true, true, true},
		"both require":         {EncryptionRequire, EncryptionRequire, true, true, true},
		"one requires":         {EncryptionOffer, EncryptionRequire, true, true, true},
		"one is off":           {EncryptionOff, EncryptionOffer, false, true, false},
		"no secret":            {EncryptionOffer, EncryptionOffer, false, true, false},
		"required, no secret":  {EncryptionRequire, EncryptionRequire, false, false, false},
		"required of the deaf": {EncryptionRequire, EncryptionOff, false, false, false},
	} {
		for _, fast := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				p := newPair(t, newSide(t, "a", 190, policy(c.a)), newSide(t, "b", 50, policy(c.b)))
				if c.exchange {
					exchange(t, p.a, p.b)
				}
				if fast {
					fastConnect(t, p)
				} else {
					p.start()
				}
				if !c.opens {
					if n := len(p.a.Channels()) + len(p.b.Channels()); n != 0 {
						t.Fatalf("%d channels", n)
					}
					return
				}
				for _, k := range []media.Kind{media.KindAudio, media.KindVideo} {
					p.connected(k, media.RoleMain)
					p.sameKey(p.a, p.b, k, c.encryptsIt)
					p.sameKey(p.b, p.a, k, c.encryptsIt)
				}
				p.start()
				if n := len(p.a.Channels()); n != 4 {
					t.Errorf("%d channels", n)
				}
			})
		}
	}
}

// The slave asks for another key, in both directions.
func TestRekey(t *testing.T) {
	p := newPair(t, newSide(t, "a", 190, policy(EncryptionOffer)), newSide(t, "b", 50, policy(EncryptionOffer)))
	exchange(t, p.a, p.b)
	p.start()
	for _, d := range []media.Direction{media.Send, media.Receive} {
		p.forget()
		c := p.b.find(t, d, media.KindAudio, media.RoleMain)
		direction := &h245.EncryptionUpdateDirection{MasterToSlave: null}
		if d == media.Send {
			direction = &h245.EncryptionUpdateDirection{SlaveToMaster: null}
		}
		p.b.Transmit(&h245.MultimediaSystemControlMessage{Command: &h245.CommandMessage{MiscellaneousCommand: &h245.MiscellaneousCommand{
			LogicalChannelNumber: c.Number, Direction: direction,
			Type: h245.MiscellaneousCommandType{EncryptionUpdateRequest: &h245.EncryptionUpdateRequest{}},
		}}})
		p.run()
		x, y := all[Rekeyed](p.a), all[Rekeyed](p.b)
		if len(x) != 1 || len(y) != 1 || !bytes.Equal(x[0].Channel.Key, y[0].Channel.Key) || bytes.Equal(x[0].Channel.Key, c.Key) {
			t.Fatalf("%v and %v", p.a.events, p.b.events)
		}
		if y[0].Channel.Sync == c.Sync || y[0].Channel.Sync != x[0].Channel.Sync || y[0].Channel.Direction != d {
			t.Errorf("type %d, then %d", c.Sync, y[0].Channel.Sync)
		}
	}
}

// A channel whose key is missing or bad is refused.
func TestKeyRefused(t *testing.T) {
	a, b := ready(t, false, policy(EncryptionOffer)), newSide(t, "b", 190, nil)
	exchange(t, a, b)
	c := capabilityOf(t, pcmu, 0, media.RoleMain)
	c.Algorithm, c.PayloadType = string(encryption.AES128), 100
	m := openRequest(t, 5, media.SessionAudio, c)
	if got := cause(t, a.answerTo(t, m)); got != "securityDenied" {
		t.Errorf("no key: %q", got)
	}
	m.Request.OpenLogicalChannel.EncryptionSync = &h245.EncryptionSync{SynchFlag: 100, H235Key: []byte{1, 2, 3}}
	if got := cause(t, a.answerTo(t, m)); got != "securityDenied" {
		t.Errorf("bad key: %q", got)
	}
	key, err := encryption.NewKey(encryption.AES128)
	if err != nil {
		t.Fatal(err)
	}
	if m.Request.OpenLogicalChannel.EncryptionSync, err = b.secret.Sync(key, 100); err != nil {
		t.Fatal(err)
	}
	if got := cause(t, a.answerTo(t, m)); got != "" {
		t.Errorf("good key: %q", got)
	}
}
