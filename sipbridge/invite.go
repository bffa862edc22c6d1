package sipbridge

import (
	"net"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"parley/conference"
	"parley/qos/rtp/leg"
	"parley/sipbridge/internal/negotiation"
)

// onInvite admits a new call, or changes one.
func (s *Server) onInvite(req *sip.Request, tx sip.ServerTransaction) {
	if hasToTag(req) {
		s.onReinvite(req, tx)
		return
	}
	s.counters.invites.Add(1)
	c, res, err := s.admit(req, tx)
	if err != nil {
		r := refusalOf(err)
		if r.status == 500 {
			s.log.Error("SIP call could not be set up", "source", req.Source(), "error", err)
		} else if source, e := netip.ParseAddrPort(req.Source()); e == nil {
			s.bridge.Refused(conference.WireSIP, targetOf(&req.Recipient).conference, source.Addr().Unmap().String(), err)
		}
		s.refuse(req, tx, r)
		return
	}
	acked := c.acked
	if withdrawn := func(*sip.Request) { c.leave("cancelled") }; !tx.OnCancel(withdrawn) {
		withdrawn(nil)
	}
	s.start(c)
	s.counters.answered.Add(1)
	s.deliver(c, tx, res, acked)
}

// start sets the call's goroutine going.
func (s *Server) start(c *call) {
	s.work.Go(c.run) // who calls start is counted, so the count is not zero here
}

// admit makes of an INVITE a call that is seated or in the lobby, and the 200
// that says so.
func (s *Server) admit(req *sip.Request, tx sip.ServerTransaction) (*call, *sip.Response, error) {
	if r := screenBody(req); r != nil {
		return nil, nil, r
	}
	if s.isOwn(req) {
		return nil, nil, refuse(482, "Loop Detected")
	}
	var offer *negotiation.Description
	if len(req.Body()) > 0 {
		var err error
		if offer, err = negotiation.Parse(req.Body()); err != nil {
			return nil, nil, err
		}
	}
	source, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return nil, nil, refuse(400, "No Source Address")
	}
	addr := source.Addr().Unmap().WithZone("")
	if r := s.reserve(addr, time.Now()); r != nil {
		return nil, nil, r
	}
	c, res, err := s.setUp(req, tx, offer, addr)
	if err != nil {
		s.release(addr)
		return nil, nil, err
	}
	return c, res, nil
}

