package election

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// network is bridges and groups on a clock of its own.
type network struct {
	t     *testing.T
	now   time.Time
	rand  *rand.Rand
	loss  float64
	trees map[uint32]*Tree // by SSRC
	ports map[uint32][]string
	sent  map[string]int
}

func newNetwork(t *testing.T, seed uint64) *network {
	return &network{
		t: t, now: time.Unix(1e9, 0), rand: rand.New(rand.NewPCG(seed, 1)),
		trees: make(map[uint32]*Tree), ports: make(map[uint32][]string), sent: make(map[string]int),
	}
}

func cname(ssrc uint32) string { return fmt.Sprint("bridge", ssrc) }

func (n *network) join(ssrc uint32, order Order, groups ...string) {
	tree := New(NewIdentity(128, uint64(ssrc)<<32), Tag(ssrc), order)
	n.trees[ssrc], n.ports[ssrc] = tree, groups
	for _, g := range groups {
		n.carry(ssrc, tree.Add(n.now, g))
	}
}

// carry brings hellos to who is there.
func (n *network) carry(from uint32, actions []Action) {
	for _, a := range actions {
		if a.Hello == nil {
			continue
		}
		n.sent[a.Port]++
		for ssrc, tree := range n.trees {
			if ssrc == from || n.rand.Float64() < n.loss {
				continue
			}
			h, err := ParseHello(a.Hello.Append(nil))
			if err != nil {
				n.t.Fatal(err)
			}
			n.carry(ssrc, tree.Hear(n.now, a.Port, from, cname(from), h))
		}
	}
}

// run lets time pass.
func (n *network) run(d time.Duration) {
	for end := n.now.Add(d); ; {
		next := end
		for _, tree := range n.trees {
			if at := tree.Next(); !at.IsZero() && at.Before(next) {
				next = at
			}
		}
		if !next.After(n.now) && next != end {
			n.t.Fatalf("a tree wants to be called again at once")
		}
		n.now = next
		for ssrc, tree := range n.trees {
			n.carry(ssrc, tree.Step(n.now))
		}
		if !n.now.Before(end) {
			return
		}
	}
}

// check finds groups that are reached twice, or not at all though a bridge is in
// them: what carries must be a tree in each connected part.
func (n *network) check(what string) {
	n.t.Helper()
	all, open := newSets(), newSets()
	for ssrc, groups := range n.ports {
		if n.trees[ssrc] == nil {
			continue
		}
		for _, g := range groups {
			all.join(cname(ssrc), g)
			if n.trees[ssrc].State(g).Standby {
				continue
			}
			if !open.join(cname(ssrc), g) {
				n.t.Fatalf("%s: %s is reached by %s in two ways", what, g, cname(ssrc))
			}
		}
	}
	for ssrc, groups := range n.ports {
		for _, g := range groups {
			if n.trees[ssrc] != nil && all.find(g) == all.find(cname(ssrc)) && open.find(g) != open.find(cname(ssrc)) {
				n.t.Fatalf("%s: %s is not reached by %s", what, g, cname(ssrc))
			}
		}
	}
}

// sets are disjoint ones.
type sets map[string]string

func newSets() sets { return make(sets) }

func (s sets) find(a string) string {
	for s[a] != "" {
		a = s[a]
	}
	return a
}

// join reports false when a and b are joined already.
func (s sets) join(a, b string) bool {
	a, b = s.find(a), s.find(b)
	if a == b {
		return false
	}
	s[a] = b
	return true
}

