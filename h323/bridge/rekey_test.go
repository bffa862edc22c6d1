package bridge

import (
	"testing"

	"parley/conference"
	"parley/h323"
	"parley/h323/encryption"
	"parley/h323/h245"
	"parley/h323/media"
	"parley/h323/per"
)

// rekey has the conference, which is master, change a channel's key.
func (p *spy) rekey(ch *media.Channel) {
	p.t.Helper()
	direction := &h245.EncryptionUpdateDirection{MasterToSlave: &per.Null{}}
	if ch.Direction == media.Send {
		direction = &h245.EncryptionUpdateDirection{SlaveToMaster: &per.Null{}}
	}
	p.call.SendControl(&h245.MultimediaSystemControlMessage{Command: &h245.CommandMessage{MiscellaneousCommand: &h245.MiscellaneousCommand{
		LogicalChannelNumber: ch.Number, Direction: direction,
		Type: h245.MiscellaneousCommandType{EncryptionUpdateRequest: &h245.EncryptionUpdateRequest{}},
	}}})
	former := ch.PayloadType
	if *ch = hears[h323.ChannelRekeyed](&p.phone).Channel; ch.PayloadType == former {
		p.t.Errorf("another key under the same payload type %d", former)
	}
}

// encrypter is that of the channel to the conference as it is now.
func (p *spy) encrypter() *encryption.Encrypter {
	p.t.Helper()
	e, err := encryption.NewEncrypter(keyOf(&p.out))
	if err != nil {
		p.t.Fatal(err)
	}
	return e
}

// Keys change within a call, in either direction: the tones go on under the new
// ones, what was begun under the old one still counts, and nothing is noise.
func TestRekeyOnTheWire(t *testing.T) {
	s := newSite(t, Config{Encryption: h323.EncryptionRequire}, conference.Settings{ID: "a"})
	ann := &party{hertz: 880, heard: map[float64]float64{440: 0, 880: 0}}
	sit(t, s.room("a"), ann)
	p := newSpy(t, s, h323.Modes{NoFastStart: true})
	undecrypted := func() uint64 { return s.Stats().Audio.Undecrypted }
	p.readsTone()
	old := p.encrypter()
	p.say("the tone is not heard", old, func() bool { return ann.amplitude(440) > 2000 })

	p.rekey(&p.in)
	p.readsNew()
	p.rekey(&p.out)
	p.say("the tone is not heard under another key", p.encrypter(), func() bool { return ann.amplitude(440) > 2000 })
	if n := undecrypted(); n != 0 {
		t.Errorf("%d packets not decrypted", n)
	}
	p.rekey(&p.out)
	p.say("the key before the last is still taken", old, func() bool { return undecrypted() > 25 })
	p.say("nothing is heard after that", p.encrypter(), func() bool { return ann.amplitude(440) > 2000 })
	if a := ann.amplitude(880); a > 400 {
		t.Errorf("ann hears herself at %.0f", a)
	}
}

// readsNew waits for the tone under the new key; packets of the old type are on
// their way for a moment.
func (p *spy) readsNew() {
	p.t.Helper()
	for p.reads()[1]&0x7f != p.in.PayloadType {
	}
	p.readsTone()
}
