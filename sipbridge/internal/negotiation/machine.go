package negotiation

import (
	"errors"
	"fmt"
	"net/netip"

	"parley/codecs"
)

// Why an offer or answer leads to no session. What is malformed wraps
// codecs.ErrMalformed instead.
var (
	// ErrNoFormat: no audio or video codec is shared (Warning 305 of
	// RFC 3261 20.43).
	ErrNoFormat = errors.New("no shared codec")
	// ErrTransport: no m= line has a transport that is spoken here
	// (Warning 302).
	ErrTransport = errors.New("no supported media transport")
	// ErrMedia: there is neither an audio nor a video line (Warning 304).
	ErrMedia = errors.New("neither audio nor video")
	// ErrState: an answer without an offer, or one that does not fit it.
	ErrState = errors.New("answer does not fit the offer")
)

// Capabilities are what this side can do.
type Capabilities struct {
	// Audio and Video are Formats, best first; empty: the medium is refused.
	Audio, Video []codecs.Format
}

// Ports are a leg's own sockets; the zero value refuses the leg.
type Ports struct{ RTP, RTCP uint16 }

// Local is where this side receives.
type Local struct {
	Addr         netip.Addr
	Audio, Video Ports
}

// Leg is what was agreed for one medium.
type Leg struct {
	// Active is false where the medium is not in the session; all else is then
	// zero.
	Active bool
	// Direction is ours: what this side sends and receives now.
	Direction Direction
	// Held is set while the peer, which took part both ways before, only sends
	// (RFC 3264 8.4): what it sends then is music for one waiting party and no
	// contribution.
	Held bool
	// Remote and RemoteRTCP are where the peer receives; not valid: unknown.
	Remote, RemoteRTCP netip.AddrPort
	Mux                bool
	// Send is what the peer takes, with its payload types and parameters, the
	// preferred first; of sound one only.
	Send []codecs.Mapping
	// Receive are the payload types that the peer may send, of sound one and
	// the digits. Its Formats are ours.
	Receive []codecs.Mapping
	// Encode is the sound to send: the payload type that the peer wants, with
	// the Format as it is called here, so that all who listen to it share one
	// encode.
	Encode codecs.Mapping
	// Digits is how the peer takes keys within the sound (telephone-event); zero:
	// not.
	Digits codecs.Mapping
	// PLI and FIR are the feedback messages that the peer understands.
	PLI, FIR bool
	// TMMBR tells that the peer can be held to a rate, MaxBitRate what it takes in
	// bit/s; 0: it did not say.
	TMMBR      bool
	MaxBitRate int
	// ParameterSets were told out of band, by payload type.
	ParameterSets map[uint8][][]byte
}

// Session is what was agreed.
type Session struct{ Audio, Video Leg }

// Machine is one dialog's offers and answers. It is not safe for concurrent
// use. Its errors leave it as it was.
type Machine struct {
	// id and version are of the o= line (RFC 3264 8: a changed description has
	// a version one higher).
	id, version uint64
	described   string // the last description, without its o= line
	// lines are the m= lines of the dialog so far, which neither side may
	// reorder or remove (RFC 3264 8).
	lines   []line
	session Session
	offered *Local // an offer of ours waits for its answer
	offer   []line
	both    [2]bool // audio, video: has been sendrecv
}

// line is an m= line as this side last described it.
type line struct {
	media   string
	proto   string
	mid     string
	leg     int // 0 audio, 1 video, -1 refused
	formats []string
	receive []codecs.Mapping
	mux     bool
	ports   Ports
	dir     Direction
	pli     bool
	fir     bool
	tmmbr   bool
}

// NewMachine returns a Machine that names its descriptions with id
// (RFC 8866 5.2).
func NewMachine(id uint64) *Machine {
	return &Machine{id: id & (1<<62 - 1)}
}

// Session is what is agreed now.
func (m *Machine) Session() Session { return m.session }

