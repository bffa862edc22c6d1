package madcap

import (
	"bytes"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/ipv4"

	"parley/multicast/allocation"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// freePort is one that nobody has just now.
func freePort(t *testing.T) int {
	t.Helper()
	c, err := net.ListenUDP("udp4", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// TestArrival: where a message came to is known without asking the system, which
// a flood would have it do for each.
func TestArrival(t *testing.T) {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	c, err := openConn(false, freePort(t), []netip.Addr{defaultGroup4})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.join([]net.Interface{*lo}); err != nil {
		t.Fatal(err)
	}
	want := Arrival{Local: netip.MustParseAddr("127.0.0.1"), Group: defaultGroup4}
	var got Arrival
	if n := testing.AllocsPerRun(10, func() { got = c.arrival(defaultGroup4, lo.Index) }); n != 0 || got != want {
		t.Errorf("%+v, by %v allocations", got, n)
	}
	for name, got := range map[string]Arrival{
		"an interface that does not serve": c.arrival(defaultGroup4, lo.Index+1000),
		"another group":                    c.arrival(netip.MustParseAddr("239.1.2.3"), lo.Index),
	} {
		if got.Local.IsValid() {
			t.Errorf("by %s: %+v", name, got)
		}
	}
}

// TestListener serves a client of the loopback interface by a group and by an
// address.
func TestListener(t *testing.T) {
	folder := t.TempDir()
	ledger, err := allocation.OpenLedger(filepath.Join(folder, "leases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ranges []netip.Prefix
	for _, s := range scopes() {
		ranges = append(ranges, s.Range)
	}
	pool := allocation.New(allocation.Config{Ranges: ranges, Random: func(uint64) uint64 { return 1 }})
	port := freePort(t)
	l, err := Listen(ListenConfig{Server: Config{Scopes: scopes()}, Interfaces: []string{"lo"}, Port: port}, pool, ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := ipv4.NewPacketConn(client).SetMulticastInterface(lo); err != nil {
		t.Fatal(err)
	}
	exchange := func(what, to string, raw []byte, want ...string) {
		t.Helper()
		if _, err := client.WriteToUDP(raw, &net.UDPAddr{IP: net.ParseIP(to), Port: port}); err != nil {
			t.Fatal(err)
		}
		buffer := make([]byte, 1500)
		_ = client.SetReadDeadline(time.Now().Add(time.Minute)) // or the test would hang
		n, from, err := client.ReadFromUDP(buffer)
		if err != nil || !from.IP.Equal(net.IPv4(127, 0, 0, 1)) || from.Port != port {
			t.Fatalf("%s: answered by %v, %v", what, from, err)
		}
		same(t, what, hex.EncodeToString(buffer[:n]), want...)
	}
	loopback := "0002 0006 0001 7f000001"
	exchange("DISCOVER", "239.255.255.254", message(1, 1, 1, lease1, local),
		"0002 0001 00000001", lease1, loopback, "0001 0004 00015180", local, "000a 0006 efff4001 0001")
	exchange("REQUEST", "239.255.255.254", message(3, 1, 2, lease1, local, loopback),
		"0005 0001 00000002", lease1, loopback, "0001 0004 00015180", local, "000a 0006 efff4001 0001")
	if kept, err := os.ReadFile(filepath.Join(folder, "leases.json")); err != nil || !bytes.Contains(kept, []byte(`"madcap:00aabbcc"`)) {
		t.Errorf("the file has %s, %v", kept, err)
	}
	exchange("RELEASE", "127.0.0.1", message(7, 1, 4, lease1), "0005 0001 00000004", lease1, loopback)
	if st := l.Stats(); st.Received < 3 {
		t.Errorf("counted %+v", st)
	}
}
