package webrtc

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"parley/codecs"
	"parley/conference"
)

// client is one browser's part in a conference: a conference.Participant. Its
// state belongs to the goroutine of run; everybody else sends it commands.
type client struct {
	srv   *Server
	conf  *conference.Conference
	path  string // conference as the page named it
	token token
	log   *slog.Logger
	seat  *conference.Seat

	info  atomic.Pointer[conference.Info]
	audio *audioPort
	video *videoPort

	reception reception                          // of the microphone
	remote    atomic.Pointer[remoteReport]       // of the mix, by the page
	quality   atomic.Pointer[conference.Quality] // by measure

	commands chan func()
	ending   chan conference.Cause // of capacity 1
	done     chan struct{}         // closed when run has ended
	tracks   sync.WaitGroup        // readers of tracks and of RTCP, and the watch

	// Of run only.
	sock   *socket // nil: the page is away
	peer   *peer   // nil: no offer came yet
	live   liveness
	roster replica
	camera bool             // the page has not said that its camera is off
	screen string           // MediaStream of the shared screen; "": nothing is shared
	told   [2]codecs.Format // audio and video, as updateSource told them
	gauge  gauge
	// lacking are the sources whose codec the page cannot take; see lack.
	lacking []conference.SourceID
}

// newClient joins conf.
func newClient(s *Server, conf *conference.Conference, path, remote, name string) (*client, error) {
	c := &client{
		srv: s, conf: conf, path: path, token: newToken(),
		log:      s.log.With("conference", path),
		commands: make(chan func(), commandQueue),
		ending:   make(chan conference.Cause, 1),
		done:     make(chan struct{}),
		live:     liveness{window: s.cfg.ResumeWindow},
		camera:   true,
	}
	c.audio = newAudioPort(c)
	c.video = newVideoPort(c)
	// Until the page's offer tells, it is taken to understand all: nothing is
	// sent before, and nobody is told of a codec that may not be missing.
	allowed := append(conf.Formats(codecs.MediaAudio), conf.Formats(codecs.MediaVideo)...)
	c.info.Store(&conference.Info{
		Name: name, Address: remote, Wire: conference.WireWebRTC,
		Formats: append(allowed, h264Decodable[:]...), ManyStreams: true,
		Encrypted: true, // DTLS-SRTP is all that there is (RFC 8827 6.5)
	})
	seat, err := conf.Join(c)
	if err != nil {
		return nil, err
	}
	c.seat = seat
	c.log = c.log.With("participant", seat.ID())
	return c, nil
}

// Info implements conference.Participant.
func (c *client) Info() conference.Info { return *c.info.Load() }

// Audio implements conference.Participant.
func (c *client) Audio() conference.AudioPort { return c.audio }

// Video implements conference.Participant.
func (c *client) Video() conference.VideoPort { return c.video }

// Disconnect implements conference.Participant.
func (c *client) Disconnect(cause conference.Cause) {
	select {
	case c.ending <- cause:
	default: // it is ending already
	}
}

// do has f called by the client's goroutine, unless the client ends before. It
// reports false when the client has ended. It must not be called from that
// goroutine.
func (c *client) do(f func()) bool {
	select {
	case c.commands <- f:
		return true
	case <-c.done:
		return false
	}
}

// call is do that waits for f, and reports whether it was called.
func (c *client) call(f func()) bool {
	called := make(chan struct{})
	if !c.do(func() { f(); close(called) }) {
		return false
	}
	select {
	case <-called:
		return true
	case <-c.done:
	}
	select {
	case <-called: // and then the client ended
		return true
	default:
		return false
	}
}

// run is the client's goroutine. It starts with the socket that joined.
func (c *client) run(sock *socket) {
	defer c.srv.wg.Done()
	ctx, cancel := context.WithCancel(c.srv.ctx)
	roster, watch := c.conf.Watch()
	c.roster.reset(roster)
	c.attach(sock)
	c.welcome(false)
	c.tracks.Add(1)
	go c.watch(ctx, watch)

	ticker := time.NewTicker(time.Second)
	cause := c.loop(ctx, ticker.C)
	ticker.Stop()
	c.end(cause)
	close(c.done) // from here on do fails, and nobody waits for us
	cancel()
	c.tracks.Wait()
}

func (c *client) loop(ctx context.Context, tick <-chan time.Time) conference.Cause {
	for {
		select {
		case f := <-c.commands:
			f()
		case t := <-tick:
			c.tick(t)
		case cause := <-c.ending:
			return cause
		case <-ctx.Done():
			return conference.Cause{Code: conference.CauseShutdown}
		}
	}
}

