package rtp

import "parley/codecs"

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
	// and dropped.
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

// open decrypts a packet that was found to be the peer's. False: it cannot be.
func (c *Ciphers) open(p *codecs.Packet, b []byte) bool {
	if c.Receive == nil {
		return true
	}
	head := len(b) - len(p.Payload) // padding was left on it
	opened, err := c.Receive.Open(b, head)
	if err != nil || len(opened) < head || len(opened) > len(b) {
		return false
	}
	p.Payload = opened[head:]
	return true
}

// openReport decrypts a compound packet. False: it cannot be.
func (c *Ciphers) openReport(b []byte) ([]byte, bool) {
	if c.ReceiveReport == nil {
		return b, true
	}
	opened, err := c.ReceiveReport.Open(b, 0)
	return opened, err == nil && len(opened) <= len(b)
}
