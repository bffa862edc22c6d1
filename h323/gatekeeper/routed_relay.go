package gatekeeper

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"parley/h323"
	"parley/h323/authentication"
	"parley/h323/h225"
	"parley/h323/per"
	"parley/h323/q931"
	"parley/h323/ras"
	"parley/h323/tpkt"
	"parley/qos/accept"
)

// relay is the signalling of one routed call: the caller's connection and ours to
// the called endpoint. What one end sends goes to the other as it came, but for
// SETUP.
type relay struct {
	router *router
	remote netip.AddrPort // the caller's
	id     h225.GloballyUniqueID
	way    netip.AddrPort // our end of the connection to the called side; guarded by the router's mu

	mu        sync.Mutex
	legs      [2]leg // guarded by mu; its conn is set once
	reference uint16 // guarded by mu
	setUp     bool   // guarded by mu
	released  bool   // guarded by mu
	// guards of the ends; nil: what an end says is neither signed nor checked.
	guards [2]*authentication.Guard // guarded by mu
}

// leg is one end's connection.
type leg struct {
	conn net.Conn
}

// run relays until either end is done.
func (l *relay) run() {
	in := l.legs[caller].conn
	defer in.Close()
	reader := tpkt.NewReader(in)
	message, octets := l.readSetup(reader)
	if message == nil {
		return
	}
	accept.Known(in)
	l.mu.Lock()
	l.reference, l.setUp = message.CallReference, true
	l.mu.Unlock()
	if !l.router.paced(time.Now(), l.remote.Addr()) {
		l.refuse(&h225.ReleaseCompleteReason{GatekeeperResources: &per.Null{}})
		return
	}
	info := setupOf(message)
	if info == nil {
		return
	}
	out, reason := l.connect(message, info, octets)
	if reason != nil {
		l.refuse(reason)
		return
	}
	defer out.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.pass(callee, tpkt.NewReader(out))
	}()
	l.pass(caller, reader)
	<-done
}

// readSetup reads the first message, which is SETUP or nothing that is listened
// to. What of H.225.0 is in it costs more, and is not read yet.
func (l *relay) readSetup(reader *tpkt.Reader) (*q931.Message, []byte) {
	conn := l.legs[caller].conn
	if err := conn.SetReadDeadline(time.Now().Add(firstMessage)); err != nil {
		return nil, nil
	}
	for {
		packet, err := reader.ReadPacket()
		if err != nil {
			return nil, nil
		}
		if len(packet) == 0 {
			continue // keep-alive; the deadline stands
		}
		message, octets := new(q931.Message), append([]byte(nil), packet...)
		if message.Unmarshal(octets) != nil || message.Type != q931.Setup {
			return nil, nil
		}
		return message, octets
	}
}

// setupOf reads the SETUP of H.225.0; nil: there is none.
func setupOf(m *q931.Message) *h225.H323UserInformation {
	data, err := m.UserInformation()
	if err != nil {
		return nil
	}
	info := new(h225.H323UserInformation)
	if _, err := per.Unmarshal(data, info); err != nil || info.H323UUPDU.H323MessageBody.Setup == nil {
		return nil
	}
	return info
}

// connect finds the called endpoint, and sends it the SETUP.
func (l *relay) connect(m *q931.Message, info *h225.H323UserInformation, octets []byte) (net.Conn, *h225.ReleaseCompleteReason) {
	g, s := l.router.gatekeeper, info.H323UUPDU.H323MessageBody.Setup
	if s.HopCount != nil {
		if *s.HopCount <= 1 {
			return nil, &h225.ReleaseCompleteReason{HopCountExceeded: &per.Null{}}
		}
		*s.HopCount--
	}
	if !l.router.name(l, setupID(s)) {
		return nil, &h225.ReleaseCompleteReason{InvalidCID: &per.Null{}}
	}
	found, reason := g.route(l.remote.Addr(), s)
	if reason != nil {
		return nil, reason
	}
	guards := g.guards(l.remote.Addr(), s, found.signal)
	l.mu.Lock()
	l.guards = guards
	l.mu.Unlock()
	if err := l.believed(caller, info, octets); err != nil {
		l.tell(slog.LevelWarn, "routed call not believed", "error", err)
		return nil, &h225.ReleaseCompleteReason{SecurityDenied: &per.Null{}}
	}
	unreachable := &h225.ReleaseCompleteReason{UnreachableDestination: &per.Null{}}
	if l.leadsHere(found.signal) {
		return nil, unreachable // to ourselves, for ever
	}
	conn, err := net.DialTimeout("tcp", l.within(found.signal).String(), dialTime)
	if err != nil {
		l.tell(slog.LevelInfo, "routed call", "to", found.signal, "error", err)
		return nil, unreachable
	}
	l.router.leave(l, conn)
	rewrite(m, s, found, g.cfg.signal(addrOf(conn.LocalAddr()), found.signal.Addr()))
	packet, err := l.encode(callee, m, info)
	if err == nil {
		err = write(conn, packet)
	}
	if err != nil {
		conn.Close()
		return nil, unreachable
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		conn.Close()
		return nil, unreachable
	}
	l.legs[callee].conn = conn
	return conn, nil
}

