package webrtc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"

	"parley/codecs"
)

// errNoGathering says that the own addresses could not be listed.
var errNoGathering = errors.New("webrtc: candidates were not gathered in time")

// peer is one PeerConnection of a client. It belongs to the client's
// goroutine, but for what its comments say.
type peer struct {
	c       *client
	pc      *webrtc.PeerConnection
	session string // what the page's PeerConnection is known by
	audio   *audioTrack
	slots   []*slot
	wanted  []picture
	video   []codecs.Format // allowed here, best first

	offered   *socket // to which the offer under way went; nil: none is
	answered  bool    // the page's first offer was answered
	connected bool
	tracks    int
}

// newPeer makes a PeerConnection that awaits the page's offer.
func (c *client) newPeer(session string) (*peer, error) {
	audio, video := c.conf.Formats(codecs.MediaAudio), c.conf.Formats(codecs.MediaVideo)
	api, err := newAPI(c.srv.settings, append(audio[:len(audio):len(audio)], video...))
	if err != nil {
		return nil, err
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	p := &peer{c: c, pc: pc, session: session, video: video}
	p.audio = newAudioTrack(c.srv.mux.conn, audio)
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		c.do(func() { p.stateChanged(s) })
	})
	pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		c.do(func() { p.trackStarted(t, r) })
	})
	sender, err := pc.AddTrack(p.audio)
	if err != nil {
		_ = pc.Close()
		return nil, err
	}
	c.tracks.Add(1)
	go c.readAudioReports(sender, p.audio)
	return p, nil
}

// sessionOf is what tells one PeerConnection of a page from another: the
// session id that stays the same through all its descriptions (RFC 8829
// 5.2.2), and its certificate.
func sessionOf(sdp string) string {
	var id, fingerprint string
	for line := range strings.Lines(sdp) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case id == "" && strings.HasPrefix(line, "o="):
			if f := strings.Fields(line); len(f) > 1 {
				id = f[1]
			}
		case fingerprint == "" && strings.HasPrefix(line, "a=fingerprint:"):
			fingerprint = line
		}
	}
	return id + " " + fingerprint
}

// describe takes an offer or answer of the page.
func (c *client) describe(d sessionDescription) {
	var err error
	if d.Type == "offer" {
		err = c.takeOffer(d.SDP)
	} else if c.peer != nil {
		err = c.peer.takeAnswer(d.SDP)
	}
	if err != nil {
		c.refuse(fmt.Errorf("%s: %w", d.Type, err))
		return
	}
	c.showPictures()
}

func (c *client) takeOffer(sdp string) error {
	session := sessionOf(sdp)
	if c.peer != nil && c.peer.session != session {
		c.dropPeer() // the page made a new connection
	}
	if c.peer == nil {
		p, err := c.newPeer(session)
		if err != nil {
			return err
		}
		c.peer = p
		c.live.media(false, time.Now())
	}
	return c.peer.takeOffer(sdp)
}

// dropPeer ends the PeerConnection.
func (c *client) dropPeer() {
	p := c.peer
	if p == nil {
		return
	}
	c.peer = nil
	p.connected = false
	for _, s := range p.slots {
		p.unsubscribe(s)
	}
	c.audio.out.Store(nil)
	c.video.camera.drop()
	c.video.screen.drop()
	c.srv.mux.conn.removeAudio(p.audio.ssrc())
	if err := p.pc.GracefulClose(); err != nil {
		c.log.Debug("close of the peer connection", "err", err)
	}
}

// takeOffer answers the page's offer. Where offers cross, the bridge is the
// impolite peer: it ignores the page's, which gives way and offers again.
func (p *peer) takeOffer(sdp string) error {
	if p.pc.SignalingState() == webrtc.SignalingStateHaveLocalOffer {
		// The answer may have been lost with a socket. The page has to answer
		// before anything else can be agreed on, so it gets the offer again.
		if p.offered != p.c.sock {
			p.sendOffer()
		}
		return nil
	}
	answer, err := p.answer(sdp)
	if err != nil {
		return err
	}
	local, err := p.setLocal(answer)
	if err != nil {
		return err
	}
	p.c.send(describeMessage(local))
	p.answered = true
	p.c.srv.mux.conn.addAudio(p.audio.ssrc())
	p.learnFormats()
	return nil
}