func TestTheLowestIdentityCarries(t *testing.T) {
	n := newNetwork(t, 1)
	n.join(2, Elect, "a", "b")
	n.run(20 * time.Second)
	n.join(1, Elect, "a", "b")
	n.run(100 * time.Millisecond)
	n.check("after 100 ms")
	if got := n.trees[2].State("b"); !got.Standby || got.By != n.trees[1].Identity() {
		t.Errorf("the higher is %+v in the higher group, want to stand by", got)
	}
	if n.trees[2].State("a").Standby || n.trees[1].State("a").Standby || n.trees[1].State("b").Standby {
		t.Error("more than one port stands by")
	}
	n.run(2 * minGap)
	if !n.trees[1].ports["b"].peers[2].Standby {
		t.Error("who stands by does not say so")
	}
	if got := n.trees[1].Bridges("b"); len(got) != 1 || got[0].Identity != n.trees[2].Identity() || got[0].CNAME != cname(2) {
		t.Errorf("the lower sees %+v", got)
	}
	// What it carries to the group that is left to it is nothing against it.
	for range 30 {
		n.run(100 * time.Millisecond)
		n.carry(2, n.trees[2].Suspect(n.now, "b", 1, cname(1), "a"))
	}
	// It dies without a word.
	delete(n.trees, 1)
	died := n.now
	for n.trees[2].State("b").Standby {
		n.run(50 * time.Millisecond)
	}
	if took := n.now.Sub(died); took > MaxAge+50*time.Millisecond {
		t.Errorf("takeover after %v", took)
	}
	if n.trees[2].State("a").Standby || len(n.trees[2].ports["a"].rivals) > 0 {
		t.Error("who takes over stands by elsewhere")
	}
	// It comes back, and then leaves with BYE.
	n.join(1, Elect, "a", "b")
	n.run(2 * time.Second)
	n.check("after its return")
	delete(n.trees, 1)
	for _, g := range []string{"a", "b"} {
		n.carry(2, n.trees[2].Gone(n.now, g, 1))
	}
	if n.trees[2].State("b").Standby {
		t.Error("stands by for who said BYE")
	}
}

func TestAGroupIsToldOnceASecondByAll(t *testing.T) {
	n := newNetwork(t, 2)
	for ssrc := uint32(1); ssrc <= 4; ssrc++ {
		n.join(ssrc, Elect, "a", "b")
	}
	n.run(20 * time.Second)
	clear(n.sent)
	n.run(100 * time.Second)
	// One every second by who carries, one in 5 s by each of the others.
	for g, got := range n.sent {
		if got > 100+3*20+5 || got < 100 {
			t.Errorf("%d hellos in %s in 100 s", got, g)
		}
	}
}

// TestABridgeAloneIsQuiet: in its groups there is nobody who has to know soon that it
// is no more.
func TestABridgeAloneIsQuiet(t *testing.T) {
	n := newNetwork(t, 9)
	n.join(1, Elect, "a", "b")
	n.run(20 * time.Second)
	clear(n.sent)
	n.run(100 * time.Second)
	for _, g := range n.ports[1] {
		if got := n.sent[g]; got < 19 || got > 21 {
			t.Errorf("%d hellos in %s in 100 s, want one every %v", got, g, IdleInterval)
		}
	}
}

func TestASingleGroupTakesNoPart(t *testing.T) {
	n := newNetwork(t, 3)
	n.join(1, Elect, "a")
	n.join(2, Elect, "a", "b")
	n.join(3, Elect, "a", "b")
	n.run(time.Second)
	n.check("with a lower one in a single group")
	if got := n.trees[3].State("b"); got.By != n.trees[2].Identity() {
		t.Errorf("%+v: who is in one group carries nothing", got)
	}
	if got := n.trees[2].Bridges("a"); len(got) != 2 || !got[0].Single {
		t.Errorf("it is seen as %+v", got)
	}
}

func TestOrders(t *testing.T) {
	n := newNetwork(t, 4)
	n.join(1, Elect, "a", "b")
	n.join(2, Always, "a", "b")
	n.join(3, Never, "a", "b")
	n.run(time.Second)
	n.check("with all three orders")
	if n.trees[2].State("a").Standby || n.trees[2].State("b").Standby || !n.trees[1].State("b").Standby {
		t.Error("who is to carry always does not, or not alone")
	}
	delete(n.trees, 1)
	delete(n.trees, 2)
	n.run(10 * time.Second)
	if n.trees[3].State("a").Standby || !n.trees[3].State("b").Standby {
		t.Error("who is to carry never does")
	}
}

