package bridge

import (
	"net/netip"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/h450"
	"parley/h323/media"
	"parley/h323/ras"
)

// arrive seats a caller and answers, sends it to the lobby, puts it through to
// whom it called, or refuses it.
func (c *call) arrive() {
	if c.wanted.collect {
		c.line.Collect()
		return
	}
	err := c.transferArrived(c.line.Info().Transfer)
	if err == nil && c.wanted.address != "" && c.replaces == nil {
		c.ring()
		return
	}
	if err == nil {
		err = c.open()
	}
	if err == nil {
		ask, e := c.mustAsk()
		switch {
		case e != nil:
			err = e
		case ask:
			err = c.enterLobby()
		default:
			err = c.join()
		}
	}
	c.enter(err)
}

// enter answers who has been let in; with err, nobody has.
func (c *call) enter(err error) {
	if err != nil {
		c.turnDown(err)
		return
	}
	c.server.counters.answered.Add(1)
	c.logger().Info("H.323 call", "from", c.Info().Address, "source", c.line.Info().Remote, "peer", c.line.Info().Vendor)
	if c.conference != nil {
		c.line.SetConference(conferenceID(c.conference.Settings().ID))
	}
	c.line.Answer()
}

// dialled takes the digits of overlap sending, all after the SETUP's, until they
// are a conference's number (H.323 clause 8.1.12).
func (c *call) dialled(digits string) {
	if !c.wanted.collect {
		return
	}
	digits = c.wanted.begun + digits
	c.wanted.dialled = digits
	id, err := c.server.bridge.Resolve(digits)
	switch {
	case err == nil:
		c.wanted.conference, c.wanted.collect = id, false
		receive, send := c.server.capabilities(id)
		c.line.SetCapabilities(receive, send)
		c.arrive()
	case !c.server.begins(digits):
		c.turnDown(err)
	}
}

// open opens the conference that was dialled, if any was.
func (c *call) open() error {
	if c.wanted.conference == "" {
		return nil
	}
	conf, err := c.server.bridge.Open(c.wanted.conference)
	if err == nil {
		c.conference = conf
	}
	return err
}

// mustAsk reports whether the caller has to be asked for number or PIN.
func (c *call) mustAsk() (bool, error) {
	switch {
	case c.conference == nil:
		return true, nil
	case !c.conference.NeedsPIN():
		return false, nil
	case c.wanted.pin == "":
		return true, nil
	}
	return false, c.conference.CheckPIN(c.source.String(), c.wanted.pin)
}

// turnDown ends a call that was not let in.
func (c *call) turnDown(err error) {
	r := refusalOf(err, c.wanted.dialled)
	name := c.wanted.dialled
	if c.conference != nil {
		name = c.conference.Settings().ID
	}
	c.server.counters.refused.Add(1)
	c.server.bridge.Refused(conference.WireH323, name, c.source.String(), err)
	c.end(conference.Cause{Code: conference.CauseLeft, Text: r.Text}, r)
}

// join seats the call.
func (c *call) join() error {
	seat, err := c.conference.Join(c)
	if err != nil {
		return err
	}
	c.sit(seat)
	c.replace()
	return nil
}

// sit takes a seat over, the first or one in another conference.
func (c *call) sit(seat *conference.Seat) {
	c.seat.Store(seat)
	c.updateSource()
	c.bound(0)
	c.bound(1)
	if ch := c.channels.slides.receive; ch != nil && !c.held.any() { // opened before there was a seat
		if err := c.takeSlides(seat, ch); err != nil {
			c.logger().Warn("presentation not shown", "error", err)
		}
	}
	if ch := c.channels.second.receive; ch != nil && !c.held.any() {
		if err := c.takeSecond(seat, ch); err != nil {
			c.logger().Warn("second camera not shown", "error", err)
		}
	}
	c.room = c.server.enterRoom(c.conference, c)
	c.room.camera(c)
	c.openCamera()
}

// take executes what signalling tells.
func (c *call) take(e h323.Event) {
	switch e := e.(type) {
	case h323.Dialled:
		c.dialled(e.Digits)
	case h323.Connected:
		c.connected()
	case h323.Released:
		c.released(e)
	case h323.Capabilities:
		was := c.digits()
		c.remote = e.Set
		if ch := c.channels.audio.send; ch != nil && c.digits() != was { // opened before, by fast connect
			c.applyChannels(ch)
		}
		c.sayRest()
		c.unfollow()
		c.updateInfo()
		c.present()
		c.openCamera()
	case h323.ChannelOpened:
		c.channelOpened(&e.Channel)
	case h323.ChannelRekeyed:
		c.channelRekeyed(&e.Channel)
	case h323.ChannelClosed:
		c.channelClosed(&e.Channel)
	case h323.ChannelRefused:
		c.channelRefused(&e.Channel)
	case h323.UserInput:
		for i := range len(e.Text) {
			c.audio.Press(e.Text[i])
		}
	case h323.FlowControlled:
		c.server.counters.flow.Add(1)
		c.flowControlled(e)
	case h323.ModeChanged:
		c.modeChanged(e.Modes)
	case h323.Presentation:
		c.tokenMoved(e.Holder)
	case h323.BandwidthGranted:
		c.bandwidthGranted(e)
	case h323.Activity:
		c.activity(e)
	case h323.Control:
		c.conferenceControl(e.Message)
	default:
		c.serve(e)
	}
}

