package trace

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/pcap"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/ras"
)

const (
	// maxConnections bounds those of a file that are followed at a time; further
	// ones are left out.
	maxConnections = 4096
	// maxEarly bounds the segments of one that wait for one before them.
	maxEarly = 32
	// maxPacket is the longest TPKT (RFC 1006 clause 6).
	maxPacket = 0xffff
)

// Capture shows the H.323 messages of a capture file, in the order in which they
// are there; verbose with their values. Local of a Message is who sent it. RAS is
// looked for at its ports, call signalling and H.245 in all TCP connections.
func Capture(file io.Reader, verbose bool, show func(*Message)) error {
	c := capture{
		verbose: verbose, show: show,
		connections: make(map[ends]*connection), calls: make(map[[2]netip.Addr]h225.CallIdentifier),
	}
	for r := pcap.NewReader(file); ; {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if p.TCP {
			c.segment(&p)
		} else if isRAS(p.From.Port()) || isRAS(p.To.Port()) {
			c.datagram(&p)
		}
	}
}

// discriminator begins all messages of call signalling (Q.931 clause 4.2).
const discriminator = 8

func isRAS(port uint16) bool { return port == ras.Port || port == ras.DiscoveryPort }

// capture is what is known of a file so far.
type capture struct {
	verbose     bool
	show        func(*Message)
	connections map[ends]*connection
	calls       map[[2]netip.Addr]h225.CallIdentifier // the last of two hosts
	exchanges   exchanges
}

// ends are those of a connection, the lesser first.
type ends struct{ one, other netip.AddrPort }

// connection is one of TCP.
type connection struct {
	kind kind
	ways [2]way // from the lesser end, from the other
	call h225.CallIdentifier
}

// kind is what a connection carries.
type kind uint8

const (
	kindUnknown kind = iota
	kindSignalling
	kindControl
	kindOther
)

// way is one direction of a connection.
type way struct {
	open  bool
	first uint32
	next  uint32
	data  []byte // not shown yet
	early []pcap.Packet
}

func (c *capture) emit(p *pcap.Packet, t h323.Traced) {
	t.Time, t.Local, t.Remote, t.Sent = p.Time, p.From, p.To, true
	t.Call = c.exchanges.call(&t)
	m := NewMessage(&t, c.verbose)
	c.show(&m)
}

func (c *capture) datagram(p *pcap.Packet) {
	m := new(h225.RasMessage)
	if _, err := per.Unmarshal(p.Data, m); err == nil {
		c.emit(p, h323.Traced{Protocol: "RAS", Name: ras.Name(m), Message: m, Octets: p.Data})
	}
}

// segment puts TCP together.
func (c *capture) segment(p *pcap.Packet) {
	key, from := ends{p.From, p.To}, 0
	if p.To.Compare(p.From) < 0 {
		key, from = ends{p.To, p.From}, 1
	}
	conn := c.connections[key]
	if conn != nil && p.Begins && conn.ways[from].another(p) {
		conn = nil
		delete(c.connections, key)
	}
	if conn == nil {
		if len(c.connections) >= maxConnections {
			return
		}
		conn = new(connection)
		c.connections[key] = conn
	}
	if conn.kind == kindOther {
		return
	}
	w := &conn.ways[from]
	w.take(p)
	c.read(conn, w, p)
}

// another reports whether a SYN is of a later connection of the same ports, and none
// that was sent again.
func (w *way) another(p *pcap.Packet) bool { return w.open && w.first != p.Sequence }

// take adds a segment in its place. Of what was sent again, only what is new
// counts. Where one is missing for too long, what follows is taken for the rest.
func (w *way) take(p *pcap.Packet) {
	if !w.open {
		w.open, w.first, w.next = true, p.Sequence, p.Sequence
	}
	if int32(p.Sequence-w.next) > 0 {
		w.early = append(w.early, *p)
		if len(w.early) < maxEarly {
			return
		}
		w.data, w.next = nil, w.lowest()
	} else {
		w.add(p)
	}
	for again := true; again; {
		again = false
		for i := range w.early {
			if int32(w.early[i].Sequence-w.next) <= 0 {
				e := w.early[i]
				w.early = append(w.early[:i:i], w.early[i+1:]...)
				w.add(&e)
				again = true
				break
			}
		}
	}
}

// lowest is the sequence number of the first octet that is there early.
func (w *way) lowest() uint32 {
	low := w.early[0].Sequence
	for i := range w.early {
		if s := w.early[i].Sequence; int32(s-low) < 0 {
			low = s
		}
	}
	return low
}

func (w *way) add(p *pcap.Packet) {
	if skip := int(w.next - p.Sequence); skip < len(p.Data) {
		w.data = append(w.data, p.Data[skip:]...)
		w.next = p.Sequence + uint32(len(p.Data))
	}
}

// read shows the packets that are whole.
func (c *capture) read(conn *connection, w *way, p *pcap.Packet) {
	for len(w.data) >= 4 {
		n := int(binary.BigEndian.Uint16(w.data[2:]))
		if w.data[0] != 3 || n < 4 { // no TPKT (RFC 1006 clause 6)
			if conn.kind == kindUnknown {
				conn.kind = kindOther
			}
			w.data = nil
			return
		}
		if len(w.data) < n {
			break
		}
		payload := bytes.Clone(w.data[4:n])
		w.data = w.data[n:]
		if len(payload) > 0 {
			c.packet(conn, p, payload)
		}
	}
	if len(w.data) > maxPacket {
		w.data = nil
	}
}

// packet shows one. What a connection carries is told by its first: call signalling
// begins with the discriminator of Q.931, which of H.245 is that of requestMode,
// with which nobody begins.
func (c *capture) packet(conn *connection, p *pcap.Packet, payload []byte) {
	if conn.kind == kindUnknown {
		if conn.kind = kindControl; payload[0] == discriminator {
			conn.kind = kindSignalling
		}
	}
	if conn.kind == kindControl {
		c.control(conn, p, payload)
		return
	}
	c.signalling(conn, p, payload)
}

func (c *capture) signalling(conn *connection, p *pcap.Packet, octets []byte) {
	m := &h323.Signalling{Message: new(q931.Message)}
	if m.Unmarshal(octets) != nil {
		return
	}
	if raw, err := m.UserInformation(); err == nil {
		info := new(h225.H323UserInformation)
		if _, err := per.Unmarshal(raw, info); err == nil {
			m.Information = info
			if id := info.H323UUPDU.H323MessageBody.CallIdentifier(); id != nil {
				conn.call = *id
			}
		}
	}
	c.calls[hosts(p)] = conn.call
	c.emit(p, h323.Traced{Protocol: "Q.931", Name: m.Name(), Call: conn.call, Message: m, Octets: octets})
}

func (c *capture) control(conn *connection, p *pcap.Packet, octets []byte) {
	if conn.call.GUID == (h225.GloballyUniqueID{}) {
		conn.call = c.calls[hosts(p)]
	}
	for len(octets) > 0 {
		m, rest, err := h245.Unmarshal(octets)
		if err != nil {
			return
		}
		c.emit(p, h323.Traced{
			Protocol: "H.245", Name: m.Name(), Call: conn.call, Message: m, Octets: octets[:len(octets)-len(rest)],
		})
		octets = rest
	}
}

// hosts are those of a packet, the lesser first.
func hosts(p *pcap.Packet) [2]netip.Addr {
	one, other := p.From.Addr(), p.To.Addr()
	if other.Less(one) {
		one, other = other, one
	}
	return [2]netip.Addr{one, other}
}
