package gatekeeper

import (
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parley/h323/h225"
	"parley/h323/internal/capture"
	"parley/h323/per"
	"parley/h323/ras"
)

// dialogue is a recorded one, in which the zone takes the gatekeeper's place.
type dialogue struct {
	t     *testing.T
	zone  *zone
	now   time.Time
	local netip.AddrPort
	// ids are ours for the recorded gatekeeper's.
	ids   map[h225.EndpointIdentifier]h225.EndpointIdentifier
	given h225.EndpointIdentifier // in the last answer
}

func replay(t *testing.T, name string, cfg Config) (answers []string, z *zone) {
	t.Helper()
	dir := capture.Corpus(t)
	if dir == "" {
		t.Skip("no corpus")
	}
	count := uint32(0)
	cfg.Random = func() uint32 { count++; return count }
	cfg.TimeToLive = time.Minute
	d := &dialogue{
		t: t, now: time.Date(2026, 11, 20, 15, 32, 47, 0, time.UTC),
		ids: map[h225.EndpointIdentifier]h225.EndpointIdentifier{},
	}
	d.zone = newZone(cfg, func(netip.AddrPort) netip.AddrPort { return d.local })
	datagrams, _ := capture.Read(t, filepath.Join(dir, name))
	for _, s := range datagrams {
		d.now = d.now.Add(100 * time.Millisecond)
		m := new(h225.RasMessage)
		if _, err := per.Unmarshal(s.Data, m); err != nil {
			continue // two of the corpus are malformed
		}
		if _, asks := ras.PatienceOf(m); asks && s.To.Port() == ras.Port {
			answers = append(answers, d.ask(s.From, s.To, m, s.Data)...)
		} else if s.From.Port() == ras.Port {
			d.learn(m)
		}
	}
	return answers, d.zone
}

// ask feeds a recorded request, under the identifiers that we gave.
func (d *dialogue) ask(from, to netip.AddrPort, m *h225.RasMessage, data []byte) (answers []string) {
	d.t.Helper()
	d.local = to
	if id := ras.EndpointIdentifier(m); id != "" && d.ids[id] != "" {
		changed := *m
		setIdentifier(&changed, d.ids[id])
		var err error
		if data, err = per.Marshal(&changed); err != nil {
			d.t.Fatal(err)
		}
	}
	d.zone.receive(d.now, ras.Datagram{Local: to, Remote: from, Data: data})
	d.zone.tick(d.now)
	for _, a := range d.zone.take() {
		sent, ok := a.(transmit)
		if !ok {
			continue
		}
		reply := new(h225.RasMessage)
		if rest, err := per.Unmarshal(sent.datagram.Data, reply); err != nil || len(rest) != 0 {
			d.t.Fatalf("%x does not decode: %v", sent.datagram.Data, err)
		}
		if sent.datagram.Remote != from {
			d.t.Errorf("%s to %v, asked by %v", ras.Name(reply), sent.datagram.Remote, from)
		}
		d.given = ras.EndpointIdentifier(reply)
		answers = append(answers, ras.Name(m)+" "+ras.Name(reply))
	}
	return answers
}

// learn takes the recorded answer, for the identifier in it.
func (d *dialogue) learn(m *h225.RasMessage) {
	if m.RegistrationConfirm != nil {
		d.ids[m.RegistrationConfirm.EndpointIdentifier] = d.given
	}
}

func setIdentifier(m *h225.RasMessage, id h225.EndpointIdentifier) {
	switch {
	case m.RegistrationRequest != nil:
		m.RegistrationRequest.EndpointIdentifier = id
	case m.UnregistrationRequest != nil:
		m.UnregistrationRequest.EndpointIdentifier = id
	case m.AdmissionRequest != nil:
		m.AdmissionRequest.EndpointIdentifier = id
	case m.DisengageRequest != nil:
		m.DisengageRequest.EndpointIdentifier = id
	}
}

func TestRecordedH46018(t *testing.T) {
	answers, z := replay(t, "captures/gatekeeper-separate-h460-18.pcapng", Config{Identifier: "LabGK", Foreign: true})
	want := []string{
		"gatekeeperRequest gatekeeperConfirm", "registrationRequest registrationConfirm",
		"gatekeeperRequest gatekeeperConfirm", "registrationRequest registrationConfirm",
		"admissionRequest admissionConfirm", "admissionRequest admissionConfirm",
		"disengageRequest disengageConfirm", "disengageRequest disengageConfirm",
		"unregistrationRequest unregistrationConfirm", "registrationRequest registrationConfirm",
	}
	if !slices.Equal(answers, want) {
		t.Errorf("answers %q", answers)
	}
	if len(z.endpoints) != 1 || len(z.calls) != 0 || z.stats.Admitted != 1 {
		t.Errorf("%d endpoints, %d calls, %+v", len(z.endpoints), len(z.calls), z.stats)
	}
}

// TestRecordedTraversal: the same as those behind a firewall, which both are not
// where they say.
func TestRecordedTraversal(t *testing.T) {
	signal := netip.MustParseAddrPort("127.0.0.20:1720")
	answers, z := replay(t, "captures/gatekeeper-separate-h460-18.pcapng", Config{Identifier: "LabGK", Traversal: signal})
	want := []string{
		"gatekeeperRequest gatekeeperConfirm", "registrationRequest registrationConfirm",
		"gatekeeperRequest gatekeeperConfirm", "registrationRequest registrationConfirm",
		"admissionRequest admissionConfirm", "admissionRequest admissionConfirm",
		"disengageRequest disengageConfirm", "disengageRequest disengageConfirm",
		"unregistrationRequest unregistrationConfirm", "registrationRequest registrationConfirm",
	}
	if !slices.Equal(answers, want) {
		t.Errorf("answers %q", answers)
	}
	for _, e := range z.endpoints {
		if !e.traverses || e.address.Port() != 56509 {
			t.Errorf("%+v", e.registration())
		}
	}
}

func TestRecordedRejection(t *testing.T) {
	// Those two registered with passwords that the gatekeeper did not have.
	answers, z := replay(t, "captures/gatekeeper-h235-rejected.pcapng", Config{
		Identifier: "AuthGK", Users: []User{{Name: "simA", Password: "?"}, {Name: "simB", Password: "?"}},
	})
	want := []string{
		"gatekeeperRequest gatekeeperConfirm", "registrationRequest registrationReject",
		"gatekeeperRequest gatekeeperConfirm", "registrationRequest registrationReject",
	}
	if !slices.Equal(answers, want) || len(z.endpoints) != 0 {
		t.Errorf("answers %q, %d endpoints", answers, len(z.endpoints))
	}
}

func TestRecordedTerminals(t *testing.T) {
	answers, z := replay(t, "h323.pcap", Config{
		Identifier: "OpenH323 Gatekeeper on mfottekin", Unregistered: UnregisteredCall,
	})
	want := []string{
		"registrationRequest registrationConfirm", "admissionRequest admissionConfirm",
		// Keep-alives of one that registered before the recording began.
		"registrationRequest registrationReject", "registrationRequest registrationReject", "registrationRequest registrationReject",
	}
	if !slices.Equal(answers, want) {
		t.Errorf("answers %q, %+v", answers, z.stats)
	}
}
