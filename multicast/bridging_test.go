package multicast

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/codecs"
	"parley/conference"
)

// audioOf returns a group's sound as Members tells of it.
func (h house) audioOf(t *testing.T, group int) *SessionMembers {
	t.Helper()
	all, err := h.server.Members("room", 10)
	if err != nil {
		t.Fatal(err)
	}
	return all[group].Audio
}

// alarms are those in the roster.
func (h house) alarms() (out []string) {
	for _, m := range h.conf.Roster().Members {
		if m.Alarm != "" {
			out = append(out, m.Alarm)
		}
	}
	return out
}

// once reports whether all tones but the last are heard alike, and that one not: a
// tone that comes twice has four times the energy, or almost none. The gaps of a
// busy machine make noise beside them.
func once(l []float64) bool {
	heard, sum := l[:len(l)-1], 0.0
	for _, share := range heard {
		sum += share
	}
	return sum > 0.5 && slices.Max(heard) < 2.2*slices.Min(heard) && l[len(l)-1] < ownShare
}

// ownShare bounds what is heard of one's own tone. On a busy machine ticks come
// late: the gaps spread all tones.
const ownShare = 0.01

// TestTwoBridgesOnTheSameGroups has two bridges join two groups, with somebody on
// each, and in each group one more who is there alone: one bridge stands by in one
// group, all are heard once by all, and it takes over when the other leaves.
func TestTwoBridgesOnTheSameGroups(t *testing.T) {
	first, second := testGroup(t, "239.255.77.25", "PCMU"), testGroup(t, "239.255.77.26", "PCMU")
	loser, winner := openHouse(t, first, second), openHouseWith(t, Config{Groups: []GroupConfig{first, second}, BridgingPriority: 1})
	east, west := openHouse(t, first), openHouse(t, second)
	ann, bob, carl, dora := newPerson("ann", 440), newPerson("bob", 660), newPerson("carl", 880), newPerson("dora", 1180)
	loser.join(t, ann)
	winner.join(t, bob)
	east.join(t, carl)
	west.join(t, dora)
	ann.await(t, "the others once", once, 660, 880, 1180, 440)
	bob.await(t, "the others once", once, 440, 880, 1180, 660)
	carl.await(t, "the others once", once, 440, 660, 1180, 880)
	dora.await(t, "the others once", once, 440, 660, 880, 1180)

	before := winner.loops() + loser.loops() + east.loops() + west.loops()
	for range 100 {
		bob.wait(t)
	}
	if after := winner.loops() + loser.loops() + east.loops() + west.loops(); after != before {
		t.Errorf("%d packets more came round in 2 s", after-before)
	}
	if st := loser.audioOf(t, 1).Bridging; !st.Standby || !strings.Contains(st.Reason, winner.audioOf(t, 0).Bridging.Identity) {
		t.Errorf("the loser is %+v in the second group, want to stand by for the winner", st)
	}
	if loser.audioOf(t, 0).Bridging.Standby || winner.audioOf(t, 0).Bridging.Standby || winner.audioOf(t, 1).Bridging.Standby {
		t.Error("another stands by, too")
	}
	if got := winner.audioOf(t, 0).Bridging.Others; len(got) != 2 {
		t.Errorf("the winner sees %+v in the first group, want two bridges", got)
	}
	for _, h := range []house{loser, winner} {
		if got := h.alarms(); len(got) == 0 || !strings.Contains(strings.Join(got, " "), "stands by") {
			t.Errorf("the roster's alarms are %q", got)
		}
	}
	for _, h := range []house{east, west} {
		if got := h.alarms(); len(got) != 0 {
			t.Errorf("in a single group, alarms are %q", got)
		}
	}

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := winner.server.Close(ctx); err != nil {
		t.Fatal(err)
	}
	carl.await(t, "the two others once", once, 440, 1180, 660)
	if loser.audioOf(t, 1).Bridging.Standby {
		t.Error("the loser stands by for who has left")
	}
	for len(loser.alarms()) != 0 {
		ann.wait(t)
	}
}

