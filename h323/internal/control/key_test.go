package control

import (
	"bytes"
	"testing"

	"parley/h323/encryption"
	"parley/h323/h245"
	"parley/h323/media"
)

// keyed returns two machines with encrypted channels: a is master, b slave.
func keyedPair(t testing.TB) *pair {
	t.Helper()
	p := newPair(t, newSide(t, "a", 190, policy(EncryptionOffer)), newSide(t, "b", 50, policy(EncryptionOffer)))
	exchange(t, p.a, p.b)
	p.start()
	p.forget()
	return p
}

// order is a command about keys, and what is sent and told about it.
func order(t testing.TB, s *side, c h245.MiscellaneousCommand) {
	t.Helper()
	s.events, s.sent = nil, nil
	s.Receive(&h245.MultimediaSystemControlMessage{Command: &h245.CommandMessage{MiscellaneousCommand: &c}}, epoch)
	s.flush(t, nil)
}

func newSync(t testing.TB, from *side, kind uint8) (*h245.EncryptionSync, []byte) {
	t.Helper()
	key, err := encryption.NewKey(encryption.AES128)
	if err != nil {
		t.Fatal(err)
	}
	sync, err := from.secret.Sync(key, kind)
	if err != nil {
		t.Fatal(err)
	}
	return sync, key.Octets
}

var (
	toSlave  = &h245.EncryptionUpdateDirection{MasterToSlave: null}
	toMaster = &h245.EncryptionUpdateDirection{SlaveToMaster: null}
)

// The slave takes the master's keys, for the channel of the direction that is
// named, from their payload type on; by command it acknowledges them (H.235.6
// clause 8.7).
func TestMastersKey(t *testing.T) {
	for _, acknowledged := range []bool{false, true} {
		p := keyedPair(t)
		for _, d := range []media.Direction{media.Send, media.Receive} {
			c := p.b.find(t, d, media.KindAudio, media.RoleMain)
			other := p.b.find(t, (media.Send|media.Receive)&^d, media.KindVideo, media.RoleMain)
			direction := toSlave
			if d == media.Send {
				direction = toMaster
			}
			sync, key := newSync(t, p.a, 120)
			command := h245.MiscellaneousCommand{LogicalChannelNumber: c.Number, Direction: direction}
			if acknowledged {
				command.Type.EncryptionUpdateCommand = &h245.EncryptionUpdateCommand{EncryptionSync: *sync}
			} else {
				command.Type.EncryptionUpdate = sync
			}
			order(t, p.b, command)
			told := all[Rekeyed](p.b)
			if len(told) != 1 || told[0].Channel.Direction != d || told[0].Channel.Number != c.Number {
				t.Fatalf("%v", p.b.events)
			}
			for _, got := range []media.Channel{told[0].Channel, p.b.find(t, d, media.KindAudio, media.RoleMain)} {
				if !bytes.Equal(got.Key, key) || got.Sync != 120 || got.PayloadType != 120 {
					t.Errorf("key %x (%d), type %d", got.Key, got.Sync, got.PayloadType)
				}
			}
			if now := p.b.find(t, other.Direction, media.KindVideo, media.RoleMain); !bytes.Equal(now.Key, other.Key) {
				t.Error("another channel's key has changed")
			}
			if !acknowledged {
				if len(p.b.sent) != 0 {
					t.Errorf("answered %v", names(p.b.sent))
				}
				continue
			}
			if len(p.b.sent) != 1 || p.b.sent[0].Command == nil || p.b.sent[0].Command.MiscellaneousCommand == nil {
				t.Fatalf("answered %v", names(p.b.sent))
			}
			a := p.b.sent[0].Command.MiscellaneousCommand
			if a.LogicalChannelNumber != c.Number || a.Direction != direction || a.Type.EncryptionUpdateAck == nil || a.Type.EncryptionUpdateAck.SynchFlag != 120 {
				t.Errorf("%+v", a)
			}
		}
	}
}

