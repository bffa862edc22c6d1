package ras

import (
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parley/h323"
	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
)

// recordedEndpoint replays what a gatekeeper sent to one endpoint, in whose place
// stands ours. What it sends is returned by name.
func recordedEndpoint(t *testing.T, name string, at netip.AddrPort, step func(*endpoint, time.Time, *h225.RasMessage)) (e *endpoint, sent []string) {
	t.Helper()
	dir := capture.Corpus(t)
	if dir == "" {
		t.Skip("no corpus")
	}
	datagrams, _ := capture.Read(t, filepath.Join(dir, name))
	now := time.Date(2026, 11, 20, 15, 32, 47, 0, time.UTC)
	for _, s := range datagrams {
		m := new(h225.RasMessage)
		if s.To != at || s.From.Port() != Port {
			continue
		}
		if _, err := per.Unmarshal(s.Data, m); err != nil {
			continue
		}
		n, _ := m.SequenceNumber()
		if e == nil && m.DisengageRequest == nil && m.InfoRequest == nil { // it begins when the gatekeeper first answers
			e = newEndpoint(Config{
				Gatekeeper: s.From, Discover: m.GatekeeperConfirm != nil, TimeToLive: time.Hour, Random: func() uint32 { return 0 },
				Signal: []netip.AddrPort{netip.AddrPortFrom(at.Addr(), 1720)}, Aliases: []h225.AliasAddress{{H323ID: "simA"}},
				Type: h225.EndpointType{Terminal: &h225.TerminalInfo{}},
			}, at)
			e.transactions = NewTransactions[exchange](uint16(n - 1))
			e.start(now)
		}
		now = now.Add(50 * time.Millisecond)
		step(e, now, m)
		e.receive(now, Datagram{Local: at, Remote: s.From, Data: s.Data})
		for _, a := range e.take() {
			switch a := a.(type) {
			case transmit:
				reply := new(h225.RasMessage)
				if _, err := per.Unmarshal(a.datagram.Data, reply); err != nil {
					t.Fatal(err)
				}
				sent = append(sent, Name(reply))
			case finish:
				a.op.done(a.reply, a.err)
			case dropped:
				a.call()
			}
		}
	}
	return e, sent
}

func TestRecordedGatekeeper(t *testing.T) {
	call := h225.GloballyUniqueID{0x00, 0x40, 0x91, 0xfb, 0x72, 0x89, 0xf9, 0x11, 0x80, 0x2a, 0x05, 0x04, 0x03, 0x02, 0x01, 0x00}
	dropped := false
	var admitted h323.Admitted
	e, sent := recordedEndpoint(t, "h323.pcap", netip.MustParseAddrPort("17.2.0.124:2034"), func(e *endpoint, now time.Time, m *h225.RasMessage) {
		if m.AdmissionConfirm == nil {
			return
		}
		a := h323.Admission{Call: h225.CallIdentifier{GUID: call}, OnDisengaged: func() { dropped = true }}
		e.perform(now, &operation{request: admissionRequest(a), done: func(m *h225.RasMessage, err error) {
			if err != nil {
				t.Error(err)
				return
			}
			admitted, _ = admittedBy(m, e.endpointID)
		}})
		e.admitted(now, a, admitted)
	})
	want := []string{
		"gatekeeperRequest", "registrationRequest", "admissionRequest", "infoRequestResponse", "infoRequestResponse",
		"disengageConfirm", "disengageConfirm", // the gatekeeper did not hear the first
	}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %q, %+v", sent, e.status)
	}
	if !dropped || admitted.Signal != netip.MustParseAddrPort("17.2.0.122:1720") {
		t.Errorf("dropped %v, admitted to %v", dropped, admitted.Signal)
	}
	if e.status.State != Registered || e.status.Endpoint != "474a74c8:274" {
		t.Errorf("%+v", e.status)
	}
}
