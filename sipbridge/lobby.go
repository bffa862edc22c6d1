package sipbridge

import (
	"errors"
	"fmt"
	"time"

	"parley/codecs"
	"parley/conference"
)

// lobby is where a caller hears the prompt and enters the PIN, before the
// conference. It has a goroutine and an encoder of its own.
type lobby struct {
	keys chan byte
	stop chan struct{}
	done chan struct{}
}

var errPINTimeout = errors.New("no PIN was entered in time")

// enterLobby begins the prompt. The lobby's verdict comes as a call of
// leftLobby in the call's goroutine.
func (c *call) enterLobby() error {
	if n := c.server.lobby.Add(1); n > maxLobby {
		c.server.lobby.Add(-1)
		return refuse(503, "Too Many Callers Without PIN", retryAfter(10))
	}
	l := &lobby{keys: make(chan byte, maxPINDigits), stop: make(chan struct{}), done: make(chan struct{})}
	c.lobby = l
	c.audio.digits.Store(&l.keys)
	length := len(c.conference.Settings().PIN)
	c.work.Go(func() {
		err := c.runLobby(l, length)
		c.audio.digits.Store(nil)
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
	if !errors.Is(err, errPINTimeout) {
		r = *refusalOf(err)
	}
	c.server.bridge.Refused(conference.WireSIP, c.conference.Settings().ID, c.source.String(), err)
	c.end(conference.Cause{Code: conference.CauseLeft, Text: r.reason}, reasonSIP(&r))
}

// runLobby plays the prompt and collects digits until the PIN is right (nil),
// tries or time are used up, or stop.
func (c *call) runLobby(l *lobby, length int) error {
	entry := newPINEntry(length, time.Now())
	ticker := time.NewTicker(codecs.FrameDuration)
	defer ticker.Stop()
	var prompt prompter
	prompt.codecs = c.server.codecs
	prompt.player.play(promptTone())
	for {
		select {
		case <-l.stop:
			return nil
		case key := <-l.keys:
			pin, complete := entry.press(key)
			if !complete {
				continue
			}
			err := c.conference.CheckPIN(c.source.String(), pin)
			if err == nil {
				return nil
			}
			if errors.Is(err, conference.ErrPINLocked) || !entry.refuse() {
				return err
			}
			c.server.bridge.Refused(conference.WireSIP, c.conference.Settings().ID, c.source.String(), err)
			prompt.player.play(wrongTone())
		case now := <-ticker.C:
			if entry.expired(now) {
				return errPINTimeout
			}
			if err := prompt.tick(c.audio); err != nil {
				return err
			}
		}
	}
}

// prompter encodes the prompt for one caller.
type prompter struct {
	codecs  *codecs.Set
	player  tonePlayer
	format  codecs.Format
	encoder codecs.Encoder
	pcm     []int16
	payload []byte
}

// tick sends the next 20 ms by port.
func (p *prompter) tick(port *audioPort) error {
	f := port.AudioFormat()
	if f.IsZero() {
		return nil // on hold
	}
	if f != p.format {
		e, err := p.codecs.NewEncoder(f)
		if err != nil {
			return fmt.Errorf("PIN prompt: %w", err)
		}
		p.format, p.encoder = f, e
		p.pcm = make([]int16, e.SampleRate()/50*e.Channels())
	}
	p.player.fill(p.pcm, p.encoder.SampleRate(), p.encoder.Channels())
	var err error
	if p.payload, err = p.encoder.Encode(p.payload[:0], p.pcm); err != nil {
		return fmt.Errorf("PIN prompt: %w", err)
	}
	port.WritePayload(&codecs.Payload{Data: p.payload, Duration: uint32(f.ClockRate / 50)})
	return nil
}
