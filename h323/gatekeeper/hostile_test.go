package gatekeeper

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/ras"
	"parley/h323/tpkt"
)

// hostile is a zone that strangers register with.
type hostile struct {
	*testing.T
	zone *zone
	now  time.Time
	seq  h225.RequestSeqNum
	said []string // to the log, of refusals
}

var zoneAddr = netip.MustParseAddrPort("192.0.2.9:1719")

func newHostile(t *testing.T, cfg Config) *hostile {
	cfg.Identifier, cfg.TimeToLive, cfg.Random = "gk", time.Minute, ras.Random
	return &hostile{
		T: t, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		zone: newZone(cfg, func(netip.AddrPort) netip.AddrPort { return zoneAddr }),
	}
}

// register sends an RRQ of a host, and returns the answer.
func (h *hostile) register(from string, change func(*h225.RegistrationRequest)) *h225.RasMessage {
	h.Helper()
	at := netip.MustParseAddrPort(from)
	life := h225.TimeToLive(60)
	h.seq++
	rrq := &h225.RegistrationRequest{
		RequestSeqNum: h.seq, ProtocolIdentifier: h225.Protocol, TimeToLive: &life,
		CallSignalAddress: []h225.TransportAddress{h225.TransportAddressOf(netip.AddrPortFrom(at.Addr(), 1720))},
		RASAddress:        []h225.TransportAddress{h225.TransportAddressOf(at)},
		TerminalType:      h225.EndpointType{Terminal: &h225.TerminalInfo{}},
	}
	change(rrq)
	data, err := per.Marshal(&h225.RasMessage{RegistrationRequest: rrq})
	if err != nil {
		h.Fatal(err)
	}
	h.zone.receive(h.now, ras.Datagram{Local: zoneAddr, Remote: at, Data: data})
	var answer *h225.RasMessage
	for _, a := range h.zone.take() {
		switch a := a.(type) {
		case transmit:
			answer = a.message
		case refused:
			h.said = append(h.said, a.name+" "+a.why)
		}
	}
	if answer == nil {
		h.Fatal("no answer")
	}
	return answer
}

// The log names the alias that is refused, and whose it is; a flood of refusals
// does not fill it.
func TestRefusalsInTheLog(t *testing.T) {
	for name, try := range map[string]struct {
		change    func(*Config)
		aliases   []string
		want      string
		duplicate bool
	}{
		"a conference's": {aliases: []string{"8", "4711"}, want: `duplicateAlias: "4711" is a conference's`, duplicate: true},
		"configured":     {aliases: []string{"3001"}, want: `duplicateAlias: "3001" is configured for another`, duplicate: true},
		"of another":     {aliases: []string{"77"}, want: `duplicateAlias: "77" is that of 203.0.113.5:1720`, duplicate: true},
		"too long":       {aliases: []string{strings.Repeat("ü", 200)}, want: `invalidTerminalAliases: "` + strings.Repeat("ü", 32) + `" is too long`},
		"no password":    {aliases: []string{"Anna"}, want: `securityDenial: user anna: authentication: no token`},
		"no user":        {aliases: []string{"x", "y"}, change: func(c *Config) { c.UsersOnly = true }, want: `securityDenial: none of "x", "y" is a user's`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Config{
				Reserved: func(alias string) bool { return alias == "4711" }, Users: []User{{Name: "anna", Password: "secret"}},
				Static: []Static{{Alias: "3001", Address: zoneAddr}},
			}
			if try.change != nil {
				try.change(&cfg)
			}
			h := newHostile(t, cfg)
			h.register("203.0.113.5:1719", func(r *h225.RegistrationRequest) {
				r.TerminalAlias = []h225.AliasAddress{ras.AliasOf("77")}
			})
			h.said = nil
			for range 100 {
				m := h.register("203.0.113.6:1719", func(r *h225.RegistrationRequest) {
					for _, a := range try.aliases {
						r.TerminalAlias = append(r.TerminalAlias, ras.AliasOf(a))
					}
				})
				if m.RegistrationReject == nil || (m.RegistrationReject.RejectReason.DuplicateAlias != nil) != try.duplicate {
					t.Fatalf("%+v", m)
				}
			}
			if len(h.said) != lineBurst || h.said[0] != "registrationRequest "+try.want {
				t.Errorf("%d lines: %q", len(h.said), h.said)
			}
			// That there were more is told when the flood is over.
			if due := h.zone.next(); due.IsZero() || due.After(h.now.Add(leftOutAfter)) {
				t.Errorf("due %v", due)
			}
			var left []action
			for _, at := range []time.Duration{leftOutAfter - 1, leftOutAfter, 2 * leftOutAfter} {
				h.zone.tick(h.now.Add(at))
				left = append(left, slices.DeleteFunc(h.zone.take(), func(a action) bool { _, ok := a.(leftOut); return !ok })...)
			}
			if len(left) != 1 || left[0] != (leftOut{100 - lineBurst}) {
				t.Errorf("of the rest the log says %v", left)
			}
		})
	}
}

