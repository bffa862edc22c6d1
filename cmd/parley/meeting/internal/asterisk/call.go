//go:build linux

package asterisk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Call is one of an Asterisk's calls.
type Call struct {
	a        *Asterisk
	UniqueID string // of the channel
	Channel  string
}

// Dial calls number at a Remote and, when it answers, connects it with one of
// the extensions here. It returns when the call has begun.
func (a *Asterisk) Dial(ctx context.Context, number, remote, extension string) (*Call, error) {
	return a.originate(ctx, "OOH323/"+number+"@"+remote, extension)
}

// DialHost calls a Remote itself: no number or name there. What is no Remote's name
// is a number that the gatekeeper knows.
func (a *Asterisk) DialHost(ctx context.Context, remote, extension string) (*Call, error) {
	return a.originate(ctx, "OOH323/"+remote, extension)
}

// Speak puts a speaker of Tone into an extension here, such as Conference: what
// the call returned recorded is what is said there.
func (a *Asterisk) Speak(ctx context.Context, extension string) (*Call, error) {
	return a.originate(ctx, "Local/"+extension+"@default", Meet)
}

func (a *Asterisk) originate(ctx context.Context, channel, extension string) (*Call, error) {
	a.manager.mu.Lock()
	a.manager.next++
	id := fmt.Sprintf("call-%d-%d", a.PID(), a.manager.next)
	a.manager.mu.Unlock()
	// The channel's id is ours to choose, so its events can be told from the
	// start.
	_, err := a.manager.do(ctx, "Originate", "Channel", channel, "ChannelId", id,
		"Context", "default", "Exten", extension, "Priority", "1", "Async", "true", "Timeout", "60000", "CallerID", "100")
	if err != nil {
		return nil, err
	}
	e, err := a.Event(ctx, "Newchannel", "Uniqueid", id)
	if err != nil {
		return nil, err
	}
	return &Call{a, id, e.Get("Channel")}, nil
}

// Met is a call from elsewhere to an extension here: the one that is not among
// those known.
func (a *Asterisk) Met(ctx context.Context, extension string, known ...*Call) (*Call, error) {
	e, err := a.manager.await(ctx, func(e Event) bool {
		return e.Get("Event") == "Newchannel" && e.Get("Exten") == extension && strings.HasPrefix(e.Get("Channel"), "OOH323/") &&
			!slices.ContainsFunc(known, func(c *Call) bool { return c.UniqueID == e.Get("Uniqueid") })
	})
	if err != nil {
		return nil, fmt.Errorf("nobody called %s: %w", extension, err)
	}
	return &Call{a, e.Get("Uniqueid"), e.Get("Channel")}, nil
}

// Event waits for an event of a name with the fields given (name, value, …).
func (a *Asterisk) Event(ctx context.Context, name string, fields ...string) (Event, error) {
	e, err := a.manager.await(ctx, func(e Event) bool {
		if e.Get("Event") != name {
			return false
		}
		for i := 0; i+1 < len(fields); i += 2 {
			if e.Get(fields[i]) != fields[i+1] {
				return false
			}
		}
		return true
	})
	if err != nil {
		err = fmt.Errorf("event %s %q: %w", name, fields, err)
	}
	return e, err
}

// Answered waits until the far end has answered.
func (c *Call) Answered(ctx context.Context) error {
	_, err := c.a.Event(ctx, "Newstate", "Uniqueid", c.UniqueID, "Channelstatedesc", "Up")
	return err
}

// Digits waits for n digits from the far end and returns them.
func (c *Call) Digits(ctx context.Context, n int) (string, error) {
	var digits strings.Builder
	seen := 0
	for digits.Len() < n {
		at := 0
		e, err := c.a.manager.await(ctx, func(e Event) bool {
			if e.Get("Event") != "DTMFEnd" || e.Get("Uniqueid") != c.UniqueID || e.Get("Direction") != "Received" {
				return false
			}
			at++
			return at > seen
		})
		if err != nil {
			return digits.String(), fmt.Errorf("%d digits: %q came: %w", n, digits.String(), err)
		}
		seen++
		digits.WriteString(e.Get("Digit"))
	}
	return digits.String(), nil
}

// Press sends digits to the far end, one after another: Asterisk responds when
// a digit has been sent whole.
func (c *Call) Press(ctx context.Context, digits string) error {
	for _, d := range digits {
		_, err := c.a.manager.do(ctx, "PlayDTMF", "Channel", c.Channel, "Digit", string(d), "Duration", "120")
		if err != nil {
			return err
		}
	}
	return nil
}

// Hangup ends the call from this side.
func (c *Call) Hangup(ctx context.Context) error {
	_, err := c.a.manager.do(ctx, "Hangup", "Channel", c.Channel, "Cause", "16")
	return err
}

// Ended waits for the call's end and returns its cause (Q.850).
func (c *Call) Ended(ctx context.Context) (cause int, err error) {
	e, err := c.a.Event(ctx, "Hangup", "Uniqueid", c.UniqueID)
	if err != nil {
		// Whether the channel is there tells a call that goes on from an event that is late.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_, status := c.a.manager.do(ctx, "Status", "Channel", c.Channel)
		return 0, fmt.Errorf("%w; the channel's status: %s", err, fmt.Sprint(status))
	}
	return strconv.Atoi(e.Get("Cause"))
}

// Calls are the calls that came to an extension so far.
func (a *Asterisk) Calls(extension string) (all []*Call) {
	a.manager.mu.Lock()
	defer a.manager.mu.Unlock()
	for _, e := range a.manager.events {
		if e.Get("Event") == "Newchannel" && e.Get("Exten") == extension {
			all = append(all, &Call{a, e.Get("Uniqueid"), e.Get("Channel")})
		}
	}
	return all
}
