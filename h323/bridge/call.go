package bridge

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h245"
	"parley/h323/h450"
	"parley/h323/media"
	"parley/h323/q931"
	"parley/qos/rtp/leg"
)

// signalling is what a call needs of an *h323.Call.
type signalling interface {
	progress
	control
	SendUserInput(text string, duration time.Duration)
}

// progress is the call's way from SETUP to its end.
type progress interface {
	Info() h323.Info
	SetCapabilities(receive, send *media.Set)
	SetConference(id h225.ConferenceIdentifier)
	Collect()
	Alert()
	Answer()
	Release(r *h323.Refusal)
	transfers
}

// transfers are those of H.450.2.
type transfers interface {
	AnswerTransfer(err error)
	AnswerIdentify(identity h450.CallIdentity, at []h225.AliasAddress)
	AnswerArrival(err error)
	Replaced()
	AnswerInterrogation(id uint16, waiting h450.MWIInterrogateRes, refused error)
}

// control is what is asked of the peer within the call.
type control interface {
	RequestKeyframe(n h245.LogicalChannelNumber)
	LimitRate(n h245.LogicalChannelNumber, bitRate int)
	OpenChannel(k media.Kind, r media.Role, cp media.Capability)
	CloseChannel(d media.Direction, n h245.LogicalChannelNumber)
	token
	SendControl(m *h245.MultimediaSystemControlMessage)
}

// token is that of H.239.
type token interface {
	RequestPresentation()
	ReleasePresentation()
}

// call is one H.323 call and what it brings into a conference. One goroutine
// (run) owns it; others reach it by post and Disconnect, the media by their
// ports.
type call struct {
	server  *Server
	line    signalling
	source  netip.Addr
	started time.Time
	log     *slog.Logger

	queue      queue
	disconnect chan conference.Cause // of one
	ending     chan struct{}         // closed when the call ends

	info   atomic.Pointer[conference.Info]
	seat   atomic.Pointer[conference.Seat] // nil in the lobby
	slide  atomic.Uint32                   // SourceID of the peer's presentation, 0: none
	live   atomic.Uint32                   // SourceID of its second camera, 0: none
	shown  atomic.Pointer[presented]       // by its room, not taken yet; nil: all is
	audio  *leg.Audio
	video  *videoPort
	camera *cameraPort
	media  sync.Mutex // guards opening ports against closing them
	closed bool       // by media: no port is opened any more

	// What follows is owned by run.
	wanted     wanted
	trust      *leg.Trust
	conference *conference.Conference
	room       *room
	liveness   leg.Liveness
	prompt     *prompt
	answered   chan error // of a call that we make: told once
	channels   channels
	remote     *media.Set // what the peer receives; nil: not said yet
	cname      string     // of the peer
	cameraOff  bool       // the peer said that its picture is inactive
	talk       presentation
	floorAsked time.Time // by the peer
	codec      following
	share      int // of what the gatekeeper grants, bit/s of each channel of pictures; 0: enough
	held       held
	told       secrecyTold
	transfer   transferring
	identity   h450.CallIdentity                      // given to the peer; empty: none
	peerName   string                                 // of who the peer was transferred to
	replaces   *call                                  // whose place this one is to take; nil: nobody's
	unsaid     []*h245.MultimediaSystemControlMessage // until H.245 is under way
	ended      bool
	work       sync.WaitGroup // goroutines that run awaits
}

// newCall returns a call that is attached to its signalling later.
func (s *Server) newCall() *call {
	c := &call{
		server: s, started: time.Now(), log: s.log,
		queue:      queue{kick: make(chan struct{}, 1)},
		disconnect: make(chan conference.Cause, 1),
		ending:     make(chan struct{}),
	}
	c.liveness = leg.Liveness{Timeout: s.cfg.MediaTimeout, Since: c.started}
	c.audio = leg.NewAudio(leg.AudioConfig{
		Codecs: s.codecs, Totals: &s.audio, Log: s.log, Ready: always,
		Described: func(cname string) { c.post(func() { c.describe(cname) }) },
	})
	c.video = newVideoPort(c)
	c.camera = newCameraPort(c)
	return c
}

// attach gives a call its signalling, before run.
func (c *call) attach(line signalling) {
	info := line.Info()
	c.line = line
	c.setSource(&info)
	c.log = c.server.log.With("call", fmt.Sprintf("%x", info.ID.GUID))
	c.updateInfo()
}

// setSource notes the peer's host, which a call that we make only has once it is
// connected to, and another one after it was forwarded.
func (c *call) setSource(info *h323.Info) {
	a := info.Remote.Addr()
	if !a.IsValid() {
		return
	}
	if a = a.Unmap().WithZone(""); a != c.source || c.trust == nil {
		c.source, c.trust = a, &leg.Trust{Host: a, Window: c.server.cfg.Unanswered}
	}
}

// always: call signalling goes over TCP, whose handshake has shown that the
// peer is where it says.
func always() bool { return true }

// owner hands what an h323.Call tells to its call.
type owner struct{ c *call }

// Local implements h323.Owner.
func (o owner) Local(line *h323.Call, ch *media.Channel) (media.Addresses, error) {
	return o.c.local(ch, line.Info().Remote.Addr().Unmap().WithZone(""))
}

