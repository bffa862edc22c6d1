package lobby

import (
	"errors"
	"fmt"
	"time"

	"parley/codecs"
	"parley/conference"
)

// ErrTimeout is returned when nothing right was entered within Timeout.
var ErrTimeout = errors.New("no PIN or number was entered in time")

// Port is where the prompt is heard: half of a conference.PayloadPort.
type Port interface {
	AudioFormat() codecs.Format
	WritePayload(p *codecs.Payload)
}

// Desk is where one caller is asked.
type Desk struct {
	Codecs *codecs.Set
	Port   Port
	Keys   <-chan byte
}

// Question is what is asked.
type Question struct {
	prompt []beep
	length int
	pause  time.Duration
	check  func(digits string) error
	final  func(error) bool
	wrong  func(error)
}

// PIN asks for conf's PIN. remote is who asks, for Conference.CheckPIN; wrong
// is told of each wrong one after which another may be tried.
func PIN(conf *conference.Conference, remote string, wrong func(error)) Question {
	return Question{
		prompt: pinTone(),
		length: len(conf.Settings().PIN),
		check:  func(digits string) error { return conf.CheckPIN(remote, digits) },
		final:  func(err error) bool { return errors.Is(err, conference.ErrPINLocked) },
		wrong:  wrong,
	}
}

// Number asks for the number of a conference, which check takes or refuses.
// '#' ends it, or a pause.
func Number(check func(digits string) error, wrong func(error)) Question {
	return Question{
		prompt: numberTone(),
		pause:  numberPause,
		check:  check,
		final:  func(error) bool { return false },
		wrong:  wrong,
	}
}

// Ask plays the prompt and collects digits until they are right (nil), tries
// or time are used up, or stop (nil too).
func (d *Desk) Ask(stop <-chan struct{}, q Question) error {
	e := newEntry(q.length, q.pause, time.Now())
	ticker := time.NewTicker(codecs.FrameDuration)
	defer ticker.Stop()
	p := prompter{codecs: d.Codecs, player: tonePlayer{prompt: q.prompt}}
	for {
		var digits string
		var complete bool
		select {
		case <-stop:
			return nil
		case key := <-d.Keys:
			digits, complete = e.press(key, time.Now())
		case now := <-ticker.C:
			if e.expired(now) {
				return ErrTimeout
			}
			if err := p.tick(d.Port); err != nil {
				return err
			}
			digits, complete = e.paused(now)
		}
		if !complete {
			continue
		}
		err := q.check(digits)
		if err == nil {
			return nil
		}
		if q.final(err) || !e.refuse() {
			return err
		}
		q.wrong(err)
		p.player.play(wrongTone())
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
func (p *prompter) tick(port Port) error {
	f := port.AudioFormat()
	if f.IsZero() {
		return nil // on hold
	}
	if f != p.format {
		e, err := p.codecs.NewEncoder(f)
		if err != nil {
			return fmt.Errorf("prompt: %w", err)
		}
		p.format, p.encoder = f, e
		p.pcm = make([]int16, e.SampleRate()/50*e.Channels())
	}
	p.player.fill(p.pcm, p.encoder.SampleRate(), p.encoder.Channels())
	var err error
	if p.payload, err = p.encoder.Encode(p.payload[:0], p.pcm); err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	port.WritePayload(&codecs.Payload{Data: p.payload, Duration: uint32(f.ClockRate / 50)})
	return nil
}
