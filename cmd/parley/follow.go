package main

import (
	"bytes"
	"context"
	"maps"
	"reflect"
	"time"

	"parley/multicast"
	"parley/multicast/sap"
)

// followEvery is how often it is looked whether a session that was joined is
// announced in a later version.
const followEvery = time.Second

// followed is a session that was joined by order.
type followed struct {
	sap.Session
	refused []byte // the later version that could not be joined
}

// followAll follows until ctx ends.
func (d *directory) followAll(ctx context.Context) {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			d.follow()
		case <-ctx.Done():
			return
		}
	}
}

// follow has the groups of joined sessions become those of later versions of
// their announcements.
func (d *directory) follow() {
	d.mu.Lock()
	joined := maps.Clone(d.joined)
	d.mu.Unlock()
	if d.listener == nil || len(joined) == 0 {
		return
	}
	sessions, _ := d.listener.Sessions()
	for id, a := range joined {
		for i := range sessions {
			if s := &sessions[i]; s.Succeeds(&a.Session) && !bytes.Equal(s.SDP, a.refused) {
				d.succeed(id, &a, s)
				break
			}
		}
	}
}

// succeed has a session take the place of one that was joined. Where it cannot,
// that one stays as it is.
func (d *directory) succeed(id string, a *followed, s *sap.Session) {
	at, attended := d.attended(&a.Session)
	now := followed{Session: *s}
	if attended {
		if changed, err := d.replace(at, &a.Session, s); err != nil {
			d.log.Warn("announced session cannot be joined in its later version: it stays as it was", "session", s.Title, "error", err)
			now = *a
			now.refused = s.SDP
		} else if changed {
			d.log.Info("announced session was left and joined anew in its later version", "session", s.Title, "was at", at.Addr, "version", s.Version)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.joined, id)
	if attended {
		d.joined[now.ID] = now
	}
}

// replace reports whether anything changed by which the groups are joined.
func (d *directory) replace(at multicast.Channel, old, s *sap.Session) (bool, error) {
	g, left, err := d.group(s)
	if err != nil {
		return false, err
	}
	if before, _, err := d.group(old); err == nil && reflect.DeepEqual(before, g) {
		return false, nil
	}
	d.warn(s, left)
	return true, d.groups.Replace(at, g)
}

// attended is a channel by which a session takes part.
func (d *directory) attended(s *sap.Session) (multicast.Channel, bool) {
	for _, m := range s.Media {
		if _, ok := d.groups.Membership(channel(&m)); ok {
			return channel(&m), true
		}
	}
	return multicast.Channel{}, false
}