// TestAnyNetworkBecomesATree has bridges in groups as chance has it, with some
// hellos lost: after 5 s nothing is reached twice, and all that was reached
// is; the same after a bridge died.
func TestAnyNetworkBecomesATree(t *testing.T) {
	for seed := range uint64(300) {
		n := newNetwork(t, seed)
		n.loss = 0.02
		groups := []string{"a", "b", "c", "d", "e"}[:2+n.rand.IntN(4)]
		bridges := 2 + n.rand.IntN(5)
		for ssrc := range bridges {
			n.rand.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
			n.join(uint32(ssrc+1), Elect, append([]string(nil), groups[:1+n.rand.IntN(len(groups))]...)...)
			n.run(time.Duration(n.rand.IntN(3000)) * time.Millisecond)
		}
		n.loss = 0
		n.run(5 * time.Second)
		n.check(fmt.Sprint("seed ", seed))
		delete(n.trees, uint32(1+n.rand.IntN(bridges)))
		n.run(5 * time.Second)
		n.check(fmt.Sprint("after a death, seed ", seed))
	}
}

func TestAForeignBridgeIsLeftTheHigherGroup(t *testing.T) {
	n := newNetwork(t, 5)
	n.join(1, Elect, "a", "b")
	tree := n.trees[1]
	suspect := func(d time.Duration, groups ...string) {
		for end := n.now.Add(d); n.now.Before(end); n.run(100 * time.Millisecond) {
			for _, g := range groups {
				tree.Suspect(n.now, g, 77, "foreign", "")
			}
		}
	}
	suspect(10*time.Second, "b")
	if tree.State("a").Standby || tree.State("b").Standby {
		t.Fatal("stands by for what carries in one direction")
	}
	suspect(ForeignAfter-200*time.Millisecond, "a", "b")
	if tree.State("b").Standby {
		t.Fatal("stands by too early")
	}
	suspect(time.Second, "a", "b")
	if got := tree.State("b"); got != (State{Standby: true, Foreign: 77}) || tree.State("a").Standby {
		t.Fatalf("in the higher group it is %+v", got)
	}
	if got := tree.Bridges("b"); len(got) != 1 || got[0].SSRC != 77 || got[0].CNAME != "foreign" {
		t.Errorf("the foreign bridge is shown as %+v", got)
	}
	n.run(ForeignHold - time.Second) // a pause
	if !tree.State("b").Standby {
		t.Error("a pause of speech ends it")
	}
	n.run(2 * time.Second)
	if tree.State("b").Standby {
		t.Error("stands by for who was not heard for long")
	}
	suspect(ForeignAfter+time.Second, "a", "b")
	tree.Gone(n.now, "b", 77)
	if tree.State("b").Standby {
		t.Error("stands by for who said BYE")
	}
	// A parley is known by its hello, however long its first one took.
	suspect(ForeignAfter-time.Second, "a", "b")
	other := NewIdentity(200, 9)
	tree.Hear(n.now, "a", 78, "foreign", Hello{Bridge: other, Root: other})
	if a, b := tree.ports["a"].suspect, tree.ports["b"].suspect; len(a)+len(b) > 0 {
		t.Errorf("a parley is suspected still: %v, %v", a, b)
	}
	suspect(ForeignAfter+time.Second, "a", "b")
	if tree.State("b").Standby {
		t.Error("a parley of a higher identity was taken for a foreign bridge")
	}
}

