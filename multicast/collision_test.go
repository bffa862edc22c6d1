package multicast

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"

	"parley/codecs"
	"parley/conference"
)

// gap is the longest silence in what was heard from the from-th sample on.
func (p *person) gap(from int) time.Duration {
	p.mu.Lock()
	heard := p.heard[from:]
	p.mu.Unlock()
	longest, quiet := 0, 0
	for _, v := range heard {
		if quiet++; v > 400 || v < -400 {
			quiet = 0
		}
		longest = max(longest, quiet)
	}
	return time.Duration(longest) * time.Second / codecs.SampleRate
}

// TestCollisionIsNotHeard has a stranger send under parley's SSRC: parley says
// BYE and takes another one, and who listens hears no gap. A busy machine makes gaps
// of its own, so that one collision of a few without any is enough.
func TestCollisionIsNotHeard(t *testing.T) {
	g := testGroup(t, "239.255.77.40", "PCMU")
	left, right := openHouse(t, g), openHouse(t, g)
	ann, bob := newPerson("ann", 440), newPerson("bob", 0)
	left.join(t, ann)
	right.join(t, bob)
	session := left.server.joined()[0].audio.session
	const attempts = 4
	for i := range uint64(attempts) {
		bob.await(t, "ann", func(l []float64) bool { return l[0] > 0.9 }, 440)
		bob.mu.Lock()
		start := len(bob.heard)
		bob.mu.Unlock()
		before := session.SSRC()
		collide(t, g.Audio.Addr, before)
		for session.SSRC() == before {
			ann.wait(t)
		}
		for range 75 {
			bob.wait(t)
		}
		if st := session.Stats(); st.Collisions != i+1 || st.Loops != 0 {
			t.Errorf("%d collisions, %d loops after %d", st.Collisions, st.Loops, i+1)
		}
		got := bob.gap(start)
		t.Logf("the longest gap is %v", got)
		if got <= 100*time.Millisecond {
			return
		}
	}
	t.Errorf("a gap is heard in each of %d collisions", attempts)
}

// collide sends a packet under an SSRC that is in use, with sequence numbers far from
// those of who uses it: no loop.
func collide(t *testing.T, group netip.AddrPort, ssrc uint32) {
	t.Helper()
	heard := tap(t, group)
	defer heard.Close()
	overheard := make([]byte, 2048)
	if _, err := heard.Read(overheard); err != nil {
		t.Fatal(err)
	}
	packet := make([]byte, 12+160)
	packet[0] = 2 << 6
	binary.BigEndian.PutUint16(packet[2:], binary.BigEndian.Uint16(overheard[2:])+30000)
	binary.BigEndian.PutUint32(packet[8:], ssrc)
	if _, err := spout(t, group).Write(packet); err != nil {
		t.Fatal(err)
	}
}

// TestParticipantsAreCredited: who hears parley in a group learns whom it hears.
func TestParticipantsAreCredited(t *testing.T) {
	g := testGroup(t, "239.255.77.41", "PCMU")
	left, right := openHouse(t, g), openHouse(t, g)
	ann, bob := newPerson("ann", 440), newPerson("bob", 0)
	left.join(t, ann)
	right.join(t, bob)
	bob.await(t, "ann", func(l []float64) bool { return l[0] > 0.9 }, 440)
	named := func(m SessionMembers) bool {
		for _, member := range m.Members {
			if member.SDES.Name == "ann" && member.SDES.CNAME != "" && !member.Sending {
				return true
			}
		}
		return false
	}
	for {
		all, err := right.server.Members("room", 10)
		if err != nil {
			t.Fatal(err)
		}
		if named(*all[0].Audio) {
			break
		}
		bob.wait(t)
	}
	if _, err := right.server.Members("elsewhere", 10); err == nil {
		t.Error("a conference without a group has members in one")
	}
	// In the roster it stays one source: parley's mix.
	i := slices.IndexFunc(right.conf.Roster().Members, func(m conference.Member) bool { return m.Wire == conference.WireMulticast })
	if n := len(right.conf.Roster().Members[i].Sources); n != 2 {
		t.Errorf("%d sources in the roster", n)
	}
}
