package gatekeeper

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/ras"
)

// FuzzZone feeds a zone what one host sends: each input is datagrams, each behind
// two octets of its length. Whatever comes, no answer is much longer than its
// request, none goes elsewhere, and what is sent decodes.
func FuzzZone(f *testing.F) {
	for _, data := range fuzzSeeds(f) {
		if len(data) < 1<<16 {
			f.Add(append([]byte{byte(len(data) >> 8), byte(len(data))}, data...))
		}
	}
	remote, local := netip.MustParseAddrPort("192.0.2.1:1719"), netip.MustParseAddrPort("192.0.2.9:1719")
	f.Fuzz(func(t *testing.T, input []byte) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		z := newZone(Config{
			Identifier: "gk", TimeToLive: time.Minute, Unregistered: UnregisteredLocate, Random: ras.Random,
			Users: []User{{Name: "u", Password: "p"}}, Neighbours: []Neighbour{{Identifier: "n", Address: netip.MustParseAddrPort("192.0.2.7:1719"), Prefixes: []string{"5"}}},
		}, func(netip.AddrPort) netip.AddrPort { return local })
		for len(input) >= 2 {
			n := min(int(input[0])<<8|int(input[1]), len(input)-2)
			data := input[2 : 2+n]
			input = input[2+n:]
			now = now.Add(time.Second)
			z.receive(now, ras.Datagram{Local: local, Remote: remote, Data: data})
			for _, a := range z.take() {
				checkSent(t, a, remote, len(data))
			}
			z.tick(now)
			z.take()
		}
		for range 100 { // all that was begun comes to its end
			now = now.Add(2 * time.Second)
			z.tick(now)
			z.take()
		}
		if len(z.endpoints)+len(z.lookups) > 0 || z.bandwidth != 0 && len(z.calls) == 0 {
			t.Errorf("left: %d endpoints, %d lookups, bandwidth %d", len(z.endpoints), len(z.lookups), z.bandwidth)
		}
	})
}

func checkSent(t *testing.T, a action, remote netip.AddrPort, octets int) {
	t.Helper()
	sent, ok := a.(transmit)
	if !ok || sent.message != nil && sent.message.LocationRequest != nil {
		return
	}
	if sent.datagram.Remote.Addr() != remote.Addr() || amplifies(make([]byte, octets), sent.datagram.Data) {
		t.Errorf("%d octets to %v for %d of %v", len(sent.datagram.Data), sent.datagram.Remote, octets, remote)
	}
	if _, err := per.Unmarshal(sent.datagram.Data, new(h225.RasMessage)); err != nil {
		t.Errorf("%x: %v", sent.datagram.Data, err)
	}
}

// fuzzSeeds are messages of our own, and those of the corpus.
func fuzzSeeds(f *testing.F) [][]byte {
	f.Helper()
	var seeds [][]byte
	for _, m := range []*h225.RasMessage{
		{GatekeeperRequest: &h225.GatekeeperRequest{RequestSeqNum: 1, ProtocolIdentifier: h225.Protocol, RASAddress: h225.TransportAddressOf(netip.MustParseAddrPort("192.0.2.1:1719"))}},
		{RegistrationRequest: &h225.RegistrationRequest{
			RequestSeqNum: 2, ProtocolIdentifier: h225.Protocol, TerminalAlias: []h225.AliasAddress{{H323ID: "a"}, {DialledDigits: "1"}},
			CallSignalAddress: []h225.TransportAddress{h225.TransportAddressOf(netip.MustParseAddrPort("192.0.2.1:1720"))},
		}},
	} {
		data, err := per.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, data)
	}
	dir := capture.Corpus(f)
	if dir == "" {
		return seeds
	}
	file, err := os.Open(filepath.Join(dir, "RasMessage.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var v struct{ Hex string }
		if json.Unmarshal(lines.Bytes(), &v) != nil {
			continue
		}
		if data, err := hex.DecodeString(v.Hex); err == nil && len(data) > 0 {
			seeds = append(seeds, data)
		}
	}
	return seeds
}
