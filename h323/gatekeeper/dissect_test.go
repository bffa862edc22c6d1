package gatekeeper_test

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
)

// Another's dissector finds no fault with any message that the gatekeeper and the
// client send, signed and unsigned, over IPv4 and IPv6.
func TestDissected(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed")
	}
	file := filepath.Join(t.TempDir(), "ras.pcap")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	all, sent := newPcap(f), map[string]bool{}
	for _, play := range []func(*meeting){registrations, admissions, searches, reports, refusals} {
		meet(t, func(m *meeting) {
			m.pcap = all
			play(m)
			for _, n := range m.names() {
				sent[n] = true
			}
		})
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	judge(t, file)
	for _, n := range []string{
		"gatekeeperRequest", "gatekeeperConfirm", "gatekeeperReject", "registrationRequest", "registrationConfirm",
		"registrationReject", "unregistrationRequest", "unregistrationConfirm", "unregistrationReject",
		"admissionRequest", "admissionConfirm", "admissionReject", "bandwidthRequest", "bandwidthConfirm",
		"bandwidthReject", "disengageRequest", "disengageConfirm", "disengageReject", "locationRequest",
		"locationConfirm", "locationReject", "infoRequest", "infoRequestResponse", "infoRequestAck",
		"infoRequestNak", "requestInProgress", "resourcesAvailableIndicate", "resourcesAvailableConfirm",
		"serviceControlIndication", "serviceControlResponse", "unknownMessageResponse",
	} {
		if !sent[n] {
			t.Errorf("%s was not sent", n)
		}
	}
}

// judge has tshark read all packets: each is RAS, and none is malformed or
// deserves a warning.
func judge(t *testing.T, file string) {
	t.Helper()
	args := []string{"-r", file, "-T", "fields", "-E", "separator=|",
		"-e", "h225.RasMessage", "-e", "_ws.malformed", "-e", "_ws.expert.severity", "-e", "_ws.expert.message", "-e", "_ws.col.Info"}
	command := exec.Command("tshark", args...)
	var errors bytes.Buffer
	command.Stderr = &errors
	out, err := command.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, &errors)
	}
	packets := 0
	for line := range strings.Lines(string(out)) {
		packets++
		fields := strings.Split(strings.TrimSpace(line), "|")
		if len(fields) != 5 || fields[0] == "" || fields[1] != "" || fields[2] != "" {
			t.Errorf("tshark finds fault: %s", line)
		}
	}
	if packets == 0 {
		t.Error("there was nothing to judge")
	}
}

// registrations are found, made with each kind of proof, kept, refused and ended.
func registrations(m *meeting) {
	methods := []authentication.Method{authentication.HMACSHA196, authentication.PasswordMD5, authentication.AccessToken}
	group := m.network.Open(groupAddr)
	six := netip.MustParseAddrPort("[2001:db8::1]:1719")
	g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
		c.Links = append(c.Links, group, m.network.Open(six))
		c.Users = []gatekeeper.User{{Name: "anna", Password: "secret"}, {Name: "2001", Password: "secret"}, {Name: "carl", Password: "secret"}}
		c.Alternates = []gatekeeper.Alternate{{Identifier: "second", Address: gk2Addr, NeedToRegister: true, Priority: 1}}
		c.Signal, c.PreGranted, c.ReportEvery = netip.MustParseAddrPort("10.0.0.1:1721"), gatekeeper.PreGrantedAll, time.Minute
		c.Traversal = traversalAddr
	})
	var all []interface{ Close(context.Context) error }
	for i, name := range []string{"anna", "2001", "carl"} {
		c := m.endpoint(name, "10.0.1."+string(rune('1'+i)), func(c *ras.Config) {
			c.Credentials = ras.Credentials{User: name, Password: "secret", Methods: methods[i : i+1]}
			c.Discover = true
			if i == 0 {
				c.Gatekeeper = netip.AddrPort{} // by the group
			}
		})
		m.state(c, ras.Registered)
		all = append(all, c)
	}
	c := m.endpoint("six", "2001:db8::6", func(c *ras.Config) { c.Gatekeeper, c.Discover = six, true })
	m.state(c, ras.Registered)
	wrong := m.endpoint("other", "10.0.1.9", func(c *ras.Config) { c.Identifier, c.Discover = "another", true })
	m.state(wrong, ras.Unregistered)
	behind := m.behind("dora", behindAddr.Addr().String(), nil)
	at, _ := g.Lookup("dora")
	if !g.Indicate(at, callID) {
		m.Error("not asked")
	}
	pass(time.Minute)
	m.close(append(all, c, wrong, behind, g)...)
}

