//go:build meeting

package meeting

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
	"parley/codecs/g711"
)

const (
	stormTone  = 1700.0
	secondTone = 1040.0
	stormLow   = 21000 // the bridge's ports for phones' media
	stormHigh  = 21007
)

// TestStorm has a stranger send to all media ports: sound of a tone of its own
// as well-formed streams with made-up SSRCs, and garbage, RTP and RTCP. One
// phone is in a call already, another calls into the storm, so that it blows
// before its address is known to be right. What they hear and what is heard of
// them stays as it is without.
func TestStorm(t *testing.T) {
	requirePrograms(t, "ffmpeg", "baresip")
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig+"rtp: {ports: {low: 21000, high: 21007}}\n")
	group := listenGroup(t, groupAddress, lab.Here)
	groupSpeaks(t, groupTone)
	_, firstDir := startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: phoneTone}, "sip:room@"+lab.Here)
	group.awaitTone(ctx, t, phoneTone, true)
	before := group.record(ctx, t, 2.5)
	firstBefore, rate := heard(t, firstDir)
	if m := spectrum.Measure(lastSeconds(firstBefore, rate, 2), rate, groupTone); m.Tones[groupTone] < -25 {
		t.Fatalf("the phone does not hear the group: %v", m)
	}

	s := startStorm(t)
	_, secondDir := startPhone(t, phone{Port: 5080, Codec: "PCMU/8000/1", Tone: secondTone}, "sip:room@"+lab.Here)
	group.awaitTone(ctx, t, secondTone, true)
	during := group.record(ctx, t, 5.5) // the rest of the window for learning, and beyond
	firstDuring, _ := heard(t, firstDir)
	secondDuring, _ := heard(t, secondDir)
	t.Logf("the storm: %d packets", s.stop())

	after := group.record(ctx, t, 2.5)
	firstAfter, _ := heard(t, firstDir)
	secondAfter, _ := heard(t, secondDir)
	tail := func(pcm []float64, seconds float64) []float64 { return lastSeconds(pcm, rate, seconds) }
	calm(t, "the group", before, during, groupTone, phoneTone)
	calm(t, "the group", after, during, groupTone, phoneTone, secondTone)
	calm(t, "the first phone", tail(firstBefore, 2), tail(firstDuring, 5.5), phoneTone, groupTone)
	calm(t, "the first phone", tail(firstAfter, 2), tail(firstDuring, 5.5), phoneTone, groupTone, secondTone)
	calm(t, "the second phone", tail(secondAfter, 2), tail(secondDuring, 5.5), secondTone, groupTone, phoneTone)
	var stats struct{ Participants []participant }
	b.get(t, "/api/v1/conferences/room/participants", &stats)
	if len(stats.Participants) != 3 {
		t.Errorf("the storm changed who is there: %+v", stats.Participants)
	}
}

// calm wants each tone as loud during the storm as without it, within 1 dB,
// and the storm's 30 dB below them.
func calm(t *testing.T, who string, without, during []float64, own float64, tones ...float64) {
	t.Helper()
	const rate = earRate // all here is PCMU
	all := append([]float64{own, stormTone, phoneTone, secondTone, groupTone}, tones...)
	x, y := spectrum.Measure(without, rate, all...), spectrum.Measure(during, rate, all...)
	t.Logf("%s without: %v", who, x)
	t.Logf("%s in the storm: %v", who, y)
	for _, f := range tones {
		if d := y.Tones[f] - x.Tones[f]; d > 1 || d < -1 {
			t.Errorf("%s: the storm changes %g Hz by %.1f dB", who, f, d)
		}
		if y.Tones[stormTone] > y.Tones[f]-30 {
			t.Errorf("%s hears the storm's %g Hz at %.1f dB beside %g Hz at %.1f dB", who, stormTone, y.Tones[stormTone], f, y.Tones[f])
		}
	}
}

// storm is a stranger's traffic.
type storm struct {
	quit chan struct{}
	work sync.WaitGroup
	sent int
}

// startStorm begins to send to every media port of the bridge: about 3000
// packets a second in all.
func startStorm(t *testing.T) *storm {
	t.Helper()
	s := &storm{quit: make(chan struct{})}
	var conns []*net.UDPConn
	for range 4 { // source ports
		conn, err := lab.ListenThere("udp4", &net.UDPAddr{IP: net.ParseIP(lab.There)})
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	sound := tonePayloads(t, stormTone)
	s.work.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		random := rand.New(rand.NewPCG(1, 2))
		for n := 0; ; n++ {
			select {
			case <-s.quit:
				return
			case <-tick.C:
			}
			for port := stormLow; port <= stormHigh; port++ {
				to := netip.AddrPortFrom(netip.MustParseAddr(lab.Here), uint16(port))
				for i, conn := range conns {
					for _, packet := range [][]byte{
						// A stream that lasts, from each source port.
						rtpPacket(0, uint16(n), uint32(n*160), uint32(port<<8+i), sound[n%len(sound)]),
						// Another for each packet.
						rtpPacket(0, uint16(random.Uint32()), random.Uint32(), random.Uint32(), sound[n%len(sound)]),
					} {
						if _, err := conn.WriteToUDPAddrPort(packet, to); err == nil {
							s.sent++
						}
					}
				}
				for _, packet := range [][]byte{noise(random, 172), {0x80, 203, 0, 1, 1, 2, 3, byte(n)}} {
					if _, err := conns[0].WriteToUDPAddrPort(packet, to); err == nil {
						s.sent++
					}
				}
			}
		}
	})
	t.Cleanup(func() {
		s.stop()
		for _, c := range conns {
			_ = c.Close()
		}
	})
	return s
}

// stop ends the storm and returns how many packets were sent.
func (s *storm) stop() int {
	select {
	case <-s.quit:
	default:
		close(s.quit)
	}
	s.work.Wait()
	return s.sent
}

func noise(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func rtpPacket(payloadType byte, sequence uint16, timestamp, ssrc uint32, payload []byte) []byte {
	b := make([]byte, 12, 12+len(payload))
	b[0], b[1] = 0x80, payloadType
	binary.BigEndian.PutUint16(b[2:], sequence)
	binary.BigEndian.PutUint32(b[4:], timestamp)
	binary.BigEndian.PutUint32(b[8:], ssrc)
	return append(b, payload...)
}

// tonePayloads is a second of a loud tone of a whole number of Hz as PCMU in
// packets of 20 ms.
func tonePayloads(t *testing.T, f float64) [][]byte {
	t.Helper()
	enc, err := g711.MuLaw().NewEncoder(g711.MuLaw().Formats[0])
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for n := range 50 {
		pcm := make([]int16, 160)
		for i := range pcm {
			pcm[i] = int16(16000 * math.Sin(2*math.Pi*f*float64(n*160+i)/earRate))
		}
		payload, err := enc.Encode(nil, pcm)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, payload)
	}
	return out
}