// Pending reports whether an offer of ours waits for its answer.
func (m *Machine) Pending() bool { return m.offered != nil }

// Plan is an offer with what will be taken of it, between the choice of
// codecs and that of ports.
type Plan struct {
	description  *Description
	audio, video int // index of the stream, -1: none
	send         [2][]codecs.Mapping
	receive      [2][]codecs.Mapping
}

// HasAudio and HasVideo tell which sockets the answer needs.
func (p *Plan) HasAudio() bool { return p.audio >= 0 }

// HasVideo tells whether the answer needs sockets for pictures.
func (p *Plan) HasVideo() bool { return p.video >= 0 }

// HasEvents reports whether the offer carries digits (RFC 4733).
func (p *Plan) HasEvents() bool {
	for _, m := range p.receive[0] {
		if m.Format.Media() == codecs.MediaEvent {
			return true
		}
	}
	return false
}

// Plan chooses what to take of an offer. The error is ErrNoFormat,
// ErrTransport, ErrMedia or ErrState.
func (m *Machine) Plan(d *Description, caps Capabilities) (*Plan, error) {
	if len(d.Streams) < len(m.lines) {
		return nil, fmt.Errorf("an m= line vanished: %w", ErrState)
	}
	p := &Plan{description: d, audio: -1, video: -1}
	var media, transport bool
	for i := range d.Streams {
		s := &d.Streams[i]
		index, known := legOf(s.Media)
		if !known || s.Disabled {
			continue
		}
		media = true
		if !supportedProto(s.Proto) {
			continue
		}
		transport = true
		if (index == 0 && p.audio >= 0) || (index == 1 && p.video >= 0) {
			continue // one stream of each kind; the first is the main one
		}
		formats := caps.Audio
		if index == 1 {
			formats = caps.Video
		}
		send, receive, ok := choose(s.Mappings, formats)
		if !ok {
			continue
		}
		p.send[index], p.receive[index] = send, receive
		if index == 0 {
			p.audio = i
		} else {
			p.video = i
		}
	}
	switch {
	case p.audio >= 0 || p.video >= 0:
		return p, nil
	case len(m.lines) > 0 && !media:
		return p, nil // a re-offer may end all streams without ending the dialog
	case !media:
		return nil, ErrMedia
	case !transport:
		return nil, ErrTransport
	}
	return nil, ErrNoFormat
}

// Answer answers the offer of p. A leg whose ports are zero is refused.
func (m *Machine) Answer(p *Plan, local Local) ([]byte, Session, error) {
	if m.offered != nil {
		return nil, Session{}, fmt.Errorf("an offer of ours is open: %w", ErrState)
	}
	lines := make([]line, len(p.description.Streams))
	var next Session
	for i := range p.description.Streams {
		s := &p.description.Streams[i]
		lines[i] = line{media: s.Media, proto: s.Proto, mid: s.mid, leg: -1, formats: s.formats}
		index := -1
		ports := Ports{}
		switch i {
		case p.audio:
			index, ports = 0, local.Audio
		case p.video:
			index, ports = 1, local.Video
		}
		if index < 0 || ports.RTP == 0 {
			continue
		}
		leg := m.leg(index, s, p.send[index], p.receive[index], p.receive[index][0].Format)
		lines[i].leg = index
		lines[i].receive = p.receive[index]
		lines[i].mux = s.Mux
		lines[i].ports = ports
		lines[i].dir = leg.Direction
		lines[i].pli, lines[i].fir, lines[i].tmmbr = s.PLI, s.FIR, s.TMMBR
		*next.at(index) = leg
	}
	m.accept(lines, next)
	return m.marshal(local.Addr, lines), next, nil
}

