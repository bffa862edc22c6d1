//go:build meeting

package meeting

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/ipv4"

	"parley/cmd/parley/meeting/internal/lab"
	"parley/multicast/sap"
)

// honestSessions is how many are announced before the flood.
const honestSessions = 20

// TestLoadAnnouncements floods the group of announcements with 50,000 packets a
// second, half of them junk and half announcements, while three phones talk:
// what others have announced stays, what they announce meanwhile is heard, the
// call has no gaps, and the bridge takes no more than 32 MB.
func TestLoadAnnouncements(t *testing.T) {
	seconds, timed := loadSeconds(t, 4)
	rate := 50_000
	if !timed {
		rate = 10_000 // the machine may have other work
	}
	b := startBridge(t, `
sip: {udp: "10.99.0.1:5060", tcp: ""}
conferences: [{id: load}]
multicast: {interface: meet0}
log: {level: warn}
`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second+2*time.Minute)
	defer cancel()
	honest := sap.NewTransmitter(sap.TransmitConfig{Announcer: sap.AnnouncerConfig{Fast: true}})
	defer honest.Close()
	announce(t, honest, honestSessions)
	awaitSession(ctx, t, fmt.Sprint("honest ", honestSessions-1), true)

	d := newDialer(t, lab.Here, 5099)
	var callers []*caller
	var listeners sync.WaitGroup
	for i := range speakers {
		c, err := d.call(ctx, i, lab.Here, "sip:load@"+lab.Here+":5060")
		if err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
		callers = append(callers, c)
		listeners.Go(c.listen)
	}
	before := residentKB(t, b.PID())
	flooding, end := context.WithCancel(ctx)
	sent := make(chan int, 1)
	conn, err := lab.ListenThere("udp4", &net.UDPAddr{IP: net.ParseIP(lab.There)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() { sent <- flood(flooding, conn, rate) }()
	announce(t, honest, honestSessions+1) // one more
	start := time.Now()
	spoken := talk(t, ctx, b, callers, seconds)
	elapsed := time.Since(start)
	grown := residentKB(t, b.PID()) - before
	late := awaitSession(ctx, t, fmt.Sprint("honest ", honestSessions), true)
	end()
	n := <-sent
	t.Logf("%d packets, %.0f a second; the bridge grew by %d kB; %+v heard meanwhile", n, float64(n)/elapsed.Seconds(), grown, late.Title)
	for _, c := range callers {
		_ = c.conn.SetReadDeadline(time.Now())
	}
	listeners.Wait()
	report(t, callers, spoken, seconds, timed)
	list := lab.Run(t, parleyBinary(t), "sessions")
	if kept := strings.Count(list, "honest "); kept != honestSessions+1 {
		t.Errorf("%d of %d honest sessions are left", kept, honestSessions+1)
	}
	if grown > 32<<10 {
		t.Errorf("the bridge grew by %d kB", grown)
	}
	if perSecond := float64(n) / elapsed.Seconds(); timed && perSecond < 45_000 {
		t.Errorf("only %.0f packets a second were sent", perSecond)
	}
	t.Logf("dropped unread: %d of %d", b.metric(t, "parley_sap_over_rate_total"), b.metric(t, "parley_sap_packets_total"))
}

// announce has n sessions announced from this host.
func announce(t *testing.T, honest *sap.Transmitter, n int) {
	t.Helper()
	var list []sap.Announcement
	for i := range n {
		list = append(list, sap.Announcement{
			Name:   fmt.Sprint(i),
			SDP:    fmt.Appendf(nil, "v=0\r\no=- %d 1 IN IP4 %s\r\ns=honest %d\r\nc=IN IP4 239.255.60.%d/1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n", i, lab.Here, i, i+1),
			Origin: netip.MustParseAddr(lab.Here), Group: netip.MustParseAddr("239.255.255.255"), Interface: lab.Interface, TTL: 1,
		})
	}
	if err := honest.Set(list); err != nil {
		t.Fatal(err)
	}
}

// flood sends rate packets a second until ctx ends, and returns how many.
func flood(ctx context.Context, conn *net.UDPConn, rate int) int {
	p := ipv4.NewPacketConn(conn)
	to := &net.UDPAddr{IP: net.IPv4(239, 255, 255, 255), Port: sap.Port}
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	start, sent := time.Now(), 0
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return sent
		}
		batch := make([]ipv4.Message, 0, 256)
		for due := int(time.Since(start).Seconds() * float64(rate)); sent+len(batch) < due && len(batch) < cap(batch); {
			batch = append(batch, ipv4.Message{Buffers: [][]byte{junk(sent + len(batch))}, Addr: to})
		}
		for len(batch) > 0 {
			n, err := p.WriteBatch(batch, 0)
			if err != nil {
				break // a full buffer
			}
			sent, batch = sent+n, batch[n:]
		}
	}
}

// junk is by turns no announcement, and one of ever new sessions.
func junk(i int) []byte {
	if i%2 == 0 {
		return bytes.Repeat([]byte{byte(i)}, 300)
	}
	raw, err := sap.Packet{
		Hash: uint16(i), Origin: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}),
		Payload: fmt.Appendf(nil, "v=0\r\no=- %d 1 IN IP4 10.0.0.1\r\ns=junk %d\r\nc=IN IP4 239.255.61.1/1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n", i, i),
	}.Append(nil)
	if err != nil {
		panic(err)
	}
	return raw
}

// residentKB is the memory that a process has.
func residentKB(t *testing.T, pid int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	var kb int
	_, rest, ok := strings.Cut(string(raw), "VmRSS:")
	if _, err := fmt.Sscan(rest, &kb); !ok || err != nil {
		t.Fatalf("no VmRSS: %v", err)
	}
	return kb
}
