package multicast

import (
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
)

func TestLinearSoundIsSplit(t *testing.T) {
	for _, tc := range []struct {
		format          codecs.Format
		n, size, length int
		packetTime      time.Duration
	}{
		{codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 160, 160, 0, time.Millisecond},
		{codecs.Format{Name: "L16", ClockRate: 16000, Channels: 1}, 640, 640, 0, 0},
		{codecs.Format{Name: "L16", ClockRate: 44100, Channels: 1}, 1764, 882, 441, 0},
		{codecs.Format{Name: "L16", ClockRate: 44100, Channels: 2}, 3528, 1176, 294, 0},
		{codecs.Format{Name: "L16", ClockRate: 48000, Channels: 2}, 3840, 1280, 320, 0},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, 5760, 1152, 192, 0},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, 5760, 288, 48, time.Millisecond},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 8}, 23040, 144, 6, 125 * time.Microsecond},
		{codecs.Format{Name: "L16", ClockRate: 44100, Channels: 1}, 1764, 84, 42, time.Millisecond},
		{codecs.Format{Name: "L16", ClockRate: 8000, Channels: 1}, 320, 320, 0, 20 * time.Millisecond},
	} {
		a := &audioLeg{packetTime: tc.packetTime, leg: &leg{send: codecs.Mapping{Format: tc.format}}}
		if size, length := a.split(tc.n); size != tc.size || int(length) != tc.length {
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
	if n := testing.AllocsPerRun(100, func() { leg.WritePayload(p) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
	if st := leg.session.Stats(); st.Sent < 100 || st.SendErrors != 0 {
		t.Errorf("%d packets sent, %d errors", st.Sent, st.SendErrors)
	}
}
