package h323

import (
	"bytes"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/h460"
	"parley/h323/internal/capture"
	"parley/h323/internal/signalling"
	"parley/h323/media"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/tpkt"
)

// Calls of another stack's endpoint behind a firewall and another's gatekeeper, with
// parley in the place of either.

// recordedSlave and recordedMaster make parley that of a recorded terminal, as its
// answers have it.
const (
	recordedSlave  = 10
	recordedMaster = 240
)

// recordedWay is what passed one way of a connection, TPKT by TPKT.
type recordedWay struct {
	from, to netip.AddrPort
	octets   [][]byte
	messages []*signalling.Message // nil: H.245
}

// recordedWays returns the connections of a capture to which something was sent,
// both ways of each, the one who connected first.
func recordedWays(t *testing.T, name string) (ways [][2]*recordedWay) {
	t.Helper()
	dir := capture.Corpus(t)
	if dir == "" {
		t.Skip("no captures")
	}
	_, streams := capture.Read(t, filepath.Join(dir, "captures", name))
	for i, s := range streams {
		other := slices.IndexFunc(streams, func(o *capture.Stream) bool { return o.From == s.To && o.To == s.From })
		if other < i {
			continue // with the other
		}
		ways = append(ways, [2]*recordedWay{readWay(t, s), readWay(t, streams[other])})
	}
	return ways
}

func readWay(t *testing.T, s *capture.Stream) *recordedWay {
	t.Helper()
	w := &recordedWay{from: s.From, to: s.To}
	r := tpkt.NewReader(bytes.NewReader(s.Data))
	for {
		p, err := r.ReadPacket()
		if err != nil {
			return w
		}
		octets := bytes.Clone(p)
		m := &signalling.Message{Message: new(q931.Message), Info: new(h225.H323UserInformation)}
		if m.Unmarshal(octets) != nil {
			m = nil
		} else if info, err := m.UserInformation(); err != nil {
			m.Info = nil
		} else if _, err := per.Unmarshal(info, m.Info); err != nil {
			t.Fatal(err)
		}
		w.octets, w.messages = append(w.octets, octets), append(w.messages, m)
	}
}

// ras returns the RAS messages that passed.
func (w *recordedWay) ras() (all [][]byte) {
	for _, m := range w.messages {
		if m != nil && m.Info != nil {
			all = append(all, h460.TunnelledRAS(m.Info)...)
		}
	}
	return all
}

// recordedDesk is the recorded gatekeeper: it answers as that did.
type recordedDesk struct {
	*desk
	answers [][]byte
	mu      sync.Mutex
	came    [][]byte
}

func (d *recordedDesk) Tunnelled(from, _ netip.AddrPort, message []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.came = append(d.came, message)
	if n := len(d.came); n <= len(d.answers) { // the recording may end before the last
		return d.server.SendRAS(from, d.answers[n-1])
	}
	return true
}

// TestRecordedTunnel: the recorded endpoint registers and calls by H.460.17.
func TestRecordedTunnel(t *testing.T) {
	ways := recordedWays(t, "h460-17.pcapng")
	client, server := ways[0][0], ways[0][1]
	in(t, func(t *testing.T) {
		m, p := newMemory(), newParty(t, "called", v4)
		d := &recordedDesk{desk: new(desk), answers: server.ras()}
		d.server = listening(t, m, p, Config{Name: "server", TerminalType: recordedSlave, Tunnel: d, Traversal: d.desk})
		w := byHand(t, m)
		for i, o := range client.octets {
			if client.messages[i].Type == q931.ReleaseComplete {
				until[Connected](p, nil)
				opened := until[ChannelOpened](p, nil)
				// Its SETUP says that it multiplexes, its channel says nothing of it.
				if c := &opened.Channel; c.Direction != media.Receive || !c.Traversal.Hidden || c.Traversal.Multiplexes {
					t.Errorf("%v: %+v", c, c.Traversal)
				}
			}
			w.octets(o)
			synctest.Wait()
		}
		until[Released](p, nil)
		if !slices.EqualFunc(d.came, client.ras(), bytes.Equal) || len(d.came) < 2 {
			t.Errorf("RAS came: %x", d.came)
		}
		_ = w.conn.Close()
		var answered [][]byte
		said := false
		for m := range w.got {
			answered = append(answered, h460.TunnelledRAS(m.Info)...)
			if c := m.Info.H323UUPDU.H323MessageBody.Connect; c != nil {
				r, ok := h460.RoleOf(h460.FindIn(c.FeatureSet, h460.MediaTraversal))
				said = ok && r == h460.Role{Server: true, Multiplexed: true}
			}
		}
		if !slices.EqualFunc(answered, d.answers, bytes.Equal) || !said {
			t.Errorf("CONNECT as a server: %v; RAS went: %x", said, answered)
		}
		closed(t, d.server)
	})
}

