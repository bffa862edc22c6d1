package rtp

import (
	"errors"

	"parley/codecs"
)

// What an Opener says of packets whose sender is not to be named as one of
// another key.
var (
	// ErrCopy is of a packet that was opened before, or is too old to tell: the
	// network doubled it, or somebody recorded it. It is counted as Refused.
	ErrCopy = errors.New("rtp: copy of a packet")
	// ErrUnproven is of a packet whose sender may still be found to have the key.
	// It is counted as Undecrypted.
	ErrUnproven = errors.New("rtp: sender not known yet")
)

// Ciphers encrypt the payload of what a session sends and receives: by H.235.6,
// which leaves RTCP in the clear, or by SRTP (qos/rtp/srtp). The header stays in
// the clear. A nil one: so does the payload, or RTCP.
type Ciphers struct {
	Send    Sealer
	Receive Opener
	// SendReport and ReceiveReport are those of RTCP, of compound packets.
	SendReport    Sealer
	ReceiveReport Opener
	// Authentic is set where Receive proves who sent a packet: what it does not
	// open then changes nothing in the session but a count.
	Authentic bool
}

// Sealer encrypts packets in their place. It is called by who calls Send, and
// does not block.
type Sealer interface {
	// Seal returns the whole packet, which begins where it was given and may be
	// longer by as much as the slice's capacity has room for. An error: it is not
	// sent.
	Seal(packet []byte) ([]byte, error)
}

// Opener decrypts packets in their place. It is called by the session, one
// packet at a time, and does not block.
type Opener interface {
	// Open returns the whole packet, whose payload begins at octet head, without
	// padding, and not longer than it was. An error: it is counted as Undecrypted
	// and dropped, and its sender is told of (KeyReceiver); see ErrCopy and
	// ErrUnproven.
	Open(packet []byte, head int) ([]byte, error)
}

// SetCiphers changes how payload is encrypted, from the next packet on.
func (s *Session) SetCiphers(c Ciphers) { s.machine.ciphers.Store(&c) }

// seal encrypts the packet of n octets at the start of buf, and returns its new
// length.
func (c *Ciphers) seal(buf []byte, n int) (int, error) { return seal(c.Send, buf, n) }

func seal(by Sealer, buf []byte, n int) (int, error) {
	if by == nil {
		return n, nil
	}
	sealed, err := by.Seal(buf[:n])
	if err != nil {
		return 0, err
	}
	if len(sealed) > len(buf) || len(sealed) < n || &sealed[0] != &buf[0] {
		return 0, ErrTooLong // it had no room, and was moved
	}
	return len(sealed), nil
}

// open decrypts a packet that was found to be the peer's.
func (c *Ciphers) open(p *codecs.Packet, b []byte) error {
	if c.Receive == nil {
		return nil
	}
	head := len(b) - len(p.Payload) // padding was left on it
	opened, err := c.Receive.Open(b, head)
	if err != nil {
		return err
	}
	if len(opened) < head || len(opened) > len(b) {
		return errOpened
	}
	p.Payload = opened[head:]
	return nil
}

// openReport decrypts a compound packet.
func (c *Ciphers) openReport(b []byte) ([]byte, error) {
	if c.ReceiveReport == nil {
		return b, nil
	}
	opened, err := c.ReceiveReport.Open(b, 0)
	if err == nil && len(opened) > len(b) {
		err = errOpened
	}
	return opened, err
}

// errOpened is of an Opener that does not keep to what is said there.
var errOpened = errors.New("rtp: opened to another length")