// serve executes what signalling tells of supplementary services.
func (c *call) serve(e h323.Event) {
	switch e := e.(type) {
	case h323.HoldChanged:
		c.holdChanged(e)
	case h323.TransferRequested:
		c.transferRequested(e)
	case h323.IdentifyRequested:
		c.identifyRequested()
	case h323.IdentityExpired:
		c.dropIdentity()
	case h323.PeerChanged:
		c.peerChanged(e)
	case h323.MessageWaiting:
		c.logger().Debug("H.323 message waiting", "deactivated", e.Deactivated)
	case h323.Interrogated:
		c.line.AnswerInterrogation(e.InvokeID, nil, h450.NotActivated) // there is no mailbox here
	}
}

// connected: a call that we made was answered.
func (c *call) connected() {
	info := c.line.Info()
	c.setSource(&info) // before any channel, which may never come
	c.updateInfo()
	if c.answered == nil {
		return
	}
	err := c.join()
	if err != nil {
		c.end(conference.Cause{Code: conference.CauseLeft, Text: err.Error()}, refusalOf(err, ""))
		return
	}
	c.answered <- nil
	c.answered = nil
}

// released is the end of a call by signalling.
func (c *call) released(e h323.Released) {
	cause := conference.Cause{Code: conference.CauseLeft}
	if e.Refusal != nil {
		cause.Text = e.Refusal.Text
		if cause.Text == "" {
			cause.Text = e.Refusal.Cause.String()
		}
	}
	if c.answered != nil && e.Refusal != nil {
		c.answered <- &CallError{Cause: e.Refusal.Cause, Text: cause.Text}
		c.answered = nil
	}
	c.end(cause, nil)
}

// addressOf is who is called by an alias at an address, as the roster says it.
func addressOf(alias h225.AliasAddress, at netip.Addr) string {
	return "h323:" + conference.WithoutPIN(ras.AliasText(alias)) + "@" + hostOf(at)
}

// hostOf is an address as the host of a URL (RFC 3986 clause 3.2.2).
func hostOf(a netip.Addr) string {
	if a = a.Unmap(); a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// updateInfo settles what the roster says.
func (c *call) updateInfo() {
	line := c.line.Info()
	info := conference.Info{
		Name:    line.RemoteName,
		Address: "h323:" + hostOf(line.Remote.Addr()),
		Wire:    conference.WireH323,
	}
	if called, calling := line.Invitation.Called, line.Invitation.Calling; !line.Incoming && len(called) > 0 {
		info.Address = addressOf(called[0], line.Remote.Addr())
	} else if line.Incoming && len(calling) > 0 && ras.AliasText(calling[0]) != "" {
		info.Address = addressOf(calling[0], line.Remote.Addr())
	}
	if c.peerName != "" {
		info.Name = c.peerName
	}
	if info.Name == "" {
		info.Name = line.Remote.Addr().Unmap().String()
	}
	if f := c.audio.AudioFormat(); !f.IsZero() {
		info.Formats = append(info.Formats, f)
	}
	info.Formats = append(info.Formats, c.video.main.Formats()...)
	info.Presentation = c.secondFormats()
	info.Encrypted = c.channels.encrypted()
	c.info.Store(&info)
	if seat := c.seat.Load(); seat != nil {
		seat.Update(info)
	}
}

// describe tells the conference the peer's CNAME.
func (c *call) describe(cname string) {
	c.cname = cname
	c.updateSource()
}

// updateSource tells the conference what is known of the peer's sound and
// pictures.
func (c *call) updateSource() {
	seat := c.seat.Load()
	if seat == nil {
		return
	}
	info := conference.SourceInfo{CNAME: c.cname}
	if ch := c.channels.audio.receive; ch != nil && !c.held.any() {
		info.AudioFormat = spelt(c.conference, ch.Format)
	}
	if ch := c.channels.video.receive; ch != nil && !c.cameraOff && !c.held.any() {
		info.VideoFormat = ch.Format
	}
	seat.UpdateSource(seat.Source(), info)
}

// activity: a terminal that turns its camera off says so rather than to close
// its channel (logicalChannelInactive of MiscellaneousIndication, H.245).
func (c *call) activity(e h323.Activity) {
	if e.Channel.Kind != media.KindVideo || e.Channel.Role != media.RoleMain || e.Channel.Direction&media.Receive == 0 {
		return
	}
	c.cameraOff = !e.Active
	c.updateSource()
}
