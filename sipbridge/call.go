package sipbridge

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"parley/conference"
	"parley/qos/rtp/leg"
	"parley/sipbridge/internal/negotiation"
)

// call is one dialog and what it brings into a conference. One goroutine (run)
// owns it; others reach it by do, post and Disconnect, the media by their
// ports.
type call struct {
	server     *Server
	conference *conference.Conference
	log        *slog.Logger
	source     netip.Addr // whose limits it counts to
	remoteTag  string     // of the dialog, which it never leaves
	callID     string     // of the dialog
	started    time.Time

	inbox      chan func()
	disconnect chan conference.Cause // of one
	left       chan string           // of one: the peer left, and how if not by BYE
	ending     chan struct{}         // closed when the call ends
	done       chan struct{}         // closed when nothing of the call runs

	info  atomic.Pointer[conference.Info]
	seat  atomic.Pointer[conference.Seat] // nil in the lobby
	audio *leg.Audio
	video *videoPort
	// reached is set once the peer has shown that what is sent to it arrives.
	// Before, no media is sent: an INVITE over UDP may be another's, and name
	// a third party as who is to be flooded.
	reached atomic.Bool

	// What follows is owned by run, or by who sets the call up before run.
	dialog   *dialog
	trust    *leg.Trust
	machine  *negotiation.Machine
	local    negotiation.Local
	liveness leg.Liveness
	lobby    *pinPrompt
	needsPIN bool // still to be asked for
	acked    *awaitedACK
	awaited  atomic.Pointer[awaitedACK] // the last acked, for who is not run
	lastInfo time.Time
	cname    string // of the peer
	picture  uint8  // payload type in which pictures arrive
	ended    bool
	work     sync.WaitGroup // goroutines that run awaits
}

// awaitedACK is a 2xx of ours that the peer has not acknowledged yet.
type awaitedACK struct {
	cseq  uint32
	offer bool // the 2xx carried an offer; the ACK carries its answer
	once  sync.Once
	done  chan struct{}
}

func (a *awaitedACK) arrived() { a.once.Do(func() { close(a.done) }) }

func (s *Server) newCall(d *dialog, conf *conference.Conference, source netip.Addr) *call {
	c := &call{
		server:     s,
		conference: conf,
		log:        s.log.With("conference", conf.Settings().ID, "call", d.callID),
		source:     source,
		remoteTag:  d.remoteTag,
		callID:     d.callID,
		started:    time.Now(),
		inbox:      make(chan func(), maxInbox),
		disconnect: make(chan conference.Cause, 1),
		left:       make(chan string, 1),
		ending:     make(chan struct{}),
		done:       make(chan struct{}),
		dialog:     d,
		trust:      &leg.Trust{Host: source.Unmap().WithZone(""), Window: s.cfg.Unanswered},
		machine:    negotiation.NewMachine(uint64(time.Now().UnixMicro())),
	}
	c.liveness = leg.Liveness{Timeout: s.cfg.MediaTimeout, Since: c.started}
	c.audio = leg.NewAudio(leg.AudioConfig{
		Codecs: s.codecs, Totals: &s.audio, Log: c.log, Ready: c.reached.Load,
		Described: func(cname string) { c.post(func() { c.describe(cname) }) },
	})
	c.video = newVideoPort(c)
	return c
}

// run executes what reaches the call until it ends, and then takes it down.
func (c *call) run() {
	ticker := time.NewTicker(livenessTick)
	defer ticker.Stop()
	for !c.ended {
		select {
		case f := <-c.inbox:
			f()
		case cause := <-c.disconnect:
			select {
			case text := <-c.left: // there is nobody to send BYE to
				c.peerLeft(text)
			default:
				c.end(cause, reasonOf(cause))
			}
		case text := <-c.left:
			c.peerLeft(text)
		case now := <-ticker.C:
			c.tick(now)
		}
	}
	c.work.Wait()
	c.closeMedia()
	c.server.release(c.source)
	close(c.done)
}

// do has the call's goroutine execute f and waits for it. It returns a refusal
// when the call is gone or too busy.
func (c *call) do(f func()) *refusal {
	ran := make(chan struct{})
	select {
	case c.inbox <- func() { f(); close(ran) }:
	case <-c.done:
		return refuse(481, "Call Does Not Exist")
	default:
		return refuse(503, "Call Is Busy", retryAfter(1))
	}
	select {
	case <-ran:
		return nil
	case <-c.done:
	}
	select {
	case <-ran: // it was f that ended the call
		return nil
	default:
		return refuse(481, "Call Does Not Exist")
	}
}

