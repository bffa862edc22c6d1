package multicast

import (
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp"
)

func TestLinearSoundIsSplit(t *testing.T) {
	for _, tc := range []struct {
		format          codecs.Format
		n, size, length int
	}{
		{codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 160, 160, 0},
		{codecs.Format{Name: "L16", ClockRate: 16000, Channels: 1}, 640, 640, 0},
		{codecs.Format{Name: "L16", ClockRate: 44100, Channels: 1}, 1764, 882, 441},
		{codecs.Format{Name: "L16", ClockRate: 44100, Channels: 2}, 3528, 1176, 294},
		{codecs.Format{Name: "L16", ClockRate: 48000, Channels: 2}, 3840, 1280, 320},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, 5760, 1152, 192},
	} {
		if size, length := split(tc.format, tc.n); size != tc.size || int(length) != tc.length {
			t.Errorf("%v: %d bytes in packets of %d bytes and %d samples, want %d and %d", tc.format, tc.n, size, length, tc.size, tc.length)
		}
	}
}

func TestWritePayloadDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool forget")
	}
	h := openHouse(t, testGroup(t, "239.255.77.70", "PCMU"))
	group := h.server.joined()[0]
	group.seat.Load().Leave(conference.Cause{Code: conference.CauseLeft}) // or the mixer writes too
	leg := group.audio
	leg.paths.add(9, &origin{ssrc: 99})
	p := &codecs.Payload{Data: make([]byte, 160), Duration: 160, Sources: []uint32{7, 8, 9}}
	// So many that what the group allocates beside them, as it begins, is none a packet.
	const packets = 2000
	if n := testing.AllocsPerRun(packets, func() { leg.WritePayload(p) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
	if st := leg.session.Stats(); st.Sent < packets || st.SendErrors != 0 {
		t.Errorf("%d packets sent, %d errors", st.Sent, st.SendErrors)
	}
	p.Data = make([]byte, 5760)
	leg.pacer = newPacer(codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, time.Millisecond, 1, func(rtp.Header, []byte) {})
	go leg.pacer.run()
	for range pacedBursts + 1 { // each grows to its size
		leg.WritePayload(p)
	}
	if n := testing.AllocsPerRun(packets, func() { leg.WritePayload(p) }); n != 0 {
		t.Errorf("%v allocations a paced tick", n)
	}
}
