package rtp

import (
	"errors"
	"net/netip"
	"testing"
	"time"
)

// verdict is an Opener that says the same of every packet.
type verdict struct{ err error }

func (v *verdict) Open(packet []byte, _ int) ([]byte, error) { return packet, v.err }

// What is not of a group's key changes nothing but a count, and its sender is
// told of after some packets; but not that of a copy, or of one who may have the
// key.
func TestPacketsThatDoNotOpen(t *testing.T) {
	b := newBench(t, true, nil)
	by := &verdict{}
	b.m.ciphers.Store(&Ciphers{Receive: by, ReceiveReport: by, Authentic: true})
	stranger := netip.MustParseAddrPort("192.0.2.77:5004")
	for _, tt := range []struct {
		err                          error
		undecrypted, refused, told   uint64
		undecryptedRTCP, refusedRTCP uint64
	}{
		{errors.New("of another key"), 2 * noticeLeast, 0, 1, 1, 0},
		{ErrUnproven, 2 * noticeLeast, 0, 0, 1, 0},
		{ErrCopy, 0, 2 * noticeLeast, 0, 0, 1},
	} {
		by.err = tt.err
		before := b.m.stats
		b.m.actions = b.m.actions[:0]
		for i := range 2 * noticeLeast {
			// Under our SSRC it is no collision either.
			if b.rtp(stranger, Header{SSRC: b.m.ssrc.Load(), SequenceNumber: uint16(i)}) {
				t.Fatalf("%v: delivered", tt.err)
			}
		}
		told := uint64(0)
		for _, a := range b.m.actions {
			if a.kind != actUndecrypted || a.addr != stranger {
				t.Errorf("%v: told %+v", tt.err, a)
			}
			told++
		}
		st := b.m.stats
		if u, r := st.Undecrypted-before.Undecrypted, st.Refused-before.Refused; u != tt.undecrypted || r != tt.refused || told != tt.told {
			t.Errorf("%v: %d undecrypted, %d refused, told %d times", tt.err, u, r, told)
		}
		before = st
		b.m.receiveRTCP(b.now, stranger, []byte{0x80, 201, 0, 1, 0, 0, 0, 0x0a})
		st = b.m.stats
		if u, r := st.Undecrypted-before.Undecrypted, st.Refused-before.Refused; u != tt.undecryptedRTCP || r != tt.refusedRTCP {
			t.Errorf("%v: of RTCP %d undecrypted, %d refused", tt.err, u, r)
		}
		if len(b.m.sources) > 0 || st.Collisions+st.Loops > 0 {
			t.Errorf("%v: %d sources, %+v", tt.err, len(b.m.sources), st)
		}
		b.now = b.now.Add(noticeEvery + time.Second)
	}
}
