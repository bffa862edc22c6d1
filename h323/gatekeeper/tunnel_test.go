package gatekeeper_test

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323"
	"parley/h323/gatekeeper"
	"parley/h323/h225"
	"parley/h323/h460"
	"parley/h323/per"
	"parley/h323/ras"
)

var _ h323.RASTunnel = (*gatekeeper.Gatekeeper)(nil)

// tunnel is endpoints' connections of call signalling to a gatekeeper.
type tunnel struct {
	*meeting
	g    *gatekeeper.Gatekeeper
	sent map[netip.AddrPort][]*h225.RasMessage
}

func (m *meeting) tunnel(change func(*gatekeeper.Config)) *tunnel {
	m.Helper()
	x := &tunnel{meeting: m, sent: map[netip.AddrPort][]*h225.RasMessage{}}
	x.g = m.gatekeeper(gkAddr, func(c *gatekeeper.Config) {
		c.Traversal = traversalAddr
		c.SendTunnelled = func(to netip.AddrPort, data []byte) bool {
			r := new(h225.RasMessage)
			if _, err := per.Unmarshal(data, r); err != nil {
				m.Error(err)
			}
			x.sent[to] = append(x.sent[to], r)
			return true
		}
		if change != nil {
			change(c)
		}
	})
	return x
}

// says sends a message by the connection from an address, and returns the answer.
func (x *tunnel) says(from netip.AddrPort, r *h225.RasMessage) (answer *h225.RasMessage, registered bool) {
	x.Helper()
	data, err := per.Marshal(r)
	if err != nil {
		x.Fatal(err)
	}
	registered = x.g.Tunnelled(from, traversalAddr, data)
	synctest.Wait()
	if all := x.sent[from]; len(all) > 0 {
		answer = all[len(all)-1]
		x.sent[from] = nil
		return answer, registered
	}
	return new(h225.RasMessage), registered
}

// rrq is a registration from behind a firewall.
func rrq(seq int, name string) *h225.RasMessage {
	return &h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
		RequestSeqNum: h225.RequestSeqNum(seq), ProtocolIdentifier: h225.Protocol,
		CallSignalAddress: []h225.TransportAddress{h225.TransportAddressOf(netip.MustParseAddrPort("192.168.1.2:1720"))},
		RASAddress:        []h225.TransportAddress{h225.TransportAddressOf(netip.MustParseAddrPort("192.168.1.2:1719"))},
		TerminalType:      h225.EndpointType{Terminal: &h225.TerminalInfo{}},
		TerminalAlias:     []h225.AliasAddress{ras.AliasOf(name)},
		FeatureSet:        h460.Support(nil, h460.Feature(h460.RASOverSignalling)),
	}}
}

// register registers, and returns the identifier.
func (x *tunnel) register(from netip.AddrPort, seq int, name string) h225.EndpointIdentifier {
	x.Helper()
	answer, registered := x.says(from, rrq(seq, name))
	rcf := answer.RegistrationConfirm
	if rcf == nil || !registered {
		x.Fatalf("registered %v: %+v", registered, answer)
	}
	if h460.FindIn(rcf.FeatureSet, h460.RASOverSignalling) == nil || h460.FindIn(rcf.FeatureSet, h460.SignallingTraversal) != nil {
		x.Errorf("features %+v", rcf.FeatureSet)
	}
	if rcf.TimeToLive == nil || *rcf.TimeToLive != 19 {
		x.Errorf("lives %v", rcf.TimeToLive)
	}
	return rcf.EndpointIdentifier
}

