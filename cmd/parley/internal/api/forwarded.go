package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwarded gives a request that comes by trusted proxies the address of who
// sent it to the first of them. Each proxy appends whom it heard to
// X-Forwarded-For; what stands before the last one that is not trusted is that
// one's word, and anybody's.
func forwarded(trusted []netip.Prefix, next http.Handler) http.Handler {
	if len(trusted) == 0 {
		return next
	}
	trusts := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !trusts(peer.Addr().Unmap()) {
			next.ServeHTTP(w, r)
			return
		}
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			a, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				break
			}
			peer = netip.AddrPortFrom(a.Unmap().WithZone(""), 0)
			if !trusts(peer.Addr()) {
				break
			}
		}
		r = r.WithContext(r.Context()) // a copy: the server's stays as it is
		r.RemoteAddr = peer.String()
		next.ServeHTTP(w, r)
	})
}
