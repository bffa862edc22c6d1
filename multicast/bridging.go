package multicast

import (
	"fmt"
	"sync"
	"time"

	"parley/multicast/internal/election"
)

// Bridging says whether parley carries sound and pictures from group to group
// where another bridge does so, too.
type Bridging string

// The choices.
const (
	BridgingElect  Bridging = "elect"  // the bridge of the lowest identity carries
	BridgingAlways Bridging = "always" // this one carries, whoever else does
	BridgingNever  Bridging = "never"  // this one takes part in the first group alone
)

// DefaultBridgingPriority is the first octet of a bridge's identity.
const DefaultBridgingPriority = 128

// order translates it.
func (b Bridging) order() (election.Order, error) {
	switch b {
	case "", BridgingElect:
		return election.Elect, nil
	case BridgingAlways:
		return election.Always, nil
	case BridgingNever:
		return election.Never, nil
	}
	return 0, fmt.Errorf("bridging %q is neither %q nor %q nor %q", b, BridgingElect, BridgingAlways, BridgingNever)
}

// bridging is the election of who carries one medium of one conference. Inputs
// come from sessions and from the goroutines of groups; what is to be done, each
// group does in a goroutine of its own.
type bridging struct {
	mu   sync.Mutex
	tree *election.Tree
	legs map[string]*leg // by key
}

func newBridging(id election.Identity, tag election.Tag, order election.Order) *bridging {
	return &bridging{tree: election.New(id, tag, order), legs: make(map[string]*leg)}
}

// portKey orders groups by address, as all bridges do. One to which parley does not
// send is by its channel, of which only parley itself knows.
func (g GroupConfig) portKey(m *MediaConfig) string {
	a := m.Addr.Addr().As16()
	return fmt.Sprintf("%x/%04x", a, m.Addr.Port()) + g.from(m)
}

func (b *bridging) enter(l *leg) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.legs[l.key] = l
	b.doLocked(b.tree.Add(time.Now(), l.key))
}

func (b *bridging) exit(l *leg) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.legs, l.key)
	b.doLocked(b.tree.Remove(time.Now(), l.key))
}

// hear takes a hello.
func (b *bridging) hear(l *leg, ssrc uint32, cname string, h election.Hello) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doLocked(b.tree.Hear(time.Now(), l.key, ssrc, cname, h))
}

// identity is parley's own, for people.
func (b *bridging) identity() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tree.Identity().String()
}

// gone takes the end of a member.
func (b *bridging) gone(l *leg, ssrc uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doLocked(b.tree.Gone(time.Now(), l.key, ssrc))
}

// link takes the conferences of bridges to which calls lead.
func (b *bridging) link(tags map[election.Tag]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if actions := b.tree.Link(time.Now(), tags); len(actions) > 0 {
		b.doLocked(actions)
	}
}

// accompanied reports whether there is another bridge in l's group.
func (b *bridging) accompanied(l *leg) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.tree.Bridges(l.key)) > 0
}

// suspect takes that a member carries what is of the group of another key, or
// where that is empty, what is ours.
func (b *bridging) suspect(l *leg, ssrc uint32, cname, where string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// Of each packet; most change nothing.
	if actions := b.tree.Suspect(time.Now(), l.key, ssrc, cname, where); len(actions) > 0 {
		b.doLocked(actions)
	}
}

// step does what is due, and returns when more is.
func (b *bridging) step(now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := b.tree.Next(); !at.IsZero() && !now.Before(at) {
		b.doLocked(b.tree.Step(now))
	}
	return b.tree.Next()
}

// doLocked hands out what is to be done.
func (b *bridging) doLocked(actions []election.Action) {
	for _, a := range actions {
		l := b.legs[a.Port]
		if l == nil {
			continue
		}
		if a.Hello != nil {
			l.hello = a.Hello
		} else {
			if l.standby.Swap(a.State.Standby) != a.State.Standby {
				l.changes++
			}
		}
	}
	// What is due may have become earlier for any.
	for _, l := range b.legs {
		l.group.wake()
	}
}

// pending is what l has to send, and what it has to be.
func (b *bridging) pending(l *leg) (*election.Hello, election.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := l.hello
	l.hello = nil
	return h, b.tree.State(l.key)
}

// OtherBridge is a bridge that is in a group of ours.
type OtherBridge struct {
	Identity string // empty: it says none, and was found out by what it carries
	SSRC     uint32
	CNAME    string
	// Single: it is in this group alone, and carries nothing from group to group.
	Single bool
	Heard  time.Time
}

// BridgeState is what parley does in a group among other bridges.
type BridgeState struct {
	Identity string // parley's own
	// Standby: another bridge carries this group, and parley waits for its end.
	Standby bool
	Reason  string // for people; empty: it does not stand by
	Changes uint64 // how often that changed
	Others  []OtherBridge
}

// state describes l's part.
func (b *bridging) state(l *leg) BridgeState {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.tree.State(l.key)
	out := BridgeState{Identity: b.tree.Identity().String(), Standby: s.Standby, Reason: reason(s), Changes: l.changes}
	for _, o := range b.tree.Bridges(l.key) {
		other := OtherBridge{SSRC: o.SSRC, CNAME: o.CNAME, Single: o.Single, Heard: o.Heard}
		if o.Identity != 0 {
			other.Identity = o.Identity.String()
		}
		out.Others = append(out.Others, other)
	}
	return out
}

// rival is a bridge that reaches the same groups as we by other ways, in a
// sentence; empty: there is none.
func (b *bridging) rival(l *leg) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.tree.Bridges(l.key) {
		if b.tree.Linked(l.key, o.SSRC) {
			return fmt.Sprintf("bridge %v (%s) is in this group, and in a call of the conference", o.Identity, o.CNAME)
		}
		if o.Single || o.Identity == 0 {
			continue
		}
		for key := range b.legs {
			if key == l.key {
				continue
			}
			for _, same := range b.tree.Bridges(key) {
				if same.Identity == o.Identity {
					return fmt.Sprintf("bridge %v (%s) joins the same groups", o.Identity, o.CNAME)
				}
			}
		}
	}
	return ""
}

// reason says why a group is left to another.
func reason(s election.State) string {
	switch {
	case !s.Standby:
		return ""
	case s.By != 0:
		return fmt.Sprintf("stands by: bridge %v carries this group", s.By)
	case s.Foreign != 0:
		return fmt.Sprintf("stands by: SSRC %08x carries this group, a bridge that takes part in no election", s.Foreign)
	}
	return "stands by: multicast.bridging is never"
}
