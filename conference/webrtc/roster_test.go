package webrtc

import (
	"testing"

	"parley/conference"
)

func TestSourcesSayWhoTheyAre(t *testing.T) {
	state := conference.SourceState{ID: 7, Name: "Ann", CNAME: "ann@studio", Email: "ann@example.net", Tool: "mic 2", Note: "back at noon", Address: "192.0.2.1:5004"}
	got := viewMember(conference.Member{Sources: []conference.SourceState{state}}).Sources[0]
	want := sourceView{ID: 7, Name: "Ann", CNAME: "ann@studio", Email: "ann@example.net", Tool: "mic 2", Note: "back at noon", Address: "192.0.2.1:5004"}
	if got != want {
		t.Errorf("%+v", got)
	}
}
