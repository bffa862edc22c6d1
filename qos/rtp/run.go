package rtp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"parley/codecs"
)

// read receives from one socket until the session is closed.
func (s *Session) read(c *net.UDPConn, at port) {
	var p codecs.Packet
	in := newInlet(c, s.transport.group)
	var long []byte
	if s.long && !at.rtcp {
		long = make([]byte, maxLong+1)
	}
	failed := 0
	for failed < maxReadErrors {
		buf := s.pool.Get()
		into := buf.Bytes[:]
		if long != nil {
			into = long
		}
		n, from, by, err := in.read(into)
		if err != nil {
			buf.Release()
			if s.closed.Load() || errors.Is(err, net.ErrClosed) {
				return
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				continue
			}
			failed++
			s.countReadError()
			continue
		}
		failed = 0
		from = unmapped(from)
		if why := s.transport.group.screen(from, by); why != taken {
			if first := s.countRefusal(why); first && why == byDistance {
				s.log.Warn("packets below the group's hop floor are dropped, and no more is said of them: "+
					"their senders are too far away, or begin with a TTL below 255", "from", from, "ttl", by.ttl, "hop_floor", s.transport.group.hopFloor)
			}
			buf.Release()
			continue
		}
		b := into[:n]
		if n == len(into) { // what fills the buffer may have been cut by the kernel
			b = b[:0]
		} else if long != nil {
			b = kept(buf, b)
		}
		s.receive(time.Now(), from, buf, b, &p, at)
		buf.Release()
	}
	s.log.Error("RTP socket given up after repeated read errors", "local", c.LocalAddr().String())
}

// kept moves b to where it stays: into buf if it fits.
func kept(buf *codecs.Buffer, b []byte) []byte {
	if len(b) > len(buf.Bytes) {
		return slices.Clone(b)
	}
	return buf.Bytes[:copy(buf.Bytes[:], b)]
}

// countRefusal reports whether the packet is the first that is counted so.
func (s *Session) countRefusal(why refusal) bool {
	s.machine.mu.Lock()
	defer s.machine.mu.Unlock()
	switch st := &s.machine.stats; why {
	case bySource:
		st.Filtered++
		return st.Filtered == 1
	case byDistance:
		st.BelowHopFloor++
		return st.BelowHopFloor == 1
	case byInterface: // of another group that only is called the same
	}
	return false
}

func (s *Session) countReadError() {
	s.machine.mu.Lock()
	s.machine.stats.ReadErrors++
	s.machine.mu.Unlock()
}

// receive takes the packet b, which lies in buf.
func (s *Session) receive(now time.Time, from netip.AddrPort, buf *codecs.Buffer, b []byte, p *codecs.Packet, at port) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.ended {
		return
	}
	var src *Source
	if !at.rtcp && !isRTCP(b) {
		*p = codecs.Packet{Buffer: buf}
		src = s.machine.receiveLayer(now, at.layer, from, b, p)
	} else {
		next := s.machine.next()
		s.machine.receiveLayerRTCP(now, at.layer, from, b)
		s.hurry(next)
	}
	s.carryOut()
	if src != nil {
		s.receiver.ReceiveRTP(src, p)
	}
}

// hurry wakes report when the next one became earlier than before.
func (s *Session) hurry(before time.Time) {
	if s.machine.next().Before(before) {
		select {
		case s.kick <- struct{}{}:
		default:
		}
	}
}

// carryOut does what the machine asks for. The caller has the turn.
func (s *Session) carryOut() {
	for i := range s.machine.actions {
		a := &s.machine.actions[i]
		switch a.kind {
		case actSource:
			s.receiver.SourceChanged(a.source, a.change)
		case actKeyframe:
			s.receiver.KeyframeRequested(a.ssrc)
		case actRate:
			if r, ok := s.receiver.(RateReceiver); ok {
				r.RateLimited(a.ssrc, a.rate)
			}
		case actLoop:
			s.receiver.LoopDetected(a.addr, a.what)
			if r, ok := s.receiver.(MixLoopReceiver); ok && a.what == loopCSRC.String() {
				cname := ""
				if a.source != nil {
					cname = a.source.SDES().CNAME
				}
				r.MixLooped(a.ssrc, cname)
			}
		case actApplication:
			if r, ok := s.receiver.(ApplicationReceiver); ok {
				r.ReceiveApplication(a.source, Application{Name: a.what, Subtype: uint8(a.ssrc), Data: a.packet})
			}
		case actApplicantLeft:
			if r, ok := s.receiver.(ApplicationReceiver); ok {
				r.ApplicantLeft(a.source)
			}
		case actUndecrypted:
			if r, ok := s.receiver.(KeyReceiver); ok {
				r.Undecryptable(a.addr, a.ssrc)
			}
		case actUnknownPayload:
			if r, ok := s.receiver.(PayloadReceiver); ok {
				r.UnknownPayload(a.addr, a.ssrc, a.payloadType)
			}
		case actReport:
			s.sendLayerReport(a.layer, a.packet)
		case actReflect:
			s.sendRTCP(a.packet, s.machine.dest.Load().rtcp, nil)
		case actCollision:
			s.log.Warn("RTP SSRC collision: took another", "was", a.ssrc, "is", s.SSRC())
			if r, ok := s.receiver.(CollisionReceiver); ok {
				r.SSRCCollided(a.ssrc)
			}
		}
		*a = action{}
	}
	s.machine.actions = s.machine.actions[:0]
}

// report sends RTCP when it is due.
func (s *Session) report() {
	timer := time.NewTimer(time.Until(s.machine.next()))
	defer timer.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-s.kick:
		case <-timer.C:
		}
		timer.Reset(time.Until(s.expire()))
	}
}

func (s *Session) expire() time.Time {
	if s.transport.group != nil {
		s.transport.group.refresh()
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	next := s.machine.expire(time.Now())
	s.carryOut()
	return next
}

// Close sends BYE with reason and stops all goroutines. In a session of more
// than 50 members BYE has to wait its time (RFC 3550 6.3.7); when ctx ends
// before, it is not sent. The Transport stays open.
func (s *Session) Close(ctx context.Context, reason string) error {
	if s.closed.Swap(true) {
		return nil
	}
	close(s.done)
	s.leave(ctx, reason)
	stopped := make(chan struct{})
	err := s.deafen()
	go func() {
		s.wg.Wait()
		close(stopped)
	}()
	select {
	case <-stopped:
		return err
	case <-ctx.Done():
		return errors.Join(err, ctx.Err())
	}
}

// deafen ends reception.
func (s *Session) deafen() error {
	if p := s.transport.place; p != nil {
		p.leave()
		s.turn.Lock()
		s.ended = true // for what is just being received
		s.turn.Unlock()
		return nil
	}
	if s.feedback != nil {
		s.feedback.Close() // its goroutine ends by that
	}
	past := time.Unix(1, 0)
	var err error
	for _, c := range s.transport.sockets() {
		err = errors.Join(err, c.SetReadDeadline(past))
	}
	if errors.Is(err, net.ErrClosed) {
		return nil // closed before its session: then the goroutines end too
	}
	return err
}

// leave says BYE.
func (s *Session) leave(ctx context.Context, reason string) {
	packet, at := s.machine.leave(time.Now(), reason)
	for due := at.IsZero(); !due; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(at)):
		}
		due, at = s.machine.byeDue(time.Now())
	}
	s.sendReport(packet)
	if packet != nil && s.machine.layers > 0 {
		s.turn.Lock()
		defer s.turn.Unlock()
		s.machine.leaveLayers(time.Now(), reason)
		s.carryOut()
	}
}
