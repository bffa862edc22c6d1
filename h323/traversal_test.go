package h323

import (
	"net/netip"
	"slices"
	"sync"
	"testing"

	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/internal/signalling"
	"parley/h323/q931"
)

// firewall is a gatekeeper that knows one endpoint behind a firewall, and tells it
// of calls at once.
type firewall struct {
	at, server netip.AddrPort
	source     netip.Addr
	client     *Endpoint

	mu    sync.Mutex
	asked []h225.GloballyUniqueID
}

func (f *firewall) Behind(to netip.AddrPort) (netip.Addr, bool) { return f.source, to == f.at }

func (f *firewall) Indicate(_ netip.AddrPort, call h225.CallIdentifier) bool {
	f.mu.Lock()
	f.asked = append(f.asked, call.GUID)
	f.mu.Unlock()
	for range 2 { // some servers say it twice
		f.client.Open(&h460.IncomingCallIndication{
			CallSignallingAddress: h225.TransportAddressOf(f.server), CallID: call,
		})
	}
	return true
}

// traversing is a server, and a client behind a firewall of which answer is the
// owner: nothing listens there.
func traversing(t *testing.T, answer *party, modes Modes) (server *Endpoint, f *firewall) {
	t.Helper()
	f = &firewall{at: netip.MustParseAddrPort("192.0.2.7:40000"), source: v4}
	f.client = started(t, Config{Name: "client", Firewalled: true, Modes: modes, Incoming: func(c *Call) {
		c.SetOwner(answer)
		answer.mu.Lock()
		answer.call = c
		answer.mu.Unlock()
		c.Alert()
		c.Answer()
	}})
	server = answering(t, newParty(t, "server", v4), Config{Name: "server", Traversal: f, Modes: modes})
	f.server = server.Addresses()[0]
	return server, f
}

// TestTraversal: an endpoint behind a firewall is called over the connection that
// it opens, and calls; H.245 goes by the call's connection, or by another that it
// opens too.
func TestTraversal(t *testing.T) {
	for name, modes := range map[string]Modes{"tunnelled": {}, "separate": {NoTunnelling: true}} {
		t.Run(name, func(t *testing.T) {
			called := newParty(t, "called", v4)
			server, f := traversing(t, called, modes)
			caller := newParty(t, "caller", v4)
			c, err := server.Dial(t.Context(), Target{Address: f.at}, caller)
			if err != nil {
				t.Fatal(err)
			}
			in, out := caller.channels()
			if !in.Traversal.Hidden || !out.Traversal.Hidden {
				t.Errorf("the peer is in the open: %+v, %+v", in.Traversal, out.Traversal)
			}
			in, out = called.channels()
			if !in.Traversal.KeepAlive.IsValid() || !out.Traversal.KeepAlive.IsValid() {
				t.Errorf("no keep-alives: %+v, %+v", in.Traversal, out.Traversal)
			}
			if info := c.Info(); info.Tunnelling == modes.NoTunnelling || info.FastStart {
				t.Errorf("%+v", info)
			}
			f.mu.Lock()
			if !slices.Equal(f.asked, []h225.GloballyUniqueID{c.Info().ID.GUID}) {
				t.Errorf("indicated: %x", f.asked)
			}
			f.mu.Unlock()
			c.Release(nil)
			until[Released](caller, nil)
			until[Released](called, nil)
		})
	}
}

// TestTraversalOut: the client calls the server.
func TestTraversalOut(t *testing.T) {
	for name, modes := range map[string]Modes{"tunnelled": {}, "separate": {NoTunnelling: true}} {
		t.Run(name, func(t *testing.T) {
			_, f := traversing(t, newParty(t, "nobody", v4), modes)
			caller := newParty(t, "caller", v4)
			c, err := f.client.Dial(t.Context(), Target{Address: f.server}, caller)
			if err != nil {
				t.Fatal(err)
			}
			if in, _ := caller.channels(); !in.Traversal.KeepAlive.IsValid() {
				t.Errorf("no keep-alives: %+v", in.Traversal)
			}
			c.Release(nil)
			until[Released](caller, nil)
		})
	}
}

// TestHandOver: only the endpoint that was asked gets the call, once.
func TestHandOver(t *testing.T) {
	e, err := New(Config{Name: "server"})
	if err != nil {
		t.Fatal(err)
	}
	call := h225.GloballyUniqueID{1}
	from := func(host string) *connection {
		return &connection{endpoint: e, stream: &stream{remote: netip.AddrPortFrom(netip.MustParseAddr(host), 4711)}}
	}
	facility := func(id h225.GloballyUniqueID) *signalling.Message {
		i := h460.IncomingCallIndication{CallID: h225.CallIdentifier{GUID: id}}
		return &signalling.Message{Message: &q931.Message{Type: q931.Facility}, Info: &h225.H323UserInformation{
			H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{Facility: i.Facility(h225.Protocol)}},
		}}
	}
	x := &expected{source: netip.MustParseAddr("203.0.113.7"), taken: make(chan *connection, 1)}
	e.expecting[call] = x
	for name, c := range map[string]struct {
		from string
		m    *signalling.Message
	}{
		"a stranger":   {"203.0.113.8", facility(call)},
		"another call": {"203.0.113.7", facility(h225.GloballyUniqueID{2})},
		"no call":      {"203.0.113.7", &signalling.Message{Message: &q931.Message{Type: q931.Facility}}},
	} {
		if from(c.from).handOver(c.m) {
			t.Errorf("%s got it", name)
		}
	}
	n := from("203.0.113.7")
	if !n.handOver(facility(call)) || <-x.taken != n {
		t.Error("the one that was asked did not get it")
	}
	if n.handOver(facility(call)) {
		t.Error("it got it twice")
	}
}