// TestNeverStandsByWithoutOthers: who may not carry takes part in one group.
func TestNeverStandsByWithoutOthers(t *testing.T) {
	first, second := testGroup(t, "239.255.77.27", "PCMU"), testGroup(t, "239.255.77.28", "PCMU")
	h := openHouseWith(t, Config{Groups: []GroupConfig{first, second}, Bridging: BridgingNever})
	east, west := openHouse(t, first), openHouse(t, second)
	ann, carl, dora := newPerson("ann", 440), newPerson("carl", 880), newPerson("dora", 1180)
	h.join(t, ann)
	east.join(t, carl)
	west.join(t, dora)
	ann.await(t, "carl alone", func(l []float64) bool { return l[0] > 0.9 && l[1] < 0.001 }, 880, 1180)
	carl.await(t, "ann alone", func(l []float64) bool { return l[0] > 0.9 && l[1] < 0.001 }, 440, 1180)
	if _, err := New(Config{Bridging: "perhaps"}, h.server.deps); err == nil {
		t.Error("any word is an order")
	}
}

// TestPicturesAreCarriedOnce is the same for pictures, which have an election of
// their own.
func TestPicturesAreCarriedOnce(t *testing.T) {
	first, second := pictureGroup(t, "239.255.77.66", VideoAll), pictureGroup(t, "239.255.77.67", VideoAll)
	winner := openHouseWith(t, Config{Groups: []GroupConfig{first, second}, BridgingPriority: 1})
	loser, west := openHouse(t, first, second), openHouse(t, second)
	ann, bob, dora := winner.joinCamera(t, "ann"), loser.joinCamera(t, "bob"), west.joinViewer(t, "dora")
	streams := func(h house) (n int) {
		for _, m := range h.conf.Roster().Members {
			for _, s := range m.Sources {
				if m.Wire == conference.WireMulticast && s.HasVideo {
					n++
				}
			}
		}
		return n
	}
	ann.until(t, "not all pictures come once", func() bool {
		bob.show()
		return streams(winner) == 1 && streams(loser) == 1 && streams(west) == 2 && dora.seen.Load() > 50
	})
	if all, err := loser.server.Members("room", 10); err != nil || !all[1].Video.Bridging.Standby {
		t.Errorf("the loser carries pictures: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := winner.server.Close(ctx); err != nil {
		t.Fatal(err)
	}
	asked := bob.asked.Load()
	bob.until(t, "no takeover", func() bool { return streams(west) == 1 && bob.asked.Load() > asked })
}

// relay is a bridge of another make between two groups, in one direction: it sends
// what it hears under an SSRC of its own, and names whom it heard.
func relay(t *testing.T, from, to netip.AddrPort, ssrc, other uint32) {
	t.Helper()
	in, out := tap(t, from), spout(t, to)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 2048)
		for seq := uint16(0); ; {
			n, err := in.Read(buf)
			if err != nil {
				return
			}
			var p rtp.Packet
			if p.Unmarshal(buf[:n]) != nil || p.SSRC == ssrc || p.SSRC == other {
				continue
			}
			p.CSRC = append([]uint32{p.SSRC}, p.CSRC[:min(len(p.CSRC), maxContributors-1)]...)
			p.SSRC, p.SequenceNumber = ssrc, seq
			seq++
			if b, err := p.Marshal(); err == nil {
				_, _ = out.Write(b) // fails only at the end
			}
		}
	}()
	t.Cleanup(func() {
		in.Close()
		<-done
	})
}

// TestABridgeOfAnotherMake carries both ways between the groups of a parley, and
// says no hello: parley leaves it the higher group.
func TestABridgeOfAnotherMake(t *testing.T) {
	first, second := testGroup(t, "239.255.77.86", "PCMU"), testGroup(t, "239.255.77.87", "PCMU")
	h, east, west := openHouse(t, first, second), openHouse(t, first), openHouse(t, second)
	ann, carl, dora := newPerson("ann", 440), newPerson("carl", 880), newPerson("dora", 1180)
	h.join(t, ann)
	east.join(t, carl)
	west.join(t, dora)
	relay(t, first.Audio.Addr, second.Audio.Addr, 0x111, 0x222)
	relay(t, second.Audio.Addr, first.Audio.Addr, 0x222, 0x111)
	for began := time.Now(); !h.audioOf(t, 1).Bridging.Standby; ann.wait(t) {
		if time.Since(began) > patience {
			t.Fatalf("%+v, loops %d", h.audioOf(t, 1).Bridging, h.loops())
		}
	}
	st := h.audioOf(t, 1).Bridging
	if !strings.Contains(st.Reason, "takes part in no election") || h.audioOf(t, 0).Bridging.Standby {
		t.Errorf("%+v, %+v", st, h.audioOf(t, 0).Bridging)
	}
	for len(h.alarms()) == 0 {
		ann.wait(t)
	}
}

