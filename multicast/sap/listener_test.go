package sap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/multicast/internal/interfaces"
)

// loopback is where these tests send.
const loopback = "lo"

// listenHere returns a Listener on the loopback interface.
func listenHere(t *testing.T, own func([]byte) bool) *Listener {
	t.Helper()
	l, err := Listen(ListenConfig{Interfaces: []string{loopback}, Directory: DirectoryConfig{Own: own}})
	if err != nil {
		t.Fatal("no groups on the loopback interface: ", err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// await waits until the listener has, or has no more, a session of this title.
func await(t *testing.T, l *Listener, title string, there bool) Session {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		sessions, changed := l.Sessions()
		var found *Session
		for i := range sessions {
			if sessions[i].Title == title {
				found = &sessions[i]
			}
		}
		if (found != nil) == there {
			if found == nil {
				return Session{}
			}
			return *found
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("%q: still %d sessions; %+v", title, len(sessions), l.Stats())
		}
	}
}

// TestAnnounceAndListen sends over IPv4, to two listeners beside each other.
func TestAnnounceAndListen(t *testing.T) {
	defer goleak.VerifyNone(t)
	// The same test may run twice at once on a machine.
	title := fmt.Sprint("Talk ", os.Getpid())
	sdp := describe("ann", os.Getpid(), 1, title)
	var tr *Transmitter
	t.Run("", func(t *testing.T) { // its cleanups end before the check for leaks
		tr = NewTransmitter(TransmitConfig{Announcer: AnnouncerConfig{Fast: true}})
		defer tr.Close()
		mine, others := listenHere(t, tr.Own), listenHere(t, nil)
		if err := tr.Set([]Announcement{{
			Name: "1", SDP: []byte(sdp), Origin: netip.MustParseAddr("127.0.0.1"), Group: localGroup, Interface: loopback, TTL: 1,
		}}); err != nil {
			t.Fatal(err)
		}
		s := await(t, mine, title, true)
		if !s.Own || s.In != localGroup || s.From != netip.MustParseAddr("127.0.0.1") || string(s.SDP) != sdp {
			t.Errorf("%+v", s)
		}
		if s := await(t, others, title, true); s.Own {
			t.Error("another takes it for its own")
		}
		if !others.Taken(netip.MustParseAddr("239.255.1.9")) || others.CountIn(localGroup) == 0 {
			t.Error("it is not counted")
		}
		if err := tr.Close(); err != nil {
			t.Fatal(err)
		}
		await(t, mine, title, false)
		await(t, others, title, false)
	})
}

// TestUnicastIsNotTaken: only what was sent to a group is looked at.
func TestUnicastIsNotTaken(t *testing.T) {
	l := listenHere(t, nil)
	// Other tests may announce on the same machine.
	unicast, group, hash := fmt.Sprint("unicast ", os.Getpid()), fmt.Sprint("group ", os.Getpid()), uint16(2*os.Getpid())
	c, err := net.Dial("udp4", "127.0.0.1:9875")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write(announcement(t, hash, ann, describe("x", os.Getpid(), 1, unicast), false)); err != nil {
		t.Fatal(err)
	}
	// What follows is taken after it.
	err = sendTo(Transmission{Group: localGroup, Interface: loopback, TTL: 1, Packet: announcement(t, hash+1, ann, describe("x", -os.Getpid(), 1, group), false)}, Port)
	if err != nil {
		t.Fatal(err)
	}
	if s := await(t, l, group, true); s.Interface != loopback {
		t.Errorf("heard as %+v, want on %s", s, loopback)
	}
	all, _ := l.Sessions()
	if slices.ContainsFunc(all, func(s Session) bool { return s.Title == unicast }) {
		t.Error("what was sent to this host alone is taken")
	}
}

// TestInterfacesComeAndGo: memberships of an interface that went are left, so
// that its coming back takes no further socket.
func TestInterfacesComeAndGo(t *testing.T) {
	l := listenHere(t, nil)
	look := func(find func([]string) []net.Interface) (sockets, joined int) {
		t.Helper()
		l.mu.Lock()
		l.interfaces = find
		l.mu.Unlock()
		_ = l.join() // of one family there may be no way
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.sockets), len(l.joined)
	}
	sockets, joined := look(interfaces.Find)
	for range 2 * maxMemberships {
		if _, n := look(func([]string) []net.Interface { return nil }); n != 0 {
			t.Fatalf("%d memberships on no interface", n)
		}
		if s, j := look(interfaces.Find); s != sockets || j != joined {
			t.Fatalf("%d sockets with %d groups, at first %d with %d", s, j, sockets, joined)
		}
	}
}

// TestOrder: what is taken back or changed is not announced once more by what was
// due at the same time.
func TestOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	first, resume, changed := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var order []bool // deletions; sent by one goroutine at a time
	tr := newTransmitter(TransmitConfig{}, func(one Transmission) error {
		if len(order) == 0 {
			close(first)
			<-resume
		}
		p, err := Parse(one.Packet)
		if order = append(order, p.Deletion); len(order) == 5 {
			close(changed)
		}
		return err
	})
	if err := tr.Set([]Announcement{ours("1", describe("a", 1, 1, "x")), ours("2", describe("a", 2, 1, "x"))}); err != nil {
		t.Fatal(err)
	}
	<-first
	if err := tr.Set([]Announcement{ours("1", describe("a", 1, 2, "y"))}); err != nil {
		t.Fatal(err)
	}
	close(resume)
	<-changed
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	if want := []bool{false, false, true, true, false, true}; !slices.Equal(order, want) {
		t.Errorf("deletions %v, want %v", order, want)
	}
}

func TestListenNowhere(t *testing.T) {
	defer goleak.VerifyNone(t)
	if _, err := Listen(ListenConfig{Interfaces: []string{"none"}}); !errors.Is(err, errNoInterface) {
		t.Errorf("error %v", err)
	}
}

func TestProbe(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, medium := range []Medium{
		{Group: netip.MustParseAddrPort("239.255.77.1:15004")},
		{Group: netip.MustParseAddrPort("232.7.77.1:15008"), Sources: hosts("127.0.0.1", "127.0.0.9")},
	} {
		probe(t, medium)
	}
}

func probe(t *testing.T, medium Medium) {
	t.Helper()
	p := NewProber([]string{loopback})
	group := medium.Group
	s := &Session{Description: Description{Media: []Medium{medium, {Group: netip.MustParseAddrPort("239.255.77.2:15006")}}}}
	ctx, cancel := context.WithCancel(t.Context())
	type result struct {
		live bool
		err  error
	}
	done := make(chan result, 1)
	go func() {
		live, err := p.Probe(ctx, s)
		done <- result{live, err}
	}()
	for answered := false; !answered; {
		if err := sendTo(Transmission{Group: group.Addr(), Interface: loopback, TTL: 1, Packet: []byte("rtp")}, int(group.Port())); err != nil {
			t.Fatal("no groups on the loopback interface: ", err)
		}
		select {
		case r := <-done:
			answered = true
			if !r.live || r.err != nil {
				t.Errorf("a session with traffic: %+v", r)
			}
		case <-time.After(20 * time.Millisecond): // it may not have joined yet
		}
	}
	cancel()
	if live, err := p.Probe(ctx, s); live || err != nil {
		t.Errorf("nobody sends: %v, %v", live, err)
	}
	for range maxProbes {
		p.slots <- struct{}{}
	}
	if _, err := p.Probe(ctx, s); !errors.Is(err, ErrBusy) {
		t.Errorf("one more than may be: %v", err)
	}
}
