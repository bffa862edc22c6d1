package bridge

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"parley/codecs"
	"parley/conference"
	"parley/h323/media"
	"parley/qos/rtp"
	"parley/qos/rtp/leg"
)

// channels are the logical channels that are open.
type channels struct{ audio, video, slides, second, data pair }

// pair is the two directions of one RTP session; nil: not open.
type pair struct {
	receive, send *media.Channel
	alive         keepAlive
	secrecy       secrecy
	ordered       *int // the most that the peer wants to be sent, in bit/s; nil: it said nothing
}

// receives reports whether anything is to come.
func (c *channels) receives() bool {
	return c.audio.receive != nil || c.video.receive != nil || c.slides.receive != nil || c.second.receive != nil
}

// pair returns the session of a channel; nil: of none that is here.
func (c *channels) pair(ch *media.Channel) *pair {
	switch {
	case ch.Kind == media.KindAudio:
		return &c.audio
	case ch.Kind == media.KindVideo && ch.Role == media.RoleMain:
		return &c.video
	case ch.Kind == media.KindVideo && ch.Role == media.RolePresentation:
		return &c.slides
	case ch.Kind == media.KindVideo && ch.Role == media.RoleLive:
		return &c.second
	case ch.Kind == media.KindData:
		return &c.data
	}
	return nil
}

var errNoPlace = errors.New("no place for such a channel")

// local opens what receives a channel's media of a peer at remote. It is called
// by the endpoint, beside run.
func (c *call) local(ch *media.Channel, remote netip.Addr) (media.Addresses, error) {
	c.media.Lock()
	defer c.media.Unlock()
	if c.closed {
		return media.Addresses{}, errors.New("the call is over")
	}
	cfg := &c.server.cfg
	var l *leg.Leg
	mark := cfg.VideoDSCP
	switch {
	case ch.Kind == media.KindAudio:
		l, mark = c.audio.Leg, cfg.AudioDSCP
	case ch.Kind == media.KindVideo && ch.Role == media.RoleMain:
		l = c.video.main.Leg
	case ch.Kind == media.KindVideo && ch.Role == media.RolePresentation:
		l = c.video.slides.Leg
	case ch.Kind == media.KindVideo && ch.Role == media.RoleLive && ch.Direction == media.Receive:
		l = c.video.second.Leg
	case ch.Kind == media.KindData:
		l = c.camera.Leg
	default:
		return media.Addresses{}, errNoPlace
	}
	inUse := l.Shared() && l.Session() != nil
	if m := c.server.multiplex; m != nil && (ch.Traversal.Multiplexes || inUse) {
		return c.shared(m, l, mark, remote)
	}
	addr := leg.Advertised(cfg.External, cfg.MediaAddr, remote)
	bind := cfg.MediaAddr
	if bind.IsUnspecified() && addr.Is4() {
		bind = netip.IPv4Unspecified()
	}
	rtpPort, rtcpPort, err := l.Open(bind, cfg.Ports, mark)
	if err != nil {
		return media.Addresses{}, fmt.Errorf("media ports: %w", err)
	}
	return media.Addresses{RTP: netip.AddrPortFrom(addr, rtpPort), RTCP: netip.AddrPortFrom(addr, rtcpPort)}, nil
}

// channelOpened lets media flow.
func (c *call) channelOpened(ch *media.Channel) {
	p := c.channels.pair(ch)
	if p == nil {
		return
	}
	info := c.line.Info()
	c.setSource(&info)
	if ch.Direction&media.Receive != 0 {
		p.receive = ch
		c.holdBack(ch)
	}
	if ch.Direction&media.Send != 0 {
		p.send, p.ordered = ch, nil
	}
	c.logger().Debug("H.323 channel opened", "channel", ch.String())
	c.tellSecrecy(ch)
	c.applyChannels(ch)
}

// channelClosed ends it. One that was replaced meanwhile is not looked at.
func (c *call) channelClosed(ch *media.Channel) {
	p := c.channels.pair(ch)
	if p == nil {
		return
	}
	if ch.Direction&media.Receive != 0 && p.receive != nil && p.receive.Number == ch.Number {
		p.receive = nil
	}
	if ch.Direction&media.Send != 0 && p.send != nil && p.send.Number == ch.Number {
		p.send, p.ordered = nil, nil
		if p == &c.channels.video {
			c.video.watched.Store(0)
			c.watches(0)
		}
	}
	if p == &c.channels.data && p.send == nil {
		c.camera.asked = false // it is opened again after a pause
	}
	c.logger().Debug("H.323 channel closed", "channel", ch.String())
	c.applyChannels(ch)
}

// applyChannels makes the media of a channel's session what is open.
func (c *call) applyChannels(ch *media.Channel) {
	var err error
	switch p := c.channels.pair(ch); p {
	case &c.channels.audio:
		err = c.applyAudio(p)
	case &c.channels.video:
		err = c.applyVideo(p, c.video.main)
		c.bound(0)
	case &c.channels.slides:
		err = c.applySlides(p)
	case &c.channels.second:
		err = c.applySecond(p)
	case &c.channels.data:
		err = c.applyCamera(p)
	}
	if err != nil {
		c.logger().Error("media could not be changed", "error", err)
		cause := conference.Cause{Code: conference.CauseError, Text: "media could not be changed"}
		c.end(cause, releaseOf(cause))
		return
	}
	c.updateInfo()
	c.updateSource()
	if seat := c.seat.Load(); seat != nil && ch.Direction&media.Send != 0 && ch.Kind == media.KindVideo {
		seat.RequestKeyframe(streamOf(ch.Role)) // what was shown so far was not sent
	}
}