// isOwn reports whether an INVITE is one of ours that came back: a conference
// that was dialled into itself, or a proxy that sent it here (RFC 3261 8.2.2.2
// has the same answer for an INVITE that came twice).
func (s *Server) isOwn(req *sip.Request) bool {
	key := dialogKey(req.CallID().Value(), tagOf(req.From().Params))
	if _, pending := s.outgoing.Load(key); pending {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[key] != nil
}

// setUp is admit for a call whose place is reserved.
func (s *Server) setUp(req *sip.Request, tx sip.ServerTransaction, offer *negotiation.Description, addr netip.Addr) (*call, *sip.Response, error) {
	wanted := targetOf(&req.Recipient)
	tag := sip.GenerateTagN(16)
	conf, err := s.enterable(req, tx, wanted.conference, addr, tag)
	if err != nil {
		return nil, nil, err
	}
	wanted.conference = conf.Settings().ID
	needsPIN, err := checkPIN(conf, addr, wanted.pin)
	if err != nil {
		return nil, nil, err
	}
	l := s.listenerOf(tx)
	if l == nil {
		return nil, nil, refuse(500, "Server Internal Error")
	}
	c := s.newCall(newInboundDialog(req, tag, l, l.contactFor(addr, wanted.conference)), conf, addr)
	c.needsPIN = needsPIN
	c.reached.Store(l.stream != nil) // TCP's handshake has shown it
	body, err := c.describeFirst(offer, l.localFor(addr))
	if err == nil {
		err = c.enter(offer != nil)
	}
	if err == nil && !s.register(c) {
		err = refuse(503, "Shutting Down")
	}
	if err != nil {
		c.abandon()
		return nil, nil, err
	}
	c.logger().Info("SIP call", "from", c.Info().Address, "source", req.Source())
	return c, c.accept(req, body, offer == nil), nil
}

// checkPIN reports whether the PIN is still to be asked for.
func checkPIN(conf *conference.Conference, source netip.Addr, pin string) (ask bool, err error) {
	if !conf.NeedsPIN() {
		return false, nil
	}
	if pin == "" {
		return true, nil
	}
	return false, conf.CheckPIN(source.String(), pin)
}

// describeFirst answers the first offer, or makes one where the INVITE came
// without (RFC 3264 4, RFC 3261 13.2.1).
func (c *call) describeFirst(offer *negotiation.Description, addr netip.Addr) ([]byte, error) {
	caps := c.server.capabilities(c.conference)
	if offer == nil {
		if err := c.openMedia(addr, len(caps.Audio) > 0, len(caps.Video) > 0); err != nil {
			return nil, err
		}
		return c.machine.Offer(caps, c.local)
	}
	plan, err := c.machine.Plan(offer, caps)
	if err != nil {
		return nil, err
	}
	if c.needsPIN && !plan.HasEvents() {
		return nil, conference.ErrPINRequired // and no way to type it
	}
	if err := c.openMedia(addr, plan.HasAudio(), plan.HasVideo()); err != nil {
		return nil, err
	}
	body, session, err := c.machine.Answer(plan, c.local)
	if err != nil {
		return nil, err
	}
	return body, c.apply(session)
}

// enter seats the call or sends it to the lobby. A caller that has to enter a
// PIN and has not told its media yet goes there when it has.
func (c *call) enter(described bool) error {
	c.updateInfo()
	if !c.needsPIN {
		return c.join()
	}
	if !described {
		return nil
	}
	return c.enterLobby()
}

// abandon takes down a call that run has not been started for.
func (c *call) abandon() {
	c.ended = true
	close(c.ending)
	c.leaveLobby()
	if seat := c.seat.Load(); seat != nil {
		seat.Leave(conference.Cause{Code: conference.CauseError})
	}
	c.work.Wait()
	c.closeMedia()
	close(c.done)
}

// accept is the 200 to an INVITE or UPDATE.
func (c *call) accept(req *sip.Request, body []byte, offer bool) *sip.Response {
	res := sip.NewResponseFromRequest(req, 200, "OK", body)
	if to := res.To(); !hasToTag(req) {
		to.Params.Add("tag", c.dialog.localTag)
	}
	res.AppendHeader(sip.NewHeader("Contact", c.dialog.contact))
	res.AppendHeader(sip.NewHeader("Allow", allow))
	res.AppendHeader(sip.NewHeader("Accept", mediaSDP+", "+mediaControl))
	res.AppendHeader(sip.NewHeader("Content-Type", mediaSDP))
	res.AppendHeader(sip.NewHeader("Server", c.server.cfg.UserAgent))
	if req.Method == sip.INVITE {
		c.acked = &awaitedACK{cseq: req.CSeq().SeqNo, offer: offer, done: make(chan struct{})}
		c.awaited.Store(c.acked)
	}
	return res
}

// deliver sends a 2xx to an INVITE until the ACK comes, over reliable
// transports too (RFC 3261 13.3.1.4).
func (s *Server) deliver(c *call, tx sip.ServerTransaction, res *sip.Response, acked *awaitedACK) {
	interval := t1
	retransmit := time.NewTimer(interval)
	defer retransmit.Stop()
	overdue := time.NewTimer(ackTimeout)
	defer overdue.Stop()
	if err := tx.Respond(res); err != nil {
		c.logger().Debug("SIP response not sent", "error", err)
	}
	for {
		select {
		case <-acked.done:
			return
		case ack := <-tx.Acks():
			// With the INVITE's own branch, as RFC 2543 agents send it. It comes
			// past the screen, which other requests have behind them.
			if screen(ack) == nil {
				s.onAck(ack, tx)
			}
		case <-retransmit.C:
			interval = min(2*interval, t2)
			retransmit.Reset(interval)
			if err := tx.Respond(res); err != nil {
				c.logger().Debug("SIP response not sent again", "error", err)
			}
		case <-overdue.C:
			cause := conference.Cause{Code: conference.CauseTimeout, Text: "no ACK"}
			c.Disconnect(cause)
			return
		case <-c.done:
			return
		case <-s.ctx.Done():
			return
		}
	}
}

// listenerOf returns the socket by which a request came.
func (s *Server) listenerOf(tx sip.ServerTransaction) *listener {
	conn, ok := tx.(interface{ Connection() sip.Connection })
	if !ok {
		return nil
	}
	addr := conn.Connection().LocalAddr()
	network, port := addr.Network(), addrPort(addr).Port()
	for _, l := range s.listeners {
		if l.listen.Network == network && l.listen.Addr.Port() == port &&
			(l.listen.Addr.Addr().IsUnspecified() || l.listen.Addr.Addr().Unmap() == addrPort(addr).Addr().Unmap()) {
			return l
		}
	}
	for _, l := range s.listeners { // a connection that was opened from here
		if l.listen.Network == network {
			return l
		}
	}
	return nil
}

// localFor is the address for session descriptions to a peer at remote.
func (l *listener) localFor(remote netip.Addr) netip.Addr {
	bound := l.server.cfg.MediaAddr
	if bound.IsUnspecified() {
		bound = l.listen.Addr.Addr()
	}
	return leg.Advertised(l.server.cfg.External, bound, remote)
}

// contactFor is our Contact: the conference's URI, marked as that of a focus
// (RFC 4579 5.1).
func (l *listener) contactFor(remote netip.Addr, conferenceID string) string {
	host, port := l.advertised(remote)
	uri := sip.Uri{Scheme: "sip", User: escapeUser(conferenceID), Host: uriHost(host), Port: port}
	if l.listen.Network == "tcp" {
		uri.UriParams = sip.NewParams()
		uri.UriParams.Add("transport", "tcp")
	}
	return "<" + uri.String() + ">;isfocus"
}

func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.UDPAddr:
		return a.AddrPort()
	case *net.TCPAddr:
		return a.AddrPort()
	}
	return netip.AddrPort{}
}
