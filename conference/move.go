package conference

// Movable is a Participant whose call can go on in another conference.
type Movable interface {
	// Move gives the Participant a seat in another conference, by Seat.Move. It
	// waits for the wire, and so is not called by the Participant itself. On an
	// error the Participant sits where it was, or its call has ended.
	Move(to *Conference) error
}

// Move has the call of a Participant go on in another conference. The error is
// ErrNotFound where it is not here or its wire cannot move it, ErrFull or
// ErrClosed of the other conference.
func (c *Conference) Move(id ParticipantID, to *Conference) error {
	var p Participant
	if closed := c.do(func(r *roster) {
		if m := r.byID[id]; m != nil {
			p = m.participant
		}
	}); closed != nil {
		return closed
	}
	if m, ok := p.(Movable); ok {
		return m.Move(to)
	}
	return ErrNotFound
}

// IsPrivate reports whether the conference is a call of two, which is there for
// nobody else.
func (c *Conference) IsPrivate() bool { return c.private }

// Move lets this seat go with CauseMoved and returns one in another conference,
// for the same Participant. ErrFull and ErrClosed of the other conference, and
// ErrNotFound where this seat was left already, leave it as it is, but for a
// conference that filled up meanwhile: the Participant is disconnected then. What
// this conference has asked a RatePort for is lifted before the other asks.
// It must not be called by the Participant's ports, whose last use here it awaits.
func (s *Seat) Move(to *Conference) (*Seat, error) {
	var err error
	if closed := to.do(func(r *roster) { err = r.admits() }); closed != nil {
		return nil, closed
	}
	if err != nil {
		return nil, err
	}
	m := s.member
	here, muted := false, false
	var shown []SourceID
	s.do(func(r *roster) {
		if here = r.byID[m.id] == m; here {
			muted, shown = m.muted, m.shown()
			r.leave(m, Cause{Code: CauseMoved})
		}
	})
	if !here {
		return nil, ErrNotFound
	}
	s.settle(shown)
	seat, err := to.Join(m.participant)
	if err != nil {
		m.participant.Disconnect(Cause{Code: CauseEnded, Text: err.Error()})
		return nil, err
	}
	if muted {
		seat.SetMuted(true)
	}
	return seat, nil
}

// settle awaits the last use of the Participant's ports after the seat was left, and
// has it send the sources that were shown at any rate again.
func (s *Seat) settle(shown []SourceID) {
	s.conference.mixer.Settle()
	if s.member.sink != nil {
		s.member.sink.Await()
	}
	s.conference.video.Settle()
	if p, ok := s.member.pictures.(RatePort); ok {
		for _, id := range shown {
			p.LimitRate(id, 0)
		}
	}
}
