package rtp

import (
	"encoding/binary"
	"testing"
	"time"
)

// A flood of TMMBR is obeyed, but not acknowledged one by one: RTCP may go elsewhere
// than it comes from.
func TestRatesAcknowledged(t *testing.T) {
	b := newBench(t, false, nil)
	b.run(signalled, 7, 1, 2)
	acknowledged := 0
	ask := func(n int) (taken, answers int) {
		for range n {
			p := []byte{version | formatTMMBR, typeTransportFB, 0, 4}
			for _, word := range []uint32{7, 0, 0x0a, 100 << 9} {
				p = binary.BigEndian.AppendUint32(p, word)
			}
			b.m.actions = b.m.actions[:0]
			b.m.receiveRTCP(b.now, signalled, p)
			for _, a := range b.m.actions {
				switch a.kind {
				case actRate:
					taken++
				case actReport:
					answers++
				}
			}
		}
		return taken, answers
	}
	for range 3 {
		taken, answers := ask(50)
		if acknowledged += answers; taken != 50 || answers != 1 {
			t.Errorf("%d taken, %d acknowledged", taken, answers)
		}
		b.now = b.now.Add(notifyInterval)
	}
	b.now = b.now.Add(-time.Nanosecond)
	if _, answers := ask(1); acknowledged != 3 || answers != 0 {
		t.Errorf("%d acknowledged, and %d too soon", acknowledged, answers)
	}
}