// Event implements h323.Owner.
func (o owner) Event(_ *h323.Call, e h323.Event) {
	if k, ok := e.(h323.KeyframeRequested); ok {
		o.c.keyframeRequested(k.Channel.Role) // many may come, and need no order
		return
	}
	o.c.post(func() { o.c.take(e) })
}

// queue is what waits for a call's goroutine. Nobody who adds to it waits.
type queue struct {
	mu   sync.Mutex
	list []func()
	kick chan struct{}
}

// post has the call's goroutine execute f. A call that is not up to what it is
// told is ended.
func (c *call) post(f func()) bool {
	q := &c.queue
	q.mu.Lock()
	full := len(q.list) >= maxInbox
	if !full {
		q.list = append(q.list, f)
	}
	q.mu.Unlock()
	if full {
		c.Disconnect(conference.Cause{Code: conference.CauseError, Text: "too much at once"})
		return false
	}
	select {
	case q.kick <- struct{}{}:
	default:
	}
	return true
}

func (q *queue) take() []func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list = nil
	return list
}

// run executes what reaches the call until it ends, and then takes it down.
func (c *call) run() {
	ticker := time.NewTicker(livenessTick)
	defer ticker.Stop()
	for !c.ended {
		select {
		case <-c.queue.kick:
			for _, f := range c.queue.take() {
				if !c.ended {
					f()
				}
			}
		case cause := <-c.disconnect:
			c.disconnected(cause)
		case now := <-ticker.C:
			c.tick(now)
		}
	}
	c.work.Wait()
	c.closeMedia()
	c.server.unregister(c)
}

// Disconnect implements conference.Participant.
func (c *call) Disconnect(cause conference.Cause) {
	select {
	case c.disconnect <- cause:
	default: // one is on its way
	}
}

// disconnected: the conference wants the call to end. One whose transfer has just
// emptied its conference is to hear of that first.
func (c *call) disconnected(cause conference.Cause) {
	if c.transfer.moving {
		c.transfer.after = &cause
		return
	}
	c.end(cause, releaseOf(cause))
}

// end ends the call; with a refusal, the peer is told.
func (c *call) end(cause conference.Cause, r *h323.Refusal) {
	if c.ended {
		return
	}
	c.ended = true
	close(c.ending)
	c.leaveLobby()
	c.endTransfer(cause)
	c.dropIdentity()
	if c.room != nil {
		c.room.leave(c)
	}
	if seat := c.seat.Load(); seat != nil {
		seat.Leave(cause)
	}
	if r != nil {
		c.line.Release(r)
	}
	if c.answered != nil {
		c.answered <- &CallError{Cause: q931.NormalClearing, Text: cause.String()}
		c.answered = nil
	}
	c.logger().Info("H.323 call ended", "cause", cause.String(), "duration", time.Since(c.started).Round(time.Millisecond))
}

func (c *call) closeMedia() {
	c.media.Lock()
	c.closed = true
	c.media.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c.audio.Close(ctx)
	c.video.main.Close(ctx)
	c.video.slides.Close(ctx)
	c.video.second.Close(ctx)
	c.camera.Close(ctx)
}

// tick asks the liveness machine whether the peer is there. While no media is
// expected the signalling connection alone shows it.
func (c *call) tick(now time.Time) {
	c.channels.keepAlive(now, c)
	c.followOn(now)
	expecting := c.channels.receives() && !c.held.any()
	last := c.audio.LastReceived()
	for _, l := range []*leg.Video{c.video.main, c.video.slides, c.video.second} {
		if v := l.LastReceived(); v.After(last) {
			last = v
		}
	}
	if c.wanted.collect && now.Sub(c.started) > collectTimeout {
		c.turnDown(conference.ErrUnknownConference)
		return
	}
	switch c.liveness.Check(now, last, expecting) {
	case leg.Lost:
		c.server.counters.lost.Add(1)
		cause := conference.Cause{Code: conference.CauseTimeout, Text: "no media and no RTCP arrived"}
		c.end(cause, releaseOf(cause))
	case leg.Doubtful:
		c.liveness.Answered(now)
	}
}

// logger names the participant too, once the call is seated.
func (c *call) logger() *slog.Logger {
	log := c.log
	if c.conference != nil {
		log = log.With("conference", c.conference.Settings().ID)
	}
	if seat := c.seat.Load(); seat != nil {
		log = log.With("participant", string(seat.ID()))
	}
	return log
}

// Info implements conference.Participant.
func (c *call) Info() conference.Info { return *c.info.Load() }

// Audio implements conference.Participant.
func (c *call) Audio() conference.AudioPort { return c.audio }

// Video implements conference.Participant.
func (c *call) Video() conference.VideoPort { return c.video }

// Quality implements conference.Measured.
func (c *call) Quality() conference.Quality { return conference.Quality(c.audio.Quality()) }

var (
	_ conference.PayloadPort = (*leg.Audio)(nil)
	_ conference.Participant = (*call)(nil)
	_ conference.Measured    = (*call)(nil)
	_ signalling             = (*h323.Call)(nil)
	_ h323.Owner             = owner{}
)