// A user's endpoint that asks for an alias of nobody's gets no registration, and
// the log says which it was.
func TestAliasThatIsNoneOfTheUsers(t *testing.T) {
	h := newHostile(t, Config{Users: []User{{Name: "anna", Password: "secret", Aliases: []string{"2001"}}}})
	r := &request{datagram: ras.Datagram{Remote: zoneAddr}, message: &h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{}}}
	reason := h.zone.judgeAliases(r, nil, h.zone.users["anna"], zoneAddr, []h225.AliasAddress{ras.AliasOf("anna"), ras.AliasOf("2002")})
	if reason == nil || reason.InvalidTerminalAliases == nil || ras.AliasText(reason.InvalidTerminalAliases.TerminalAlias[0]) != "2002" || r.why != `"2002" is none of user anna's` {
		t.Errorf("%+v: %s", reason, r.why)
	}
	old := &h225.RegistrationRequest{ProtocolIdentifier: "0.0.8.2250.0.2"}
	if got := named(old, reason); got.InvalidAlias == nil || got.InvalidTerminalAliases != nil {
		t.Errorf("an endpoint of version 2 is told %+v", got)
	}
}

// A prefix, which anyone may register, does not lead a conference's callers away.
func TestPrefixOfAStranger(t *testing.T) {
	h := newHostile(t, Config{Reserved: func(alias string) bool { return alias == "4711" }})
	m := h.register("203.0.113.5:1719", func(r *h225.RegistrationRequest) {
		r.TerminalType = h225.EndpointType{Gateway: &h225.GatewayInfo{Protocol: []h225.SupportedProtocols{{
			Voice: &h225.VoiceCaps{SupportedPrefixes: []h225.SupportedPrefix{{Prefix: ras.AliasOf("4")}}},
		}}}}
	})
	if m.RegistrationConfirm == nil {
		t.Fatalf("%+v", m)
	}
	for alias, leads := range map[string]bool{"4710": true, "4711": false} {
		if found, ok := h.zone.find(&search{aliases: []h225.AliasAddress{ras.AliasOf(alias)}}); ok != leads {
			t.Errorf("%s leads to %v, %v", alias, found.signal, ok)
		}
	}
}

// Who proved nothing does not get the alias of one that did, though it claims the
// same address.
func TestAliasOfAUsersEndpoint(t *testing.T) {
	h := newHostile(t, Config{Users: []User{{Name: "anna", Password: "secret"}}})
	if m := h.register("203.0.113.5:1719", func(r *h225.RegistrationRequest) {
		r.TerminalAlias = []h225.AliasAddress{ras.AliasOf("77")}
	}); m.RegistrationConfirm == nil {
		t.Fatalf("%+v", m)
	}
	again := func(r *h225.RegistrationRequest) {
		r.TerminalAlias = []h225.AliasAddress{ras.AliasOf("77")}
		r.RASAddress = nil
	}
	if m := h.register("203.0.113.5:2000", again); m.RegistrationConfirm == nil || len(h.zone.endpoints) != 1 {
		t.Fatalf("after a restart: %+v", m)
	}
	for _, e := range h.zone.endpoints {
		e.user = h.zone.users["anna"] // as if it had proved to be hers
	}
	if m := h.register("203.0.113.5:3000", again); m.RegistrationReject == nil || m.RegistrationReject.RejectReason.DuplicateAlias == nil {
		t.Errorf("%+v", m)
	}
}

// An endpoint that moves counts where it is, and no more where it was.
func TestSourcesOfOneThatMoves(t *testing.T) {
	h := newHostile(t, Config{})
	m := h.register("203.0.113.5:1719", func(*h225.RegistrationRequest) {})
	e := h.zone.endpoints[m.RegistrationConfirm.EndpointIdentifier]
	h.zone.from(e, netip.MustParseAddrPort("203.0.113.6:1719"))
	if n := len(h.zone.sources); n != 1 || h.zone.sources[netip.MustParseAddr("203.0.113.6")] != 1 {
		t.Errorf("%v", h.zone.sources)
	}
	h.zone.remove(h.now, e)
	if len(h.zone.sources) != 0 {
		t.Errorf("left: %v", h.zone.sources)
	}
}

// A caller whose H.245 goes elsewhere is silent as long as the call lasts; a call
// that nobody answers ends.
func TestSilentCaller(t *testing.T) {
	for _, side := range []int{caller, callee} {
		synctest.Test(t, func(t *testing.T) {
			in, peer := net.Pipe()
			out, other := net.Pipe()
			defer peer.Close()
			defer other.Close()
			l := &relay{router: &router{}, released: true}
			l.legs[side].conn, l.legs[1-side].conn = in, out
			done := make(chan struct{})
			go func() {
				defer close(done)
				l.pass(side, tpkt.NewReader(in))
			}()
			begin := time.Now()
			select {
			case <-done:
				if side == caller || time.Since(begin) != ringing {
					t.Errorf("side %d: ended after %v", side, time.Since(begin))
				}
			case <-time.After(ringing + time.Hour):
				if side != caller {
					t.Error("rings for ever")
				}
				_ = peer.Close()
				<-done
			}
		})
	}
}

// Whoever calls by address does not get at what listens for this host alone.
func TestCallToLoopback(t *testing.T) {
	h := newHostile(t, Config{Unregistered: UnregisteredCall})
	for text, ok := range map[string]bool{"203.0.113.9:1720": true, "127.0.0.1:22": false, "[::1]:22": false, "[::ffff:127.0.0.1]:22": false} {
		if found, known := h.zone.find(&search{address: netip.MustParseAddrPort(text)}); known != ok {
			t.Errorf("%s: %v, %v", text, found.signal, known)
		}
	}
}
