package bridge

import (
	"testing"

	"parley/codecs"
	"parley/conference"
	"parley/h323/media"
)

// Slides that are opened while a caller is asked for the PIN are shown once it is
// in, and to nobody before.
func TestSlidesInTheLobby(t *testing.T) {
	s := newSite(t, Config{}, conference.Settings{ID: "a", PIN: "4711"})
	ann := &viewer{formats: []codecs.Format{formatH264}}
	show(t, s.room("a"), ann)
	p := newStudio(t, s, formatH264)
	p.call.OpenChannel(media.KindVideo, media.RolePresentation, media.Capability{})
	p.opened(media.RolePresentation)
	p.shows(media.RolePresentation, 3)
	if r := s.room("a").Roster(); r.Presenting != 0 || len(r.Members) != 1 {
		t.Errorf("before the PIN: %+v", r)
	}
	for _, key := range []string{"4", "7", "1", "1"} {
		p.call.SendUserInput(key, 0)
	}
	await(t, s.room("a"), "the slides", func(r *conference.Roster) bool { return len(r.Members) == 2 && r.Presenting != 0 })
	ann.sees(t, 0, 3)
	p.call.ReleasePresentation()
	await(t, s.room("a"), "no slides", func(r *conference.Roster) bool { return len(r.Members) == 2 && r.Presenting == 0 })
}