// admissions are given and refused, changed and ended by either side.
func admissions(m *meeting) {
	g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
		c.Users = []gatekeeper.User{{Name: "anna", Password: "secret"}}
		c.TotalBandwidth = 500_000
		c.Credit = func(string, []h225.AliasAddress) (gatekeeper.Credit, error) {
			return gatekeeper.Credit{Limit: time.Hour, Amount: "1.50"}, nil
		}
	})
	a := m.endpoint("anna", "10.0.1.1", func(c *ras.Config) {
		c.Credentials, c.Mutual = ras.Credentials{User: "anna", Password: "secret", Methods: []authentication.Method{authentication.HMACSHA196}}, true
	})
	b := m.endpoint("2002", "10.0.1.2", nil)
	ctx := context.Background()
	admit := func(c *ras.Client, a h323.Admission, ok bool) {
		m.Helper()
		if _, err := c.Admit(ctx, a); (err == nil) != ok {
			m.Errorf("%+v: %v", a, err)
		}
	}
	out, in := admission("2002"), admission("2002")
	in.Answer, in.CallingAddr = true, netip.MustParseAddrPort("10.0.1.1:40000")
	admit(a, out, true)
	admit(b, in, true)
	admit(a, admission("nobody"), true) // known: it is the same call
	other := admission("nobody")
	other.Call.GUID[0]++
	admit(a, other, false)
	if _, err := a.ChangeBandwidth(ctx, callID, 100_000); err != nil {
		m.Error(err)
	}
	if got, err := a.ChangeBandwidth(ctx, callID, 900_000); got != 500_000 || err != nil {
		m.Errorf("%d, %v", got, err)
	}
	a.Disengage(h323.Disengagement{Call: h225.CallIdentifier{GUID: h225.GloballyUniqueID{9}}, Reason: h225.DisengageReason{NormalDrop: &per.Null{}}})
	a.Disengage(h323.Disengagement{Call: callID, Conference: out.Conference, Reference: 7, Reason: h225.DisengageReason{NormalDrop: &per.Null{}}})
	synctest.Wait()
	g.Disengage(callID)
	synctest.Wait()
	g.Unregister(g.Endpoints()[0].Identifier)
	synctest.Wait()
	m.close(a, b, g)
}

// searches lead to endpoints, directories and neighbours, or nowhere.
func searches(m *meeting) {
	one := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
		c.Neighbours = []gatekeeper.Neighbour{{Identifier: "two", Address: gk2Addr, Prefixes: []string{"49"}, Password: "between"}}
		c.Directory = slow{"room", traversalAddr, 4 * time.Second}
	})
	two := m.gatekeeper(gk2Addr, func(c *gatekeeper.Config) {
		c.Identifier = "two"
		c.Neighbours = []gatekeeper.Neighbour{{Identifier: "parley", Address: gkAddr, Password: "between"}}
	})
	a := m.endpoint("anna", "10.0.1.1", nil)
	b := m.endpoint("4930", "10.0.1.2", func(c *ras.Config) { c.Gatekeeper = gk2Addr })
	for name, found := range map[string]bool{"4930": true, "room": true, "4931": false, "anna": true} {
		if _, err := a.Locate(context.Background(), aliasesOf(name), netip.AddrPort{}); (err == nil) != found {
			m.Errorf("%s: %v", name, err)
		}
	}
	m.close(a, b, one, two)
}

// reports are sent, asked for, confirmed, and refused.
func reports(m *meeting) {
	g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
		c.ReportEvery = 20 * time.Second
		c.ServiceControl = func(h225.EndpointIdentifier, *h225.ServiceControlIndication) {}
	})
	a, b := m.endpoint("anna", "10.0.1.1", nil), m.endpoint("bert", "10.0.1.2", nil)
	if _, err := a.Admit(context.Background(), admission("bert")); err != nil {
		m.Fatal(err)
	}
	if err := a.IndicateResources(context.Background(), true); err != nil {
		m.Error(err)
	}
	pass(30 * time.Second)
	old := m.hand("10.0.1.3:5000")
	id := old.register(func(r *h225.RegistrationRequest) { r.TimeToLive = nil }, "old").EndpointIdentifier
	service := h225.ServiceControlIndication{
		RequestSeqNum: old.number(), EndpointIdentifier: id,
		ServiceControl: []h225.ServiceControlSession{{Reason: h225.ServiceControlReason{Open: &per.Null{}}}},
	}
	if answer := old.ask(h225.RasMessage{ServiceControlIndication: &service}); answer.ServiceControlResponse == nil {
		m.Errorf("%+v", answer)
	}
	if old.hear().InfoRequest == nil {
		m.Error("it is not asked")
	}
	confirm := true
	irr := h225.InfoRequestResponse{
		RequestSeqNum: old.number(), EndpointIdentifier: "nobody", NeedResponse: &confirm,
		EndpointType: h225.EndpointType{Terminal: &h225.TerminalInfo{}}, RASAddress: h225.TransportAddressOf(old.link.LocalAddr()),
	}
	if answer := old.ask(h225.RasMessage{InfoRequestResponse: &irr}); answer.InfoRequestNak == nil {
		m.Errorf("%+v", answer)
	}
	m.close(a, b, g)
}

// refusals name what was wrong.
func refusals(m *meeting) {
	g := m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
		c.Reserved = func(alias string) bool { return alias == "lobby" }
		c.UsersOnly, c.Users = true, []gatekeeper.User{{Name: "anna", Password: "secret"}}
	})
	a := m.endpoint("bert", "10.0.1.1", func(c *ras.Config) { c.Discover = true })
	b := m.endpoint("lobby", "10.0.1.2", nil)
	h := m.hand("10.0.1.3:5000")
	for _, message := range []h225.RasMessage{
		{UnregistrationRequest: &h225.UnregistrationRequest{RequestSeqNum: h.number(), EndpointIdentifier: "nobody"}},
		{BandwidthRequest: &h225.BandwidthRequest{RequestSeqNum: h.number(), EndpointIdentifier: "nobody"}},
		{NonStandardMessage: &h225.NonStandardMessage{
			RequestSeqNum: h.number(), NonStandardData: h225.NonStandardParameter{
				NonStandardIdentifier: h225.NonStandardIdentifier{H221NonStandard: &h225.H221NonStandard{T35CountryCode: 1}}, Data: []byte{1},
			},
		}},
	} {
		if answer := h.ask(message); slices.Contains([]string{"", "unknown"}, ras.Name(answer)) {
			m.Errorf("%+v", answer)
		}
	}
	m.close(a, b, g)
}
