package webrtc

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"parley/codecs/builtin"
	"parley/conference"
)

// patience bounds every wait of these tests; nothing waits for its end.
const patience = 60 * time.Second

// house is a bridge with one Server, on loopback.
type house struct {
	t      *testing.T
	ctx    context.Context
	bridge *conference.Bridge
	srv    *Server
	http   *httptest.Server
}

func newHouse(t *testing.T, change func(*Config, *conference.BridgeConfig)) *house {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("PARLEY_TEST_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	cfg := Config{UDP: netip.MustParseAddrPort("127.0.0.1:0")}
	bc := conference.BridgeConfig{
		Codecs: builtin.Set(), Log: log,
		Conferences: []conference.Settings{{ID: "room", Title: "Room", Codecs: []string{"opus", "H264", "VP8"}}},
	}
	if change != nil {
		change(&cfg, &bc)
	}
	bridge, err := conference.NewBridge(bc)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := New(cfg, Deps{Bridge: bridge, Codecs: bc.Codecs, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(ctx); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, ctx: ctx, bridge: bridge, srv: srv, http: httptest.NewServer(srv.Handler())}
	t.Cleanup(func() {
		closing, done := context.WithTimeout(context.Background(), patience)
		defer done()
		if err := srv.Close(closing); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := bridge.Close(closing); err != nil {
			t.Errorf("close bridge: %v", err)
		}
		h.http.Close()
		cancel()
		goleak.VerifyNone(t, leaks)
	})
	return h
}

func (h *house) room() *conference.Conference {
	h.t.Helper()
	c, err := h.bridge.Open("room")
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// page is the twin of the browser's page: pion on the other end.
type page struct {
	t    *testing.T
	ctx  context.Context
	ws   *websocket.Conn
	pc   *webrtc.PeerConnection
	said chan map[string]any // messages other than descriptions
	end  chan error          // why the socket's reader ended

	tracks    chan *webrtc.TrackRemote
	connected chan struct{}
	once      sync.Once

	id, token string
	mic, cam  *webrtc.TrackLocalStaticRTP
	rtcp      atomic.Pointer[func(rtcp.Packet)]

	crossing atomic.Bool // the next offer is met with an own one first
	deaf     atomic.Bool // offers are not answered
	single   bool        // connect offers the camera's codec alone for pictures
}

func (h *house) dial(origin string) (*websocket.Conn, error) {
	opts := &websocket.DialOptions{}
	if origin != "" {
		opts.HTTPHeader = map[string][]string{"Origin": {origin}}
	}
	ws, _, err := websocket.Dial(h.ctx, strings.Replace(h.http.URL, "http", "ws", 1)+"/c/room/ws", opts) //nolint:bodyclose // the library closes it
	if ws != nil {
		ws.SetReadLimit(1 << 20)
	}
	return ws, err
}

// open dials and joins. pc may be kept from an earlier page.
func (h *house) open(join map[string]any) *page {
	h.t.Helper()
	ws, err := h.dial(h.http.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	p := &page{
		t: h.t, ctx: h.ctx, ws: ws,
		said: make(chan map[string]any, 256), end: make(chan error, 1),
		tracks: make(chan *webrtc.TrackRemote, 16), connected: make(chan struct{}),
	}
	h.t.Cleanup(p.close)
	join["type"] = "join"
	p.send(join)
	go p.read()
	return p
}

// join opens a page and awaits its welcome.
func (h *house) join(name string) *page {
	h.t.Helper()
	p := h.open(map[string]any{"name": name})
	p.welcomed()
	return p
}

func (p *page) welcomed() map[string]any {
	p.t.Helper()
	w := p.await("welcome")
	p.id, _ = w["id"].(string)
	p.token, _ = w["token"].(string)
	return w
}

func (p *page) close() {
	_ = p.ws.CloseNow()
	if p.pc != nil {
		_ = p.pc.GracefulClose()
	}
}

func (p *page) send(v any) {
	p.t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.ws.Write(p.ctx, websocket.MessageText, data); err != nil && p.ctx.Err() == nil {
		p.t.Logf("send: %v", err)
	}
}

func (p *page) read() {
	for {
		_, data, err := p.ws.Read(p.ctx)
		if err != nil {
			p.end <- err
			return
		}
		var m map[string]any
		if err := json.Unmarshal(data, &m); err != nil {
			p.end <- err
			return
		}
		switch m["type"] {
		case "description":
			if err := p.describe(m["description"].(map[string]any)); err != nil {
				p.end <- err
				return
			}
		case "ping":
			p.send(map[string]any{"type": "pong"})
		case "quality":
		default:
			p.said <- m
		}
	}
}

func (p *page) describe(d map[string]any) error {
	kind, text := d["type"].(string), d["sdp"].(string)
	if kind == "answer" {
		err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: text})
		p.note("answered")
		return err
	}
	if p.deaf.Load() {
		p.note("missed")
		return nil
	}
	if p.crossing.CompareAndSwap(true, false) {
		p.offerInVain()
	}
	err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: text})
	if err != nil {
		return err
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return err
	}
	if err := p.pc.SetLocalDescription(answer); err != nil {
		return err
	}
	p.send(map[string]any{"type": "description", "description": p.pc.LocalDescription()})
	p.note("answers")
	return nil
}

