package bridge

import (
	"bytes"
	"errors"
	"sync"

	"parley/h323"
	"parley/h323/encryption"
	"parley/h323/h245"
	"parley/h323/media"
	"parley/h323/per"
	"parley/qos/rtp"
)

// secrecy is the encryption of an RTP session (H.235.6), of each direction under
// its channel's key.
type secrecy struct {
	sealer *sealer // nil: in the clear
	opener *opener
	// number is of the channel that opener is for.
	number h245.LogicalChannelNumber
	// former is the payload type of the key before; 0: none.
	former uint8
}

// ciphers returns what encrypts the session as its channels are now. Where there
// is no channel, what was stays.
func (s *secrecy) ciphers(p *pair) rtp.Ciphers {
	if ch := p.send; ch != nil {
		s.sealer = s.sealer.of(ch)
	}
	if ch := p.receive; ch != nil {
		s.open(ch)
	}
	var c rtp.Ciphers
	if s.sealer != nil {
		c.Send = s.sealer
	}
	if s.opener != nil {
		c.Receive = s.opener
	}
	return c
}

func (s *secrecy) open(ch *media.Channel) {
	switch {
	case !isEncrypted(ch):
		s.opener, s.former = nil, 0
	case s.opener == nil || s.number != ch.Number:
		s.opener, s.number, s.former = newOpener(ch), ch.Number, 0
	case !bytes.Equal(s.opener.key, ch.Key):
		s.former = s.opener.payloadType
		s.opener.rekey(ch)
	}
}

// isEncrypted reports whether a channel is: one that should be and has no key
// carries nothing, rather than media in the clear.
func isEncrypted(ch *media.Channel) bool { return ch.Key != nil || ch.Algorithm != "" }

// encrypted reports whether all channels that are open are.
func (c *channels) encrypted() bool {
	any := false
	for _, p := range []*pair{&c.audio, &c.video, &c.slides, &c.second, &c.data} {
		for _, ch := range []*media.Channel{p.receive, p.send} {
			if ch != nil && !isEncrypted(ch) {
				return false
			}
			any = any || ch != nil
		}
	}
	return any
}

// secrecyTold is what the log says of a call's encryption. It only rises, so that
// a peer gets two lines out of it at most.
type secrecyTold uint8

const (
	untold secrecyTold = iota
	toldEncrypted
	toldClear
)

// tellSecrecy says once a call what became of the encryption that is offered here,
// and once more where a channel is opened in the clear after all.
func (c *call) tellSecrecy(ch *media.Channel) {
	if c.server.cfg.Encryption == h323.EncryptionOff {
		return
	}
	log := c.logger()
	switch now := c.channels.encrypted(); {
	case now && c.told < toldEncrypted:
		c.told = toldEncrypted
		log.Info("H.323 media is encrypted", "algorithm", cipherName(ch.Algorithm))
	case !now && c.told < toldClear:
		c.told = toldClear
		cause := "the peer has agreed to no key"
		if c.line.Info().Encryption {
			cause = "the peer has keys and does not use them"
		}
		log.Info("H.323 media is not encrypted", "cause", cause, "channel", ch.String())
	}
}

// cipherName is how people call an algorithm of H.235.6.
func cipherName(oid string) string {
	switch per.OID(oid) {
	case encryption.AES128:
		return "AES-128-CBC"
	case encryption.AES256:
		return "AES-256-CBC"
	}
	return oid
}

// channelRekeyed gives an open channel another key.
func (c *call) channelRekeyed(ch *media.Channel) {
	p := c.channels.pair(ch)
	if p == nil {
		return
	}
	if p.receive != nil && p.receive.Number == ch.Number && ch.Direction&media.Receive != 0 {
		p.receive = ch
	}
	if p.send != nil && p.send.Number == ch.Number && ch.Direction&media.Send != 0 {
		p.send = ch
	}
	c.logger().Debug("H.323 channel has another key", "channel", ch.String())
	c.applyChannels(ch)
	if ch.Kind == media.KindVideo && ch.Direction&media.Receive != 0 {
		c.fastUpdate(ch.Number) // pictures of the old payload type are not taken
	}
}

var errNoKey = errors.New("no key of the channel")

// sealer encrypts what is sent in a channel. It does not change: another key
// makes another sealer, which still knows the one before for a packet that was
// begun under it.
type sealer struct {
	key             []byte
	current, former sealing
}

type sealing struct {
	encrypter   *encryption.Encrypter // nil: there is no key
	payloadType uint8
}

// of returns the sealer of a channel, s itself where nothing changed; nil: in the
// clear.
func (s *sealer) of(ch *media.Channel) *sealer {
	if !isEncrypted(ch) {
		return nil
	}
	if s != nil && ch.Key != nil && bytes.Equal(s.key, ch.Key) {
		return s
	}
	next := &sealer{key: ch.Key, current: sealing{payloadType: ch.PayloadType}}
	if e, err := encryption.NewEncrypter(keyOf(ch)); err == nil {
		next.current.encrypter = e
	}
	if s != nil {
		next.former = s.current
	}
	return next
}

func keyOf(ch *media.Channel) encryption.Key {
	return encryption.Key{Algorithm: per.OID(ch.Algorithm), Octets: ch.Key}
}

// Seal implements rtp.Sealer.
func (s *sealer) Seal(packet []byte) ([]byte, error) {
	under := &s.current
	if pt := packet[1] & 0x7f; pt != under.payloadType && pt == s.former.payloadType {
		under = &s.former
	}
	if under.encrypter == nil {
		return nil, errNoKey
	}
	return under.encrypter.Encrypt(packet[:0], packet)
}

// opener decrypts what is received in a channel.
type opener struct {
	// Of the call's goroutine.
	key         []byte
	payloadType uint8

	mu        sync.Mutex // guards what follows
	decrypter encryption.Decrypter
	proof     keyProof
}

func newOpener(ch *media.Channel) *opener {
	o := new(opener)
	o.rekey(ch)
	return o
}

// rekey sets the key of a channel. One that cannot be used opens nothing.
func (o *opener) rekey(ch *media.Channel) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.key, o.payloadType = ch.Key, ch.PayloadType
	_ = o.decrypter.SetKey(keyOf(ch), ch.PayloadType) // without one, Decrypt fails
	o.proof = newKeyProof(ch.Format, ch.PayloadType)
}

// Open implements rtp.Opener.
func (o *opener) Open(packet []byte, head int) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	payloadType, padded := packet[1]&0x7f, packet[0]&0x20 != 0
	opened, err := o.decrypter.Decrypt(packet[:0], packet)
	if err != nil {
		o.proof.failed()
		return nil, err
	}
	if len(opened) > head && !o.proof.holds(payloadType, padded, opened[head:]) {
		return nil, errWrongKey
	}
	return opened, nil
}