// answerAs sends what a recorded side said in call signalling, in the call of the
// SETUP that came, up to its end.
func (w *recordedWay) answerAs(x *wire, setup *signalling.Message) {
	x.t.Helper()
	ours := setup.Info.H323UUPDU.H323MessageBody.Setup.CallIdentifier.GUID
	for i, m := range w.messages {
		switch {
		case m == nil || m.CallReference == 0 || m.Info == nil, m.Type == q931.Setup:
			continue
		case m.Type == q931.ReleaseComplete:
			return
		}
		o := bytes.ReplaceAll(w.octets[i], w.call(), ours[:])
		o[2], o[3] = o[2]&0x80|byte(setup.CallReference>>8), byte(setup.CallReference)
		x.octets(o)
		synctest.Wait()
	}
}

// call is the identifier of the recorded call.
func (w *recordedWay) call() []byte {
	for _, m := range w.messages {
		if m == nil || m.Info == nil {
			continue
		}
		if id := m.Info.H323UUPDU.H323MessageBody.CallIdentifier(); id != nil {
			return id.GUID[:]
		}
	}
	return nil
}

// TestRecordedTunnelling: parley registers and calls at the recorded gatekeeper by
// H.460.17.
func TestRecordedTunnelling(t *testing.T) {
	ways := recordedWays(t, "h460-17.pcapng")
	rrq, rcf, server := ways[0][0].ras()[0], ways[0][1].ras()[0], ways[0][1]
	in(t, func(t *testing.T) {
		m, p := newMemory(), newParty(t, "caller", v4)
		l, accept := accepting(t, m, port1720)
		g := new(gatekeeper)
		client := inMemory(t, m, Config{Name: "client", TerminalType: recordedMaster, Firewalled: true, Gatekeeper: g})
		tunnel := client.OpenTunnel(port1720, nil)
		g.admitted = Admitted{Signal: port1720, Tunnel: tunnel}
		if err := tunnel.Send(rrq); err != nil {
			t.Fatal(err)
		}
		w := accept()
		if m := w.next(q931.Facility); m.CallReference != 0 || !bytes.Equal(h460.TunnelledRAS(m.Info)[0], rrq) {
			t.Errorf("%+v", m.Info)
		}
		w.octets(server.octets[0])
		if got, err := tunnel.Receive(); err != nil || !bytes.Equal(got, rcf) {
			t.Errorf("%x, %v", got, err)
		}
		c := dial(t, client, Target{Address: port1720}, p)
		setup := w.next(q931.Setup)
		if r, ok := h460.RoleOf(h460.FindInSetup(setup.Info.H323UUPDU.H323MessageBody.Setup, h460.MediaTraversal)); !ok || r.Server || !r.Multiplexed {
			t.Errorf("SETUP as %+v", r)
		}
		server.answerAs(w, setup)
		until[Connected](p, nil)
		opened := until[ChannelOpened](p, nil)
		if c := &opened.Channel; c.Direction != media.Receive || !c.Traversal.KeepAlive.IsValid() || c.Traversal.Interval != 19*time.Second {
			t.Errorf("%v: %+v", c, c.Traversal)
		}
		c.Release(nil)
		w.next(q931.ReleaseComplete)
		if err := tunnel.Close(); err != nil {
			t.Error(err)
		}
		_, _ = w.ends(), l.Close()
		closed(t, client)
	})
}

// recorded18 returns what the recorded client and gatekeeper said of the call that
// the gatekeeper indicated: in call signalling, and in the connection for H.245.
func recorded18(t *testing.T) (signal, control [2]*recordedWay, i *h460.IncomingCallIndication) {
	t.Helper()
	const name = "gatekeeper-separate-h460-18.pcapng"
	for _, w := range recordedWays(t, name) {
		if len(w[0].messages) == 0 {
			continue
		}
		switch first := w[0].messages[0]; {
		case first != nil && first.Type == q931.Facility:
			signal = w
		case first == nil && (control[0] == nil || len(w[0].octets[0]) > len(control[0].octets[0])):
			control = w // the longer is of who was called: it says so
		}
	}
	datagrams, _ := capture.Read(t, filepath.Join(capture.Corpus(t), "captures", name))
	for _, d := range datagrams {
		m := new(h225.RasMessage)
		if _, err := per.Unmarshal(d.Data, m); err == nil && m.ServiceControlIndication != nil {
			if i, err = h460.Indicated(m.ServiceControlIndication); err != nil {
				t.Fatal(err)
			}
		}
	}
	if signal[0] == nil || control[0] == nil || i == nil {
		t.Fatal("the recording has changed")
	}
	return signal, control, i
}

// recordedClient is the recorded endpoint behind a firewall, which connects when it
// is asked.
type recordedClient struct {
	signal *recordedWay
	asked  chan h225.GloballyUniqueID
}

func (c *recordedClient) Behind(to netip.AddrPort) (netip.Addr, bool) { return v4, to == c.signal.from }

func (c *recordedClient) Indicate(_ netip.AddrPort, call h225.CallIdentifier) bool {
	c.asked <- call.GUID
	return true
}

