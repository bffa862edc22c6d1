package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"parley/h323/h225"
	"parley/h323/pcap"
	"parley/h323/q931"
	"parley/h323/tpkt"
)

// notify is a message of call signalling, with a call reference that tells it apart.
func notify(t *testing.T, reference uint16) []byte {
	t.Helper()
	m := q931.Message{CallReference: reference, Type: q931.Notify}
	octets, err := m.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	if octets, err = tpkt.Append(nil, octets); err != nil {
		t.Fatal(err)
	}
	return octets
}

// segments feeds packets from one end to the other, and returns whose messages are
// shown.
func segments(packets ...pcap.Packet) (references []string) {
	c := capture{
		show: func(m *Message) { references = append(references, m.Name) }, verbose: true,
		connections: make(map[ends]*connection), calls: make(map[[2]netip.Addr]h225.CallIdentifier),
	}
	for _, p := range packets {
		p.TCP = true
		p.From, p.To = netip.MustParseAddrPort("192.0.2.1:5000"), netip.MustParseAddrPort("192.0.2.2:1720")
		c.segment(&p)
	}
	return references
}

// A later connection of the same ports is shown though its numbers are lower; a SYN
// that was sent again changes nothing.
func TestLaterConnection(t *testing.T) {
	one := notify(t, 1)
	n := uint32(len(one))
	got := segments(
		pcap.Packet{Begins: true, Sequence: 5000}, pcap.Packet{Sequence: 5000, Data: one},
		pcap.Packet{Begins: true, Sequence: 5000}, pcap.Packet{Sequence: 5000, Data: one},
		pcap.Packet{Sequence: 5000 + n, Data: one},
		pcap.Packet{Begins: true, Sequence: 100}, pcap.Packet{Sequence: 100, Data: one},
	)
	if len(got) != 3 {
		t.Errorf("%d messages of 3: %q", len(got), got)
	}
}

// Where a segment is missing, all that follow are shown, in whatever order they came.
func TestMissingSegment(t *testing.T) {
	one := notify(t, 1)
	n := uint32(len(one))
	packets := []pcap.Packet{{Sequence: 0, Data: one}}
	for i := range uint32(maxEarly) {
		packets = append(packets, pcap.Packet{Sequence: (i + 2) * n, Data: one}) // the second is missing
	}
	slices.Reverse(packets[1:])
	if got := segments(packets...); len(got) != 1+maxEarly {
		t.Errorf("%d messages of %d: %s", len(got), 1+maxEarly, fmt.Sprint(got))
	}
}