func (c *call) applyAudio(p *pair) error {
	now := c.flowing(p)
	t := leg.AudioTerms{Terms: c.terms(p), Hear: now.receive != nil}
	if ch := p.receive; ch != nil {
		t.Receive = append(t.Receive, codecs.Mapping{PayloadType: eventPayloadType, Format: telephoneEvent})
		if ch.Format.ClockRate == comfortNoise.Format.ClockRate {
			t.Receive = append(t.Receive, comfortNoise) // announced in our set, if not always in theirs (RFC 3389 4)
		}
	}
	if ch := now.send; ch != nil {
		t.Digits = c.digits()
		t.Encode = codecs.Mapping{PayloadType: ch.PayloadType, Format: spelt(c.conference, ch.Format)}
		if isSampled(ch.Format) {
			t.MaxPacket = time.Duration(ch.Frames) * time.Millisecond
		}
	}
	return c.audio.Apply(t)
}

var (
	telephoneEvent = codecs.Format{Name: "telephone-event", ClockRate: 8000, Channels: 1}
	comfortNoise   = codecs.Mapping{PayloadType: 13, Format: codecs.Format{Name: "CN", ClockRate: 8000, Channels: 1}}
)

func (c *call) applyVideo(p *pair, v *leg.Video) error {
	now := c.flowing(p)
	t := leg.VideoTerms{Terms: c.terms(p), See: now.receive != nil}
	if ch := now.send; ch != nil {
		t.Send = []codecs.Mapping{{PayloadType: ch.PayloadType, Format: ch.Format}}
	}
	err := v.Apply(t)
	c.video.terms.Add(1)
	if err != nil {
		return err
	}
	if ch := now.receive; ch != nil {
		c.updateSource() // before pictures come
		v.Settle(ch.PayloadType)
	}
	return nil
}

// terms are those of an RTP session with its two directions.
func (c *call) terms(p *pair) leg.Terms {
	host := c.server.cfg.Name
	if name := c.server.cfg.CNAMEHost; name != nil && c.conference != nil {
		host = name(c.conference.Settings().ID)
	}
	t := leg.Terms{
		Active:  p.receive != nil || p.send != nil,
		Ciphers: p.secrecy.ciphers(p),
		CNAME:   fmt.Sprintf("parley-%x@%s", c.started.UnixNano()&0xffffffff, host),
	}
	if ch := p.receive; ch != nil {
		t.Remote, t.RemoteRTCP = c.sender(ch), ch.Remote.RTCP
		t.Receive = []codecs.Mapping{{PayloadType: ch.PayloadType, Format: ch.Format}}
	}
	if ch := p.send; ch != nil {
		t.Remote, t.RemoteRTCP = ch.Remote.RTP, ch.Remote.RTCP
	}
	t.MultiplexID = p.multiplexID()
	t.Trust = c.trust
	if p.hidden() || !c.aimable(t.Remote.Addr()) {
		t.Remote, t.RemoteRTCP = netip.AddrPortFrom(c.source, anyPort), netip.AddrPort{}
	}
	if former := p.secrecy.former; former != 0 && p.receive != nil {
		t.Receive = append(t.Receive, codecs.Mapping{PayloadType: former, Format: p.receive.Format})
	}
	return t
}

// aimable reports whether the peer may have media sent to an address. To others it
// is sent only where it comes from.
func (c *call) aimable(a netip.Addr) bool {
	if !a.IsValid() || leg.IsAimable(a, c.source) && (a.Unmap() != c.server.cfg.External || a.Unmap() == c.source) {
		return true
	}
	c.logger().Info("H.323 media is not sent to an address of this host, or of a link", "address", a)
	return false
}

// sender is where the media of a channel of the peer is expected to come from,
// which H.245 does not say: from beside its RTCP (RFC 3550 11), or, where that is
// not told either, from the host of signalling by a port that is learned.
func (c *call) sender(ch *media.Channel) netip.AddrPort {
	if a := ch.Remote.RTP; a.IsValid() {
		return a
	}
	if a := ch.Remote.RTCP; a.IsValid() && a.Port() > 1 && a.Port()%2 == 1 {
		return netip.AddrPortFrom(a.Addr(), a.Port()-1)
	} else if a.IsValid() {
		return a
	}
	return netip.AddrPortFrom(c.source, anyPort)
}

// anyPort is told to an RTP session that knows its peer's host alone; nothing is
// sent there.
const anyPort = rtp.DiscardPort

// streamOf is the conference's stream that a channel of a role carries.
func streamOf(r media.Role) conference.SourceID {
	if r == media.RolePresentation {
		return conference.PresentationStream
	}
	return 0
}
