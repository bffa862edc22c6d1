package sap

import (
	"fmt"
	"testing"
	"time"
)

// VLC announces a session anew, under another session id, with each stream that
// it adds; the description without the stream is never taken back.
func TestSessionOfVLC(t *testing.T) {
	const (
		film  = "v=0\r\no=- %d %[1]d IN IP4 vm\r\ns=%s\r\nc=IN IP4 239.255.1.9/255\r\nt=0 0\r\na=tool:%s\r\nm=video %d RTP/AVP 31\r\n"
		sound = "m=audio 5008 RTP/AVP 0\r\n"
	)
	vlc := fmt.Sprintf(film, 17198, "Film", "vlc 3.0.24", 5006)
	d := NewDirectory(DirectoryConfig{})
	if got := d.Receive(announcement(t, 1, ann, vlc, false), ann, localGroup, "", start); got != Added {
		t.Fatalf("change %d", got)
	}
	old := d.Sessions()[0]
	for i, step := range []struct {
		id                int
		title, tool, more string
		port              int
		change            Change
	}{
		{17199, "Film", "vlc 3.0.25", sound, 5006, Added}, // another program
		{17199, "News", "vlc 3.0.24", sound, 5006, Added},
		{17199, "Film", "vlc 3.0.24", "", 5010, Added}, // another film of the same name
		{17197, "Film", "vlc 3.0.24", "", 5006, Added}, // from before
		{17199, "Film", "vls 3.0.24", "", 5006, Added}, // of no program that is known to do so
		{17200, "Film", "vlc 3.0.24", sound, 5006, Replaced},
	} {
		sdp := fmt.Sprintf(film, step.id, step.title, step.tool, step.port) + step.more
		if got := d.Receive(announcement(t, uint16(2+i), ann, sdp, false), ann, localGroup, "", start.Add(time.Second)); got != step.change {
			t.Errorf("step %d: change %d, want %d", i, got, step.change)
		}
		description, err := ParseDescription([]byte(sdp))
		if err != nil {
			t.Fatal(err)
		}
		s := Session{Description: description, From: ann, Origin: ann}
		if got := s.Succeeds(&old); got != (step.change == Replaced) {
			t.Errorf("step %d: succeeds %v", i, got)
		}
		s.From = bob
		if s.Succeeds(&old) {
			t.Errorf("step %d: succeeds what another announced", i)
		}
	}
}

func TestSucceeds(t *testing.T) {
	session := func(version int) *Session {
		d, err := ParseDescription([]byte(describe("ann", 1, version, "A")))
		if err != nil {
			t.Fatal(err)
		}
		return &Session{Description: d, From: ann, Origin: ann}
	}
	if !session(2).Succeeds(session(1)) || session(1).Succeeds(session(1)) || session(1).Succeeds(session(2)) {
		t.Error("not what is later succeeds")
	}
	other := session(2)
	other.Origin = bob
	if other.Succeeds(session(1)) {
		t.Error("it succeeds though it is of another origin")
	}
}
