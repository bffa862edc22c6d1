package bridge

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323"
	"parley/h323/media"
	"parley/qos/rtp"
)

// lifelines lead call signalling through places where it can be cut.
type lifelines struct {
	t      *testing.T
	frozen bool // the peer's host stays there, its program does not go on
	work   sync.WaitGroup

	mu    sync.Mutex
	lines map[netip.AddrPort]*lifeline // by the peer's address, as the bridge sees it
}

// lifeline is one connection between the bridge and a peer.
type lifeline struct {
	stage     string   // the message at which it is cut
	near, far net.Conn // to the bridge, to the peer; nil: not yet
	cut       bool
}

// lead returns where to connect for a call that is led on to an address and is
// cut at a stage; dials tells whether the bridge will connect.
func (l *lifelines) lead(stage string, to netip.AddrPort, dials bool) netip.AddrPort {
	l.t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		l.t.Fatal(err)
	}
	line := &lifeline{stage: stage}
	at := listener.Addr().(*net.TCPAddr).AddrPort()
	if dials {
		l.tie(at, line)
	}
	l.work.Go(func() {
		in, err := listener.Accept()
		_ = listener.Close()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp4", to.String())
		if err != nil {
			_ = in.Close()
			l.t.Error(err)
			return
		}
		l.t.Cleanup(func() { _, _ = in.Close(), out.Close() })
		near, far := in, out
		if !dials {
			near, far = out, in
			l.tie(out.LocalAddr().(*net.TCPAddr).AddrPort(), line)
		}
		l.mu.Lock()
		line.near, line.far = near, far
		if line.cut {
			l.partLocked(line)
		}
		l.mu.Unlock()
		l.work.Go(func() { l.pass(near, far) })
		l.pass(far, near)
	})
	l.t.Cleanup(func() { _ = listener.Close() })
	return at
}

func (l *lifelines) tie(peer netip.AddrPort, line *lifeline) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines[peer] = line
}

// partLocked ends the peer's side, and the bridge's where the host goes too.
func (l *lifelines) partLocked(line *lifeline) {
	_ = line.far.Close()
	if !l.frozen {
		_ = line.near.Close()
	}
}

// pass carries octets one way, to the end of both ways: what is still under way
// in one is not lost by the end of the other.
func (l *lifelines) pass(from, to net.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if err != nil {
			break
		}
		_, _ = to.Write(buf[:n]) // who is gone takes nothing
	}
	if !l.isCut(to) {
		_ = to.(*net.TCPConn).CloseWrite()
	}
}

// isCut reports whether a connection's line is cut.
func (l *lifelines) isCut(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if line.near == conn || line.far == conn {
			return line.cut
		}
	}
	return false
}

// traced cuts the line of a message at its stage.
func (l *lifelines) traced(m *h323.Traced) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := l.lines[m.Remote]
	if line == nil || line.cut || line.stage != m.Name[strings.LastIndexByte(m.Name, '.')+1:] {
		return
	}
	line.cut = true
	if line.far != nil {
		l.partLocked(line)
	}
}

// cuts are how many have been cut, and the stages that have not.
func (l *lifelines) cuts() (n int, whole []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if line.cut {
			n++
		} else {
			whole = append(whole, line.stage)
		}
	}
	return n, whole
}

// passer is a peer's side of a call: it takes media nowhere, and hangs up once
// H.245 is under way if it leaves.
type passer struct{ leaves bool }

func newPasser(stage string) passer {
	return passer{leaves: stage == "endSessionCommand" || stage == "releaseComplete"}
}

func (passer) Local(*h323.Call, *media.Channel) (media.Addresses, error) {
	at := netip.MustParseAddrPort("127.0.0.1:9")
	return media.Addresses{RTP: at, RTCP: at}, nil
}

func (p passer) Event(c *h323.Call, e h323.Event) {
	if _, ok := e.(h323.Determined); ok && p.leaves {
		c.Release(nil)
	}
}

