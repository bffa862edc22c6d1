//go:build meeting

package meeting

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"

	"parley/cmd/parley/meeting/internal/lab"
)

// madcapClient speaks MADCAP (RFC 2730) from the second host, in messages that
// are written out. There is no client that others wrote to be had.
type madcapClient struct {
	t    *testing.T
	conn *net.UDPConn
	last uint32 // xid
}

const (
	madcapLease = "0003 0012 00 0102030405060708090a0b0c0d0e0f1011" // 17 octets, as those of Windows
	madcapLocal = "0004 0004 efff0000"
	madcapSite6 = "0004 0010 ff150000000000000000000000000000"
)

func newMADCAPClient(t *testing.T, network string) *madcapClient {
	t.Helper()
	c := &madcapClient{t: t}
	err := lab.OnOther(func() (err error) {
		if c.conn, err = net.ListenUDP(network, nil); err != nil {
			return err
		}
		ifi, err := net.InterfaceByName("meet1")
		if err != nil {
			return err
		}
		if network == "udp4" {
			return ipv4.NewPacketConn(c.conn).SetMulticastInterface(ifi)
		}
		return ipv6.NewPacketConn(c.conn).SetMulticastInterface(ifi)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.conn.Close() })
	return c
}

// ask sends a message and returns the answer's type and what follows its xid.
func (c *madcapClient) ask(to string, kind, family int, options ...string) (answered byte, rest string) {
	c.t.Helper()
	c.last++
	text := fmt.Sprintf("00%02x%04x%08x", kind, family, c.last) + strings.Join(options, "") + "00000000"
	raw, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.conn.WriteToUDP(raw, &net.UDPAddr{IP: net.ParseIP(to), Port: 2535}); err != nil {
		c.t.Fatal(err)
	}
	buffer := make([]byte, 1500)
	_ = c.conn.SetReadDeadline(time.Now().Add(3 * time.Second)) // or the test would hang
	n, from, err := c.conn.ReadFromUDP(buffer)
	if err != nil {
		c.t.Fatalf("to %s, type %d: %v", to, kind, err)
	}
	if ip := from.IP.String(); ip != lab.Here && ip != lab.Here6 || from.Port != 2535 || n < 12 || buffer[0] != 0 {
		c.t.Fatalf("%v answers % x", from, buffer[:n])
	}
	if got := fmt.Sprintf("%x", buffer[4:8]); got != fmt.Sprintf("%08x", c.last) {
		c.t.Fatalf("the answer to %08x is that to %s", c.last, got)
	}
	return buffer[1], hex.EncodeToString(buffer[8:n])
}

// option is the value of an option in an answer, in hexadecimal.
func option(rest string, code int) string {
	for len(rest) >= 8 {
		var got, size int
		if _, err := fmt.Sscanf(rest[:8], "%04x%04x", &got, &size); err != nil || len(rest) < 8+2*size {
			break
		}
		if got == code {
			return rest[8 : 8+2*size]
		}
		rest = rest[8+2*size:]
	}
	return ""
}

// TestLeases leases addresses to a client by IPv4 and IPv6, kills the bridge, and
// finds the leases and the address of a group that it chose when it is back.
func TestLeases(t *testing.T) {
	text := `
sip: {enabled: false}
h323: {enabled: false}
webrtc: {enabled: false}
conferences: [{id: room, multicast: [{audio: {group: auto}}]}]
multicast: {interface: meet0, directory: {enabled: false}, allocation: {state: ` + filepath.Join(t.TempDir(), "leases.json") + `}, madcap: {enabled: true}}
`
	b := startBridge(t, text)
	type lease struct {
		Kind, Holder string
		Addresses    []string
	}
	list := func() (out []lease) {
		var leased struct{ Leases []lease }
		if err := json.Unmarshal([]byte(lab.Run(t, parleyBinary(t), "leases", "--json")), &leased); err != nil {
			t.Fatal(err)
		}
		return leased.Leases
	}
	c, c6 := newMADCAPClient(t, "udp4"), newMADCAPClient(t, "udp6")
	if kind, rest := c.ask("239.255.255.254", 8, 1, madcapLease, "0005 0002 0009", "0008 0002 656e"); kind != 5 || !strings.HasPrefix(option(rest, 9), "01efff0000efffffffff01") {
		t.Fatalf("GETINFO: %d %s", kind, rest)
	}
	kind, rest := c.ask("239.255.255.254", 1, 1, madcapLease, madcapLocal, "0001 0004 00000e10")
	offered := option(rest, 10)
	if kind != 2 || len(offered) != 12 || !strings.HasPrefix(offered, "efff") || option(rest, 2) != "00010a630001" {
		t.Fatalf("DISCOVER: %d %s", kind, rest)
	}
	if kind, rest = c.ask("239.255.255.254", 3, 1, madcapLease, madcapLocal, "0001 0004 00000e10", "0002 0006 0001 0a630001"); kind != 5 || option(rest, 10) != offered {
		t.Fatalf("REQUEST: %d %s", kind, rest)
	}
	if kind, rest = c6.ask("ff15:ffff:ffff:ffff:ffff:ffff:ffff:fffe", 1, 2, "0003 0003 000102", madcapSite6); kind != 2 || !strings.HasPrefix(option(rest, 10), "ff15"+strings.Repeat("0", 20)) {
		t.Fatalf("DISCOVER by IPv6: %d %s", kind, rest)
	}
	before := list()
	if len(before) != 2 || before[0].Kind != "group" || before[0].Holder != "room" || before[1].Holder != lab.There {
		t.Fatalf("leases: %+v", before)
	}

	b.Kill()
	startBridge(t, text)
	if after := list(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("before its end %+v, and then %+v", before, after)
	}
	if kind, rest = c.ask(lab.Here, 4, 1, madcapLease, "0001 0004 00001c20"); kind != 5 || option(rest, 10) != offered || option(rest, 1) != "00001c20" {
		t.Errorf("RENEW: %d %s", kind, rest)
	}
	if kind, rest = c.ask(lab.Here, 7, 1, madcapLease); kind != 5 {
		t.Errorf("RELEASE: %d %s", kind, rest)
	}
	if kind, rest = c.ask(lab.Here, 4, 1, madcapLease); kind != 6 || option(rest, 16) != "0003" {
		t.Errorf("RENEW of what was released: %d %s", kind, rest)
	}
	if left := list(); len(left) != 1 {
		t.Errorf("at the end: %+v", left)
	}
}
