package control

import (
	"slices"

	"parley/h323/encryption"
	"parley/h323/h245"
	"parley/h323/media"
	"parley/h323/per"
)

// Encryption of media by H.235.6: the shared secret comes from call signalling,
// the keys of channels are made by the master, or by the called one in fast
// connect, and handed out in encryptionSync.

// SetSecret gives what both sides of the call share: for the called one before
// Choose, for the caller before Chosen; nil: the peer has no encryption, and
// media is in the clear or, by policy, not at all.
func (m *Machine) SetSecret(s *encryption.Secret) {
	m.secret = s
	for _, w := range m.wants {
		w.reset() // what could not be opened without it
	}
}

// announced returns our set as it is told: with ciphers, where policy wants
// them.
func (m *Machine) announced() *media.Set {
	if m.receive.Empty() {
		return &media.Set{} // a pause says nothing else
	}
	return m.under(m.receive, m.algorithms())
}

// sendable returns what can be sent, under the ciphers that there is a secret
// for.
func (m *Machine) sendable() *media.Set {
	if m.secret == nil {
		return m.under(m.send, nil)
	}
	return m.under(m.send, m.algorithms())
}

// under returns the set with those ciphers, and without the clear where policy
// does not take it.
func (m *Machine) under(set *media.Set, algorithms []per.OID) *media.Set {
	s := *set
	s.Encryption = nil
	for _, a := range algorithms {
		s.Encryption = append(s.Encryption, string(a))
	}
	if m.cfg.Encryption == EncryptionRequire {
		s.Capabilities = slices.Clone(s.Capabilities)
		for i := range s.Capabilities {
			s.Capabilities[i].EncryptedOnly = true
		}
	}
	return &s
}

// algorithms returns what can be used, best first. Before the secret is known
// it is what all peers have.
func (m *Machine) algorithms() []per.OID {
	switch {
	case m.cfg.Encryption == EncryptionOff:
		return nil
	case m.secret == nil:
		return []per.OID{encryption.AES128}
	}
	return m.secret.Group.Algorithms()
}

// admits reports whether policy takes a channel with that data type.
func (m *Machine) admits(c *media.Capability) bool {
	if c.Algorithm == "" {
		return m.cfg.Encryption != EncryptionRequire
	}
	return m.secret != nil && slices.Contains(m.algorithms(), per.OID(c.Algorithm))
}

// hand makes the key of an encrypted channel, and returns how the peer is told.
func (m *Machine) hand(c *media.Channel) (*h245.EncryptionSync, error) {
	key, err := encryption.NewKey(per.OID(c.Algorithm))
	if err != nil {
		return nil, err
	}
	sync, err := m.secret.Sync(key, c.PayloadType)
	if err != nil {
		return nil, err
	}
	c.Key, c.Sync = key.Octets, c.PayloadType
	return sync, nil
}

// take reads the key that the peer made; false: there is none.
func (m *Machine) take(c *media.Channel, sync *h245.EncryptionSync) bool {
	if sync == nil || m.secret == nil || sync.SynchFlag > 127 {
		return false
	}
	key, err := m.secret.Key(sync, per.OID(c.Algorithm))
	if err != nil {
		return false
	}
	c.Key, c.Sync = key.Octets, sync.SynchFlag
	return true
}

// unlock gets a key for a channel of the peer's: its own, or, as master, one of
// ours. The sync of the latter goes into the answer.
func (m *Machine) unlock(i *incoming, sync *h245.EncryptionSync) bool {
	switch {
	case i.Algorithm == "":
		return true
	case i.reverse != 0:
		return false // each direction would need one
	case sync != nil:
		return m.take(&i.Channel, sync)
	case m.role == slave:
		return false
	}
	if i.PayloadType < 96 {
		i.PayloadType = m.payloadType(i.Capability)
	}
	var err error
	i.sync, err = m.hand(&i.Channel)
	return err == nil
}

// rekey takes the commands about keys of channels (H.235.6 clause 8.7); false:
// another command.
func (m *Machine) rekey(c *h245.MiscellaneousCommand) bool {
	switch t := &c.Type; {
	case t.EncryptionUpdate != nil:
		m.newKey(c, t.EncryptionUpdate)
	case t.EncryptionUpdateCommand != nil:
		if sync := &t.EncryptionUpdateCommand.EncryptionSync; m.newKey(c, sync) {
			m.command(h245.CommandMessage{MiscellaneousCommand: &h245.MiscellaneousCommand{
				LogicalChannelNumber: c.LogicalChannelNumber,
				Direction:            c.Direction,
				Type: h245.MiscellaneousCommandType{
					EncryptionUpdateAck: &h245.EncryptionUpdateAck{SynchFlag: sync.SynchFlag},
				},
			}})
		}
	case t.EncryptionUpdateRequest != nil:
		m.renewKey(c)
	case t.EncryptionUpdateAck != nil:
		// The key holds from its payload type on, acknowledged or not.
	default:
		return false
	}
	return true
}

// keyed finds the encrypted channel that a command about keys names. Without a
// direction both sides' numbers are looked at.
func (m *Machine) keyed(c *h245.MiscellaneousCommand) *media.Channel {
	ours := c.Direction == nil || (c.Direction.MasterToSlave != nil) == (m.role == master)
	theirs := c.Direction == nil || !ours
	if i := m.incoming(c.LogicalChannelNumber); theirs && i != nil && i.state == channelOpen && i.Key != nil {
		return &i.Channel
	}
	if o := m.outgoing(c.LogicalChannelNumber); ours && o != nil && o.state == channelOpen && o.Key != nil {
		return &o.Channel
	}
	return nil
}

// newKey changes to a key that the master has made.
func (m *Machine) newKey(c *h245.MiscellaneousCommand, sync *h245.EncryptionSync) bool {
	ch := m.keyed(c)
	if ch == nil || m.role == master || !m.take(ch, sync) {
		return false
	}
	ch.PayloadType = ch.Sync
	m.emit(Rekeyed{*ch})
	return true
}

// renewKey makes a key as the slave wishes. Its payload type tells it from the
// one before.
func (m *Machine) renewKey(c *h245.MiscellaneousCommand) {
	ch := m.keyed(c)
	if ch == nil || m.role != master {
		return
	}
	ch.PayloadType = 96 + (ch.PayloadType-95)%32
	sync, err := m.hand(ch)
	if err != nil {
		return
	}
	direction := &h245.EncryptionUpdateDirection{MasterToSlave: null}
	if ch.Direction&media.Receive != 0 {
		direction = &h245.EncryptionUpdateDirection{SlaveToMaster: null}
	}
	m.command(h245.CommandMessage{MiscellaneousCommand: &h245.MiscellaneousCommand{
		LogicalChannelNumber: ch.Number,
		Direction:            direction,
		Type:                 h245.MiscellaneousCommandType{EncryptionUpdate: sync},
	}})
	m.emit(Rekeyed{*ch})
}