// post has the call's goroutine execute f, if it has room, and does not wait.
func (c *call) post(f func()) bool {
	select {
	case c.inbox <- f:
		return true
	default:
		return false
	}
}

// leave ends a call whose peer has left it, also when the call is too busy for
// requests: who hung up will not ask again (RFC 3261 15.1.1).
func (c *call) leave(text string) {
	select {
	case c.left <- text:
	default: // one is on its way
	}
}

// Disconnect implements conference.Participant.
func (c *call) Disconnect(cause conference.Cause) {
	select {
	case c.disconnect <- cause:
	default: // one is on its way
	}
}

func (c *call) peerLeft(text string) {
	c.end(conference.Cause{Code: conference.CauseLeft, Text: text}, nil)
}

// end ends the call; with a reason, the peer is sent BYE.
func (c *call) end(cause conference.Cause, reason sip.Header) {
	if c.ended {
		return
	}
	c.ended = true
	close(c.ending)
	c.leaveLobby()
	if seat := c.seat.Load(); seat != nil {
		seat.Leave(cause)
	}
	if reason != nil {
		c.bye(reason)
	} else {
		c.server.unregister(c)
	}
	c.logger().Info("SIP call ended", "cause", cause.String(), "duration", time.Since(c.started).Round(time.Millisecond))
}

// bye sends BYE and lets Server.Close wait for its answer. Until it is sent the
// dialog is known, for the ACK that has to come first.
func (c *call) bye(reason sip.Header) {
	req := c.dialog.request(sip.BYE)
	req.AppendHeader(reason)
	acked := c.acked
	c.server.work.Add(1) // run itself is counted, so the count is not zero here
	go func() {
		defer c.server.work.Done()
		if acked != nil {
			// RFC 3261 15: not before the ACK, unless it is overdue.
			grace := time.NewTimer(byeGrace)
			defer grace.Stop()
			select {
			case <-acked.done:
			case <-grace.C:
			case <-c.server.ctx.Done():
			}
		}
		c.server.unregister(c)
		if _, err := c.server.request(req); err != nil {
			c.logger().Debug("BYE not answered", "error", err)
		}
	}()
}

func (c *call) closeMedia() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.audio.Close(ctx)
	c.video.Close(ctx)
}

// tick asks the liveness machine whether the peer is there.
func (c *call) tick(now time.Time) {
	s := c.machine.Session()
	expecting := s.Audio.Direction.Receives() || s.Video.Direction.Receives()
	last := c.audio.LastReceived()
	if v := c.video.LastReceived(); v.After(last) {
		last = v
	}
	switch c.liveness.Check(now, last, expecting) {
	case leg.Lost:
		c.server.counters.lost.Add(1)
		cause := conference.Cause{Code: conference.CauseTimeout, Text: "no media and no RTCP arrived"}
		c.end(cause, reasonOf(cause))
	case leg.Doubtful:
		c.ping()
	}
}

// ping asks a held peer, from which no media comes, whether it is there
// (RFC 3261 11: OPTIONS within the dialog).
func (c *call) ping() {
	req := c.dialog.request(sip.OPTIONS)
	c.goRequest(req, func(res *sip.Response, err error) {
		if err != nil {
			return // no answer: the next tick judges for how long
		}
		if res.StatusCode != 481 && res.StatusCode != 408 { // RFC 3261 12.2.1.2
			c.liveness.Answered(time.Now())
			return
		}
		c.server.counters.lost.Add(1)
		c.end(conference.Cause{Code: conference.CauseTimeout, Text: "the peer knows this call no more"}, nil)
	})
}

// goRequest sends a request of the dialog; then runs in the call's goroutine, also
// in one that is busy: without the answer, it would wait for it for ever.
func (c *call) goRequest(req *sip.Request, then func(*sip.Response, error)) {
	c.work.Go(func() {
		res, err := c.server.requestUntil(req, c.ending)
		select {
		case c.inbox <- func() { then(res, err) }:
		case <-c.ending:
		}
	})
}

// logger names the participant too, once the call is seated, and where: a call may
// be moved.
func (c *call) logger() *slog.Logger {
	if seat := c.seat.Load(); seat != nil {
		return c.server.log.With("conference", seat.Conference().Settings().ID, "call", c.callID, "participant", string(seat.ID()))
	}
	return c.log
}

// Info implements conference.Participant.
func (c *call) Info() conference.Info { return *c.info.Load() }

// Audio implements conference.Participant.
func (c *call) Audio() conference.AudioPort { return c.audio }

// Video implements conference.Participant.
func (c *call) Video() conference.VideoPort { return c.video }