// answer applies the page's offer and returns the answer, in which the codecs
// that this conference prefers come first.
func (p *peer) answer(sdp string) (webrtc.SessionDescription, error) {
	err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp})
	if err != nil {
		return webrtc.SessionDescription{}, err
	}
	p.retire()
	for _, t := range p.pc.GetTransceivers() {
		if r := t.Receiver(); r != nil && t.Kind() == webrtc.RTPCodecTypeVideo {
			if prefer := ordered(r.GetParameters().Codecs, p.video); len(prefer) > 0 {
				if err := t.SetCodecPreferences(prefer); err != nil {
					return webrtc.SessionDescription{}, err
				}
			}
		}
	}
	return p.pc.CreateAnswer(nil)
}

// setLocal applies an own description and returns it with all candidates,
// which are known at once: they are the addresses of the shared sockets.
func (p *peer) setLocal(d webrtc.SessionDescription) (*webrtc.SessionDescription, error) {
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(d); err != nil {
		return nil, err
	}
	late := time.NewTimer(gatherWithin)
	defer late.Stop()
	select {
	case <-gathered:
		return p.pc.LocalDescription(), nil
	case <-late.C:
		return nil, errNoGathering
	}
}

type describedMessage struct {
	Type        string             `json:"type"`
	Description sessionDescription `json:"description"`
}

func describeMessage(d *webrtc.SessionDescription) describedMessage {
	return describedMessage{
		Type:        "description",
		Description: sessionDescription{Type: d.Type.String(), SDP: d.SDP},
	}
}

// learnFormats tells the conference what the page takes, as its offer said.
func (p *peer) learnFormats() {
	var negotiated []webrtc.RTPCodecParameters
	for _, t := range p.pc.GetTransceivers() {
		if r := t.Receiver(); r != nil {
			negotiated = append(negotiated, r.GetParameters().Codecs...)
		}
	}
	formats := receivable(append(p.audio.allowed[:len(p.audio.allowed):len(p.audio.allowed)], p.video...), negotiated)
	old := p.c.info.Load()
	if len(formats) == 0 || slices.Equal(old.Formats, formats) {
		return
	}
	info := *old
	info.Formats = formats
	p.c.info.Store(&info)
	p.c.seat.Update(info)
}

// stateChanged follows the connection: media flows while it is connected.
func (p *peer) stateChanged(s webrtc.PeerConnectionState) {
	if p.c.peer != p {
		return
	}
	now := time.Now()
	switch s {
	case webrtc.PeerConnectionStateConnected:
		p.connected = true
		p.c.live.media(true, now)
		p.c.audio.out.Store(p.audio)
		p.c.log.Info("browser connected")
		for _, s := range p.slots {
			if s.subscribed {
				p.c.seat.RequestKeyframe(s.picture.source)
			}
		}
		p.subscribeAll()
	case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed:
		p.connected = false
		p.c.live.media(false, now)
		p.c.log.Info("browser's media stalls", "state", s.String())
	case webrtc.PeerConnectionStateClosed:
		// DTLS said goodbye: the page closed its connection and, unless it
		// leaves, will offer a new one.
		p.connected = false
		p.c.live.media(false, now)
	}
}

// trackStarted begins to read what the page sends.
func (p *peer) trackStarted(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	if p.c.peer != p || p.tracks >= MaxTracks {
		return
	}
	p.tracks++
	read := p.c.readAudio
	if t.Kind() == webrtc.RTPCodecTypeVideo {
		u := p.c.video.begin(p.pc, t, p.c.screen)
		read = func(t *webrtc.TrackRemote, formats map[uint8]codecs.Format) { p.c.readVideo(p, u, t, formats) }
	}
	p.c.tracks.Add(1)
	go func() {
		defer p.c.tracks.Done()
		read(t, payloadTypes(r))
		p.c.do(func() { p.tracks-- })
	}()
}

// payloadTypes maps what r may receive.
func payloadTypes(r *webrtc.RTPReceiver) map[uint8]codecs.Format {
	m := map[uint8]codecs.Format{}
	for _, c := range r.GetParameters().Codecs {
		if !strings.EqualFold(c.MimeType, webrtc.MimeTypeRTX) {
			m[uint8(c.PayloadType)] = formatOf(c)
		}
	}
	return m
}
