package srtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	prtp "github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"parley/codecs"
	"parley/qos/rtp"
)

// errKey is what a packet of another key or a changed one is. It is one value,
// since a storm of them must not cost an allocation each.
var errKey = errors.New("srtp: not of the session's key")

// Ciphers returns what encrypts and decrypts a session under c.
func Ciphers(c *Crypto) (rtp.Ciphers, error) {
	send, err := c.context()
	if err != nil {
		return rtp.Ciphers{}, fmt.Errorf("srtp: %w", err)
	}
	open, err := newOpener(c, time.Now)
	if err != nil {
		return rtp.Ciphers{}, fmt.Errorf("srtp: %w", err)
	}
	s := &sealer{context: send}
	return rtp.Ciphers{
		Send: s, Receive: open, Authentic: true,
		SendReport: (*reportSealer)(s), ReceiveReport: (*reportOpener)(open),
	}, nil
}

// sealer encrypts. Packets come from several goroutines.
type sealer struct {
	mu      sync.Mutex
	context *srtp.Context
	header  prtp.Header
}

// Seal implements rtp.Sealer.
func (s *sealer) Seal(packet []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.context.EncryptRTP(packet, packet, &s.header)
}

// reportSealer is the sealer of RTCP.
type reportSealer sealer

// Seal implements rtp.Sealer.
func (s *reportSealer) Seal(packet []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.context.EncryptRTCP(packet, packet, nil)
}

// opener decrypts. The session calls it for one packet at a time.
type opener struct {
	crypto  *Crypto
	now     func() time.Time
	context *srtp.Context
	members map[uint32]*member // senders whose rollover counter is known
	header  prtp.Header
	copy    []byte // of a packet that may be searched for

	search search
	report *srtp.Context
	spoken map[uint32]struct{} // members of report
}

// member is a sender of the key.
type member struct {
	failed int // packets in a row that could not be opened
}

func newOpener(c *Crypto, now func() time.Time) (*opener, error) {
	o := &opener{crypto: c, now: now}
	return o, errors.Join(o.reset(), o.resetReport())
}

// reset forgets all senders.
func (o *opener) reset() (err error) {
	o.members = make(map[uint32]*member)
	o.context, err = o.crypto.context(srtp.SRTPReplayProtection(replayWindow))
	return err
}

func (o *opener) resetReport() (err error) {
	o.spoken = make(map[uint32]struct{})
	o.report, err = o.crypto.context(srtp.SRTCPReplayProtection(replayWindow))
	return err
}

// Open implements rtp.Opener. Of a sender that is heard for the first time, the
// rollover counter is not known: it is searched (search.go).
func (o *opener) Open(packet []byte, head int) ([]byte, error) {
	if len(packet) < 12 {
		return nil, errKey
	}
	ssrc := binary.BigEndian.Uint32(packet[8:])
	m := o.members[ssrc]
	if m == nil {
		return o.find(ssrc, packet, head, false)
	}
	lost := m.failed >= researchAfter
	if lost { // what cannot be opened may be overwritten
		o.copy = append(o.copy[:0], packet...)
	}
	opened, err := o.context.DecryptRTP(packet, packet, &o.header)
	if err == nil {
		m.failed = 0
		return unpadded(opened, head)
	}
	m.failed++
	// Under the counter that is guessed, it may look like one that was there.
	old := !unauthentic(err)
	switch {
	case lost:
		copy(packet, o.copy)
		return o.find(ssrc, packet, head, old)
	case old:
		return nil, rtp.ErrCopy
	}
	return nil, rtp.ErrUnproven // its counter may have gone on unheard
}

// find opens a packet of a sender whose rollover counter is not known, or no
// more; old: its number was there under the one that is known. The counter never
// goes back: a packet of a round before was recorded, and is sent again by
// somebody else.
func (o *opener) find(ssrc uint32, packet []byte, head int, old bool) ([]byte, error) {
	known, _ := o.context.ROC(ssrc)
	roc, found := o.search.find(o, ssrc, known, packet)
	switch {
	case found && old && roc == known:
		return nil, rtp.ErrCopy
	case !found && o.search.young(ssrc):
		return nil, rtp.ErrUnproven
	case !found || roc < known:
		return nil, errKey
	}
	if o.members[ssrc] == nil {
		if err := o.admit(ssrc); err != nil {
			return nil, err
		}
	}
	o.context.SetROC(ssrc, roc)
	opened, err := o.context.DecryptRTP(packet, packet, &o.header)
	if err != nil {
		return nil, errKey
	}
	o.members[ssrc].failed = 0
	return unpadded(opened, head)
}

// unauthentic reports whether err, of the library, says that a packet is not of
// the key. Before that it looks whether it had the packet before.
func unauthentic(err error) bool {
	return errors.Is(err, srtp.ErrFailedToVerifyAuthTag) || errors.Is(err, srtp.ErrMKINotFound)
}

// admit makes room for one more sender. All are forgotten at once: the library
// keeps the state of each, and who has the key is found again by the next
// packets.
func (o *opener) admit(ssrc uint32) error {
	if len(o.members) >= maxMembers {
		if err := o.reset(); err != nil {
			return err
		}
	}
	o.members[ssrc] = &member{}
	return nil
}

// unpadded takes padding off, which is encrypted with the payload.
func unpadded(packet []byte, head int) ([]byte, error) {
	if len(packet) < head {
		return nil, errKey
	}
	if packet[0]&0x20 == 0 {
		return packet, nil
	}
	pad := int(packet[len(packet)-1])
	if pad == 0 || pad > len(packet)-head {
		return nil, fmt.Errorf("srtp: padding: %w", codecs.ErrMalformed)
	}
	return packet[:len(packet)-pad], nil
}

// reportOpener is the opener of RTCP, whose packets tell their index whole.
type reportOpener opener

// Open implements rtp.Opener.
func (o *reportOpener) Open(packet []byte, _ int) ([]byte, error) {
	if len(packet) < 8 {
		return nil, errKey
	}
	ssrc := binary.BigEndian.Uint32(packet[4:])
	_, known := o.spoken[ssrc]
	if !known && len(o.spoken) >= maxMembers {
		if err := (*opener)(o).resetReport(); err != nil {
			return nil, err
		}
	}
	opened, err := o.report.DecryptRTCP(packet, packet, nil)
	switch {
	case err != nil && known && !unauthentic(err):
		return nil, rtp.ErrCopy
	case err != nil:
		return nil, errKey
	}
	o.spoken[ssrc] = struct{}{}
	return opened, nil
}
