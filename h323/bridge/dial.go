package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"parley/conference"
	"parley/h323"
	"parley/h323/h225"
	"parley/h323/q931"
	"parley/h323/ras"
)

// CallError is why a call that was made from here did not come about, or ended.
type CallError struct {
	Cause q931.CauseValue // Q.850
	Text  string
}

// Error implements error.
func (e *CallError) Error() string {
	if e.Text == "" || e.Text == e.Cause.String() {
		return fmt.Sprintf("h323: %s (%d)", e.Cause, e.Cause)
	}
	return fmt.Sprintf("h323: %s (%d): %s", e.Cause, e.Cause, e.Text)
}

// Unwrap tells the core what the cause means (Q.850 clause 2.2.7).
func (e *CallError) Unwrap() error {
	switch e.Cause {
	case q931.UserBusy, q931.NoCircuitAvailable:
		return conference.ErrBusy
	case q931.NoUserResponding, q931.NoAnswer, q931.RecoveryOnTimerExpiry:
		return conference.ErrNoAnswer
	case q931.CallRejected:
		return conference.ErrDeclined
	case q931.UnallocatedNumber, q931.SubscriberAbsent, q931.NumberChanged, q931.InvalidNumberFormat:
		return conference.ErrNobody
	}
	return nil
}

var errNoAddress = errors.New("must be an H.323 address such as h323:room@192.0.2.1")

// isURL reports whether an address is of H.323, or of H.323 over TLS.
func isURL(address string) bool {
	scheme, rest, _ := strings.Cut(address, ":")
	return rest != "" && (strings.EqualFold(scheme, "h323") || strings.EqualFold(scheme, "h323s"))
}

// Dial calls uri ("h323:room@192.0.2.1", "h323:192.0.2.1:1720", "h323:1000",
// "h323s:room@192.0.2.1" over TLS)
// and seats who answers in a conference. It returns when the peer has answered,
// with a *CallError when it refused, or with an error of package conference;
// ending ctx cancels the call.
func (s *Server) Dial(ctx context.Context, uri, conferenceName string) (conference.ParticipantID, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	id, err := s.dial(ctx, uri, conferenceName)
	s.dialDone(err)
	if err != nil {
		return "", fmt.Errorf("h323: dial %s: %w", conference.WithoutPIN(uri), err)
	}
	return id, nil
}

// dialDone counts a call that was made.
func (s *Server) dialDone(err error) {
	if err != nil {
		s.counters.dialFailed.Add(1)
		return
	}
	s.counters.dialled.Add(1)
}

func (s *Server) dial(ctx context.Context, uri, conferenceName string) (conference.ParticipantID, error) {
	if !isURL(uri) {
		return "", errNoAddress
	}
	conf, err := s.bridge.Open(conferenceName)
	if err != nil {
		return "", err
	}
	return s.call(ctx, h323.Target{Text: uri}, conf, 0)
}

// call calls a target and seats who answers. transfers is how often one was asked
// for on the way to this call, so that peers cannot go on for ever.
func (s *Server) call(ctx context.Context, target h323.Target, conf *conference.Conference, transfers int) (conference.ParticipantID, error) {
	settings := conf.Settings()
	receive, send := s.capabilities(settings.ID)
	c := s.newCall()
	c.conference, c.transfer.tried = conf, transfers
	answered := make(chan error, 1)
	c.answered = answered
	target.Display, target.Calling = callingOf(conf)
	target.Receive, target.Send = receive, send
	target.Conference = conferenceID(settings.ID)
	target.Goal = h323.GoalCreate // what terminals of all ages take
	target.MaxBitRate = s.cfg.VideoRate
	line, err := s.endpoint.Dial(ctx, target, owner{c})
	if err != nil {
		c.closeMedia()
		return "", err
	}
	c.attach(line)
	if !s.register(c) {
		line.Release(releaseOf(conference.Cause{Code: conference.CauseShutdown}))
		c.closeMedia()
		return "", net.ErrClosed
	}
	select {
	case err = <-answered:
	case <-ctx.Done():
		c.Disconnect(conference.Cause{Code: conference.CauseLeft, Text: "given up"})
		if err = <-answered; err != nil {
			err = ctx.Err()
		}
	}
	if err != nil {
		return "", err
	}
	return c.seat.Load().ID(), nil
}

// callingOf is who calls, as a peer reads it: a conference, or who waits to be put
// through.
func callingOf(conf *conference.Conference) (display string, aliases []h225.AliasAddress) {
	caller, private := conf.Caller()
	if !private {
		settings := conf.Settings()
		return displayOf(&settings), aliasesOf(&settings)
	}
	display = caller.Name
	if display == "" {
		display = caller.Number
	}
	if display == "" {
		display = anonymous
	}
	if caller.Number == "" {
		// Without one, the endpoint would tell its own names.
		return display, []h225.AliasAddress{{H323ID: display}}
	}
	return display, []h225.AliasAddress{ras.AliasOf(caller.Number)}
}

// displayOf is what a peer reads of a conference that calls it.
func displayOf(s *conference.Settings) string {
	if s.Title != "" {
		return s.Title
	}
	return s.ID
}

// aliasesOf are the names by which a conference can be called back.
func aliasesOf(s *conference.Settings) []h225.AliasAddress {
	out := []h225.AliasAddress{{H323ID: s.ID}}
	for _, n := range s.Numbers {
		out = append(out, h225.AliasAddress{DialledDigits: n})
	}
	return out
}
