package webrtc

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// originAllowed reports whether a WebSocket may be opened from the page that
// asks (RFC 6455 10.2). Without it any page that a participant visits could
// join in their name. A request without Origin comes from no browser and is
// let through, since such a client can claim any Origin.
func originAllowed(r *http.Request, allowed []string) bool {
	values := r.Header.Values("Origin")
	if len(values) == 0 {
		return true
	}
	if len(values) > 1 {
		return false
	}
	origin := values[0]
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return false // "null" and what is no web page
	}
	// The scheme is not compared: behind a proxy that ends TLS, a page of
	// https is served by http here.
	if strings.EqualFold(u.Host, r.Host) {
		return true
	}
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, origin) })
}
