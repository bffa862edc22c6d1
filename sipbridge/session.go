package sipbridge

import (
	"fmt"
	"net/netip"

	"parley/codecs"
	"parley/conference"
	"parley/qos/rtp/leg"
	"parley/sipbridge/internal/negotiation"
)

// maxPayload is the largest encoded 20 ms that fits an Ethernet frame beside
// IPv6, UDP, RTP and 15 CSRCs.
const maxPayload = 1372

// capabilities are what conf allows and SIP can carry.
func (s *Server) capabilities(conf *conference.Conference) negotiation.Capabilities {
	var c negotiation.Capabilities
	for _, f := range conf.Formats(codecs.MediaAudio) {
		if f.Is("L16") && f.ClockRate/50*f.Channels*2 > maxPayload {
			continue
		}
		if !f.Is("CN") {
			c.Audio = append(c.Audio, f)
		}
	}
	c.Video = conf.Formats(codecs.MediaVideo)
	return c
}

// openMedia takes the ports that a description needs. addr is what it names.
func (c *call) openMedia(addr netip.Addr, audio, video bool) error {
	cfg := &c.server.cfg
	bind := cfg.MediaAddr
	if bind.IsUnspecified() && addr.Is4() {
		bind = netip.IPv4Unspecified()
	}
	c.local.Addr = addr
	c.local.Audio, c.local.Video = negotiation.Ports{}, negotiation.Ports{}
	var err error
	if audio {
		p := &c.local.Audio
		if p.RTP, p.RTCP, err = c.audio.Open(bind, cfg.Ports, cfg.AudioDSCP); err != nil {
			return fmt.Errorf("audio ports: %w", err)
		}
	}
	if video {
		p := &c.local.Video
		if p.RTP, p.RTCP, err = c.video.Open(bind, cfg.Ports, cfg.VideoDSCP); err != nil {
			return fmt.Errorf("video ports: %w", err)
		}
	}
	return nil
}

// apply makes the media what was agreed and tells the conference.
func (c *call) apply(s negotiation.Session) error {
	host := c.local.Addr.String()
	if name := c.server.cfg.CNAMEHost; name != nil {
		host = name(c.conference.Settings().ID)
	}
	cname := fmt.Sprintf("parley-%x@%s", c.started.UnixNano()&0xffffffff, host)
	sound := leg.AudioTerms{Terms: c.termsOf(&s.Audio, cname), Hear: s.Audio.Direction.Receives() && !s.Audio.Held}
	if s.Audio.Direction.Sends() {
		sound.Encode, sound.Digits = s.Audio.Encode, s.Audio.Digits
	}
	if err := c.audio.Apply(sound); err != nil {
		return err
	}
	if err := c.video.apply(s.Video, cname); err != nil {
		return err
	}
	c.updateInfo()
	return nil
}

// updateInfo settles what the roster says.
func (c *call) updateInfo() {
	d := c.dialog
	info := conference.Info{
		Name:    d.remote.name,
		Address: fmt.Sprintf("sip:%s", d.remote.uri.Host),
		Wire:    conference.WireSIP,
	}
	if d.remote.uri.User != "" {
		info.Address = fmt.Sprintf("sip:%s@%s", d.remote.uri.User, d.remote.uri.Host)
	}
	if info.Name == "" {
		info.Name = d.remote.uri.User
	}
	if info.Name == "" {
		info.Name = d.remote.uri.Host
	}
	if f := c.audio.AudioFormat(); !f.IsZero() {
		info.Formats = append(info.Formats, f)
	}
	info.Formats = append(info.Formats, c.video.Formats()...)
	c.info.Store(&info)
	if seat := c.seat.Load(); seat != nil {
		seat.Update(info)
		c.updateSource("")
	}
}

// describe tells the conference the peer's CNAME.
func (c *call) describe(cname string) {
	if c.seat.Load() != nil {
		c.updateSource(cname)
	}
}

// pictureFormat tells the conference in which Format pictures arrive now.
func (c *call) pictureFormat(pt uint8) {
	if c.seat.Load() == nil || c.video.Settled(pt) {
		return
	}
	if _, ok := c.video.Receives(pt); !ok {
		return
	}
	c.picture = pt
	c.updateSource("")
	c.video.Settle(pt)
	c.video.RequestKeyframe(0) // what came before was dropped
}

// updateSource tells the conference what is known of the peer's sound and
// pictures. An empty cname leaves the one told before.
func (c *call) updateSource(cname string) {
	if cname != "" {
		c.cname = cname
	}
	s := c.machine.Session()
	info := conference.SourceInfo{CNAME: c.cname}
	if s.Audio.Active && s.Audio.Direction.Receives() && len(s.Audio.Receive) > 0 {
		info.AudioFormat = s.Audio.Receive[0].Format
	}
	if s.Video.Active && s.Video.Direction.Receives() && !s.Video.Held {
		if f, ok := codecs.Find(s.Video.Receive, c.picture); ok {
			info.VideoFormat = f
			info.ParameterSets = s.Video.ParameterSets[c.picture]
		}
	}
	seat := c.seat.Load()
	seat.UpdateSource(seat.Source(), info)
}

// join seats the call.
func (c *call) join() error {
	seat, err := c.conference.Join(c)
	if err != nil {
		return err
	}
	c.seat.Store(seat)
	c.updateSource("")
	c.video.tellLimit()
	return nil
}

// Quality implements conference.Measured.
func (c *call) Quality() conference.Quality { return conference.Quality(c.audio.Quality()) }

var (
	_ conference.Participant = (*call)(nil)
	_ conference.Measured    = (*call)(nil)
)
