//go:build meeting

package meeting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/cmd/parley/meeting/internal/spectrum"
)

const (
	// halfOpen connections come from as many addresses as strangerHosts.
	halfOpen      = 10_000
	strangerHosts = 100
)

// TestHalfOpen has 10,000 connections be opened to the port of H.323, on which
// nothing is said: a call that is up goes on without a gap, who calls from elsewhere
// is answered, and memory and descriptors are bounded.
func TestHalfOpen(t *testing.T) {
	requirePrograms(t, "baresip")
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < halfOpen+500 {
		t.Skipf("the system allows %d descriptors: %v", limit.Cur, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	b := startBridge(t, meetingConfig)
	startFar(t, "conferences: [{id: far}]\n")
	group := listenGroup(t, groupAddress, lab.Here)
	startPhone(t, phone{Port: 5070, Codec: "PCMU/8000/1", Tone: farTone}, "sip:far@"+lab.There)
	if status, out := b.dial(ctx, t, "h323:far@"+lab.There); status != 0 {
		t.Fatalf("dialling: status %d: %s", status, out)
	}
	group.awaitTone(ctx, t, farTone, true)
	local := lab.InOther("ip", "route", "replace", "local", "10.97.0.0/24", "dev", "lo")
	lab.Run(t, local[0], local[1:]...)
	lab.Run(t, "ip", "route", "replace", "10.97.0.0/24", "via", lab.There)
	terminals := newTerminals(t)
	elsewhere := moreAddresses(t, 1)[0]
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: elsewhere.AsSlice()})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	memory, descriptors := resident(t, b.PID()), holding(t, b.PID())

	recorded := make(chan []float64, 1)
	go func() { recorded <- group.record(ctx, t, 4) }()
	began := time.Now()
	defer openHalf(t)()
	t.Logf("%d connections were begun within %v", halfOpen, time.Since(began).Round(time.Millisecond))
	for i := range 3 {
		began = time.Now()
		l, err := terminals.dial("room", elsewhere, sink.LocalAddr().(*net.UDPAddr).AddrPort())
		if err == nil {
			_, err = l.answered(ctx)
		}
		if err != nil {
			t.Fatalf("a caller from elsewhere: %v", err)
		}
		t.Logf("caller %d from elsewhere hears after %v", i, time.Since(began).Round(time.Millisecond))
		if err := l.hangUp(ctx); err != nil {
			t.Error(err)
		}
	}
	connections := b.metric(t, "parley_h323_connections")
	used, open := resident(t, b.PID())-memory, holding(t, b.PID())-descriptors
	t.Logf("%d connections are open at the bridge, %d descriptors and %d kB more than before", connections, open, used/1024)
	if connections > 1024 || connections < 100 || open > 1100 || used > 96<<20 {
		t.Error("that is not what was to be")
	}
	pcm := <-recorded
	m := spectrum.Measure(pcm, earRate, farTone)
	t.Logf("the call meanwhile: %v", m)
	if m.Tones[farTone] < -20 || m.Floor > m.Tones[farTone]-20 {
		t.Errorf("the call did not go on undisturbed")
	}
	// A machine that is busy with other tests misses a frame now and then.
	if at, lasts := longestGap(pcm); lasts > 0.06 {
		t.Errorf("the call has a gap of %.2f s after %.2f s", lasts, at)
	}
}

// openHalf begins a connection after another to the bridge, each of which stays as
// it is until the function returned is called.
func openHalf(t *testing.T) func() {
	t.Helper()
	var all []int
	to := &unix.SockaddrInet4{Port: 1720, Addr: netip.MustParseAddr(lab.Here).As4()}
	err := lab.OnOther(func() error {
		for i := range halfOpen {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				return fmt.Errorf("socket %d: %w", i, err)
			}
			all = append(all, fd)
			if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{10, 97, 0, byte(i % strangerHosts)}}); err != nil {
				return err
			}
			if err := unix.Connect(fd, to); err != nil && !errors.Is(err, unix.EINPROGRESS) {
				return fmt.Errorf("connection %d: %w", i, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		for _, fd := range all {
			_ = unix.Close(fd)
		}
	}
}

// longestGap finds where a lasting tone is 12 dB weaker than it is on the whole, in
// seconds.
func longestGap(pcm []float64) (at, lasts float64) {
	power := func(x []float64) (sum float64) {
		for _, v := range x {
			sum += v * v
		}
		return sum / float64(len(x))
	}
	const frame = 0.02
	limit, gap := power(pcm)/math.Pow(10, 1.2), 0.0
	for rest := pcm; len(rest) >= frame*earRate; rest = rest[frame*earRate:] {
		if gap += frame; power(rest[:frame*earRate]) > limit {
			gap = 0
		}
		if gap > lasts {
			at, lasts = float64(len(pcm)-len(rest))/earRate-gap+frame, gap
		}
	}
	return at, lasts
}
