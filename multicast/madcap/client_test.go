package madcap

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/multicast/allocation"
)

// The tests write and read messages as RFC 2730 prints them, in hexadecimal, by
// nothing of what the server uses.

const (
	lease1 = "0003 0004 00aabbcc" // random Lease Identifiers (RFC 2730 2.4.1)
	lease2 = "0003 0004 00aabbcd"
	local  = "0004 0004 efff0000" // scope 239.255.0.0
	site6  = "0004 0010 ff150000000000000000000000000000"
	wholly = "0004 0004 efc00000" // 239.192.0.0
	server = "0002 0006 0001 c0000201"
)

// message is one in the client's hand: type, family, xid and options.
func message(kind, family int, xid uint32, options ...string) []byte {
	text := fmt.Sprintf("00%02x%04x%08x", kind, family, xid) + strings.Join(options, "") + "00000000"
	raw, err := hex.DecodeString(strings.NewReplacer(" ", "", "\n", "", "\t", "").Replace(text))
	if err != nil {
		panic(err)
	}
	return raw
}

var (
	here  = netip.MustParseAddr("192.0.2.1")
	ann   = netip.MustParseAddrPort("192.0.2.7:40001")
	bob   = netip.MustParseAddrPort("192.0.2.8:40002")
	start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

	unicast = Arrival{Local: here}
	toLocal = Arrival{Local: here, Group: netip.MustParseAddr("239.255.255.254")}
	toWider = Arrival{Local: here, Group: netip.MustParseAddr("239.195.255.254")}
)

// house is a server under test, and the file of its leases.
type house struct {
	*Server
	pool   *allocation.Allocator
	ledger *allocation.Ledger
	path   string
	taken  map[netip.Addr]bool // as if announced
	next   uint64              // what is drawn
}

func scopes() []Scope {
	scope := func(first, last, r, name string) Scope {
		return Scope{netip.MustParseAddr(first), netip.MustParseAddr(last), netip.MustParsePrefix(r), 255, name}
	}
	return []Scope{
		scope("239.255.0.0", "239.255.255.255", "239.255.64.0/18", "Local"),
		scope("239.192.0.0", "239.195.255.255", "239.192.0.0/14", ""),
		scope("ff15::", "ff15:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ff15::/16", "Site"),
	}
}

func newHouse(t *testing.T, cfg Config) *house {
	t.Helper()
	return houseAt(t, filepath.Join(t.TempDir(), "leases.json"), cfg)
}

// houseAt keeps its leases in a file; "": nowhere.
func houseAt(t *testing.T, path string, cfg Config) *house {
	t.Helper()
	h := &house{path: path, taken: make(map[netip.Addr]bool)}
	cfg.Scopes = scopes()
	h.open(t, cfg)
	return h
}

// open begins with what the file has.
func (h *house) open(t *testing.T, cfg Config) {
	t.Helper()
	var ranges []netip.Prefix
	for _, s := range cfg.Scopes {
		ranges = append(ranges, s.Range)
	}
	h.pool = allocation.New(allocation.Config{
		Ranges: ranges, Taken: func(a netip.Addr) bool { return h.taken[a] },
		Random: func(n uint64) uint64 { h.next++; return h.next % n },
	})
	var err error
	if h.ledger, err = allocation.OpenLedger(h.path); err != nil {
		t.Fatal(err)
	}
	h.Server = NewServer(cfg, h.pool, h.ledger)
}

// ask sends a message and returns the answer's bytes as they are printed.
func (h *house) ask(t *testing.T, from netip.AddrPort, at Arrival, now time.Time, raw []byte) string {
	t.Helper()
	answer := h.Receive(raw, from, at, now)
	if err := h.ledger.Save(); err != nil {
		t.Fatal(err)
	}
	if len(answer) > maxAmplification*len(raw) {
		t.Errorf("%d bytes are answered with %d", len(raw), len(answer))
	}
	return hex.EncodeToString(answer)
}

// same compares an answer with bytes as they are printed.
func same(t *testing.T, what, got string, want ...string) {
	t.Helper()
	text := ""
	if want != nil {
		text = strings.ReplaceAll(strings.Join(want, "")+"00000000", " ", "")
	}
	if got != text {
		t.Errorf("%s:\n got %s\nwant %s", what, got, text)
	}
}
