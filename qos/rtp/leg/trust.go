package leg

import (
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"parley/qos/rtp"
)

// Trust bounds what a call sends to hosts that its peer names and that have not
// shown that they want it: who is in the call could have it aimed at a third party.
// The host of signalling is trusted. Any other gets sound for Window, and more once
// a valid packet came from it in one of the call's sessions. All legs of a call
// share one Trust.
type Trust struct {
	// Host is where signalling comes from, and Window is how long sound goes to
	// another host that has not answered. They do not change.
	Host   netip.Addr
	Window time.Duration

	proven atomic.Pointer[netip.Addr] // the host that answered last
}

// proves reports whether a host may be sent to without end.
func (t *Trust) proves(host netip.Addr) bool {
	if host == t.Host {
		return true
	}
	p := t.proven.Load()
	return p != nil && *p == host
}

// aim is where a leg sends to, and whether it may.
type aim struct {
	trust *Trust
	host  netip.Addr
	since time.Time // when it was told
	until time.Time // for how long it may be sent to without an answer
}

// plain is an address as it is compared.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// aimAt notes where signalling has the leg send, before the session is told. What it
// returns is for aimed, afterwards; nil: nothing is. window is whether sound goes
// there without an answer.
func (l *Leg) aimAt(t *Terms, window bool) *aim {
	if t.Trust == nil || !t.Remote.IsValid() {
		l.aim.Store(nil)
		return nil
	}
	host := plain(t.Remote.Addr())
	if old := l.aim.Load(); old != nil && old.host == host && old.trust == t.Trust {
		return nil // told again: the window is not opened anew
	}
	if t.Trust.proves(host) {
		l.aim.Store(nil)
		return nil
	}
	a := &aim{trust: t.Trust, host: host, since: time.Now()}
	l.foreign++
	if window && l.foreign <= maxForeign {
		a.until = a.since.Add(t.Trust.Window)
	}
	// What comes until the session knows is of where it sent before, and proves
	// nothing.
	closed := *a
	closed.since, closed.until = a.since.Add(never), time.Time{}
	l.aim.Store(&closed)
	return a
}

// never is longer than any call.
const never = 1 << 62 * time.Nanosecond

// aimed: the session knows where to send.
func (l *Leg) aimed(a *aim) {
	if a != nil {
		a.since = time.Now()
		l.aim.Store(a)
	}
}

// mayPass reports whether what is sent now may go where signalling said.
func (l *Leg) mayPass() bool {
	a := l.aim.Load()
	if a == nil {
		return true
	}
	if !a.trust.proves(a.host) {
		s := l.session.Load()
		if s == nil || s.LastReceived().Before(a.since) {
			return time.Now().Before(a.until)
		}
		// What came was of where the session sends to now: behind NAT that is not
		// the host that signalling named.
		host := plain(s.Destination().Addr())
		a.trust.proven.Store(&host)
	}
	l.aim.CompareAndSwap(a, nil)
	return true
}

// IsAimable reports whether a peer at host may have media sent to an address: not to
// this machine, or to what is beside it on a link alone, unless the peer is there
// itself.
func IsAimable(to, host netip.Addr) bool {
	to, host = plain(to), plain(host)
	switch {
	case to == host:
		return true
	case to.IsUnspecified() || to.IsMulticast():
		return false
	case to.IsLinkLocalUnicast():
		return host.IsLinkLocalUnicast()
	case isOwn(to):
		return isOwn(host)
	}
	return true
}

// isOwn reports whether an address is of this machine.
func isOwn(a netip.Addr) bool {
	if a.IsLoopback() {
		return true
	}
	own, err := rtp.HostAddrs()
	return err == nil && slices.Contains(own, a)
}
