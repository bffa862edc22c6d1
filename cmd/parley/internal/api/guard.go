package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
)

// guard decides who may use the API:
//
//   - Where a token is configured, whoever brings it (RFC 6750), and nobody
//     else.
//   - Without one, on a loopback listener, whoever is on this machine. Pages
//     that a browser on this machine shows are not: neither of a foreign
//     origin, nor under a name that was pointed here (DNS rebinding), nor
//     what a proxy passes on.
//   - Without one, on any other listener, nobody: neither to change anything
//     nor to read which conferences there are and who is in them.
//
// Not its business are the description of the API, /metrics, /livez and
// /readyz, which name nobody, and the session descriptions of conferences
// without PIN, which anybody in the network of the group can take part in
// anyway.
type guard struct {
	loopback bool // nobody but this machine can reach the listener
	token    atomic.Pointer[[sha256.Size]byte]
}

// setToken takes a new token, live; empty: none.
func (g *guard) setToken(token string) {
	if token == "" {
		g.token.Store(nil)
		return
	}
	sum := sha256.Sum256([]byte(token))
	g.token.Store(&sum)
}

// denial is why a request may not be answered.
type denial struct {
	status int
	text   string
}

// check says why a request is not answered, or nil.
func (g *guard) check(r *http.Request) *denial {
	if want := g.token.Load(); want != nil {
		return checkToken(r, want)
	}
	if g.loopback {
		return checkLocal(r)
	}
	return &denial{http.StatusForbidden, "the bridge has no token: set api.token, or let http.listen be a loopback address"}
}

// checkToken compares in constant time; the hash hides the length too.
func checkToken(r *http.Request, want *[sha256.Size]byte) *denial {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return &denial{http.StatusUnauthorized, "send the token as \"Authorization: Bearer TOKEN\""}
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	if subtle.ConstantTimeCompare(sum[:], want[:]) != 1 {
		return &denial{http.StatusUnauthorized, "wrong token"}
	}
	return nil
}

// checkLocal tells a program or a page of this machine from a foreign page in
// a browser of this machine, and from a proxy that hands on the world's.
func checkLocal(r *http.Request) *denial {
	if !loopbackHost(r.Host) {
		return &denial{http.StatusForbidden, "without a token the host must be localhost or a loopback address"}
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return &denial{http.StatusForbidden, "what comes through a proxy needs a token: set api.token"}
		}
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host != r.Host {
			return &denial{http.StatusForbidden, "pages from elsewhere may not call this"}
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return nil
	}
	return &denial{http.StatusForbidden, "pages from elsewhere may not call this"}
}

// loopbackHost reports whether a Host header names this machine to itself.
func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.Unmap().IsLoopback()
}
