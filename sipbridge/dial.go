package sipbridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"parley/conference"
	"parley/qos/accept"
)

// StatusError is a final response by which a peer refused a call.
type StatusError struct {
	Status int
	Reason string
}

// Error implements error.
func (e *StatusError) Error() string { return fmt.Sprintf("sip: %d %s", e.Status, e.Reason) }

// Unwrap tells the core what the status means (RFC 3261 21.4, 21.6).
func (e *StatusError) Unwrap() error {
	switch e.Status {
	case 486, 600:
		return conference.ErrBusy
	case 408, 480, 487:
		return conference.ErrNoAnswer
	case 401, 403, 407, 603:
		return conference.ErrDeclined
	case 404, 410, 484, 604:
		return conference.ErrNobody
	}
	return nil
}

var errNoAddress = errors.New("must be a SIP address such as sip:alice@192.0.2.1")

// Dial calls uri ("sip:alice@192.0.2.1;transport=tcp") and seats who answers
// in a conference. It returns when the peer has answered, with a *StatusError
// when it refused, or with an error of package conference; ending ctx cancels
// the call.
func (s *Server) Dial(ctx context.Context, uri, conferenceID string) (conference.ParticipantID, error) {
	if !s.enter() {
		return "", fmt.Errorf("sipbridge: dial: %w", net.ErrClosed)
	}
	defer s.work.Done()
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	id, err := s.dial(ctx, uri, conferenceID)
	if err != nil {
		s.counters.dialFailed.Add(1)
		return "", fmt.Errorf("sipbridge: dial %s: %w", conference.WithoutPIN(uri), err)
	}
	s.counters.dialled.Add(1)
	return id, nil
}

func (s *Server) dial(ctx context.Context, uri, conferenceID string) (conference.ParticipantID, error) {
	var to sip.Uri
	if err := sip.ParseUri(uri, &to); err != nil || to.Scheme != "sip" || to.Host == "" || !repeatable(&to) {
		return "", errNoAddress
	}
	conf, err := s.bridge.Open(conferenceID)
	if err != nil {
		return "", err
	}
	remote, err := resolve(ctx, &to)
	if err != nil {
		return "", err
	}
	transport, _ := to.UriParams.Get("transport")
	l := s.listenerFor(strings.ToLower(transport), remote.Addr())
	if l == nil {
		return "", fmt.Errorf("no socket for transport %q and %v", transport, remote.Addr())
	}
	s.mu.Lock()
	full := s.closing || s.inUse >= s.cfg.MaxCalls
	if !full {
		s.inUse++
		s.held[accept.Source(remote.Addr())]++
	}
	s.mu.Unlock()
	if full {
		return "", errors.New("too many calls")
	}
	c := s.newCall(newOutboundDialog(to, remote, l, conf), conf, remote.Addr())
	c.reached.Store(true) // by the time that it is answered
	key := dialogKey(c.dialog.callID, c.dialog.localTag)
	s.outgoing.Store(key, true)
	err = c.invite(ctx)
	s.outgoing.Delete(key)
	if err != nil {
		c.abandon()
		s.release(c.source)
		return "", err
	}
	s.start(c)
	return c.seat.Load().ID(), nil
}

// newOutboundDialog is the dialog that a 2xx to our INVITE will complete
// (RFC 3261 12.1.2).
func newOutboundDialog(to sip.Uri, remote netip.AddrPort, l *listener, conf *conference.Conference) *dialog {
	host, _ := l.advertised(remote.Addr())
	peer := to
	peer.UriParams, peer.Headers = nil, nil
	return &dialog{
		callID:      sip.GenerateTagN(24) + "@" + host.String(),
		localTag:    sip.GenerateTagN(16),
		local:       localOf(conf, host),
		remote:      nameAddr{uri: peer},
		target:      to,
		listener:    l,
		contact:     l.contactFor(remote.Addr(), conf.Settings().ID),
		network:     strings.ToUpper(l.listen.Network),
		destination: remote.String(),
	}
}

// invite offers, waits for the answer, acknowledges it and joins. On error
// the peer has no call any more.
func (c *call) invite(ctx context.Context) error {
	d := c.dialog
	caps := c.server.capabilities(c.conference)
	if err := c.openMedia(d.listener.localFor(c.source), len(caps.Audio) > 0, len(caps.Video) > 0); err != nil {
		return err
	}
	body, err := c.machine.Offer(caps, c.local)
	if err != nil {
		return err
	}
	req := d.request(sip.INVITE)
	req.AppendHeader(sip.NewHeader("Allow", allow))
	req.AppendHeader(sip.NewHeader("Content-Type", mediaSDP))
	req.SetBody(body)
	tx, err := c.server.client.TransactionRequest(ctx, req, asBuilt)
	if err != nil {
		return err
	}
	res, err := c.awaitAnswer(ctx, tx, req)
	if err != nil {
		return err // the transaction still acknowledges a refusal
	}
	d.confirm(res)
	c.remoteTag = d.remoteTag
	cseq := d.localCSeq
	// A 2xx that comes again has lost its ACK (RFC 3261 13.2.2.4). The
	// transaction lives on for that by itself (RFC 6026 timer M).
	ack := d.ack(cseq)
	tx.OnRetransmission(func(r *sip.Response) {
		if r.IsSuccess() {
			_ = c.server.client.WriteRequest(ack.Clone(), asBuilt) // it comes again if this is lost
		}
	})
	// Who has the ACK may send requests of the dialog at once, so it is known
	// before.
	if !c.server.register(c) {
		err = net.ErrClosed
	}
	if e := c.server.client.WriteRequest(ack.Clone(), asBuilt); err == nil {
		err = e
	}
	if err == nil {
		err = c.established(res)
	}
	if err != nil {
		c.bye(reasonSIP(refusalOf(err)))
	}
	return err
}