// end leaves the conference and tells the page why.
func (c *client) end(cause conference.Cause) {
	c.seat.Leave(cause)
	c.srv.removeClient(c)
	if c.sock != nil {
		code := websocket.StatusNormalClosure
		if cause.Code == conference.CauseShutdown {
			code = websocket.StatusGoingAway
		}
		c.sock.send(byeMessage{Type: "bye", Cause: string(cause.Code), Text: cause.Text})
		c.sock.close(code, string(cause.Code))
		c.sock = nil
	}
	c.dropPeer()
	c.log.Info("browser left", "cause", cause)
}

// attach makes sock the page's socket. An older one is superseded: the same
// page came back before the loss of its first socket was noticed.
func (c *client) attach(sock *socket) {
	if c.sock != nil && c.sock != sock {
		c.sock.close(websocket.StatusPolicyViolation, string(conference.CauseReplaced))
	}
	c.sock = sock
	c.live.connected(time.Now())
}

// resume is called when the page came back to its seat.
func (c *client) resume(sock *socket) {
	c.attach(sock)
	c.roster.reset(c.conf.Roster())
	c.welcome(true)
	c.log.Info("browser resumed", "remote", sock.remote)
}

func (c *client) welcome(resumed bool) {
	s := c.conf.Settings()
	servers := []iceServer{}
	if len(c.srv.cfg.ICEServers) > 0 {
		servers = append(servers, iceServer{URLs: c.srv.cfg.ICEServers})
	}
	c.send(welcomeMessage{
		Type: "welcome", ID: string(c.seat.ID()), Token: c.token.String(), Resumed: resumed,
		Conference: conferenceView{ID: s.ID, Title: s.Title},
		ICEServers: servers,
		Roster:     viewRoster(c.roster.roster()),
	})
}

// send tells the page, if it is there.
func (c *client) send(v any) {
	if c.sock != nil {
		c.sock.send(v)
	}
}

// socketLost is called when a socket's reader has ended.
func (c *client) socketLost(sock *socket) {
	if c.sock == sock {
		c.sock = nil
		c.live.disconnected(time.Now())
	}
}

// receive takes one message of the page.
func (c *client) receive(sock *socket, m message) {
	if c.sock != sock {
		return // superseded
	}
	c.live.heard(time.Now())
	switch m := m.(type) {
	case *descriptionMessage:
		c.describe(m.Description)
	case *candidateMessage, *pongMessage:
	case *muteMessage:
		c.seat.SetMuted(*m.Muted)
	case *cameraMessage:
		c.camera = *m.On
		c.updateSource()
	case *screenMessage:
		c.screen = ""
		if *m.On {
			c.screen = m.Stream
		}
		c.updateScreen()
	case *keyframeMessage:
		c.seat.RequestKeyframe(conference.SourceID(m.Source))
	case *leaveMessage:
		c.Disconnect(conference.Cause{Code: conference.CauseLeft})
	case *joinMessage:
		c.refuse(errors.New("joined already"))
	}
}

// refuse ends the socket of a page that said what cannot be taken. Its seat
// waits for it as after any loss.
func (c *client) refuse(err error) {
	c.srv.counters.badMessages.Add(1)
	c.log.Warn("browser sent what cannot be taken", "err", err)
	if c.sock != nil {
		c.sock.fail(codeBadMessage, err.Error())
	}
}

// tick is called once a second.
func (c *client) tick(now time.Time) {
	c.measure()
	c.video.restrain()
	d := c.live.tick(now)
	switch {
	case d.timeout:
		c.Disconnect(conference.Cause{Code: conference.CauseTimeout, Text: "connection lost"})
	case d.mediaFailed:
		c.Disconnect(conference.Cause{Code: conference.CauseMediaFailed, Text: "no path for media"})
	case d.dropSocket:
		sock := c.sock
		c.socketLost(sock)
		sock.close(websocket.StatusPolicyViolation, "no answer to ping")
	}
	if d.ping {
		c.send(pingMessage{Type: "ping"})
	}
	if d.quality {
		c.tellQuality()
	}
}

func (c *client) tellQuality() {
	m := qualityMessage{Type: "quality", Participants: map[conference.ParticipantID]qualityView{}}
	for id, q := range c.conf.Quality() {
		m.Participants[id] = viewQuality(q)
	}
	c.send(m)
}

// updateSource tells the conference what the page sends.
func (c *client) updateSource() {
	info := conference.SourceInfo{AudioFormat: c.audio.received()}
	if c.camera {
		info.VideoFormat = c.video.camera.sent
	}
	// Only changes: each is an event to everybody in the conference.
	if now := [2]codecs.Format{info.AudioFormat, info.VideoFormat}; now != c.told {
		c.told = now
		c.seat.UpdateSource(c.seat.Source(), info)
	}
}
