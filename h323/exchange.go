package h323

import (
	"time"

	"parley/h323/encryption"
	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/q931"
)

// exchange is the call's Diffie-Hellman exchange, from which the keys of its
// media are protected (H.235.6 clause 8.5).
type exchange struct {
	offer  *encryption.Offer // of calls made from here
	secret *encryption.Secret
}

// offerTokens makes our half for the SETUP.
func (c *Call) offerTokens() []h235.ClearToken {
	if c.endpoint.cfg.Encryption == EncryptionOff {
		return nil
	}
	offer, err := encryption.NewOffer()
	if err != nil {
		c.log.Error("h323: no encryption offered", "error", err)
		return nil
	}
	c.exchange.offer = offer
	return offer.Tokens()
}

// acceptTokens takes the called side's half. The first good one counts; each
// answer may repeat it.
func (c *Call) acceptTokens(tokens []h235.ClearToken) {
	x := &c.exchange
	if x.offer == nil || x.secret != nil {
		return
	}
	secret, err := x.offer.Accept(tokens)
	if err != nil {
		c.log.Debug("h323: no encryption agreed", "error", err)
		return
	}
	x.secret = secret
	c.update(func(i *Info) { i.Encryption = true })
	if c.control != nil {
		c.control.SetSecret(secret)
		c.control.Expire(time.Now()) // what waited for it
	}
}

// answerTokens takes the caller's half, and has all answers carry ours. It is
// called once policy has let the call in, since it costs CPU.
func (c *Call) answerTokens() {
	if c.endpoint.cfg.Encryption == EncryptionOff {
		return
	}
	tokens, secret, err := encryption.Answer(c.info.Invitation.Setup.Tokens)
	if err != nil {
		c.log.Debug("h323: no encryption agreed", "error", err)
		if c.mustEncrypt() {
			why := noEncryption()
			c.endpoint.tellRefused(&c.info.Invitation, why)
			c.release(why)
		}
		return
	}
	c.exchange.secret = secret
	c.signal.SetTokens(tokens)
	c.update(func(i *Info) { i.Encryption = true })
}

// mustEncrypt reports whether policy wants encryption that the peer has not
// agreed to.
func (c *Call) mustEncrypt() bool {
	return c.endpoint.cfg.Encryption == EncryptionRequire && c.exchange.secret == nil
}

// noEncryption is what a peer is told that policy keeps out. Q.850 has no cause
// that is nearer.
func noEncryption() *Refusal {
	return &Refusal{
		Cause: q931.BearerCapabilityNotAuthorized, Reason: &h225.ReleaseCompleteReason{SecurityDenied: present()},
		Text: "encryption of media is required here (H.235.6), and the peer does not agree to it",
	}
}
