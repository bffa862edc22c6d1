package sipbridge

import (
	"github.com/emiago/sipgo/sip"

	"parley/conference"
	"parley/sipbridge/internal/negotiation"
)

// errNoCall answers requests of dialogs that are not here.
func errNoCall() *refusal { return refuse(481, "Call Does Not Exist") }

// inDialog has f answer a request in the goroutine of its call, once its place
// in the order is checked.
func (s *Server) inDialog(req *sip.Request, tx sip.ServerTransaction, f func(*call) (*sip.Response, *refusal)) *call {
	c := s.find(req)
	if c == nil {
		s.refuse(req, tx, errNoCall())
		return nil
	}
	var res *sip.Response
	var refused *refusal
	if busy := c.do(func() {
		if c.ended {
			refused = errNoCall()
			return
		}
		if err := c.dialog.receive(req); err != nil {
			refused = refuse(500, "Request Out Of Order", retryAfter(1))
			return
		}
		res, refused = f(c)
	}); busy != nil && busy.status == 503 && req.Method == sip.BYE {
		c.leave("")
		res = sip.NewResponseFromRequest(req, 200, "OK", nil)
	} else if busy != nil {
		refused = busy
	}
	if refused != nil {
		s.refuse(req, tx, refused)
		return nil
	}
	if res != nil {
		s.respond(tx, res)
	}
	return c
}

// onReinvite changes a session: hold, codecs, pictures (RFC 3261 14.2).
func (s *Server) onReinvite(req *sip.Request, tx sip.ServerTransaction) {
	var res *sip.Response
	var acked *awaitedACK
	c := s.inDialog(req, tx, func(c *call) (*sip.Response, *refusal) {
		if c.acked != nil && c.acked.offer {
			return nil, refuse(491, "Request Pending") // an offer of ours is open
		}
		body, offered, r := c.renegotiate(req)
		if r != nil {
			return nil, r
		}
		c.dialog.refresh(req)
		if c.acked != nil {
			c.acked.arrived() // who sends the next INVITE has the last 200
		}
		res = c.accept(req, body, offered)
		acked = c.acked
		return nil, nil
	})
	if c != nil {
		s.deliver(c, tx, res, acked)
	}
}

// onUpdate is a re-INVITE without ACK (RFC 3311), and so without late offer.
func (s *Server) onUpdate(req *sip.Request, tx sip.ServerTransaction) {
	s.inDialog(req, tx, func(c *call) (*sip.Response, *refusal) {
		if len(req.Body()) == 0 {
			c.dialog.refresh(req)
			res := sip.NewResponseFromRequest(req, 200, "OK", nil)
			res.AppendHeader(sip.NewHeader("Contact", c.dialog.contact))
			return res, nil
		}
		if c.machine.Pending() {
			return nil, refuse(491, "Request Pending") // RFC 3311 5.2
		}
		body, _, r := c.renegotiate(req)
		if r != nil {
			return nil, r
		}
		c.dialog.refresh(req)
		return c.accept(req, body, false), nil
	})
}

// renegotiate answers an offer within the dialog, or makes one where the
// request came without. After a refusal all is as before.
func (c *call) renegotiate(req *sip.Request) (body []byte, offered bool, _ *refusal) {
	if r := screenBody(req); r != nil {
		return nil, false, r
	}
	caps := c.server.capabilities(c.conference)
	if len(req.Body()) == 0 {
		if err := c.openMedia(c.local.Addr, len(caps.Audio) > 0, len(caps.Video) > 0); err != nil {
			return nil, false, refusalOf(err)
		}
		body, err := c.machine.Offer(caps, c.local)
		if err != nil {
			return nil, false, refusalOf(err)
		}
		return body, true, nil
	}
	offer, err := negotiation.Parse(req.Body())
	if err != nil {
		return nil, false, refusalOf(err)
	}
	plan, err := c.machine.Plan(offer, caps)
	if err != nil {
		return nil, false, refusalOf(err)
	}
	if err := c.openMedia(c.local.Addr, plan.HasAudio(), plan.HasVideo()); err != nil {
		return nil, false, refusalOf(err)
	}
	body, session, err := c.machine.Answer(plan, c.local)
	if err != nil {
		return nil, false, refusalOf(err)
	}
	if err := c.apply(session); err != nil {
		c.logger().Error("media could not be changed", "error", err)
		return nil, false, refusalOf(err)
	}
	return body, false, nil
}

