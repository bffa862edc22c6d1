package sipbridge

import (
	"errors"

	"parley/conference"
	"parley/conference/lobby"
)

// pinPrompt is the lobby, where a caller hears the prompt and enters the PIN, before the
// conference. It has a goroutine and an encoder of its own.
type pinPrompt struct {
	keys chan byte
	stop chan struct{}
	done chan struct{}
}

// enterLobby begins the prompt. The lobby's verdict comes as a call of
// leftLobby in the call's goroutine.
func (c *call) enterLobby() error {
	if n := c.server.lobby.Add(1); n > maxLobby {
		c.server.lobby.Add(-1)
		return refuse(503, "Too Many Callers Without PIN", retryAfter(10))
	}
	l := &pinPrompt{keys: make(chan byte, lobby.MaxDigits), stop: make(chan struct{}), done: make(chan struct{})}
	c.lobby = l
	c.audio.SetKeys(l.keys)
	c.work.Go(func() {
		err := c.askPIN(l)
		c.audio.SetKeys(nil)
		c.server.lobby.Add(-1)
		close(l.done)
		select {
		case <-l.stop:
		case c.inbox <- func() { c.leftLobby(err) }:
		case <-c.ending:
		}
	})
	return nil
}

// leaveLobby ends the prompt, if it is running, and awaits its goroutine's
// last use of the media.
func (c *call) leaveLobby() {
	if c.lobby == nil {
		return
	}
	close(c.lobby.stop)
	<-c.lobby.done
	c.lobby = nil
}

// leftLobby seats the caller, or ends the call with what kept it out.
func (c *call) leftLobby(err error) {
	if c.ended {
		return
	}
	c.lobby = nil
	c.needsPIN = false
	if err == nil {
		err = c.join()
	}
	if err == nil {
		return
	}
	r := refusal{status: 408, reason: "No PIN Entered"}
	if !errors.Is(err, lobby.ErrTimeout) {
		r = *refusalOf(err)
	}
	c.server.bridge.Refused(conference.WireSIP, c.conference.Settings().ID, c.source.String(), err)
	c.end(conference.Cause{Code: conference.CauseLeft, Text: r.reason}, reasonSIP(&r))
}

// askPIN returns nil once the PIN was right, or when the prompt is stopped.
func (c *call) askPIN(l *pinPrompt) error {
	desk := lobby.Desk{Codecs: c.server.codecs, Port: c.audio, Keys: l.keys}
	source := c.source.String()
	return desk.Ask(l.stop, lobby.PIN(c.conference, source, func(err error) {
		c.server.bridge.Refused(conference.WireSIP, c.conference.Settings().ID, source, err)
	}))
}