// note tells the test what the page did, as a message of that type.
func (p *page) note(what string) { p.said <- map[string]any{"type": what} }

// onRTCP has f called with the RTCP about the page's camera.
func (p *page) onRTCP(f func(rtcp.Packet)) { p.rtcp.Store(&f) }

// iceUfrag is the first ICE user name fragment of a description.
func iceUfrag(text string) string {
	_, rest, _ := strings.Cut(text, "a=ice-ufrag:")
	ufrag, _, _ := strings.Cut(rest, "\r\n")
	return ufrag
}

// await returns the next message of a type; others are dropped.
func (p *page) await(kind string) map[string]any {
	p.t.Helper()
	return p.awaitWhere(kind, func(map[string]any) bool { return true })
}

func (p *page) awaitWhere(kind string, ok func(map[string]any) bool) map[string]any {
	p.t.Helper()
	for {
		select {
		case m := <-p.said:
			if m["type"] == kind && ok(m) {
				return m
			}
		case err := <-p.end:
			p.end <- err
			select {
			case m := <-p.said:
				if m["type"] == kind && ok(m) {
					return m
				}
			default:
				p.t.Fatalf("socket ended (%v) before %s", err, kind)
			}
		case <-p.ctx.Done():
			p.t.Fatalf("no %s in time", kind)
		}
	}
}

func (p *page) awaitEvent(kind conference.EventKind) map[string]any {
	p.t.Helper()
	m := p.awaitWhere("event", func(m map[string]any) bool {
		return m["event"].(map[string]any)["kind"] == string(kind)
	})
	return m["event"].(map[string]any)
}

// connect makes the PeerConnection with a microphone and a camera of the
// given codecs, and offers.
func (p *page) connect(mic, cam string, types ...webrtc.NetworkType) {
	p.t.Helper()
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	if len(types) > 0 {
		s.SetNetworkTypes(types)
	}
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		p.t.Fatal(err)
	}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(m)).
		NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.pc = pc
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { p.tracks <- t })
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			p.once.Do(func() { close(p.connected) })
		}
	})
	p.mic = p.addTrack("mic", mic)
	p.cam = p.addTrack("cam", cam)
	if p.single {
		p.limit(cam)
	}
	p.offer(nil)
}

// limit lets the page know no codec for pictures but one.
func (p *page) limit(mime string) {
	p.t.Helper()
	for _, t := range p.pc.GetTransceivers() {
		if t.Kind() != webrtc.RTPCodecTypeVideo {
			continue
		}
		for _, c := range t.Receiver().GetParameters().Codecs {
			if c.MimeType != mime {
				continue
			}
			if err := t.SetCodecPreferences([]webrtc.RTPCodecParameters{c}); err != nil {
				p.t.Fatal(err)
			}
		}
	}
}

func (p *page) addTrack(id, mime string) *webrtc.TrackLocalStaticRTP {
	p.t.Helper()
	return p.addTrackOf("page", id, mime)
}

// addTrackOf adds a track of a MediaStream.
func (p *page) addTrackOf(stream, id, mime string) *webrtc.TrackLocalStaticRTP {
	p.t.Helper()
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, id, stream)
	if err != nil {
		p.t.Fatal(err)
	}
	sender, err := p.pc.AddTrack(track)
	if err != nil {
		p.t.Fatal(err)
	}
	go func() {
		for {
			packets, _, err := sender.ReadRTCP()
			if err != nil {
				return
			}
			if f := p.rtcp.Load(); f != nil {
				for _, packet := range packets {
					(*f)(packet)
				}
			}
		}
	}()
	return track
}

func (p *page) offer(o *webrtc.OfferOptions) {
	p.t.Helper()
	offer, err := p.pc.CreateOffer(o)
	if err != nil {
		p.t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(offer); err != nil {
		p.t.Fatal(err)
	}
	<-gathered
	p.send(map[string]any{"type": "description", "description": p.pc.LocalDescription()})
}

func (p *page) awaitConnected() {
	p.t.Helper()
	select {
	case <-p.connected:
	case err := <-p.end:
		p.t.Fatalf("socket ended: %v", err)
	case <-p.ctx.Done():
		p.t.Fatal("not connected in time")
	}
}

// offerInVain sends an offer and takes it back at once, as the polite peer
// does when the bridge's crosses it.
func (p *page) offerInVain() {
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		p.t.Error(err)
		return
	}
	p.send(map[string]any{"type": "description", "description": offer})
}

// awaitTrack returns the next stream of the given MediaStream id.
func (p *page) awaitTrack(stream string) *webrtc.TrackRemote {
	p.t.Helper()
	for {
		select {
		case t := <-p.tracks:
			if t.StreamID() == stream {
				return t
			}
		case err := <-p.end:
			p.t.Fatalf("socket ended before stream %s: %v", stream, err)
		case <-p.ctx.Done():
			p.t.Fatalf("no stream %s in time", stream)
		}
	}
}

// awaitClose returns how the bridge closed the socket.
func (p *page) awaitClose() websocket.CloseError {
	p.t.Helper()
	select {
	case err := <-p.end:
		var ce websocket.CloseError
		if !errors.As(err, &ce) {
			p.t.Fatalf("socket ended without a close: %v", err)
		}
		return ce
	case <-p.ctx.Done():
		p.t.Fatal("socket was not closed in time")
	}
	return websocket.CloseError{}
}
