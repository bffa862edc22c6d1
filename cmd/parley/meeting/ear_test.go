//go:build meeting

package meeting

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
	"parley/codecs/g711"
)

// ear is a listener on the second host that knows only a group's addresses: it
// keeps the PCMU that the bridge sends to the group, and its RTCP.
type ear struct {
	mu   sync.Mutex
	pcm  []float64
	ssrc uint32
	next uint32 // RTP timestamp that continues pcm
	last time.Time
	byes []uint32
}

// earRate is that of PCMU.
const earRate = 8000

// listenGroup has an ear listen to what comes from from.
func listenGroup(t *testing.T, group, from string) *ear {
	t.Helper()
	rtpAddr := netip.MustParseAddrPort(group)
	rtcpAddr := netip.AddrPortFrom(rtpAddr.Addr(), rtpAddr.Port()+1)
	e := &ear{}
	source := netip.MustParseAddr(from)
	for _, l := range []struct {
		addr netip.AddrPort
		hear func(*testing.T, []byte)
	}{{rtpAddr, e.hearRTP}, {rtcpAddr, e.hearRTCP}} {
		eachPacket(t, l.addr, func(from netip.Addr, b []byte) {
			if from == source {
				l.hear(t, b)
			}
		})
	}
	return e
}

// eachPacket has take be given, one after another, all that comes to a group on the
// second host until the test ends, and from which address.
func eachPacket(t *testing.T, group netip.AddrPort, take func(from netip.Addr, b []byte)) {
	t.Helper()
	conn, err := lab.JoinThere(net.UDPAddrFromAddrPort(group))
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		buf := make([]byte, 2048)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			take(from.Addr().Unmap(), buf[:n])
		}
	})
	t.Cleanup(func() {
		_ = conn.Close()
		work.Wait()
	})
}

// hearRTP puts a packet's sound where its timestamp says; what is missing
// stays silent, and so raises the floor.
func (e *ear) hearRTP(t *testing.T, b []byte) {
	if len(b) < 12 || b[0]>>6 != 2 || b[1]&0x7f != 0 {
		t.Errorf("the group got what is no PCMU: % x", b[:min(len(b), 12)])
		return
	}
	payload := b[min(len(b), 12+4*int(b[0]&15)):]
	timestamp, ssrc := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	e.mu.Lock()
	defer e.mu.Unlock()
	gap := int32(timestamp - e.next)
	if ssrc != e.ssrc || gap > 10*earRate {
		e.ssrc, gap = ssrc, 0
	}
	if gap < 0 {
		return // late
	}
	e.pcm = append(e.pcm, make([]float64, gap)...)
	e.pcm = append(e.pcm, muLaw(t, payload)...)
	e.next, e.last = timestamp+uint32(len(payload)), time.Now()
}

// hearRTCP keeps who said BYE (RFC 3550 6.6).
func (e *ear) hearRTCP(_ *testing.T, b []byte) {
	for len(b) >= 4 {
		size := 4 * (int(binary.BigEndian.Uint16(b[2:])) + 1)
		if size > len(b) {
			return
		}
		if b[1] == 203 && size >= 8 {
			e.mu.Lock()
			e.byes = append(e.byes, binary.BigEndian.Uint32(b[4:]))
			e.mu.Unlock()
		}
		b = b[size:]
	}
}

// saidBye tells whether the SSRC that was heard said BYE.
func (e *ear) saidBye() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ssrc := range e.byes {
		if ssrc == e.ssrc && ssrc != 0 {
			return true
		}
	}
	return false
}

// record returns the next seconds of what is heard. While nobody speaks the
// bridge may send nothing: that is silence.
func (e *ear) record(ctx context.Context, t *testing.T, seconds float64) []float64 {
	t.Helper()
	e.mu.Lock()
	start := len(e.pcm)
	e.mu.Unlock()
	began := time.Now()
	want := int(seconds * earRate)
	for {
		e.mu.Lock()
		have, quiet := e.pcm[start:], time.Since(began)
		if !e.last.IsZero() {
			quiet = min(quiet, time.Since(e.last))
		}
		if len(have) >= want || quiet > 500*time.Millisecond {
			defer e.mu.Unlock()
			out := make([]float64, want)
			copy(out, have)
			return out
		}
		e.mu.Unlock()
		if !pause(ctx, 20*time.Millisecond) {
			t.Fatal(ctx.Err())
		}
	}
}

// awaitTone waits until f Hz is heard at about its level (present), or not.
func (e *ear) awaitTone(ctx context.Context, t *testing.T, f float64, present bool) {
	t.Helper()
	var m spectrum.Measurement
	for ctx.Err() == nil {
		m = spectrum.Measure(e.record(ctx, t, 0.5), earRate, f)
		if (m.Tones[f] > -25) == present && (present || m.Tones[f] < -50) {
			return
		}
	}
	t.Fatalf("%g Hz in the group: want heard %v: %v", f, present, m)
}

func muLaw(t *testing.T, payload []byte) []float64 {
	dec, err := g711.MuLaw().NewDecoder(g711.MuLaw().Formats[0])
	if err != nil {
		t.Error(err)
		return nil
	}
	frame := make([]int16, 4*len(payload))
	n, err := dec.Decode(frame, payload)
	if err != nil {
		t.Error(err)
		return nil
	}
	pcm := make([]float64, n)
	for i := range pcm {
		pcm[i] = float64(frame[i]) / 32768
	}
	return pcm
}