// A key that is none, that names nothing encrypted, or that the slave would make
// for the master changes nothing and is not acknowledged.
func TestKeysNotTaken(t *testing.T) {
	p := keyedPair(t)
	plain := newPair(t, newSide(t, "a", 190, nil), newSide(t, "b", 50, nil)).start()
	good, _ := newSync(t, p.a, 120)
	bad := &h245.EncryptionSync{SynchFlag: 120, H235Key: []byte{1, 2, 3}}
	beyond := *good
	beyond.SynchFlag = 128
	slave := p.b.find(t, media.Receive, media.KindAudio, media.RoleMain)
	master := p.a.find(t, media.Receive, media.KindAudio, media.RoleMain)
	for name, c := range map[string]struct {
		to        *side
		number    h245.LogicalChannelNumber
		direction *h245.EncryptionUpdateDirection
		sync      *h245.EncryptionSync
	}{
		"bad key":             {p.b, slave.Number, toSlave, bad},
		"type beyond 127":     {p.b, slave.Number, toSlave, &beyond},
		"no such channel":     {p.b, 999, toSlave, good},
		"the slave's key":     {p.a, master.Number, toMaster, good},
		"without encryption":  {plain.b, plain.b.find(t, media.Receive, media.KindAudio, media.RoleMain).Number, toSlave, good},
		"nobody's, unnamed":   {p.b, 999, nil, good},
		"unencrypted, to all": {plain.b, plain.b.find(t, media.Receive, media.KindAudio, media.RoleMain).Number, nil, good},
	} {
		before := c.to.Channels()
		order(t, c.to, h245.MiscellaneousCommand{
			LogicalChannelNumber: c.number, Direction: c.direction,
			Type: h245.MiscellaneousCommandType{EncryptionUpdateCommand: &h245.EncryptionUpdateCommand{EncryptionSync: *c.sync}},
		})
		if len(c.to.sent) != 0 || len(c.to.events) != 0 {
			t.Errorf("%s: sent %v, told %v", name, names(c.to.sent), c.to.events)
		}
		for i, now := range c.to.Channels() {
			if !bytes.Equal(now.Key, before[i].Key) || now.PayloadType != before[i].PayloadType {
				t.Errorf("%s: channel %d has another key", name, now.Number)
			}
		}
	}
	// Only the master makes keys, and only for what has one.
	for name, c := range map[string]struct {
		to     *side
		number h245.LogicalChannelNumber
	}{
		"of the slave":    {p.b, slave.Number},
		"of nothing":      {p.a, 999},
		"of what is open": {plain.a, plain.a.find(t, media.Receive, media.KindAudio, media.RoleMain).Number},
	} {
		order(t, c.to, h245.MiscellaneousCommand{
			LogicalChannelNumber: c.number,
			Type:                 h245.MiscellaneousCommandType{EncryptionUpdateRequest: &h245.EncryptionUpdateRequest{}},
		})
		if len(c.to.sent) != 0 || len(c.to.events) != 0 {
			t.Errorf("%s: sent %v, told %v", name, names(c.to.sent), c.to.events)
		}
	}
	// An acknowledgement is no order, and nobody's else.
	order(t, p.a, h245.MiscellaneousCommand{
		LogicalChannelNumber: master.Number,
		Type:                 h245.MiscellaneousCommandType{EncryptionUpdateAck: &h245.EncryptionUpdateAck{SynchFlag: 120}},
	})
	if len(p.a.sent) != 0 || len(p.a.events) != 0 {
		t.Errorf("sent %v, told %v", names(p.a.sent), p.a.events)
	}
	order(t, p.a, h245.MiscellaneousCommand{
		LogicalChannelNumber: master.Number, Type: h245.MiscellaneousCommandType{SwitchReceiveMediaOff: null},
	})
	if len(all[Other](p.a)) != 1 {
		t.Errorf("told %v of a command that is not about keys", p.a.events)
	}
}

// A channel opened by the slave without a key gets one of the master's, of a
// payload type of its own; a slave has none to give.
func TestKeyOfMaster(t *testing.T) {
	for _, isMaster := range []bool{true, false} {
		s, peer := ready(t, isMaster, func(c *Config) { manual(c); c.Encryption = EncryptionOffer }), newSide(t, "b", 190, nil)
		exchange(t, s, peer)
		c := capabilityOf(t, pcmu, 0, media.RoleMain)
		c.Algorithm, c.PayloadType = string(encryption.AES128), 100
		m := openRequest(t, 5, media.SessionAudio, c)
		rtpOf(m.Request.OpenLogicalChannel).DynamicRTPPayloadType = nil
		got := s.answerTo(t, m)
		if !isMaster {
			if got := cause(t, got); got != "securityDenied" {
				t.Errorf("slave: %q", got)
			}
			continue
		}
		a := got[0].Response.OpenLogicalChannelAck
		if a == nil || a.EncryptionSync == nil {
			t.Fatalf("%v: %+v", names(got), a)
		}
		in := s.find(t, media.Receive, media.KindAudio, media.RoleMain)
		key, err := peer.secret.Key(a.EncryptionSync, encryption.AES128)
		if err != nil || !bytes.Equal(key.Octets, in.Key) {
			t.Errorf("%v: key %x and %x", err, key.Octets, in.Key)
		}
		p := a.ForwardMultiplexAckParameters.H2250LogicalChannelAckParameters.DynamicRTPPayloadType
		if in.PayloadType < 96 || p == nil || *p != in.PayloadType || a.EncryptionSync.SynchFlag != in.PayloadType {
			t.Errorf("type %d, told %v, %d", in.PayloadType, p, a.EncryptionSync.SynchFlag)
		}
	}
}
