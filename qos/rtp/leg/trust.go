package leg

import (
	"net"
	"net/netip"
	"sync/atomic"
	"time"
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

// aimAt notes where signalling has the leg send. window is for how long that goes
// on without an answer.
func (l *Leg) aimAt(t *Terms, window bool) {
	if t.Trust == nil || !t.Remote.IsValid() {
		l.aim.Store(nil)
		return
	}
	host := plain(t.Remote.Addr())
	if old := l.aim.Load(); old != nil && old.host == host && old.trust == t.Trust {
		return // told again: the window is not opened anew
	}
	if t.Trust.proves(host) {
		l.aim.Store(nil)
		return
	}
	now := time.Now()
	a := &aim{trust: t.Trust, host: host, since: now, until: now}
	l.foreign++
	if window && l.foreign <= maxForeign {
		a.until = now.Add(t.Trust.Window)
	}
	l.aim.Store(a)
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
	all, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, one := range all {
		if n, ok := one.(*net.IPNet); ok {
			if own, ok := netip.AddrFromSlice(n.IP); ok && own.Unmap() == a {
				return true
			}
		}
	}
	return false
}
