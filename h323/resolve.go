package h323

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"parley/h323/q931"
)

// resolver is net.Resolver, as far as it is needed.
type resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// maxAddresses bounds what one name makes us try.
const maxAddresses = 6

// resolve returns the addresses of a host, best first: those of SRV records
// where no port is told (H.323 annex O clause O.9), then its own.
func (e *Endpoint) resolve(ctx context.Context, d destination) ([]netip.AddrPort, error) {
	port := d.port
	switch {
	case port != 0:
	case d.secure:
		port = TLSPort
	default:
		port = signallingPort
	}
	if d.addr.IsValid() {
		return []netip.AddrPort{netip.AddrPortFrom(d.addr, port)}, nil
	}
	var all []netip.AddrPort
	if d.port == 0 && !d.secure { // annex O has no service for TLS
		all = e.resolveSRV(ctx, "h323cs", "tcp", d.host)
	}
	if len(all) == 0 {
		addrs, err := e.resolver.LookupNetIP(ctx, "ip", d.host)
		if err != nil || len(addrs) == 0 {
			return nil, &Refusal{Cause: q931.NoRouteToDestination, Text: fmt.Sprintf("the host %q is not found: %v", d.host, err)}
		}
		for _, a := range addrs {
			all = append(all, netip.AddrPortFrom(a.Unmap(), port))
		}
	}
	return all[:min(len(all), maxAddresses)], nil
}

// resolveSRV returns the addresses of a service of a domain; none where there is
// no record.
func (e *Endpoint) resolveSRV(ctx context.Context, service, proto, domain string) []netip.AddrPort {
	_, records, err := e.resolver.LookupSRV(ctx, service, proto, domain)
	if err != nil {
		return nil
	}
	var all []netip.AddrPort
	for _, r := range records {
		if r.Target == "." || len(all) >= maxAddresses { // RFC 2782: not at all available
			continue
		}
		addrs, err := e.resolver.LookupNetIP(ctx, "ip", r.Target)
		if err != nil {
			continue
		}
		for _, a := range addrs {
			all = append(all, netip.AddrPortFrom(a.Unmap(), r.Port))
		}
	}
	return all
}

// ResolveGatekeeper returns the RAS addresses that a domain publishes, to be
// asked where a user of it is (H.323 annex O: _h323rs, then _h323ls).
func (e *Endpoint) ResolveGatekeeper(ctx context.Context, domain string) []netip.AddrPort {
	if all := e.resolveSRV(ctx, "h323rs", "udp", domain); len(all) > 0 {
		return all
	}
	return e.resolveSRV(ctx, "h323ls", "udp", domain)
}