// TestASilentGroupIsLeftToTheLower: two bridges listen to a group in which no hello
// is heard, and carry it to the same other.
func TestASilentGroupIsLeftToTheLower(t *testing.T) {
	n := newNetwork(t, 7)
	n.join(1, Elect, "a", "one")
	n.join(2, Elect, "a", "two") // two keys of the same group, deaf to each other
	for end := n.now.Add(3 * time.Second); n.now.Before(end); n.run(100 * time.Millisecond) {
		n.carry(1, n.trees[1].Suspect(n.now, "a", 2, cname(2), "one"))
		n.carry(2, n.trees[2].Suspect(n.now, "a", 1, cname(1), "two"))
	}
	if n.trees[1].State("one").Standby || n.trees[2].State("two") != (State{Standby: true, By: n.trees[1].Identity()}) || n.trees[2].State("a").Standby {
		t.Fatalf("the lower is %+v, the higher %+v", n.trees[1].State("one"), n.trees[2].State("two"))
	}
	died := n.now
	delete(n.trees, 1)
	for n.trees[2].State("two").Standby {
		n.run(50 * time.Millisecond)
	}
	if took := n.now.Sub(died); took > 5*time.Second {
		t.Errorf("takeover after %v", took)
	}
}

// TestACallBetweenBridgesOfAGroup: what the call carries does not come by the group
// as well.
func TestACallBetweenBridgesOfAGroup(t *testing.T) {
	n := newNetwork(t, 8)
	n.join(1, Elect, "a")
	n.join(2, Elect, "a")
	n.run(time.Second)
	n.carry(2, n.trees[2].Link(n.now, map[Tag]bool{1: true}))
	n.run(time.Second) // as yet, one end knows
	if got := n.trees[2].State("a"); got != (State{Standby: true, By: n.trees[1].Identity()}) {
		t.Fatalf("the higher is %+v in the group", got)
	}
	n.carry(1, n.trees[1].Link(n.now, map[Tag]bool{2: true}))
	n.run(20 * time.Second)
	if !n.trees[2].State("a").Standby || n.trees[1].State("a").Standby || !n.trees[1].Linked("a", 2) {
		t.Error("it does not stay so")
	}
	n.carry(1, n.trees[1].Link(n.now, nil)) // the call ends
	n.carry(2, n.trees[2].Link(n.now, nil))
	if n.trees[2].State("a").Standby {
		t.Error("stands by without a call")
	}
	n.carry(2, n.trees[2].Link(n.now, map[Tag]bool{1: true}))
	n.carry(1, n.trees[1].Link(n.now, map[Tag]bool{2: true}))
	n.run(time.Second)
	died := n.now
	for delete(n.trees, 1); n.trees[2].State("a").Standby; n.run(50 * time.Millisecond) {
	}
	if took := n.now.Sub(died); took > 5*time.Second {
		t.Errorf("takeover after %v", took)
	}
}

func TestAFloodOfBridgesIsBounded(t *testing.T) {
	n := newNetwork(t, 6)
	n.join(1000, Elect, "a", "b")
	tree := n.trees[1000]
	sent := 0
	for i := range uint32(10000) {
		n.now = n.now.Add(time.Millisecond)
		id := NewIdentity(200, uint64(i)<<32)
		for _, a := range tree.Hear(n.now, "a", i+1, "", Hello{Bridge: id, Root: id}) {
			if a.Hello != nil {
				sent++
			}
		}
		tree.Suspect(n.now, "b", i+1, "", "")
	}
	if got := len(tree.Bridges("a")); got != maxPeers {
		t.Errorf("%d bridges are kept", got)
	}
	if got := len(tree.ports["b"].suspect); got > maxEvidence {
		t.Errorf("%d suspects are kept", got)
	}
	if most := 3 * int(10*time.Second/minGap); sent > most {
		t.Errorf("%d hellos were answered in 10 s", sent)
	}
	low := NewIdentity(1, 1)
	tree.Hear(n.now, "b", 5, "", Hello{Bridge: low, Root: low})
	tree.Hear(n.now, "a", 1<<20, "", Hello{Bridge: low, Root: low})
	if !tree.State("b").Standby {
		t.Error("the flood hides a bridge")
	}
}
