package main

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"parley/cmd/parley/internal/config"
	"parley/conference"
)

// dialer is a wire that can call.
type dialer interface {
	Dial(ctx context.Context, address, conferenceID string) (conference.ParticipantID, error)
}

// exchange knows whom the wires can call. It implements conference.Directory.
type exchange struct {
	mu      sync.Mutex
	dialers map[string]dialer // by scheme; guarded by mu
	// registered returns the address of an endpoint that registered itself under
	// a name or number, if who calls from there may be put through to it.
	registered atomic.Pointer[registered]
	routes     atomic.Pointer[[]route]
}

type registered func(alias string, from netip.Addr) (address string, ok bool)

// route is one of the configuration's.
type route struct {
	dial   string // without *
	prefix bool
	to     string
	allow  []netip.Prefix
}

func newExchange(cfg *config.Config) *exchange {
	x := &exchange{dialers: make(map[string]dialer)}
	x.setRoutes(cfg)
	return x
}

// wire says what calls the addresses of scheme.
func (x *exchange) wire(scheme string, d dialer) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.dialers[scheme] = d
}

// setRegistered says where endpoints are found that registered themselves.
func (x *exchange) setRegistered(f registered) { x.registered.Store(&f) }

// setRoutes takes checked routes over.
func (x *exchange) setRoutes(cfg *config.Config) {
	routes := make([]route, 0, len(cfg.Routes))
	for _, r := range cfg.Routes {
		out := route{to: r.To}
		out.dial, out.prefix = strings.CutSuffix(r.Dial, "*")
		for _, text := range r.Allow {
			if p, err := config.ParseProxy(text); err == nil { // it has been checked
				out.allow = append(out.allow, p)
			}
		}
		routes = append(routes, out)
	}
	x.routes.Store(&routes)
}

// Locate implements conference.Directory. Routes come first, so that an endpoint
// cannot take a number by registering it.
func (x *exchange) Locate(dialled string, from netip.Addr) (string, bool) {
	for _, r := range *x.routes.Load() {
		if r.fits(dialled) {
			return r.address(dialled), r.allows(from)
		}
	}
	if registered := x.registered.Load(); registered != nil {
		return (*registered)(dialled, from)
	}
	return "", false
}

func (r *route) fits(dialled string) bool {
	if r.prefix {
		return strings.HasPrefix(dialled, r.dial) && len(dialled) > len(r.dial)
	}
	return dialled == r.dial
}

func (r *route) allows(from netip.Addr) bool {
	from = from.Unmap().WithZone("")
	for _, p := range r.allow {
		if p.Contains(from) {
			return true
		}
	}
	return false
}

// address is whom to call. What was dialled is foreign: only what cannot change
// the address's meaning gets into it.
func (r *route) address(dialled string) string {
	return strings.NewReplacer("{number}", escape(dialled), "{rest}", escape(dialled[len(r.dial):])).Replace(r.to)
}

// escape writes text as the user part of a URI (RFC 3986 2.1); a-z, digits and
// the marks that telephones dial stay.
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-_.!~*+", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	return b.String()
}

var errScheme = errors.New("must be a sip: or h323: address of a wire that is enabled")

// Dial implements conference.Directory.
func (x *exchange) Dial(ctx context.Context, address, conferenceID string) (conference.ParticipantID, error) {
	scheme, _, _ := strings.Cut(address, ":")
	x.mu.Lock()
	d := x.dialers[strings.ToLower(scheme)]
	x.mu.Unlock()
	if d != nil {
		return d.Dial(ctx, address, conferenceID)
	}
	return "", errScheme
}

var _ conference.Directory = (*exchange)(nil)