// onAck confirms a 2xx, and brings the answer to an offer in it.
func (s *Server) onAck(req *sip.Request, _ sip.ServerTransaction) {
	if c := s.noteACK(req); c != nil {
		_ = c.do(func() { c.acknowledge(req) }) // an ACK is never answered
	}
}

// noteACK tells who waits for an ACK that it came, and returns the call, or
// nil. A call that has just ended waits too, before it says BYE.
func (s *Server) noteACK(req *sip.Request) *call {
	c := s.find(req)
	if c == nil {
		return nil // of nobody
	}
	if a := c.awaited.Load(); a != nil && a.cseq == req.CSeq().SeqNo {
		a.arrived()
	}
	return c
}

func (c *call) acknowledge(req *sip.Request) {
	if c.acked == nil || c.acked.cseq != req.CSeq().SeqNo {
		return // a repetition
	}
	offered := c.acked.offer
	c.acked.arrived()
	c.acked = nil
	if !c.reached.Swap(true) {
		if seat := c.seat.Load(); seat != nil {
			seat.RequestKeyframe(0) // what was shown so far was not sent
		}
	}
	if !offered || c.ended {
		return
	}
	if err := c.takeAnswer(req); err != nil {
		r := refusalOf(err)
		c.logger().Info("answer in ACK of no use", "reason", err)
		c.end(conference.Cause{Code: conference.CauseMediaFailed, Text: r.reason}, reasonSIP(r))
	}
}

// takeAnswer applies the answer that an ACK carries (RFC 3261 13.2.1).
func (c *call) takeAnswer(req *sip.Request) error {
	if r := screenBody(req); r != nil {
		return r
	}
	if err := c.acceptAnswer(req.Body()); err != nil {
		return err
	}
	if !c.needsPIN || c.lobby != nil {
		return nil
	}
	if !c.audio.HasEvents() {
		return conference.ErrPINRequired
	}
	return c.enterLobby()
}

// acceptAnswer applies the answer to an offer of ours.
func (c *call) acceptAnswer(body []byte) error {
	answer, err := negotiation.Parse(body)
	if err != nil {
		return err
	}
	session, err := c.machine.Accept(answer)
	if err != nil {
		return err
	}
	return c.apply(session)
}

// onBye ends a call (RFC 3261 15.1.2).
func (s *Server) onBye(req *sip.Request, tx sip.ServerTransaction) {
	s.inDialog(req, tx, func(c *call) (*sip.Response, *refusal) {
		c.peerLeft("")
		return sip.NewResponseFromRequest(req, 200, "OK", nil), nil
	})
}

// onInfo takes requests for key frames (RFC 5168) and keys.
func (s *Server) onInfo(req *sip.Request, tx sip.ServerTransaction) {
	s.inDialog(req, tx, func(c *call) (*sip.Response, *refusal) {
		ok := sip.NewResponseFromRequest(req, 200, "OK", nil)
		if len(req.Body()) == 0 {
			return ok, nil // a keep-alive
		}
		if len(req.Body()) > maxInfoBody {
			return nil, refuse(413, "Body Too Large")
		}
		contentType := ""
		if h := req.ContentType(); h != nil {
			contentType = h.Value()
		}
		if key, is := infoKey(contentType, req.Body()); is {
			c.audio.Press(key)
			return ok, nil
		}
		if !isMediaType(contentType, mediaControl) {
			return nil, refuse(415, "Unsupported Media Type", sip.NewHeader("Accept", mediaControl+", application/dtmf-relay"))
		}
		fastUpdate, err := parseMediaControl(req.Body())
		if err != nil {
			return nil, refuse(400, "Malformed Media Control")
		}
		if seat := c.seat.Load(); fastUpdate && seat != nil {
			s.counters.fastIn.Add(1)
			seat.RequestKeyframe(0)
		}
		return ok, nil
	})
}
