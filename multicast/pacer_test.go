package multicast

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/codecs"
	"parley/codecs/builtin"
	"parley/qos/rtp"
)

// pass lets time pass in a bubble.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // time is fake in a bubble
}

// pacedPacket is one that a pacer sent.
type pacedPacket struct {
	at     time.Duration // since the start
	header rtp.Header
	data   []byte
}

// paced pushes ticks, of which each lasts 20 ms but for those that come at once,
// and one more a second after them; it returns what was sent.
func paced(t *testing.T, f codecs.Format, packets time.Duration, ticks int, atOnce bool) (out []pacedPacket) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		p := newPacer(f, packets, 65530, func(h rtp.Header, data []byte) {
			h.CSRC = append([]uint32(nil), h.CSRC...)
			out = append(out, pacedPacket{time.Since(start), h, append([]byte(nil), data...)})
		})
		if !atOnce {
			go p.run()
		}
		n, next := f.ClockRate/50*sampleSize(f), byte(0)
		for tick := range ticks {
			data := make([]byte, n)
			for i := range data {
				data[i] = next
				next++
			}
			p.push(&rtp.Header{Marker: tick == 0, Timestamp: 4e9 + uint32(tick*f.ClockRate/50), CSRC: []uint32{uint32(tick)}}, data)
			if !atOnce {
				pass(codecs.FrameDuration)
			}
		}
		if atOnce {
			go p.run()
			pass(time.Second)
			p.push(&rtp.Header{}, make([]byte, n))
		}
		pass(time.Second)
		p.close()
	})
	return out
}

// Packets are of one length, and leave one length apart, whatever the ticks;
// between them is neither a gap nor anything twice.
func TestPacer(t *testing.T) {
	for _, tt := range []struct {
		format  codecs.Format
		packets time.Duration
		samples int
		count   int           // of ten ticks
		early   time.Duration // that a packet is, or late, at most
	}{
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, time.Millisecond, 48, 200, 0},
		{codecs.Format{Name: "L24", ClockRate: 96000, Channels: 1}, time.Millisecond, 96, 200, 0},
		{codecs.Format{Name: "L16", ClockRate: 48000, Channels: 2}, 4 * time.Millisecond, 192, 50, 0},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 8}, MinPacketTime, 6, 1600, time.Millisecond},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 8}, 330 * time.Microsecond, 16, 600, time.Millisecond},
		// No whole packets in a tick: the rest goes with the next.
		{codecs.Format{Name: "L16", ClockRate: 44100, Channels: 2}, time.Millisecond, 44, 200, 2 * time.Millisecond},
		{codecs.Format{Name: "L16", ClockRate: 44100, Channels: 1}, 1090 * time.Microsecond, 48, 183, 2 * time.Millisecond},
		{codecs.Format{Name: "L16", ClockRate: 48000, Channels: 1}, 15 * time.Millisecond, 670, 14, 20 * time.Millisecond}, // no more fit
		// Nor do those of many channels get what they ask for.
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 64}, time.Millisecond, 6, 1600, time.Millisecond},
	} {
		got := paced(t, tt.format, tt.packets, 10, false)
		if len(got) != tt.count {
			t.Errorf("%v, %v: %d packets, want %d", tt.format, tt.packets, len(got), tt.count)
			continue
		}
		octet := byte(0)
		for i, p := range got {
			h := p.header
			if h.SequenceNumber != uint16(65531+i) || h.Timestamp != 4e9+uint32(i*tt.samples) || h.Marker != (i == 0) || len(h.CSRC) != 1 ||
				len(p.data) != tt.samples*sampleSize(tt.format) {
				t.Fatalf("%v, %v: packet %d of %d octets: %+v", tt.format, tt.packets, i, len(p.data), h)
			}
			for _, b := range p.data {
				if b != octet {
					t.Fatalf("%v, %v: packet %d is not the sound that follows", tt.format, tt.packets, i)
				}
				octet++
			}
			due := time.Duration(i*tt.samples) * time.Second / time.Duration(tt.format.ClockRate)
			if d := p.at - due; d > tt.early+time.Microsecond || d < -tt.early-time.Microsecond {
				t.Fatalf("%v, %v: packet %d leaves after %v, not %v", tt.format, tt.packets, i, p.at, due)
			}
		}
	}
}

// What is late leaves at once when the next tick is there, and is lost when it is
// late by too many, which the sequence numbers show.
func TestPacerIsLate(t *testing.T) {
	f := codecs.Format{Name: "L16", ClockRate: 48000, Channels: 1}
	got := paced(t, f, time.Millisecond, pacedBursts+2, true)
	if len(got) != 20*(pacedBursts+1) {
		t.Fatalf("%d packets", len(got))
	}
	begin := got[20*(pacedBursts-1):]
	if begin[0].at != 0 || begin[19].at != 19*time.Millisecond || begin[0].header.Timestamp != 4e9+960*(pacedBursts-1) {
		t.Errorf("the last tick that waited is sent from %v to %v, as of %d", begin[0].at, begin[19].at, begin[0].header.Timestamp)
	}
	if before, after := begin[19].header.SequenceNumber, begin[20].header.SequenceNumber; after-before != 1+2*20 {
		t.Errorf("after %d comes %d, though two ticks were lost", before, after)
	}
}

// After a silence, nothing of before it is sent, and nobody waits for close.
func TestPacerResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []rtp.Header
		p := newPacer(codecs.Format{Name: "L16", ClockRate: 44100, Channels: 1}, time.Millisecond, 0, func(h rtp.Header, _ []byte) {
			got = append(got, h)
		})
		go p.run()
		p.push(&rtp.Header{Marker: true, Timestamp: 1000}, make([]byte, 2*882))
		pass(time.Second)
		p.push(&rtp.Header{Marker: true, Timestamp: 90000}, make([]byte, 2*882))
		synctest.Wait()
		p.close() // in the middle
		if len(got) != 21 || !got[20].Marker || got[20].Timestamp != 90000 || got[20].SequenceNumber != 21 {
			t.Errorf("%d packets, the last %+v", len(got), got[len(got)-1])
		}
	})
	if newPacer(codecs.Format{Name: "L16", ClockRate: 8000, Channels: 1}, 20*time.Millisecond, 0, nil) != nil ||
		newPacer(codecs.Format{Name: "L16", ClockRate: 8000, Channels: 1}, 0, 0, nil) != nil {
		t.Error("packets of a tick are paced")
	}
}

// What is told of packets is what is sent.
func TestPacketTimeThatIsTold(t *testing.T) {
	for _, tt := range []struct {
		format codecs.Format
		asked  time.Duration
		want   string
	}{
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, time.Millisecond, "1"},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, MinPacketTime, "0.12"},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, 330 * time.Microsecond, "0.33"},
		{codecs.Format{Name: "L16", ClockRate: 44100, Channels: 2}, 1090 * time.Microsecond, "1.09"},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 64}, time.Millisecond, "0.12"},
		{codecs.Format{Name: "L24", ClockRate: 48000, Channels: 2}, 0, ""},
		{codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, time.Millisecond, "20"},
	} {
		g := testGroup(t, "239.255.77.41", "PCMU")
		g.Audio.PacketTime = tt.asked
		g.Audio.Formats = []codecs.Mapping{{PayloadType: 97, Format: tt.format}}
		if got, _ := g.describe(codecs.MediaAudio, g.Audio, builtin.Set(), false).Attribute("ptime"); got != tt.want {
			t.Errorf("%v, %v: a=ptime:%s, want %s", tt.format, tt.asked, got, tt.want)
		}
	}
}
