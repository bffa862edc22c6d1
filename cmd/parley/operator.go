package main

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"parley/conference"
)

// operator calls by the names of this house too, for who gives orders by the API:
// whom a route leads to, whoever may call there, and its own conferences.
type operator struct {
	calls  *exchange
	bridge *conference.Bridge
	wire   dialer           // that of h323:
	signal []netip.AddrPort // where it is called
}

var errItself = errors.New("a conference does not call itself")

// Dial implements api.Dialer.
func (o *operator) Dial(ctx context.Context, uri, conferenceID string) (conference.ParticipantID, error) {
	name, params, ok := nameOf(uri)
	if !ok || strings.HasPrefix(uri, "h323s:") { // a route may have no TLS
		return o.wire.Dial(ctx, uri, conferenceID)
	}
	if address, ok := o.calls.route(name); ok {
		return o.calls.Dial(ctx, address, conferenceID)
	}
	if o.bridge.Has(name) && len(o.signal) > 0 {
		id, err := o.bridge.Resolve(name)
		if err == nil && id == conferenceID {
			err = errItself
		}
		if err != nil {
			return "", err
		}
		uri = "h323:" + escape(id) + params + "@" + o.own().String()
	}
	return o.wire.Dial(ctx, uri, conferenceID)
}

// own is where this house is called from within.
func (o *operator) own() netip.AddrPort {
	at := o.signal[0]
	switch at.Addr() {
	case netip.IPv4Unspecified():
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port())
	case netip.IPv6Unspecified():
		return netip.AddrPortFrom(netip.IPv6Loopback(), at.Port())
	}
	return at
}

// nameOf returns the name of an h323: URL that has no host, and its parameters.
func nameOf(uri string) (name, params string, ok bool) {
	_, name, _ = strings.Cut(uri, ":")
	if strings.Contains(name, "@") || strings.Contains(name, "##") {
		return "", "", false
	}
	name, params, found := strings.Cut(name, ";")
	if found {
		params = ";" + params
	}
	if _, err := netip.ParseAddrPort(name); err == nil {
		return "", "", false
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return "", "", false
	}
	name, err := url.PathUnescape(name)
	return name, params, err == nil && name != ""
}

// route returns whom a route leads to, whoever asks.
func (x *exchange) route(dialled string) (string, bool) {
	for _, r := range *x.routes.Load() {
		if r.fits(dialled) {
			return r.address(dialled), true
		}
	}
	return "", false
}
