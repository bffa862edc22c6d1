package conference

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/netip"
	"sync"
	"time"
)

// pinGuard counts wrong PINs by remote. The zero value is ready for use.
type pinGuard struct {
	mu      sync.Mutex
	remotes map[string]*guesses
}

// guesses are the wrong PINs of one remote.
type guesses struct {
	wrong int
	last  time.Time
}

// check compares pin with want.
func (g *pinGuard) check(remote, pin, want string, now time.Time) error {
	if want == "" {
		return nil
	}
	if pin == "" {
		return ErrPINRequired
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	key := guesser(remote)
	r := g.remotes[key]
	if r != nil && now.Sub(r.last) >= PINLockout {
		delete(g.remotes, key)
		r = nil
	}
	if r != nil && r.wrong >= MaxPINAttempts {
		return ErrPINLocked
	}
	if samePIN(pin, want) {
		delete(g.remotes, key)
		return nil
	}
	if r == nil {
		r = g.addLocked(key)
	}
	r.wrong++
	r.last = now
	return ErrPINWrong
}

// locked reports whether a remote has used up its attempts.
func (g *pinGuard) locked(remote string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.remotes[guesser(remote)]
	return r != nil && r.wrong >= MaxPINAttempts
}

func (g *pinGuard) addLocked(key string) *guesses {
	if g.remotes == nil {
		g.remotes = make(map[string]*guesses)
	}
	if len(g.remotes) >= maxPINRemotes {
		oldest := ""
		for k, r := range g.remotes {
			if oldest == "" || r.last.Before(g.remotes[oldest].last) {
				oldest = k
			}
		}
		delete(g.remotes, oldest)
	}
	r := new(guesses)
	g.remotes[key] = r
	return r
}

// guesser is who a remote counts as. An IPv6 host has a whole /64 to guess
// from (RFC 8981).
func guesser(remote string) string {
	a, err := netip.ParseAddr(remote)
	if err != nil {
		return clean(remote, maxTextLength)
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// samePIN takes the same time whatever is wrong, the length included.
func samePIN(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
