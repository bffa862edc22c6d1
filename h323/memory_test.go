package h323

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"

	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/internal/signalling"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/tpkt"
)

// memory is a network without sockets, for fake time.
type memory struct {
	mu        sync.Mutex
	port      uint16
	listeners map[netip.AddrPort]*memoryListener
}

func newMemory() *memory {
	return &memory{port: 40000, listeners: make(map[netip.AddrPort]*memoryListener)}
}

func (m *memory) listen(_ context.Context, a netip.AddrPort) (net.Listener, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a.Port() == 0 {
		m.port++
		a = netip.AddrPortFrom(a.Addr(), m.port)
	}
	if m.listeners[a] != nil {
		return nil, syscall.EADDRINUSE
	}
	l := &memoryListener{m: m, addr: a, accepted: make(chan net.Conn), done: make(chan struct{})}
	m.listeners[a] = l
	return l, nil
}

func (m *memory) connect(ctx context.Context, local netip.Addr, a netip.AddrPort) (net.Conn, error) {
	m.mu.Lock()
	l := m.listeners[a]
	m.port++
	from := netip.AddrPortFrom(local, m.port)
	m.mu.Unlock()
	if l == nil {
		return nil, syscall.ECONNREFUSED
	}
	if !local.IsValid() {
		from = netip.AddrPortFrom(v4, from.Port())
	}
	here, there := net.Pipe()
	select {
	case l.accepted <- &memoryConn{there, a, from}:
		return &memoryConn{here, from, a}, nil
	case <-l.done:
		return nil, syscall.ECONNREFUSED
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type memoryListener struct {
	m        *memory
	addr     netip.AddrPort
	accepted chan net.Conn
	once     sync.Once
	done     chan struct{}
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() {
		close(l.done)
		l.m.mu.Lock()
		defer l.m.mu.Unlock()
		delete(l.m.listeners, l.addr)
	})
	return nil
}

func (l *memoryListener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.addr) }

type memoryConn struct {
	net.Conn
	local, remote netip.AddrPort
}

func (c *memoryConn) LocalAddr() net.Addr  { return net.TCPAddrFromAddrPort(c.local) }
func (c *memoryConn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// port1720 is where endpoints of tests in memory listen.
var port1720 = netip.AddrPortFrom(v4, 1720)

// inMemory returns an endpoint on m that is not started.
func inMemory(t testing.TB, m network, cfg Config) *Endpoint {
	t.Helper()
	if cfg.Receive == nil {
		cfg.Receive = audioSet("PCMU", "PCMA")
	}
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	e.network = m
	if err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return e
}

func closed(t testing.TB, all ...*Endpoint) {
	t.Helper()
	for _, e := range all {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		if err := e.Close(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		if s := e.Stats(); s.Active != 0 || s.Connections != 0 {
			t.Errorf("left behind: %+v", s)
		}
	}
}

// wire is a peer by hand: it sends what a test wants, and reads all that comes.
type wire struct {
	t    testing.TB
	conn net.Conn
	got  chan *signalling.Message // closed at the end of the connection
}

func newWire(t testing.TB, conn net.Conn) *wire {
	w := &wire{t: t, conn: conn, got: make(chan *signalling.Message, 256)}
	go w.read()
	return w
}

func (w *wire) read() {
	defer close(w.got)
	r := tpkt.NewReader(w.conn)
	for {
		p, err := r.ReadPacket()
		if err != nil {
			return
		}
		if len(p) == 0 {
			w.got <- nil
			continue
		}
		m := &signalling.Message{Message: new(q931.Message), Info: new(h225.H323UserInformation)}
		if err := m.Unmarshal(append([]byte(nil), p...)); err != nil {
			w.t.Errorf("what came: %v", err)
			return
		}
		if info, err := m.UserInformation(); err == nil {
			if _, err := per.Unmarshal(info, m.Info); err != nil {
				w.t.Errorf("what came: %v", err)
			}
		}
		w.got <- m
	}
}

func (w *wire) octets(p []byte) {
	w.t.Helper()
	b, err := tpkt.Append(nil, p)
	if err == nil {
		_, err = w.conn.Write(b)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *wire) send(m *signalling.Message) {
	w.t.Helper()
	if m.Info != nil {
		info, err := per.Marshal(m.Info)
		if err != nil {
			w.t.Fatal(err)
		}
		m.PutUserInformation(info)
	}
	p, err := m.Append(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.octets(p)
}

// next returns the next message of a type; others before it are passed over.
func (w *wire) next(mt q931.MessageType) *signalling.Message {
	w.t.Helper()
	for m := range w.got {
		if m != nil && m.Type == mt {
			return m
		}
	}
	w.t.Fatalf("the connection ended before %v", mt)
	return nil
}

// ends waits until the connection is closed from the other side, and returns
// what came before.
func (w *wire) ends() (types []q931.MessageType) {
	for m := range w.got {
		if m != nil {
			types = append(types, m.Type)
		}
	}
	return types
}

// setupMessage is a SETUP by hand.
func setupMessage(reference uint16, change func(*h225.SetupUUIE, *h225.H323UUPDU)) *signalling.Message {
	s := &h225.SetupUUIE{
		ProtocolIdentifier: h225.Protocol, SourceAddress: []h225.AliasAddress{{H323ID: "hand"}},
		DestinationAddress: []h225.AliasAddress{{DialledDigits: "42"}},
		SourceInfo:         h225.EndpointType{Terminal: &h225.TerminalInfo{}},
		ConferenceID:       h225.ConferenceIdentifier{1}, ConferenceGoal: h225.ConferenceGoal{Create: &per.Null{}},
		CallType:       h225.CallType{PointToPoint: &per.Null{}},
		CallIdentifier: &h225.CallIdentifier{GUID: h225.GloballyUniqueID{1, byte(reference)}},
	}
	tunnel := true
	info := &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{
		H323MessageBody: h225.MessageBody{Setup: s}, H245Tunnelling: &tunnel,
	}}
	if change != nil {
		change(s, &info.H323UUPDU)
	}
	return &signalling.Message{Info: info, Message: &q931.Message{CallReference: reference, Type: q931.Setup, Elements: []q931.Element{
		{ID: q931.BearerCapabilityID, Data: q931.BearerCapability{Capability: q931.UnrestrictedDigital, Rate: q931.Rate64, Layer1: q931.LayerH221}.Append(nil)},
	}}}
}

// byHand connects to an endpoint in memory.
func byHand(t testing.TB, m *memory) *wire {
	t.Helper()
	conn, err := m.connect(context.Background(), v4, port1720)
	if err != nil {
		t.Fatal(err)
	}
	return newWire(t, conn)
}

// wire245 is a peer by hand on a separate H.245 connection.
type wire245 struct {
	t    testing.TB
	conn net.Conn
	r    *tpkt.Reader
}

func newWireOf245(t testing.TB, conn net.Conn) *wire245 {
	return &wire245{t, conn, tpkt.NewReader(conn)}
}

// next returns the name of the next message.
func (w *wire245) next() string {
	w.t.Helper()
	p, err := w.r.ReadPacket()
	if err != nil {
		w.t.Fatal(err)
	}
	m, _, err := h245.Unmarshal(p)
	if err != nil {
		w.t.Fatal(err)
	}
	return m.Name()
}

// closed waits until the other side closes.
func (w *wire245) closed() {
	for {
		if _, err := w.r.ReadPacket(); err != nil {
			_ = w.conn.Close()
			return
		}
	}
}
