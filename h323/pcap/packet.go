package pcap

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"
)

// Packet is what one packet carries over UDP or TCP.
type Packet struct {
	// Number of the packet in the file, from 1.
	Number   int
	Time     time.Time
	TCP      bool
	From, To netip.AddrPort
	// Sequence is that of Data's first octet, of TCP.
	Sequence uint32
	// Begins tells that a connection of TCP begins (SYN).
	Begins bool
	// Data is not empty, unless a connection begins. It stays as it is.
	Data []byte
}

// The links (tcpdump.org/linktypes.html).
const (
	linkEthernet = 1
	linkRaw      = 101
	linkCooked   = 113
	linkIPv4     = 228
	linkIPv6     = 229
	linkCooked2  = 276
)

// network cuts the link layer off. What is not of IP is empty.
func (f *frame) network() ([]byte, error) {
	cut := 0
	switch f.link {
	case linkEthernet:
		for cut = 14; cut < 22 && len(f.data) >= cut && isTag(f.data[cut-2:]); {
			cut += 4
		}
	case linkCooked:
		cut = 16
	case linkCooked2:
		cut = 20
	case linkRaw, linkIPv4, linkIPv6:
	default:
		return nil, fmt.Errorf("%w: type %d", ErrLink, f.link)
	}
	return f.data[min(cut, len(f.data)):], nil
}

// isTag reports whether a VLAN tag follows (IEEE 802.1Q, 802.1ad).
func isTag(kind []byte) bool {
	k := binary.BigEndian.Uint16(kind)
	return k == 0x8100 || k == 0x88a8
}

// Protocols of IP.
const (
	protocolTCP = 6
	protocolUDP = 17
)

// flagSYN is the one of TCP with which each end begins (RFC 9293 section 3.1).
const flagSYN = 0x02

// transport reads IP and UDP or TCP; not ok is anything else, and what carries
// nothing.
func transport(ip []byte) (p Packet, ok bool) {
	from, to, protocol, body := internet(ip)
	if len(body) < 8 {
		return p, false
	}
	p.From = netip.AddrPortFrom(from, binary.BigEndian.Uint16(body))
	p.To = netip.AddrPortFrom(to, binary.BigEndian.Uint16(body[2:]))
	switch protocol {
	case protocolTCP:
		if len(body) < 20 {
			return p, false
		}
		head := int(body[12]>>4) * 4
		if head < 20 || head > len(body) {
			return p, false
		}
		p.TCP, p.Sequence, p.Data = true, binary.BigEndian.Uint32(body[4:]), body[head:]
		if p.Begins = body[13]&flagSYN != 0; p.Begins {
			p.Sequence++ // SYN itself takes one (RFC 9293 section 3.4)
		}
	case protocolUDP:
		n := int(binary.BigEndian.Uint16(body[4:]))
		if n < 8 || n > len(body) {
			return p, false
		}
		p.Data = body[8:n]
	}
	return p, len(p.Data) > 0 || p.Begins
}

// internet reads the header of IP; an empty body: there is none, or a fragment.
func internet(ip []byte) (from, to netip.Addr, protocol byte, body []byte) {
	switch {
	case len(ip) >= 20 && ip[0]>>4 == 4:
		head, total := int(ip[0]&15)*4, int(binary.BigEndian.Uint16(ip[2:]))
		if total == 0 { // left to the card, on the sending host
			total = len(ip)
		}
		if head < 20 || total < head || total > len(ip) || binary.BigEndian.Uint16(ip[6:])&0x3fff != 0 {
			return from, to, 0, nil
		}
		return netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20])), ip[9], ip[head:total]
	case len(ip) >= 40 && ip[0]>>4 == 6:
		total := int(binary.BigEndian.Uint16(ip[4:]))
		if total > len(ip)-40 {
			return from, to, 0, nil
		}
		return netip.AddrFrom16([16]byte(ip[8:24])), netip.AddrFrom16([16]byte(ip[24:40])), ip[6], ip[40 : 40+total]
	}
	return from, to, 0, nil
}
