package conference

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// PrivatePrefix begins the ids of conferences that are calls of two.
const PrivatePrefix = "call-"

// Directory knows who can be called beside the conferences: registered
// endpoints, phones, trunks. Its methods are safe for concurrent use.
type Directory interface {
	// Locate returns the address to call for what was dialled from an address,
	// in the notation that Dial takes; false when it is nobody's, or not for
	// who calls from there. It does not wait.
	Locate(dialled string, from netip.Addr) (address string, ok bool)
	// Dial calls address into a conference and returns when it is answered.
	Dial(ctx context.Context, address, conferenceID string) (ParticipantID, error)
}

// Caller is who waits to be put through, as whom it calls is to read it. Neither
// is proven.
type Caller struct {
	Name string
	// Number is a number or name by which it can be called back, if anybody here
	// knows it: by a route or a registration. Empty: none, or not to be shown.
	Number string
}

// SetDirectory says who can be called. It may be called once the wires are
// there, before they are started.
func (b *Bridge) SetDirectory(d Directory) { b.directory.Store(&d) }

// Locate returns the address of who is called by a number or name that is no
// conference's; false when it is nobody's. It is to be asked before Open, which
// may make a conference of any name.
func (b *Bridge) Locate(dialled string, from netip.Addr) (address string, ok bool) {
	d := b.directory.Load()
	if d == nil || dialled == "" || b.Has(dialled) {
		return "", false
	}
	return (*d).Locate(dialled, from)
}

// Has reports whether name is a conference's that is declared or open.
func (b *Bridge) Has(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.knownLocked(name)
	return ok
}

// Call calls address for a caller who waits to be put through, and returns the
// conference in which it has answered. The caller is to Join at once; the call
// is over for all when one of them leaves, or when the caller has not come
// after AnswerWindow. The errors are the Directory's, ErrClosed and ErrFull.
func (b *Bridge) Call(ctx context.Context, address string, caller Caller) (*Conference, error) {
	d := b.directory.Load()
	if d == nil {
		return nil, ErrUnknownConference
	}
	c, err := b.openPrivate(caller)
	if err != nil {
		return nil, err
	}
	_, w := c.Watch()
	if _, err := (*d).Dial(ctx, address, c.id); err != nil {
		w.Close()
		c.shutDown(Cause{Code: CauseLeft})
		return nil, err
	}
	b.running.Go(func() { c.hold(w) })
	return c, nil
}

// Dial calls an address that Locate returned into a conference, and returns when it
// is answered. The errors are the Directory's.
func (b *Bridge) Dial(ctx context.Context, address, conferenceID string) (ParticipantID, error) {
	d := b.directory.Load()
	if d == nil {
		return "", ErrNobody
	}
	return (*d).Dial(ctx, address, conferenceID)
}

// openPrivate opens a conference that nobody can dial by chance. Whether
// conferences may be opened on demand is not asked: this is a call.
func (b *Bridge) openPrivate(caller Caller) (*Conference, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return nil, ErrClosed
	case len(b.conferences)-len(b.cfg.Conferences) >= MaxOnDemand:
		return nil, fmt.Errorf("%w: %d others are open", ErrFull, MaxOnDemand)
	}
	c := b.openLocked(Settings{ID: PrivatePrefix + strings.ToLower(rand.Text()), Title: "Call"}, false)
	c.private = true
	c.caller = Caller{Name: clean(caller.Name, maxTextLength), Number: clean(caller.Number, maxIDLength)}
	return c, nil
}

// Caller is for whom a call of two was made, and true; false in a conference,
// which calls by its own name.
func (c *Conference) Caller() (Caller, bool) { return c.caller, c.private }

// hold ends a call of two when one of them is left alone. w was opened before the
// first of them came.
func (c *Conference) hold(w *Watch) {
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// Until the caller is here, the one who answered waits alone.
	overdue := time.AfterFunc(AnswerWindow, cancel)
	defer overdue.Stop()
	cause := Cause{Code: CauseLeft}
	for seated := 0; ; {
		e, err := w.Next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				cause = Cause{Code: CauseTimeout, Text: "the caller did not come"}
			}
			break
		}
		if e.Kind == EventLeft {
			if seated--; seated < 2 {
				cause.Text = e.Cause.Text
				break
			}
			continue // somebody else has taken the place: a transfer
		}
		if e.Kind != EventJoined {
			continue
		}
		if seated++; seated == 2 {
			overdue.Stop()
		}
	}
	c.shutDown(cause)
}