// TestASilentGroupIsCarriedOnce has two bridges carry a group in which they only
// listen to another, where they know each other.
func TestASilentGroupIsCarriedOnce(t *testing.T) {
	stage, hall := testGroup(t, "239.255.77.88", "PCMU"), testGroup(t, "239.255.77.89", "PCMU")
	stage.Audio.ListenOnly = true
	singing := stage
	singing.Audio = &MediaConfig{Addr: stage.Audio.Addr, Formats: stage.Audio.Formats}
	winner := openHouseWith(t, Config{Groups: []GroupConfig{stage, hall}, BridgingPriority: 1})
	loser, singer, listener := openHouse(t, stage, hall), openHouse(t, singing), openHouse(t, hall)
	ann, bob, carl, dora := newPerson("ann", 440), newPerson("bob", 660), newPerson("carl", 880), newPerson("dora", 1180)
	winner.join(t, ann)
	loser.join(t, bob)
	singer.join(t, carl)
	listener.join(t, dora)
	dora.await(t, "all once", once, 440, 660, 880, 1180)
	bob.await(t, "all once", once, 440, 880, 1180, 660)
	if st := loser.audioOf(t, 0).Bridging; !st.Standby {
		t.Errorf("the loser carries the silent group: %+v", st)
	}
}

// wireEnd is one end of a call between two conferences.
type wireEnd struct {
	*person
	mu    sync.Mutex
	queue []codecs.Frame // from the other end
	far   *wireEnd
}

func (w *wireEnd) Audio() conference.AudioPort { return w }

func (w *wireEnd) ReadFrame(dst *codecs.Frame) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return false
	}
	*dst, w.queue = w.queue[0], w.queue[1:]
	return true
}

func (w *wireEnd) WriteFrame(mix *codecs.Frame) {
	w.far.mu.Lock()
	defer w.far.mu.Unlock()
	if len(w.far.queue) < 5 {
		w.far.queue = append(w.far.queue, *mix)
	}
}

// TestACallBetweenBridges has two bridges in one group, and a call between them: the
// call carries, and the one of the higher identity stands by in the group.
func TestACallBetweenBridges(t *testing.T) {
	g := testGroup(t, "239.255.77.91", "PCMU")
	winner := openHouseWith(t, Config{Groups: []GroupConfig{g}, BridgingPriority: 1})
	loser, east := openHouse(t, g), openHouse(t, g)
	ann, bob, carl := newPerson("ann", 440), newPerson("bob", 660), newPerson("carl", 880)
	winner.join(t, ann)
	loser.join(t, bob)
	east.join(t, carl)
	here, there := &wireEnd{person: newPerson("to the loser", 0)}, &wireEnd{person: newPerson("to the winner", 0)}
	here.far, there.far = there, here
	for _, end := range []struct {
		at, to house
		w      *wireEnd
	}{{winner, loser, here}, {loser, winner, there}} {
		seat, err := end.at.conf.Join(end.w)
		if err != nil {
			t.Fatal(err)
		}
		end.w.seat = seat
		seat.UpdateSource(seat.Source(), conference.SourceInfo{CNAME: "parley-1@" + end.to.server.CNAMEHost("room")})
	}
	for began := time.Now(); !loser.audioOf(t, 0).Bridging.Standby; bob.wait(t) {
		if time.Since(began) > patience {
			t.Fatalf("%+v", loser.audioOf(t, 0).Bridging)
		}
	}
	ann.await(t, "the others once", once, 660, 880, 440)
	bob.await(t, "the others once", once, 440, 880, 660)
	carl.await(t, "the others once", once, 440, 660, 880)
	for _, h := range []house{winner, loser} {
		if len(h.alarms()) == 0 {
			t.Error("there is no alarm")
		}
	}
	there.seat.Leave(conference.Cause{Code: conference.CauseLeft})
	here.seat.Leave(conference.Cause{Code: conference.CauseLeft})
	ann.await(t, "the others once by the group", once, 660, 880, 440)
	for loser.audioOf(t, 0).Bridging.Standby || len(loser.alarms()) != 0 {
		bob.wait(t)
	}
}