// crowd is who the bridge's calls are with.
func crowd(t *testing.T, modes h323.Modes) *h323.Endpoint {
	t.Helper()
	sound, ok := media.NewCapability(codecs.Format{Name: "PCMU", ClockRate: 8000, Channels: 1}, 0)
	if !ok {
		t.Fatal("no PCMU")
	}
	e, err := h323.New(h323.Config{
		Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Name: "crowd", Modes: modes,
		Receive: &media.Set{Capabilities: []media.Capability{sound}},
		Incoming: func(c *h323.Call) {
			c.SetOwner(newPasser(c.Info().Invitation.Called[0].H323ID))
			c.Proceed()
			c.Alert()
			c.Answer()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return e
}

// TestVanish has peers vanish at each stage of calls to and from the bridge,
// all at once: no call, connection or participant is left, and all ports are
// free again.
func TestVanish(t *testing.T) {
	stages := []string{ // the enquiry comes while media flow
		"setup", "callProceeding", "alerting", "connect", "terminalCapabilitySet", "terminalCapabilitySetAck",
		"masterSlaveDetermination", "masterSlaveDeterminationAck", "roundTripDelayRequest", "endSessionCommand", "releaseComplete",
	}
	channels := []string{"openLogicalChannel", "openLogicalChannelAck"}
	for i, tt := range []struct {
		name   string
		modes  h323.Modes
		frozen bool
		stages []string
	}{
		{"fast, reset", h323.Modes{}, false, stages},
		{"fast, frozen", h323.Modes{}, true, stages},
		{"slow, reset", h323.Modes{NoFastStart: true}, false, append(channels, stages...)},
		{"slow, frozen", h323.Modes{NoFastStart: true}, true, append(channels, stages...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// An address of its own, so that all of its ports are known; of its
			// process, since several may test at a time.
			pid := os.Getpid()
			vanishing(t, netip.AddrFrom4([4]byte{127, byte(64 + pid>>16&127), byte(pid >> 8), byte(pid)&^3 | byte(i)}), tt.modes, tt.frozen, tt.stages)
		})
	}
}

func vanishing(t *testing.T, addr netip.Addr, modes h323.Modes, frozen bool, stages []string) {
	lines := &lifelines{t: t, frozen: frozen, lines: make(map[netip.AddrPort]*lifeline)}
	cfg := Config{Modes: modes, MediaAddr: addr, Ports: rtp.PortRange{Low: 24000, High: 24199}, MediaTimeout: time.Hour}
	ringing := 2 * patience
	if frozen { // nothing but silence tells, maybe before a slow call has come to its stage
		cfg.MediaTimeout, ringing = 2*time.Second, 4*time.Second
	}
	here := tracedSite(t, cfg, lines.traced, conference.Settings{ID: "a"})
	peers := crowd(t, modes)
	to := peers.Addresses()[0]

	var dialling sync.WaitGroup
	made, called := 0, uint64(0)
	ctx, cancel := context.WithTimeout(t.Context(), ringing)
	defer cancel()
	for _, stage := range stages {
		at := lines.lead(stage, to, true)
		made++
		dialling.Go(func() { _, _ = here.Dial(ctx, fmt.Sprintf("h323:%s@%v", stage, at), "a") })
		if stage == "callProceeding" || stage == "alerting" {
			continue // a conference answers at once
		}
		made++
		called++
		door := lines.lead(stage, here.Addresses()[0], false)
		if _, err := peers.Dial(t.Context(), h323.Target{Text: fmt.Sprintf("h323:a@%v", door)}, newPasser(stage)); err != nil {
			t.Fatal(err)
		}
	}
	dialling.Wait()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		s := here.Stats()
		n, whole := lines.cuts()
		if (n == made || frozen) && s.Setups == called && s.Calls == 0 && s.Signalling.Active == 0 && s.Signalling.Connections == 0 {
			break
		}
		if <-tick.C; time.Now().After(deadline) {
			t.Fatalf("of %d calls %d were cut, not those to be at %v; left behind: %+v", made, n, whole, s)
		}
	}
	await(t, here.room("a"), "everybody is gone", func(r *conference.Roster) bool { return len(r.Members) == 0 })
	for port := cfg.Ports.Low; port <= cfg.Ports.High; port++ {
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, port)))
		if err != nil {
			t.Errorf("port %d: %v", port, err)
			continue
		}
		_ = c.Close()
	}
	lines.work.Wait()
}