// TestRecordedIndicated: parley is the gatekeeper, and calls the recorded endpoint
// by H.460.18. H.245 comes by another connection that the endpoint opens.
func TestRecordedIndicated(t *testing.T) {
	signal, control, _ := recorded18(t)
	in(t, func(t *testing.T) {
		m, p := newMemory(), newParty(t, "caller", v4)
		client := &recordedClient{signal: signal[0], asked: make(chan h225.GloballyUniqueID, 1)}
		server := listening(t, m, newParty(t, "nobody", v4), Config{Name: "server", TerminalType: recordedSlave, Traversal: client})
		c := dial(t, server, Target{Address: client.signal.from}, p)
		id := <-client.asked
		w := byHand(t, m)
		w.octets(bytes.ReplaceAll(client.signal.octets[0], client.signal.call(), id[:]))
		setup := w.next(q931.Setup)
		if r, ok := h460.RoleOf(h460.FindInSetup(setup.Info.H323UUPDU.H323MessageBody.Setup, h460.MediaTraversal)); !ok || !r.Server || !r.Multiplexed {
			t.Errorf("SETUP as %+v", r)
		}
		answers := *client.signal
		answers.octets, answers.messages = answers.octets[1:], answers.messages[1:]
		answers.answerAs(w, setup)
		until[Connected](p, nil)
		at, ok := w.next(q931.Facility).Info.H323UUPDU.H323MessageBody.Facility.H245Address.AddrPort()
		if !ok {
			t.Fatal("no address for H.245")
		}
		conn, err := m.connect(t.Context(), v4, at)
		if err != nil {
			t.Fatal(err)
		}
		h := newWireOf245(t, conn)
		go h.closed() // what parley says is judged by what it opens
		control[0].control(t, conn, client.signal.call(), id[:])
		opened := until[ChannelOpened](p, nil)
		if c := &opened.Channel; c.Direction != media.Receive || !c.Traversal.Hidden {
			t.Errorf("%v: %+v", c, c.Traversal)
		}
		c.Release(nil)
		_ = conn.Close()
		_ = w.conn.Close()
		w.ends()
		closed(t, server)
	})
}

// control says on a connection for H.245 what a side said, but the end, of another
// call.
func (w *recordedWay) control(t *testing.T, conn net.Conn, recorded, call []byte) {
	t.Helper()
	for _, o := range w.octets {
		m, _, err := h245.Unmarshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if m.Command != nil && m.Command.EndSessionCommand != nil {
			return
		}
		b, err := tpkt.Append(nil, bytes.ReplaceAll(o, recorded, call))
		if err == nil {
			_, err = conn.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
	}
}

// TestRecordedIndication: parley is the endpoint, and is called by the recorded
// gatekeeper.
func TestRecordedIndication(t *testing.T) {
	signal, control, i := recorded18(t)
	in(t, func(t *testing.T) {
		m, p := newMemory(), newParty(t, "called", v4)
		at, ok := i.CallSignallingAddress.AddrPort()
		if !ok {
			t.Fatal("indicated nowhere")
		}
		l, accept := accepting(t, m, at)
		l245, err := m.listen(t.Context(), control[0].to)
		if err != nil {
			t.Fatal(err)
		}
		client := inMemory(t, m, Config{Name: "client", TerminalType: recordedMaster, Firewalled: true, Incoming: func(c *Call) {
			c.SetOwner(p)
			c.Answer()
		}})
		client.Open(i)
		w := accept()
		if f := w.next(q931.Facility).Info.H323UUPDU.H323MessageBody.Facility; f == nil || f.CallIdentifier.GUID != i.CallID.GUID {
			t.Errorf("connected for %+v", f)
		}
		w.octets(signal[1].octets[0])
		connect := w.next(q931.Connect).Info.H323UUPDU.H323MessageBody.Connect
		if r, ok := h460.RoleOf(h460.FindIn(connect.FeatureSet, h460.MediaTraversal)); !ok || r.Server || !r.Multiplexed {
			t.Errorf("CONNECT as %+v", r)
		}
		w.octets(signal[1].octets[1]) // asks for H.245
		conn, err := l245.Accept()
		if err != nil {
			t.Fatal(err)
		}
		h := newWireOf245(t, conn)
		if o, err := h.r.ReadPacket(); err != nil || !bytes.Equal(o, control[0].octets[0]) {
			t.Errorf("said first %x, and the recorded %x", o, control[0].octets[0])
		}
		go h.closed()
		control[1].control(t, conn, nil, nil)
		opened := until[ChannelOpened](p, nil)
		if c := &opened.Channel; c.Direction != media.Receive || !c.Traversal.KeepAlive.IsValid() {
			t.Errorf("%v: %+v", c, c.Traversal)
		}
		_, _ = conn.Close(), w.conn.Close()
		w.ends()
		until[Released](p, nil)
		_, _ = l.Close(), l245.Close()
		closed(t, client)
	})
}
