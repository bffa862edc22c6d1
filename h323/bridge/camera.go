package bridge

import (
	"bytes"
	"log/slog"
	"net/netip"
	"sync/atomic"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323/h224"
	"parley/h323/media"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
)

// framingHDLC is that of H.224 as of the ISDN, as package media spells it.
const framingHDLC = "framing=hdlc"

// h224Formats are the framings of H.224, that of H.323 Annex Q (RFC 4573) first.
func h224Formats() []codecs.Format {
	f := codecs.Format{Name: "H224", ClockRate: h224Clock}
	hdlc := f
	hdlc.Fmtp = framingHDLC
	return []codecs.Format{f, hdlc}
}

const h224Clock = 4800 // RFC 4573 clause 3

// cameraPort is a call's side of far-end camera control: H.224 over RTP. It is
// an rtp.Receiver.
type cameraPort struct {
	*leg.Leg
	call    *call
	waiting atomic.Int32 // frames that the call has not taken yet

	// Of who calls ReceiveRTP.
	second time.Time // since when frames are counted
	frames int

	// Of run.
	asked    bool // for our channel
	sequence uint16
}

func newCameraPort(c *call) *cameraPort {
	p := &cameraPort{call: c}
	p.Leg = leg.New(p, &c.server.data, c.server.log)
	return p
}

// ReceiveRTP implements rtp.Receiver.
func (p *cameraPort) ReceiveRTP(_ *rtp.Source, packet *codecs.Packet) {
	if len(packet.Payload) == 0 || len(packet.Payload) > maxCameraFrame {
		return
	}
	if packet.Arrival.Sub(p.second) >= time.Second {
		p.second, p.frames = packet.Arrival, 0
	}
	if p.frames++; p.frames > maxCameraRate {
		return
	}
	if p.waiting.Add(1) > maxCameraFrames {
		p.waiting.Add(-1)
		return
	}
	frame := bytes.Clone(packet.Payload)
	p.call.post(func() {
		p.waiting.Add(-1)
		if r := p.call.room; r != nil {
			r.cameraFrame(p.call, frame)
		}
	})
}

// SourceChanged implements rtp.Receiver.
func (p *cameraPort) SourceChanged(*rtp.Source, rtp.SourceChange) {}

// KeyframeRequested implements rtp.Receiver; there are no pictures.
func (p *cameraPort) KeyframeRequested(uint32) {}

// LoopDetected implements rtp.Receiver.
func (p *cameraPort) LoopDetected(addr netip.AddrPort, what string) {
	p.call.server.log.Warn("own camera control comes back", slog.Any("address", addr), slog.String("what", what))
}

var _ rtp.Receiver = (*cameraPort)(nil)

// openCamera opens a channel of H.224 to a peer that takes one.
func (c *call) openCamera() {
	if c.conference == nil || c.remote == nil || c.remote.Empty() || c.camera.asked || c.channels.data.send != nil {
		return
	}
	_, send := c.server.capabilities(c.conference.Settings().ID)
	if common := media.Common(send, c.remote, media.KindData, media.RoleMain); len(common) > 0 {
		c.camera.asked = true
		c.line.OpenChannel(media.KindData, media.RoleMain, common[0])
	}
}

// applyCamera makes the H.224 leg what is open.
func (c *call) applyCamera(p *pair) error {
	if err := c.camera.Apply(c.terms(p)); err != nil {
		return err
	}
	if r := c.room; r != nil {
		r.camera(c)
	}
	return nil
}

// sendCamera sends a frame to the peer.
func (c *call) sendCamera(payload []byte) {
	ch, s := c.channels.data.send, c.camera.Session()
	if ch == nil || s == nil {
		return
	}
	c.camera.sequence++
	_ = s.Send(rtp.Header{ // the session counts what fails
		PayloadType: ch.PayloadType, Marker: true, SequenceNumber: c.camera.sequence,
		Timestamp: uint32(time.Since(c.started).Milliseconds() * h224Clock / 1000),
	}, payload)
}

// cameras are those of a room's participants, who each control the one that
// they are shown. Of several who are shown the same, the first moves it until it
// stops.
type cameras struct {
	*h224.Switch
	calls map[conference.ParticipantID]*call // that have a channel
}

func newCameras() cameras {
	return cameras{h224.NewSwitch(), make(map[conference.ParticipantID]*call)}
}

// camera takes a call's channel into account: opened, or closed.
func (r *room) camera(c *call) {
	seat := c.seat.Load()
	if seat == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	k, id, ch := &r.cameras, seat.ID(), c.channels.data.send
	switch {
	case ch == nil:
		delete(k.calls, id)
		k.Detach(string(id))
	case k.calls[id] == nil:
		k.calls[id] = c
		k.Attach(string(id), ch.Format.Fmtp == framingHDLC, time.Now())
		k.Show(string(id), string(r.shownLocked(id)))
	}
	r.passLocked()
}

// cameraFrame takes a frame of a call's.
func (r *room) cameraFrame(c *call, frame []byte) {
	seat := c.seat.Load()
	if seat == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.cameras.Receive(string(seat.ID()), frame, time.Now()); err != nil {
		c.log.Debug("H.224 frame not passed on", "error", err)
	}
	r.passLocked()
}

// watches takes whose picture the peer is sent; 0: nobody's.
func (c *call) watches(source conference.SourceID) {
	seat, r := c.seat.Load(), c.room
	if seat == nil || r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if source == 0 {
		delete(r.watched, seat.ID())
	} else {
		r.watched[seat.ID()] = source
	}
	if n, ok := r.roster.number(r.pictured[source]); ok {
		r.tellLocked(c, seeing(n))
	}
	r.aimLocked()
}

// shownLocked is whose camera a participant controls: that of whose picture it is
// sent, whether that one speaks or not. Who is sent none controls that of who
// speaks, and who speaks that of who spoke before. A presentation moves nothing.
func (r *room) shownLocked(viewer conference.ParticipantID) conference.ParticipantID {
	if shown, ok := r.pictured[r.watched[viewer]]; ok {
		return shown
	}
	if r.active == viewer {
		return r.former
	}
	return r.active
}

// aimLocked has all who have a channel control who they are shown now.
func (r *room) aimLocked() {
	for id := range r.cameras.calls {
		r.cameras.Show(string(id), string(r.shownLocked(id)))
	}
	r.passLocked()
}

// passLocked sends what the switch has for the calls.
func (r *room) passLocked() {
	for _, o := range r.cameras.Take() {
		if c := r.cameras.calls[conference.ParticipantID(o.To)]; c != nil {
			r.tellLocked(c, func(c *call) { c.sendCamera(o.Payload) })
		}
	}
}
