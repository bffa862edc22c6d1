package bridge

import (
	"parley/conference"
	"parley/conference/lobby"
)

// prompt is the lobby, where a caller who dialled no conference is asked for
// its number, and who needs a PIN for that. It has a goroutine of its own.
type prompt struct {
	keys chan byte
	stop chan struct{}
	done chan struct{}
}

// enterLobby begins the prompt. Its verdict comes as a call of leftLobby in
// the call's goroutine.
func (c *call) enterLobby() error {
	if n := c.server.lobby.Add(1); n > maxLobby {
		c.server.lobby.Add(-1)
		return conference.ErrFull
	}
	p := &prompt{keys: make(chan byte, lobby.MaxDigits), stop: make(chan struct{}), done: make(chan struct{})}
	c.prompt = p
	c.audio.SetKeys(p.keys)
	conf, source := c.conference, c.source.String()
	c.work.Go(func() {
		chosen, err := c.ask(p, conf, source)
		c.audio.SetKeys(nil)
		c.server.lobby.Add(-1)
		close(p.done)
		c.post(func() { c.leftLobby(p, chosen, err) })
	})
	return nil
}

// leaveLobby ends the prompt, if it is running, and awaits its goroutine's
// last use of the media.
func (c *call) leaveLobby() {
	if c.prompt == nil {
		return
	}
	close(c.prompt.stop)
	<-c.prompt.done
	c.prompt = nil
}

// ask returns the conference that the caller may enter.
func (c *call) ask(p *prompt, conf *conference.Conference, source string) (*conference.Conference, error) {
	s := c.server
	desk := lobby.Desk{Codecs: s.codecs, Port: c.audio, Keys: p.keys}
	refused := func(name string) func(error) {
		return func(err error) { s.bridge.Refused(conference.WireH323, name, source, err) }
	}
	if conf == nil {
		if err := desk.Ask(p.stop, lobby.Number(func(digits string) error {
			id, err := s.bridge.Resolve(digits)
			if err == nil {
				conf, err = s.bridge.Open(id)
			}
			return err
		}, refused(""))); err != nil || conf == nil {
			return nil, err
		}
	}
	if !conf.NeedsPIN() || c.wanted.pin != "" && conf.CheckPIN(source, c.wanted.pin) == nil {
		return conf, nil
	}
	return conf, desk.Ask(p.stop, lobby.PIN(conf, source, refused(conf.Settings().ID)))
}

// leftLobby seats the caller, or ends the call with what kept it out.
func (c *call) leftLobby(p *prompt, chosen *conference.Conference, err error) {
	if c.ended || c.prompt != p {
		return
	}
	c.prompt = nil
	if c.conference == nil {
		c.conference = chosen
	}
	if err == nil && c.conference == nil {
		err = lobby.ErrTimeout
	}
	if err == nil {
		receive, send := c.server.capabilities(c.conference.Settings().ID)
		c.line.SetCapabilities(receive, send)
		err = c.join()
	}
	if err != nil {
		c.turnDown(err)
	}
}