// leadsHere tells whether an address is that on which calls come to us.
func (l *relay) leadsHere(to netip.AddrPort) bool {
	cfg := &l.router.gatekeeper.cfg
	if to == cfg.Signal || to == cfg.told(cfg.Signal, netip.Addr{}) {
		return true
	}
	return cfg.Signal.Addr().IsUnspecified() && to.Port() == cfg.Signal.Port() &&
		(to.Addr().IsLoopback() || to.Addr() == addrOf(l.legs[caller].conn.LocalAddr()))
}

// within is where an address is reached from here: this process's endpoint not by
// the address translation, which may not lead back in, and hides whose call it is.
func (l *relay) within(to netip.AddrPort) netip.AddrPort {
	cfg := &l.router.gatekeeper.cfg
	own := cfg.Traversal
	if !own.IsValid() || to != netip.AddrPortFrom(cfg.External.Unmap(), own.Port()) {
		return to
	}
	if own.Addr().IsUnspecified() {
		return netip.AddrPortFrom(addrOf(l.legs[caller].conn.LocalAddr()), own.Port())
	}
	return own
}

func addrOf(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// rewrite has the SETUP tell of the next hop: where it goes, and that answers
// lead to us (H.225.0 clause 7.3.10).
func rewrite(m *q931.Message, s *h225.SetupUUIE, found target, own netip.AddrPort) {
	to, from := h225.TransportAddressOf(found.signal), h225.TransportAddressOf(own)
	s.DestCallSignalAddress, s.SourceCallSignalAddress = &to, &from
	s.DestinationAddress = h323.WithPINs(s.DestinationAddress, found.aliases)
	s.EndpointIdentifier = "" // which is between the caller and us
	if found.only {
		narrow(m, s)
	}
}

// narrow takes out whatever else a SETUP asks the called side to call: a gateway
// that has a name would call the number beside it.
func narrow(m *q931.Message, s *h225.SetupUUIE) {
	s.DestExtraCallInfo, s.DestExtraCRV, s.RemoteExtensionAddress = nil, nil, nil
	var n q931.PartyNumber
	data, ok := m.Find(q931.CalledPartyNumber)
	if ok && (n.Unmarshal(data) != nil || n.Digits != ras.AliasText(s.DestinationAddress[0])) {
		m.Delete(q931.CalledPartyNumber)
	}
}

// encode makes the packet of a message to an end, signed where that is agreed.
func (l *relay) encode(to int, m *q931.Message, info *h225.H323UserInformation) ([]byte, error) {
	plain := func() ([]byte, error) {
		data, err := per.Marshal(info)
		if err != nil {
			return nil, err
		}
		m.PutUserInformation(data)
		return m.Append(nil)
	}
	var payload []byte
	var err error
	if g := l.guard(to); g != nil {
		payload, err = g.Sign(info, time.Now(), plain)
	} else {
		payload, err = plain()
	}
	if err != nil {
		return nil, err
	}
	return tpkt.Append(nil, payload)
}

// write does not wait for a peer that does not read.
func write(conn net.Conn, packet []byte) error {
	if err := conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	_, err := conn.Write(packet)
	return err
}

// pass relays what one end sends, until it or the other is gone, and then ends
// the call on both.
func (l *relay) pass(from int, reader *tpkt.Reader) {
	defer l.release()
	in, out := l.legs[from].conn, l.legs[1-from].conn
	// The caller may have nothing to say until the call ends: with H.245 apart,
	// all else comes from the called side.
	limit := idle
	if from == callee {
		limit = ringing
	}
	for {
		if err := in.SetReadDeadline(time.Now().Add(limit)); err != nil {
			return
		}
		payload, err := reader.ReadPacket()
		if err != nil {
			return
		}
		var m q931.Message
		if len(payload) > 0 && m.Unmarshal(payload) != nil {
			return // the other end would judge it no better
		}
		packet, err := l.passed(from, &m, payload)
		if err != nil {
			l.tell(slog.LevelWarn, "routed call: message not believed", "message", m.Type, "error", err)
			continue
		}
		if m.Type == q931.ReleaseComplete && len(payload) > 0 {
			l.mu.Lock()
			l.released = true // by the end itself: nothing is to be added
			l.mu.Unlock()
		}
		if write(out, packet) != nil {
			return
		}
		if m.Type == q931.ReleaseComplete && len(payload) > 0 {
			in.Close()
			out.Close()
			return
		}
		if m.Type == q931.Connect {
			limit = idle
		}
	}
}

// passed is a packet for the other end: as it came where neither end signs, else
// checked, and signed anew. An error is of the check.
func (l *relay) passed(from int, m *q931.Message, payload []byte) ([]byte, error) {
	raw, err := tpkt.Append(nil, payload)
	if l.guard(caller) == nil && l.guard(callee) == nil || len(payload) == 0 || err != nil {
		return raw, err
	}
	data, err := m.UserInformation()
	info := new(h225.H323UserInformation)
	if err != nil {
		return raw, nil //nolint:nilerr // Status and the like have none, and cannot be signed
	}
	if _, err := per.Unmarshal(data, info); err != nil {
		return nil, err
	}
	if err := l.believed(from, info, payload); err != nil {
		return nil, err
	}
	return l.encode(1-from, m, info)
}

// tell writes a line of the log, unless the caller has filled enough of it.
func (l *relay) tell(level slog.Level, text string, args ...any) {
	r := l.router
	r.mu.Lock()
	may := r.lines.Allow(time.Now(), l.remote.Addr())
	r.mu.Unlock()
	if may {
		r.gatekeeper.cfg.Log.With("from", l.remote).Log(context.Background(), level, text, args...)
	}
}

// refuse answers the SETUP.
func (l *relay) refuse(reason *h225.ReleaseCompleteReason) {
	l.tell(slog.LevelInfo, "routed call refused", "cause", reason.Cause())
	l.mu.Lock()
	l.released = true
	l.mu.Unlock()
	if packet := l.releaseComplete(caller, reason); packet != nil {
		write(l.legs[caller].conn, packet) //nolint:errcheck // it is closed next
	}
}

// release ends the call on both sides, once.
func (l *relay) release() {
	l.mu.Lock()
	again := l.released || !l.setUp
	l.released = true
	legs := l.legs
	l.mu.Unlock()
	for which, leg := range legs {
		if leg.conn == nil {
			continue
		}
		if !again {
			packet := l.releaseComplete(which, &h225.ReleaseCompleteReason{UndefinedReason: &per.Null{}})
			write(leg.conn, packet) //nolint:errcheck // it is closed next
		}
		leg.conn.Close()
	}
}

func (l *relay) releaseComplete(to int, reason *h225.ReleaseCompleteReason) []byte {
	m := &q931.Message{CallReference: l.reference, FromDestination: to == caller, Type: q931.ReleaseComplete}
	m.Put(q931.CauseID, q931.Cause{Value: reason.Cause()}.Append(nil))
	body := &h225.ReleaseCompleteUUIE{ProtocolIdentifier: h225.Protocol, Reason: reason, CallIdentifier: &h225.CallIdentifier{GUID: l.id}}
	packet, err := l.encode(to, m, &h225.H323UserInformation{H323UUPDU: h225.H323UUPDU{H323MessageBody: h225.MessageBody{ReleaseComplete: body}}})
	if err != nil {
		return nil
	}
	return packet
}
