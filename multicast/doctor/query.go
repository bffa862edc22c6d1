package doctor

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Query is a membership query that was seen: somebody asks for members.
type Query struct {
	From netip.Addr `json:"from"`
	// Version is that of IGMP (1 to 3) or MLD (1 or 2).
	Version int `json:"version"`
	// Group is what it asks for; not valid: for all.
	Group netip.Addr `json:"-"`
	// Interval is how often this querier asks (QQIC); 0: it does not say.
	Interval time.Duration `json:"-"`
}

// The protocols, types and lengths of queries.
const (
	protocolUDP    = 17
	protocolIGMP   = 2
	protocolHop    = 0 // hop-by-hop options, with the router alert
	protocolICMPv6 = 58

	igmpQuery     = 0x11 // RFC 3376 4.1
	mldQuery      = 130  // RFC 3810 5.1
	igmpv3Length  = 12
	mldv1Length   = 24
	mldv2Length   = 28
	ipv6Header    = 40
	minIPv4Header = 20
)

// parseQuery reads an IP packet; not ok: it is none.
func parseQuery(b []byte) (q Query, ok bool) {
	payload, protocol, from, ok := payloadOf(b)
	if !ok {
		return q, false
	}
	q.From = from
	switch {
	case protocol == protocolIGMP && len(payload) >= 8 && payload[0] == igmpQuery:
		// RFC 3376 7.1: by length, and by the code of the old ones.
		switch {
		case len(payload) >= igmpv3Length:
			q.Version, q.Interval = 3, interval(payload[9])
		case payload[1] == 0:
			q.Version = 1
		default:
			q.Version = 2
		}
		q.Group = netip.AddrFrom4([4]byte(payload[4:8]))
	case protocol == protocolICMPv6 && len(payload) >= mldv1Length && payload[0] == mldQuery:
		q.Version, q.Group = 1, netip.AddrFrom16([16]byte(payload[8:24]))
		if len(payload) >= mldv2Length {
			q.Version, q.Interval = 2, interval(payload[25])
		}
	default:
		return q, false
	}
	if q.Group.IsUnspecified() {
		q.Group = netip.Addr{}
	}
	return q, true
}

// interval reads a QQIC (RFC 3376 4.1.7).
func interval(code byte) time.Duration {
	n := int(code)
	if code >= 128 {
		n = (int(code&0x0f) | 0x10) << (code>>4&0x07 + 3)
	}
	return time.Duration(n) * time.Second
}

// payloadOf takes the headers off an IP packet that is no fragment.
func payloadOf(b []byte) (payload []byte, protocol byte, from netip.Addr, ok bool) {
	if len(b) < minIPv4Header {
		return nil, 0, from, false
	}
	switch b[0] >> 4 {
	case 4:
		n, total := 4*int(b[0]&0x0f), int(binary.BigEndian.Uint16(b[2:]))
		if n < minIPv4Header || total < n || total > len(b) || binary.BigEndian.Uint16(b[6:])&0x1fff != 0 {
			return nil, 0, from, false
		}
		return b[n:total], b[9], netip.AddrFrom4([4]byte(b[12:16])), true
	case 6:
		if len(b) < ipv6Header {
			return nil, 0, from, false
		}
		total := ipv6Header + int(binary.BigEndian.Uint16(b[4:]))
		if total > len(b) {
			return nil, 0, from, false
		}
		from, protocol, payload = netip.AddrFrom16([16]byte(b[8:24])), b[6], b[ipv6Header:total]
		if protocol == protocolHop {
			if len(payload) < 8 {
				return nil, 0, from, false
			}
			n := 8 + 8*int(payload[1])
			if n > len(payload) {
				return nil, 0, from, false
			}
			protocol, payload = payload[0], payload[n:]
		}
		return payload, protocol, from, true
	}
	return nil, 0, from, false
}

// parseSeen reads a UDP packet to a port as it was on the wire; not ok: it is none.
func parseSeen(b []byte, port uint16) (p packet, from netip.AddrPort, ok bool) {
	payload, protocol, addr, ok := payloadOf(b)
	if !ok || protocol != protocolUDP || len(payload) < 8 || binary.BigEndian.Uint16(payload[2:]) != port {
		return p, from, false
	}
	from = netip.AddrPortFrom(addr, binary.BigEndian.Uint16(payload))
	return p, from, p.unmarshal(payload[8:]) == nil
}