// TestTunnelRegistration: an endpoint registers by its connection, is called by it
// without being asked for one, and is gone with it.
func TestTunnelRegistration(t *testing.T) {
	meet(t, func(m *meeting) {
		x := m.tunnel(nil)
		id := x.register(behindAddr, 1, "anna")
		all := x.g.Endpoints()
		if len(all) != 1 || !all[0].Tunnel || !all[0].Traverses || all[0].Signal != behindAddr {
			t.Fatalf("%+v", all)
		}
		if source, is := x.g.Behind(behindAddr); !is || source != behindAddr.Addr() {
			t.Errorf("behind %v, %v", source, is)
		}
		if !x.g.Indicate(behindAddr, callID) || len(x.sent[behindAddr]) != 0 {
			t.Errorf("indicated by %+v", x.sent[behindAddr])
		}
		keep := true
		for n := range 10 {
			pass(15 * time.Second)
			answer, registered := x.says(behindAddr, &h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
				RequestSeqNum: h225.RequestSeqNum(10 + n), ProtocolIdentifier: h225.Protocol, KeepAlive: &keep, EndpointIdentifier: id,
			}})
			if answer.RegistrationConfirm == nil || !registered {
				t.Fatalf("renewed %v: %+v", registered, answer)
			}
		}
		answer, _ := x.says(behindAddr, &h225.RasMessage{AdmissionRequest: &h225.AdmissionRequest{
			RequestSeqNum: 50, CallType: h225.CallType{PointToPoint: &per.Null{}}, EndpointIdentifier: id,
			DestinationInfo: []h225.AliasAddress{ras.AliasOf("anna")}, BandWidth: 100, CallReferenceValue: 7,
			CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{9}},
		}})
		if acf := answer.AdmissionConfirm; acf == nil {
			t.Errorf("%+v", answer)
		} else if to, _ := acf.DestCallSignalAddress.AddrPort(); to != traversalAddr {
			t.Errorf("calls go to %v", to)
		}
		m.passed() // nothing went by UDP
		x.g.TunnelLost(netip.MustParseAddrPort("203.0.113.7:5001"))
		if len(x.g.Endpoints()) != 1 {
			t.Error("gone with another's connection")
		}
		x.g.TunnelLost(behindAddr)
		if all := x.g.Endpoints(); len(all) != 0 {
			t.Errorf("%+v", all)
		}
		if _, registered := x.says(behindAddr, &h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
			RequestSeqNum: 60, ProtocolIdentifier: h225.Protocol, KeepAlive: &keep, EndpointIdentifier: id,
		}}); registered {
			t.Error("renewed what is gone")
		}
		m.close(x.g)
	})
}

// TestTunnelOthers: nobody speaks for an endpoint by another way, or takes its
// address; an endpoint that has connected anew takes its own place.
func TestTunnelOthers(t *testing.T) {
	meet(t, func(m *meeting) {
		x := m.tunnel(nil)
		id := x.register(behindAddr, 1, "anna")
		keep := true
		renew := &h225.RasMessage{RegistrationRequest: &h225.RegistrationRequest{
			RequestSeqNum: 2, ProtocolIdentifier: h225.Protocol, KeepAlive: &keep, EndpointIdentifier: id,
		}}
		again := netip.AddrPortFrom(behindAddr.Addr(), 5002)
		if answer, registered := x.says(again, renew); answer.RegistrationReject == nil || registered {
			t.Errorf("by another connection: %v, %+v", registered, answer)
		}
		stranger := m.endpoint("berta", behindAddr.Addr().String(), func(c *ras.Config) {
			c.Link = m.network.Open(behindAddr) // from the same port, by UDP
			c.Signal = []netip.AddrPort{behindAddr}
		})
		m.state(stranger, ras.Unregistered)
		if all := x.g.Endpoints(); len(all) != 1 || all[0].Aliases[0] != "anna" {
			t.Errorf("%+v", all)
		}
		if next := x.register(again, 3, "anna"); next != id {
			t.Errorf("it is %s, and was %s", next, id)
		}
		x.g.TunnelLost(behindAddr) // its former connection
		if all := x.g.Endpoints(); len(all) != 1 || all[0].Signal != again {
			t.Errorf("%+v", all)
		}
		m.close(stranger, x.g)
	})
}

// TestTunnelOff: where nobody sends for us, nobody registers so.
func TestTunnelOff(t *testing.T) {
	meet(t, func(m *meeting) {
		for _, change := range []func(*gatekeeper.Config){
			func(c *gatekeeper.Config) { c.SendTunnelled = nil },
			func(c *gatekeeper.Config) { c.Traversal = netip.AddrPort{} },
		} {
			x := m.tunnel(change)
			if answer, registered := x.says(behindAddr, rrq(1, "anna")); registered || answer.RegistrationConfirm != nil {
				t.Errorf("%v, %+v", registered, answer)
			}
			m.close(x.g)
		}
	})
}

// TestConnectionLost: a client whose connection is lost registers anew; one that
// unregisters does not wait for an answer that cannot come.
func TestConnectionLost(t *testing.T) {
	meet(t, func(m *meeting) {
		g := m.gatekeeper(gkAddr, nil)
		c := m.endpoint("anna", "10.0.1.2", nil)
		m.state(c, ras.Registered)
		c.ConnectionLost()
		m.state(c, ras.Unregistered)
		c.ConnectionLost() // once more changes nothing
		pass(5 * time.Second)
		m.state(c, ras.Registered)
		m.network.Lose(func(ras.Datagram) bool { return true })
		began, ended := time.Now(), make(chan error)
		go func() { ended <- c.Close(context.Background()) }()
		synctest.Wait()
		c.ConnectionLost()
		if err := <-ended; err != nil || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		m.network.Lose(nil)
		m.close(g)
	})
}