// Offer makes an offer: a first one, or, in a dialog, one that keeps its
// lines. It stays open until Accept or Withdraw.
func (m *Machine) Offer(caps Capabilities, local Local) ([]byte, error) {
	if m.offered != nil {
		return nil, fmt.Errorf("an offer of ours is open: %w", ErrState)
	}
	lines := append([]line(nil), m.lines...)
	for index, formats := range [2][]codecs.Format{caps.Audio, caps.Video} {
		ports := local.Audio
		if index == 1 {
			ports = local.Video
		}
		if len(formats) == 0 || ports.RTP == 0 {
			continue
		}
		at := -1
		for i := range lines {
			if lines[i].leg == index {
				at = i
			}
		}
		if at < 0 {
			lines = append(lines, line{media: legName[index], proto: "RTP/AVP", leg: index})
			at = len(lines) - 1
		}
		l := &lines[at]
		l.receive = number(formats, l.receive)
		l.ports = ports
		l.dir = SendRecv
		l.mux = false // offered ports are always a pair
		l.pli, l.fir, l.tmmbr = index == 1, index == 1, index == 1
	}
	m.offered, m.offer = &local, lines
	return m.marshal(local.Addr, lines), nil
}

// Withdraw forgets an open offer that was refused.
func (m *Machine) Withdraw() { m.offered, m.offer = nil, nil }

// Accept takes the answer to the open offer.
func (m *Machine) Accept(d *Description) (Session, error) {
	if m.offered == nil {
		return Session{}, ErrState
	}
	if len(d.Streams) != len(m.offer) {
		return Session{}, fmt.Errorf("%d m= lines in answer to %d: %w", len(d.Streams), len(m.offer), ErrState)
	}
	lines := append([]line(nil), m.offer...)
	var next Session
	for i := range d.Streams {
		s := &d.Streams[i]
		index := lines[i].leg
		if index < 0 {
			continue
		}
		if got, _ := legOf(s.Media); got != index {
			return Session{}, fmt.Errorf("m= line %d is %q: %w", i+1, s.Media, ErrState)
		}
		var formats []codecs.Format
		for _, r := range lines[i].receive {
			formats = append(formats, r.Format)
		}
		send, chosen, ok := choose(s.Mappings, formats)
		if s.Disabled || !supportedProto(s.Proto) || !ok {
			lines[i].leg = -1
			continue
		}
		leg := m.leg(index, s, send, lines[i].receive, chosen[0].Format)
		lines[i].dir = leg.Direction
		*next.at(index) = leg
	}
	if !next.Audio.Active && !next.Video.Active {
		return Session{}, ErrNoFormat
	}
	m.Withdraw()
	m.accept(lines, next)
	return next, nil
}

func (m *Machine) accept(lines []line, next Session) {
	m.lines, m.session = lines, next
	for index := range m.both {
		if leg := next.at(index); leg.Active && leg.Direction == SendRecv {
			m.both[index] = true
		}
	}
}

// leg is what s means for this side.
func (m *Machine) leg(index int, s *Stream, send, receive []codecs.Mapping, encode codecs.Format) Leg {
	digits, _ := events(s.Mappings, encode.ClockRate) // by its own number: RFC 3264 6.1
	return Leg{
		Active:        true,
		Direction:     s.Direction.Reverse(),
		Held:          m.both[index] && s.Direction == SendOnly,
		Remote:        s.RTP,
		RemoteRTCP:    s.RTCP,
		Mux:           s.Mux,
		Send:          send,
		Receive:       receive,
		Encode:        codecs.Mapping{PayloadType: send[0].PayloadType, Format: encode},
		Digits:        digits,
		PLI:           s.PLI,
		FIR:           s.FIR,
		TMMBR:         s.TMMBR,
		MaxBitRate:    s.MaxBitRate,
		ParameterSets: s.ParameterSets,
	}
}

var legName = [2]string{"audio", "video"}

func legOf(media string) (int, bool) {
	for i, name := range legName {
		if media == name {
			return i, true
		}
	}
	return -1, false
}

func (s *Session) at(index int) *Leg {
	if index == 0 {
		return &s.Audio
	}
	return &s.Video
}