// established makes of an answered call a participant.
func (c *call) established(res *sip.Response) error {
	if err := c.acceptAnswer(res.Body()); err != nil {
		return err
	}
	return c.join()
}

// awaitAnswer waits for the final response. When ctx ends first it cancels
// the INVITE, and an answer that crosses the CANCEL is hung up on.
func (c *call) awaitAnswer(ctx context.Context, tx sip.ClientTransaction, req *sip.Request) (*sip.Response, error) {
	provisional, cancelled := false, false
	done := ctx.Done()
	var giveUp <-chan time.Time
	for {
		select {
		case res := <-tx.Responses():
			switch {
			case res.IsProvisional():
				provisional = true
				if done == nil && !cancelled {
					cancelled = true
					c.cancel(req)
				}
			case !res.IsSuccess():
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				return nil, &StatusError{Status: res.StatusCode, Reason: res.Reason}
			case ctx.Err() != nil:
				c.dialog.confirm(res)
				_ = c.server.client.WriteRequest(c.dialog.ack(req.CSeq().SeqNo), asBuilt) // BYE follows anyway
				c.bye(reasonOf(conference.Cause{Code: conference.CauseLeft}))
				return nil, ctx.Err()
			default:
				return res, nil
			}
		case <-tx.Done():
			if err := tx.Err(); !errors.Is(err, sip.ErrTransactionTimeout) {
				return nil, noAnswer(err)
			}
			// Timer B (RFC 3261 17.1.1.2).
			return nil, fmt.Errorf("%w from %s within %d s", errNoAnswer, c.dialog.destination, ackTimeout/time.Second)
		case <-done:
			// RFC 3261 9.1: CANCEL only after a provisional response.
			done = nil
			if provisional {
				cancelled = true
				c.cancel(req)
			}
			t := time.NewTimer(cancelGrace)
			defer t.Stop()
			giveUp = t.C
		case <-giveUp:
			tx.Terminate()
			return nil, ctx.Err()
		}
	}
}

// cancelGrace is how long a cancelled INVITE is waited for. RFC 3261 9.1 allows
// 64*T1; who dials does not want to wait for that.
const cancelGrace = 2 * time.Second

// cancel sends the CANCEL of an INVITE (RFC 3261 9.1). The answer to it says
// nothing; that to the INVITE does.
func (c *call) cancel(invite *sip.Request) {
	req := sip.NewRequest(sip.CANCEL, *invite.Recipient.Clone())
	for _, name := range []string{"Via", "From", "To", "Call-ID", "Max-Forwards", "Route"} {
		sip.CopyHeaders(name, invite, req)
	}
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.SetBody(nil)
	req.SetTransport(invite.Transport())
	req.SetDestination(invite.Destination())
	c.dialog.listener.bind(req)
	c.work.Go(func() {
		if _, err := c.server.requestUntil(req, c.ending); err != nil {
			c.logger().Debug("CANCEL not answered", "error", err)
		}
	})
}

// confirm completes an outbound dialog from a 2xx (RFC 3261 12.1.2).
func (d *dialog) confirm(res *sip.Response) {
	if to := res.To(); to != nil {
		d.remoteTag = tagOf(to.Params)
		if to.DisplayName != "" {
			d.remote.name = to.DisplayName
		}
	}
	if c := res.Contact(); c != nil && c.Address.Host != "" {
		d.target = c.Address
	}
	d.routes = nil
	routes := res.GetHeaders("Record-Route")
	for i := min(len(routes), maxRoutes) - 1; i >= 0; i-- {
		d.routes = append(d.routes, routes[i].Value())
	}
	d.route(d.destination)
}

// listenerFor returns the socket from which a peer at remote is called.
func (s *Server) listenerFor(network string, remote netip.Addr) *listener {
	for _, l := range s.listeners {
		addr := l.listen.Addr.Addr()
		if network != "" && l.listen.Network != network {
			continue
		}
		if addr.Is4() == remote.Is4() || addr == netip.IPv6Unspecified() {
			return l
		}
	}
	return nil
}

// resolve finds where a URI's host is. SRV records are not looked up: what is
// dialled from here names a host.
func resolve(ctx context.Context, uri *sip.Uri) (netip.AddrPort, error) {
	port := uri.Port
	if port == 0 {
		port = 5060
	}
	if port < 0 || port > 65535 {
		return netip.AddrPort{}, errors.New("port " + strconv.Itoa(port))
	}
	host := strings.Trim(uri.Host, "[]")
	if addr, err := netip.ParseAddr(host); err == nil {
		return netip.AddrPortFrom(addr.Unmap(), uint16(port)), nil
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return netip.AddrPortFrom(addrs[0].Unmap(), uint16(port)), nil
}
