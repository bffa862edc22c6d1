package webrtc

import (
	"errors"
	"slices"
	"strconv"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// slot is one sendonly video transceiver. A description never loses a section
// (RFC 8829 5.2.2), so slots whose source has ended are used again.
type slot struct {
	transceiver *webrtc.RTPTransceiver
	sender      *webrtc.RTPSender
	track       *videoTrack
	picture     picture
	state       slotState
	subscribed  bool
}

type slotState uint8

// A slot goes from offering to showing to withdrawing to idle, and from idle
// to offering again. It is not used again before the page has answered its
// withdrawal, since browsers announce a new stream only on a section that was
// inactive before.
const (
	slotOffering    slotState = iota // offered or to be offered as sendonly
	slotShowing                      // accepted
	slotRefused                      // the page takes none of it
	slotWithdrawing                  // offered or to be offered as inactive
	slotIdle
	slotRetired // of no further use
)

// errNoSlot says that a page has as many sections as it may have.
var errNoSlot = errors.New("no section is free")

// retire gives up the idle slots that an offer of the page declared inactive:
// pion does not send on them again.
func (p *peer) retire() {
	for _, s := range p.slots {
		if s.state == slotIdle {
			s.state = slotRetired
		}
	}
}

// show brings the slots in line with pictures, and offers the change when no
// other is under way; otherwise it is called again when that has ended.
func (p *peer) show(pictures []picture) {
	p.wanted = pictures
	if !p.answered || p.c.sock == nil || p.pc.SignalingState() != webrtc.SignalingStateStable {
		return
	}
	changed := false
	for _, s := range p.slots {
		if s.current() && !slices.ContainsFunc(p.wanted, s.shows) {
			p.withdraw(s)
			changed = true
		}
	}
	for _, pic := range p.wanted {
		if slices.ContainsFunc(p.slots, func(s *slot) bool { return s.current() && s.shows(pic) }) {
			continue
		}
		if err := p.place(pic); err != nil {
			p.c.log.Warn("no stream for a source", "source", pic.source, "err", err)
			continue
		}
		changed = true
	}
	if changed {
		p.offer()
	}
}

// current reports whether the slot stands for its picture.
func (s *slot) current() bool { return s.state <= slotRefused }

// shows reports whether pic needs no other slot. Another profile of the same
// codec is no new stream.
func (s *slot) shows(pic picture) bool {
	return s.picture.source == pic.source && s.picture.format.Is(pic.format.Name)
}

// place gives pic a slot.
func (p *peer) place(pic picture) error {
	track := newVideoTrack(pic)
	if slices.ContainsFunc(p.slots, func(s *slot) bool { return s.state == slotIdle }) {
		return p.reuse(track, pic)
	}
	if len(p.slots) >= MaxSections {
		return errNoSlot
	}
	t, err := p.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{
		Direction: webrtc.RTPTransceiverDirectionSendonly,
	})
	if err != nil {
		return err
	}
	s := &slot{transceiver: t}
	p.slots = append(p.slots, s)
	p.fill(s, track, pic)
	return nil
}

// reuse gives pic a transceiver that sends nothing. Which one is pion's choice
// (AddTrack, as in WebRTC 5.1): it may be the page's camera's, which then goes
// both ways and becomes a slot too.
func (p *peer) reuse(track *videoTrack, pic picture) error {
	sender, err := p.pc.AddTrack(track)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(p.slots, func(s *slot) bool { return s.transceiver.Sender() == sender })
	if at >= 0 {
		p.fill(p.slots[at], track, pic)
		return nil
	}
	for _, t := range p.pc.GetTransceivers() {
		if t.Sender() == sender {
			s := &slot{transceiver: t}
			p.slots = append(p.slots, s)
			p.fill(s, track, pic)
			return nil
		}
	}
	return errNoSlot
}

func (p *peer) fill(s *slot, track *videoTrack, pic picture) {
	s.sender, s.track, s.picture, s.state = s.transceiver.Sender(), track, pic, slotOffering
	p.c.tracks.Add(1)
	go p.c.readVideoReports(s.sender, pic.source)
}

// withdraw takes the slot from its source.
func (p *peer) withdraw(s *slot) {
	p.unsubscribe(s)
	s.state = slotWithdrawing
	if err := p.pc.RemoveTrack(s.sender); err != nil {
		p.c.log.Debug("remove a track", "err", err)
	}
	s.sender = nil
}

// offer proposes the slots as they are.
func (p *peer) offer() {
	offer, err := p.pc.CreateOffer(nil)
	if err == nil {
		_, err = p.setLocal(offer)
	}
	if err != nil {
		p.c.log.Error("cannot offer streams", "err", err)
		return
	}
	p.sendOffer()
}

// sendOffer sends the offer under way.
func (p *peer) sendOffer() {
	if d := p.pc.PendingLocalDescription(); d != nil {
		p.c.send(describeMessage(d))
		p.offered = p.c.sock
	}
}

// takeAnswer ends the offer under way.
func (p *peer) takeAnswer(text string) error {
	if p.pc.SignalingState() != webrtc.SignalingStateHaveLocalOffer {
		return nil // to an offer that was sent again and answered twice
	}
	err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: text})
	if err != nil {
		return err
	}
	p.offered = nil
	var answer sdp.SessionDescription
	if err := answer.UnmarshalString(text); err != nil {
		return err
	}
	for _, s := range p.slots {
		switch {
		case s.state == slotWithdrawing:
			s.state = slotIdle
		case s.state != slotOffering:
		case accepts(&answer, s.transceiver.Mid()) && s.track.bound.Load() != nil:
			s.state = slotShowing
		default:
			s.state = slotRefused
			p.c.log.Warn("browser takes no stream", "source", s.picture.source, "format", s.picture.format)
		}
	}
	p.subscribeAll()
	return nil
}

// accepts reports whether the section of mid receives.
func accepts(d *sdp.SessionDescription, mid string) bool {
	for _, m := range d.MediaDescriptions {
		if v, _ := m.Attribute(sdp.AttrKeyMID); v != mid {
			continue
		}
		_, recvonly := m.Attribute(sdp.AttrKeyRecvOnly)
		_, sendrecv := m.Attribute(sdp.AttrKeySendRecv)
		return m.MediaName.Port.Value != 0 && (recvonly || sendrecv)
	}
	return false
}

// subscribeAll asks the conference for the pictures that can flow now. Not
// earlier: each stream begins with a key frame, which must arrive.
func (p *peer) subscribeAll() {
	if !p.connected {
		return
	}
	for _, s := range p.slots {
		if s.state == slotShowing && !s.subscribed {
			s.subscribed = true
			p.c.video.add(s.picture.source, s.track)
			p.c.seat.Subscribe(s.picture.source)
		}
	}
}

func (p *peer) unsubscribe(s *slot) {
	if s.subscribed {
		s.subscribed = false
		if !slices.Contains(p.c.lacking, s.picture.source) {
			p.c.seat.Unsubscribe(s.picture.source)
		}
		p.c.video.remove(s.picture.source, s.track)
	}
}

// streamID is the MediaStream id by which the page knows whose picture it is.
func streamID(pic picture) string {
	return "v" + strconv.FormatUint(uint64(pic.source), 10)
}
